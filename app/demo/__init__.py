"""The sample organisation: invented people in an invented town, made anew from a seed into an empty, migrated database."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from app.data.piccolo_conf import DB
from app.data.sealing import Keys
from app.data.tables.telling import Telling
from app.demo import words
from app.demo.bulk import Sheet, new_id, room, settle
from app.demo.cast import PEOPLE, Accounts, Cast, CastMember, proofs
from app.demo.circle import Circle
from app.demo.clients import MODELS, Intake, admit, anybody, review_day
from app.demo.people import House
from app.demo.plans import FULL, THIN, Life, Size, let_in
from app.demo.stories import leo, maya, zoe
from app.demo.town import town
from app.resource.index import index

CHUNK = 500  # clients whose rows are held at once
SMALL = 200  # up to here every record has a size of its own; beyond it, all have the large sample's
STORIES = (("client", maya), ("second-client", leo), ("teen", zoe))


async def build(
    keys: Keys,
    *,
    seed: int,
    clients: int = 60,
    thin: bool = False,
    progress: Callable[[int], object] | None = None,
    now: datetime,
) -> Cast:
    """The same seed and `now` give the same rows, but for what sealing makes random. progress: how many clients there are.
    thin: a fourth of the rows for each of many clients, so that a very large database fits.

    Raises ValueError for fewer than sixty clients, which is what twelve staff are there for.
    """
    if clients < 60:
        raise ValueError("the sample organisation has sixty clients or more")
    making = Making(keys, seed, clients, now.replace(second=0, microsecond=0), THIN if thin else FULL)
    async with DB.transaction():
        await room(clients)
        for first in range(0, clients, CHUNK):
            last = min(first + CHUNK, clients)
            for n in range(first, last):
                making.client(n)
            making.accounts.open_all(making.sheet)
            await making.sheet.pour()
            if progress:
                progress(last)
        await index()
        await room(0)
    await settle()
    return making.cast()


class Making:
    """Writes one client after the other onto the sheet, each from a random source of their own."""

    def __init__(self, keys: Keys, seed: int, clients: int, now: datetime, many: Size = FULL) -> None:
        self.keys, self.seed, self.now, self.many = keys, seed, now, many if clients > SMALL else None
        self.sheet, self.own, rng = Sheet(), keys.own(), Random(seed)
        self.house = House(self.sheet, self.own, rng, clients=clients, now=now)
        self.services = town(self.sheet, rng, now)
        self.ids = {key: new_id(rng) for key, *_ in PEOPLE}
        self.ids |= {key: worker.id for key, worker in self.house.by_key.items() if key in self.ids}
        self.proofs = proofs(keys, rng)
        self.accounts = Accounts(keys, self.own, {self.ids[key]: proof for key, proof in self.proofs.items()}, now)
        self.families()
        self.told()

    def told(self) -> None:
        """What people outside told the team lately; nobody has read it yet."""
        rng = Random(f"{self.seed} told")
        for hours, language, in_confidence, *texts in words.TOLD:
            id = new_id(rng)
            sealed = {
                column: self.own.seal("telling", column, id, text or None)  # type: ignore[arg-type]
                for column, text in zip(("about", "text", "who", "reach"), texts, strict=True)
            }
            at = self.now - timedelta(hours=hours)
            self.sheet.add(Telling, id=id, at=at, language=language, in_confidence=in_confidence, **sealed)

    def families(self) -> None:
        """The supporters of the cast, who are there before anybody whom they support."""
        circle = Circle(self.sheet, self.own, Random(self.seed), self.now)
        for key, called, family, role, _ in PEOPLE:
            if role == "supporter":
                circle.somebody(called, family, id=self.ids[key])

    def client(self, n: int) -> None:
        rng = Random((self.seed << 32) + n)
        place = self.house.place(n)
        cast = n < len(STORIES)
        who = self.known(n) if cast else anybody(n, rng, place, self.now)
        known = self.ids[STORIES[n][0]] if cast else ""
        peer = n == 0 or (not cast and rng.random() < 0.15)
        record = admit(self.sheet, self.keys, self.own, who, place, rng, self.now, peer=peer, id=known)
        circle = Circle(self.sheet, self.own, rng, self.now, record.client, who.name, record.language, record.sealed)
        if cast:
            STORIES[n][1](record, circle, self.sheet, self.ids, self.services)
            record.standing(review_day(who, self.now))
        else:
            people = let_in(circle, record, who.family, who.days)
            life = Life(record, self.size(rng, who.days), self.services, people)
            life.write(who.days, review_day(who, self.now), MODELS[who.model])

    def size(self, rng: Random, days: int) -> Size:
        if self.many:
            return self.many
        return Size(rng.randrange(3, 6), rng.randrange(16, 30), min(rng.randrange(6, 20), days))

    def known(self, n: int) -> Intake:
        born = (self.now - timedelta(days=365.25 * (28, 19, 17.5)[n])).date()
        name = next((called, family) for key, called, family, *_ in PEOPLE if key == STORIES[n][0])
        pronouns, days, review, before = (
            ("she/her", 140, 26, "php"), ("he/him", 90, 4, ""), ("she/her", 120, 33, ""),
        )[n]  # fmt: skip
        return Intake(*name, pronouns, born, days=days, review=review, before=before)

    def cast(self) -> Cast:
        return Cast([
            CastMember(
                key, f"{called} {family}", role, UUID(self.ids[key]), proof.login, proof.password, proof.secret, about
            )
            for key, called, family, role, about in PEOPLE
            for proof in (self.proofs[key],)
        ])  # fmt: skip


__all__ = ["Cast", "CastMember", "build"]

"""A client comes in: person, key, episode and care team; then their record is opened."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from app.data.sealing import Keys, Seal
from app.data.tables.care import CareTeam, Client, ClientKey, EpisodeOfCare
from app.data.tables.people import Person
from app.demo import words
from app.demo.bulk import Sheet, new_id
from app.demo.people import ZONE, Place
from app.demo.record import HOME, Record

# How long between contacts, in days, by the way of working; the team's own middle way.
MODELS = {"strengths": 7, "icm": 7, "clinical": 14, "rehabilitation": 14, "act": 3, "brokerage": 30}
USUAL = ("strengths", "strengths", "clinical", "icm", "rehabilitation", "brokerage", "act")
SEVERITY = ("mild", "moderate", "moderate", "severe")


@dataclass(frozen=True, slots=True)
class Intake:
    """Who comes in. days: since when. review: in how many days the plan is looked at again."""

    called: str
    family: str
    pronouns: str
    born: date
    language: str = "en"
    days: int = 150
    review: int = 40
    model: str = "strengths"
    severity: str = "moderate"
    before: str = ""  # the level of care they came from

    @property
    def name(self) -> str:
        return f"{self.called} {self.family}"


def pronouns(called: str, rng: Random) -> str:
    """Those that most people of that name use; a few people use others."""
    if called in words.EITHER or rng.random() < 0.04:
        return "they/them"
    return "he/him" if called in words.HE else "she/her"


def anybody(n: int, rng: Random, place: Place, now: datetime) -> Intake:
    """Name, age and way of working of an ordinary client; the first hundred names to use are all different."""
    called = words.CALLED[n] if n < len(words.CALLED) else rng.choice(words.CALLED)
    spanish = place.lead.called_name == "Elena" or (called in words.SPANISH and rng.random() < 0.4)
    fresh = place.manager is None
    return Intake(
        called=called,
        family=rng.choice(words.SPANISH_FAMILIES if called in words.SPANISH else words.FAMILY_NAMES),
        pronouns=pronouns(called, rng),
        born=(now - timedelta(days=rng.randrange(18 * 366 + 2, 27_000))).date(),
        language="es" if spanish else "en",
        days=rng.randrange(3, 12) if fresh else rng.randrange(40, 400),
        review=rng.choice((-2, *range(10, 90, 3))),
        model=rng.choice(USUAL),
        severity=rng.choice(SEVERITY),
        before=rng.choice(("", "", "php" if place.level == "iop" else "iop")),
    )


def admit(
    sheet: Sheet,
    keys: Keys,
    own: Seal,
    who: Intake,
    place: Place,
    rng: Random,
    now: datetime,
    *,
    peer: bool,
    id: str = "",
) -> Record:
    client = id or new_id(rng)
    opened = now - timedelta(days=who.days)
    seal, wrapped = keys.new_client(client)  # type: ignore[arg-type]
    phone = own.seal("person", "phone", client, f"(207) 555-01{rng.randrange(20, 99)}")  # type: ignore[arg-type]
    sheet.add(
        Person,
        id=client,
        kind="client",
        called_name=who.called,
        legal_name=who.name,
        pronouns=who.pronouns,
        born=who.born,
        zone=ZONE,
        language=who.language,
        phone=phone,
        created_at=opened,
    )
    record = Record(sheet, client, who.called, who.language, place, seal, rng, now)
    told = {
        "safe_contact": rng.choice(words.SAFE_CONTACT[who.language]),
        "strengths": rng.choice(words.STRENGTHS[who.language]),
        "preferences": rng.choice(words.PREFERENCES[who.language]),
    }
    sealed = {name: seal.seal("client", name, client, text) for name, text in told.items()}  # type: ignore[arg-type]
    managed = place.manager is not None
    sheet.add(Client, id=client, person=client, programme=place.programme, opened_at=opened, managed=managed, **sealed)
    sheet.add(ClientKey, id=client, wrapped=wrapped)
    _episodes(sheet, who, client, place, rng, now)
    _team(sheet, who, client, place, rng, now, peer)
    return record


def review_day(who: Intake, now: datetime) -> date:
    return now.astimezone(HOME).date() + timedelta(days=who.review)


def _episodes(sheet: Sheet, who: Intake, client: str, place: Place, rng: Random, now: datetime) -> None:
    opened = now - timedelta(days=who.days)
    changed = now - timedelta(days=who.days // 2)
    same = {
        "client": client,
        "programme": place.programme,
        "severity": who.severity,
        "model": who.model,
        "contact_every_days": MODELS[who.model],
    }
    if who.before:
        sheet.add(
            EpisodeOfCare,
            id=new_id(rng),
            state="finished",
            level=who.before,
            opened_at=opened,
            closed_at=changed,
            **same,
        )
    sheet.add(
        EpisodeOfCare,
        id=new_id(rng),
        state="active",
        level=place.level,
        opened_at=changed if who.before else opened,
        review_every_days=90,
        review_due=review_day(who, now),
        **same,
    )


def _team(sheet: Sheet, who: Intake, client: str, place: Place, rng: Random, now: datetime, peer: bool) -> None:
    since = now - timedelta(days=who.days - 1)
    roles = {
        "primary": place.manager,
        "backup": place.backup,
        "clinician": place.clinician,
        "nurse": place.nurse if place.level == "php" else None,
        "peer": place.peer if peer else None,
    }
    for role, worker in roles.items():
        if worker:
            sheet.add(CareTeam, id=new_id(rng), client=client, staff=worker.id, role=role, starts_at=since)

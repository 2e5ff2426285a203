"""The people a client lets in: their relationship, the signed text, and what code reads of it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from app.access.facts import Action, Category, Label
from app.data.sealing import Seal
from app.data.tables.consent import Authority, Consent, Grant, Relationship
from app.data.tables.people import Person
from app.demo.bulk import Sheet, new_id
from app.demo.people import ZONE
from app.language import language as spoken_language
from app.sharing.scope import Scope, last_day
from app.sharing.wording import TEMPLATE, Sides, as_json, digest, wording

SEE = Action.SEE
EVERYTHING = sum(category.bit for category in Category)


@dataclass(frozen=True, slots=True)
class Share:
    """One line of a consent. sections: of the crisis plan. labels: what was ticked beyond the category."""

    category: Category
    actions: Action = SEE
    sections: tuple[int, ...] = ()
    labels: int = 0


@contextmanager
def spoken(code: str) -> Iterator[None]:
    token = spoken_language.set(code)
    try:
        yield
    finally:
        spoken_language.reset(token)


class Circle:
    """Writes who is let into one client's record."""

    def __init__(
        self,
        sheet: Sheet,
        own: Seal,
        rng: Random,
        now: datetime,
        client: str = "",
        name: str = "",
        language: str = "en",
        seal: Callable[..., bytes] = bytes,
    ) -> None:
        """seal: with the client's own key, as `Seal.seal_bytes`."""
        self.sheet, self.own, self.rng, self.now, self.client, self.name = sheet, own, rng, now, client, name
        self.language, self.seal = language, seal
        self.ties: dict[str, tuple[str, str]] = {}

    def somebody(self, called: str, family: str, language: str = "en", id: str = "") -> str:
        id = id or new_id(self.rng)
        number = f"(207) 555-01{self.rng.randrange(20, 99)}"
        phone = self.own.seal("person", "phone", id, number)  # type: ignore[arg-type]
        name = f"{called} {family}"
        since = self.now - timedelta(days=100)
        self.sheet.add(
            Person,
            id=id,
            kind="supporter",
            called_name=called,
            legal_name=name,
            zone=ZONE,
            language=language,
            phone=phone,
            created_at=since,
        )
        return id

    def relate(self, person: str, kind: str, label: str, days: int = 90) -> str:
        id, began = new_id(self.rng), self.now - timedelta(days=days)
        self.ties[person] = (id, label)
        self.sheet.add(
            Relationship, id=id, client=self.client, person=person, kind=kind, label=label, started_at=began,
            verified_how="in person",
        )  # fmt: skip
        return id

    def share(
        self,
        person: str,
        grantee: str,
        shares: Sequence[Share],
        *,
        days: int = 60,
        ended: int | None = None,
        lasts: int = 365,
    ) -> None:
        """Signed `days` ago for `lasts` days. ended: how many days ago the client took it back."""
        signed = self.now - timedelta(days=days)
        until = signed + timedelta(days=lasts)
        consent = self._consent(person, grantee, shares, signed, until)
        revoked = self.now - timedelta(days=ended) if ended is not None else None
        for share in shares:
            self.sheet.add(
                Grant,
                id=new_id(self.rng),
                consent=consent,
                client=self.client,
                grantee=person,
                category=int(share.category),
                actions=int(share.actions),
                labels=share.labels,
                sections=sum(1 << section for section in share.sections),
                starts_at=signed,
                until=until,
                revoked_at=revoked,
                revoked_by=self.client if revoked else None,
            )

    def _consent(self, person: str, grantee: str, shares: Sequence[Share], signed: datetime, until: datetime) -> str:
        tie, label = self.ties.get(person, ("", ""))
        scope = Scope(
            {share.category: share.actions for share in shares},
            sections=sum(1 << section for share in shares for section in share.sections),
            labels=Label(shares[0].labels if shares else 0),
            until=last_day(until, ZONE),
            older=True,
        )
        with spoken(self.language):
            parts = wording(Sides(self.name, "Harbor Street", grantee, label), scope)
        id = new_id(self.rng)
        self.sheet.add(
            Consent,
            id=id,
            client=self.client,
            relationship=tie or None,
            template=TEMPLATE,
            until=until,
            wording=self.seal("consent", "wording", id, as_json(parts).encode()),
            text_hash=digest(parts),
            language=self.language,
            discloser="Harbor Street",
            signer=self.client,
            signed_at=signed,
        )
        return id

    def represent(self, relationship: str, reviewed_by: str, days: int = 120) -> None:
        """A parent's authority over a minor's record; what the minor consented to alone stays out of it."""
        powers = (
            SEE | Action.DETAILS | Action.COMMENT | Action.PROPOSE | Action.MESSAGE | Action.JOIN_THREAD | Action.BOOK
        )
        self.sheet.add(
            Authority,
            id=new_id(self.rng),
            relationship=relationship,
            basis="parental_responsibility",
            powers=int(powers),
            categories=EVERYTHING,
            reviewed_by=reviewed_by,
            starts_at=self.now - timedelta(days=days),
        )

"""Who is let in, in the client's own eyes: each person, what is open to them now, until when, and when they last looked."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from app.access import Access, Category, Kind, Mask
from app.access.clock import grant_holds
from app.access.log import record
from app.data.engine import Row, Statement
from app.data.piccolo_conf import DB
from app.errors import NotFound
from app.organisation import organisation
from app.sharing.looks import LATELY
from app.sharing.scope import Scope, last_day, scope_of
from app.sharing.wording import Part, Sides, gaps, read, wording

PAUSED = "paused"
SOON = timedelta(days=30)
_TIES = """SELECT r.id, r.person, r.label, r.kind, p.called_name, a.id AS account, b.id AS block, l.at AS last_look,
      w.id AS authority, (SELECT COUNT(*) FROM access_event n WHERE n.client = r.client AND n.actor = r.person
        AND n.action = 'look' AND n.at > {lately}) AS looks
    FROM relationship r JOIN person p ON p.id = r.person LEFT JOIN account a ON a.person = r.person
    LEFT JOIN block b ON b.id = (SELECT x.id FROM block x WHERE x.client = r.client AND x.person = r.person
      AND x.starts_at <= {now} AND (x.until IS NULL OR x.until > {now}) LIMIT 1)
    LEFT JOIN authority w ON w.id = (SELECT y.id FROM authority y WHERE y.relationship = r.id
      AND y.reviewed_by IS NOT NULL AND y.starts_at <= {now} AND (y.ends_at IS NULL OR y.ends_at > {now})
      AND y.suspended_reason = '' LIMIT 1)
    LEFT JOIN access_event l ON l.seq = (SELECT e.seq FROM access_event e WHERE e.client = r.client
      AND e.actor = r.person AND e.action = 'look' ORDER BY e.seq DESC LIMIT 1)
    WHERE r.client = {client} AND (r.ended_at IS NULL OR r.ended_at > {now})"""
TIES = Statement(_TIES + " ORDER BY r.started_at, r.id LIMIT 100")
TIE = Statement(_TIES + " AND r.id = {tie}")
_OPEN = """SELECT g.id, g.grantee, g.consent, g.category, g.actions, g.labels, g.sections, g.data_from, g.starts_at, g.until,
      g.suspended_reason, s.keep_if_unwell, s.signed_at
    FROM consent_grant g JOIN consent s ON s.id = g.consent
    WHERE g.client = {client} AND g.revoked_at IS NULL AND g.until > {now}"""
GRANTS = Statement(_OPEN + " AND s.signed_at IS NOT NULL ORDER BY g.category, g.id LIMIT 1000")
GRANTS_TO = Statement(_OPEN + " AND g.grantee = {person} ORDER BY g.category, g.id LIMIT 200")
DRAFT = Statement("""SELECT s.id, s.until, s.keep_if_unwell FROM consent s
    WHERE s.relationship = {tie} AND s.client = {client} AND s.signed_at IS NULL LIMIT 1""")
SIGNED = Statement("""SELECT s.id, s.version, s.signed_at, s.until, s.wording, s.text_hash, s.sign_method, s.language
    FROM consent s WHERE s.relationship = {tie} AND s.client = {client} AND s.signed_at IS NOT NULL
    ORDER BY s.signed_at DESC, s.id LIMIT 50""")
_TEAM = Statement("""SELECT p.id AS person, p.called_name, ct.role, ct.covering_for, l.at AS last_look FROM care_team ct
    JOIN person p ON p.id = ct.staff
    LEFT JOIN access_event l ON l.seq = (SELECT e.seq FROM access_event e WHERE e.client = ct.client
      AND e.actor = ct.staff AND e.action = 'look' ORDER BY e.seq DESC LIMIT 1)
    WHERE ct.client = {client} AND ct.starts_at <= {now} AND (ct.ends_at IS NULL OR ct.ends_at > {now})
    ORDER BY ct.starts_at, ct.id LIMIT 40""")
_WHOSE = Statement("SELECT p.called_name, p.legal_name FROM person p WHERE p.id = {client}")


@dataclass(frozen=True, slots=True)
class Chosen:
    """One person of the client's. scope: what is open to them now. looks: how often in the last 30 days."""

    relationship: UUID
    person: UUID
    called_name: str
    label: str
    kind: str
    scope: Scope
    until: datetime | None
    joined: bool
    blocked: bool
    paused: bool
    represents: bool
    last_look: datetime | None
    looks: int
    ends_soon: bool

    @property
    def sees(self) -> list[Category]:
        return [] if self.blocked or self.paused else sorted(self.scope.actions)


@dataclass(frozen=True, slots=True)
class Member:
    """One of the care team, whose access follows their work."""

    called_name: str
    role: str
    covering: bool
    last_look: datetime | None


@dataclass(frozen=True, slots=True)
class Offer:
    """A draft as it stands, with the text to sign and what is missing in it."""

    id: UUID
    scope: Scope
    parts: tuple[Part, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Signed:
    """One signed version, newest first. parts: () for what was signed before texts were kept."""

    id: UUID
    version: int
    at: datetime
    until: datetime | None
    parts: tuple[Part, ...] = field(repr=False)


async def seen_by_the_team(access: Access) -> None:
    """The client's own page, or that of staff who see the whole of how the client is reached; their look is on record.

    Raises NotFound.
    """
    if access.is_own:
        return
    if access.viewer.kind is not Kind.STAFF or not any(
        lane.mask is Mask.NONE for lane in access.lanes(Category.PROFILE_CONTACT)
    ):
        raise NotFound
    await record(access.event("look", Category.PROFILE_CONTACT))


def own(access: Access) -> None:
    """Nobody but the client sees who else is let in. Raises NotFound."""
    if not access.is_own:
        raise NotFound


def _values(access: Access) -> dict[str, object]:
    return {"client": access.client, "now": access.now, "lately": access.now - LATELY}


async def people(access: Access) -> list[Chosen]:
    """Everyone in the client's life with what they see: for the client, and as a map for the team."""
    await seen_by_the_team(access)
    ties, grants = await DB.run((TIES, _values(access)), (GRANTS, _values(access)))
    found = [_chosen(access, row, [g for g in grants if g["grantee"] == row["person"]]) for row in ties]
    return sorted(found, key=lambda who: not who.scope.actions)  # those who see something first


async def chosen(access: Access, tie: UUID) -> Chosen:
    """Raises NotFound."""
    own(access)
    ties, grants = await DB.run((TIE, _values(access) | {"tie": tie}), (GRANTS, _values(access)))
    if not ties:
        raise NotFound
    return _chosen(access, ties[0], [g for g in grants if g["grantee"] == ties[0]["person"]])


def _chosen(access: Access, row: Row, grants: list[Row]) -> Chosen:
    paused = bool(grants) and all(g["suspended_reason"] == PAUSED for g in grants)
    live = [g for g in grants if paused or not g["suspended_reason"]]
    return Chosen(
        relationship=row["id"],
        person=row["person"],
        called_name=row["called_name"],
        label=row["label"],
        kind=row["kind"],
        scope=scope_of(live, access.loaded.ties.client_zone),
        until=max((g["until"] for g in live), default=None),
        joined=row["account"] is not None,
        blocked=row["block"] is not None,
        paused=paused,
        represents=row["authority"] is not None,
        last_look=row["last_look"],
        looks=row["looks"],
        ends_soon=bool(live) and max(g["until"] for g in live) < access.now + SOON,
    )


async def team(access: Access) -> list[Member]:
    own(access)
    rows = (await DB.run((_TEAM, _values(access))))[0]
    one_each = {row["person"]: row for row in rows}.values()
    return [Member(r["called_name"], r["role"], r["covering_for"] is not None, r["last_look"]) for r in one_each]


async def offer(access: Access, who: Chosen) -> Offer | None:
    """What waits for a signature for this person, if anything does."""
    own(access)
    values = _values(access) | {"tie": who.relationship, "person": who.person}
    drafts, grants, names = await DB.run((DRAFT, values), (GRANTS_TO, values), (_WHOSE, values))
    if not drafts:
        return None
    scope = scope_of([g for g in grants if g["consent"] == drafts[0]["id"]], access.loaded.ties.client_zone)
    about = await organisation()
    sides = Sides(names[0]["legal_name"] or names[0]["called_name"], about.name, who.called_name, who.label)
    parts = wording(sides, scope, part2=access.loaded.ties.part2)
    return Offer(drafts[0]["id"], scope, parts, tuple(gaps(parts)))


async def signed(access: Access, who: Chosen) -> list[Signed]:
    """Every version that was signed for this person, with its text."""
    own(access)
    rows = (await DB.run((SIGNED, _values(access) | {"tie": who.relationship})))[0]
    return [
        Signed(r["id"], r["version"], r["signed_at"], r["until"], read(access.seal, r["id"], r["wording"]))
        for r in rows
    ]


@dataclass(frozen=True, slots=True)
class Received:
    """What one of the client's people has been given, for their own page."""

    sees: tuple[Category, ...]
    last: date | None


def received(access: Access) -> Received:
    """For a supporter: what is open to them of this client now, and until when. Raises NotFound for the client."""
    if access.is_own:
        raise NotFound
    open_now = tuple(category for category in Category if access.may(category))
    ties = access.loaded.ties
    ends = [grant.until for grant in ties.grants if grant.until and grant_holds(grant, ties, access.now)]
    return Received(open_now, last_day(max(ends), ties.client_zone) if ends else None)

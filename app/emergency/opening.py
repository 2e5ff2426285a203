"""Opening one record in an emergency, and being done with it. The reason, the notices and the events are one transaction."""

import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from app.access import Access, Category, Desk
from app.access.clock import blocked
from app.access.log import Event, append, record
from app.data.engine import Row, Statement
from app.data.piccolo_conf import DB
from app.data.sealing import Keys
from app.data.tables.consent import BreakGlass
from app.data.tables.delivery import Outbox
from app.delivery import outbox
from app.emergency.finding import outside
from app.emergency.words import LASTS, MEDICAL, REVIEWED_WITHIN, may_open
from app.errors import NotFound, Refused, StepUpNeeded
from app.identity.sessions import DEMO
from app.language import initials

ACT = timedelta(minutes=30)  # so long the page with the reason may stay open before a factor is asked for again
_SESSION = Statement("SELECT s.step_up_at, s.factors FROM session s WHERE s.id = {session}")
_MINE = Statement("""SELECT g.id, g.client, p.called_name, g.reason_code, g.starts_at, g.ends_at FROM break_glass g
    JOIN person p ON p.id = g.client WHERE g.staff = {viewer} AND g.reviewed_at IS NULL ORDER BY g.starts_at DESC LIMIT 50""")
_LATE = Statement("""SELECT g.id FROM break_glass g
    WHERE g.staff = {viewer} AND g.reviewed_at IS NULL AND g.starts_at < {before} LIMIT 1""")
_KEPT_OUT = """EXISTS (SELECT 1 FROM block b WHERE b.client = {client} AND b.person = x.person
    AND b.starts_at <= {now} AND (b.until IS NULL OR b.until > {now}))"""
_SUPERVISORS = f"""SELECT x.person FROM staff x WHERE x.role = 'supervisor' AND x.ended_at IS NULL
    AND x.person <> {{viewer}} AND NOT {_KEPT_OUT}"""  # noqa: S608
# Those of the client's programme and of whoever is on their team now; where there is none but the one who asks, all others.
NEAREST = Statement(
    _SUPERVISORS  # noqa: S608
    + """ AND (x.person IN (SELECT w.supervisor FROM team w JOIN client c ON c.programme = w.programme WHERE c.id = {client})
      OR x.person IN (SELECT w.supervisor FROM care_team ct JOIN staff s ON s.person = ct.staff JOIN team w ON w.id = s.team
        WHERE ct.client = {client} AND ct.starts_at <= {now} AND (ct.ends_at IS NULL OR ct.ends_at > {now})))"""
)
OTHERS = Statement(_SUPERVISORS)


class ReviewWaits(Refused):
    """An earlier emergency access of theirs was not looked over in time; until it is, there is no other."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A record outside one's team: initials, and whether it is open to the viewer anyway."""

    client: UUID
    initials: str
    base: str
    open_anyway: bool


@dataclass(frozen=True, slots=True)
class Part2:
    """What 42 CFR 2.51 wants written down: who receives it, where they belong, and what the emergency is."""

    receiver: str
    affiliation: str
    nature: str


@dataclass(frozen=True, slots=True)
class Reason:
    code: str
    text: str
    part2: Part2 | None = None


@dataclass(frozen=True, slots=True)
class Mine:
    """One's own emergency access that is not looked over yet, by the person's initials."""

    id: UUID
    client: UUID
    initials: str
    reason: str
    starts_at: datetime
    ends_at: datetime
    due_at: datetime
    live: bool
    late: bool


async def offer(desk: Desk, client: UUID, *, first: bool) -> Offer:
    """What may be known before the reason is said. first: the asking itself goes on record, as a try. Raises NotFound."""
    access = await outside(desk, client)
    if access is None:
        raise NotFound
    if first:
        await record(access.event("emergency-asked", Category.PROFILE_CONTACT, effect="deny"))
    return Offer(client, initials(access.loaded.called_name), access.base, within_reach(access))


def within_reach(access: Access) -> bool:
    return any(access.may(category) for category in Category)


def begin(desk: Desk, client: UUID) -> str:
    """When this act began, in a form that only we can make: a factor has to be shown after it."""
    at = f"{desk.now.timestamp():.6f}"
    return f"{at}-{_mark(desk.keys, desk.viewer.person, client, at)}"


def begun(desk: Desk, client: UUID, stamp: str) -> datetime | None:
    """None for a stamp that is not ours, of another person or record, or too old."""
    at, _, mark = stamp.partition("-")
    if not hmac.compare_digest(mark.encode(), _mark(desk.keys, desk.viewer.person, client, at).encode()):
        return None
    moment = datetime.fromtimestamp(float(at), UTC)
    return moment if moment <= desk.now < moment + ACT else None


def _mark(keys: Keys, person: UUID, client: UUID, at: str) -> str:
    return hmac.digest(keys.derived("emergency"), f"{person}|{client}|{at}".encode(), "sha256").hex()[:32]


async def factor_shown(desk: Desk, client: UUID, stamp: str) -> bool:
    """A factor, after the act began: an unlocked screen that somebody left is not enough. Invented people have none."""
    since = begun(desk, client, stamp)
    if since is None:
        return False
    rows = (await DB.run((_SESSION, {"session": desk.viewer.session})))[0]
    shown = rows[0]["step_up_at"] if rows else None
    return bool(rows) and (rows[0]["factors"] == DEMO or (shown is not None and shown >= since))


async def open_record(desk: Desk, client: UUID, reason: Reason, *, stamp: str, form_id: UUID) -> None:
    """The record is open to the viewer from now, for an hour, to read. Twice is once.

    Raises NotFound, StepUpNeeded, or ReviewWaits.
    """
    async with DB.transaction():
        access = await outside(desk, client)
        access = await access.again() if access else None
        if access is None or blocked(access.loaded.ties.blocks, access.now):
            raise NotFound
        if within_reach(access):
            return
        if not await factor_shown(desk, client, stamp):
            raise StepUpNeeded
        if await review_waits(desk, access.now):
            raise ReviewWaits
        if await BreakGlass.exists().where(BreakGlass.id == form_id):
            return
        await BreakGlass.insert(_row(access, reason, form_id))
        await _tell(access, form_id)
        await append([_event(access, "emergency-opened", form_id, reason.code)])


async def review_waits(desk: Desk, now: datetime) -> bool:
    values = {"viewer": desk.viewer.person, "before": now - REVIEWED_WITHIN}
    return bool((await DB.run((_LATE, values)))[0])


def _row(access: Access, reason: Reason, id: UUID) -> BreakGlass:
    now, seal = access.now, access.seal
    row = BreakGlass(
        id=id,
        client=access.client,
        staff=access.viewer.person,
        reason_code=reason.code,
        starts_at=now,
        ends_at=now + LASTS,
        reauthenticated_at=now,
    )
    row.reason_text = seal.seal_bytes("break_glass", "reason_text", id, reason.text.encode())
    if reason.part2 and reason.code == MEDICAL:
        fields = {
            "receiver": reason.part2.receiver,
            "affiliation": reason.part2.affiliation,
            "nature": reason.part2.nature,
        }
        row.part2_fields = seal.seal_bytes("break_glass", "part2_fields", id, json.dumps(fields).encode())
    return row


async def reviewers(access: Access) -> list[UUID]:
    """Who is told at once and looks it over: never the one who opened it, never somebody the client keeps out."""
    values = {"client": access.client, "viewer": access.viewer.person, "now": access.now}
    nearest = (await DB.run((NEAREST, values)))[0]
    return [row["person"] for row in nearest or (await DB.run((OTHERS, values)))[0]]


async def _tell(access: Access, id: UUID) -> None:
    """Supervisors by mail, which says no more than that there is something to look over; the client on their own pages."""
    for person in await reviewers(access):
        key = f"emergency.opened:{id}:{person}"
        await outbox.put("emergency.opened", person, access.now, key=key, emergency=str(id))
    row = Outbox(key=f"emergency.opened:{id}", kind="emergency.opened", recipient=access.client, client=access.client)
    row.payload, row.due_at = {"emergency": str(id)}, access.now
    await Outbox.insert(row)


def _event(access: Access, action: str, id: UUID, reason: str = "") -> Event:
    return access.event(action, None, id, basis="glass", basis_id=id, reason=reason)


async def done(desk: Desk, id: UUID) -> None:
    """It ends now instead of by the clock. Ending what has ended changes nothing. Raises NotFound for anybody else's."""
    mine = (BreakGlass.id == id) & (BreakGlass.staff == desk.viewer.person)
    rows = await BreakGlass.select(BreakGlass.client).where(mine) if may_open(desk.viewer) else []
    if not rows:
        raise NotFound
    now = max(desk.now, datetime.now(UTC))
    async with DB.transaction():
        open_still = BreakGlass.update({BreakGlass.ends_at: now}).where(mine, BreakGlass.ends_at > now)
        if await open_still.returning(BreakGlass.id):
            await append([_ended(desk, rows[0]["client"], id, now)])


def _ended(desk: Desk, client: UUID, id: UUID, now: datetime) -> Event:
    viewer, trace = desk.viewer, desk.trace
    return Event(
        "emergency-ended",
        actor=viewer.person,
        acting_as=viewer.role or "",
        client=client,
        item=id,
        basis="glass",
        basis_id=id,
        request_id=trace.request_id,
        address=trace.address,
        session=viewer.session,
        at=now,
    )


async def mine(desk: Desk) -> list[Mine]:
    """Those of the viewer that are open, or wait to be looked over. Raises NotFound for whose role has none."""
    if not may_open(desk.viewer):
        raise NotFound
    return [_mine(row, desk.now) for row in (await DB.run((_MINE, {"viewer": desk.viewer.person})))[0]]


def _mine(row: Row, now: datetime) -> Mine:
    due = row["starts_at"] + REVIEWED_WITHIN
    return Mine(
        row["id"],
        row["client"],
        initials(row["called_name"]),
        row["reason_code"],
        row["starts_at"],
        row["ends_at"],
        due,
        live=row["starts_at"] <= now < row["ends_at"],
        late=due <= now,
    )

"""Looking over emergency access afterwards: a supervisor of the client's people, never the one who opened it."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.access import Category, Desk, Role
from app.access.log import Event, append, record
from app.data.engine import Row, Statement
from app.data.piccolo_conf import DB
from app.data.tables.consent import BreakGlass
from app.data.tables.delivery import Outbox
from app.emergency.opening import Part2
from app.emergency.words import REVIEWED_WITHIN
from app.errors import NotFound
from app.language import initials

_UNBLOCKED = """NOT EXISTS (SELECT 1 FROM block b WHERE b.client = g.client AND b.person = {who}
    AND b.starts_at <= {now} AND (b.until IS NULL OR b.until > {now}))"""
_NEAR = """({who} IN (SELECT w.supervisor FROM team w WHERE w.programme = c.programme)
    OR {who} IN (SELECT w.supervisor FROM care_team ct JOIN staff s ON s.person = ct.staff JOIN team w ON w.id = s.team
      WHERE ct.client = g.client AND ct.starts_at <= {now} AND (ct.ends_at IS NULL OR ct.ends_at > {now})))"""


def _of(who: str, text: str) -> str:
    return text.replace("{who}", who)


# As `opening.reviewers` names them, over all that waits: the nearest supervisors, or any where there is none near.
_MINE = f"""g.staff <> {{viewer}} AND {_of("{viewer}", _UNBLOCKED)} AND ({_of("{viewer}", _NEAR)}
    OR NOT EXISTS (SELECT 1 FROM staff x WHERE x.role = 'supervisor' AND x.ended_at IS NULL AND x.person <> g.staff
      AND {_of("x.person", _UNBLOCKED)} AND {_of("x.person", _NEAR)}))"""  # noqa: S608
_ROWS = """SELECT g.id, g.client, p.called_name, g.staff, y.called_name AS staff_name, st.role, g.reason_code, g.reason_text,
      g.part2_fields, g.starts_at, g.ends_at, g.reviewed_at, g.outcome, k.wrapped
    FROM break_glass g JOIN client c ON c.id = g.client JOIN person p ON p.id = c.person JOIN client_key k ON k.id = c.id
    JOIN person y ON y.id = g.staff LEFT JOIN staff st ON st.person = g.staff"""
WAITING = Statement(f"{_ROWS} WHERE g.reviewed_at IS NULL AND {_MINE} ORDER BY g.starts_at LIMIT 100")
DONE = Statement(f"{_ROWS} WHERE g.reviewed_by = {{viewer}} ORDER BY g.reviewed_at DESC LIMIT 10")
ONE = Statement(f"{_ROWS} WHERE g.id = {{id}} AND (g.reviewed_by = {{viewer}} OR {_MINE})")
_OPENED = Statement("""SELECT e.category, e.at FROM access_event e WHERE e.client = {client} AND e.at >= {since}
    AND e.at <= {until} AND e.basis_id = {id} AND e.action = 'look' ORDER BY e.at LIMIT 2000""")


@dataclass(frozen=True, slots=True)
class Review:
    """One emergency access to look over: the client by their initials, who opened it, why, and when it is due."""

    id: UUID
    client: UUID
    initials: str
    staff_name: str
    role: str
    reason: str
    text: str
    part2: Part2 | None
    starts_at: datetime
    ends_at: datetime
    due_at: datetime
    late: bool
    reviewed_at: datetime | None
    outcome: str


def _overseer(desk: Desk) -> None:
    if desk.viewer.role is not Role.SUPERVISOR or not desk.viewer.enabled:
        raise NotFound


async def waiting(desk: Desk) -> tuple[list[Review], list[Review]]:
    """What the viewer is to look over, the longest wait first, and what they looked over last. One look at a list.

    Raises NotFound.
    """
    _overseer(desk)
    values = {"viewer": desk.viewer.person, "now": desk.now}
    open_now, closed = await DB.run((WAITING, values), (DONE, values))
    await record(_event(desk, "list", reason="emergency access"))
    return [_review(desk, row) for row in open_now], [_review(desk, row) for row in closed]


async def count(desk: Desk) -> tuple[int, int]:
    """How many wait for the viewer, and how many of them for too long already."""
    if desk.viewer.role is not Role.SUPERVISOR or not desk.viewer.enabled:
        return 0, 0
    rows = (await DB.run((WAITING, {"viewer": desk.viewer.person, "now": desk.now})))[0]
    return len(rows), sum(row["starts_at"] + REVIEWED_WITHIN <= desk.now for row in rows)


async def one(desk: Desk, id: UUID) -> tuple[Review, dict[Category, int]]:
    """One of them, and what was opened how often. Raises NotFound; the look is on record."""
    row = await _row(desk, id)
    since = row["starts_at"].replace(microsecond=0)  # the log keeps milliseconds
    values = {"client": row["client"], "since": since, "until": row["ends_at"], "id": id}
    opened = (await DB.run((_OPENED, values)))[0]
    await record(_event(desk, "look", client=row["client"], item=id, reason="emergency access"))
    counts = Counter(Category[event["category"].upper()] for event in opened if event["category"])
    return _review(desk, row), dict(sorted(counts.items()))


async def _row(desk: Desk, id: UUID) -> Row:
    _overseer(desk)
    rows = (await DB.run((ONE, {"viewer": desk.viewer.person, "now": desk.now, "id": id})))[0]
    if not rows:
        raise NotFound
    return rows[0]


async def review(desk: Desk, id: UUID, outcome: str, note: str) -> None:
    """It has been looked over. The first answer stays; a second changes nothing. Raises NotFound."""
    async with DB.transaction():
        row = await _row(desk, id)
        seal = desk.keys.of_client(row["client"], bytes(row["wrapped"]))
        values = {
            BreakGlass.reviewed_by: desk.viewer.person,
            BreakGlass.reviewed_at: desk.now,
            BreakGlass.outcome: outcome,
            BreakGlass.review_note: seal.seal("break_glass", "review_note", id, note or None),
        }
        first = BreakGlass.update(values).where(BreakGlass.id == id, BreakGlass.reviewed_at.is_null())  # type: ignore[arg-type]
        if not await first.returning(BreakGlass.id):
            return
        told = Outbox(key=f"emergency.reviewed:{id}", kind="emergency.reviewed", recipient=row["staff"])
        told.client, told.payload, told.due_at = row["client"], {"emergency": str(id)}, desk.now
        await Outbox.insert(told)
        await append([_event(desk, "emergency-reviewed", client=row["client"], item=id, reason=outcome)])


def _review(desk: Desk, row: Row) -> Review:
    seal = desk.keys.of_client(row["client"], bytes(row["wrapped"]))
    due = row["starts_at"] + REVIEWED_WITHIN
    part2 = seal.open("break_glass", "part2_fields", row["id"], row["part2_fields"])
    return Review(
        id=row["id"],
        client=row["client"],
        initials=initials(row["called_name"]),
        staff_name=row["staff_name"],
        role=row["role"] or "",
        reason=row["reason_code"],
        text=seal.open("break_glass", "reason_text", row["id"], row["reason_text"]) or "",
        part2=Part2(**json.loads(part2)) if part2 else None,
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        due_at=due,
        late=row["reviewed_at"] is None and due <= desk.now,
        reviewed_at=row["reviewed_at"],
        outcome=row["outcome"],
    )


def _event(desk: Desk, action: str, *, client: UUID | None = None, item: UUID | None = None, reason: str = "") -> Event:
    return Event(
        action,
        actor=desk.viewer.person,
        acting_as=desk.viewer.role or "",
        client=client,
        category=Category.PROFILE_CONTACT.name.lower() if action == "list" else "",
        item=item,
        basis="supervisor",
        reason=reason,
        request_id=desk.trace.request_id,
        address=desk.trace.address,
        session=desk.viewer.session,
        at=desk.now,
    )

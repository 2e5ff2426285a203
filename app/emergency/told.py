"""What the client is told, at once and in words: who opened their record in an emergency, why, and what they opened."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.access import Access, Action, Category
from app.data.engine import Statement
from app.data.piccolo_conf import DB
from app.data.tables.consent import BreakGlass
from app.errors import NotFound

_ROWS = """SELECT g.id, g.staff, p.called_name, st.role, g.reason_code, g.starts_at, g.ends_at, g.outcome, g.reviewed_at,
      g.client_read_at, CASE WHEN g.part2_fields IS NULL THEN 0 ELSE 1 END AS part2
    FROM break_glass g JOIN person p ON p.id = g.staff LEFT JOIN staff st ON st.person = g.staff WHERE g.client = {client}"""
ALL = Statement(f"{_ROWS} ORDER BY g.starts_at DESC LIMIT 50")
UNREAD = Statement(f"{_ROWS} AND g.client_read_at IS NULL ORDER BY g.starts_at DESC LIMIT 5")
# What each of the latest fifty opened; looks by emergency access alone name one of them as what let them in.
_OPENED = Statement("""SELECT DISTINCT g.id, e.category FROM break_glass g
    JOIN access_event e ON e.client = {client} AND e.at >= g.starts_at AND e.at <= g.ends_at AND e.basis_id = g.id
    WHERE g.client = {client} AND e.action = 'look' LIMIT 1000""")


@dataclass(frozen=True, slots=True)
class Opened:
    """One emergency access. reason: a key of REASONS; outcome: of REVIEWED, "" while nobody has looked it over.

    substance_use: records that Part 2 protects were open too. read: the client said that they have read of it.
    """

    id: UUID
    person: UUID
    called_name: str
    role: str
    reason: str
    starts_at: datetime
    ends_at: datetime
    live: bool
    substance_use: bool
    categories: tuple[Category, ...]
    outcome: str
    read: bool


async def seen_by_client(access: Access) -> list[Opened]:
    """Every emergency access to the viewer's own record, the newest first; nothing for anybody else."""
    return await _told(access, ALL)


async def news(access: Access) -> list[Opened]:
    """Those that the client has not said they have read of. One statement while there are none."""
    return await _told(access, UNREAD)


async def _told(access: Access, asked: Statement) -> list[Opened]:
    if not access.is_own:
        return []
    rows = (await DB.run((asked, {"client": access.client})))[0]
    opened = (await DB.run((_OPENED, {"client": access.client})))[0] if rows else []
    seen: dict[UUID, list[Category]] = {}
    for one in opened:
        seen.setdefault(one["id"], []).append(Category[one["category"].upper()])
    return [
        Opened(
            id=row["id"],
            person=row["staff"],
            called_name=row["called_name"],
            role=row["role"] or "",
            reason=row["reason_code"],
            starts_at=row["starts_at"],
            ends_at=row["ends_at"],
            live=row["starts_at"] <= access.now < row["ends_at"],
            substance_use=bool(row["part2"]),
            categories=tuple(sorted(seen.get(row["id"], []))),
            outcome=row["outcome"] if row["reviewed_at"] else "",
            read=row["client_read_at"] is not None,
        )
        for row in rows
    ]


async def read(access: Access, id: UUID) -> None:
    """The client has read of this one; the notice goes, the row stays. Raises NotFound."""
    if not access.is_own:
        raise NotFound
    async with access.write(Category.CARE_TEAM_NAMES, Action.SEE) as work:
        await work.update(BreakGlass, id, {BreakGlass.client_read_at: work.access.now}, action="emergency-read")

"""What an act upon a visit brings about: work for staff, notices to send, and the standing that the worklist reads."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from app.access import Work
from app.data.engine import Statement
from app.data.piccolo_conf import DB
from app.data.tables.care import Standing, Task
from app.data.tables.delivery import Outbox
from app.language import lazy

MOVE_ASKED, ASKED = lazy("Asked to move a visit"), lazy("Asked for a visit")
REMINDER = timedelta(hours=24)

_PRIMARY = Statement("""SELECT ct.staff FROM care_team ct WHERE ct.client = {client} AND ct.role = 'primary'
    AND ct.starts_at <= {now} AND (ct.ends_at IS NULL OR ct.ends_at > {now}) ORDER BY ct.starts_at DESC LIMIT 1""")
_EARLIEST = Statement("""SELECT a.starts_at FROM appointment a
    WHERE a.client = {client} AND (a.state = 'booked' OR a.state = 'arrived') ORDER BY a.starts_at LIMIT 1""")


async def primary(work: Work) -> UUID | None:
    """The client's case manager."""
    found = (await DB.run((_PRIMARY, {"client": work.access.client, "now": work.access.now})))[0]
    return found[0]["staff"] if found else None


async def task(work: Work, title: str, owner: UUID | None, about: datetime, labels: int = 0, flags: int = 0) -> None:
    """Work for staff, due today or on the day before; the title is one of our own, translated where it is shown."""
    access = work.access
    zone = ZoneInfo(access.loaded.ties.client_zone)
    due = max(access.now.astimezone(zone).date(), about.astimezone(zone).date() - timedelta(days=1))
    row = Task(id=uuid4(), client=access.client, owner=owner, due=due, author=access.viewer.person)
    row.labels, row.flags = labels, flags
    await work.insert(row, texts={"title": title}, action="task")


async def tell(work: Work, kind: str, recipient: UUID | None, visit: UUID, sequence: int) -> None:
    """Nobody is told of what they did themselves."""
    if recipient is not None and recipient != work.access.viewer.person:
        await _send(work, kind, recipient, visit, sequence, work.access.now)


async def remind(work: Work, visit: UUID, sequence: int, starts_at: datetime) -> None:
    """To the client, the day before; not when that is past already."""
    if (due_at := starts_at - REMINDER) > work.access.now:
        await _send(work, "visit.reminder", work.access.client, visit, sequence, due_at)


async def forget_reminder(work: Work, visit: UUID) -> None:
    ours = (Outbox.client == work.access.client) & Outbox.key.like(f"visit.reminder:{visit}:%")
    await Outbox.delete().where(ours, Outbox.done_at.is_null())


async def _send(work: Work, kind: str, recipient: UUID, visit: UUID, sequence: int, due_at: datetime) -> None:
    """Ids alone: what a notice may say is decided again when it is sent."""
    row = Outbox(key=f"{kind}:{visit}:{sequence}", kind=kind, recipient=recipient, client=work.access.client)
    row.payload, row.due_at = {"appointment": str(visit)}, due_at
    await Outbox.insert(row)


async def keep_standing(work: Work) -> None:
    """The earliest booked visit without an outcome, for the worklist, kept in the same transaction."""
    client = work.access.client
    found = (await DB.run((_EARLIEST, {"client": client})))[0]
    earliest = found[0]["starts_at"] if found else None
    await Standing.update({Standing.next_visit_at: earliest}).where(Standing.id == client)

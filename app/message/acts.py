"""Writing: a message, a first message, and how far somebody has read."""

from datetime import datetime
from uuid import UUID, uuid4

from app.access import Access, Action, Category, Kind, Work
from app.data.engine import Statement
from app.data.piccolo_conf import DB
from app.data.tables.care import Standing
from app.data.tables.delivery import Outbox
from app.data.tables.message import Message as MessageTable
from app.data.tables.message import Thread as ThreadTable
from app.data.tables.message import ThreadMember
from app.delivery.live import BELLS
from app.message.threads import THREAD

_OWN_THREAD = Statement("""SELECT t.id FROM thread t JOIN thread_member m ON m.thread = t.id AND m.person = {client}
    WHERE t.client = {client} AND t.kind = 'client' AND m.left_at IS NULL ORDER BY t.dated LIMIT 1""")
_WAITING = Statement("""SELECT t.waiting_since FROM thread t
    WHERE t.client = {client} AND t.waiting_since IS NOT NULL ORDER BY t.waiting_since LIMIT 1""")
_UNANSWERED = Statement("""SELECT m.id FROM thread t JOIN message m ON m.thread = t.id AND m.dated >= t.waiting_since
    WHERE t.client = {client} AND t.waiting_since IS NOT NULL AND NOT m.from_staff LIMIT 1000""")
_RECIPIENTS = Statement("""SELECT m.person FROM thread_member m
     WHERE m.thread = {thread} AND m.left_at IS NULL AND m.joined_at IS NOT NULL AND m.person <> {author}
    UNION SELECT ct.staff FROM care_team ct WHERE ct.client = {client} AND ct.staff <> {author}
     AND ct.starts_at <= {now} AND (ct.ends_at IS NULL OR ct.ends_at > {now})""")


async def post(access: Access, thread_id: UUID, *, text: str, form_id: UUID) -> None:
    """One more message. The same form sent again writes nothing. Raises NotFound or Refused."""
    async with access.write(Category.MESSAGES, Action.MESSAGE) as work:
        await work.open(THREAD, thread_id)
        if await _sent(access, form_id):
            return
        await _write(work, thread_id, text, form_id)
    BELLS.ring(thread_id)


async def start(access: Access, *, text: str, form_id: UUID) -> UUID:
    """The client writes to the team, or staff to the client: their one thread is made if it is not there yet."""
    async with access.write(Category.MESSAGES, Action.MESSAGE) as work:
        rows = (await DB.run((_OWN_THREAD, {"client": access.client})))[0]
        thread_id: UUID = rows[0]["id"] if rows else uuid4()
        if not rows:
            row = ThreadTable(
                id=thread_id, client=access.client, kind="client", author=access.viewer.person, dated=work.access.now
            )
            await work.insert(row)
            await ThreadMember.insert(ThreadMember(thread=thread_id, person=access.client, joined_at=work.access.now))
        await work.open(THREAD, thread_id)
        if not await _sent(access, form_id):
            await _write(work, thread_id, text, form_id)
    BELLS.ring(thread_id)
    return thread_id


async def _sent(access: Access, form_id: UUID) -> bool:
    mine = (MessageTable.author == access.viewer.person) & (MessageTable.form_id == form_id)
    return await MessageTable.exists().where(mine)


async def _write(work: Work, thread_id: UUID, text: str, form_id: UUID) -> None:
    access, now = work.access, work.access.now
    from_staff = access.viewer.kind is Kind.STAFF
    row = MessageTable(
        id=uuid4(),
        client=access.client,
        thread=thread_id,
        author=access.viewer.person,
        dated=now,
        form_id=form_id,
        from_staff=from_staff,
        language=access.viewer.language,
    )
    await work.insert(row, texts={"text": text}, action="send")
    await _mark(thread_id, access.viewer.person, now)
    await _waiting(thread_id, now, answered=from_staff)
    await keep_standing(access.client)
    await _tell(work, thread_id, row.id)


async def _waiting(thread_id: UUID, now: datetime, *, answered: bool) -> None:
    """A question waits from its first message until somebody of the team answers; the staff's own thread never does."""
    await ThreadTable.update({ThreadTable.last_at: now}).where(ThreadTable.id == thread_id)
    mine = (ThreadTable.id == thread_id) & (ThreadTable.kind != "team")
    if answered:
        await ThreadTable.update({ThreadTable.waiting_since: None}).where(mine)
    else:
        await ThreadTable.update({ThreadTable.waiting_since: now}).where(mine, ThreadTable.waiting_since.is_null())


async def keep_standing(client: UUID) -> None:
    """What the worklist shows of messages, kept in the same transaction."""
    first, open_now = await DB.run((_WAITING, {"client": client}), (_UNANSWERED, {"client": client}))
    since = first[0]["waiting_since"] if first else None
    await Standing.update({Standing.waiting_since: since, Standing.unread: len(open_now)}).where(Standing.id == client)


async def _tell(work: Work, thread_id: UUID, message: UUID) -> None:
    """A notice for everyone else in the thread, by ids alone; whoever sends it decides again."""
    access = work.access
    values = {
        "thread": thread_id,
        "client": access.client,
        "author": access.viewer.person,
        "now": access.now,
    }
    rows = (await DB.run((_RECIPIENTS, values)))[0]
    notices = [
        Outbox(
            key=f"message:{message}:{row['person']}",
            kind="message",
            recipient=row["person"],
            client=access.client,
            payload={"thread": str(thread_id), "message": str(message)},
            due_at=access.now,
        )
        for row in rows
    ]
    if notices:
        await Outbox.insert(*notices)


async def read_up_to(access: Access, thread_id: UUID) -> None:
    """The viewer has seen what is in the thread now. Raises NotFound."""
    async with access.write(Category.MESSAGES, Action.SEE) as work:
        await work.open(THREAD, thread_id)
        await _mark(thread_id, access.viewer.person, work.access.now)


async def _mark(thread_id: UUID, person: UUID, now: datetime) -> None:
    """Staff get a row of their own for this, which does not make them a member: joined_at stays empty."""
    mine = (ThreadMember.thread == thread_id) & (ThreadMember.person == person)
    if not await ThreadMember.update({ThreadMember.read_at: now}).where(mine).returning(ThreadMember.id):
        await ThreadMember.insert(ThreadMember(thread=thread_id, person=person, joined_at=None, read_at=now))

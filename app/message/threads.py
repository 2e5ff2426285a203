"""Reading threads and messages."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.access import Access, Category, Listing
from app.data.engine import Row
from app.errors import NotFound

PAGE = 30

_THREAD = """SELECT t.id, t.kind, t.subject, t.last_at, t.waiting_since, t.dated, m.read_at, m.joined_at
     FROM thread t LEFT JOIN thread_member m ON m.thread = t.id AND m.person = {viewer}
    WHERE t.client = {client} AND {reach}"""
THREADS = Listing(
    "thread",
    Category.MESSAGES,
    _THREAD + " ORDER BY t.last_at DESC, t.id LIMIT 50",
    sealed=("subject",),
    thread="id",
)
THREAD = Listing("thread", Category.MESSAGES, _THREAD + " AND t.id = {id}", sealed=("subject",), thread="id")
_MESSAGE = (
    """SELECT t.id, t.thread, t.text, t.dated, t.author, t.from_staff, t.language, p.called_name, p.kind, s.role"""
)
_WHO = "JOIN person p ON p.id = t.author LEFT JOIN staff s ON s.person = t.author"
MESSAGES = Listing(
    "message",
    Category.MESSAGES,
    f"""{_MESSAGE} FROM message t {_WHO}
         WHERE t.client = {{client}} AND t.thread = {{thread}} AND {{reach}}
         ORDER BY t.dated DESC, t.id DESC LIMIT {PAGE + 1}""",
    sealed=("text",),
    thread="thread",
)
EARLIER = Listing(
    "message",
    Category.MESSAGES,
    MESSAGES.sql.replace(
        "ORDER BY", "AND (t.dated, t.id) < (SELECT b.dated, b.id FROM message b WHERE b.id = {before}) ORDER BY"
    ),
    sealed=("text",),
    thread="thread",
)
NEWEST_ID = Listing(
    "message",
    Category.MESSAGES,
    """SELECT t.id FROM message t WHERE t.client = {client} AND t.thread = {thread} AND {reach}
        ORDER BY t.dated DESC, t.id DESC LIMIT 1""",
    thread="thread",
)
LATEST = Listing(
    "message",
    Category.MESSAGES,
    f"""{_MESSAGE} FROM thread th JOIN message t ON t.thread = th.id AND t.dated = th.last_at {_WHO}
         WHERE th.client = {{client}} AND t.client = {{client}} AND {{reach}} LIMIT 50""",
    sealed=("text",),
    thread="thread",
)
UNREAD = Listing(
    "message",
    Category.MESSAGES,
    """SELECT t.id FROM thread_member n JOIN message t ON t.thread = n.thread
        WHERE n.person = {viewer} AND n.left_at IS NULL AND t.client = {client} AND {reach} AND t.author <> {viewer}
          AND (n.read_at IS NULL OR t.dated > n.read_at) LIMIT 100""",
    thread="thread",
)


@dataclass(frozen=True, slots=True)
class Message:
    """role: of staff, else "". mine: the viewer wrote it."""

    id: UUID
    thread: UUID
    text: str
    at: datetime
    author_name: str
    author_kind: str
    role: str
    mine: bool
    language: str


@dataclass(frozen=True, slots=True)
class Thread:
    """waiting: somebody outside the team waits for an answer. unread: something newer than the viewer has seen."""

    id: UUID
    kind: str
    subject: str
    last_at: datetime | None
    waiting: bool
    unread: bool
    last: Message | None = None


def _message(access: Access, row: Row) -> Message:
    return Message(
        row["id"], row["thread"], row["text"] or "", row["dated"], row["called_name"], row["kind"], row["role"] or "",
        row["author"] == access.viewer.person, row["language"],
    )  # fmt: skip


def _thread(row: Row, last: Message | None = None) -> Thread:
    unread = last is not None and not last.mine and (row["read_at"] is None or last.at > row["read_at"])
    return Thread(
        row["id"], row["kind"], row["subject"] or "", row["last_at"], row["waiting_since"] is not None,
        unread, last,
    )  # fmt: skip


async def threads(access: Access) -> list[Thread]:
    """The threads the viewer is in (staff of the team: all of the client's), the newest first, with their last message."""
    rows, lasts = await access.read(THREADS, LATEST)
    last = {row["thread"]: _message(access, row) for row in lasts}
    return [_thread(row, last.get(row["id"])) for row in rows]


async def thread(access: Access, thread_id: UUID, before: UUID | None = None) -> tuple[Thread, list[Message], bool]:
    """One thread, its last messages (or the last before one of them) in reading order, and whether there are earlier ones.

    Raises NotFound.
    """
    row = await access.open(THREAD, thread_id)
    asked = (EARLIER, {"thread": thread_id, "before": before}) if before else (MESSAGES, {"thread": thread_id})
    found = (await access.read(asked, looks=False))[0]
    shown = [_message(access, one) for one in reversed(found[:PAGE])]
    return _thread(row, shown[-1] if shown else None), shown, len(found) > PAGE


async def newest(access: Access) -> tuple[Thread, Message] | None:
    """The newest message the viewer can read, for Today."""
    for one in await threads(access):
        if one.last is not None:
            return one, one.last
    return None


async def latest(access: Access, thread_id: UUID) -> UUID | None:
    """The id of the newest message that the viewer reaches in a thread; None while there is none. Raises NotFound."""
    threads, found = await access.read((THREAD, {"id": thread_id}), (NEWEST_ID, {"thread": thread_id}), looks=False)
    if not threads:
        raise NotFound
    return found[0]["id"] if found else None


async def unread(access: Access) -> int:
    """How many messages the viewer has not seen, of those they can reach; 100 stands for more."""
    return len((await access.read(UNREAD, looks=False))[0])

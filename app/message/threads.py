"""Reading threads and messages."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from app.access import Access, Category, Listing
from app.data.engine import Row

PAGE = 30
END = datetime(9999, 1, 1, tzinfo=UTC)

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
         WHERE t.client = {{client}} AND t.thread = {{thread}} AND {{reach}} AND t.dated < {{before}}
         ORDER BY t.dated DESC, t.id LIMIT {PAGE + 1}""",
    sealed=("text",),
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
    seen = row["read_at"] or row["joined_at"]
    unread = last is not None and not last.mine and (row["read_at"] is None or last.at > row["read_at"])
    return Thread(
        row["id"], row["kind"], row["subject"] or "", row["last_at"], row["waiting_since"] is not None,
        unread and (seen is not None or row["joined_at"] is None), last,
    )  # fmt: skip


async def threads(access: Access) -> list[Thread]:
    """The threads the viewer is in (staff of the team: all of the client's), the newest first, with their last message."""
    rows, lasts = await access.read(THREADS, LATEST)
    last = {row["thread"]: _message(access, row) for row in lasts}
    return [_thread(row, last.get(row["id"])) for row in rows]


async def thread(access: Access, thread_id: UUID, before: datetime | None = None) -> tuple[Thread, list[Message], bool]:
    """One thread, its last messages in reading order, and whether there are earlier ones. Raises NotFound."""
    row = await access.open(THREAD, thread_id)
    asked = (MESSAGES, {"thread": thread_id, "before": before or END})
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
    """The id of the newest message in a thread, or None when nothing of it is within reach."""
    found = (await access.read((MESSAGES, {"thread": thread_id, "before": END}), looks=False))[0]
    return found[0]["id"] if found else None


async def unread(access: Access) -> int:
    """How many messages the viewer has not seen, of those they can reach; 100 stands for more."""
    return len((await access.read(UNREAD, looks=False))[0])

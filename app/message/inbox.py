"""The inbox over a worker's clients: who waits longest for an answer comes first."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.access import Category, Desk, DeskListing
from app.errors import NotFound

# No preview of what not all of the team may read: labels SUD (1), PSYCHOTHERAPY (32) and SUD_COUNSELLING (64).
INBOX = DeskListing(
    "inbox",
    Category.MESSAGES,
    """SELECT c.id AS client, p.called_name, k.wrapped, t.id AS thread, t.kind, t.waiting_since, t.last_at,
           m.id AS message, m.text, m.from_staff
      FROM mine JOIN client c ON c.id = mine.client JOIN person p ON p.id = c.person JOIN client_key k ON k.id = c.id
      JOIN thread t ON t.client = c.id
      LEFT JOIN message m ON m.thread = t.id AND m.dated = t.last_at AND (m.labels & 97) = 0
           AND m.flags = 0
     WHERE {item} AND c.closed_at IS NULL
     ORDER BY CASE WHEN t.waiting_since IS NULL THEN 1 ELSE 0 END, t.waiting_since, t.last_at DESC, t.id LIMIT 100""",
    sealed={"text": ("message", "text", "message")},
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thread of a client of mine. since: the oldest message that nobody has answered, if there is one."""

    client: UUID
    called_name: str
    thread: UUID
    kind: str
    since: datetime | None
    last_at: datetime | None
    text: str
    from_staff: bool


async def inbox(desk: Desk) -> list[Waiting]:
    """Raises NotFound for staff who have no inbox: front desk, administrators, and peers, who come by the client's record."""
    if not desk.may(INBOX):
        raise NotFound
    rows = (await desk.read(INBOX))[0]
    return [
        Waiting(
            row["client"],
            row["called_name"],
            row["thread"],
            row["kind"],
            row["waiting_since"],
            row["last_at"],
            row["text"] or "",
            bool(row["from_staff"]),
        )
        for row in rows
    ]

"""The append-only log. What was seen or done is written before it counts: no row, no look; no row, no change.

Each event holds the SHA-256 over the hash before it and its own canonical bytes, so that a changed, missing or moved row
can be found. Looks of several requests may share one commit, but each waits for its own.
"""

import asyncio
import contextvars
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from app.data.engine import Postgres
from app.data.piccolo_conf import DB

# The order is the order of the columns, and of the canonical bytes.
COLUMNS = (
    "seq", "at", "actor", "acting_as", "client", "category", "item", "action", "effect", "basis", "basis_id", "channel",
    "request_id", "session", "address", "reason",
)  # fmt: skip
_LITE = f"INSERT INTO access_event ({', '.join(COLUMNS)}, hash) VALUES ({', '.join('?' * (len(COLUMNS) + 1))})"
_POSTGRES = (
    f"INSERT INTO access_event ({', '.join(COLUMNS)}, hash) "
    f"VALUES ({', '.join(f'${n}' for n in range(1, len(COLUMNS) + 2))})"
)
_HEAD = "SELECT seq, hash FROM access_event ORDER BY seq DESC LIMIT 1"
_LOCK = "SELECT pg_advisory_xact_lock(7239012)"  # one appender at a time; SQLite has one writer anyway


@dataclass(frozen=True, slots=True)
class Event:
    """One look or act. No text of any record, search or form."""

    action: str
    actor: UUID | None = None
    acting_as: str = ""
    client: UUID | None = None
    category: str = ""
    item: UUID | None = None
    effect: str = "allow"
    basis: str = ""
    basis_id: UUID | None = None
    channel: str = "page"
    request_id: str = ""
    session: UUID | None = None
    address: str = ""
    reason: str = ""
    at: datetime | None = None


def chained(head: tuple[int, str], events: Sequence[Event]) -> list[tuple[Any, ...]]:
    """The rows to insert after `head` (seq, hash)."""
    seq, digest = head
    rows = []
    for event in events:
        seq += 1
        at = event.at or datetime.now(UTC)
        at = at.replace(microsecond=at.microsecond // 1000 * 1000)
        values = (seq, at, *(getattr(event, column) for column in COLUMNS[2:]))
        digest = digest_of(digest, values)
        rows.append((*values, digest))
    return rows


def digest_of(before: str, values: Sequence[Any]) -> str:
    """values: in the order of COLUMNS, as Python values. Hex SHA-256."""
    plain = [
        v.astimezone(UTC).isoformat() if isinstance(v, datetime) else None if v is None else str(v) for v in values
    ]
    return hashlib.sha256((before + json.dumps(plain, separators=(",", ":"))).encode()).hexdigest()


def _append_lite(connection: Any, events: Sequence[Event]) -> None:
    head = connection.execute(_HEAD).fetchone() or (0, "")
    connection.executemany(_LITE, chained(head, events))


def _commit_lite(connection: Any, events: Sequence[Event]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        _append_lite(connection, events)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


async def _append_postgres(connection: Any, events: Sequence[Event]) -> None:
    await connection.execute(_LOCK)
    head = await connection.fetchrow(_HEAD) or (0, "")
    await connection.executemany(_POSTGRES, chained((head[0], head[1]), events))


async def append(events: Sequence[Event]) -> None:
    """Within the open transaction of the act itself."""
    if not events:
        return
    DB.statements += 1
    if isinstance(DB, Postgres):
        await _append_postgres(DB.live().connection, events)
    else:
        await DB.call(True, _append_lite, events)


class Looks:
    """Gathers what waits and commits it together."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Sequence[Event], asyncio.Future[None]]] = []
        self.writer: asyncio.Task[None] | None = None

    async def record(self, *events: Event) -> None:
        """Returns once the events are on disk. Raises what the commit raised; then nothing may be shown."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.append((events, done))
        if self.writer is None or self.writer.done():
            # Not inside anybody's transaction: the writer's own task starts with a clean context.
            self.writer = asyncio.get_running_loop().create_task(self._write(), context=contextvars.Context())
        await asyncio.shield(done)

    async def _write(self) -> None:
        while self.waiting:
            batch, self.waiting = self.waiting, []
            try:
                await self._commit([event for events, _ in batch for event in events])
            except Exception as error:
                for _, done in batch:
                    if not done.done():
                        done.set_exception(error)
            else:
                for _, done in batch:
                    if not done.done():
                        done.set_result(None)

    async def _commit(self, events: Sequence[Event]) -> None:
        DB.statements += 1
        if not isinstance(DB, Postgres):
            await DB.call(True, _commit_lite, events)
            return
        async with DB.transaction():
            await append(events)


LOOKS = Looks()


async def record(*events: Event) -> None:
    """Returns once the events are on disk or, inside an open transaction, once they are part of it."""
    if DB.live():
        await append(events)
    else:
        await LOOKS.record(*events)

"""The sample organisation's mail: it leaves nothing, and a page shows it. Kept in memory, the last hundred."""

from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from app.delivery.channel import Letter


@dataclass(frozen=True, slots=True)
class Received:
    letter: Letter
    at: datetime


class Mailbox:
    def __init__(self) -> None:
        self.received: deque[Received] = deque(maxlen=100)

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Mailbox"]:
        yield self

    async def send(self, letter: Letter) -> None:
        self.received.appendleft(Received(letter, datetime.now(UTC)))


MAILBOX = Mailbox()

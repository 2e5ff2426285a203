"""What carries a letter. Mail is one; a text message or a push would be another, with the same two calls."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Letter:
    """id: the outbox row's. One that is sent twice after all says so by it."""

    id: UUID
    to: str
    subject: str
    text: str


class Unreachable(Exception):
    """Nothing can be sent at the moment, whatever it is. The text is a short cause without anybody's words."""


class NotNow(Exception):
    """This letter was not taken; later it may be."""


class NotEver(Exception):
    """This letter will not be taken, however often it is tried."""


class Line(Protocol):
    """An open connection."""

    async def send(self, letter: Letter) -> None:
        """Returns when the other side has taken it. Raises NotNow, NotEver, or Unreachable when the connection is gone."""


class Channel(Protocol):
    def open(self) -> AbstractAsyncContextManager[Line]:
        """Raises Unreachable."""

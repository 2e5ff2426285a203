"""Telling open pages that something arrived. The rows are the log; this only wakes whoever waits for them.

A bell carries no content. Whoever it wakes decides again what they may read, and after `EVERY` seconds they do so anyway:
another process may have written, or their access may have ended.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

EVERY = 4.0  # seconds; a stream ends within five of a revocation


class Bells:
    """One bell per thread, while somebody listens."""

    def __init__(self) -> None:
        self.listening: dict[UUID, set[asyncio.Event]] = {}
        self.closing = False

    @contextmanager
    def heard(self, thread: UUID) -> Any:
        event = asyncio.Event()
        self.listening.setdefault(thread, set()).add(event)
        try:
            yield event
        finally:
            self.listening[thread].discard(event)
            if not self.listening[thread]:
                del self.listening[thread]

    def ring(self, thread: UUID) -> None:
        """After the commit."""
        for event in self.listening.get(thread, ()):
            event.set()

    def close(self) -> None:
        """The server stops: every stream ends, so that stopping does not wait for them."""
        self.closing = True
        for events in self.listening.values():
            for event in events:
                event.set()

    async def turns(self, thread: UUID) -> AsyncGenerator[bool, None]:
        """True whenever the bell rang, False when the time was up; ends when the server stops."""
        with self.heard(thread) as event:
            while not self.closing:
                try:
                    async with asyncio.timeout(EVERY):
                        await event.wait()
                    rang = True
                except TimeoutError:
                    rang = False
                event.clear()
                if not self.closing:
                    yield rang


BELLS = Bells()

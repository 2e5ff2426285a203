"""The worker of one channel: takes what is due, decides again whether it is still wanted, sends it, and says how that went.

Several may run at once, in one process or many.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from urllib.parse import urlsplit

from app.config import Config
from app.data.sealing import Keys
from app.delivery import outbox
from app.delivery.channel import Channel, Line, NotEver, NotNow, Unreachable
from app.delivery.letters import NotNeeded, letter
from app.delivery.mail import Mail
from app.delivery.mailbox import MAILBOX
from app.delivery.outbox import DROPPED, SENT, STUCK, UNSURE, Due
from app.gate.logs import log, told

EVERY = 2.0  # seconds between looks, while there is nothing to do
LONGEST_PAUSE = 300.0  # while the other side cannot be reached
AT_ONCE = 20
TO_FINISH = 10.0  # seconds, when the server stops


def mail_of(config: Config) -> Channel | None:
    """What carries mail here; None while nothing does, and what is to be sent is kept."""
    if config.mail_url:
        return Mail.at(config.mail_url, config.mail_from, urlsplit(config.public_url).hostname or "localhost")
    return MAILBOX if config.demo else None


class Worker:
    def __init__(self, channel: Channel, keys: Keys, config: Config, name: str = "mail") -> None:
        self.channel, self.keys, self.config, self.name = channel, keys, config, name
        self.stopping = asyncio.Event()

    async def run(self) -> None:
        """Until it is told to stop. Nothing that goes wrong here ends it."""
        pause = EVERY
        while not self.stopping.is_set():
            try:
                done = await self.turn()
                pause = 0.0 if done == AT_ONCE else EVERY
            except Unreachable as error:
                pause = min(max(pause, EVERY) * 2, LONGEST_PAUSE)
                log.warning("not sent", channel=self.name, error=str(error), pause=pause)
            except Exception as error:
                pause = min(max(pause, EVERY) * 2, LONGEST_PAUSE)
                log.error("crash", route=f"worker {self.name}", **told(error))
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self.stopping.wait()

    async def turn(self, now: datetime | None = None) -> int:
        """One look: how many were taken. Raises Unreachable; then nothing was used up."""
        if not await outbox.due(self.name, now or datetime.now(UTC)):
            return 0
        async with self.channel.open() as line:
            taken = await outbox.take(self.name, now or datetime.now(UTC), AT_ONCE)
            for number, due in enumerate(taken):
                try:
                    await self.send(due, line, now)
                except Unreachable:
                    await self._give_back(taken[number + 1 :])
                    raise
        return len(taken)

    async def _give_back(self, left: list[Due]) -> None:
        for due in left:
            await outbox.give_back(due)

    async def send(self, due: Due, line: Line, at: datetime | None = None) -> None:
        now = at or datetime.now(UTC)
        if due.handed:  # whoever had it stopped while it was on its way
            await outbox.settle(due, UNSURE, now, "stopped")
            return
        try:
            written = await letter(due, self.keys, self.config, now)
        except NotNeeded as error:
            await outbox.settle(due, DROPPED, now, str(error))
            return
        if not await outbox.hand_over(due, at or datetime.now(UTC)):
            return
        try:
            await line.send(written)
        except NotEver as error:
            await outbox.settle(due, STUCK, now, str(error))
        except NotNow as error:
            await outbox.put_off(due, now, str(error))
        except Unreachable as error:
            await outbox.put_off(due, now, str(error))
            raise
        else:
            await outbox.settle(due, SENT, at or datetime.now(UTC))

    async def stop(self, task: "asyncio.Task[None]") -> None:
        """What is on its way may arrive; then it ends."""
        self.stopping.set()
        await asyncio.wait({task}, timeout=TO_FINISH)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def sending(config: Config, keys: Keys) -> AsyncIterator[None]:
    """Sends while the server runs, if there is something that carries it and no `cairn worker` does it instead."""
    channel = mail_of(config) if config.sends else None
    if channel is None:
        yield
        return
    worker = Worker(channel, keys, config)
    task = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        await worker.stop(task)

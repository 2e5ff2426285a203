"""How sending stands, for an administrator: whether mail leaves at all, what waits, and what did not get through."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.access import Role, Viewer
from app.access.log import Event, append
from app.config import Config
from app.data.piccolo_conf import DB
from app.delivery import outbox
from app.delivery.outbox import Stuck
from app.errors import NotFound, Refused
from app.language import lazy

KINDS = {
    "account.notice": lazy("A notice about an account"),
    "account.reset": lazy("A link for a new password"),
    "account.address": lazy("A link to a new address"),
    "emergency.opened": lazy("Emergency access to look over"),
    "sharing.changed": lazy("A notice that sharing has changed"),
    "telling.received": lazy("Words from outside to read"),
}
WHOSE = {
    "staff": lazy("For a member of staff"),
    "client": lazy("For somebody who uses the portal"),
    "supporter": lazy("For somebody who uses the portal"),
    "external": lazy("For somebody who uses the portal"),
}
SLOW = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Standing:
    """on: something carries mail. slow: the first has been due for longer than sending takes."""

    on: bool
    demo: bool
    sender: str
    waiting: int
    slow: bool
    stuck: list[Stuck]


async def standing(viewer: Viewer, config: Config, now: datetime) -> Standing:
    """Raises Refused."""
    _admin(viewer)
    count, first = await outbox.waiting()
    late = first is not None and first < now - SLOW
    on = bool(config.mail_url) or config.demo
    return Standing(on, config.demo and not config.mail_url, config.mail_from, count, late, await outbox.stuck())


async def try_again(viewer: Viewer, id: UUID, now: datetime) -> None:
    """Raises NotFound when there is no such letter."""
    _admin(viewer)
    async with DB.transaction():
        if not await outbox.try_again(id, now):
            raise NotFound
        await append([Event("letter-again", actor=viewer.person, item=id, at=now)])


async def let_go(viewer: Viewer, id: UUID, now: datetime) -> None:
    """Raises NotFound when there is no such letter."""
    _admin(viewer)
    async with DB.transaction():
        if not await outbox.let_go(id):
            raise NotFound
        await append([Event("letter-let-go", actor=viewer.person, item=id, at=now)])


def _admin(viewer: Viewer) -> None:
    if viewer.role is not Role.ADMIN or not viewer.enabled:
        raise Refused

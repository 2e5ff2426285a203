"""Helping somebody back into their account: who may do that for whom. Their factors stay theirs."""

from datetime import datetime
from uuid import UUID

from app.access import Access, Action, Category, Role, Viewer
from app.data.tables.consent import Relationship
from app.errors import NotFound, Refused
from app.identity import assisted
from app.identity.assisted import WAYS, Asked

HELPERS = (Role.CASE_MANAGER, Role.SUPERVISOR)
SECONDS = (Role.ADMIN, Role.SUPERVISOR)

__all__ = [
    "HELPERS",
    "SECONDS",
    "WAYS",
    "Asked",
    "approve",
    "ask",
    "ask_for_staff",
    "asked",
    "asked_for_staff",
    "let_go",
    "link",
    "link_for_staff",
    "needs_second",
    "waiting",
]


def needs_second(access: Access, person: UUID) -> bool:
    """A supporter may be let in by others too, so what opens their account takes two people; for a client their team is
    enough."""
    return person != access.client


async def asked(access: Access, person: UUID) -> Asked | None:
    """What the viewer asked for them already. Raises NotFound for somebody who is not of this client's people, or a viewer who
    does not help with this."""
    await _theirs(access, person)
    return await assisted.asked_for(person, access.viewer.person, access.now)


async def ask(access: Access, person: UUID, how: str) -> str | None:
    """The token of a link for the client; None for a supporter, where a second person is asked first.

    Raises NotFound or Refused.
    """
    await _theirs(access, person)
    async with access.write(Category.PROFILE_CONTACT, Action.EDIT) as work:
        work.note("recovery", person)
        by, now = access.viewer.person, work.access.now
        if not needs_second(access, person):
            return await assisted.link_at_once(person, how, by=by, now=now)
        await assisted.ask(person, how, by=by, now=now)
    return None


async def link(access: Access, person: UUID) -> str:
    """The token, once a second person said yes. Raises NotFound or Refused."""
    await _theirs(access, person)
    async with access.write(Category.PROFILE_CONTACT, Action.EDIT) as work:
        work.note("recovery", person)
        return await assisted.link(person, by=access.viewer.person, now=work.access.now)


async def _theirs(access: Access, person: UUID) -> None:
    if access.viewer.role not in HELPERS:
        raise NotFound
    access.need(Category.PROFILE_CONTACT, Action.EDIT)
    ties = (Relationship.client == access.client) & (Relationship.person == person) & Relationship.ended_at.is_null()
    if person != access.client and not await Relationship.exists().where(ties):
        raise NotFound


async def ask_for_staff(viewer: Viewer, person: UUID, how: str, *, now: datetime) -> None:
    """Raises Refused."""
    _admin(viewer)
    await assisted.ask(person, how, by=viewer.person, now=now)


async def asked_for_staff(viewer: Viewer, person: UUID, now: datetime) -> Asked | None:
    _admin(viewer)
    return await assisted.asked_for(person, viewer.person, now)


async def link_for_staff(viewer: Viewer, person: UUID, *, now: datetime) -> str:
    """Raises Refused while no second person said yes."""
    _admin(viewer)
    return await assisted.link(person, by=viewer.person, now=now)


def _admin(viewer: Viewer) -> None:
    if viewer.role is not Role.ADMIN or not viewer.enabled:
        raise Refused


async def waiting(viewer: Viewer, now: datetime) -> list[Asked]:
    """Raises NotFound for whoever is no second person."""
    _second(viewer)
    return await assisted.waiting(now)


async def approve(viewer: Viewer, id: UUID, *, now: datetime) -> None:
    """Raises NotFound, or Refused for who asked and for whom it is about."""
    _second(viewer)
    await assisted.approve(id, by=viewer.person, now=now)


async def let_go(viewer: Viewer, id: UUID, *, now: datetime) -> None:
    _second(viewer)
    await assisted.let_go(id, by=viewer.person, now=now)


def _second(viewer: Viewer) -> None:
    if viewer.role not in SECONDS or not viewer.enabled:
        raise NotFound

"""A supervisor says why they need what is masked for them: for an hour, on record, and the client can see that they did."""

from datetime import timedelta
from uuid import UUID

from app.access import Access, Action, Category, Role
from app.access.clock import glass_holds, team_holds
from app.data.tables.consent import SupervisionReason
from app.errors import NotFound

LASTS = timedelta(minutes=60)
SHORTEST, LONGEST = 20, 200
KIND = "supervision"


def is_supervised(access: Access) -> bool:
    """The viewer oversees somebody who is on this client's team now, and is not on it themselves."""
    team, now = access.loaded.ties.team, access.now
    overseen = any(one.supervised and team_holds(one, now) for one in team)
    own = any(not one.supervised and team_holds(one, now) for one in team)
    return access.viewer.role is Role.SUPERVISOR and overseen and not own


def said(access: Access) -> bool:
    return any(glass_holds(one, access.now) for one in access.loaded.ties.supervision)


def need(access: Access) -> None:
    """Raises NotFound for whoever is no supervisor of this client's people."""
    if not is_supervised(access):
        raise NotFound


async def say_why(access: Access, reason: str, *, form_id: UUID) -> None:
    """What was masked opens now. Twice is once. Raises NotFound."""
    async with access.write(Category.PROFILE_CONTACT, Action.SEE) as work:
        need(work.access)
        if said(work.access) or await SupervisionReason.exists().where(SupervisionReason.id == form_id):
            return
        now = work.access.now
        row = SupervisionReason(id=form_id, client=access.client, staff=access.viewer.person, reason=KIND)
        row.starts_at, row.ends_at = now, now + LASTS
        await work.insert(row, texts={"reason_text": reason}, action=KIND)


async def done(access: Access) -> None:
    """It is masked again from now. Raises NotFound."""
    async with access.write(Category.PROFILE_CONTACT, Action.SEE) as work:
        need(work.access)
        now = work.access.now
        for one in work.access.loaded.ties.supervision:
            if glass_holds(one, now):
                await work.update(
                    SupervisionReason, one.id, {SupervisionReason.ends_at: now}, action="supervision-ended"
                )

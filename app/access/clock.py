"""What is in force at a moment. Everything here follows from the rows and the clock; no job has to run for it to hold."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from app.access.facts import AuthorityFact, BlockFact, GlassFact, GrantFact, TeamFact, Ties

# Age steps are configuration in a later room; this is the one that ends parental authority.
MAJORITY = 18


def _open(starts_at: datetime, ends_at: datetime | None, now: datetime) -> bool:
    return starts_at <= now and (ends_at is None or now < ends_at)


def majority(born: date, zone: str) -> datetime:
    """Local midnight of the birthday; someone born on 29 February comes of age on 1 March."""
    try:
        day = born.replace(year=born.year + MAJORITY)
    except ValueError:
        day = date(born.year + MAJORITY, 3, 1)
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def blocked(blocks: tuple[BlockFact, ...], now: datetime) -> bool:
    return any(_open(block.starts_at, block.until, now) for block in blocks)


def related(ties: Ties, now: datetime) -> bool:
    """Either side may end a relationship; all that hangs on it closes at that instant."""
    started = ties.relationship_started_at
    return started is not None and _open(started, ties.relationship_ended_at, now)


def grant_holds(grant: GrantFact, ties: Ties, now: datetime) -> bool:
    """Signed, begun, not over, not revoked, not suspended; an end is required. Loss of capacity suspends what the client
    did not say to keep."""
    return (
        related(ties, now)
        and grant.signed_at is not None
        and grant.signed_at <= now
        and grant.until is not None
        and _open(grant.starts_at, grant.until, now)
        and (grant.revoked_at is None or now < grant.revoked_at)
        and not grant.suspended_reason
        and (grant.keep_if_unwell or not ties.lacks_capacity)
    )


def authority_holds(authority: AuthorityFact, ties: Ties, now: datetime) -> bool:
    """Reviewed, begun, not over, not suspended. Parental authority ends at majority; a springing one needs lost capacity."""
    if not (related(ties, now) and authority.reviewed and _open(authority.starts_at, authority.ends_at, now)):
        return False
    if authority.suspended_reason or (authority.springing and not ties.lacks_capacity):
        return False
    if authority.basis != "parental_responsibility":
        return True
    return ties.client_born is not None and now < majority(ties.client_born, ties.client_zone)


def team_holds(member: TeamFact, now: datetime) -> bool:
    return _open(member.starts_at, member.ends_at, now)


def glass_holds(glass: GlassFact, now: datetime) -> bool:
    return _open(glass.starts_at, glass.ends_at, now)

"""How often something may be tried (A14). Kept in the database, so that a restart forgets nothing; counted before verifying."""

from asyncio import sleep
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from uuid import UUID

from app.data.engine import Statement
from app.data.piccolo_conf import DB
from app.data.tables.identity import Attempt
from app.errors import DomainError

RECENT = Statement(
    "SELECT t.id, t.at FROM attempt t WHERE t.scope = {scope} AND t.at > {since} ORDER BY t.at DESC LIMIT 60"
)
NTH = Statement("SELECT t.at FROM attempt t WHERE t.scope = {scope} ORDER BY t.at DESC LIMIT 1 OFFSET {skip}")


class TooMany(DomainError):
    """Wait a little. `headers` says how long."""

    status = 429

    def __init__(self, wait: timedelta) -> None:
        super().__init__("too many tries")
        self.headers = {"Retry-After": str(max(1, round(wait.total_seconds())))}


@dataclass(frozen=True, slots=True)
class Limit:
    """free: tries within an hour without a wait; then 1 s, doubling to 15 min. windows: (span, most) that end it."""

    free: int
    windows: tuple[tuple[timedelta, int], ...]


MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ACCOUNT = Limit(5, ((HOUR, 20),))
SECOND_FACTOR = Limit(5, ((5 * MINUTE, 5), (HOUR, 20), (DAY, 50)))
ADDRESS = Limit(30, ((10 * MINUTE, 30),))
# Mails that somebody can have sent: no waits, and whoever asks once too often is not told.
MAIL = Limit(100, ((HOUR, 3), (DAY, 5)))
MAIL_FROM = Limit(100, ((HOUR, 10),))
TELLING = Limit(100, ((HOUR, 10), (DAY, 40)))
LONGEST_WAIT = 15 * MINUTE
SITE, SITE_MOST, SITE_SPAN, SITE_WAIT = "site", 300, 10 * MINUTE, 2.0


async def count(scope: str, limit: Limit, now: datetime) -> UUID:
    """One more try, whose id is returned. Raises TooMany before anything is verified; what raises does not stay counted.

    The try is written before the others are read: of many at the same moment, none can slip in unseen.
    """
    mine = Attempt(scope=scope, at=now)
    await Attempt.insert(mine)
    try:
        _fits(limit, await _others(scope, limit, mine.id, now), now)
    except TooMany:
        await take_back(mine.id)
        raise
    return mine.id


async def _others(scope: str, limit: Limit, mine: UUID, now: datetime) -> list[datetime]:
    """When the tries before were made, the latest first."""
    since = now - max(HOUR, *(span for span, _ in limit.windows))
    return [row["at"] for row in (await DB.run((RECENT, {"scope": scope, "since": since})))[0] if row["id"] != mine]


def _fits(limit: Limit, tries: list[datetime], now: datetime) -> None:
    for span, most in limit.windows:
        inside = [at for at in tries if at > now - span]
        if len(inside) >= most:
            raise TooMany(inside[most - 1] + span - now)
    lately = [at for at in tries if at > now - HOUR]
    if len(lately) >= limit.free:
        wait = min(timedelta(seconds=2 ** (len(lately) - limit.free)), LONGEST_WAIT)
        if lately[0] + wait > now:
            raise TooMany(lately[0] + wait - now)


async def take_back(attempt: UUID) -> None:
    """This try does not count: it was right, or was never looked at."""
    await Attempt.delete().where(Attempt.id == attempt)


async def forget(scope: str) -> None:
    """After the right answer: the tries before it were the owner's own."""
    await Attempt.delete().where(Attempt.scope == scope)


async def site_failed(now: datetime) -> None:
    """One more failure anywhere. What is older than any limit looks goes. Within the transaction that records the failure."""
    here = Attempt.scope == SITE
    await Attempt.delete().where((Attempt.at < now - DAY) | (here & (Attempt.at < now - SITE_SPAN)))
    await Attempt.insert(Attempt(scope=SITE, at=now))


async def site_is_pressed(now: datetime) -> bool:
    """More failures lately than people make."""
    rows = (await DB.run((NTH, {"scope": SITE, "skip": SITE_MOST - 1})))[0]
    return bool(rows) and rows[0]["at"] > now - SITE_SPAN


async def slow_down(now: datetime) -> None:
    """While somebody tries many accounts at once, everyone waits two seconds: it costs them more than it costs us."""
    if await site_is_pressed(now):
        await sleep(SITE_WAIT)


def network(address: str) -> str:
    """Whom an address stands for: an IPv4 address for itself, an IPv6 one for its /64, which one household holds."""
    try:
        found = ip_address(address)
    except ValueError:
        return address[:64]
    found = getattr(found, "ipv4_mapped", None) or found
    return str(found) if found.version == 4 else str(ip_network(f"{found}/64", strict=False))

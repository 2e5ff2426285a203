"""How often something may be tried (A14). Kept in the database, so that a restart forgets nothing; counted before verifying."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.data.engine import Statement
from app.data.piccolo_conf import DB
from app.data.tables.identity import Attempt
from app.errors import DomainError

RECENT = Statement("SELECT t.at FROM attempt t WHERE t.scope = {scope} AND t.at > {since} ORDER BY t.at DESC LIMIT 60")


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
MAIL = Limit(3, ((HOUR, 3), (DAY, 5)))
LONGEST_WAIT = 15 * MINUTE


async def count(scope: str, limit: Limit, now: datetime) -> None:
    """One more try. Raises TooMany before anything is verified; what raises is not counted again."""
    span = max(span for span, _ in limit.windows)
    tries = [row["at"] for row in (await DB.run((RECENT, {"scope": scope, "since": now - span})))[0]]
    for span, most in limit.windows:
        inside = [at for at in tries if at > now - span]
        if len(inside) >= most:
            raise TooMany(inside[most - 1] + span - now)
    lately = [at for at in tries if at > now - HOUR]
    if len(lately) >= limit.free:
        wait = min(timedelta(seconds=2 ** (len(lately) - limit.free)), LONGEST_WAIT)
        if lately[0] + wait > now:
            raise TooMany(lately[0] + wait - now)
    await Attempt.insert(Attempt(scope=scope, at=now))


async def forget(scope: str) -> None:
    """After the right answer: the tries before it were the owner's own."""
    await Attempt.delete().where(Attempt.scope == scope)

"""How long a session lives, by who it is for and whose device it is on (S5). Floors: stricter is fine, weaker is not."""

from dataclasses import dataclass
from datetime import timedelta

from app.access.facts import Kind, Role


@dataclass(frozen=True, slots=True)
class Lifetime:
    """idle: unused for so long, it locks. locked: locked for so long, it ends. whole: it ends whatever happens."""

    idle: timedelta
    locked: timedelta
    whole: timedelta
    at_once: int


def _minutes(n: int) -> timedelta:
    return timedelta(minutes=n)


OWN_PHONE = Lifetime(_minutes(30), _minutes(480), _minutes(1440), 5)
SHARED_DEVICE = Lifetime(_minutes(15), _minutes(0), _minutes(480), 5)
WORKER = Lifetime(_minutes(15), _minutes(60), _minutes(720), 3)
OVERSEER = Lifetime(_minutes(10), _minutes(30), _minutes(480), 2)
STEP_UP = _minutes(10)


def lifetime(kind: Kind, role: Role | None, own_device: bool) -> Lifetime:
    if kind is Kind.STAFF:
        return OVERSEER if role in (Role.SUPERVISOR, Role.ADMIN) else WORKER
    return OWN_PHONE if own_device else SHARED_DEVICE

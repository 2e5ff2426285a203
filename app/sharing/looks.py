"""Who looked, in words: from the log that no page can do without. Grouped by day and person, so that it can be read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from app.access import Access
from app.data.engine import Row, Statement
from app.data.piccolo_conf import DB
from app.errors import NotFound
from app.language import local

LATELY = timedelta(days=30)
PAGE = 400
_EVENTS = """SELECT e.seq, e.at, e.actor, e.acting_as, e.category, e.action, e.effect, e.basis, e.reason, e.channel,
      p.called_name, p.kind FROM access_event e JOIN person p ON p.id = e.actor
    WHERE e.client = {client} AND e.actor <> {client}"""
LOOKS = Statement(_EVENTS + " AND e.at < {before} ORDER BY e.at DESC, e.seq DESC LIMIT {most}")
LOOKS_OF = Statement(_EVENTS + " AND e.actor = {person} ORDER BY e.seq DESC LIMIT {most}")
# What is no look and no act of anybody's on the record: how a session went, what a job did; and that somebody outside told
# the team something, which may be a confidence.
_LEFT_OUT = ("list", "telling-taken", "telling-undone")


@dataclass(frozen=True, slots=True)
class Look:
    """What one person did with one kind of thing on one day. what: "saw", "worked" or "tried" (and saw nothing)."""

    day: date
    at: datetime
    person: UUID
    called_name: str
    kind: str
    role: str
    category: str
    what: str
    basis: str
    times: int


def _what(row: Row) -> str:
    if row["effect"] == "deny":
        return "tried"
    return "saw" if row["action"] in ("look", "open") else "worked"


def grouped(rows: Iterable[Row]) -> list[Look]:
    """One line for each person, day, kind of thing and kind of act; the newest first."""
    found: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        if row["action"] not in _LEFT_OUT:
            category = "" if row["effect"] == "deny" else row["category"]
            key = (local(row["at"]).date(), row["actor"], row["acting_as"], category, _what(row), row["basis"])
            found.setdefault(key, []).append(row)
    return [
        Look(
            day=local(same[0]["at"]).date(),
            at=same[0]["at"],
            person=same[0]["actor"],
            called_name=same[0]["called_name"],
            kind=same[0]["kind"],
            role=same[0]["acting_as"],
            category="" if _what(same[0]) == "tried" else same[0]["category"],
            what=_what(same[0]),
            basis=same[0]["basis"],
            times=len(same),
        )
        for same in found.values()
    ]


async def looks(access: Access, before: datetime | None = None) -> tuple[list[Look], datetime | None]:
    """Everybody's but the client's own, newest first, and where the next page begins (None: that was all).

    A page ends between two days, so that no day is counted in halves.
    """
    if not access.is_own:
        raise NotFound
    values = {"client": access.client, "before": before or access.now, "most": PAGE + 1}
    rows = (await DB.run((LOOKS, values)))[0]
    if len(rows) <= PAGE:
        return grouped(rows), None
    last = local(rows[-1]["at"]).date()
    whole = [row for row in rows if local(row["at"]).date() != last] or rows
    return grouped(whole), whole[-1]["at"]


async def looks_of(access: Access, person: UUID) -> list[Look]:
    """What one person has seen and done, the newest first. Raises NotFound for anyone but the client."""
    if not access.is_own:
        raise NotFound
    rows = (await DB.run((LOOKS_OF, {"client": access.client, "person": person, "most": PAGE})))[0]
    return grouped(rows)

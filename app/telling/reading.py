"""Reading what was told, and finding whom it is about: supervisors alone, and clients within their own reach alone."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.access import Access, Category, Desk, DeskListing, Label, Role, access_of
from app.access.log import Event, record
from app.data.engine import Row, Statement
from app.data.piccolo_conf import DB
from app.emergency.finding import plain
from app.errors import NotFound
from app.record.contacts import FROM_OUTSIDE, outsider_of
from app.telling.words import ASIDE, SEALED, TAKEN

PAGE = 50
MOST_MATCHES = 20
_COLUMNS = """t.id, t.at, t.about, t.text, t.who, t.reach, t.in_confidence, t.language, t.state, t.settled_at, t.reason,
    t.client, t.contact"""
_FROM = f"SELECT {_COLUMNS} FROM telling t"  # noqa: S608
WAITING = Statement(f"{_FROM} WHERE t.state = 'new' ORDER BY t.at LIMIT {{most}} OFFSET {{skip}}")
LAID_ASIDE = Statement(f"{_FROM} WHERE t.state = 'aside' ORDER BY t.at DESC LIMIT {{most}} OFFSET {{skip}}")
ONE = Statement(f"{_FROM} WHERE t.id = {{id}}")
_HOW_MANY = Statement("SELECT COUNT(t.id) AS many FROM telling t WHERE t.state = 'new'")
_IN_RECORDS = """SELECT o.id, o.at, o.settled_at, c.id AS client, p.called_name
      FROM mine JOIN client c ON c.id = mine.client JOIN person p ON p.id = c.person
      JOIN telling o ON o.client = c.id JOIN contact t ON t.id = o.contact
     WHERE o.state = 'taken' AND {item} ORDER BY o.settled_at DESC LIMIT 50"""
_NAMES = """SELECT c.id AS client, p.called_name, p.legal_name, p.born
      FROM mine JOIN client c ON c.id = mine.client JOIN person p ON p.id = c.person WHERE c.closed_at IS NULL"""
TAKEN_IN_TEAMS = DeskListing("words from outside", Category.NOTES_SHARED, _IN_RECORDS, supervised=True)
TAKEN_BY_ONESELF = DeskListing("words from outside", Category.NOTES_SHARED, _IN_RECORDS)
OF_TEAMS = DeskListing("whom words are about", Category.PROFILE_CONTACT, _NAMES, supervised=True)
OF_ONESELF = DeskListing("whom words are about", Category.PROFILE_CONTACT, _NAMES)


@dataclass(frozen=True, slots=True)
class Telling:
    """One thing told, as far as this supervisor reads it. client, called_name: whose record it is in, once it is taken."""

    id: UUID
    at: datetime
    about: str
    text: str
    who: str
    reach: str
    in_confidence: bool
    language: str
    state: str
    settled_at: datetime | None
    reason: str = ""
    client: UUID | None = None
    called_name: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    id: UUID
    at: datetime
    settled_at: datetime
    client: UUID
    called_name: str


@dataclass(frozen=True, slots=True)
class Match:
    client: UUID
    called_name: str
    legal_name: str
    born: date | None


def triages(desk: Desk) -> bool:
    return desk.viewer.role is Role.SUPERVISOR and desk.viewer.enabled


def need(desk: Desk) -> None:
    """Raises NotFound."""
    if not triages(desk):
        raise NotFound


async def count(desk: Desk) -> int:
    """How many wait to be read."""
    return (await DB.run((_HOW_MANY, {})))[0][0]["many"] if triages(desk) else 0


async def listed(desk: Desk, state: str, page: int = 1) -> tuple[list[Telling], bool]:
    """Those that are new, the longest wait first, or set aside, the latest first; and whether there are more. One look."""
    need(desk)
    asked = LAID_ASIDE if state == ASIDE else WAITING
    rows = (await DB.run((asked, {"most": PAGE + 1, "skip": (page - 1) * PAGE})))[0]
    await record(event(desk, "list"))
    return [_telling(desk, row) for row in rows[:PAGE]], len(rows) > PAGE


async def taken(desk: Desk) -> list[Taken]:
    """The latest fifty that were put with a record within reach. One look."""
    need(desk)
    both = await desk.read(TAKEN_IN_TEAMS, TAKEN_BY_ONESELF)
    rows = {row["id"]: Taken(**row) for found in both for row in found}
    return sorted(rows.values(), key=lambda one: one.settled_at, reverse=True)[:PAGE]


async def one(desk: Desk, id: UUID) -> Telling:
    """Raises NotFound, also for what is in a record out of reach. The look is on record."""
    need(desk)
    row = await row_of(id)
    if row["state"] == TAKEN:
        return await _in_record(desk, row)
    await record(event(desk, "look", id))
    return _telling(desk, row)


async def row_of(id: UUID) -> Row:
    rows = (await DB.run((ONE, {"id": id})))[0]
    if not rows:
        raise NotFound
    return rows[0]


async def door(desk: Desk, client: UUID) -> Access:
    """Raises NotFound."""
    base = f"/staff/clients/{client}"
    return await access_of(desk.viewer, desk.keys, desk.now, client=client, trace=desk.trace, base=base)


async def _in_record(desk: Desk, row: Row) -> Telling:
    access = await door(desk, row["client"])
    held = await access.open(FROM_OUTSIDE, row["contact"])
    from_whom = outsider_of(held)
    return Telling(
        id=row["id"],
        at=row["at"],
        about=from_whom.about,
        text=held["text"] or "",
        who=from_whom.who,
        reach=from_whom.reach,
        in_confidence=bool(held["labels"] & Label.THIRD_PARTY),
        language=row["language"],
        state=TAKEN,
        settled_at=row["settled_at"],
        client=row["client"],
        called_name=access.loaded.called_name,
    )


def opened(desk: Desk, row: Row) -> dict[str, str]:
    """The words of one that is in no record."""
    own = desk.keys.own()
    return {column: own.open("telling", column, row["id"], row[column]) or "" for column in SEALED}


def _telling(desk: Desk, row: Row) -> Telling:
    words: dict[str, Any] = dict(opened(desk, row))
    return Telling(
        id=row["id"],
        at=row["at"],
        in_confidence=row["in_confidence"],
        language=row["language"],
        state=row["state"],
        settled_at=row["settled_at"],
        reason=desk.keys.own().open("telling", "reason", row["id"], row["reason"]) or "",
        **words,
    )


async def matches(desk: Desk, name: str) -> list[Match]:
    """Clients of the viewer's teams, and of their own, whose names fit best to what was typed. One look at a list."""
    need(desk)
    asked = [word for word in _words(name) if len(word) > 1]
    if not asked:
        return []
    both = await desk.read(OF_TEAMS, OF_ONESELF)
    people = {row["client"]: row for found in both for row in found}
    return [Match(**row) for row in _best(people.values(), asked)]


def _best(people: Iterable[Row], asked: list[str]) -> list[Row]:
    """Those who fit the most of the words, each as the beginning of one of their names."""
    fits: dict[int, list[Row]] = {}
    for row in people:
        names = _words(f"{row['called_name']} {row['legal_name']}")
        fits.setdefault(sum(any(one.startswith(word) for one in names) for word in asked), []).append(row)
    best = max(fits, default=0)
    return sorted(fits[best], key=lambda row: plain(row["called_name"]))[:MOST_MATCHES] if best else []


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", plain(text))


def event(desk: Desk, action: str, id: UUID | None = None) -> Event:
    return Event(
        action,
        actor=desk.viewer.person,
        acting_as=desk.viewer.role or "",
        category=Category.NOTES_SHARED.name.lower(),
        item=id,
        basis="role",
        reason="words from outside",
        channel=desk.trace.channel,
        request_id=desk.trace.request_id,
        address=desk.trace.address,
        session=desk.viewer.session,
        at=desk.now,
    )

"""Finding one record in an emergency: by its number, or by a full name with the day of birth. There is no list to look
through, and nothing tells a record that is not there from one whose client keeps this person out."""

import re
import unicodedata
from datetime import date, timedelta
from uuid import UUID

from app.access import Access, Category, Desk
from app.access.clock import blocked
from app.access.log import Event, record
from app.access.ties import load
from app.data.engine import Row, Statement
from app.data.piccolo_conf import DB
from app.emergency.words import may_open
from app.errors import NotFound, Refused

_BORN = Statement("""SELECT c.id, p.legal_name, p.called_name FROM person p JOIN client c ON c.person = p.id
    WHERE p.born = {born} AND p.kind = 'client' AND NOT EXISTS (SELECT 1 FROM block b WHERE b.client = c.id
      AND b.person = {viewer} AND b.starts_at <= {now} AND (b.until IS NULL OR b.until > {now})) LIMIT 1000""")
_MISSES = Statement("""SELECT e.seq FROM access_event e WHERE e.actor = {viewer} AND e.at > {since}
    AND e.action = 'emergency-search' LIMIT {most}""")
WINDOW, MOST_MISSES = timedelta(minutes=15), 10
_NUMBER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)


class SeveralFound(Exception):
    """More than one person of this name was born on this day; only the record's number tells them apart."""


def number_in(text: str) -> UUID | None:
    """A record's number, also out of a whole address that was pasted."""
    found = _NUMBER.search(text)
    return UUID(found[0]) if found else None


async def find(desk: Desk, *, number: UUID | None = None, name: str = "", born: date | None = None) -> UUID:
    """The one record that fits. Every try is on record.

    Raises NotFound, SeveralFound, or Refused after ten misses in a quarter of an hour.
    """
    if not may_open(desk.viewer):
        raise NotFound
    values = {"viewer": desk.viewer.person, "since": desk.now - WINDOW, "most": MOST_MISSES}
    if len((await DB.run((_MISSES, values)))[0]) >= MOST_MISSES:
        raise Refused
    found = await _by_number(desk, number) if number else await _by_name(desk, name, born)
    if len(found) != 1:
        await record(_miss(desk))
        raise SeveralFound if found else NotFound
    return found.pop()


async def _by_number(desk: Desk, number: UUID) -> set[UUID]:
    return {number} if await outside(desk, number) else set()


async def _by_name(desk: Desk, name: str, born: date | None) -> set[UUID]:
    if not plain(name) or born is None:
        return set()
    rows = (await DB.run((_BORN, {"born": born, "viewer": desk.viewer.person, "now": desk.now})))[0]
    return {row["id"] for row in rows if plain(name) in names(row)}


def names(row: Row) -> set[str]:
    """The names somebody may be asked for by: the legal one, and the one they use with the same family name."""
    legal, called = plain(row["legal_name"]), plain(row["called_name"])
    if not legal:
        return {called}
    return {legal, f"{called.split()[0] if called else ''} {legal.split()[-1]}".strip()}


def plain(text: str) -> str:
    """Without capitals, accents and double spaces: how a name was typed in a hurry must not matter."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(one for one in letters if not unicodedata.combining(one)).split())


async def outside(desk: Desk, client: UUID) -> Access | None:
    """The door as it stands for somebody who may use emergency access here; None where there is no such record, or none
    for them."""
    loaded = await load(desk.viewer, client=client) if may_open(desk.viewer) else None
    if loaded is None or blocked(loaded.ties.blocks, desk.now):
        return None
    return Access(desk.viewer, loaded, desk.keys, desk.now, desk.trace, f"/staff/clients/{client}")


def _miss(desk: Desk) -> Event:
    return Event(
        "emergency-search",
        actor=desk.viewer.person,
        acting_as=desk.viewer.role or "",
        category=Category.PROFILE_CONTACT.name.lower(),
        effect="deny",
        request_id=desk.trace.request_id,
        address=desk.trace.address,
        session=desk.viewer.session,
        at=desk.now,
    )

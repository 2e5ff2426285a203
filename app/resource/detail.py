"""Everything the directory says about one service."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.data.engine import Row, Statement
from app.data.piccolo_conf import DB
from app.errors import NotFound
from app.resource.found import FROM, SHOWN, Found, Number, found, number, open_until

_SERVICE = Statement(f"""SELECT {SHOWN}, s.eligibility, s.how_to_apply, s.email, s.area, s.extra, o.id AS agency_id,
    o.description AS agency_text, o.url AS agency_url FROM {FROM} WHERE s.id = {{service}}""")
_OWN_NUMBERS = Statement("""SELECT p.number, p.dial, p.extension, p.kind, p.label FROM phone p
    WHERE p.service = {service} ORDER BY p.id""")
_PLACE_NUMBERS = Statement("""SELECT p.number, p.dial, p.extension, p.kind, p.label
    FROM service_at_location sl JOIN phone p ON p.location = sl.location
    WHERE sl.service = {service} AND CASE WHEN p.service IS NULL THEN 1 ELSE 0 END = 1 ORDER BY p.id""")
_AGENCY_NUMBERS = Statement("""SELECT p.number, p.dial, p.extension, p.kind, p.label
    FROM service s JOIN phone p ON p.organization = s.organization WHERE s.id = {service}
    AND CASE WHEN p.service IS NULL AND p.location IS NULL THEN 1 ELSE 0 END = 1 ORDER BY p.id""")
_PLACES = Statement("""SELECT l.id, l.name, l.address, l.city, l.region, l.postcode, l.transport
    FROM service_at_location sl JOIN location l ON l.id = sl.location WHERE sl.service = {service} ORDER BY l.name, l.id""")
_OWN_HOURS = Statement("""SELECT h.location, h.weekday, h.opens, h.closes, h.text FROM schedule h
    WHERE h.service = {service} ORDER BY h.weekday, h.opens, h.id""")
_PLACE_HOURS = Statement("""SELECT h.location, h.weekday, h.opens, h.closes, h.text
    FROM service_at_location sl JOIN schedule h ON h.location = sl.location
    WHERE sl.service = {service} AND CASE WHEN h.service IS NULL THEN 1 ELSE 0 END = 1
    ORDER BY h.weekday, h.opens, h.id""")


@dataclass(frozen=True, slots=True)
class Week:
    """days: (weekday, its spans in minutes after midnight; none: closed). notes: hours that are words, as they were written."""

    days: tuple[tuple[int, tuple[tuple[int, int], ...]], ...] = ()
    notes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.days or self.notes)


@dataclass(frozen=True, slots=True)
class Place:
    id: UUID
    name: str
    address: str
    town: str
    transport: str
    hours: Week


@dataclass(frozen=True, slots=True)
class Detail:
    """One service in full. numbers: those to call come first; until: when it closes, if it is open now."""

    listing: Found
    eligibility: str
    how_to_apply: str
    bring: tuple[str, ...]
    language_words: str
    url: str
    email: str
    area: str
    assured: date | None
    agency_text: str
    agency_url: str
    numbers: tuple[Number, ...]
    places: tuple[Place, ...]
    hours: Week
    until: int | None
    weekday: int

    @property
    def to_call(self) -> Number | None:
        return next((one for one in self.numbers if one.dial and one.kind != "fax"), None)


async def detail(service: UUID, *, now: datetime, zone: str) -> Detail:
    """Raises NotFound. What is no longer listed can still be opened, for those who saved it."""
    asked = (_SERVICE, _OWN_NUMBERS, _PLACE_NUMBERS, _AGENCY_NUMBERS, _PLACES, _OWN_HOURS, _PLACE_HOURS)
    services, *numbers, places, own, theirs = await DB.run(*((one, {"service": service}) for one in asked))
    if not services:
        raise NotFound
    row = services[0]
    local = now.astimezone(ZoneInfo(zone))
    today = [one for one in own or theirs if one["weekday"] == local.isoweekday()]
    extra = json.loads(row["extra"] or "{}")
    return Detail(
        listing=found(row),
        eligibility=row["eligibility"],
        how_to_apply=row["how_to_apply"],
        bring=tuple(_texts(extra.get("required_documents"), "document")),
        language_words=_said(extra, "languages", "interpretation_services"),
        url=row["url"],
        email=row["email"],
        area=row["area"],
        assured=row["assured"],
        agency_text=row["agency_text"] or "",
        agency_url=row["agency_url"] or "",
        numbers=tuple(_numbers(next((rows for rows in numbers if rows), []))),
        places=tuple(_place(one, () if own else theirs) for one in places),
        hours=week(own),
        until=open_until(today, local.hour * 60 + local.minute),
        weekday=local.isoweekday(),
    )


def _numbers(rows: list[Row]) -> Iterable[Number]:
    """Each number once, the ones that can be called first."""
    each: dict[tuple[str, str], Number] = {}
    for row in rows:
        each.setdefault((row["dial"] or row["number"], row["extension"]), number(row))
    return sorted(each.values(), key=lambda one: (one.kind == "fax", not one.dial))


def _place(row: Row, hours: Iterable[Row]) -> Place:
    return Place(
        id=row["id"],
        name=row["name"],
        address=row["address"],
        town=" ".join(part for part in (row["city"], row["region"], row["postcode"]) if part),
        transport=row["transport"],
        hours=week([one for one in hours if one["location"] == row["id"]]),
    )


def week(rows: list[Row]) -> Week:
    spans: dict[int, list[tuple[int, int]]] = {}
    for row in rows:
        if row["weekday"] is not None:
            spans.setdefault(row["weekday"], [])
            if row["opens"] is not None:
                spans[row["weekday"]].append((row["opens"], row["closes"]))
    notes = dict.fromkeys(row["text"] for row in rows if row["text"])
    return Week(tuple((day, tuple(spans[day])) for day in sorted(spans)), tuple(notes))


def _texts(value: Any, column: str) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [one[column] for one in value or () if isinstance(one, dict) and one.get(column)]


def _said(extra: dict[str, Any], *names: str) -> str:
    return " ".join(extra[name] for name in names if isinstance(extra.get(name), str))

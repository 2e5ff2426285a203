"""One listing as it stands in a list: its number to call, its place, and whether it is open now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.data.engine import Row, Statement
from app.data.piccolo_conf import DB

SLOTS = 40  # listings that can be dressed at once
SHOWN = """s.id, s.name, s.description, s.fees, s.free, s.needs, s.languages, s.url, s.reports, s.assured, s.state,
    o.name AS agency, d.sample"""
FROM = "service s JOIN directory d ON d.id = s.directory LEFT JOIN organization o ON o.id = s.organization"


@dataclass(frozen=True, slots=True)
class Number:
    """number: as it was written; dial: E.164, or "" when it cannot be dialled."""

    number: str
    dial: str
    extension: str
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class Found:
    """One listing in a list. until: the minute after midnight at which it closes, if it is open now."""

    id: UUID
    name: str
    agency: str
    description: str
    fees: str
    free: bool
    needs: tuple[str, ...]
    languages: tuple[str, ...]
    reports: int
    sample: bool
    listed: bool
    phone: Number | None = None
    place: str = ""
    until: int | None = None


_IDS = ", ".join(f"{{s{n}}}" for n in range(SLOTS))
_THESE = Statement(f"SELECT {SHOWN} FROM {FROM} WHERE s.id IN ({_IDS})")
# "The row is not about one service", said so that no engine looks for all such rows in an index; nor for a weekday's.
_SHARED = "CASE WHEN {row}.service IS NULL THEN 1 ELSE 0 END = 1"
_NUMBERS = Statement(f"""SELECT s.id AS listing, p.service, p.location, p.number, p.dial, p.extension, p.kind, p.label
    FROM service s JOIN phone p ON p.service = s.id WHERE s.id IN ({_IDS})
    UNION ALL SELECT s.id AS listing, p.service, p.location, p.number, p.dial, p.extension, p.kind, p.label
    FROM service s JOIN service_at_location sl ON sl.service = s.id JOIN phone p ON p.location = sl.location
    WHERE {_SHARED.format(row="p")} AND s.id IN ({_IDS})
    UNION ALL SELECT s.id AS listing, p.service, p.location, p.number, p.dial, p.extension, p.kind, p.label
    FROM service s JOIN phone p ON p.organization = s.organization
    WHERE {_SHARED.format(row="p")} AND CASE WHEN p.location IS NULL THEN 1 ELSE 0 END = 1 AND s.id IN ({_IDS})""")
_PLACES = Statement(f"""SELECT sl.service AS listing, l.id, l.name, l.address, l.city
    FROM service_at_location sl JOIN location l ON l.id = sl.location WHERE sl.service IN ({_IDS}) ORDER BY l.name, l.id""")
_HOURS = Statement(f"""SELECT h.service AS listing, h.service, h.opens, h.closes FROM schedule h
    WHERE h.service IN ({_IDS}) AND h.weekday + 0 = {{weekday}}
    UNION ALL SELECT sl.service AS listing, h.service, h.opens, h.closes
    FROM service_at_location sl JOIN schedule h ON h.location = sl.location
    WHERE {_SHARED.format(row="h")} AND h.weekday + 0 = {{weekday}} AND sl.service IN ({_IDS})
    AND sl.service NOT IN (SELECT own.service FROM schedule own WHERE own.service IN ({_IDS}))""")


def _slots(ids: Sequence[UUID]) -> dict[str, Any]:
    """Every place of the list filled, the last id again where there are fewer."""
    return {f"s{n}": ids[min(n, len(ids) - 1)] for n in range(SLOTS)}


async def listings_of(ids: Sequence[UUID], *, now: datetime, zone: str) -> dict[UUID, Found]:
    """Up to SLOTS listings by id, whether they are still listed or not."""
    if not ids:
        return {}
    rows = (await DB.run((_THESE, _slots(ids))))[0]
    return {one.id: one for one in await dressed(rows, now=now, zone=zone)}


async def dressed(rows: Sequence[Row], *, now: datetime, zone: str) -> list[Found]:
    """Up to SLOTS listings with a number to call, where they are and whether they are open."""
    local = now.astimezone(ZoneInfo(zone))
    values = _slots([row["id"] for row in rows]) | {"weekday": local.isoweekday()}
    numbers, places, hours = await DB.run((_NUMBERS, values), (_PLACES, values), (_HOURS, values))
    minute = local.hour * 60 + local.minute
    return [
        replace(
            found(row),
            phone=best_number([one for one in numbers if one["listing"] == row["id"]]),
            place=where([one for one in places if one["listing"] == row["id"]]),
            until=open_until([one for one in hours if one["listing"] == row["id"]], minute),
        )
        for row in rows
    ]


def found(row: Mapping[str, Any]) -> Found:
    return Found(
        id=row["id"],
        name=row["name"],
        agency=row["agency"] or "",
        description=row["description"],
        fees=row["fees"],
        free=row["free"],
        needs=tuple(row["needs"].split()),
        languages=tuple(row["languages"].split()),
        reports=row["reports"],
        sample=row["sample"],
        listed=row["state"] == "active",
    )


def number(row: Mapping[str, Any]) -> Number:
    return Number(row["number"], row["dial"], row["extension"], row["kind"], row["label"])


def best_number(rows: Sequence[Row]) -> Number | None:
    """One that a person can call: the service's own before the place's before the agency's, never a fax."""
    voices = [row for row in rows if row["kind"] not in ("fax", "pager")]
    ranked = sorted(voices, key=lambda row: (not row["dial"], row["service"] is None, row["location"] is None))
    return number(ranked[0]) if ranked else None


def where(rows: Sequence[Row]) -> str:
    texts = [", ".join(part for part in (row["address"], row["city"]) if part) for row in rows]
    return next((text for text in texts if text), "")


def open_until(rows: Sequence[Row], minute: int) -> int | None:
    times = [row["closes"] for row in rows if row["opens"] is not None and row["opens"] <= minute < row["closes"]]
    return max(times, default=None)

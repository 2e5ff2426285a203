"""The directory as HSDS 3.0 tables, with our own ids."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.data.engine import Row, Statement
from app.data.piccolo_conf import DB
from app.resource.hours import DAYS

_OF = "JOIN directory d ON d.id = t.directory WHERE d.name = {name} OR {name} = ''"
_ROWS = {
    "organizations": Statement(f"SELECT t.id, t.name, t.description, t.url, t.email FROM organization t {_OF} ORDER BY t.id"),
    "services": Statement(f"""SELECT t.id, t.organization, t.name, t.description, t.url, t.email, t.state, t.how_to_apply,
        t.fees, t.eligibility, t.assured, t.languages, t.area, t.extra FROM service t {_OF} ORDER BY t.number"""),
    "locations": Statement(f"""SELECT t.id, t.name, t.transport, t.latitude, t.longitude, t.address, t.city, t.region,
        t.postcode FROM location t {_OF} ORDER BY t.id"""),
    "places": Statement("""SELECT p.id, p.service, p.location FROM service_at_location p JOIN service t ON t.id = p.service
        JOIN directory d ON d.id = t.directory WHERE d.name = {name} OR {name} = '' ORDER BY p.id"""),
    "phones": Statement(f"""SELECT t.id, t.service, t.location, t.organization, t.number, t.dial, t.extension, t.kind, t.label
        FROM phone t {_OF} ORDER BY t.id"""),
    "schedules": Statement(f"""SELECT t.id, t.service, t.location, t.weekday, t.opens, t.closes, t.text
        FROM schedule t {_OF} ORDER BY t.id"""),
}  # fmt: skip
STATES = {"closed": "temporarily closed"}


async def export(folder: Path, name: str = "") -> dict[str, int]:
    """Writes the tables of one directory (all for "") and returns how many rows each file got."""
    answers = await DB.run(*((statement, {"name": name}) for statement in _ROWS.values()))
    held = dict(zip(_ROWS, answers, strict=True))
    return {file: _write(folder / file, rows) for file, rows in files(held).items()}


def files(held: dict[str, list[Row]]) -> dict[str, list[Row]]:
    services = held["services"]
    return {
        "organizations.csv": [{**row, "website": row.pop("url")} for row in held["organizations"]],
        "services.csv": [_service(row) for row in services],
        "locations.csv": [_location(row) for row in held["locations"]],
        "addresses.csv": [_address(row) for row in held["locations"] if row["address"] or row["city"]],
        "service_at_location.csv": [
            {"id": row["id"], "service_id": row["service"], "location_id": row["location"]} for row in held["places"]
        ],
        "phones.csv": [_phone(row) for row in held["phones"]],
        "schedules.csv": [_schedule(row) for row in held["schedules"]],
        "languages.csv": list(_languages(services)),
        "service_areas.csv": [_part(row, "area", {"name": row["area"]}) for row in services if row["area"]],
    }


def _service(row: Row) -> Row:
    kept = json.loads(row["extra"] or "{}")
    return {
        "id": row["id"],
        "organization_id": row["organization"],
        "name": row["name"],
        "alternate_name": kept.get("alternate_name", ""),
        "description": row["description"],
        "url": row["url"],
        "email": row["email"],
        "status": STATES.get(row["state"], row["state"]),
        "interpretation_services": kept.get("interpretation_services", ""),
        "application_process": row["how_to_apply"],
        "fees_description": row["fees"],
        "eligibility_description": row["eligibility"],
        "assured_date": row["assured"],
    }


def _location(row: Row) -> Row:
    return {
        "id": row["id"],
        "location_type": "physical",
        "name": row["name"],
        "transportation": row["transport"],
        "latitude": row["latitude"],
        "longitude": row["longitude"],
    }


def _part(row: Row, kind: str, values: Row) -> Row:
    return {"id": f"{row['id']}-{kind}", "service_id": row["id"], **values}


def _address(row: Row) -> Row:
    return {
        "id": f"{row['id']}-address",
        "location_id": row["id"],
        "address_1": row["address"],
        "city": row["city"],
        "state_province": row["region"],
        "postal_code": row["postcode"],
        "country": "US",
        "address_type": "physical",
    }


def _phone(row: Row) -> Row:
    return {
        "id": row["id"],
        "location_id": row["location"],
        "service_id": row["service"],
        "organization_id": row["organization"],
        "number": row["dial"] or row["number"],
        "extension": row["extension"],
        "type": row["kind"],
        "description": row["label"],
    }


def _schedule(row: Row) -> Row:
    plain = row["weekday"] is not None
    return {
        "id": row["id"],
        "service_id": row["service"],
        "location_id": row["location"],
        "freq": "WEEKLY" if plain else "",
        "byday": DAYS[row["weekday"] - 1] if plain else "",
        "opens_at": _clock(row["opens"]),
        "closes_at": _clock(row["closes"]),
        "description": row["text"],
    }


def _clock(minutes: int | None) -> str:
    return "" if minutes is None else f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def _languages(services: list[Row]) -> Iterator[Row]:
    for row in services:
        for code in row["languages"].split():
            yield _part(row, code, {"code": code, "name": code})


def _write(path: Path, rows: list[Any]) -> int:
    """A table without rows is left out."""
    if rows:
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return len(rows)

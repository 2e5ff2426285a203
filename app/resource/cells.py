"""What single cells of a directory mean: web addresses, street addresses, points on the map, and the rest kept as it is."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from app.resource.rows import Repairs, Row, line

_URL = re.compile(r"https?://[^\s<>\"']+\Z", re.IGNORECASE)
_HOST = re.compile(r"[\w-]+(\.[\w-]+)+(:\d+)?(/[^\s<>\"']*)?\Z")
# Columns that are read into something of ours.
_USED = frozenset(
    """id name description url email eligibility_description application_process fees fees_description status
    assured_date latitude longitude transportation bom""".split()  # noqa: SIM905
)
_BODY = ("addresses", "eligibilities", "service_areas")
Parts = Mapping[str, Sequence[Row]]


def extra_of(table: str, row: Row, parts: Parts) -> dict[str, Any]:
    """Columns and parts that we have no place for, as they were."""
    columns = {
        name: text for name, text in row.values.items() if text and name not in _USED and not name.endswith("_id")
    }
    rows = {
        name: [{column: text for column, text in one.values.items() if text and column[-2:] != "id"} for one in found]
        for name, found in parts.items()
        if name not in _BODY
    }
    return columns | {name: found for name, found in rows.items() if any(found)}


def web_address(row: Row, extra: dict[str, Any], repairs: Repairs) -> str:
    """An address that a browser may open, else "" with the written one kept aside."""
    written = row.get("url")
    if not written or _URL.match(written):
        return written
    if _HOST.match(written):
        return f"http://{written}"
    extra["url"] = written
    repairs.at(row, f"{written[:60]} is not a web address", "kept aside, not shown as a link")
    return ""


def address(parts: Parts) -> dict[str, str]:
    """Where a person goes: the physical address if there is one among several."""
    rows = sorted(parts.get("addresses", ()), key=lambda row: row.get("address_type") not in ("physical", ""))
    if not rows:
        return {"address": "", "city": "", "region": "", "postcode": ""}
    row = rows[0]
    lines = list(dict.fromkeys(row.get(name) for name in ("address_1", "address_2") if row.get(name)))
    if len(lines) == 2 and lines[0].endswith(lines[1]):  # "123 W 29th St 2nd Floor", "2nd Floor"
        lines = lines[:1]
    return {
        "address": line(", ".join(lines)),
        "city": line(row.get("city")),
        "region": line(row.get("state_province", "region")),
        "postcode": line(row.get("postal_code")),
    }


def place_words(values: Mapping[str, Any]) -> str:
    return " ".join(str(values[name]) for name in ("name", "address", "city", "postcode") if values[name])


def point(row: Row, repairs: Repairs) -> dict[str, float | None]:
    """Latitude and longitude, both or neither."""
    written = row.get("latitude"), row.get("longitude")
    try:
        latitude, longitude = float(written[0]), float(written[1])
    except ValueError:
        latitude = longitude = 999.0
    if abs(latitude) <= 90 and abs(longitude) <= 180:
        return {"latitude": latitude, "longitude": longitude}
    if any(written):
        repairs.at(row, f"{written[0][:20]}, {written[1][:20]} is no point on the map", "kept without it")
    return {"latitude": None, "longitude": None}


def day(row: Row, column: str, repairs: Repairs) -> date | None:
    written = row.get(column)
    try:
        return date.fromisoformat(written[:10]) if written else None
    except ValueError:
        repairs.at(row, f"{column} {written[:20]} is not a day", "kept without it")
        return None

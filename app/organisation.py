"""What every page says about the organisation that runs it. Nothing personal, so a moment's memory does no harm."""

import json
import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.data.engine import Statement
from app.data.piccolo_conf import DB
from app.language import lazy

_ONE = Statement(
    "SELECT o.id, o.name, o.phone, o.zone, o.part2, o.leave_url, o.lines, o.demo FROM organisation o ORDER BY o.id LIMIT 1"
)
REMEMBERED = 30.0  # seconds


@dataclass(frozen=True, slots=True)
class Line:
    """One crisis line. tel and sms are dialable; languages are codes."""

    label: str
    hint: str
    tel: str = ""
    sms: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True)
class Organisation:
    id: UUID | None
    name: str
    phone: str
    zone: str
    leave_url: str
    lines: tuple[Line, ...]
    part2: bool = False
    demo: bool = False


# The lines of the United States, until the operator sets those of the place. The texts are in the catalogue.
US_LINES = (
    Line(lazy("Call 988"), lazy("Free, day or night. For Spanish press 2"), tel="988"),
    Line(lazy("Text 988"), lazy("If talking is too much. For Spanish text AYUDA"), sms="988"),
)
UNSET = Organisation(None, "Cairn", "", "America/New_York", "https://www.weather.gov/", US_LINES)
_kept: dict[str, tuple[float, Organisation]] = {}


async def organisation() -> Organisation:
    """The one organisation; before it is set up, a nameless one with the national lines."""
    held = _kept.get(DB.url)
    if held and time.monotonic() - held[0] < REMEMBERED:
        return held[1]
    rows = (await DB.run((_ONE, {})))[0]
    found = _understood(rows[0]) if rows else UNSET
    _kept.clear()
    _kept[DB.url] = (time.monotonic(), found)
    return found


def known() -> Organisation:
    """As last read, for a page that no database can be asked for: an error, an address that is nobody's."""
    held = _kept.get(DB.url)
    return held[1] if held else UNSET


def forget() -> None:
    """After a change of the organisation's settings."""
    _kept.clear()


def _understood(row: dict[str, Any]) -> Organisation:
    said = row["lines"]
    lines = json.loads(said) if isinstance(said, str) else said
    return Organisation(
        id=row["id"],
        name=row["name"],
        phone=row["phone"],
        zone=row["zone"],
        leave_url=row["leave_url"],
        part2=row["part2"],
        demo=row["demo"],
        lines=tuple(
            Line(line["label"], line.get("hint", ""), line.get("tel", ""), line.get("sms", ""), line.get("body", ""))
            for line in lines
        )
        or US_LINES,
    )

"""What every page says about the organisation that runs it. Nothing personal, so a moment's memory does no harm."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote
from uuid import UUID

from app.data.engine import Statement
from app.data.piccolo_conf import DB
from app.language import _, language, lazy

_ONE = Statement(
    "SELECT o.id, o.name, o.phone, o.zone, o.part2, o.leave_url, o.lines, o.demo FROM organisation o ORDER BY o.id LIMIT 1"
)
REMEMBERED = 30.0  # seconds


@dataclass(frozen=True, slots=True)
class Line:
    """One crisis line: a number to call, one to text (with the word to send), or the address of a chat."""

    label: str
    hint: str
    tel: str = ""
    sms: str = ""
    body: str = ""
    chat: str = ""

    @property
    def words(self) -> str:
        """The label in the reader's language. Translated here: what a template's own `_` gives is taken for safe markup."""
        return _(self.label)

    @property
    def more(self) -> str:
        return self.hint and _(self.hint)

    @property
    def href(self) -> str:
        if self.chat:
            return self.chat
        return (
            f"tel:{self.tel}" if self.tel else f"sms:{self.sms}" + (f"?body={quote(_(self.body))}" if self.body else "")
        )


# The lines of the United States, until the operator sets those of the place. The texts are in the catalogue.
US_LINES = (
    Line(lazy("Call 988"), lazy("Free, day or night. For Spanish press 2"), tel="988"),
    Line(lazy("Text 988"), lazy("If talking is too much. For Spanish text AYUDA"), sms="988"),
    Line(lazy("Text HOME to 741741"), lazy("Crisis Text Line, day or night"), sms="741741", body=lazy("HOME")),
)


@dataclass(frozen=True, slots=True)
class Help:
    """Whom a reader of one language can reach at once. emergency: the number that sends help."""

    emergency: str = "911"
    lines: tuple[Line, ...] = US_LINES


@dataclass(frozen=True, slots=True)
class Organisation:
    id: UUID | None
    name: str
    phone: str
    zone: str
    leave_url: str
    help: Mapping[str, Help] = field(default_factory=dict)  # by language, as the operator set it
    part2: bool = False
    demo: bool = False

    def help_in(self, code: str) -> Help:
        """What was set for the language; else what was set for another, for numbers matter more than words."""
        return self.help.get(code) or next(iter(self.help.values()), Help())

    @property
    def lines(self) -> tuple[Line, ...]:
        """In the reader's language."""
        return self.help_in(language.get()).lines

    @property
    def emergency(self) -> str:
        return self.help_in(language.get()).emergency


UNSET = Organisation(None, "Cairn", "", "America/New_York", "https://www.weather.gov/")
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
    by_language = (json.loads(said) if isinstance(said, str) else said) or {}
    return Organisation(
        id=row["id"],
        name=row["name"],
        phone=row["phone"],
        zone=row["zone"],
        leave_url=row["leave_url"],
        part2=row["part2"],
        demo=row["demo"],
        help={
            code: Help(one["emergency"], tuple(Line(**line) for line in one["lines"]))
            for code, one in dict(by_language).items()
        },
    )

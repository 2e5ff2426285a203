"""Reading what a person typed: trimmed, counted, and with a kind word where something is missing.

    form = Form(await request.form())
    title = form.line("title", TITLE, required=_("Write a goal."))
    if form.errors:
        return page(request, "portal/goal/new", status=422, form=form)

Templates fill their fields from `form.values["title"]` and show `form.errors["title"]`; a name without one gives "".
"""

import re
import unicodedata
from collections.abc import Callable, Collection
from datetime import date, time
from typing import Any, Protocol, Self, TypeVar
from uuid import UUID

from app.errors import Invalid
from app.language import _

# Characters, counted as code points.
NAME, TITLE, GOAL, MESSAGE, NOTE, SEARCH = 100, 200, 500, 8_000, 20_000, 200

# Controls other than newline and tab, and halves of surrogate pairs.
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
# They make a name or a filename read as something else.
BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_CLOCK = re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?\Z")
_NUMBER = re.compile(r"-?[0-9]{1,18}\Z")


Read = TypeVar("Read")


def known_id(text: str) -> UUID | None:
    """An id of ours in its one written form, from an address; None for anything else."""
    return UUID(text) if _UUID.match(text) else None


class Typed(Protocol):
    """A form as it comes from the request, or a plain dict of texts."""

    def get(self, key: str, /) -> Any: ...


class Texts(dict[str, str]):
    """Texts by field name; "" for a name that is not there."""

    def __missing__(self, name: str) -> str:
        return ""


def single_line(text: str) -> str:
    """NFC, with every run of blanks as one space and none at the ends."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def long_text(text: str) -> str:
    """NFC, with one kind of line end and no blanks around it."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def has_words(text: str) -> bool:
    """False for a text that shows nothing: blanks and invisible characters alone."""
    return any(unicodedata.category(character)[0] not in "ZC" for character in text)


def _read(read: Callable[[str], Read], text: str, shape: re.Pattern[str]) -> Read | None:
    try:
        return read(text) if shape.match(text) else None
    except ValueError:
        return None


class Form:
    """What was typed (`values`), what is wrong with it (`errors`, by field name), and the reading of each field.

    A reading gives the value, or None (a text: "") when there is none or it cannot be used; then an error stands at the field
    if the person has something to do. `required` is the sentence for an empty field.
    """

    __slots__ = ("_typed", "errors", "values")

    def __init__(self, typed: Typed | None = None) -> None:
        self._typed: Typed = {} if typed is None else typed
        self.values = Texts()
        self.errors = Texts()

    @classmethod
    def filled(cls, **values: str | None) -> Self:
        """A form to show that nobody has sent yet, with what is already known."""
        form = cls()
        form.values.update({name: value for name, value in values.items() if value is not None})
        return form

    def line(self, name: str, limit: int, *, required: str | None = None) -> str:
        text = single_line(self._take(name))
        if BIDI.search(text):
            self.wrong(name, _("There are hidden characters in here. Please type it again."))
            return ""
        return self._measured(name, text, limit, required)

    def text(self, name: str, limit: int, *, required: str | None = None) -> str:
        return self._measured(name, long_text(self._take(name)), limit, required)

    def secret(self, name: str) -> str:
        """A password, whole and exactly as typed; it is never given back to a page."""
        found = self._typed.get(name)
        return found if isinstance(found, str) else ""

    def day(
        self, name: str, *, required: str | None = None, earliest: date | None = None, latest: date | None = None
    ) -> date | None:
        """A date field (2026-05-14), or three fields `name-year`, `name-month`, `name-day`."""
        text = self._take(name).strip() or self._parts(name)
        found = _read(date.fromisoformat, text, _DAY)
        if not text:
            self._missing(name, required)
        elif found is None or found.year < 1900:
            self.wrong(name, _("Write a day, like May 14."))
        elif earliest and found < earliest:
            self.wrong(name, _("Choose a later day."))
        elif latest and found > latest:
            self.wrong(name, _("Choose an earlier day."))
        return None if name in self.errors else found

    def clock(self, name: str, *, required: str | None = None) -> time | None:
        """A time of day, 14:30."""
        text = self._take(name).strip()
        found = _read(time.fromisoformat, text, _CLOCK)
        if not text:
            self._missing(name, required)
        elif found is None:
            self.wrong(name, _("Write a time, like 2:30 PM."))
        return found

    def number(self, name: str, low: int, high: int, *, required: str | None = None) -> int | None:
        text = self._take(name).strip()
        found = _read(int, text, _NUMBER)
        if not text:
            self._missing(name, required)
        elif found is None or not low <= found <= high:
            self.wrong(name, _("Write a number from %(low)s to %(high)s.") % {"low": low, "high": high})
        return None if name in self.errors else found

    def choice(self, name: str, allowed: Collection[str], *, required: str | None = None) -> str:
        """One of `allowed`, else "". For an enum: `Kind(form.choice("kind", [k.value for k in Kind]))`."""
        text = self._take(name)
        if not text:
            self._missing(name, required)
        elif text not in allowed:
            self.wrong(name, _("Choose one from the list."))
        return text if text in allowed else ""

    def choices(self, name: str, allowed: Collection[str]) -> list[str]:
        """Every ticked box of a group. The handler lists the name in its `many`."""
        getall = getattr(self._typed, "getall", None)
        ticked = [item for item in (getall(name, []) if getall else []) if isinstance(item, str)]
        if any(item not in allowed for item in ticked):
            self.wrong(name, _("Choose from the list."))
        return [item for item in allowed if item in ticked]

    def flag(self, name: str) -> bool:
        """A ticked box, or a button that stands for yes."""
        return self._take(name) not in ("", "0", "no", "false")

    def uuid(self, name: str, *, required: str | None = None) -> UUID | None:
        """An id of ours in its one written form. Anything else is as good as nothing chosen."""
        text = self._take(name)
        found = _read(UUID, text, _UUID)
        if not text:
            self._missing(name, required)
        elif found is None:
            self.wrong(name, required or _("Choose one from the list."))
        return found

    def form_id(self) -> UUID | None:
        """The one-time id that makes a form sent twice write once."""
        return self.uuid("form_id", required=_("Please send this once more."))

    def wrong(self, name: str, sentence: str) -> None:
        """For a rule that only the caller knows. The first error of a field stays."""
        self.errors.setdefault(name, sentence)

    def check(self) -> None:
        """Raises Invalid with everything that is wrong."""
        if self.errors:
            raise Invalid(dict(self.errors))

    def _take(self, name: str) -> str:
        found = self._typed.get(name)
        text = found if isinstance(found, str) else ""
        self.values[name] = text
        return text

    def _parts(self, name: str) -> str:
        year, month, day = (self._take(f"{name}-{part}").strip() for part in ("year", "month", "day"))
        return f"{year:0>4}-{month:0>2}-{day:0>2}" if year or month or day else ""

    def _measured(self, name: str, text: str, limit: int, required: str | None) -> str:
        if not has_words(text):
            self._missing(name, required)
            return ""
        if CONTROLS.search(text):
            self.wrong(name, _("There are hidden characters in here. Please type it again."))
            return ""
        if len(text) > limit:
            long = {"limit": limit, "count": len(text)}
            self.wrong(name, _("This can be up to %(limit)s characters. It has %(count)s now.") % long)
        return text

    def _missing(self, name: str, required: str | None) -> None:
        if required:
            self.wrong(name, required)

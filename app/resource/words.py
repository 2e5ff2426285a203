"""How hours, numbers and languages are said to the reader."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from babel.core import Locale
from babel.dates import format_date

from app import language
from app.language import _
from app.resource.found import Number
from app.resource.languages import CODES
from app.resource.needs import NEEDS, need_name
from app.resource.phones import spoken

MONDAY = date(2001, 1, 1)
SIGN = "ase"


def day_name(weekday: int) -> str:
    """Monday, in the reader's language."""
    return format_date(MONDAY + timedelta(days=weekday - 1), "EEEE", locale=language.language.get())


def hour(minutes: int) -> str:
    """9:00 AM"""
    if minutes == 24 * 60:
        return _("midnight")
    return language.clock(datetime(2001, 1, 1, minutes // 60, minutes % 60, tzinfo=UTC), "UTC")


def span(opens: int, closes: int) -> str:
    return _("%(opens)s to %(closes)s") % {"opens": hour(opens), "closes": hour(closes)}


@cache
def _names(code: str) -> dict[str, str]:
    return dict(Locale.parse(code).languages)


def language_name(code: str) -> str:
    if code == SIGN:
        return _("American Sign Language")
    return _names(language.language.get()).get(code, code)


def shown(number: Number) -> str:
    """As people write it here; a number that cannot be dialled stays as it was written."""
    text = spoken(number.dial) if number.dial else number.number
    return (
        _("%(number)s, extension %(extension)s") % {"number": text, "extension": number.extension}
        if number.extension
        else text
    )


def needs() -> list[tuple[str, str]]:
    """Every kind of help with its name, for a list to choose from."""
    return [("", _("Any kind of help")), *((need, need_name(need)) for need in NEEDS)]


def languages() -> list[tuple[str, str]]:
    names = sorted(((code, language_name(code)) for code in CODES), key=lambda one: one[1].casefold())
    return [("", _("Any language")), *names]


# What the templates of both sides need to say these things.
WORDS: dict[str, Any] = {
    "day_name": day_name,
    "hour": hour,
    "span": span,
    "language_name": language_name,
    "number_words": shown,
    "need_name": need_name,
}

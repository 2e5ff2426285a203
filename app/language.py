"""Words, dates and times in the reader's language and zone.

Locale and zone are context variables, set once per request where the request enters; `_` translates when it is called.
"""

import io
from collections.abc import Sequence
from contextvars import ContextVar
from datetime import date, datetime, time
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.core import Locale
from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = {"en": "English", "es": "Español"}
CATALOGUES = Path(__file__).parent / "words"

language: ContextVar[str] = ContextVar("language", default="en")
zone: ContextVar[str] = ContextVar("zone", default="UTC")
moment: ContextVar[datetime | None] = ContextVar("moment", default=None)


@cache
def catalogue(code: str) -> NullTranslations:
    """The catalogue of one language. English is the text in the code itself."""
    path = CATALOGUES / f"{code}.po"
    if not path.exists():
        return NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=code))
    compiled.seek(0)
    return GNUTranslations(compiled)


@cache
def ours() -> frozenset[str]:
    """Every text of ours, as it stands in the code. What is not among them is somebody's words."""
    path = CATALOGUES / "es.po"
    with path.open("rb") as file:
        return frozenset(one.id for one in read_po(file) if isinstance(one.id, str) and one.id)


def _(text: str) -> str:
    return _said(language.get(), text)


@lru_cache(8192)
def _said(code: str, text: str) -> str:
    return catalogue(code).gettext(text)


def ngettext(one: str, many: str, n: int) -> str:
    return catalogue(language.get()).ngettext(one, many, n)


def pgettext(context: str, text: str) -> str:
    return catalogue(language.get()).pgettext(context, text)


def lazy(text: str) -> str:
    """Marks a text for the catalogue where it is defined; translate it with `_` where it is shown."""
    return text


def chosen(*wishes: str | None) -> str:
    """The first wish that we speak, else English. A wish may be a whole Accept-Language header."""
    for wish in wishes:
        for part in (wish or "").split(","):
            code = part.split(";")[0].strip()[:2].lower()
            if code in LANGUAGES:
                return code
    return "en"


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def local(at: datetime, in_zone: str | None = None) -> datetime:
    return at.astimezone(_zone(in_zone or zone.get()))


def today() -> date:
    now = moment.get()
    return _date_of(now, zone.get()) if now else datetime.now(_zone(zone.get())).date()


@lru_cache(64)
def _date_of(at: datetime, in_zone: str) -> date:
    return local(at, in_zone).date()


@cache
def _locale(code: str) -> Locale:
    return Locale.parse({"en": "en_US", "es": "es_US"}.get(code, code))


def clock(at: datetime, in_zone: str | None = None) -> str:
    """2:30 PM"""
    of = local(at, in_zone)
    return _clock(of.hour, of.minute, language.get())


@lru_cache(4096)
def _clock(hour: int, minute: int, code: str) -> str:
    return format_time(time(hour, minute), "short", locale=_locale(code)).replace("\u202f", "\u00a0")


def day(of: date | datetime) -> str:
    """today, tomorrow, yesterday, Friday (within a week), else Tuesday, May 14; the year only when it differs."""
    of = local(of).date() if isinstance(of, datetime) else of
    near = {0: _("today"), 1: _("tomorrow"), -1: _("yesterday")}
    apart = (of - today()).days
    if apart in near:
        return near[apart]
    return _format(of, "EEEE" if 1 < apart < 7 else "EEEE, MMMM d", "EEEE, d 'de' MMMM")


def full_day(of: date | datetime) -> str:
    """Tuesday, May 14"""
    return _format(local(of).date() if isinstance(of, datetime) else of, "EEEE, MMMM d", "EEEE, d 'de' MMMM")


def dated(of: date) -> str:
    """Thursday, November 25, 2027: for what is signed, always with its year."""
    return _date(of, "EEEE, MMMM d, y" if language.get() != "es" else "EEEE, d 'de' MMMM 'de' y", language.get())


def short_day(of: date | datetime) -> str:
    """Tue, May 14; today and its neighbours by their names."""
    of = local(of).date() if isinstance(of, datetime) else of
    if abs((of - today()).days) <= 1:
        return day(of)
    return _format(of, "EEE, MMM d", "EEE, d MMM")


def _format(of: date, english: str, spanish: str) -> str:
    pattern = spanish if language.get() == "es" and english != "EEEE" else english
    if of.year != today().year and english != "EEEE":
        pattern += ", y"
    return _date(of, pattern, language.get())


@lru_cache(4096)
def _date(of: date, pattern: str, code: str) -> str:
    """A page says the same few days again and again."""
    return format_date(of, pattern, locale=_locale(code))


def when(at: datetime) -> str:
    """today, 2:30 PM"""
    return _("%(day)s, %(time)s") % {"day": short_day(at), "time": clock(at)}


def ago(at: datetime) -> str:
    """For a message list: the time today, else the day."""
    return clock(at) if local(at).date() == today() else short_day(at)


def greeting(at: datetime) -> str:
    hour = local(at).hour
    if hour < 12:
        return _("Good morning, %(name)s")
    return _("Good afternoon, %(name)s") if hour < 18 else _("Good evening, %(name)s")


def listed(words: Sequence[str]) -> str:
    """visits, goals and steps, and messages"""
    return format_list(words, locale=_locale(language.get()))


def initials(name: str) -> str:
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()

"""Opening hours: weekly times where they are written plainly, the written words everywhere else. Nothing is invented."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY_WORDS = {word: number for number, code in enumerate(DAYS, 1) for word in (code.lower(), str(number))} | {
    name[:length]: number
    for number, name in enumerate(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), 1)
    for length in range(3, len(name) + 1)
}
_TIME = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?(?::\d{2}(?:\.\d+)?)?\s*(a\.?m\.?|p\.?m\.?)?", re.IGNORECASE)
_WORDS = {"noon": 12 * 60, "midday": 12 * 60, "midnight": 24 * 60}
# Parts of a recurrence that a plain week does not show.
_RARE = ("byweekno", "bymonthday", "byyearday", "bysetpos", "count")
_ENDS = ("valid_to", "until")


@dataclass(frozen=True, slots=True)
class Hours:
    """weekday 1 (Monday) to 7, opens and closes in minutes after midnight; a weekday without times is closed.

    Without a weekday it is `text` alone. problem: why the times could not be read, or "".
    """

    weekday: int | None = None
    opens: int | None = None
    closes: int | None = None
    text: str = ""
    problem: str = ""

    @property
    def closed(self) -> bool:
        return self.weekday is not None and self.opens is None and not self.text


def minutes(written: str) -> int | None:
    """Minutes after midnight; None when it is not plainly one time of day. A bare number is not."""
    written = written.strip().lower()
    if written in _WORDS:
        return _WORDS[written]
    found = _TIME.fullmatch(written)
    if not found or (found[2] is None and found[3] is None):
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").replace(".", "")
    if half and not 1 <= hour <= 12:
        return None
    hour = hour % 12 + (12 if half == "pm" else 0) if half else hour
    return hour * 60 + minute if minute < 60 and hour * 60 + minute <= 24 * 60 else None


def read_hours(row: Mapping[str, str], today: date) -> list[Hours]:
    """One row of a schedule: HSDS 1.x (a weekday and two times) or 3.0 (a weekly rule). Several days give several."""
    row = Words({name: value.strip() for name, value in row.items()})
    note = " ".join(part for part in (row["description"], row["notes"]) if part)
    opens, closes = row["opens_at"], row["closes_at"]
    days = weekdays(row["weekday"] or row["byday"])
    problem = _problem(row, days, today) or _times_problem(opens, closes)
    if problem:
        return [Hours(text=note or as_written(row), problem=problem)] if note or as_written(row) else []
    if not opens:
        return [Hours(day, text=note) for day in days]
    end = minutes(closes)
    return [Hours(day, minutes(opens), 24 * 60 if end == 0 else end, note) for day in days]


class Words(dict[str, str]):
    """A row; a column it does not have is empty."""

    def __missing__(self, name: str) -> str:
        return ""


def _problem(row: Words, days: Sequence[int], today: date) -> str:
    if not days:
        return "the weekday cannot be read" if row["weekday"] or row["byday"] else "it names no weekday"
    if row["freq"].upper() not in ("", "WEEKLY") or row["interval"] not in ("", "1"):
        return "it does not repeat every week"
    if any(row[name] for name in _RARE):
        return "its rule is more than a plain week"
    if any(row[name] for name in _ENDS):
        return "it holds only until a date"
    return "it begins later" if (row["valid_from"] or row["dtstart"])[:10] > today.isoformat() else ""


def _times_problem(opens: str, closes: str) -> str:
    if not opens and not closes:
        return ""
    start, end = minutes(opens), minutes(closes)
    if start is None or end is None:
        return "the times cannot be read"
    end = 24 * 60 if end == 0 else end
    return "" if start < end else "it closes before it opens"


def weekdays(written: str) -> list[int]:
    """Monday, Mon, MO, 1; several by comma. An empty list when any of them cannot be read."""
    parts = [part.strip().strip(".").lower() for part in re.split(r"[,;|]", written) if part.strip()]
    found = [_DAY_WORDS.get(part) for part in parts]
    return [day for day in found if day] if found and all(found) else []


def as_written(row: Mapping[str, str]) -> str:
    """The row's own words, in order: Monday 10:00–4:00."""
    days = row.get("weekday") or row.get("byday") or ""
    times = "–".join(part for part in (row.get("opens_at"), row.get("closes_at")) if part)
    ends = next((row[name] for name in _ENDS if row.get(name)), "")
    start = row.get("valid_from") or row.get("dtstart") or ""
    span = f"({start} – {ends})" if start and ends else (f"(– {ends})" if ends else (f"({start} –)" if start else ""))
    body = " ".join(part for part in (days, times) if part)
    return f"{body} {span}".strip() if body else ""

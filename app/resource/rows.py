"""Rows as they stand in somebody's files, and what had to be mended in them."""

import hashlib
import html
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff]")
_LINE_END = re.compile(r"[ \t]*\r?\n|\r")


@dataclass(frozen=True, slots=True)
class Row:
    """line: where it begins in its file, from 1 (0 in JSON). place: the path to it inside a JSON document."""

    file: str
    line: int
    place: str
    values: dict[str, str]

    def get(self, *names: str) -> str:
        """The first of these columns that holds something."""
        return next((self.values[name] for name in names if self.values.get(name)), "")


@dataclass(frozen=True, slots=True)
class Repair:
    """One line of the repair list: where, what is wrong, and what became of it."""

    file: str
    line: int
    place: str
    problem: str
    kept: str

    @property
    def where(self) -> str:
        return f"{self.file}:{self.line or self.place}".rstrip(":")


class Repairs(list[Repair]):
    def at(self, row: Row, problem: str, kept: str) -> None:
        self.append(Repair(row.file, row.line, row.place, problem, kept))

    def of_file(self, file: str, problem: str, kept: str, line: int = 1) -> None:
        self.append(Repair(file, line, "", problem, kept))


def clean(text: str) -> str:
    """NFC without hidden characters, HTML entities or padding; the lines of a long text stay lines."""
    if not text:
        return ""
    text = html.unescape(text) if "&" in text else text
    text = _LINE_END.sub("\n", _HIDDEN.sub(lambda found: "\n" if found[0] == "\r" else "", text))
    return unicodedata.normalize("NFC", text).strip()


def line(text: str) -> str:
    return " ".join(text.split())


def stable(values: Iterable[str]) -> str:
    """An id for a row that has none: the same content makes the same id, in every import."""
    return "~" + hashlib.sha256("\x1f".join(values).encode()).hexdigest()[:24]


__all__ = ["Repair", "Repairs", "Row", "clean", "line", "stable"]

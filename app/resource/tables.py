"""CSV as it comes: any encoding, unbalanced quotes, short rows. What is sound comes out, the rest is listed."""

import csv
import re
from pathlib import Path

from app.resource.rows import Repairs, Row, clean

csv.field_size_limit(1_000_000)
_BLANKS = re.compile(r"[\s\-]+")


def read_table(path: Path, repairs: Repairs) -> tuple[list[Row], bool]:
    """The rows of one file, and whether every one of them could be read."""
    lines = decoded(path, repairs)
    before = len(repairs)
    numbered = records(path.name, lines, repairs)
    if not numbered:
        repairs.of_file(path.name, "the file is empty", "nothing in it to keep")
        return [], False
    header = [column_name(cell) for cell in numbered[0][1]]
    found = [
        Row(path.name, number, "", dict(zip(header, map(clean, cells), strict=False)))
        for number, cells in numbered[1:]
        if fits(path.name, number, cells, header, repairs)
    ]
    return found, len(repairs) == before


def column_name(cell: str) -> str:
    return _BLANKS.sub("_", clean(cell).lower())


def decoded(path: Path, repairs: Repairs) -> list[str]:
    """The file's lines with their ends. UTF-8 with or without a mark, UTF-16 with one; a line in neither is Windows-1252."""
    raw = path.read_bytes()
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", "replace").splitlines(keepends=True)
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    try:
        return split(raw.decode())
    except UnicodeDecodeError:
        return [_line(path.name, number, part, repairs) for number, part in enumerate(raw.split(b"\n"), 1)]


def split(text: str) -> list[str]:
    """At line feeds only: a form feed or a Unicode separator inside a text does not end a record."""
    return [part + "\n" for part in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]


def _line(file: str, number: int, part: bytes, repairs: Repairs) -> str:
    try:
        return part.decode().rstrip("\r") + "\n"
    except UnicodeDecodeError:
        repairs.of_file(file, "the line is not UTF-8", "read as Windows-1252", number)
        return part.decode("cp1252", "replace").rstrip("\r") + "\n"


def records(file: str, lines: list[str], repairs: Repairs) -> list[tuple[int, list[str]]]:
    """(line number, cells) of each record. Where quotes do not close, the line is listed and reading goes on after it."""
    found: list[tuple[int, list[str]]] = []
    start = 0
    while start < len(lines):
        reader = csv.reader(lines[start:], strict=True)
        begun = start
        try:
            for cells in reader:
                if cells:
                    found.append((begun + 1, cells))
                begun = start + reader.line_num
            break
        except csv.Error:
            repairs.of_file(file, "the quotes in this row do not close", "skipped; reading went on after it", begun + 1)
            start = begun + 1
    return found


def fits(file: str, number: int, cells: list[str], header: list[str], repairs: Repairs) -> bool:
    """As many cells as columns; empty ones too many at the end do no harm."""
    extra = cells[len(header) :]
    if len(cells) >= len(header) and not any(extra):
        return True
    repairs.of_file(file, f"the row has {len(cells)} cells where the table has {len(header)}", "skipped", number)
    return False

"""Reading a directory in any of the spellings of HSDS: Ohana and 1.x tables, 3.0 tables, 3.0 JSON."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from app.resource.names import COLUMNS, NATURAL, TABLES
from app.resource.nested import Document
from app.resource.rows import Repairs, Row, stable
from app.resource.tables import read_table

Told = Callable[[str], None]


class NothingHere(Exception):
    """There is no directory at this path; the text says what was looked for."""


@dataclass
class Source:
    """What the files hold, by table under its HSDS 3.0 name, each row with an id of its own.

    whole: the tables that were read completely; only there does a missing row mean that it is gone. read: rows met, by table.
    skipped: rows that nothing was made of, by table.
    """

    name: str
    dialect: str
    tables: dict[str, list[Row]] = field(default_factory=dict)
    whole: set[str] = field(default_factory=set)
    read: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)
    repairs: Repairs = field(default_factory=Repairs)

    def skip(self, table: str, count: int = 1) -> None:
        self.skipped[table] = self.skipped.get(table, 0) + count


def read(path: Path, name: str = "", told: Told = lambda file: None) -> Source:
    """Everything at the path, a folder or one file. told: is called with the name of each file before it is read.

    Raises NothingHere.
    """
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    tables = [file for file in files if file.suffix.lower() == ".csv" and file.is_file()]
    documents = [file for file in files if file.suffix.lower() in (".json", ".ndjson", ".jsonl") and file.is_file()]
    name = name or (path.name if path.is_dir() else path.stem) or path.resolve().name
    if any(file.stem.lower() in TABLES for file in tables):
        source = from_tables(name, tables, told)
    elif documents:
        source = from_documents(name, documents, told)
    else:
        raise NothingHere(f"{path}: no HSDS tables (services.csv, organizations.csv, ...) and no JSON{_below(path)}")
    if not any(source.tables.get(table) for table in ("services", "organizations", "locations")):
        raise NothingHere(f"{path}: no services, organizations or locations could be read{_below(path)}")
    for table, rows in source.tables.items():
        source.tables[table] = identified(source, table, rows)
    return source


def _below(path: Path) -> str:
    folders = [one for one in path.iterdir() if one.is_dir()] if path.is_dir() else []
    inside = sorted(one.name for one in folders if any(one.glob("*.csv")) or any(one.glob("*.json")))
    return f"; look in {', '.join(inside)}" if inside else ""


def from_tables(name: str, files: list[Path], told: Told) -> Source:
    source = Source(name, "")
    stems = {file.stem.lower() for file in files}
    headers: set[str] = set()
    broken: set[str] = set()
    for file in files:
        table = TABLES.get(file.stem.lower(), "")
        if not table:
            source.repairs.of_file(file.name, "not a table of HSDS that we know", "left aside")
            continue
        told(file.name)
        before = len(source.repairs)
        rows, whole = read_table(file, source.repairs)
        lost = sum(repair.kept.startswith("skipped") for repair in source.repairs[before:])
        headers |= set(rows[0].values) if rows else set()
        source.read[table] = source.read.get(table, 0) + len(rows) + lost
        source.skip(table, lost)
        source.tables[table] = source.tables.get(table, []) + _unrepeated(
            source, table, file.name, renamed(table, rows)
        )
        (source.whole if whole else broken).add(table)
    source.whole -= broken
    source.dialect = dialect(stems, headers)
    return source


def dialect(stems: set[str], headers: set[str]) -> str:
    """What the files call themselves by their names: only 3.0 has these, only Ohana has those, the rest is 1.x."""
    if {"byday", "freq", "assured_date", "eligibility_description", "attending_type"} & headers:
        return "HSDS 3.0"
    if {"mail_addresses", "addresses"} <= stems or {"number_type", "taxonomy_ids"} & headers:
        return "Ohana (HSDS 1.0)"
    return "HSDS 1.x"


def from_documents(name: str, files: list[Path], told: Told) -> Source:
    source = Source(name, "HSDS 3.0 JSON")
    document = Document(source.repairs)
    for file in files:
        if file.name != "datapackage.json":
            told(file.name)
            document.add(file)
    source.tables = {table: renamed(table, rows) for table, rows in document.tables.items()}
    source.read = {table: len(rows) for table, rows in source.tables.items()}
    source.whole = set(source.tables) if document.whole else set()
    return source


def renamed(table: str, rows: list[Row]) -> list[Row]:
    """The rows with their columns under the names of HSDS 3.0; a column that already has that name comes first."""
    names = COLUMNS.get(table, {})
    if not names:
        return rows
    return [Row(row.file, row.line, row.place, _renamed(names, row.values)) for row in rows]


def _renamed(names: dict[str, str], values: dict[str, str]) -> dict[str, str]:
    found = {name: text for name, text in values.items() if name not in names}
    for name, text in values.items():
        if name in names and not found.get(names[name]):
            found[names[name]] = text
    return found


def _unrepeated(source: Source, table: str, file: str, rows: list[Row]) -> list[Row]:
    """Some tools write one table twice under two names; the second time tells nothing new."""
    earlier = {tuple(row.values.items()) for row in source.tables.get(table, ())}
    fresh = [row for row in rows if tuple(row.values.items()) not in earlier]
    if repeated := len(rows) - len(fresh):
        source.skip(table, repeated)
        other = source.tables[table][0].file
        source.repairs.of_file(file, f"{repeated} rows stand in {other} already", "read once")
    return fresh


def identified(source: Source, table: str, rows: list[Row]) -> list[Row]:
    """Rows with an id each. One that has none gets it from what it says; one that is there twice counts once."""
    seen: dict[str, Row] = {}
    named: dict[str, int] = {}
    for row in rows:
        if any(row.values.values()):
            own = row.get("id")
            if not own:
                own = _numbered(seen, named, stable([table, *_natural(table, row)]), row)
            row = Row(row.file, row.line, row.place, {**row.values, "id": own if len(own) <= 120 else stable([own])})
            problem, kept = _repeated(seen.get(row.values["id"]), row)
        else:
            problem, kept = "the row is empty", "skipped"
        if problem:
            source.repairs.at(row, problem, kept)
            source.skip(table)
        else:
            seen[row.values["id"]] = row
    return list(seen.values())


def _natural(table: str, row: Row) -> list[str]:
    return [row.get(column) for column in NATURAL.get(table, tuple(sorted(row.values)))]


def _repeated(first: Row | None, row: Row) -> tuple[str, str]:
    if first is None:
        return "", ""
    where = f"line {first.line}" if first.line else first.place
    if row.values == first.values:
        return f"the same row as {where}", "skipped"
    return f"its id {row.values['id'][:40]} was used at {where}", "skipped; the first one counts"


def _numbered(seen: dict[str, Row], named: dict[str, int], base: str, row: Row) -> str:
    """The second row of one natural name gets a number, unless it is the first one again."""
    if base not in seen or {**row.values, "id": base} == seen[base].values:
        return base
    named[base] = named.get(base, 1) + 1
    return f"{base}:{named[base]}"

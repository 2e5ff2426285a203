"""HSDS 3.0 JSON: nested records taken apart into the same rows that the tables would hold."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.resource.names import TABLES
from app.resource.rows import Repairs, Row, clean

# key in a record -> the table its value belongs to
CHILDREN = {
    "organization": "organizations", "organizations": "organizations", "programs": "programs", "program": "programs",
    "services": "services", "service": "services", "service_at_locations": "service_at_location",
    "location": "locations", "locations": "locations", "addresses": "addresses", "phones": "phones",
    "contacts": "contacts", "schedules": "schedules", "languages": "languages", "service_areas": "service_areas",
    "cost_options": "cost_options", "required_documents": "required_documents", "funding": "funding",
    "accessibility": "accessibility", "attributes": "attributes", "taxonomy_term": "taxonomy_terms",
    "taxonomy_detail": "taxonomies", "metadata": "metadata", "organization_identifiers": "organization_identifiers",
}  # fmt: skip
ONE = {
    "organizations": "organization",
    "programs": "program",
    "services": "service",
    "service_at_location": "service_at_location",
    "locations": "location",
    "phones": "phone",
    "contacts": "contact",
    "taxonomy_terms": "taxonomy_term",
    "taxonomies": "taxonomy",
}
# a record is of the first kind that has one of these keys
SIGNS = (
    ("service_at_location", ("service_id", "service")),
    ("organizations", ("legal_status", "tax_status", "year_incorporated", "organization_identifiers", "services")),
    ("locations", ("location_type", "latitude", "addresses", "transportation")),
    ("taxonomy_terms", ("taxonomy", "taxonomy_detail", "term_uri")),
    ("services", ("status", "application_process", "service_at_locations", "organization", "organization_id")),
)
BY_NAME = (
    ("service_at_location", "service_at_location"),
    ("organization", "organizations"),
    ("service", "services"),
    ("location", "locations"),
    ("taxonomy_term", "taxonomy_terms"),
    ("taxonomy", "taxonomies"),
)


class Document:
    """What one or more JSON files hold, by table. The same record met twice is one record with what both knew."""

    def __init__(self, repairs: Repairs) -> None:
        self.repairs = repairs
        self.tables: dict[str, list[Row]] = {}
        self.known: dict[tuple[str, str], Row] = {}
        self.whole = True

    def add(self, path: Path) -> None:
        try:
            text = path.read_bytes().decode("utf-8-sig")
            self._sort(path, self._loaded(path, text))
        except UnicodeDecodeError as error:
            self._aside(path, f"the file is not UTF-8 (byte {error.start})")
        except RecursionError:
            self._aside(path, "the records are nested too deeply")

    def _aside(self, path: Path, problem: str, kept: str = "left aside", line: int = 1) -> None:
        self.whole = False
        self.repairs.of_file(path.name, problem, kept, line)

    def _loaded(self, path: Path, text: str) -> Any:
        try:
            return json.loads(text)
        except json.JSONDecodeError as error:
            found = salvaged(text)
            self._aside(path, f"not JSON: {error.msg}", f"{len(found)} records before it were read", error.lineno)
            return found

    def _sort(self, path: Path, value: Any) -> None:
        """A page of an API, a list, one record, or whole tables by their names."""
        if isinstance(value, dict) and isinstance(value.get("contents"), list):
            self.whole = self.whole and bool(value.get("last_page", True)) and value.get("total_pages", 1) in (0, 1)
            self._records(path, value["contents"], "contents")
        elif isinstance(value, list):
            self._records(path, value, "")
        elif isinstance(value, dict) and "id" not in value and any(_table(key) for key in value):
            self._tables(path, value)
        else:
            self._records(path, [value], "")

    def _tables(self, path: Path, tables: dict[str, Any]) -> None:
        for key, rows in tables.items():
            if not _table(key) or not isinstance(rows, list):
                self._aside(path, f"{key} is not a table of HSDS")
                continue
            for number, row in enumerate(rows):
                self._take(path, f"{key}[{number}]", _table(key), row, {})

    def _records(self, path: Path, values: list[Any], prefix: str) -> None:
        for number, value in enumerate(values):
            place = f"{prefix}[{number}]" if len(values) > 1 or prefix else "record"
            table = kind(path.stem, value) if isinstance(value, dict) else ""
            if not table:
                self._aside(path, f"{place} is not a record of HSDS")
            else:
                self._take(path, place, table, value, {})

    def _take(self, path: Path, place: str, table: str, value: Any, parents: dict[str, str]) -> str:
        """Keeps one record and everything under it; gives its id."""
        if not isinstance(value, dict):
            self._aside(path, f"{place} is not a record")
            return ""
        own = {name: plain(part) for name, part in value.items() if not _nested(name, part)}
        row = self._merged(path, place, table, parents | {name: text for name, text in own.items() if text})
        one = ONE.get(table)
        below = {f"{one}_id": row.values["id"]} if one and row.values.get("id") else {}
        for name, part in value.items():
            if not _nested(name, part):
                continue
            for number, child in enumerate(part if isinstance(part, list) else [part]):
                found = self._take(
                    path, f"{place}.{name}[{number}]", CHILDREN[name], child, _parents(table, below, parents)
                )
                if not isinstance(part, list) and found:
                    row.values.setdefault(f"{ONE[CHILDREN[name]]}_id", found)
        return row.values.get("id", "")

    def _merged(self, path: Path, place: str, table: str, values: dict[str, str]) -> Row:
        known = self.known.get((table, values.get("id", "")))
        if known is not None and values.get("id"):
            for name, text in values.items():
                known.values.setdefault(name, text)
            return known
        row = Row(path.name, 0, place, values)
        self.tables.setdefault(table, []).append(row)
        self.known[(table, values.get("id", ""))] = row
        return row


def _table(key: str) -> str:
    return TABLES.get(key.removesuffix(".csv"), "")


def _nested(name: str, part: Any) -> bool:
    if name not in CHILDREN:
        return False
    return isinstance(part, dict) or (isinstance(part, list) and all(isinstance(one, dict) for one in part))


def _parents(table: str, below: dict[str, str], above: dict[str, str]) -> dict[str, str]:
    """What hangs under a place of a service belongs to that service there; else to its nearest record."""
    return above | below if table == "service_at_location" else below


def plain(value: Any) -> str:
    if value is None or value == [] or value == {}:
        return ""
    if isinstance(value, str):
        return clean(value)
    return str(value).lower() if isinstance(value, bool) else clean(json.dumps(value, ensure_ascii=False))


def kind(stem: str, value: dict[str, Any]) -> str:
    """Which table a record at the top belongs to: by the file's name, else by what only that kind has."""
    if "id" not in value and "name" not in value:
        return ""
    for start, table in BY_NAME:
        if stem.lower().startswith(start):
            return table
    return next((table for table, signs in SIGNS if any(sign in value for sign in signs)), "")


def salvaged(text: str) -> list[Any]:
    """The whole records at the front of a list, a page or a file of one record a line that breaks off."""
    page = re.search(r'"contents"\s*:\s*\[|\A\s*\[', text)
    return list(_one_by_one(text, page.end() if page else 0))


def _one_by_one(text: str, at: int) -> Iterator[Any]:
    reader = json.JSONDecoder()
    while at < len(text):
        while at < len(text) and text[at] in " \t\r\n,":
            at += 1
        try:
            value, at = reader.raw_decode(text, at)
        except (json.JSONDecodeError, RecursionError):
            return
        if isinstance(value, dict):
            yield value

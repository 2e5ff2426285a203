"""A source in our own terms: organizations, locations, services, telephones and hours, each with a digest of its content."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from piccolo.columns import Varchar
from piccolo.table import Table

from app.data.tables.resource import Location, Organization, Phone, Schedule, Service
from app.resource.cells import address, extra_of, place_words, point, web_address
from app.resource.hours import read_hours
from app.resource.hsds import Source
from app.resource.links import Links
from app.resource.names import NEEDED
from app.resource.phones import read_phones
from app.resource.rows import Repairs, Row, line
from app.resource.service import service_values, service_words

TABLES: dict[str, type[Table]] = {
    "organizations": Organization,
    "locations": Location,
    "services": Service,
    "phones": Phone,
    "schedules": Schedule,
}
WIDTHS = {
    table: {column._meta.name: column.length or 0 for column in made._meta.columns if isinstance(column, Varchar)}
    for table, made in TABLES.items()
}
KINDS = {"voice", "fax", "text", "sms", "tty", "cell", "video", "pager", "textphone", "hotline"}


@dataclass(slots=True)
class Entry:
    """One row as it will stand in our table. refs: column -> source id of the record it points at. search: see Service."""

    source_id: str
    row: Row
    values: dict[str, Any]
    refs: dict[str, str] = field(default_factory=dict)
    search: str = ""

    @property
    def digest(self) -> str:
        content = json.dumps([self.values, self.refs], sort_keys=True, default=str, ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()


class Listing:
    """Everything a source holds, by our tables; `places` are the pairs of service and location."""

    def __init__(self, source: Source, today: date) -> None:
        self.source = source
        self.repairs: Repairs = source.repairs
        self.today = today
        self.entries: dict[str, dict[str, Entry]] = {table: {} for table in TABLES}
        self._drop_nameless()
        self.links = Links(source)
        self._organizations()
        self._locations()
        self.links.join_places()
        self.places = self.links.places
        self._services()
        self._phones()
        self._schedules()

    def _drop_nameless(self) -> None:
        for table, names in NEEDED.items():
            rows = self.source.tables.get(table, [])
            if not rows or not names:
                continue
            sound = [row for row in rows if row.get(*names)]
            if not any(name in row.values for row in rows for name in names):
                self.repairs.of_file(rows[0].file, f"there is no column {names[0]}", f"{len(rows)} rows skipped")
            else:
                for row in rows:
                    if not row.get(*names):
                        self.repairs.at(row, f"it has no {names[0]}", "skipped")
            self.source.skip(table, len(rows) - len(sound))
            self.source.tables[table] = sound

    def _organizations(self) -> None:
        for row in self.source.tables.get("organizations", ()):
            extra = extra_of("organizations", row, self.links.of("organizations", row.get("id")))
            values = {
                "name": line(row.get("name")),
                "description": row.get("description"),
                "url": web_address(row, extra, self.repairs),
                "email": row.get("email"),
            }
            self._keep("organizations", row, values, extra)

    def _locations(self) -> None:
        for row in self.source.tables.get("locations", ()):
            parts = self.links.of("locations", row.get("id"))
            self.links.follow(row, "organization_id", "the location was kept without it")
            extra = extra_of("locations", row, parts)
            values = {"name": line(row.get("name", "alternate_name")), **address(parts), **point(row, self.repairs)}
            values["transport"] = line(row.get("transportation"))
            self._keep("locations", row, values, extra)

    def _services(self) -> None:
        where: dict[str, list[Entry]] = {}
        for service, location in self.places:
            where.setdefault(service, []).append(self.entries["locations"][location])
        for row in self.source.tables.get("services", ()):
            parts = self.links.of("services", row.get("id"))
            extra = extra_of("services", row, parts)
            at = where.get(row.get("id"), [])
            refs = self._agency(row, at)
            agency = self.entries["organizations"].get(refs.get("organization", ""))
            terms = self._terms(row, parts.get("attributes", ()))
            values = service_values(row, parts, terms, extra, self.repairs)
            entry = self._keep("services", row, values, extra, refs)
            places = [place_words(place.values) for place in at]
            entry.search = service_words(row, entry.values, terms, agency.values["name"] if agency else "", places)

    def _agency(self, row: Row, places: list[Entry]) -> dict[str, str]:
        """Whose service it is: as it says, else the agency of the place where it is given."""
        found = self.links.follow(row, "organization_id", "the service was kept without it")
        for place in places if not row.get("organization_id") else ():
            if self.links.known("organizations", place.row.get("organization_id")):
                found = found or [place.row.get("organization_id")]
        return {"organization": found[0]} if found else {}

    def _terms(self, row: Row, attributes: list[Row] | tuple[Row, ...]) -> list[str]:
        """The names of the taxonomy's terms that a service carries."""
        ids = [part.strip() for part in row.get("taxonomy_ids").split(",")] + [
            a.get("taxonomy_term_id") for a in attributes
        ]
        vocabulary = self.links.rows.get("taxonomy_terms", {})
        by_code = {term.get("taxonomy_id"): term for term in vocabulary.values()} if any(ids) else {}
        found = [vocabulary.get(id) or by_code.get(id) for id in ids if id]
        return [term.get("name") for term in found if term]

    def _phones(self) -> None:
        for row in self.source.tables.get("phones", ()):
            refs = self.links.targets(row, "the number was kept without it")
            if not refs:
                self._lost("phones", row)
                continue
            read = read_phones(row.get("number"), row.get("extension"))
            if not read[0].dial:
                self.repairs.at(row, f"no number can be read out of {row.get('number')[:60]}", "kept as it is written")
            kind = row.get("type").lower() or "voice"
            label = line(row.get("description"))
            for number, one in enumerate(read, 1):
                values = {"number": line(one.number), "dial": one.dial, "extension": one.extension, "label": label}
                self._keep("phones", row, values | {"kind": kind if kind in KINDS else "voice"}, {}, refs, number)

    def _schedules(self) -> None:
        for row in self.source.tables.get("schedules", ()):
            refs = self.links.targets(row, "the hours were kept without it")
            refs.pop("organization", None)
            hours = read_hours(row.values, self.today)
            if not refs or not hours:
                self._lost("schedules", row, "" if not refs else "it says no hours")
                continue
            if hours[0].problem:
                self.repairs.at(row, hours[0].problem, f"kept as text: {hours[0].text[:60]}")
            for number, one in enumerate(hours, 1):
                values = {"weekday": one.weekday, "opens": one.opens, "closes": one.closes, "text": line(one.text)}
                self._keep("schedules", row, values, {}, refs, number)

    def _lost(self, table: str, row: Row, problem: str = "") -> None:
        self.repairs.at(row, problem or "it belongs to no service, location or organization", "skipped")
        self.source.skip(table)

    def _keep(
        self,
        table: str,
        row: Row,
        values: dict[str, Any],
        extra: dict[str, Any],
        refs: dict[str, str] | None = None,
        number: int = 1,
    ) -> Entry:
        for name, width in WIDTHS[table].items():
            text = values.get(name)
            if isinstance(text, str) and len(text) > width:
                self.repairs.at(row, f"{name} has {len(text)} characters", f"the first {width} were kept")
                values[name] = text[: width - 1] + "…"
        if table in ("organizations", "locations", "services"):
            values["extra"] = json.dumps(extra, ensure_ascii=False, sort_keys=True)
        source_id = row.get("id") if number == 1 else f"{row.get('id')[:110]}#{number}"
        entry = Entry(source_id, row, values, refs or {})
        self.entries[table][source_id] = entry
        return entry

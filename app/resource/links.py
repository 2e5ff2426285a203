"""Which row belongs to which: references followed where they lead somewhere, listed where they do not."""

from collections import defaultdict

from app.resource.hsds import Source
from app.resource.names import ASIDE, PARTS
from app.resource.rows import Row

PARENTS = {"service_id": "services", "location_id": "locations", "organization_id": "organizations"}
ONE = {"services": "service", "locations": "location", "organizations": "organization"}
Parts = dict[str, list[Row]]


class Links:
    """The references of one source. `parts[(table, id)]`: what belongs to that record, by the name of the part's table."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.repairs = source.repairs
        self.rows = {table: {row.get("id"): row for row in rows} for table, rows in source.tables.items()}
        self.joined: dict[str, int] = defaultdict(int)
        self.parts: dict[tuple[str, str], Parts] = defaultdict(lambda: defaultdict(list))
        self.places: dict[tuple[str, str], None] = {}
        self._join_parts()

    def of(self, table: str, id: str) -> Parts:
        return self.parts.get((table, id), {})

    def known(self, table: str, id: str) -> bool:
        return id in self.rows.get(table, {})

    def follow(self, row: Row, column: str, kept: str) -> list[str]:
        """The ids that a cell names and that exist. One cell may name several; what leads nowhere is listed."""
        written = row.get(column)
        table = PARENTS[column]
        if not written or self.known(table, written):
            return [written] if written else []
        named = [part.strip() for part in written.split(",") if part.strip()]
        found = [id for id in named if self.known(table, id)]
        if found:
            self.repairs.at(row, f"one cell names {len(named)} {table}", f"{len(found)} of them are here and were used")
        else:
            self.repairs.at(row, f"it names {ONE[table]} {written[:40]}, which is not here", kept)
        return found

    def join_places(self) -> None:
        """Which service is given where: from the table of pairs, and from the location that an Ohana service names."""
        for row in self.source.tables.get("service_at_location", ()):
            pairs = self._pairs(row)
            self.places |= dict.fromkeys(pairs)
            if not pairs:
                self.source.skip("service_at_location")
        for row in self.rows.get("services", {}).values():
            for location in self.follow(row, "location_id", "the service was kept without it"):
                self.places[(row.get("id"), location)] = None

    def _joined(self, table: str) -> None:
        self.joined[table] += 1

    def _pairs(self, row: Row) -> list[tuple[str, str]]:
        if not row.get("service_id") or not row.get("location_id"):
            self.repairs.at(row, f"it names no {'location' if row.get('service_id') else 'service'}", "skipped")
            return []
        services = self.follow(row, "service_id", "skipped")
        locations = self.follow(row, "location_id", "skipped")
        return [(service, location) for service in services for location in locations]

    def targets(self, row: Row, kept: str) -> dict[str, str]:
        """The service, location and organization that a telephone or a schedule is for, each if it is here."""
        row = self._through(row, kept)
        found = {}
        for column, table in PARENTS.items():
            if ids := self.follow(row, column, kept):
                found[ONE[table]] = ids[0]
        return found

    def _through(self, row: Row, kept: str) -> Row:
        """A row that names a service at its location, a contact or a telephone is about what that one is about."""
        more: dict[str, str] = {}
        for column, table in (
            ("service_at_location_id", "service_at_location"),
            ("contact_id", "contacts"),
            ("phone_id", "phones"),
        ):
            between = self.rows.get(table, {}).get(row.get(column))
            if between is None and row.get(column):
                self.repairs.at(row, f"its {column[:-3]} {row.get(column)[:40]} is not here", kept)
            if between is not None and (column == "service_at_location_id" or not any(map(row.get, PARENTS))):
                more |= {name: between.get(name) for name in PARENTS if between.get(name) and not row.get(name)}
        return Row(row.file, row.line, row.place, row.values | more) if more else row

    def _join_parts(self) -> None:
        for table in PARTS:
            for row in self.source.tables.get(table, ()):
                self._join(table, row)
        for table in ASIDE:
            self._leave(table, self.source.tables.get(table, []))

    def _leave(self, table: str, rows: list[Row]) -> None:
        """Terms that a service carries are read; what describes the data alone is counted."""
        carried = {row.get("taxonomy_term_id") for row in self.source.tables.get("attributes", ())}
        used = [row for row in rows if table == "taxonomy_terms" and row.get("id") in carried]
        self.joined[table] += len(used)
        if left := len(rows) - len(used):
            self.source.skip(table, left)
            self.repairs.of_file(
                rows[0].file, f"{table}: {left} rows describe the data, not a service", "left aside", 0
            )

    def _join(self, table: str, row: Row) -> None:
        row = self._through(row, "kept without it")
        parents = [(PARENTS[column], column) for column in PARENTS if row.get(column)]
        if not parents and (linked := self._linked(row)):
            parents = [linked]
        if not parents:
            self.repairs.at(row, "it belongs to no service, location or organization", "skipped")
        owners = self._owners(row, parents)
        for owner in owners:
            self.parts[owner][table].append(row)
        (self._joined if owners else self.source.skip)(table)

    def _linked(self, row: Row) -> tuple[str, str] | None:
        """HSDS 3.0 attributes name what they belong to by its id alone."""
        found = next((table for table in PARENTS.values() if self.known(table, row.get("link_id"))), None)
        return (found, "link_id") if found else None

    def _owners(self, row: Row, parents: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """The service it belongs to, else the location, else the organization; what else it names is only looked at."""
        found = [(table, column) for table, column in parents if column == "link_id" or self._any(row, column, table)]
        kept = "kept with what else it names" if found else "skipped"
        ids = {
            table: [row.get(column)] if column == "link_id" else self.follow(row, column, kept)
            for table, column in parents
        }
        return [(table, id) for table, _ in found[:1] for id in ids[table]]

    def _any(self, row: Row, column: str, table: str) -> bool:
        return any(self.known(table, id.strip()) for id in (row.get(column), *row.get(column).split(",")))

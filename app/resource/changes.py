"""What an import will do, said before it is done, and then done exactly so: one plan, shown and applied."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from piccolo.table import Table

from app.data.engine import Row as Stored
from app.data.engine import Statement
from app.data.piccolo_conf import DB
from app.data.tables.resource import Directory, Location, Organization, Phone, Schedule, Service, ServiceAtLocation
from app.errors import Stale
from app.resource.hsds import Source
from app.resource.index import index
from app.resource.listing import TABLES, Entry, Listing
from app.resource.rows import Repair

BATCH = 200
Step = Callable[[int], None]

_DIRECTORY = Statement("SELECT d.id, d.sample, d.imported_at FROM directory d WHERE d.name = {name}")
_STORED = {
    "organizations": Statement(
        "SELECT t.id, t.source_id, t.digest FROM organization t WHERE t.directory = {directory}"
    ),
    "locations": Statement("SELECT t.id, t.source_id, t.digest FROM location t WHERE t.directory = {directory}"),
    "services": Statement(
        "SELECT t.id, t.source_id, t.digest, t.search FROM service t WHERE t.directory = {directory}"
    ),
    "phones": Statement("SELECT t.id, t.source_id, t.digest FROM phone t WHERE t.directory = {directory}"),
    "schedules": Statement("SELECT t.id, t.source_id, t.digest FROM schedule t WHERE t.directory = {directory}"),
}
_PLACES = Statement("""SELECT p.id, p.service, p.location FROM service_at_location p JOIN service s ON s.id = p.service
    WHERE s.directory = {directory}""")
_LAST = Statement("SELECT s.number FROM service s ORDER BY s.number DESC LIMIT 1")


@dataclass
class Count:
    """read: rows in the files. joined: rows that became part of the record they belong to. gone: not in the files any more."""

    read: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    skipped: int = 0
    joined: int = 0
    gone: int = 0


@dataclass
class Plan:
    """Everything that an import will write. `counts` by table and `repairs` tell it to a person."""

    name: str
    dialect: str
    sample: bool
    directory: UUID
    seen: datetime | None  # when the directory was last imported, as this plan knows it; None: it is new
    counts: dict[str, Count] = field(default_factory=dict)
    repairs: Sequence[Repair] = ()
    new: dict[str, list[tuple[UUID, Entry]]] = field(default_factory=dict)
    changed: dict[str, list[tuple[UUID, Entry]]] = field(default_factory=dict)
    gone: dict[str, list[UUID]] = field(default_factory=dict)
    ids: dict[tuple[str, str], UUID] = field(default_factory=dict)
    words: list[tuple[UUID, str]] = field(default_factory=list)
    places: list[tuple[UUID, UUID]] = field(default_factory=list)

    @property
    def steps(self) -> int:
        """Rows to write."""
        written = sum(len(rows) for rows in (*self.new.values(), *self.changed.values()))
        return written + sum(map(len, self.gone.values())) + len(self.words) + len(self.places)

    def told(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "directory": self.name,
            "dialect": self.dialect,
            "sample": self.sample,
            "tables": {table: asdict(count) for table, count in self.counts.items()},
            "repairs": [
                {"file": r.file, "line": r.line, "place": r.place, "problem": r.problem, "kept": r.kept}
                for r in self.repairs
            ],
        }


async def preview(source: Source, *, now: datetime, sample: bool = False) -> Plan:
    """Reads only."""
    listing = Listing(source, now.date())
    found = (await DB.run((_DIRECTORY, {"name": source.name})))[0]
    known: Stored = found[0] if found else {"id": uuid4(), "sample": False, "imported_at": None}
    plan = Plan(
        name=source.name,
        dialect=source.dialect,
        sample=sample or known["sample"],
        directory=known["id"],
        seen=known["imported_at"],
        repairs=source.repairs,
    )
    held = {"directory": plan.directory}
    *stored, pairs = await DB.run(*((statement, held) for statement in (*_STORED.values(), _PLACES)))
    _counted(plan, source, listing)
    for table, rows in zip(_STORED, stored, strict=True):
        _compare(plan, table, listing.entries[table], rows, table in source.whole)
    _compare_places(plan, listing, pairs, bool({"services", "service_at_location"} & source.whole))
    return plan


def _counted(plan: Plan, source: Source, listing: Listing) -> None:
    for table in dict.fromkeys((*TABLES, "service_at_location", *source.read)):
        count = Count(
            source.read.get(table, 0), skipped=source.skipped.get(table, 0), joined=listing.links.joined.get(table, 0)
        )
        if any(asdict(count).values()):
            plan.counts[table] = count


def _compare(plan: Plan, table: str, entries: dict[str, Entry], stored: list[Stored], whole: bool) -> None:
    count = plan.counts.setdefault(table, Count()) if entries or stored else Count()
    known = {row["source_id"]: row for row in stored}
    for source_id, entry in entries.items():
        row = known.get(source_id)
        plan.ids[(table, source_id)] = id = row["id"] if row else uuid4()
        if row is None:
            plan.new.setdefault(table, []).append((id, entry))
            count.new += 1
        elif row["digest"] != entry.digest:
            plan.changed.setdefault(table, []).append((id, entry))
            count.changed += 1
        else:
            count.same += 1
            if row.get("search", entry.search) != entry.search:
                plan.words.append((id, entry.search))
    if whole:  # a row whose digest is empty was gone before
        plan.gone[table] = [row["id"] for id, row in known.items() if id not in entries and row["digest"]]
        count.gone = len(plan.gone[table])


def _compare_places(plan: Plan, listing: Listing, stored: list[Stored], whole: bool) -> None:
    known = {(row["service"], row["location"]): row["id"] for row in stored}
    wanted = {
        (plan.ids[("services", service)], plan.ids[("locations", location)]): None
        for service, location in listing.places
    }
    plan.places = [pair for pair in wanted if pair not in known]
    plan.gone["places"] = [id for pair, id in known.items() if pair not in wanted] if whole else []
    if wanted or known:
        count = plan.counts.setdefault("service_at_location", Count())
        count.new, count.same, count.gone = len(plan.places), len(wanted) - len(plan.places), len(plan.gone["places"])


async def apply(plan: Plan, *, now: datetime, step: Step = lambda done: None) -> None:
    """All of the plan or nothing, in one transaction. Raises Stale when another import came between."""
    if not plan.steps and plan.seen is not None:
        return
    async with DB.transaction():
        await _claim(plan, now)
        await _remove(plan, step)
        for table in ("organizations", "locations", "services"):
            await _write(plan, table, step)
        await _insert(ServiceAtLocation, (ServiceAtLocation(service=s, location=p) for s, p in plan.places), step)
        for table in ("phones", "schedules"):
            await _write(plan, table, step)
        for id, words in plan.words:
            await Service.update({Service.search: words}).where(Service.id == id)
            step(1)
        await index()


async def _claim(plan: Plan, now: datetime) -> None:
    """The directory's own row; its time of import tells whether the plan is still about what is there."""
    if plan.seen is None:
        if await Directory.exists().where(Directory.name == plan.name):
            raise Stale
        row = Directory(id=plan.directory, name=plan.name, dialect=plan.dialect, sample=plan.sample, imported_at=now)
        await Directory.insert(row)
        return
    values: dict[Any, Any] = {
        Directory.imported_at: now,
        Directory.dialect: plan.dialect,
        Directory.sample: plan.sample,
    }
    mine = (Directory.id == plan.directory) & (Directory.imported_at == plan.seen)
    if not await Directory.update(values).where(mine).returning(Directory.id):
        raise Stale


async def _remove(plan: Plan, step: Step) -> None:
    """Numbers, hours and places that the source no longer gives go. A service stays for those who saved it, not listed."""
    gone: dict[str, type[Table]] = {"phones": Phone, "schedules": Schedule, "places": ServiceAtLocation}
    for name, table in gone.items():
        for ids in _batches(plan.gone.get(name, [])):
            await table.delete().where(table.id.is_in(ids))  # type: ignore[attr-defined]
            step(len(ids))
    unlisted: dict[str, tuple[type[Table], dict[Any, Any]]] = {
        "organizations": (Organization, {Organization.digest: ""}),
        "locations": (Location, {Location.digest: ""}),
        "services": (Service, {Service.digest: "", Service.state: "inactive"}),
    }
    for name, (table, values) in unlisted.items():
        for ids in _batches(plan.gone.get(name, [])):
            await table.update(values).where(table.id.is_in(ids))  # type: ignore[attr-defined]
            step(len(ids))


async def _write(plan: Plan, table: str, step: Step) -> None:
    made = TABLES[table]
    number = await _last_number() if table == "services" else 0
    fresh = plan.new.get(table, [])
    await _insert(
        made, (made(**_columns(plan, table, id, entry, number + n)) for n, (id, entry) in enumerate(fresh, 1)), step
    )
    for id, entry in plan.changed.get(table, []):
        columns = _columns(plan, table, id, entry)
        await made.update({name: value for name, value in columns.items() if name != "id"}).where(made.id == id)  # type: ignore[attr-defined]
        step(1)


def _columns(plan: Plan, table: str, id: UUID, entry: Entry, number: int = 0) -> dict[str, Any]:
    columns = {
        "id": id,
        "directory": plan.directory,
        "source_id": entry.source_id,
        "digest": entry.digest,
    } | entry.values
    refs = {
        "services": ("organization",),
        "phones": ("service", "location", "organization"),
        "schedules": ("service", "location"),
    }
    for column in refs.get(table, ()):
        target = entry.refs.get(column)
        columns[column] = plan.ids[(f"{column}s", target)] if target else None
    if table == "services":
        columns |= {"search": entry.search} | ({"number": number} if number else {})
    return columns


async def _last_number() -> int:
    rows = (await DB.run((_LAST, {})))[0]
    return rows[0]["number"] if rows else 0


async def _insert(table: type[Table], rows: Iterable[Table], step: Step) -> None:
    for batch in _batches(list(rows)):
        await table.insert(*batch)
        step(len(batch))


def _batches(many: list[Any]) -> Iterable[list[Any]]:
    return (many[at : at + BATCH] for at in range(0, len(many), BATCH))

"""What a client keeps of the directory, what their team suggests to them, and what people report about a listing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from app.access import Access, Action, Category, Listing, Viewer
from app.data.engine import Row, Statement
from app.data.piccolo_conf import DB
from app.data.tables.resource import ResourceReport, SavedResource, Service
from app.errors import NotFound, Refused
from app.language import _, lazy
from app.resource.found import SLOTS, Found, listings_of
from app.resource.needs import NEEDS

KEPT = Listing(
    "saved_resource",
    Category.RESOURCES,
    f"""SELECT t.id, t.service, t.saved_at, t.recommended_at, t.note, p.called_name AS suggested_by
    FROM saved_resource t LEFT JOIN person p ON p.id = t.recommended_by
    WHERE t.client = {{client}} AND {{reach}} AND t.removed_at IS NULL ORDER BY t.dated DESC, t.id LIMIT {SLOTS}""",
    sealed=("note",),
)
ON_IT = Listing(
    "saved_resource",
    Category.RESOURCES,
    """SELECT t.id, t.service, t.saved_at, t.recommended_at, t.note, p.called_name AS suggested_by
    FROM saved_resource t LEFT JOIN person p ON p.id = t.recommended_by
    WHERE t.client = {client} AND t.service = {service} AND {reach} AND t.removed_at IS NULL""",
    sealed=("note",),
)
DOMAINS = Listing(
    "goal",
    Category.GOALS,
    """SELECT t.id, t.domain FROM goal t WHERE t.client = {client} AND {reach} AND t.lifecycle = 'active'
       ORDER BY t.position, t.id LIMIT 20""",
)
# The life domains of a plan, and the kind of help that belongs to each.
HELP_FOR = {
    "housing": "housing", "home": "housing", "finances": "benefits", "money": "benefits", "benefits": "benefits",
    "work": "employment", "employment": "employment", "education": "education", "legal": "legal", "nutrition": "food",
    "food": "food", "transport": "transport", "transportation": "transport", "physical-health": "medical",
    "mental-health": "therapy", "emotional-health": "therapy", "substance-use": "recovery", "family": "family",
    "relationships": "family", "social": "peer", "social-health": "peer", "medication": "psychiatric",
}  # fmt: skip
USUAL = ("housing", "food", "transport")

Values = dict[Any, Any]
REPORTS = {
    "dead_number": lazy("The number does not work"),
    "full": lazy("They are full"),
    "wrong_hours": lazy("The hours are wrong"),
    "closed": lazy("It is closed for good"),
    "other": lazy("Something else is wrong"),
}
_HOLD = Statement("UPDATE service SET reports = reports WHERE id = {service} RETURNING id")
_MINE = Statement("""SELECT r.id, r.kind FROM resource_report r
    WHERE r.service = {service} AND r.person = {person} AND r.resolved_at IS NULL""")
_OPEN = Statement("""SELECT r.kind, r.reported_at FROM resource_report r
    WHERE r.service = {service} AND r.resolved_at IS NULL ORDER BY r.reported_at DESC LIMIT 50""")
_RECOUNT = Statement("""UPDATE service SET reports = (SELECT COUNT(*) FROM resource_report r
    WHERE r.service = {service} AND r.resolved_at IS NULL) WHERE id = {service}""")


@dataclass(frozen=True, slots=True)
class Kept:
    """One service on a client's list. suggested_by: who of the team suggested it, and `note` what they wrote."""

    listing: Found
    saved: bool
    suggested_by: str
    suggested_at: datetime | None
    note: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a client keeps: suggestions of the team first, then what they found themselves, each newest first."""

    suggested: list[Kept]
    found: list[Kept]

    @property
    def services(self) -> frozenset[UUID]:
        return frozenset(one.listing.id for one in (*self.suggested, *self.found))


async def shelf(access: Access, *, zone: str) -> Shelf:
    """Empty where this category is not within the viewer's reach."""
    rows = (await access.read(KEPT))[0]
    listings = await listings_of([row["service"] for row in rows], now=access.now, zone=zone)
    kept = [_kept(row, listings[row["service"]]) for row in rows]
    return Shelf([one for one in kept if one.suggested_by], [one for one in kept if not one.suggested_by])


def _kept(row: Row, listing: Found) -> Kept:
    return Kept(
        listing, row["saved_at"] is not None, row["suggested_by"] or "", row["recommended_at"], row["note"] or ""
    )


@dataclass(frozen=True, slots=True)
class Mark:
    """How one service stands on the client's list."""

    kept: bool = False
    suggested_by: str = ""
    note: str = ""


async def mark(access: Access, service: UUID) -> Mark:
    rows = (await access.read((ON_IT, {"service": service})))[0]
    return Mark(True, rows[0]["suggested_by"] or "", rows[0]["note"] or "") if rows else Mark()


async def usual_needs(access: Access) -> list[str]:
    """Three kinds of help to begin with: those of the plan's goals, then the ones most people come for."""
    rows = (await access.read(DOMAINS, looks=False))[0]
    named = [HELP_FOR.get(row["domain"], row["domain"]) for row in rows]
    return list(dict.fromkeys(need for need in (*named, *USUAL) if need in NEEDS))[:3]


async def keep(access: Access, service: UUID, *, kept: bool) -> None:
    """The client saves a service or takes it off their list; doing it twice is doing it once, and each undoes the other.

    Raises NotFound for a service that does not exist, Refused for anyone but the client.
    """
    async with access.write(Category.RESOURCES, Action.EDIT) as work:
        if not access.is_own:
            raise Refused
        await _known(service)
        row = await _row(access, service)
        on_it = row is not None and row["removed_at"] is None
        if row is None and kept:
            await work.insert(_new(access, service, saved_at=access.now), action="save")
        elif row is not None and kept and not (on_it and row["saved_at"]):
            values: Values = {SavedResource.removed_at: None, SavedResource.saved_at: access.now}
            await work.update(SavedResource, row["id"], values, action="save")
        elif row is not None and on_it and not kept:
            await work.update(SavedResource, row["id"], {SavedResource.removed_at: access.now}, action="remove")


async def suggest(access: Access, service: UUID, *, note: str) -> None:
    """Somebody of the team puts a service on the client's list, with a word why. Raises NotFound or Refused."""
    async with access.write(Category.RESOURCES, Action.PROPOSE) as work:
        if access.viewer.kind != "staff":
            raise Refused
        await _known(service)
        mine = {"recommended_by": access.viewer.person, "recommended_at": access.now, "removed_at": None}
        row = await _row(access, service)
        if row is None:
            await work.insert(_new(access, service, **mine), texts={"note": note or None}, action="recommend")
            return
        values = {getattr(SavedResource, name): value for name, value in mine.items()} | {
            SavedResource.dated: access.now
        }
        await work.update(SavedResource, row["id"], values, texts={"note": note or None}, action="recommend")


async def withdraw(access: Access, service: UUID) -> None:
    """The team takes its suggestion back; what the client saved for themselves stays on their list."""
    async with access.write(Category.RESOURCES, Action.PROPOSE) as work:
        if access.viewer.kind != "staff":
            raise Refused
        row = await _row(access, service)
        if row is None or row["recommended_by"] is None:
            raise NotFound
        values: Values = {
            SavedResource.recommended_by: None,
            SavedResource.recommended_at: None,
            SavedResource.note: None,
        }
        if row["saved_at"] is None:
            values[SavedResource.removed_at] = access.now
        await work.update(SavedResource, row["id"], values, action="withdraw")


def _new(access: Access, service: UUID, **values: Any) -> SavedResource:
    return SavedResource(
        id=uuid4(), client=access.client, service=service, dated=access.now, author=access.viewer.person, **values
    )


async def _known(service: UUID) -> None:
    """Raises NotFound. Holds the service until the transaction ends, so that two taps at once are one after the other."""
    if not (await DB.run((_HOLD, {"service": service})))[0]:
        raise NotFound


async def _row(access: Access, service: UUID) -> Row | None:
    """Inside `access.write`, which has decided: one client keeps one row for a service, whoever put it there."""
    columns = (SavedResource.id, SavedResource.saved_at, SavedResource.removed_at, SavedResource.recommended_by)
    mine = (SavedResource.client == access.client) & (SavedResource.service == service)
    rows: list[Row] = await SavedResource.select(*columns).where(mine)
    return rows[0] if rows else None


def named() -> list[tuple[str, str]]:
    """What can be reported, in the reader's language."""
    return [(kind, _(words)) for kind, words in REPORTS.items()]


async def report(viewer: Viewer, service: UUID, kind: str) -> None:
    """One open report for each person and service; a second one says it better. It sinks the listing until it is settled.

    A report is about the listing and names nobody's record. Raises NotFound for a service that does not exist.
    """
    async with DB.transaction():
        await _known(service)
        mine = (await DB.run((_MINE, {"service": service, "person": viewer.person})))[0]
        if mine:
            await ResourceReport.update({ResourceReport.kind: kind}).where(ResourceReport.id == mine[0]["id"])
        else:
            await ResourceReport.insert(ResourceReport(service=service, person=viewer.person, kind=kind))
        await DB.run((_RECOUNT, {"service": service}))


async def take_back(viewer: Viewer, service: UUID, *, now: datetime) -> None:
    """The person's own open report, if there is one. Raises NotFound for a service that does not exist."""
    async with DB.transaction():
        await _known(service)
        await _resolve(ResourceReport.person == viewer.person, viewer, service, now)


async def settle(viewer: Viewer, service: UUID, *, now: datetime) -> None:
    """Somebody of the staff has looked: every open report is done with, and the listing is vouched for today."""
    if viewer.kind != "staff":
        raise Refused
    async with DB.transaction():
        await _known(service)
        await _resolve(ResourceReport.person.is_not_null(), viewer, service, now)
        await Service.update({Service.assured: now.date()}).where(Service.id == service)


async def _resolve(whose: Any, viewer: Viewer, service: UUID, now: datetime) -> None:
    values: Values = {ResourceReport.resolved_at: now, ResourceReport.resolved_by: viewer.person}
    mine = (ResourceReport.service == service) & ResourceReport.resolved_at.is_null()
    await ResourceReport.update(values).where(mine, whose)
    await DB.run((_RECOUNT, {"service": service}))


async def my_report(viewer: Viewer, service: UUID) -> str:
    """The kind of this person's open report, or ""."""
    rows = (await DB.run((_MINE, {"service": service, "person": viewer.person})))[0]
    return rows[0]["kind"] if rows else ""


async def open_reports(service: UUID) -> list[Row]:
    """For staff: what was reported and when, newest first; not by whom."""
    return (await DB.run((_OPEN, {"service": service})))[0]

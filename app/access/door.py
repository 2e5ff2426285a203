"""The only door to client data. The check and the fetch are one act: what comes out was reached, and the look is on record.

A feature names what it reads as `Listing`s and writes inside `access.write(...)`. It has no other way to a client's rows.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from app.access.clock import authority_holds, grant_holds
from app.access.facts import Action, Category, Kind, Label, Mask, Viewer
from app.access.log import Event, append, record
from app.access.reach import Lane, bindings, conditions, reach
from app.access.ties import Loaded, load, through_the_eyes_of
from app.access.work import Work
from app.data.engine import Row, Statement
from app.data.piccolo_conf import DB
from app.data.sealing import Keys, Seal
from app.errors import NotFound, Refused

# PostgreSQL: one act at a time in one record, so that what is looked up before a write still holds when it is written.
LOCK = Statement("SELECT consent_epoch FROM client WHERE id = {client} FOR NO KEY UPDATE")


@dataclass(frozen=True)
class Listing:
    """One kind of row that is read.

    sql selects from `table t` and holds `{reach}`; `{client}`, `{viewer}` and `{now}` are bound.

    sealed: the columns that come out as text; `id` must be selected with them. sections: the table has a section_bit.
    thread: the column that names the thread. `{mask}` in the select gives each row's Mask.
    """

    table: str
    category: Category
    sql: str
    sealed: tuple[str, ...] = ()
    sections: bool = False
    thread: str = ""
    compiled: dict[tuple[Any, ...], Statement] = field(default_factory=dict, compare=False, repr=False)

    def statement(self, lanes: tuple[Lane, ...]) -> Statement:
        shape = tuple(lane.shape for lane in lanes)
        if shape not in self.compiled:
            found = conditions(lanes, sections=self.sections, thread=self.thread)
            cases = " ".join(
                f"WHEN {condition} THEN {int(lane.mask)}" for condition, lane in zip(found, lanes, strict=True)
            )
            alike = len({lane.mask for lane in lanes}) == 1
            mask = str(int(lanes[0].mask)) if alike else f"CASE {cases} END"
            text = self.sql.replace("{reach}", "(" + " OR ".join(found) + ")").replace("{mask}", mask)
            self.compiled[shape] = Statement(text)
        return self.compiled[shape]


Wanted = Listing | tuple[Listing, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Trace:
    """Where a look comes from, for the log."""

    request_id: str = ""
    address: str = ""
    channel: str = "page"


@dataclass(frozen=True, slots=True)
class Access:
    """What one viewer may reach of one client at `now`. Made anew for every request; nothing of it is kept."""

    viewer: Viewer
    loaded: Loaded
    keys: Keys
    now: datetime
    trace: Trace = Trace()
    base: str = ""
    unread: int = 0
    preview: bool = False  # the client looks with the eyes of one of their people: nothing is written, nothing recorded
    found: dict[tuple[Category, Action], tuple[Lane, ...]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def client(self) -> UUID:
        return self.loaded.ties.client

    @property
    def is_own(self) -> bool:
        """The viewer is the client."""
        return self.viewer.person == self.client

    @property
    def recorded(self) -> bool:
        """The client's own looks are theirs alone, also those with somebody else's eyes."""
        return not self.is_own and not self.preview

    @property
    def redisclosure(self) -> bool:
        """What is open here may be substance-use information under a consent: 42 CFR 2.32's notice goes with every page."""
        if self.viewer.kind not in (Kind.SUPPORTER, Kind.EXTERNAL):
            return False
        ties = self.loaded.ties
        by_consent = any(grant.labels & Label.SUD and grant_holds(grant, ties, self.now) for grant in ties.grants)
        return (
            ties.part2
            or by_consent
            or any(
                authority.labels & Label.SUD and authority_holds(authority, ties, self.now)
                for authority in ties.authorities
            )
        )

    @property
    def relationship(self) -> UUID | None:
        return self.loaded.ties.relationship

    @property
    def seal(self) -> Seal:
        return self.keys.of_client(self.client, self.loaded.wrapped)

    def lanes(self, category: Category, action: Action = Action.SEE) -> tuple[Lane, ...]:
        """The same facts give the same answer, so a page that asks twenty times for its buttons is answered once."""
        asked = (category, action)
        if asked not in self.found:
            self.found[asked] = reach(self.viewer, self.loaded.ties, category, action, self.now)
        return self.found[asked]

    def may(self, category: Category, action: Action = Action.SEE) -> bool:
        """Is anything of this category open for this act? For showing a place or a button; the act itself decides again."""
        return any(lane.mask <= Mask.SAFE for lane in self.lanes(category, action))

    def shows(self, category: str) -> bool:
        """For the layouts: is there a place for this category at all?"""
        return self.may(Category[category])

    def need(self, category: Category, action: Action) -> None:
        """For a page that only holds a form: NotFound where nothing of this is within reach, Refused where the act is not."""
        if not self.may(category):
            raise NotFound
        if not self.may(category, action):
            raise Refused

    async def read(self, *wanted: Wanted, looks: bool = True) -> list[list[Row]]:
        """The rows of each listing that the viewer reaches, unsealed, in one hop; the look is on disk when this returns.

        looks=False is for counts and dots that show nothing of a record.
        """
        pairs = [(one, {}) if isinstance(one, Listing) else one for one in wanted]
        lanes = [tuple(lane for lane in self.lanes(one.category) if lane.mask <= Mask.SAFE) for one, _ in pairs]
        asked = [
            (listing.statement(found), self._values(found) | dict(values))
            for (listing, values), found in zip(pairs, lanes, strict=True)
            if found
        ]
        answers = iter(await DB.run(*asked)) if asked else iter(())
        rows = [next(answers) if found else [] for found in lanes]
        if any(listing.sealed for listing, _ in pairs):
            seal = self.seal
            for (listing, _), found_rows in zip(pairs, rows, strict=True):
                unseal(seal, listing, found_rows)
        if looks and self.recorded:
            await self._record(pairs, lanes, rows)
        return rows

    async def open(self, listing: Listing, id: UUID, **values: Any) -> Row:
        """One row by its id. Raises NotFound when it is absent or out of reach; nobody can tell which."""
        rows = (await self.read((listing, {"id": id} | values)))[0]
        if not rows:
            if self.recorded:
                await record(self.event("open", listing.category, id, effect="deny"))
            raise NotFound
        return rows[0]

    async def masked(self, listing: Listing, **values: Any) -> list[Row]:
        """Rows that staff may know exist and no more; `listing` must select nothing but ids and times."""
        all_lanes = self.lanes(listing.category)
        hidden = tuple(lane for lane in all_lanes if lane.mask is Mask.EXISTS)
        if not hidden:
            return []
        return (await DB.run((listing.statement(hidden), self._values(hidden) | values)))[0]

    @asynccontextmanager
    async def write(self, category: Category, action: Action) -> AsyncIterator[Work]:
        """One transaction in which the facts are read again and the decision is made again.

        The change, its events and its outbox rows commit together or not at all. Raises NotFound when nothing of the
        category is within reach any more, Refused when it is but not for this act.
        """
        if self.preview:
            raise Refused
        async with DB.transaction():
            now = await self.again()
            work = Work(now, category, action)
            work.check()
            yield work
            await append(work.events)

    async def again(self) -> "Access":
        """The same door over the facts as they stand inside the open transaction; a revocation waits or has happened."""
        if DB.postgres:
            await DB.run((LOCK, {"client": self.client}))
        loaded = await load(self.viewer, client=self.client, relationship=self.relationship)
        if loaded is None:
            raise NotFound
        return replace(self, loaded=loaded, now=max(self.now, datetime.now(UTC)), found={})

    def event(self, action: str, category: Category | None = None, item: UUID | None = None, **more: Any) -> Event:
        ties = self.loaded.ties
        return Event(
            action=action,
            actor=self.viewer.person,
            acting_as=self.viewer.role or self.viewer.kind.value,
            client=ties.client,
            category=category.name.lower() if category is not None else "",
            item=item,
            request_id=self.trace.request_id,
            address=self.trace.address,
            session=self.viewer.session,
            at=self.now,
            **({"channel": self.trace.channel} | more),
        )

    def _values(self, lanes: tuple[Lane, ...]) -> dict[str, Any]:
        return {"client": self.client, "viewer": self.viewer.person, "now": self.now} | bindings(lanes)

    async def _record(
        self,
        pairs: Sequence[tuple[Listing, Mapping[str, Any]]],
        lanes: Sequence[tuple[Lane, ...]],
        rows: list[list[Row]],
    ) -> None:
        """One event per category that was shown, with what let the viewer in."""
        seen: dict[Category, Event] = {}
        for (listing, values), found, found_rows in zip(pairs, lanes, rows, strict=True):
            if found and (found_rows or self.viewer.kind is Kind.STAFF) and listing.category not in seen:
                basis, basis_id = found[0].basis, found[0].basis_id
                item = values.get("id")
                seen[listing.category] = self.event("look", listing.category, item, basis=basis, basis_id=basis_id)
        if seen:
            await record(*seen.values())


async def preview_of(
    viewer: Viewer, keys: Keys, now: datetime, of: UUID, *, trace: Trace = Trace(), base: str = ""
) -> Access:
    """The client's record as one of their people sees it: of is the relationship or, for what they would see, the draft of
    a consent. It is the same decision with that person as the viewer; only writing and the log are left out.

    Raises NotFound for anyone but the client, and where that person sees nothing.
    """
    if viewer.kind is not Kind.CLIENT:
        raise NotFound
    found = await through_the_eyes_of(viewer.person, of, now)
    if found is None:
        raise NotFound
    eyes, loaded = found
    access = Access(
        replace(eyes, zone=viewer.zone, language=viewer.language), loaded, keys, now, trace, base, preview=True
    )
    if not any(access.lanes(category) for category in Category):
        raise NotFound
    return access


def unseal(seal: Seal, listing: Listing, rows: list[Row]) -> None:
    for row in rows:
        for column in listing.sealed:
            if row[column] is not None:
                row[column] = seal.open_bytes(listing.table, column, row["id"], row[column]).decode()


async def access_of(
    viewer: Viewer,
    keys: Keys,
    now: datetime,
    *,
    client: UUID | None = None,
    relationship: UUID | None = None,
    trace: Trace = Trace(),
    base: str = "",
) -> Access:
    """Open the door for a viewer: to their own record, by relationship, or (staff) to a client by id.

    Raises NotFound when nothing at all lies within this viewer's reach there; a supporter whose sharing has ended and one
    who never had any meet the same page.
    """
    if viewer.kind is Kind.CLIENT and (relationship or client not in (None, viewer.person)):
        raise NotFound
    loaded = await load(viewer, client=client, relationship=relationship)
    if loaded is None:
        raise NotFound
    access = Access(viewer, loaded, keys, now, trace, base)
    if not access.is_own and not any(access.lanes(category) for category in Category):
        await record(access.event("open", effect="deny"))
        raise NotFound
    return access

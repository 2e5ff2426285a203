"""The door to lists over several clients: a worker's caseload, a supervisor's teams. Staff only.

A list is one look that names the list; opening a person from it is a look at that person. Who stands on it follows from the
care team and the clock, as `decide()` says it for each client; a property test holds the two together.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.access.decision import PEER_ACTIONS
from app.access.door import Trace
from app.access.facts import AUTHOR_ONLY, Action, Category, Flag, Kind, Label, Role, Viewer
from app.access.log import Event, record
from app.data.engine import Row, Statement
from app.data.piccolo_conf import DB
from app.data.sealing import Keys

_UNBLOCKED = """NOT EXISTS (SELECT 1 FROM block b WHERE b.client = ct.client AND b.person = {viewer}
      AND b.starts_at <= {now} AND (b.until IS NULL OR b.until > {now}))"""
_NOW = "ct.starts_at <= {now} AND (ct.ends_at IS NULL OR ct.ends_at > {now})"
_CASELOAD = f"""WITH mine AS (
    SELECT DISTINCT ct.client AS client FROM care_team ct
     WHERE ct.staff = {{viewer}} AND {_NOW} AND {_UNBLOCKED}) """
_TEAM = f"""WITH mine AS (
    SELECT DISTINCT ct.client AS client FROM care_team ct
      JOIN staff s ON s.person = ct.staff JOIN team w ON w.id = s.team
     WHERE w.supervisor = {{viewer}} AND {_NOW} AND {_UNBLOCKED}) """
_EVERYBODY = """WITH mine AS (
    SELECT c.id AS client FROM client c WHERE c.closed_at IS NULL
       AND NOT EXISTS (SELECT 1 FROM block b WHERE b.client = c.id AND b.person = {viewer}
         AND b.starts_at <= {now} AND (b.until IS NULL OR b.until > {now}))) """
_WORKS_IN = "(SELECT w.programme FROM staff s JOIN team w ON w.id = s.team WHERE s.person = {viewer})"
_ITEM = f"""((t.flags & {int(Flag.MINE_ONLY)}) = 0 AND ((t.labels & {int(AUTHOR_ONLY)}) = 0 OR t.author = {{viewer}})
    AND ((t.labels & {int(Label.SUD)}) = 0 OR c.programme = {_WORKS_IN}))"""
# What a peer, and the front desk, may know of.
_PEER_ITEM = f"((t.flags & {int(Flag.MINE_ONLY)}) = 0 AND (t.labels & {int(Label.SUD | AUTHOR_ONLY)}) = 0)"


@dataclass(frozen=True)
class DeskListing:
    """One list over several clients.

    sql selects `FROM mine JOIN client c ON c.id = mine.client ...`; where it shows rows of a record, they are `t` and
    `{item}` stands in its conditions. `{viewer}` and `{now}` are bound. Sealed columns need `client` and `wrapped`
    (client_key's) among the columns. sealed: output column -> (table, column, the output column with the row's id).
    supervised: over the clients of the teams that the viewer supervises instead of the viewer's own caseload.
    front_desk: over all open clients, for the front desk, who may know when, where and with whom a visit is.
    """

    name: str
    category: Category
    sql: str
    sealed: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    supervised: bool = False
    front_desk: bool = False
    compiled: dict[bool, Statement] = field(default_factory=dict, compare=False, repr=False)

    def statement(self, peer: bool) -> Statement:
        if peer not in self.compiled:
            start = _EVERYBODY if self.front_desk else _TEAM if self.supervised else _CASELOAD
            self.compiled[peer] = Statement(
                start + self.sql.replace("{item}", _PEER_ITEM if peer or self.front_desk else _ITEM)
            )
        return self.compiled[peer]


@dataclass(frozen=True, slots=True)
class Desk:
    """What one staff member may list at `now`."""

    viewer: Viewer
    keys: Keys
    now: datetime
    trace: Trace = Trace()

    def may(self, listing: DeskListing) -> bool:
        viewer = self.viewer
        if listing.front_desk:
            desk = viewer.kind is Kind.STAFF and viewer.enabled and viewer.role is Role.FRONT_DESK
            return desk and listing.category is Category.APPOINTMENTS
        if viewer.kind is not Kind.STAFF or not viewer.enabled or viewer.role in (Role.ADMIN, Role.FRONT_DESK):
            return False
        if listing.supervised:
            # A supervisor sees that there are messages, not what they say: that takes a reason, client by client.
            return viewer.role is Role.SUPERVISOR and listing.category is not Category.MESSAGES
        if viewer.role is Role.PEER:
            return Action.SEE in PEER_ACTIONS.get(listing.category, Action(0)) and listing.category is Category.GOALS
        return True

    async def read(
        self, *wanted: tuple[DeskListing, Mapping[str, Any]] | DeskListing, looks: bool = True
    ) -> list[list[Row]]:
        """The rows of each list, unsealed with each client's own key, in one hop; the look is on disk when this returns."""
        pairs = [(one, {}) if isinstance(one, DeskListing) else one for one in wanted]
        peer = self.viewer.role is Role.PEER
        common = {"viewer": self.viewer.person, "now": self.now}
        open_to = [self.may(listing) for listing, _ in pairs]
        asked = [
            (listing.statement(peer), common | dict(values))
            for (listing, values), may in zip(pairs, open_to, strict=True)
            if may
        ]
        answers = iter(await DB.run(*asked)) if asked else iter(())
        rows = [next(answers) if may else [] for may in open_to]
        for (listing, _), found in zip(pairs, rows, strict=True):
            self._unseal(listing, found)
        if looks:
            await record(*(self._event(listing) for (listing, _), may in zip(pairs, open_to, strict=True) if may))
        return rows

    def _unseal(self, listing: DeskListing, rows: list[Row]) -> None:
        if not listing.sealed:
            return
        for row in rows:
            wrapped = row.pop("wrapped")
            seal = None
            for output, (table, column, id_column) in listing.sealed.items():
                if row[output] is not None:
                    seal = seal or self.keys.of_client(row["client"], wrapped)
                    row[output] = seal.open_bytes(table, column, row[id_column], row[output]).decode()

    def _event(self, listing: DeskListing) -> Event:
        return Event(
            action="list",
            actor=self.viewer.person,
            acting_as=self.viewer.role or "",
            category=listing.category.name.lower(),
            reason=listing.name,
            channel=self.trace.channel,
            request_id=self.trace.request_id,
            address=self.trace.address,
            session=self.viewer.session,
            at=self.now,
        )

"""Writing inside the door: the rows one act touches, in one transaction, each change with its event."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from piccolo.columns import Column
from piccolo.table import Table

from app.access.facts import Action, Category, Mask
from app.access.log import Event
from app.data.engine import Row
from app.data.piccolo_conf import DB
from app.data.tables.care import Client
from app.errors import NotFound, Refused, Stale

if TYPE_CHECKING:
    from app.access.door import Access, Listing


class Work:
    """One act of one viewer. `access` holds the facts as they stand in this transaction."""

    def __init__(self, access: "Access", category: Category, action: Action) -> None:
        self.access = access
        self.category = category
        self.action = action
        self.events: list[Event] = []
        self.seal = access.seal

    def check(self) -> None:
        if not any(lane.mask <= Mask.SAFE for lane in self.access.lanes(self.category)):
            raise NotFound
        if not any(lane.mask <= Mask.SAFE for lane in self.access.lanes(self.category, self.action)):
            raise Refused

    async def open(self, listing: "Listing", id: UUID, **values: Any) -> Row:
        """The row to be changed, if the viewer reaches it for this very act. Raises NotFound or Refused."""
        access = self.access
        row = await access.open(listing, id, **values) if access.is_own else await self._seen(listing, id, values)
        if self.action is Action.SEE:
            return row
        lanes = tuple(lane for lane in access.lanes(listing.category, self.action) if lane.mask <= Mask.SAFE)
        bound = access._values(lanes) | {"id": id} | values
        if not lanes or not (await DB.run((listing.statement(lanes), bound)))[0]:
            raise Refused
        return row

    async def _seen(self, listing: "Listing", id: UUID, values: Mapping[str, Any]) -> Row:
        """As `Access.open`, but the look is not a separate event: the act itself will be one."""
        rows = (await self.access.read((listing, {"id": id} | dict(values)), looks=False))[0]
        if not rows:
            raise NotFound
        return rows[0]

    async def insert(
        self, row: Table, *, texts: Mapping[str, str | None] | None = None, action: str = "create"
    ) -> None:
        """texts: column name -> plain text, sealed here."""
        for column, text in (texts or {}).items():
            setattr(row, column, self.seal.seal(row._meta.tablename, column, row.id, text))  # type: ignore[attr-defined]
        await type(row).insert(row)
        self.note(action, row.id)  # type: ignore[attr-defined]

    async def update(
        self,
        table: type[Table],
        id: UUID,
        values: Mapping[Column, Any] | None = None,
        *,
        texts: Mapping[str, str | None] | None = None,
        version: int | None = None,
        action: str = "change",
    ) -> None:
        """version: what the form was made from; raises Stale when somebody saved in between."""
        changes: dict[Any, Any] = dict(values or {})
        for column, text in (texts or {}).items():
            changes[getattr(table, column)] = self.seal.seal(table._meta.tablename, column, id, text)
        query = table.update(changes).where(table.id == id, table.client == self.access.client)  # type: ignore[attr-defined]
        if version is not None:
            changes[table.version] = version + 1  # type: ignore[attr-defined]
            query = table.update(changes).where(
                table.id == id,  # type: ignore[attr-defined]
                table.client == self.access.client,  # type: ignore[attr-defined]
                table.version == version,  # type: ignore[attr-defined]
            )
        if not await query.returning(table.id):  # type: ignore[attr-defined]
            raise Stale if version is not None else NotFound
        self.note(action, id)

    async def remove(self, table: type[Table], id: UUID, *, action: str = "remove") -> None:
        """For words of a draft that only their author has seen; anything else gets an end and stays."""
        await table.delete().where(table.id == id, table.client == self.access.client)  # type: ignore[attr-defined]
        self.note(action, id)

    def note(self, action: str, item: UUID | None = None, category: Category | None = None, **more: Any) -> None:
        """Put one more event on record with this act."""
        lanes = self.access.lanes(category or self.category, self.action)
        basis = {"basis": lanes[0].basis, "basis_id": lanes[0].basis_id} if lanes else {}
        self.events.append(self.access.event(action, category or self.category, item, **(basis | more)))


async def raise_epoch(client: UUID) -> None:
    """Who may reach what has changed; open pages are to notice. Within the transaction of the change."""
    await Client.update({Client.consent_epoch: Client.consent_epoch + 1}).where(Client.id == client)

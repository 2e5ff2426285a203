"""What a supervisor does with it: put it with a record, set it aside, or take either back."""

from typing import Any
from uuid import UUID, uuid4

from app.access import Action, Category, Desk
from app.access.log import append
from app.data.engine import Row
from app.data.piccolo_conf import DB
from app.data.tables.telling import Telling
from app.errors import Stale
from app.record.contacts import Outsider, keep_from_outside, take_out
from app.telling.reading import door, event, need, opened, row_of
from app.telling.words import ASIDE, NEW, SEALED, TAKEN


async def put_with(desk: Desk, id: UUID, client: UUID, *, in_confidence: bool) -> None:
    """It becomes a contact of the client's record, under their key. Told in confidence it stays so; in_confidence: also by
    the supervisor's own judgement.

    Twice is once. Raises NotFound (also for a client out of reach), Refused, or Stale when somebody else has settled it.
    """
    need(desk)
    access = await door(desk, client)
    async with access.write(Category.NOTES_SHARED, Action.EDIT) as work:
        row = await row_of(id)
        if row["state"] == TAKEN and row["client"] == client:
            return
        words, contact = opened(desk, row) if row["state"] == NEW else {}, uuid4()
        settled: dict[Any, Any] = {Telling.client: client, Telling.contact: contact}
        await _turn(row, NEW, TAKEN, desk, settled | {getattr(Telling, column): None for column in SEALED})
        text = words.pop("text")
        confided = in_confidence or row["in_confidence"]
        await keep_from_outside(work, contact, Outsider(**words), text, row["at"], in_confidence=confided)


async def set_aside(desk: Desk, id: UUID, reason: str) -> None:
    """It is in nobody's record, and is kept with the reason. Twice is once. Raises NotFound, or Stale as `put_with`."""
    need(desk)
    async with DB.transaction():
        row = await row_of(id)
        if row["state"] == ASIDE:
            return
        sealed = desk.keys.own().seal("telling", "reason", id, reason)
        await _turn(row, NEW, ASIDE, desk, {Telling.reason: sealed})
        await append([event(desk, "telling-aside", id)])


async def undo(desk: Desk, id: UUID) -> None:
    """It is new again, with all its words; what stood in a record leaves it. Raises NotFound, Refused or Stale."""
    need(desk)
    row = await row_of(id)
    if row["state"] == TAKEN:
        await _back_from_record(desk, row)
    elif row["state"] == ASIDE:
        async with DB.transaction():
            await _turn(row, ASIDE, NEW, desk, {Telling.reason: None})
            await append([event(desk, "telling-undone", id)])


async def _back_from_record(desk: Desk, row: Row) -> None:
    access = await door(desk, row["client"])
    async with access.write(Category.NOTES_SHARED, Action.EDIT) as work:
        outsider, text = await take_out(work, row["contact"])
        words, own = (
            {"about": outsider.about, "text": text, "who": outsider.who, "reach": outsider.reach},
            desk.keys.own(),
        )
        sealed: dict[Any, Any] = {
            getattr(Telling, column): own.seal("telling", column, row["id"], words[column] or None) for column in SEALED
        }
        await _turn(row, TAKEN, NEW, desk, sealed | {Telling.client: None, Telling.contact: None})


async def _turn(row: Row, before: str, after: str, desk: Desk, values: dict[Any, Any]) -> None:
    """From one state to another, unless somebody else was faster."""
    who: dict[Any, Any] = {Telling.settled_by: None, Telling.settled_at: None}
    if after != NEW:
        who = {Telling.settled_by: desk.viewer.person, Telling.settled_at: desk.now}
    changed = Telling.update({Telling.state: after, **who, **values}).where(
        Telling.id == row["id"], Telling.state == before
    )
    if not await changed.returning(Telling.id):
        raise Stale

"""Contacts: any touch with a client, written down where the client can read it; and what somebody outside told the team."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.access import Access, Action, Category, Flag, Kind, Label, Listing, Work
from app.data.engine import Row, Statement
from app.data.piccolo_conf import DB
from app.data.tables.care import Contact as ContactTable
from app.data.tables.care import Standing
from app.data.tables.goal import Goal as GoalTable
from app.errors import Refused
from app.goal import GOAL

CONTACTS = Listing(
    "contact",
    Category.NOTES_SHARED,
    """SELECT t.id, t.mode, t.reached, t.minutes, t.text, t.dated, t.goal, t.outsider, t.labels,
              p.called_name AS author_name
         FROM contact t LEFT JOIN person p ON p.id = t.author
        WHERE t.client = {client} AND {reach} ORDER BY t.dated DESC, t.id LIMIT {most} OFFSET {skip}""",
    sealed=("text", "outsider"),
)
FROM_OUTSIDE = Listing(
    "contact",
    Category.NOTES_SHARED,
    """SELECT t.id, t.text, t.outsider, t.labels, t.dated FROM contact t
        WHERE t.client = {client} AND t.id = {id} AND {reach} AND t.mode = 'outside'""",
    sealed=("text", "outsider"),
)
_LAST = Statement("SELECT s.last_contact_at FROM standing s WHERE s.id = {client}")
PAGE = 30
OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Outsider:
    """Who told the team something, and about whom, in their own words; "" for what they did not say."""

    about: str
    who: str
    reach: str


@dataclass(frozen=True, slots=True)
class Contact:
    """outsider: whose words these are, when they came from outside. in_confidence: the client never sees it."""

    id: UUID
    mode: str
    reached: bool
    minutes: int
    text: str
    at: datetime
    by: str
    goal: UUID | None
    outsider: Outsider | None = None
    in_confidence: bool = False


async def contacts(access: Access, page: int = 1) -> tuple[list[Contact], bool]:
    """One page, latest first, and whether there are more."""
    access.need(Category.NOTES_SHARED, Action.SEE)
    rows = (await access.read((CONTACTS, {"most": PAGE + 1, "skip": (page - 1) * PAGE})))[0]
    return [contact_of(row) for row in rows[:PAGE]], len(rows) > PAGE


async def log_contact(
    access: Access,
    *,
    mode: str,
    reached: bool,
    minutes: int,
    at: datetime,
    text: str,
    goal: UUID | None,
    form_id: UUID,
) -> None:
    """Put a contact on record; the client can read it. With a goal it takes the goal's labels. The same form_id logs once."""
    async with access.write(Category.NOTES_SHARED, Action.EDIT) as work:
        if access.viewer.kind is not Kind.STAFF:
            raise Refused
        if made := await ContactTable.select(ContactTable.client).where(ContactTable.id == form_id):
            if made[0]["client"] != access.client:
                raise Refused
            return
        row = ContactTable(id=form_id, client=access.client, mode=mode, reached=reached, minutes=minutes, dated=at)
        row.author, row.goal = access.viewer.person, goal
        if goal is not None:
            row.labels, row.flags = await _shade(work, goal)
        await work.insert(row, texts={"text": text or None}, action="log")
        if reached:
            await _keep_standing(work, mode, at)


async def keep_from_outside(
    work: Work, id: UUID, outsider: Outsider, text: str, at: datetime, *, in_confidence: bool
) -> None:
    """Words from outside, put on record. Nobody whom the client lets in sees them; told in confidence, nor does the client.

    It is no contact with the client, so their standing stays as it is.
    """
    row = ContactTable(id=id, client=work.access.client, mode=OUTSIDE, reached=True, minutes=0, dated=at)
    row.author, row.flags = work.access.viewer.person, int(Flag.CONFIDENTIAL)
    row.labels = int(Label.THIRD_PARTY) if in_confidence else 0
    await work.insert(row, texts={"text": text, "outsider": json.dumps(asdict(outsider))}, action="telling-taken")


async def take_out(work: Work, id: UUID) -> tuple[Outsider, str]:
    """Words from outside that were put with the wrong record leave it again, and are given back."""
    row = await work.open(FROM_OUTSIDE, id)
    await work.remove(ContactTable, id, action="telling-undone")
    return outsider_of(row), row["text"] or ""


async def _shade(work: Work, goal: UUID) -> tuple[int, int]:
    await work.open(GOAL, goal)
    found = (await GoalTable.select(GoalTable.labels, GoalTable.flags).where(GoalTable.id == goal))[0]
    return found["labels"], found["flags"]


async def _keep_standing(work: Work, mode: str, at: datetime) -> None:
    """The latest contact that got through, for the worklist; one entered afterwards does not hide a later one."""
    last = (await DB.run((_LAST, {"client": work.access.client})))[0][0]["last_contact_at"]
    if last is None or last <= at:
        values: dict[Any, Any] = {Standing.last_contact_at: at, Standing.last_contact_mode: mode}
        await Standing.update(values).where(Standing.id == work.access.client)


def contact_of(row: Row) -> Contact:
    return Contact(
        row["id"],
        row["mode"],
        row["reached"],
        row["minutes"],
        row["text"] or "",
        row["dated"],
        row["author_name"] or "",
        row["goal"],
        outsider_of(row) if row["outsider"] is not None else None,
        bool(row["labels"] & Label.THIRD_PARTY),
    )


def outsider_of(row: Row) -> Outsider:
    return Outsider(**json.loads(row["outsider"]))

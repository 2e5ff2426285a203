"""What is done to visits, each act in one transaction with its events, its tasks and its notices."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from piccolo.columns import Column

from app.access import Access, Action, Category, Flag, Kind, Work
from app.appointment.notices import ASKED, MOVE_ASKED, forget_reminder, keep_standing, primary, remind, task, tell
from app.appointment.visits import VISIT
from app.data.engine import Row
from app.data.tables.appointment import Appointment
from app.errors import Refused

# FHIR's words for an appointment, and where each may go next. Out of `cancelled` only by undoing it before its time.
NEXT: dict[str, tuple[str, ...]] = {
    "proposed": ("booked", "cancelled"),
    "pending": ("booked", "cancelled"),
    "booked": ("booked", "arrived", "fulfilled", "noshow", "cancelled"),
    "arrived": ("fulfilled", "cancelled"),
    "fulfilled": ("noshow",),
    "noshow": ("fulfilled",),
    "cancelled": ("booked", "proposed"),
}
OUTCOMES = ("arrived", "fulfilled", "noshow", "cancelled")
PARTS = {"morning": time(9), "afternoon": time(13), "evening": time(17)}


async def confirm(access: Access, visit_id: UUID) -> None:
    """I'll be there. Takes back a wish to move it; twice is once."""
    async with access.write(Category.APPOINTMENTS, Action.BOOK) as work:
        row = await _booked_ahead(work, visit_id)
        if row["confirmed_at"] is None or row["move_asked_at"] is not None:
            values: dict[Column, Any] = {Appointment.confirmed_at: work.access.now, Appointment.move_asked_at: None}
            await work.update(Appointment, visit_id, values, texts={"move_reason": None}, action="confirm")


async def ask_to_move(access: Access, visit_id: UUID, *, reason: str) -> None:
    """The visit stands until staff answer. A second wish replaces the words of the first."""
    async with access.write(Category.APPOINTMENTS, Action.BOOK) as work:
        row = await _booked_ahead(work, visit_id)
        values = {
            Appointment.move_asked_at: work.access.now,
            Appointment.confirmed_at: None,
            Appointment.sequence: row["sequence"] + 1,
        }
        await work.update(Appointment, visit_id, values, texts={"move_reason": reason or None}, action="ask_move")
        if row["move_asked_at"] is None:
            owner = row["staff"] or await primary(work)
            await task(work, MOVE_ASKED, owner, row["starts_at"], row["labels"], row["flags"])
            await tell(work, "visit.move_asked", owner, visit_id, row["sequence"] + 1)


async def cancel(access: Access, visit_id: UUID) -> None:
    async with access.write(Category.APPOINTMENTS, Action.BOOK) as work:
        row = await work.open(VISIT, visit_id)
        if row["state"] != "cancelled":
            _still_ahead(work, row)
            await _turn(work, row, "cancelled")
            await tell(work, "visit.cancelled", row["staff"], visit_id, row["sequence"] + 1)


async def restore(access: Access, visit_id: UUID) -> None:
    """Undo a cancelling, while its time is still ahead; a wish that nobody had answered is a wish again."""
    async with access.write(Category.APPOINTMENTS, Action.BOOK) as work:
        row = await work.open(VISIT, visit_id)
        if row["state"] == "cancelled":
            _still_ahead(work, row)
            await _turn(work, row, "booked" if row["staff"] else "proposed")
            await tell(work, "visit.restored", row["staff"], visit_id, row["sequence"] + 1)
            if row["staff"]:
                await remind(work, visit_id, row["sequence"] + 1, row["starts_at"])


async def ask(access: Access, *, day: date, part: str, mode: str, note: str, form_id: UUID) -> UUID:
    """Ask for a visit. part: a key of PARTS, in the client's zone. The same form_id asks once."""
    zone = access.loaded.ties.client_zone
    starts_at = datetime.combine(day, PARTS[part], ZoneInfo(zone)).astimezone(UTC)
    async with access.write(Category.APPOINTMENTS, Action.BOOK) as work:
        if made := await _made(work, form_id):
            return made
        row = _row(work, starts_at=starts_at, zone=zone, mode=mode, state="proposed", form_id=form_id)
        await work.insert(row, texts={"move_reason": note or None}, action="ask")
        owner = await primary(work)
        await task(work, ASKED, owner, starts_at)
        await tell(work, "visit.asked", owner, row.id, 0)
    return row.id


async def book(
    access: Access,
    *,
    starts_at: datetime,
    minutes: int,
    place: str,
    mode: str,
    kind: str,
    safe_label: str,
    way: str,
    staff: UUID,
    confidential: bool,
    form_id: UUID,
    labels: int = 0,
) -> UUID:
    """Staff book a visit. safe_label is all that a supporter without details, a calendar or a waiting room may say.

    Raises Refused for anyone else.
    """
    async with access.write(Category.APPOINTMENTS, Action.BOOK) as work:
        _by_staff(work)
        if made := await _made(work, form_id):
            return made
        row = _row(work, starts_at=starts_at, minutes=minutes, place=place, mode=mode, kind=kind, staff=staff)
        row.zone, row.form_id, row.safe_label = access.loaded.ties.client_zone, form_id, safe_label
        row.labels, row.flags = labels, int(Flag.CONFIDENTIAL) if confidential else 0
        await work.insert(row, texts={"way": way or None}, action="book")
        await keep_standing(work)
        await tell(work, "visit.booked", access.client, row.id, 0)
        await remind(work, row.id, 0, starts_at)
    return row.id


async def rebook(
    access: Access, visit_id: UUID, *, starts_at: datetime, minutes: int, place: str, staff: UUID, version: int
) -> None:
    """Staff give a visit, or a wish for one, its time. Raises Stale when somebody saved in between."""
    async with access.write(Category.APPOINTMENTS, Action.BOOK) as work:
        _by_staff(work)
        row = await work.open(VISIT, visit_id)
        values = {
            Appointment.starts_at: starts_at,
            Appointment.dated: starts_at,
            Appointment.minutes: minutes,
            Appointment.place: place,
            Appointment.staff: staff,
            Appointment.confirmed_at: None,
            Appointment.move_asked_at: None,
        }
        await _turn(work, row, "booked", values, version=version)
        await tell(work, "visit.moved", access.client, visit_id, row["sequence"] + 1)
        await remind(work, visit_id, row["sequence"] + 1, starts_at)


async def settle(access: Access, visit_id: UUID, state: str) -> None:
    """Staff say how a visit went: one of OUTCOMES. Raises Refused."""
    async with access.write(Category.APPOINTMENTS, Action.BOOK) as work:
        _by_staff(work)
        row = await work.open(VISIT, visit_id)
        if state not in OUTCOMES:
            raise Refused
        if row["state"] != state:
            await _turn(work, row, state)
            if state == "cancelled":
                await tell(work, "visit.cancelled", access.client, visit_id, row["sequence"] + 1)


def _by_staff(work: Work) -> None:
    if work.access.viewer.kind is not Kind.STAFF:
        raise Refused


def _still_ahead(work: Work, row: Row) -> None:
    if row["starts_at"] <= work.access.now:
        raise Refused


async def _booked_ahead(work: Work, visit_id: UUID) -> Row:
    row = await work.open(VISIT, visit_id)
    _still_ahead(work, row)
    if row["state"] != "booked":
        raise Refused
    return row


async def _turn(
    work: Work, row: Row, state: str, values: Mapping[Column, Any] | None = None, *, version: int | None = None
) -> None:
    """Into another state, with its number raised and the reminder of the old one taken back."""
    if state not in NEXT[row["state"]]:
        raise Refused
    changes = {Appointment.state: state, Appointment.sequence: row["sequence"] + 1} | dict(values or {})
    await work.update(Appointment, row["id"], changes, version=version, action=state)
    await forget_reminder(work, row["id"])
    await keep_standing(work)


def _row(work: Work, *, starts_at: datetime, **values: Any) -> Appointment:
    return Appointment(
        id=uuid4(),
        client=work.access.client,
        starts_at=starts_at,
        dated=starts_at,
        author=work.access.viewer.person,
        **values,
    )


async def _made(work: Work, form_id: UUID) -> UUID | None:
    """The visit that this form made before."""
    mine = Appointment.author == work.access.viewer.person
    found = await Appointment.select(Appointment.id).where(mine, Appointment.form_id == form_id)
    return found[0]["id"] if found else None

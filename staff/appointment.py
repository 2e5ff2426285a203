"""Visits as staff keep them: booking, giving a wish its time, and saying how a visit went."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.plugins.htmx import HTMXRequest

from app import appointment, record
from app.access import Access, Action, Category, Desk, Label, Role
from app.errors import Stale
from app.forms import GOAL, TITLE, Form
from app.language import _, lazy
from app.language import today as this_day
from app.pages import Reply, page, see_other
from app.paths import of_client

VISIT = "/appointments/{visit_id:uuid}"
THEIRS = {"home": lazy("At their home")}  # in the client's own pages it is "my home"
MINUTES = (15, 30, 45, 60, 90, 120)


class Appointments(Controller):
    @get("/staff/appointments", audience="staff", name="staff.appointment.day")
    async def day(self, request: HTMXRequest, desk: NamedDependency[Desk]) -> Reply:
        """The front desk's day: when, where and with whom."""
        asked = Form(request.query_params).day("day") or this_day()
        return page(request, "staff/appointment/day", day=asked, visits=await appointment.day_of(desk, asked))

    @get(of_client("/appointments"), audience="staff", name="staff.appointment.list")
    async def all(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        access.need(Category.APPOINTMENTS, Action.SEE)
        ahead, past = await appointment.visits(access)
        about: dict[str, Any] = {"modes": appointment.MODES, "may_book": access.may(Category.APPOINTMENTS, Action.BOOK)}
        open_past = [visit for visit in past if visit.state in ("booked", "arrived")]
        done = [visit for visit in past if visit not in open_past]
        return page(
            request, "staff/appointment/list", access=access, ahead=ahead, open_past=open_past, past=done, **about
        )

    @get(of_client("/appointments/new"), audience="staff", name="staff.appointment.new")
    async def new(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        access.need(Category.APPOINTMENTS, Action.BOOK)
        return await booking(request, access, Form(), uuid4())

    @post(of_client("/appointments"), audience="staff", name="staff.appointment.book")
    async def book(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        access.need(Category.APPOINTMENTS, Action.BOOK)
        form = Form(await request.form())
        starts_at = start(access, form)
        minutes = form.number("minutes", 5, 480, required=_("Choose how long."))
        mode = form.choice("mode", appointment.MODES, required=_("Choose how you will meet."))
        kind = form.choice("kind", appointment.KINDS, required=_("Choose what it is for."))
        place, safe_label = form.line("place", TITLE), form.line("safe_label", 60)
        way = form.text("way", GOAL)
        staff = form.choice("staff", [str(id) for id, _name in await people(access)], required=_("Choose who."))
        form_id = form.form_id()
        if form.errors or starts_at is None or minutes is None or form_id is None:
            return await booking(request, access, form, form_id or uuid4(), status=422)
        made = await appointment.book(
            access,
            starts_at=starts_at,
            minutes=minutes,
            place=place,
            mode=mode,
            kind=kind,
            safe_label=safe_label or _("Visit"),
            way=way,
            staff=UUID(staff),
            confidential=form.flag("confidential"),
            form_id=form_id,
            labels=int(Label.SUD) if form.flag("apart") and may_set_apart(access) else 0,
        )
        return see_other(request, f"{access.base}/appointments/{made}")

    @get(of_client(VISIT), audience="staff", name="staff.appointment.show")
    async def show(self, request: HTMXRequest, access: NamedDependency[Access], visit_id: FromPath[UUID]) -> Reply:
        return await shown(request, access, visit_id)

    @post(of_client(VISIT + "/outcome"), audience="staff", name="staff.appointment.settle")
    async def settle(self, request: HTMXRequest, access: NamedDependency[Access], visit_id: FromPath[UUID]) -> Reply:
        form = Form(await request.form())
        state = form.choice("state", appointment.OUTCOMES, required=_("Choose how it went."))
        if form.errors:
            return await shown(request, access, visit_id, form=form, status=422)
        await appointment.settle(access, visit_id, state)
        if state == "fulfilled" and access.may(Category.NOTES_SHARED, Action.EDIT):
            return see_other(request, f"{access.base}/contacts/new?{await what_was(access, visit_id)}")
        return see_other(request, f"{access.base}/appointments/{visit_id}")

    @post(of_client(VISIT + "/time"), audience="staff", name="staff.appointment.rebook")
    async def rebook(self, request: HTMXRequest, access: NamedDependency[Access], visit_id: FromPath[UUID]) -> Reply:
        access.need(Category.APPOINTMENTS, Action.BOOK)
        form = Form(await request.form())
        starts_at = start(access, form)
        minutes = form.number("minutes", 5, 480, required=_("Choose how long."))
        place = form.line("place", TITLE)
        staff = form.choice("staff", [str(id) for id, _name in await people(access)], required=_("Choose who."))
        version = form.number("version", 1, 2**53, required=_("Please send this once more."))
        if form.errors or starts_at is None or minutes is None or version is None:
            return await shown(request, access, visit_id, form=form, status=422)
        given: dict[str, Any] = {"starts_at": starts_at, "minutes": minutes, "place": place, "staff": UUID(staff)}
        try:
            await appointment.rebook(access, visit_id, version=version, **given)
        except Stale:
            return await shown(request, access, visit_id, form=form, stale=True, status=409)
        return see_other(request, f"{access.base}/appointments/{visit_id}")


def start(access: Access, form: Form) -> datetime | None:
    """Day and time as typed, in the client's own zone, still ahead."""
    zone = ZoneInfo(access.loaded.ties.client_zone)
    day = form.day("day", required=_("Choose a day."), earliest=access.now.astimezone(zone).date())
    clock = form.clock("time", required=_("Write a time, like 2:30 PM."))
    if day is None or clock is None:
        return None
    starts_at = datetime.combine(day, clock, zone).astimezone(UTC)
    if starts_at <= access.now:
        form.wrong("day", _("Choose a time that is still ahead."))
    return starts_at


async def people(access: Access) -> list[tuple[UUID, str]]:
    """Who may meet them: those on the team, and oneself unless one only keeps the calendar."""
    team = {member.person: member.called_name for member in await record.meets(access)}
    if access.viewer.role is not Role.FRONT_DESK:
        team.setdefault(access.viewer.person, access.viewer.called_name)
    return sorted(team.items(), key=lambda one: (one[0] != access.viewer.person, one[1].casefold()))


def may_set_apart(access: Access) -> bool:
    """Only those of the client's programme may put a visit out of everybody else's sight."""
    return access.loaded.ties.same_programme


async def what_was(access: Access, visit_id: UUID) -> str:
    """The contact form's first answers, from the calendar."""
    visit = await appointment.visit(access, visit_id)
    mode = {"in_person": "visit"}.get(visit.mode, visit.mode or "visit")
    return f"mode={mode}&minutes={visit.minutes}"


def choices() -> dict[str, Any]:
    return {
        "modes": [(name, _(words)) for name, words in (appointment.MODES | THEIRS).items()],
        "kinds": [(name, _(words)) for name, words in appointment.KINDS.items()],
        "lengths": [(n, _("%(minutes)s minutes") % {"minutes": n}) for n in MINUTES],
    }


async def booking(request: HTMXRequest, access: Access, form: Form, form_id: UUID, status: int = 200) -> Reply:
    return page(
        request,
        "staff/appointment/new",
        status=status,
        access=access,
        form=form,
        form_id=form_id,
        people=await people(access),
        may_set_apart=may_set_apart(access),
        **choices(),
    )


async def shown(
    request: HTMXRequest,
    access: Access,
    visit_id: UUID,
    *,
    form: Form | None = None,
    stale: bool = False,
    status: int = 200,
) -> Reply:
    found = await appointment.visit(access, visit_id)
    return page(
        request,
        "staff/appointment/show",
        status=status,
        access=access,
        visit=found,
        form=form or Form(),
        stale=stale,
        started=found.starts_at <= access.now,
        there=found.starts_at.astimezone(ZoneInfo(found.zone)),
        may_book=access.may(Category.APPOINTMENTS, Action.BOOK),
        people=await people(access),
        **choices(),
    )


ROUTES = [Appointments]

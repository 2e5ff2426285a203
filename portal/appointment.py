"""Visits: the next one first; I'll be there, another time, or not this time. The same pages for those the client lets in."""

from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.plugins.htmx import HTMXRequest

from app import appointment
from app.access import Access, Action, Category
from app.forms import GOAL, Form
from app.language import _, local
from app.language import today as this_day
from app.pages import Reply, page, see_other
from app.paths import seen, shared
from app.sharing import circle

VISIT = "/appointments/{visit_id:uuid}"


class Appointments(Controller):
    @get(seen("/appointments"), audience="portal", name="portal.appointment.list")
    async def all(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        access.need(Category.APPOINTMENTS, Action.SEE)
        ahead, past = await appointment.visits(access)
        about: dict[str, Any] = {
            "circle": await circle(access),
            "may_book": may_book(access),
            "roles": appointment.ROLES,
            "by_day": by_day,
        }
        return page(request, "portal/appointment/list", access=access, ahead=ahead, past=past, **about)

    @get(seen("/appointments/new"), audience="portal", name="portal.appointment.new")
    async def new(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        access.need(Category.APPOINTMENTS, Action.BOOK)
        return asking(request, access, Form(), uuid4())

    @post(shared("/appointments"), audience="portal", name="portal.appointment.ask")
    async def ask(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        form = Form(await request.form())
        day = form.day("day", required=_("Choose a day that would suit you."), earliest=this_day())
        part = form.choice("part", appointment.PARTS, required=_("Choose a time of day."))
        mode = form.choice("mode", appointment.MODES, required=_("Choose how you would like to meet."))
        note = form.text("note", GOAL)
        form_id = form.form_id()
        if form.errors or day is None or form_id is None:
            access.need(Category.APPOINTMENTS, Action.BOOK)
            return asking(request, access, form, form_id or uuid4(), status=422)
        made = await appointment.ask(access, day=day, part=part, mode=mode, note=note, form_id=form_id)
        return see_other(request, f"{access.base}/appointments/{made}")

    @get(seen(VISIT), audience="portal", name="portal.appointment.show")
    async def show(self, request: HTMXRequest, access: NamedDependency[Access], visit_id: FromPath[UUID]) -> Reply:
        return await shown(request, access, visit_id)

    @post(shared(VISIT + "/confirmation"), audience="portal", name="portal.appointment.confirm")
    async def confirm(self, request: HTMXRequest, access: NamedDependency[Access], visit_id: FromPath[UUID]) -> Reply:
        back = Form(await request.form()).choice("back", ("today", "appointments"))
        await appointment.confirm(access, visit_id)
        return see_other(request, f"{access.base}/{back or f'appointments/{visit_id}'}")

    @post(shared(VISIT + "/move"), audience="portal", name="portal.appointment.move")
    async def move(self, request: HTMXRequest, access: NamedDependency[Access], visit_id: FromPath[UUID]) -> Reply:
        form = Form(await request.form())
        reason = form.text("reason", GOAL)
        if form.errors:
            return await shown(request, access, visit_id, form=form, status=422)
        await appointment.ask_to_move(access, visit_id, reason=reason)
        return see_other(request, f"{access.base}/appointments/{visit_id}")

    @post(shared(VISIT + "/cancellation"), audience="portal", name="portal.appointment.cancel")
    async def cancel(self, request: HTMXRequest, access: NamedDependency[Access], visit_id: FromPath[UUID]) -> Reply:
        await appointment.cancel(access, visit_id)
        return see_other(request, f"{access.base}/appointments/{visit_id}")

    @post(shared(VISIT + "/restoration"), audience="portal", name="portal.appointment.restore")
    async def restore(self, request: HTMXRequest, access: NamedDependency[Access], visit_id: FromPath[UUID]) -> Reply:
        await appointment.restore(access, visit_id)
        return see_other(request, f"{access.base}/appointments/{visit_id}")


def by_day(visits: list[appointment.Visit]) -> list[tuple[date, list[appointment.Visit]]]:
    """In the reader's days, in the order they came in."""
    return [(day, list(those)) for day, those in groupby(visits, lambda visit: local(visit.starts_at).date())]


def may_book(access: Access) -> bool:
    return access.may(Category.APPOINTMENTS, Action.BOOK)


def asking(request: HTMXRequest, access: Access, form: Form, form_id: UUID, status: int = 200) -> Reply:
    modes = [(code, _(words)) for code, words in appointment.MODES.items()]
    return page(
        request, "portal/appointment/new", status=status, access=access, form=form, form_id=form_id, modes=modes
    )


async def shown(
    request: HTMXRequest, access: Access, visit_id: UUID, *, form: Form | None = None, status: int = 200
) -> Reply:
    found = await appointment.visit(access, visit_id)
    about: dict[str, Any] = {
        "form": form or Form(),
        "may_book": may_book(access),
        "roles": appointment.ROLES,
        "modes": appointment.MODES,
        "ahead": found.starts_at > access.now,
    }
    return page(request, "portal/appointment/show", status=status, access=access, visit=found, **about)


ROUTES = [Appointments]

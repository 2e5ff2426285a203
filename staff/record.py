"""A client's record: who they are, how to reach them, what comes next; and a short form for a contact."""

from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.plugins.htmx import HTMXRequest

from app import appointment, goal, record
from app.access import Access, Action, Category
from app.caseload import MODES
from app.forms import NOTE, Form
from app.language import _
from app.pages import Reply, page, see_other
from app.paths import of_client


class Record(Controller):
    @get(of_client(""), audience="staff", name="staff.record.show")
    async def show(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        about: dict[str, Any] = {"modes": MODES, "roles": record.TEAM_ROLES, "seen": record.SEEN, "may": may(access)}
        found = await record.record(access)
        return page(
            request,
            "staff/record/show",
            access=access,
            record=found,
            titles={one.id: one.title for one in found.goals},
            visit_modes=appointment.MODES,
            **about,
        )

    @get(of_client("/contacts"), audience="staff", name="staff.record.contacts")
    async def contacts(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        number = Form(request.query_params).number("page", 1, 100_000) or 1
        found, more = await record.contacts(access, number)
        return page(
            request,
            "staff/record/contacts",
            access=access,
            contacts=found,
            number=number,
            more=more,
            modes=MODES,
            titles=await goal_titles(access),
            may=may(access),
        )

    @get(of_client("/contacts/new"), audience="staff", name="staff.record.new_contact")
    async def new_contact(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        access.need(Category.NOTES_SHARED, Action.EDIT)
        asked = Form(request.query_params)
        mode, minutes = asked.choice("mode", MODES), asked.number("minutes", 0, 600)
        form = Form.filled(mode=mode or None, minutes=str(minutes) if minutes else None)
        return await logging(request, access, form, uuid4())

    @post(of_client("/contacts"), audience="staff", name="staff.record.log")
    async def log(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        access.need(Category.NOTES_SHARED, Action.EDIT)
        form = Form(await request.form())
        today = here(access, access.now).date()
        mode = form.choice("mode", MODES, required=_("Choose how you were in touch."))
        reached = form.choice("reached", ("yes", "no"), required=_("Say if you reached each other."))
        day = form.day("day", required=_("Choose the day."), latest=today)
        minutes = form.number("minutes", 0, 600) or 0
        text = form.text("text", NOTE)
        titles = await goal_titles(access)
        served = form.choice("goal", [str(id) for id in titles])
        form_id = form.form_id()
        if form.errors or day is None or form_id is None:
            return await logging(request, access, form, form_id or uuid4(), status=422)
        await record.log_contact(
            access,
            mode=mode,
            reached=reached == "yes",
            minutes=minutes,
            at=moment_of(access, day),
            text=text,
            goal=UUID(served) if served else None,
            form_id=form_id,
        )
        return see_other(request, access.base)


def may(access: Access) -> dict[str, bool]:
    """Which buttons to show; each act decides again."""
    return {
        "log": access.may(Category.NOTES_SHARED, Action.EDIT),
        "plan": access.may(Category.GOALS, Action.EDIT),
        "book": access.may(Category.APPOINTMENTS, Action.BOOK),
        "invite": access.may(Category.PROFILE_CONTACT, Action.EDIT),
        "write": access.may(Category.MESSAGES, Action.MESSAGE),
    }


async def goal_titles(access: Access) -> dict[UUID, str]:
    """Goals that a contact may serve, by id."""
    return {one.id: one.title for one in await goal.goals(access)} if access.may(Category.GOALS) else {}


def here(access: Access, at: datetime) -> datetime:
    """A moment in the client's own zone."""
    return at.astimezone(ZoneInfo(access.loaded.ties.client_zone))


def moment_of(access: Access, day: date) -> datetime:
    """A contact of today was just now; one of another day stands at its noon."""
    zone = ZoneInfo(access.loaded.ties.client_zone)
    if day == here(access, access.now).date():
        return access.now
    return datetime.combine(day, time(12), zone).astimezone(UTC)


async def logging(request: HTMXRequest, access: Access, form: Form, form_id: UUID, status: int = 200) -> Reply:
    titles = await goal_titles(access)
    return page(
        request,
        "staff/record/new_contact",
        status=status,
        access=access,
        form=form,
        form_id=form_id,
        today=here(access, access.now).date(),
        modes=[(name, _(words)) for name, words in MODES.items()],
        goals=[("", _("No goal in particular")), *((id, title) for id, title in titles.items())],
    )


ROUTES = [Record]

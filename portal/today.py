"""Today: the next visit, one small step, the newest message; and the same page for those the client lets in."""

from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.plugins.htmx import HTMXRequest

from app import emergency, goal, today
from app.access import Access, Action, Category
from app.appointment import ROLES
from app.forms import Form
from app.language import greeting
from app.pages import Reply, page, see_other, wants_fragment
from app.paths import seen, shared


class Today(Controller):
    @get(seen("/today"), audience="portal", name="portal.today.show")
    async def show(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        return await shown(request, access)

    @post(shared("/today/steps/{step_id:uuid}"), audience="portal", name="portal.today.step")
    async def step(self, request: HTMXRequest, access: NamedDependency[Access], step_id: FromPath[UUID]) -> Reply:
        form = Form(await request.form())
        if form.flag("later"):
            await goal.not_today(access, step_id)
        else:
            await goal.tick(access, step_id, done=form.flag("done"))
        if wants_fragment(request):
            return await shown(request, access, fragment="step")
        return see_other(request, f"{access.base}/today#step")


async def shown(request: HTMXRequest, access: Access, fragment: str | None = None) -> Reply:
    return page(
        request,
        "portal/today/show",
        fragment=fragment,
        access=access,
        day=await today.day(access),
        emergencies=await emergency.news(access),
        greeting=greeting(access.now) % {"name": access.viewer.called_name},
        now=access.now,
        roles=ROLES,
        may=may(access),
    )


def may(access: Access) -> dict[str, bool]:
    """Which places and buttons to show; each act decides again."""
    return {
        "book": access.may(Category.APPOINTMENTS, Action.BOOK),
        "tick": access.is_own or access.may(Category.GOALS, Action.PROPOSE),
        "visits": access.may(Category.APPOINTMENTS),
        "goals": access.may(Category.GOALS),
        "messages": access.may(Category.MESSAGES),
        "resources": access.may(Category.RESOURCES),
    }


ROUTES = [Today]

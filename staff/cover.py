"""A supervisor sets who stands in for a case manager who is away, and ends it."""

from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.plugins.htmx import HTMXRequest

from app import cover
from app.access import Desk
from app.errors import Refused
from app.forms import Form
from app.language import _, today
from app.pages import Reply, page, see_other

HERE = "/staff/team/cover"


class Cover(Controller):
    @get(HERE, audience="supervisor", name="staff.cover.show")
    async def show(self, request: HTMXRequest, desk: NamedDependency[Desk]) -> Reply:
        return await shown(request, desk, Form())

    @post(HERE, audience="supervisor", name="staff.cover.begin")
    async def begin(self, request: HTMXRequest, desk: NamedDependency[Desk]) -> Reply:
        form = Form(await request.form())
        away = form.uuid("away", required=_("Choose who is away."))
        worker = form.uuid("worker", required=_("Choose who stands in."))
        first = form.day("first", required=_("Choose the first day."), earliest=today())
        last = form.day("last", required=_("Choose the last day."), earliest=first, latest=today() + cover.LONGEST)
        if away and away == worker:
            form.wrong("worker", _("Choose someone else than who is away."))
        if not form.errors and away and worker and first and last:
            try:
                await cover.begin(desk, away, worker, first, last, desk.viewer.zone)
                return see_other(request, HERE)
            except Refused:
                form.wrong("worker", _("There is nobody to cover like this. Choose two people of your teams."))
        return await shown(request, desk, form, status=422)

    @post(HERE + "/{away:uuid}/{worker:uuid}/end", audience="supervisor", name="staff.cover.end")
    async def end(
        self, request: HTMXRequest, desk: NamedDependency[Desk], away: FromPath[UUID], worker: FromPath[UUID]
    ) -> Reply:
        await cover.end(desk, away, worker)
        return see_other(request, HERE)


async def shown(request: HTMXRequest, desk: Desk, form: Form, status: int = 200) -> Reply:
    people = [("", _("Choose who")), *(await cover.workers(desk)).items()]
    found = await cover.covers(desk)
    return page(request, "staff/cover/show", status=status, covers=found, people=people, form=form, day=today())


ROUTES = [Cover]

"""A supervisor's first page: the caseloads of their teams, and who has no case manager yet."""

from datetime import UTC, datetime
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.plugins.htmx import HTMXRequest

from app import cover, emergency, team, telling
from app.access import Desk, Viewer
from app.errors import Refused
from app.forms import Form
from app.language import _
from app.organisation_admin import ROLES
from app.pages import Reply, page, see_other


class Team(Controller):
    @get("/staff/team", audience="supervisor", name="staff.team.show")
    async def show(self, request: HTMXRequest, desk: NamedDependency[Desk]) -> Reply:
        number = Form(request.query_params).number("page", 1, 100_000) or 1
        return await shown(request, desk, number=number)

    @post("/staff/team/{waiting:uuid}/case-manager", audience="supervisor", name="staff.team.assign")
    async def assign(
        self,
        request: HTMXRequest,
        viewer: NamedDependency[Viewer],
        desk: NamedDependency[Desk],
        waiting: FromPath[UUID],
    ) -> Reply:
        form = Form(await request.form())
        worker = form.uuid("worker", required=_("Choose who will be there for them."))
        if worker is not None:
            try:
                await team.assign(viewer, waiting, worker, now=datetime.now(UTC))
                return see_other(request, "/staff/team")
            except Refused:
                form.wrong("worker", _("Choose someone else; this one can’t take them."))
        return await shown(request, desk, form=form, asked=waiting, status=422)


async def shown(
    request: HTMXRequest,
    desk: Desk,
    *,
    number: int = 1,
    form: Form | None = None,
    asked: UUID | None = None,
    status: int = 200,
) -> Reply:
    found = await team.caseloads(desk)
    alone, more = await team.alone(desk, number)
    takers = [
        (one.worker, _("%(name)s (%(num)s people)") % {"name": one.called_name, "num": one.clients})
        for one in found
        if one.takes_clients
    ]
    return page(
        request,
        "staff/team/show",
        status=status,
        caseloads=found,
        alone=alone,
        more=more,
        number=number,
        takers=takers,
        covers=await cover.covers(desk),
        emergencies=await emergency.count(desk),
        tellings=await telling.count(desk),
        roles=ROLES,
        form=form or Form(),
        asked=asked,
    )


ROUTES = [Team]

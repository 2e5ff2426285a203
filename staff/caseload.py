"""Your day: who needs me, and why. The first page of everyone who works with clients."""

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.plugins.htmx import HTMXRequest

from app import caseload
from app.access import Desk, Role
from app.forms import Form
from app.invitation import INVITERS
from app.pages import Reply, page


class Caseload(Controller):
    @get("/staff/caseload", audience="staff", name="staff.caseload.show")
    async def show(self, request: HTMXRequest, desk: NamedDependency[Desk]) -> Reply:
        asked = Form(request.query_params)
        usual = "everyone" if desk.viewer.role is Role.PEER else "needs"  # a peer is told of nothing to do
        show = asked.choice("show", caseload.FILTERS) or usual
        found = await caseload.worklist(desk, show=show, page=asked.number("page", 1, 100_000) or 1)
        return page(
            request,
            "staff/caseload/show",
            worklist=found,
            now=desk.now,
            modes=caseload.MODES,
            most=caseload.MOST,
            may_invite=desk.viewer.role in INVITERS,
        )


ROUTES = [Caseload]

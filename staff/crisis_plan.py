"""The client's crisis plan in use, to read beside them; only the client puts one to use."""

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.plugins.htmx import HTMXRequest

from app import crisis_plan
from app.access import Access, Action, Category
from app.pages import Reply, page
from app.paths import of_client


class CrisisPlan(Controller):
    @get(of_client("/crisis-plan"), audience="staff", name="staff.crisis_plan.show")
    async def show(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        access.need(Category.CRISIS_PLAN, Action.SEE)
        found = (await crisis_plan.plan(access)).active
        return page(request, "staff/crisis_plan/show", access=access, plan=found, dialled=crisis_plan.dialled)


ROUTES = [CrisisPlan]

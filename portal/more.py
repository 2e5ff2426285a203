"""More: the way to every place that is not in the bar, the language, and the way out."""

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.plugins.htmx import HTMXRequest

from app import emergency
from app.access import Access, Category
from app.pages import Reply, page
from app.paths import seen


class More(Controller):
    @get(seen("/more"), audience="portal", name="portal.more.show")
    async def show(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        """Only places that hold something for this viewer."""
        visits, resources = access.may(Category.APPOINTMENTS), access.may(Category.RESOURCES)
        told = await emergency.seen_by_client(access)
        return page(request, "portal/more/show", access=access, visits=visits, resources=resources, emergencies=told)


ROUTES = [More]

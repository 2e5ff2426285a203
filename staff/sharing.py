"""Who sees what of a client, why and until when: the map for the team, so that nobody says too much, or too little."""

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.plugins.htmx import HTMXRequest

from app import invitation, sharing
from app.access import Access
from app.pages import Reply, page
from app.paths import of_client
from app.sharing import OFFERED, SENSITIVE


class Sharing(Controller):
    @get(of_client("/sharing"), audience="staff", name="staff.sharing.show")
    async def show(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        people = await sharing.people(access)
        return page(
            request,
            "staff/sharing/show",
            access=access,
            people=people,
            offered=OFFERED,
            sensitive=SENSITIVE,
            relations=invitation.RELATIONS,
        )


ROUTES = [Sharing]

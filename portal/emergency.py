"""The client is told of every emergency access to their record, and can say that they have read of it."""

from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.plugins.htmx import HTMXRequest

from app import emergency
from app.access import Access
from app.emergency import REASONS, REVIEWED
from app.errors import NotFound
from app.organisation_admin import ROLES
from app.pages import Reply, page, see_other
from app.record import SEEN

HERE = "/me/emergency"


class Emergency(Controller):
    @get(HERE, audience="portal", name="portal.emergency.list")
    async def all(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        if not access.is_own:
            raise NotFound
        found = await emergency.seen_by_client(access)
        return page(
            request,
            "portal/emergency/list",
            access=access,
            found=found,
            reasons=REASONS,
            roles=ROLES,
            seen=SEEN,
            reviewed=REVIEWED,
        )

    @post(HERE + "/{emergency_id:uuid}/read", audience="portal", name="portal.emergency.read")
    async def read(self, request: HTMXRequest, access: NamedDependency[Access], emergency_id: FromPath[UUID]) -> Reply:
        await emergency.read(access, emergency_id)
        return see_other(request, HERE)


ROUTES = [Emergency]

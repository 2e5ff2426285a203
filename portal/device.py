"""Which devices are signed in, and what happened to the account."""

from datetime import UTC, datetime
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.plugins.htmx import HTMXRequest

from app.access import Viewer
from app.errors import NotFound
from app.identity import notices, sessions
from app.pages import Reply, page, see_other


class Devices(Controller):
    @get("/me/devices", audience="account", name="portal.device.list")
    async def all(self, request: HTMXRequest, viewer: NamedDependency[Viewer]) -> Reply:
        found = await sessions.devices(account_id(viewer), datetime.now(UTC))
        return page(request, "portal/device/list", devices=found, here=viewer.session)

    @post("/me/devices/{session_id:uuid}/end", audience="account", name="portal.device.end")
    async def end(self, request: HTMXRequest, viewer: NamedDependency[Viewer], session_id: FromPath[UUID]) -> Reply:
        if not await sessions.end(session_id, account_id(viewer), datetime.now(UTC)):
            raise NotFound
        return see_other(request, "/me/devices")

    @post("/me/devices/end-others", audience="account", name="portal.device.end_others")
    async def end_others(self, request: HTMXRequest, viewer: NamedDependency[Viewer]) -> Reply:
        await sessions.end_others(account_id(viewer), datetime.now(UTC), but=viewer.session)
        return see_other(request, "/me/devices")


class Notices(Controller):
    @get("/me/notices", audience="account", name="portal.device.notices")
    async def show(self, request: HTMXRequest, viewer: NamedDependency[Viewer]) -> Reply:
        return page(request, "portal/device/notices", notices=await notices.unread(account_id(viewer)))

    @post("/me/notices/read", audience="account", name="portal.device.read_notices")
    async def read(self, request: HTMXRequest, viewer: NamedDependency[Viewer]) -> Reply:
        await notices.read_all(account_id(viewer), datetime.now(UTC))
        return see_other(request, "/")


def account_id(viewer: Viewer) -> UUID:
    if viewer.account is None:
        raise NotFound
    return viewer.account


ROUTES = [Devices, Notices]

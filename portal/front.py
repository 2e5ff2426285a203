"""The front door: `/` sends each person to their first page."""

from datetime import UTC, datetime
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.plugins.htmx import HTMXRequest

from app.access import Kind, Role, Viewer
from app.forms import Form
from app.gate import safe_path
from app.identity import people
from app.language import LANGUAGES
from app.pages import Reply, page, see_other
from app.supporter import shared_with

FIRST = {Role.ADMIN: "/staff/admin", Role.SUPERVISOR: "/staff/team", Role.FRONT_DESK: "/staff/appointments"}


class Front(Controller):
    @get("/", audience="public", name="front")
    async def front(self, request: HTMXRequest) -> Reply:
        viewer: Viewer | None = request.scope.get("user")
        if viewer is None:
            if request.app.state.config.demo:
                return page(request, "portal/front/people", people=request.app.state.cast)
            return see_other(request, "/sign-in")
        if viewer.kind is Kind.STAFF:
            return see_other(request, FIRST.get(viewer.role, "/staff/caseload"))  # type: ignore[arg-type]
        if viewer.kind is Kind.CLIENT:
            return see_other(request, "/me/today")
        return see_other(request, await first_shared(viewer))

    @get("/with", audience="portal", name="front.shared")
    async def shared(self, request: HTMXRequest, viewer: NamedDependency[Viewer]) -> Reply:
        """A supporter's own start: whose plans are shared with them. The same page when there are none any more."""
        return page(request, "portal/front/shared", shared=await shared_with(viewer, datetime.now(UTC)))

    @post("/language", audience="public", name="front.language")
    async def language(self, request: HTMXRequest) -> Response[Any]:
        form = Form(await request.form())
        code = form.choice("language", tuple(LANGUAGES))
        reply = see_other(request, safe_path(form.line("back", 500)))
        viewer: Viewer | None = request.scope.get("user")
        if viewer and code:
            await people.speak(viewer.person, code)
        if code:
            reply.set_cookie("__Host-lang", code, max_age=31_536_000, secure=True, httponly=True, samesite="lax")
        return reply


async def first_shared(viewer: Viewer) -> str:
    found = await shared_with(viewer, datetime.now(UTC))
    return f"/with/{found[0].relationship}/today" if len(found) == 1 else "/with"


ROUTES = [Front]

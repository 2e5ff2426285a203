"""The link that staff made after they saw who it is: the old ways in end, and new ones are set up."""

from datetime import UTC, datetime

from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.plugins.htmx import HTMXRequest

from app.forms import Form
from app.identity import assisted, links, sessions
from app.pages import Reply, page, see_other
from portal.entrance import let_in


class Recover(Controller):
    @get("/recover/{token:str}", audience="public", name="sign_in.recover")
    async def show(self, request: HTMXRequest, token: FromPath[str]) -> Reply:
        found = await links.opened(request.app.state["keys"], links.RECOVERY, token, datetime.now(UTC))
        return page(request, "portal/sign_in/recover", status=200 if found else 404, found=found, token=token)

    @post("/recover/{token:str}", audience="public", body="small", name="sign_in.accept_recovery")
    async def accept(self, request: HTMXRequest, token: FromPath[str]) -> Reply:
        own = Form(await request.form()).flag("own")
        account = await assisted.accept(request.app.state["keys"], token, datetime.now(UTC))
        if account is None:
            return page(request, "portal/sign_in/recover", status=404, found=None, token=token)
        return await let_in(request, account, sessions.INVITATION, see_other(request, "/me/security"), own=own)


ROUTES = [Recover]

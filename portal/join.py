"""Accepting an invitation. Looking at the link changes nothing, sending the form uses it up."""

from datetime import UTC, datetime
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.plugins.htmx import HTMXRequest

from app.errors import Invalid
from app.forms import Form
from app.identity import invitations, sessions
from app.pages import Reply, page, see_other
from portal.entrance import let_in, mail_address


class Join(Controller):
    @get("/join/{token:str}", audience="public", name="sign_in.join")
    async def join(self, request: HTMXRequest, token: FromPath[str]) -> Reply:
        found = await invitations.opened(token, datetime.now(UTC))
        return page(request, "portal/sign_in/join", status=200 if found else 404, found=found, form=Form(), token=token)

    @post("/join/{token:str}", audience="public", body="small", name="sign_in.accept")
    async def accept(self, request: HTMXRequest, token: FromPath[str]) -> Reply:
        form, now = Form(await request.form()), datetime.now(UTC)
        login, own = mail_address(form, "login"), form.flag("own")
        if account := await accepted(request, form, token, login, now):
            reply = see_other(request, "/me/security")
            return await let_in(request, account, sessions.INVITATION, reply, own=own)
        found = await invitations.opened(token, now)
        return page(request, "portal/sign_in/join", status=422, found=found, form=form, token=token)


async def accepted(request: HTMXRequest, form: Form, token: str, login: str, now: datetime) -> UUID | None:
    """The account; None, with the reason in the form, when it cannot be made so."""
    if form.errors:
        return None
    try:
        return await invitations.accept(token, request.app.state["keys"], login, now)
    except Invalid as error:
        for name, sentence in error.errors.items():
            form.wrong(name, sentence)
        return None


ROUTES = [Join]

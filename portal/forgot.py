"""A forgotten password: asking for a link, and choosing a new one with it and the code. No answer tells who has an account."""

from datetime import UTC, datetime

from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.plugins.htmx import HTMXRequest

from app.forms import Form
from app.identity import links, passwords, reset
from app.identity.accounts import AccountFacts
from app.language import _
from app.pages import Reply, page, see_other
from portal.entrance import address_of, browser, first_page, let_in
from portal.security import words_of


class Forgot(Controller):
    @get("/forgot", audience="public", name="sign_in.forgot")
    async def show(self, request: HTMXRequest) -> Reply:
        return page(request, "portal/sign_in/forgot", form=Form())

    @post("/forgot", audience="public", body="small", name="sign_in.ask")
    async def ask(self, request: HTMXRequest) -> Reply:
        form, now = Form(await request.form()), datetime.now(UTC)
        login = form.line("login", 320, required=_("Write your e-mail address."))
        if form.errors:
            return page(request, "portal/sign_in/forgot", status=422, form=form)
        await reset.ask(request.app.state["keys"], login, address=address_of(request), now=now)
        return see_other(request, "/forgot/sent")

    @get("/forgot/sent", audience="public", name="sign_in.sent")
    async def sent(self, request: HTMXRequest) -> Reply:
        return page(request, "portal/sign_in/sent")


class Reset(Controller):
    @get("/reset/{token:str}", audience="public", name="sign_in.open_reset")
    async def open(self, request: HTMXRequest, token: FromPath[str]) -> Reply:
        found = await links.opened(request.app.state["keys"], links.RESET, token, datetime.now(UTC))
        return page(request, "portal/sign_in/open_reset", status=200 if found else 404, found=found, token=token)

    @post("/reset/{token:str}", audience="public", body="small", name="sign_in.begin_reset")
    async def begin(self, request: HTMXRequest, token: FromPath[str]) -> Reply:
        if not await reset.begin(request.app.state["keys"], token, browser(request), datetime.now(UTC)):
            return page(request, "portal/sign_in/open_reset", status=404, found=None, token=token)
        return see_other(request, "/reset")

    @get("/reset", audience="public", name="sign_in.reset")
    async def show(self, request: HTMXRequest) -> Reply:
        account = await begun(request)
        return await choosing(request, account, Form()) if account else see_other(request, "/forgot")

    @post("/reset", audience="public", body="small", name="sign_in.finish_reset")
    async def finish(self, request: HTMXRequest) -> Reply:
        form, account = Form(await request.form()), await begun(request)
        if account is None:
            return see_other(request, "/forgot")
        code, password = form.line("code", 40, required=_("Write the code.")), form.secret("password")
        if wrong := passwords.problem(password, own_words=words_of(request, account)):
            form.wrong("password", wrong)
        if not form.errors and (shown := await finished(request, account, code, password)):
            reply = see_other(request, await first_page(account.id))
            return await let_in(request, account.id, shown, reply, own=form.flag("own"))
        if not form.errors:
            form.wrong("code", _("That code doesn’t match. Wait for the next one and try again."))
        return await choosing(request, account, form, status=422)


async def begun(request: HTMXRequest) -> AccountFacts | None:
    return await reset.begun(request.app.state["keys"], browser(request), datetime.now(UTC))


async def finished(request: HTMXRequest, account: AccountFacts, code: str, password: str) -> str:
    keys, address, now = request.app.state["keys"], address_of(request), datetime.now(UTC)
    return await reset.finish(keys, account, browser(request), code, password, address=address, now=now)


async def choosing(request: HTMXRequest, account: AccountFacts, form: Form, status: int = 200) -> Reply:
    possible = await reset.possible(account)
    suggestion = passwords.phrase()
    return page(request, "portal/sign_in/reset", status=status, form=form, possible=possible, suggestion=suggestion)


ROUTES = [Forgot, Reset]

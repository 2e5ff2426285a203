"""Signing in, for everyone: a passkey, or a password and a one-time code."""

from datetime import UTC, datetime
from typing import Any

from litestar import Controller, Response, get, post
from litestar.plugins.htmx import HTMXRequest

from app.forms import Form
from app.gate import safe_path
from app.identity import accounts, ceremonies, passkeys, sessions
from app.identity.accounts import AccountFacts
from app.identity.passkeys import PasskeyRejected
from app.language import _
from app.pages import Reply, page, see_other
from portal.entrance import (
    address_of,
    browser,
    credential_in,
    first_page,
    known_device,
    let_in,
    said_in,
    session_of,
    with_session,
)


class SignIn(Controller):
    @get("/sign-in", audience="public", name="sign_in")
    async def show(self, request: HTMXRequest) -> Reply:
        return page(request, "portal/sign_in/show", form=Form())

    @post("/sign-in", audience="public", body="small", name="sign_in.password")
    async def password(self, request: HTMXRequest) -> Reply:
        form = Form(await request.form())
        login, password = form.line("login", 320, required=_("Write your e-mail address.")), form.secret("password")
        now, own = datetime.now(UTC), form.flag("own")
        if not form.errors:
            account = await accounts.password_is(
                request.app.state["keys"],
                login,
                password,
                address=address_of(request),
                device=known_device(request),
                now=now,
            )
            if account and account.has_code:
                await ceremonies.begin("code", browser(request), now, account=account.id, own=own)
                return see_other(request, "/sign-in/code")
            form.wrong("login", _("These two don’t go together. Check both and try again."))
        return page(request, "portal/sign_in/show", status=422, form=form)

    @get("/sign-in/code", audience="public", name="sign_in.code")
    async def ask_code(self, request: HTMXRequest) -> Reply:
        if await ceremonies.look("code", browser(request), datetime.now(UTC)) is None:
            return see_other(request, "/sign-in")
        return page(request, "portal/sign_in/code", form=Form())

    @post("/sign-in/code", audience="public", body="small", name="sign_in.prove")
    async def prove(self, request: HTMXRequest) -> Reply:
        form, now = Form(await request.form()), datetime.now(UTC)
        pending = await ceremonies.look("code", browser(request), now)
        account = (
            await accounts.by_id(request.app.state["keys"], pending.account) if pending and pending.account else None
        )
        if pending is None or account is None or account.disabled:
            return see_other(request, "/sign-in")
        typed = form.line("code", 40, required=_("Write the code."))
        factors = "password+recovery" if len(typed.replace(" ", "").replace("-", "")) > 6 else "password+code"
        if not form.errors and await second_half(request, account, typed, factors, now):
            goto = see_other(request, await first_page(account.id))
            return await let_in(request, account.id, factors, goto, own=bool(pending.detail.get("own")))
        form.wrong("code", _("That code doesn’t match. Wait for the next one and try again."))
        return page(request, "portal/sign_in/code", status=422, form=form)

    @post("/sign-in/passkey/options", audience="public", body="small", name="sign_in.options")
    async def options(self, request: HTMXRequest) -> Response[dict[str, Any]]:
        made = await passkeys.options_to_sign_in(request.app.state["config"], browser(request), datetime.now(UTC))
        return Response(made, status_code=200)

    @post("/sign-in/passkey", audience="public", name="sign_in.passkey")
    async def passkey(self, request: HTMXRequest) -> Response[Any]:
        """With a session, locked or not, it unlocks or steps up that one, and only by a passkey of the same account."""
        said, now, state, session = await said_in(request), datetime.now(UTC), request.app.state, session_of(request)
        mine = session.viewer.account if session else None
        try:
            account = await passkeys.proven(
                state["keys"], state["config"], browser(request), credential_in(said), now, account=mine
            )
        except PasskeyRejected:
            sentence = _("That passkey didn’t work here. Try again, or use your password.")
            return Response({"error": sentence}, status_code=422)
        goto = safe_path(str(said.get("next") or "/"))
        if session and session.viewer.session:
            token = await sessions.renew(session.viewer.session, now, passkey=True)
            return with_session(Response({"next": goto}, status_code=200), token, own_device=session.own_device)
        reply = Response({"next": await first_page(account.id) if goto == "/" else goto}, status_code=200)
        return await let_in(request, account.id, sessions.PASSKEY, reply, own=said.get("own") is True)


async def second_half(request: HTMXRequest, account: AccountFacts, typed: str, factors: str, now: datetime) -> bool:
    right = await accounts.second_factor_is(
        request.app.state["keys"],
        account,
        typed,
        now,
        recover=factors == "password+recovery",
        address=address_of(request),
    )
    return right and await ceremonies.take("code", browser(request), now) is not None


ROUTES = [SignIn]

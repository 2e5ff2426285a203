"""Signing in, for everyone: a passkey, or a password and a one-time code; locking, leaving and coming back."""

from datetime import UTC, datetime
from typing import Any, TypeVar

from litestar import Controller, Response, get, post
from litestar.params import FromPath
from litestar.plugins.htmx import HTMXRequest

from app.errors import Invalid
from app.forms import NAME, Form
from app.gate import PRE_SESSION, SESSION, client_address, safe_path
from app.identity import accounts, ceremonies, invitations, passkeys, sessions
from app.identity.accounts import AccountFacts
from app.identity.door import cookie
from app.identity.passkeys import PasskeyRejected
from app.identity.sessions import SignedIn, State
from app.language import _
from app.organisation import organisation
from app.pages import Reply, page, see_other

CLEAR = '"cache", "cookies", "storage"'
OWN_DEVICE_AGE = 24 * 3600
R = TypeVar("R", bound=Response[Any])


class SignIn(Controller):
    @get("/sign-in", audience="public", name="sign_in")
    async def show(self, request: HTMXRequest) -> Reply:
        return page(request, "portal/sign_in/show", form=Form())

    @post("/sign-in", audience="public", body="small", name="sign_in.password")
    async def password(self, request: HTMXRequest) -> Reply:
        form = Form(await request.form())
        login = form.line("login", 320, required=_("Write your e-mail address or name."))
        password = form.secret("password")
        now = datetime.now(UTC)
        if not form.errors:
            account = await accounts.password_is(
                request.app.state["keys"], login, password, address=address_of(request), device="", now=now
            )
            if account and account.has_code:
                await ceremonies.begin("code", browser(request), now, account=account.id, own=form.flag("own"))
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
        form, now, keys = Form(await request.form()), datetime.now(UTC), request.app.state["keys"]
        pending = await ceremonies.look("code", browser(request), now)
        account = await accounts.by_id(keys, pending.account) if pending and pending.account else None
        if pending is None or account is None or account.disabled:
            return see_other(request, "/sign-in")
        typed = form.line("code", 40, required=_("Write the code."))
        recover = len(typed.replace(" ", "").replace("-", "")) > 6
        if not form.errors and await accounts.second_factor_is(keys, account, typed, now, recover=recover):
            await ceremonies.take("code", browser(request), now)
            return await let_in(request, account, "password+code", own=bool(pending.detail.get("own")))
        if not form.errors:
            form.wrong("code", _("That code doesn’t match. Wait for the next one and try again."))
        return page(request, "portal/sign_in/code", status=422, form=form)

    @post("/sign-in/passkey/options", audience="public", body="small", name="sign_in.options")
    async def options(self, request: HTMXRequest) -> Response[dict[str, Any]]:
        made = await passkeys.options_to_sign_in(request.app.state.config, browser(request), datetime.now(UTC))
        return Response(made, status_code=200)

    @post("/sign-in/passkey", audience="public", body="small", name="sign_in.passkey")
    async def passkey(self, request: HTMXRequest) -> Response[Any]:
        said = await said_in(request)
        state, now = request.app.state, datetime.now(UTC)
        session: SignedIn | None = request.scope.get("auth")
        mine = session.viewer.account if session else None
        try:
            account = await passkeys.proven(
                state["keys"], state.config, browser(request), credential_in(said), now, account=mine
            )
        except PasskeyRejected:
            return Response(
                {"error": _("That passkey didn’t work here. Try again, or use your password.")}, status_code=422
            )
        goto = safe_path(str(said.get("next") or "/"))
        if session:
            token = await sessions.renew(session.viewer.session, now)  # type: ignore[arg-type]
            return with_session(Response({"next": goto}, status_code=200), token, own_device=session.own_device)
        own = bool(said.get("own"))
        token = await session_for(request, account, "passkey", own=own)
        return with_session(Response({"next": goto}, status_code=200), token, own_device=own)

    @get(["/unlock", "/step-up"], audience="public", name="sign_in.again")
    async def again(self, request: HTMXRequest) -> Reply:
        session: SignedIn | None = request.scope.get("auth")
        if session is None:
            return see_other(request, "/sign-in")
        goto = safe_path(request.query_params.get("next", "/"))
        return page(request, "portal/sign_in/again", form=Form(), goto=goto, locked=session.state is State.LOCKED)

    @post(["/unlock", "/step-up"], audience="public", body="small", name="sign_in.prove_again")
    async def prove_again(self, request: HTMXRequest) -> Reply:
        form, now, keys = Form(await request.form()), datetime.now(UTC), request.app.state["keys"]
        session: SignedIn | None = request.scope.get("auth")
        account = await accounts.by_id(keys, session.viewer.account) if session and session.viewer.account else None
        if session is None or account is None:
            return see_other(request, "/sign-in")
        goto = safe_path(form.line("next", 500))
        right = await accounts.password_is(
            keys, account.login, form.secret("password"), address=address_of(request), device="", now=now
        )
        if right:
            token = await sessions.renew(session.viewer.session, now)  # type: ignore[arg-type]
            return with_session(see_other(request, goto), token, own_device=session.own_device)
        form.wrong("password", _("That is not the password. Try again."))
        locked = session.state is State.LOCKED
        return page(request, "portal/sign_in/again", status=422, form=form, goto=goto, locked=locked)

    @post("/sign-out", audience="public", name="sign_in.out")
    async def sign_out(self, request: HTMXRequest) -> Reply:
        session: SignedIn | None = request.scope.get("auth")
        if session and session.viewer.session and session.viewer.account:
            await sessions.end(session.viewer.session, session.viewer.account, datetime.now(UTC))
        reply = see_other(request, "/sign-in")
        reply.headers["Clear-Site-Data"] = CLEAR
        reply.delete_cookie(SESSION, path="/")
        return reply

    # The one page that a GET changes something behind: it locks, which harms nobody, and it must work without script.
    @get("/leave", audience="public", passive=True, name="leave")
    async def leave(self, request: HTMXRequest) -> Reply:
        session: SignedIn | None = request.scope.get("auth")
        if session and session.viewer.session:
            await sessions.lock(session.viewer.session, datetime.now(UTC))
        about = await organisation()
        return Response(b"", status_code=303, headers={"Location": about.leave_url, "Clear-Site-Data": '"cache"'})

    @get("/join/{token:str}", audience="public", name="sign_in.join")
    async def join(self, request: HTMXRequest, token: FromPath[str]) -> Reply:
        found = await invitations.opened(token, datetime.now(UTC))
        return page(request, "portal/sign_in/join", status=200 if found else 404, found=found, form=Form(), token=token)

    @post("/join/{token:str}", audience="public", body="small", name="sign_in.accept")
    async def accept(self, request: HTMXRequest, token: FromPath[str]) -> Reply:
        form, now, keys = Form(await request.form()), datetime.now(UTC), request.app.state["keys"]
        login = form.line("login", NAME * 3, required=_("Write the e-mail address you will sign in with."))
        account = None
        if not form.errors:
            try:
                account = await invitations.accept(token, keys, login, now)
            except Invalid as error:
                for name, sentence in error.errors.items():
                    form.wrong(name, sentence)
        if account and (facts := await accounts.by_id(keys, account)):
            return await let_in(request, facts, "invitation", own=form.flag("own"), goto="/me/security")
        found = await invitations.opened(token, now)
        return page(request, "portal/sign_in/join", status=422, found=found, form=form, token=token)


async def said_in(request: HTMXRequest) -> dict[str, Any]:
    """The JSON object that a passkey script sent; empty for anything else."""
    said = await request.json()
    return said if isinstance(said, dict) else {}


def credential_in(said: dict[str, Any]) -> dict[str, Any]:
    credential = said.get("credential")
    return credential if isinstance(credential, dict) else {}


def browser(request: HTMXRequest) -> str:
    """What ties a pending proof to this browser: its session, or the cookie of the sign-in form."""
    return cookie(request.scope, SESSION) or cookie(request.scope, PRE_SESSION) or ""


def address_of(request: HTMXRequest) -> str:
    return client_address(request.scope, request.app.state.config)


async def session_for(request: HTMXRequest, account: AccountFacts, factors: str, *, own: bool) -> str:
    device = request.headers.get("user-agent", "")[:200]
    return await sessions.open_session(
        account.id, factors=factors, own_device=own, device=device, address=address_of(request), now=datetime.now(UTC)
    )


async def let_in(request: HTMXRequest, account: AccountFacts, factors: str, *, own: bool, goto: str = "/") -> Reply:
    token = await session_for(request, account, factors, own=own)
    return with_session(see_other(request, goto), token, own_device=own)


def with_session(reply: R, token: str, *, own_device: bool) -> R:
    """The cookie outlives the browser only on a device that the person called their own."""
    age = OWN_DEVICE_AGE if own_device else None
    reply.set_cookie(SESSION, token, path="/", max_age=age, secure=True, httponly=True, samesite="lax")
    return reply


ROUTES = [SignIn]

"""Coming back and going: unlocking, showing a factor once more, signing out, and leaving at once."""

from datetime import UTC, datetime

from litestar import Controller, Response, get, post
from litestar.plugins.htmx import HTMXRequest

from app.forms import Form
from app.gate import safe_path
from app.identity import accounts, sessions
from app.identity.sessions import SignedIn, State
from app.language import _
from app.organisation import organisation
from app.pages import Reply, page, see_other
from portal.entrance import address_of, known_device, session_of, with_session, without_session

CLEAR = '"cache", "cookies", "storage"'


class Again(Controller):
    @get(["/unlock", "/step-up"], audience="public", name="sign_in.again")
    async def again(self, request: HTMXRequest) -> Reply:
        session = session_of(request)
        if session is None:
            return see_other(request, "/sign-in")
        return asking(request, session, Form(), safe_path(request.query_params.get("next", "/")))

    @post(["/unlock", "/step-up"], audience="public", body="small", name="sign_in.prove_again")
    async def prove_again(self, request: HTMXRequest) -> Reply:
        form, now, session = Form(await request.form()), datetime.now(UTC), session_of(request)
        if session is None or session.viewer.session is None:
            return see_other(request, "/sign-in")
        goto = safe_path(form.line("next", 2000))
        if await knows_password(request, session, form.secret("password"), now):
            token = await sessions.renew(session.viewer.session, now)
            return with_session(see_other(request, goto), token, own_device=session.own_device)
        form.wrong("password", _("That is not the password. Try again."))
        return asking(request, session, form, goto, status=422)

    @post("/sign-out", audience="public", name="sign_in.out")
    async def sign_out(self, request: HTMXRequest) -> Reply:
        session = session_of(request)
        if session and session.viewer.session and session.viewer.account:
            await sessions.end(session.viewer.session, session.viewer.account, datetime.now(UTC))
        reply = see_other(request, "/sign-in")
        reply.headers["Clear-Site-Data"] = CLEAR
        return without_session(reply)

    # The one page that a GET changes something behind: it locks, which harms nobody, and it must work without script.
    @get("/leave", audience="public", passive=True, name="leave")
    async def leave(self, request: HTMXRequest) -> Reply:
        session = session_of(request)
        if session and session.viewer.session:
            await sessions.lock(session.viewer.session, datetime.now(UTC))
        about = await organisation()
        return Response(b"", status_code=303, headers={"Location": about.leave_url, "Clear-Site-Data": '"cache"'})


async def knows_password(request: HTMXRequest, session: SignedIn, password: str, now: datetime) -> bool:
    keys = request.app.state["keys"]
    account = await accounts.by_id(keys, session.viewer.account) if session.viewer.account else None
    if account is None:
        return False
    right = await accounts.password_is(
        keys, account.login, password, address=address_of(request), device=known_device(request), now=now
    )
    return right is not None


def asking(request: HTMXRequest, session: SignedIn, form: Form, goto: str, status: int = 200) -> Reply:
    locked = session.state is State.LOCKED
    return page(request, "portal/sign_in/again", status=status, form=form, goto=goto, locked=locked)


ROUTES = [Again]

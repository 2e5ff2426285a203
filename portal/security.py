"""How one signs in: passkeys, a password with a one-time code, recovery codes. Each change asks for a factor first."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.plugins.htmx import HTMXRequest

from app.access import Kind, Viewer
from app.errors import NotFound
from app.forms import NAME, Form
from app.identity import accounts, enrolment, passkeys, passwords, recovery, totp
from app.identity.accounts import AccountFacts
from app.identity.passkeys import PasskeyRejected
from app.language import _
from app.pages import Reply, page, see_other
from portal.device import account_id
from portal.entrance import browser, credential_in, device_of, said_in, session_of

HERE, STEP_UP = "/me/security", "/step-up?next=/me/security"


class Passkeys(Controller):
    @post("/me/security/passkey/options", audience="account", enrolment=True, name="portal.security.passkey_options")
    async def options(self, request: HTMXRequest, viewer: NamedDependency[Viewer]) -> Response[dict[str, Any]]:
        account, state = await account_of(request, viewer), request.app.state
        if not viewer.step_up or await must_show_passkey(request, viewer):
            return Response({"next": STEP_UP}, status_code=200)
        try:
            made = await passkeys.options_to_add(account, state["config"], browser(request), datetime.now(UTC))
        except PasskeyRejected:
            return Response({"error": _("You have ten passkeys. Remove one first.")}, status_code=422)
        return Response(made, status_code=200)

    @post("/me/security/passkey", audience="account", enrolment=True, name="portal.security.add_passkey")
    async def add(self, request: HTMXRequest, viewer: NamedDependency[Viewer]) -> Response[dict[str, Any]]:
        credential, now, config = credential_in(await said_in(request)), datetime.now(UTC), request.app.state["config"]
        account, name = await account_of(request, viewer), device_of(request) or _("Passkey")
        try:
            await passkeys.add(account, config, browser(request), credential, name, now, session=viewer.session)
        except PasskeyRejected:
            return Response({"error": _("That passkey couldn’t be added. Try once more.")}, status_code=422)
        return Response({"next": HERE}, status_code=200)

    @post("/me/security/passkey/{passkey_id:uuid}/name", audience="account", name="portal.security.name_passkey")
    async def rename(self, request: HTMXRequest, viewer: NamedDependency[Viewer], passkey_id: FromPath[UUID]) -> Reply:
        form = Form(await request.form())
        name = form.line("name", NAME, required=_("Write a name for this passkey."))
        if form.errors:
            form.wrong(f"name-{passkey_id}", form.errors.pop("name"))
            return await security(request, viewer, form, status=422)
        if not await passkeys.rename(account_id(viewer), passkey_id, name):
            raise NotFound
        return see_other(request, HERE)

    @post("/me/security/passkey/{passkey_id:uuid}/remove", audience="account", name="portal.security.remove_passkey")
    async def remove(self, request: HTMXRequest, viewer: NamedDependency[Viewer], passkey_id: FromPath[UUID]) -> Reply:
        if not viewer.step_up:
            return see_other(request, STEP_UP)
        account, now = await account_of(request, viewer), datetime.now(UTC)
        if not await passkeys.remove(account, passkey_id, now, session=viewer.session):
            form = Form()
            form.wrong("passkeys", _("Keep this one: it is your only way to sign in. Add another first."))
            return await security(request, viewer, form, status=422)
        return see_other(request, HERE)


class Security(Controller):
    @get(HERE, audience="account", enrolment=True, name="portal.security.show")
    async def show(self, request: HTMXRequest, viewer: NamedDependency[Viewer]) -> Reply:
        return await security(request, viewer)

    @post("/me/security/password", audience="account", enrolment=True, body="small", name="portal.security.password")
    async def password(self, request: HTMXRequest, viewer: NamedDependency[Viewer]) -> Reply:
        if not viewer.step_up:
            return see_other(request, STEP_UP)
        form, now, keys = Form(await request.form()), datetime.now(UTC), request.app.state["keys"]
        account, chosen = await account_of(request, viewer), form.secret("password")
        if wrong := passwords.problem(chosen, own_words=words_of(request, account)):
            form.wrong("password", wrong)
            return await security(request, viewer, form, status=422)
        await enrolment.choose_password(account, keys, chosen, now, session=viewer.session)
        if not account.has_code:
            await enrolment.start_code(account, keys, browser(request), now)
        return see_other(request, HERE)

    @post("/me/security/code/new", audience="account", enrolment=True, body="small", name="portal.security.new_code")
    async def new_code(self, request: HTMXRequest, viewer: NamedDependency[Viewer]) -> Reply:
        if not viewer.step_up:
            return see_other(request, STEP_UP)
        account, keys = await account_of(request, viewer), request.app.state["keys"]
        await enrolment.start_code(account, keys, browser(request), datetime.now(UTC))
        return see_other(request, HERE + "#code")

    @post("/me/security/code", audience="account", enrolment=True, body="small", name="portal.security.code")
    async def code(self, request: HTMXRequest, viewer: NamedDependency[Viewer]) -> Reply:
        form, now, keys = Form(await request.form()), datetime.now(UTC), request.app.state["keys"]
        typed, account = form.line("code", 20, required=_("Write the six digits from your app.")), None
        if not form.errors:
            account = await account_of(request, viewer)
            if await enrolment.confirm_code(account, keys, browser(request), typed, now, session=viewer.session):
                return see_other(request, HERE)
            form.wrong("code", _("That code doesn’t match. Wait for the next one and try again."))
        return await security(request, viewer, form, status=422)

    @post("/me/security/recovery-codes", audience="account", enrolment=True, body="small", name="portal.security.codes")
    async def recovery_codes(self, request: HTMXRequest, viewer: NamedDependency[Viewer]) -> Reply:
        if not viewer.step_up:
            return see_other(request, STEP_UP)
        account, keys = await account_of(request, viewer), request.app.state["keys"]
        codes = await enrolment.new_recovery_codes(account, keys, datetime.now(UTC), session=viewer.session)
        return page(request, "portal/device/codes", codes=codes)


async def must_show_passkey(request: HTMXRequest, viewer: Viewer) -> bool:
    """Staff who hold a passkey add another only by it, or by a recovery code when it is lost: what a code typed into a
    copied page gives away must not be enough to add one."""
    session = session_of(request)
    by_code = session is not None and session.factors == "password+code"
    return viewer.kind is Kind.STAFF and by_code and bool(await passkeys.held(account_id(viewer)))


def words_of(request: HTMXRequest, account: AccountFacts) -> tuple[str, ...]:
    """What somebody who knows the person or this place would try first."""
    about = request.scope["state"]["organisation"].name
    return (*account.login.replace("@", " ").split(), *account.called_name.split(), account.login.split("@")[0], about)


async def account_of(request: HTMXRequest, viewer: Viewer) -> AccountFacts:
    found = await accounts.by_id(request.app.state["keys"], account_id(viewer))
    if found is None:
        raise NotFound
    return found


async def security(request: HTMXRequest, viewer: Viewer, form: Form | None = None, status: int = 200) -> Reply:
    account, session = await account_of(request, viewer), session_of(request)
    waiting = await enrolment.code_to_scan(account, request.app.state["keys"], browser(request), datetime.now(UTC))
    return page(
        request,
        "portal/device/security",
        status=status,
        form=form or Form(),
        passkeys=await passkeys.held(account.id),
        account=account,
        secret=waiting[0] if waiting else "",
        picture=totp.picture(waiting[1]) if waiting else "",
        suggestion=passwords.phrase(),
        codes_left=await recovery.left(account.id),
        enrolled=session is not None and session.enrolled,
        show_passkey=await must_show_passkey(request, viewer),
        staff=viewer.kind is Kind.STAFF,
    )


ROUTES = [Passkeys, Security]

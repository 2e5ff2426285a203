"""Which devices are signed in, and how one signs in."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.plugins.htmx import HTMXRequest

from app.access import Viewer
from app.errors import NotFound
from app.forms import NAME, Form
from app.identity import accounts, enrolment, passkeys, passwords, recovery, sessions, totp
from app.identity.accounts import AccountFacts
from app.identity.passkeys import PasskeyRejected
from app.language import _
from app.pages import Reply, page, see_other
from portal.sign_in import browser, credential_in, said_in


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


class Security(Controller):
    @get("/me/security", audience="account", enrolment=True, name="portal.device.security")
    async def show(self, request: HTMXRequest, viewer: NamedDependency[Viewer]) -> Reply:
        return await security(request, viewer)

    @post("/me/security/passkey/options", audience="account", enrolment=True, name="portal.device.passkey_options")
    async def options(self, request: HTMXRequest, viewer: NamedDependency[Viewer]) -> Response[dict[str, Any]]:
        if not viewer.step_up:
            return Response({"next": "/step-up?next=/me/security"}, status_code=200)
        account, state = await account_of(request, viewer), request.app.state
        made = await passkeys.options_to_add(account, state.config, browser(request), datetime.now(UTC))
        return Response(made, status_code=200)

    @post("/me/security/passkey", audience="account", enrolment=True, name="portal.device.add_passkey")
    async def add(self, request: HTMXRequest, viewer: NamedDependency[Viewer]) -> Response[dict[str, Any]]:
        said = await said_in(request)
        account, state = await account_of(request, viewer), request.app.state
        name = str(said.get("name") or "").strip()[:NAME] or _("Passkey")
        try:
            await passkeys.add(account, state.config, browser(request), credential_in(said), name, datetime.now(UTC))
        except PasskeyRejected:
            return Response({"error": _("That passkey couldn’t be added. Try once more.")}, status_code=422)
        return Response({"next": "/me/security"}, status_code=200)

    @post("/me/security/passkey/{passkey_id:uuid}/remove", audience="account", name="portal.device.remove_passkey")
    async def remove(self, request: HTMXRequest, viewer: NamedDependency[Viewer], passkey_id: FromPath[UUID]) -> Reply:
        if not viewer.step_up:
            return see_other(request, "/step-up?next=/me/security")
        if not await passkeys.remove(await account_of(request, viewer), passkey_id, datetime.now(UTC)):
            form = Form()
            form.wrong("passkeys", _("Keep this one: it is your only way to sign in. Add another first."))
            return await security(request, viewer, form, status=422)
        return see_other(request, "/me/security")

    @post("/me/security/password", audience="account", enrolment=True, body="small", name="portal.device.password")
    async def password(self, request: HTMXRequest, viewer: NamedDependency[Viewer]) -> Reply:
        if not viewer.step_up:
            return see_other(request, "/step-up?next=/me/security")
        form = Form(await request.form())
        account = await account_of(request, viewer)
        chosen = form.secret("password")
        own_words = tuple((account.login.split("@")[0] + " " + account.called_name).split())
        if wrong := passwords.problem(chosen, own_words=own_words):
            form.wrong("password", wrong)
            return await security(request, viewer, form, status=422)
        now = datetime.now(UTC)
        await enrolment.choose_password(account, request.app.state["keys"], chosen, now, session=viewer.session)  # type: ignore[arg-type]
        return see_other(request, "/me/security")

    @post("/me/security/code", audience="account", enrolment=True, body="small", name="portal.device.code")
    async def code(self, request: HTMXRequest, viewer: NamedDependency[Viewer]) -> Reply:
        form, keys = Form(await request.form()), request.app.state["keys"]
        typed = form.line("code", 20, required=_("Write the six digits from your app."))
        if not form.errors and await enrolment.confirm_code(account_id(viewer), keys, typed, datetime.now(UTC)):
            return see_other(request, "/me/security")
        if not form.errors:
            form.wrong("code", _("That code doesn’t match. Wait for the next one and try again."))
        return await security(request, viewer, form, status=422)

    @post("/me/security/recovery-codes", audience="account", body="small", name="portal.device.recovery_codes")
    async def recovery_codes(self, request: HTMXRequest, viewer: NamedDependency[Viewer]) -> Reply:
        if not viewer.step_up:
            return see_other(request, "/step-up?next=/me/security")
        codes = await recovery.renew(account_id(viewer), request.app.state["keys"])
        return page(request, "portal/device/codes", codes=codes)


def account_id(viewer: Viewer) -> UUID:
    if viewer.account is None:
        raise NotFound
    return viewer.account


async def account_of(request: HTMXRequest, viewer: Viewer) -> AccountFacts:
    found = await accounts.by_id(request.app.state["keys"], account_id(viewer))
    if found is None:
        raise NotFound
    return found


async def security(request: HTMXRequest, viewer: Viewer, form: Form | None = None, status: int = 200) -> Reply:
    account = await account_of(request, viewer)
    waiting = await enrolment.code_to_scan(account.id, request.app.state["keys"])
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
    )


ROUTES = [Devices, Security]

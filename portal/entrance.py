"""What every way in shares: which browser this is, and the cookies it gets."""

from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from litestar import Response
from litestar.plugins.htmx import HTMXRequest

from app.delivery.mail import checked
from app.forms import NAME, Form
from app.gate import PRE_SESSION, SESSION, client_address, cookie
from app.identity import known_devices, notices, sessions
from app.identity.device_names import device_name
from app.identity.sessions import SignedIn
from app.language import _

OWN_DEVICE_AGE = 24 * 3600
R = TypeVar("R", bound=Response[Any])


def browser(request: HTMXRequest) -> str:
    """What ties a pending proof to this browser: its session, or the cookie of the sign-in form."""
    return cookie(request.scope, SESSION) or cookie(request.scope, PRE_SESSION) or ""


def session_of(request: HTMXRequest) -> SignedIn | None:
    """Also one that is locked."""
    return request.scope.get("auth")


def address_of(request: HTMXRequest) -> str:
    return client_address(request.scope, request.app.state["config"])


def device_of(request: HTMXRequest) -> str:
    return device_name(request.headers.get("user-agent", ""))


def known_device(request: HTMXRequest) -> str:
    return cookie(request.scope, known_devices.COOKIE) or ""


def mail_address(form: Form, name: str) -> str:
    """An address that letters can go to; "" with a word in the form otherwise."""
    typed = form.line(name, NAME * 3, required=_("Write your e-mail address."))
    try:
        return checked(typed) if typed else ""
    except ValueError:
        form.wrong(name, _("Write an e-mail address, like maya@example.org."))
        return ""


async def said_in(request: HTMXRequest) -> dict[str, Any]:
    """The JSON object that a passkey script sent; empty for anything else."""
    said = await request.json()
    return said if isinstance(said, dict) else {}


def credential_in(said: dict[str, Any]) -> dict[str, Any]:
    credential = said.get("credential")
    return credential if isinstance(credential, dict) else {}


async def first_page(account: UUID) -> str:
    """What happened to the account since the last time comes before everything else."""
    return "/me/notices" if await notices.unread(account) else "/"


async def let_in(request: HTMXRequest, account: UUID, factors: str, reply: R, *, own: bool) -> R:
    """Opens the session and gives `reply` its cookies. own: the person said that this device is theirs."""
    now, keys, device = datetime.now(UTC), request.app.state["keys"], device_of(request)
    before = session_of(request)
    if before and before.viewer.session and before.viewer.account:
        await sessions.end(before.viewer.session, before.viewer.account, now)
    if factors != sessions.INVITATION and not await known_devices.known(keys, account, known_device(request), now):
        await notices.tell(account, "new_device", now, device)
    token = await sessions.open_session(
        account, factors=factors, own_device=own, device=device, address=address_of(request), now=now
    )
    if own:
        value = await known_devices.remember(keys, account, known_device(request), now)
        age = int(known_devices.VALID.total_seconds())
        reply.set_cookie(known_devices.COOKIE, value, path="/", max_age=age, secure=True, httponly=True, samesite="lax")
    return with_session(reply, token, own_device=own)


def with_session(reply: R, token: str, *, own_device: bool) -> R:
    """The cookie outlives the browser only on a device that the person called their own."""
    age = OWN_DEVICE_AGE if own_device else None
    reply.set_cookie(SESSION, token, path="/", max_age=age, secure=True, httponly=True, samesite="lax")
    return reply


def without_session(reply: R) -> R:
    reply.set_cookie(SESSION, "", path="/", max_age=0, secure=True, httponly=True, samesite="lax")
    return reply

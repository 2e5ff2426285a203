"""Who is asking: the session behind the cookie, on every request, and whether this page is for them."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from litestar.connection import ASGIConnection
from litestar.exceptions import HTTPException
from litestar.handlers.base import BaseRouteHandler
from litestar.types import ASGIApp, Receive, Scope, Send

from app.access.facts import Kind, Role
from app.errors import NotFound
from app.gate import SESSION, cookie
from app.identity.sessions import SignedIn, State, seen, signed_in


class SessionDoor:
    """Sets `user` (the Viewer, while the session is live) and `auth` (the session, also while it is locked)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            token = None if scope["route_handler"].opt.get("impersonal") else cookie(scope, SESSION)
            now = datetime.now(UTC)
            session = await signed_in(token, now) if token else None
            scope["auth"] = session
            scope["user"] = session.viewer if session and session.state is State.LIVE else None
            if session and session.state is State.LIVE and _is_activity(scope):
                await seen(session, now)
        await self.app(scope, receive, send)


def _is_activity(scope: Scope) -> bool:
    """Whether somebody did this: polling, streams and what a browser fetches ahead of time keep no session open."""
    ahead = any(name in (b"sec-purpose", b"purpose", b"x-moz") for name, _ in scope["headers"])
    return not ahead and not scope["route_handler"].opt.get("passive")


class Elsewhere(HTTPException):
    """Go and prove who you are first."""

    def __init__(self, url: str) -> None:
        super().__init__(status_code=303, headers={"Location": url})


async def audience_guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Each handler names its audience; a page of the other side is not there at all.

    It waits for nothing: it is async because a plain guard would be called in another thread, on every request.
    """
    audience = handler.opt.get("audience", "")
    if audience == "public":
        return
    session: SignedIn | None = connection.scope.get("auth")
    if session is None:
        raise Elsewhere("/sign-in")
    if session.state is State.LOCKED:
        raise Elsewhere("/unlock" + _back_to(connection))
    if not session.enrolled and not handler.opt.get("enrolment"):
        raise Elsewhere("/me/security")
    viewer = session.viewer
    open_to = {
        "account": True,
        "portal": viewer.kind is not Kind.STAFF,
        "staff": viewer.kind is Kind.STAFF,
        "supervisor": viewer.role is Role.SUPERVISOR,
        "admin": viewer.role is Role.ADMIN,
    }
    if not open_to.get(audience, False):
        raise NotFound


def _back_to(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """After unlocking, on to the page that was asked for; a form that was sent has no page to go back to."""
    asked = connection.scope.get("method") == "GET" and "hx-request" not in connection.headers
    return f"?next={quote(connection.url.path)}" if asked else ""

"""What every request is surrounded by: the reader's language and zone, the time, and the organisation."""

from datetime import UTC, datetime

from litestar.datastructures import Headers
from litestar.types import ASGIApp, Receive, Scope, Send

from app import language
from app.gate import cookie
from app.organisation import organisation


class Surroundings:
    """Sets the context variables in the request's own task, where handlers and templates see them."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            viewer = scope.get("user")
            about = await organisation()
            language.language.set(spoken(scope))
            language.zone.set(viewer.zone if viewer else about.zone)
            language.moment.set(datetime.now(UTC))
            scope["state"]["organisation"] = about
        await self.app(scope, receive, send)


def spoken(scope: Scope) -> str:
    """Their own choice in the account, else the choice kept on this device, else what the browser asks for."""
    if viewer := scope.get("user"):
        return language.chosen(viewer.language)
    return language.chosen(cookie(scope, "__Host-lang"), Headers.from_scope(scope).get("accept-language"))

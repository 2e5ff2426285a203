"""Every handler says for whom it is; an application with one that does not is not started."""

from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

AUDIENCES = ("public", "account", "portal", "staff", "supervisor", "admin")


class Undeclared(Exception):
    """A handler without an audience, or one whose answers would be cached."""


def handlers(app: Litestar) -> dict[tuple[str, str], HTTPRouteHandler]:
    """Each route and method with its handler; OPTIONS answers nothing of anybody's and is left out."""
    found = {}
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            for method in handler.http_methods - {"OPTIONS"}:
                found[route.path, str(method)] = handler
    return found


def checked(app: Litestar) -> Litestar:
    """Raises Undeclared."""
    for (path, method), handler in handlers(app).items():
        if handler.opt.get("audience") not in AUDIENCES:
            raise Undeclared(f"{method} {path} names no audience")
        if handler.cache:
            raise Undeclared(f"{method} {path}: a cached answer skips every check")
    return app

"""How the application answers when something is not to be: plainly, with a way on, and the crisis line in sight."""

from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException

from app import language
from app.errors import DomainError
from app.gate import request_id
from app.gate.logs import log_crash
from app.pages import rendered, surroundings
from app.web.surroundings import spoken

KNOWN = (400, 401, 403, 404, 405, 409, 413, 414, 415, 422, 429, 500, 503)


def error_page(request: Request[Any, Any, Any], status: int, headers: dict[str, str] | None = None) -> Response[Any]:
    """The same page for everyone who meets this status; nothing in it tells absent from out of reach."""
    shown = status if status in KNOWN else 400 if status < 500 else 500
    if "organisation" not in request.scope["state"]:  # an address that is nobody's: nothing has read the request yet
        language.language.set(spoken(request.scope))
    context = surroundings(request) | {"status": shown, "reference": request_id(request.scope)}
    return rendered(request, "errors/page", context, status, headers)


def answer_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    if request.headers.get("HX-Request") and "Location" in (error.headers or {}):
        # htmx would follow the redirect and put the sign-in page into a corner of this one.
        return Response(b"", status_code=401, headers={"HX-Redirect": error.headers["Location"]})  # type: ignore[index]
    kept = {k: v for k, v in (error.headers or {}).items() if k.lower() in ("retry-after", "allow", "location")}
    return error_page(request, error.status_code, kept)


def answer_domain(request: Request[Any, Any, Any], error: DomainError) -> Response[Any]:
    return error_page(request, error.status, getattr(error, "headers", None))


def answer_busy(request: Request[Any, Any, Any], error: TimeoutError) -> Response[Any]:
    """Somebody waited too long for a connection: too much is being asked at once, and nothing was done."""
    return error_page(request, 503, {"retry-after": "2"})


def answer_crash(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    log_crash(request.scope, error)
    return error_page(request, 500)


EXCEPTIONS: dict[Any, Any] = {
    HTTPException: answer_http,
    DomainError: answer_domain,
    TimeoutError: answer_busy,
    Exception: answer_crash,
}

"""The outermost layer: it sees every request first and every answer last, also those that Litestar's middleware never sees."""

from collections.abc import Sequence
from time import perf_counter
from typing import Any
from urllib.parse import quote

from litestar import Litestar
from litestar.exceptions import HTTPException, ImproperlyConfiguredException
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from app.config import Config
from app.errors import DomainError
from app.gate import limits
from app.gate.address import check_proxies, client_address, network_of
from app.gate.boundary import checked, path_is_text, read_query
from app.gate.headers import protected
from app.gate.logs import log_answer, log_crash
from app.gate.marks import request_id
from app.gate.refusal import PageTooOld, answer_too_old, refuse
from app.gate.reports import csp_report

_ONCE = frozenset(
    (b"host", b"content-type", b"content-length", b"origin", b"sec-fetch-site", b"x-csrf-token", b"hx-request")
)
_ALLOW = [(b"allow", b"GET, HEAD, POST")]


class Cairn(Litestar):
    """Litestar behind the gate. Needs `config` and `keys` in its state; every route is checked, none can opt out."""

    def __init__(self, route_handlers: Sequence[Any], **settings: Any) -> None:
        settings["middleware"] = [Entrance, *settings.get("middleware", ())]
        settings["exception_handlers"] = {PageTooOld: answer_too_old} | settings.get("exception_handlers", {})
        settings["after_exception"] = [_tell_crash, *settings.get("after_exception", ())]
        settings |= {
            "before_request": checked,
            "request_max_body_size": None,
            "multipart_form_part_limit": limits.FIELDS,
        }
        settings |= {"openapi_config": None, "logging_config": None}
        super().__init__([csp_report, *route_handlers], **settings)
        self.config: Config = self.state["config"]
        check_proxies(self.config)
        _check_routes(self)
        self.gate_host = self.config.host.lower().encode()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await self._exchange(scope, receive, send)
        elif scope["type"] == "websocket":  # we speak none
            await send({"type": "websocket.close", "code": 1008})
        else:
            await super().__call__(scope, receive, send)

    async def _exchange(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        began = perf_counter()
        scope.setdefault("state", {})
        request_id(scope)
        answer = _Answer(scope, send)
        try:
            if status := fault(scope, self.gate_host):
                await refuse(scope, answer, status, _ALLOW if status == 405 else None)
            else:
                await super().__call__(scope, receive, answer)
        except Exception as error:
            log_crash(scope, error)
            if not answer.status:
                await refuse(scope, answer, 500)
        finally:
            network = network_of(client_address(scope, self.config))
            method = scope["method"] if scope["method"] in limits.METHODS else "-"
            log_answer(scope, method, answer.status, (perf_counter() - began) * 1000, network)


class _Answer:
    """`send`, adding to each answer what security asks for and remembering its status."""

    __slots__ = ("_scope", "_send", "status")

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope = scope
        self._send = send
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message = {**message, "headers": protected(self._scope, message["headers"])}
        await self._send(message)


class Entrance:
    """The first middleware: what can be refused before anybody is recognised, once the route and its limits are known."""

    __slots__ = ("app",)

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["query_string"]:
            read_query(scope)
        if scope["method"] not in limits.SAFE:
            if scope["path"] != limits.REPORTS and not is_same_origin(
                scope, scope["litestar_app"].state["config"].origin
            ):
                raise PageTooOld
            receive = limits.counted(scope, receive)
        await self.app(scope, receive, send)


def fault(scope: HTTPScope, host: bytes) -> int:
    """The status to refuse a request with whose outer form is wrong, else 0. Leaves its headers by name in the state."""
    headers = list(scope["headers"])
    if scope["method"] not in limits.METHODS:
        return 405
    raw = scope.get("raw_path") or quote(scope["path"]).encode()
    if len(raw) + len(scope["query_string"]) > limits.URL_BYTES:
        return 414
    if (
        len(headers) > limits.HEADER_LINES
        or sum([len(name) + len(value) for name, value in headers]) > limits.HEADER_BYTES
    ):
        return 431
    named = scope["state"]["named"] = dict(headers)
    if len(named) != len(headers) and _repeats(headers):
        return 400
    if named.get(b"host", b"").lower() != host:
        return 400
    if b"content-encoding" in named:
        return 415
    return 0 if path_is_text(raw) else 400


def is_same_origin(scope: HTTPScope, origin: str) -> bool:
    """What the browser itself says about where a request comes from."""
    named = scope["state"]["named"]
    site = named.get(b"sec-fetch-site")
    return site == b"same-origin" if site is not None else named.get(b"origin") == origin.encode()


def _repeats(headers: Any) -> bool:
    names = [name for name, _ in headers if name in _ONCE]
    return len(set(names)) != len(names)


def _check_routes(app: Litestar) -> None:
    """A handler's own `before_request` would replace the check instead of adding to it."""
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if isinstance(handler, HTTPRouteHandler) and handler.resolve_before_request() is not checked:
                raise ImproperlyConfiguredException(f"{handler}: before_request goes around the gate")
            if handler.opt.get("body", "form") not in limits.BODY_BYTES:
                raise ImproperlyConfiguredException(f"{handler}: body is one of {', '.join(limits.BODY_BYTES)}")


async def _tell_crash(error: Exception, scope: Scope) -> None:
    expected = error.status_code != 500 if isinstance(error, HTTPException) else isinstance(error, DomainError)
    if not expected:
        log_crash(scope, error)

"""Browsers tell us here when a page tried something our content policy forbids. We keep which rule it was, no more."""

import re
from time import monotonic
from typing import Any

import msgspec
from litestar import Request, post

from app.gate.limits import REPORTS
from app.gate.logs import log

_DIRECTIVE = re.compile(r"[a-z-]{3,40}\Z")
PER_MINUTE = 30
_window = {"minute": 0, "seen": 0}


@post(REPORTS, status_code=204, audience="public", body="small", passive=True, name="csp_report")
async def csp_report(request: Request[Any, Any, Any]) -> None:
    body = await request.body()
    if _has_room():
        log.warning("policy", directive=directive_of(body), id=request.scope["state"]["request_id"])


def directive_of(body: bytes) -> str:
    """The rule a report names: both forms, `{"csp-report": {...}}` and `[{"body": {...}}]`."""
    try:
        told = msgspec.json.decode(body)
        report = told[0]["body"] if isinstance(told, list) else told["csp-report"]
        named = str(
            report.get("effective-directive") or report.get("effectiveDirective") or report.get("violated-directive")
        )
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, LookupError, TypeError, AttributeError):
        return "unknown"
    word = named.split(" ")[0]
    return word if _DIRECTIVE.match(word) else "unknown"


def _has_room() -> bool:
    """Anybody can send reports; the log takes so many a minute."""
    minute = int(monotonic() // 60)
    if minute != _window["minute"]:
        _window.update(minute=minute, seen=0)
    _window["seen"] += 1
    return _window["seen"] <= PER_MINUTE

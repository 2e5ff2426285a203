"""The answers the gate gives on its own. They need no template, no database and no session, so that they always work."""

from html import escape
from typing import Any

from litestar import Request, Response
from litestar.types import HTTPResponseBodyEvent, HTTPResponseStartEvent, HTTPScope, Scope, Send

from app.errors import DomainError
from app.gate.marks import request_id
from app.language import _, language
from app.organisation import known


class PageTooOld(DomainError):
    """Something was sent that did not come from a page of ours in this session. Mostly a page left open for too long."""

    status = 403


async def refuse(scope: HTTPScope, send: Send, status: int, headers: list[tuple[bytes, bytes]] | None = None) -> None:
    body = page(scope, *_sentences(status))
    start = [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send(HTTPResponseStartEvent(type="http.response.start", status=status, headers=start + (headers or [])))
    sent = b"" if scope["method"] == "HEAD" else body
    await send(HTTPResponseBodyEvent(type="http.response.body", body=sent, more_body=False))


def answer_too_old(request: Request[Any, Any, Any], error: PageTooOld) -> Response[bytes]:
    return Response(page(request.scope, *_sentences(403)), status_code=403, media_type="text/html")


def page(scope: Scope, title: str, text: str) -> bytes:
    # The words stand outside the f-strings: the extraction reads no calls inside one.
    start, help_now = escape(_("Go to the start page")), escape(_("Need someone now?"))
    calls = " ".join(f'<a href="{escape(line.href)}">{escape(line.words)}</a>' for line in known().lines)
    reference = escape(_("Reference: %(code)s") % {"code": request_id(scope)})
    lines = [
        "<!doctype html>",
        f'<html lang="{language.get()}"><meta charset="utf-8">',
        f'<meta name="viewport" content="width=device-width"><title>{escape(title)}</title>',
        f"<main><h1>{escape(title)}</h1><p>{escape(text)}</p>",
        f'<p><a href="/">{start}</a></p>',
        f"<p>{help_now} {calls}</p>",
        f"<p>{reference}</p></main></html>",
    ]
    return "\n".join(lines).encode()


def _sentences(status: int) -> tuple[str, str]:
    if status == 403:
        return _("Please load this page again"), _(
            "It was open for a while, so nothing was changed. Load it again, then try once more."
        )
    if status >= 500:
        return _("Something went wrong on our side"), _("What you saved before is safe. Try again in a minute.")
    return _("We couldn't read that"), _("Nothing was changed. Go back and try again.")

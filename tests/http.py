"""What the page tests of every feature ask of an answer."""

import asyncio
import re
from typing import Any

import httpx

_OWN = re.compile(
    r'nonce="[^"]*"|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|(?<=value=")[A-Za-z0-9_.~=-]{20,}(?=")|-?\d+(?=</time>)'
)
FRAGMENT = {"HX-Request": "true"}


def served(app: Any) -> httpx.ASGITransport:
    """Each request in a task of its own, as a server runs it: the reader's language and zone end with it."""

    async def apart(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.create_task(app(scope, receive, send))

    return httpx.ASGITransport(app=apart)


def alike(answer: httpx.Response) -> tuple[int, str]:
    """Status and body without what is new in every answer (nonce, token) and without ids."""
    return answer.status_code, _OWN.sub("", answer.text)


def goes_to(answer: httpx.Response) -> str:
    """Where a 303 sends the browser; "" for any other answer."""
    return answer.headers.get("Location", "") if answer.status_code == 303 else ""


def hidden(page: httpx.Response, name: str) -> str:
    """The value of a hidden field of the page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, f"no field {name}"
    return found[1]

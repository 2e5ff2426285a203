"""How much may come in, how fast, and what is counted while it does."""

import asyncio
from typing import Any

from litestar.exceptions import ClientException, HTTPException
from litestar.types import Receive, Scope

URL_BYTES = 4 * 1024
HEADER_BYTES, HEADER_LINES = 16 * 1024, 100
# By the handler's `body=`: sign-in and recovery, other forms, files.
BODY_BYTES = {"small": 4 * 1024, "form": 512 * 1024, "upload": 11 * 1024 * 1024}
BODY_SECONDS = 30.0
FIELDS, PARTS, JSON_DEPTH = 200, 50, 20

METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"))
SAFE = frozenset(("GET", "HEAD"))
REPORTS = "/csp-report"


def counted(scope: Scope, receive: Receive) -> Receive:
    """`receive`, refusing a body that is too large for its route or too slow. What the length announces is refused at once."""
    limit = BODY_BYTES[scope["route_handler"].opt.get("body", "form")]
    announced = scope["state"]["named"].get(b"content-length", b"0")
    if not announced.isdigit() or len(announced) > 18:
        raise ClientException
    if int(announced) > limit:
        raise HTTPException(status_code=413)
    return _Counted(receive, limit)


class _Counted:
    __slots__ = ("_deadline", "_done", "_left", "_receive")

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._left = limit
        self._done = False
        self._deadline = asyncio.get_running_loop().time() + BODY_SECONDS

    async def __call__(self) -> Any:
        if self._done:  # then the caller waits for the end of the connection, however long it takes
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            raise HTTPException(status_code=408) from None
        if message["type"] != "http.request":  # they hung up in the middle
            raise ClientException
        self._left -= len(message["body"])
        self._done = not message.get("more_body", False)
        if self._left < 0:
            raise HTTPException(status_code=413)
        return message

"""Server-sent events for one thread. Each turn opens the door anew: what has ended ends the stream."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from litestar import Request
from litestar.response import ServerSentEvent, ServerSentEventMessage

from app import message
from app.access import Access, access_of
from app.delivery.live import BELLS
from app.errors import NotFound
from app.gate import SESSION
from app.identity.door import cookie
from app.identity.sessions import State, signed_in


async def arrivals(request: Request[Any, Any, Any], access: Access, thread_id: UUID) -> ServerSentEvent:
    """One event per arrival, which names the newest message and says nothing. Raises NotFound before it begins."""
    await message.thread(access, thread_id)
    token = cookie(request.scope, SESSION) or ""
    last = request.headers.get("last-event-id", "")
    return ServerSentEvent(_events(access, thread_id, token, last))


async def _events(access: Access, thread_id: UUID, token: str, last: str) -> AsyncIterator[ServerSentEventMessage]:
    newest = str(await message.latest(access, thread_id) or "")
    if last and last != newest:
        yield ServerSentEventMessage(data="new", id=newest)
    yield ServerSentEventMessage(comment="here", retry=3000)
    async with aclosing(BELLS.turns(thread_id)) as turns:
        async for _ in turns:
            found = await _now(access, thread_id, token)
            if found is None:
                yield ServerSentEventMessage(data="gone", event="gone")
                return
            if found != newest:
                newest = found
                yield ServerSentEventMessage(data="new", id=newest)
            else:
                yield ServerSentEventMessage(comment="still here")


async def _now(access: Access, thread_id: UUID, token: str) -> str | None:
    """The newest message as of now ("" while there is none), or None when the session or the access is over."""
    now = datetime.now(UTC)
    session = await signed_in(token, now)
    if session is None or session.state is not State.LIVE:
        return None
    try:
        fresh = await access_of(
            session.viewer, access.keys, now, client=access.client, relationship=access.relationship, base=access.base
        )
        found = await message.latest(fresh, thread_id)
    except NotFound:
        return None
    return str(found or "")

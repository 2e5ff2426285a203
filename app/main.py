"""All wiring, on one screen."""

import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from litestar import Request
from litestar.datastructures import State
from litestar.di import Provide
from litestar.plugins.htmx import HTMXRequest
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.template import TemplateConfig

from app import message
from app.access import Access, Desk, Trace, Viewer, access_of, preview_of
from app.config import Config
from app.data.piccolo_conf import DB
from app.data.sealing import Keys
from app.delivery.live import BELLS
from app.delivery.worker import sending
from app.gate import Cairn, checked, client_address, request_id
from app.identity.door import SessionDoor, audience_guard
from app.pages import environment
from app.web import answers, assets
from app.web.folders import TEMPLATES
from app.web.policy import checked as checked_policy
from app.web.surroundings import Surroundings


def provide_viewer(request: Request) -> Viewer:
    return request.user


def provide_desk(request: Request) -> Desk:
    """The door to lists over several clients."""
    state = request.app.state
    return Desk(request.user, state["keys"], datetime.now(UTC), trace_of(request))


def trace_of(request: Request) -> Trace:
    return Trace(request_id(request.scope), client_address(request.scope, request.app.state.config))


async def provide_access(request: Request) -> Access:
    """The one door, open on the person whose page this is: `/me`, `/with/<relationship>` or `/staff/clients/<client>`,
    or the client's own with somebody else's eyes."""
    path = request.path_params
    client: UUID | None = path.get("client")
    relationship: UUID | None = path.get("relationship")
    keys, now, trace = request.app.state["keys"], datetime.now(UTC), trace_of(request)
    if of := path.get("preview"):
        access = await preview_of(request.user, keys, now, of, trace=trace, base=f"/me/sharing/{of}/as")
    else:
        base = f"/staff/clients/{client}" if client else f"/with/{relationship}" if relationship else "/me"
        access = await access_of(
            request.user, keys, now, client=client, relationship=relationship, trace=trace, base=base
        )
    badge = request.method == "GET" and not client and not request.route_handler.opt.get("passive")
    return replace(access, unread=await message.unread(access)) if badge else access


def end_streams_first() -> None:
    """On the signal to stop, open streams end at once: the server waits for requests before it closes the application."""
    for name in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(name)

        def stop(number: int, frame: Any, before: Any = before) -> None:
            BELLS.close()
            if callable(before):
                before(number, frame)

        signal.signal(name, stop)


def create_app(config: Config, *, keys: Keys | None = None, own_pool: bool = True, cast: Sequence[Any] = ()) -> Cairn:
    """The application. own_pool: open the database's pool with the application and close it after. cast: who one can be
    in the sample organisation."""
    from portal import routes as portal
    from staff import routes as staff

    keys = keys or Keys.load(config.keys)

    @asynccontextmanager
    async def pool(app: Cairn) -> AsyncIterator[None]:
        if own_pool:
            await DB.start_connection_pool()
            end_streams_first()
        async with sending(config, keys):
            yield
        if own_pool:
            await DB.close_connection_pool()

    built = Cairn(
        route_handlers=[*portal(config), *staff(config), *assets.ROUTES],
        request_class=HTMXRequest,
        guards=[audience_guard],
        middleware=[SessionDoor, Surroundings],
        before_request=checked,
        dependencies={
            "viewer": Provide(provide_viewer, sync_to_thread=False),
            "access": Provide(provide_access),
            "desk": Provide(provide_desk, sync_to_thread=False),
        },
        exception_handlers=answers.EXCEPTIONS,
        template_config=TemplateConfig(instance=JinjaTemplateEngine.from_environment(environment(TEMPLATES))),
        lifespan=[pool],
        state=State({"config": config, "keys": keys, "cast": cast}),
        openapi_config=None,
        logging_config=None,
        request_max_body_size=None,
    )
    checked_policy(built)
    return built

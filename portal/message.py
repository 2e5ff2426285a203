"""Messages with the team, and, where the client lets them in, with family."""

from uuid import UUID, uuid4

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.plugins.htmx import HTMXRequest
from litestar.response import ServerSentEvent

from app import message
from app.access import Access, Action, Category
from app.forms import MESSAGE, Form, known_id
from app.language import _
from app.pages import Reply, page, see_other, wants_fragment
from app.paths import seen, shared
from app.web.streams import arrivals


class Messages(Controller):
    @get(seen("/messages"), audience="portal", name="portal.message.list")
    async def all(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        access.need(Category.MESSAGES, Action.SEE)
        return await listed(request, access, Form())

    @post(shared("/messages"), audience="portal", name="portal.message.start")
    async def start(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        form = Form(await request.form())
        text = form.text("text", MESSAGE, required=_("Write a few words first."))
        form_id = form.form_id()
        access.need(Category.MESSAGES, Action.MESSAGE)
        if form.errors or form_id is None:
            return await listed(request, access, form, status=422)
        thread = await message.start(access, text=text, form_id=form_id)
        return see_other(request, f"{access.base}/messages/{thread}")

    @get(seen("/messages/{thread_id:uuid}"), audience="portal", name="portal.message.show")
    async def show(self, request: HTMXRequest, access: NamedDependency[Access], thread_id: FromPath[UUID]) -> Reply:
        before = request.query_params.get("before", "")
        return await shown(request, access, thread_id, Form(), fragment="messages", before=known_id(before))

    @post(shared("/messages/{thread_id:uuid}"), audience="portal", name="portal.message.post")
    async def send(self, request: HTMXRequest, access: NamedDependency[Access], thread_id: FromPath[UUID]) -> Reply:
        form = Form(await request.form())
        text = form.text("text", MESSAGE, required=_("Write a few words first."))
        form_id = form.form_id()
        if form.errors or form_id is None:
            return await shown(request, access, thread_id, form, status=422, fragment="talk")
        await message.post(access, thread_id, text=text, form_id=form_id)
        if wants_fragment(request):
            return await shown(request, access, thread_id, Form(), fragment="talk")
        return see_other(request, f"{access.base}/messages/{thread_id}#latest")

    @post(shared("/messages/{thread_id:uuid}/read"), audience="portal", name="portal.message.read")
    async def read(
        self, request: HTMXRequest, access: NamedDependency[Access], thread_id: FromPath[UUID]
    ) -> Response[bytes]:
        await message.read_up_to(access, thread_id)
        return Response(
            b"", status_code=200 if wants_fragment(request) else 303, headers={"Location": access.base + "/messages"}
        )

    @get(seen("/messages/{thread_id:uuid}/live"), audience="portal", passive=True, name="portal.message.live")
    async def live(
        self, request: HTMXRequest, access: NamedDependency[Access], thread_id: FromPath[UUID]
    ) -> ServerSentEvent:
        return await arrivals(request, access, thread_id)

    @get("/live/epoch/with/{relationship:uuid}", audience="portal", passive=True, name="portal.message.epoch")
    async def epoch(self, request: HTMXRequest, access: NamedDependency[Access]) -> Response[str]:
        """What an open page asks every few seconds: is sharing still as it was when I was drawn?"""
        return Response(str(access.loaded.ties.epoch), media_type="text/plain")


async def listed(request: HTMXRequest, access: Access, form: Form, status: int = 200) -> Reply:
    found = await message.threads(access)
    return page(
        request,
        "portal/message/list",
        status=status,
        access=access,
        threads=found,
        may_start=access.is_own and not any(one.kind == "client" for one in found),
        form=form,
        form_id=uuid4(),
    )


async def shown(
    request: HTMXRequest,
    access: Access,
    thread_id: UUID,
    form: Form,
    *,
    status: int = 200,
    fragment: str | None = None,
    before: UUID | None = None,
) -> Reply:
    thread, messages, earlier = await message.thread(access, thread_id, before)
    return page(
        request,
        "portal/message/show",
        fragment=fragment,
        status=status,
        access=access,
        thread=thread,
        messages=messages,
        earlier=earlier,
        may_write=access.may(Category.MESSAGES, Action.MESSAGE),
        form=form,
        form_id=uuid4(),
    )


ROUTES = [Messages]

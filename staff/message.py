"""The inbox by waiting time, and a client's threads."""

from uuid import UUID, uuid4

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.plugins.htmx import HTMXRequest
from litestar.response import ServerSentEvent

from app import message
from app.access import Access, Action, Category, Desk
from app.forms import MESSAGE, Form, known_id
from app.language import _
from app.pages import Reply, page, see_other, wants_fragment
from app.paths import of_client
from app.web.streams import arrivals


class Inbox(Controller):
    @get("/staff/messages", audience="staff", name="staff.message.inbox")
    async def inbox(self, request: HTMXRequest, desk: NamedDependency[Desk]) -> Reply:
        return page(request, "staff/message/inbox", waiting=await message.inbox(desk))


class Messages(Controller):
    @get(of_client("/messages"), audience="staff", name="staff.message.list")
    async def all(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        access.need(Category.MESSAGES, Action.SEE)
        return await listed(request, access, Form())

    @post(of_client("/messages"), audience="staff", name="staff.message.start")
    async def start(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        form = Form(await request.form())
        text = form.text("text", MESSAGE, required=_("Write a few words first."))
        form_id = form.form_id()
        access.need(Category.MESSAGES, Action.MESSAGE)
        if form.errors or form_id is None:
            return await listed(request, access, form, status=422)
        thread = await message.start(access, text=text, form_id=form_id)
        return see_other(request, f"{access.base}/messages/{thread}")

    @get(of_client("/messages/{thread_id:uuid}"), audience="staff", name="staff.message.show")
    async def show(self, request: HTMXRequest, access: NamedDependency[Access], thread_id: FromPath[UUID]) -> Reply:
        before = request.query_params.get("before", "")
        return await shown(request, access, thread_id, Form(), fragment="messages", before=known_id(before))

    @post(of_client("/messages/{thread_id:uuid}"), audience="staff", name="staff.message.post")
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

    @post(of_client("/messages/{thread_id:uuid}/read"), audience="staff", name="staff.message.read")
    async def read(
        self, request: HTMXRequest, access: NamedDependency[Access], thread_id: FromPath[UUID]
    ) -> Response[bytes]:
        await message.read_up_to(access, thread_id)
        return Response(
            b"", status_code=200 if wants_fragment(request) else 303, headers={"Location": "/staff/messages"}
        )

    @get(of_client("/messages/{thread_id:uuid}/live"), audience="staff", passive=True, name="staff.message.live")
    async def live(
        self, request: HTMXRequest, access: NamedDependency[Access], thread_id: FromPath[UUID]
    ) -> ServerSentEvent:
        return await arrivals(request, access, thread_id)


async def listed(request: HTMXRequest, access: Access, form: Form, status: int = 200) -> Reply:
    found = await message.threads(access)
    return page(request, "staff/message/list", status=status, access=access, threads=found, form=form, form_id=uuid4())


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
        "staff/message/show",
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


ROUTES = [Inbox, Messages]

"""Being somebody of the sample organisation with one click. These routes exist in the demo alone."""

from datetime import UTC, datetime
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.plugins.htmx import HTMXRequest

from app.delivery.mailbox import MAILBOX
from app.errors import NotFound
from app.forms import Form
from app.gate import client_address
from app.identity import demo
from app.pages import Reply, page, see_other
from portal.entrance import with_session


class Demo(Controller):
    @get("/people", audience="public", name="demo.people")
    async def people(self, request: HTMXRequest) -> Reply:
        return page(request, "portal/front/people", people=request.app.state.cast)

    @get("/demo/mail", audience="public", name="demo.mail")
    async def mail(self, request: HTMXRequest) -> Reply:
        origin = request.app.state["config"].origin
        return page(request, "portal/demo/mail", received=list(MAILBOX.received), origin=origin)

    @post("/demo/sign-in", audience="public", name="demo.sign_in")
    async def sign_in(self, request: HTMXRequest) -> Reply:
        person = Form(await request.form()).uuid("person")
        return await signed_in_as(request, person)

    # The one GET that signs somebody in: invented people on this machine, for scripts that hold the printed address.
    @get("/demo/as/{person:uuid}/{ticket:str}", audience="public", name="demo.one_click")
    async def one_click(self, request: HTMXRequest, person: FromPath[UUID], ticket: FromPath[str]) -> Reply:
        if not demo.ticket_holds(request.app.state["keys"], person, ticket):
            raise NotFound
        return await signed_in_as(request, person)


async def signed_in_as(request: HTMXRequest, person: UUID | None) -> Reply:
    address = client_address(request.scope, request.app.state.config)
    token = person and await demo.sign_in_as(person, device="Demo", address=address, now=datetime.now(UTC))
    if not token:
        raise NotFound
    return with_session(see_other(request, "/"), token, own_device=True)


ROUTES = [Demo]

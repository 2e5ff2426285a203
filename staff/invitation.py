"""Inviting a client, or somebody in their life: a link and its picture, shown once."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.plugins.htmx import HTMXRequest

from app import invitation
from app.access import Access, Action, Category, Viewer
from app.errors import NotFound
from app.forms import NAME, Form
from app.language import LANGUAGES, _
from app.pages import Reply, page
from app.paths import of_client
from app.web.links import invitation_link


class Invitations(Controller):
    @get("/staff/invitations/new", audience="staff", name="staff.invitation.new")
    async def new(self, request: HTMXRequest, viewer: NamedDependency[Viewer]) -> Reply:
        inviting_clients(viewer)
        home = await invitation.home_programme(viewer)
        form = Form.filled(programme=str(home) if home else None, language="en", contact_days="14")
        return await asking(request, form, uuid4())

    @post("/staff/invitations", audience="staff", name="staff.invitation.invite")
    async def invite(self, request: HTMXRequest, viewer: NamedDependency[Viewer]) -> Reply:
        inviting_clients(viewer)
        form = Form(await request.form())
        name = form.line("name", NAME, required=_("Write the name they want to be called."))
        language = form.choice("language", LANGUAGES) or "en"
        homes = [str(id) for id, _name in await invitation.programmes()]
        programme = form.choice("programme", homes, required=_("Choose a programme."))
        days = form.number("contact_days", 1, 90, required=_("Say how often you will be in touch."))
        address = form.line("address", NAME * 3)
        form_id = form.form_id()
        if form.errors or days is None or form_id is None:
            return await asking(request, form, form_id or uuid4(), status=422)
        about = request.scope["state"]["organisation"]
        new = invitation.NewClient(name, language, about.zone, UUID(programme), days)
        client, token = await invitation.invite_client(
            viewer, new, keys=request.app.state["keys"], now=datetime.now(UTC), address=address, form_id=form_id
        )
        return handed(request, token, name=name, back=f"/staff/clients/{client}")

    @get(of_client("/invitations/new"), audience="staff", name="staff.invitation.new_supporter")
    async def new_supporter(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        access.need(Category.PROFILE_CONTACT, Action.EDIT)
        return asking_supporter(request, access, Form.filled(kind="family"), uuid4())

    @post(of_client("/invitations"), audience="staff", name="staff.invitation.invite_supporter")
    async def invite_supporter(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        access.need(Category.PROFILE_CONTACT, Action.EDIT)
        form = Form(await request.form())
        name = form.line("name", NAME, required=_("Write the name they want to be called."))
        label = form.line("label", 60, required=_("Write who they are to the person, like Mom."))
        kind = form.choice("kind", invitation.RELATIONS, required=_("Choose what they are to each other."))
        address = form.line("address", NAME * 3)
        form_id = form.form_id()
        if form.errors or form_id is None:
            return asking_supporter(request, access, form, form_id or uuid4(), status=422)
        token = await invitation.invite_supporter(
            access, called_name=name, kind=kind, label=label, address=address, form_id=form_id
        )
        return handed(request, token, name=name, back=access.base, supporter=True, access=access)

    @post(of_client("/invitations/{person:uuid}"), audience="staff", name="staff.invitation.again")
    async def again(self, request: HTMXRequest, access: NamedDependency[Access], person: FromPath[UUID]) -> Reply:
        token = await invitation.invite_again(access, person)
        own = person == access.client
        return handed(
            request, token, name=access.loaded.called_name if own else "", back=access.base, supporter=not own
        )


def inviting_clients(viewer: Viewer) -> None:
    if viewer.role not in invitation.INVITERS:
        raise NotFound


def handed(request: HTMXRequest, token: str, *, name: str, back: str, supporter: bool = False, **more: Any) -> Reply:
    """The link is shown on the answer itself: its secret is kept nowhere, so there is no page to go to."""
    link = invitation_link(request, token)
    return page(request, "staff/invitation/link", link=link, who=name, back=back, supporter=supporter, **more)


async def asking(request: HTMXRequest, form: Form, form_id: UUID, status: int = 200) -> Reply:
    return page(
        request,
        "staff/invitation/new",
        status=status,
        form=form,
        form_id=form_id,
        programmes=await invitation.programmes(),
        spoken=list(LANGUAGES.items()),
    )


def asking_supporter(request: HTMXRequest, access: Access, form: Form, form_id: UUID, status: int = 200) -> Reply:
    relations = [(name, _(words)) for name, words in invitation.RELATIONS.items()]
    return page(
        request,
        "staff/invitation/new_supporter",
        status=status,
        access=access,
        form=form,
        form_id=form_id,
        relations=relations,
    )


ROUTES = [Invitations]

"""Administration: staff accounts, programmes, and the settings as they are. Nothing of any client."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.plugins.htmx import HTMXRequest

from app import organisation_admin as admin
from app.access import Role, Viewer
from app.errors import Refused
from app.forms import GOAL, NAME, Form
from app.language import _
from app.pages import Reply, page, see_other
from app.web.links import invitation_link

PROGRAMME = "/staff/admin/programmes/{programme_id:uuid}"
ACCOUNT = "/staff/admin/staff/{person:uuid}"


class Accounts(Controller):
    @get("/staff/admin", audience="admin", name="staff.admin.show")
    async def show(self, request: HTMXRequest, viewer: NamedDependency[Viewer]) -> Reply:
        number = Form(request.query_params).number("page", 1, 100_000) or 1
        return await listed(request, number=number)

    @get("/staff/admin/staff/new", audience="admin", name="staff.admin.new")
    async def new(self, request: HTMXRequest) -> Reply:
        return await asking(request, Form())

    @post("/staff/admin/staff", audience="admin", name="staff.admin.invite")
    async def invite(self, request: HTMXRequest, viewer: NamedDependency[Viewer]) -> Reply:
        form = Form(await request.form())
        name = form.line("name", NAME, required=_("Write their name."))
        role = form.choice("role", [role.value for role in admin.ROLES], required=_("Choose their work."))
        team = form.choice("team", [str(id) for id, _name in await admin.teams()])
        address = form.line("address", NAME * 3, required=_("Write the e-mail address they will sign in with."))
        if form.errors:
            return await asking(request, form, status=422)
        token = await admin.invite_staff(
            viewer,
            name=name,
            role=Role(role),
            team=UUID(team) if team else None,
            address=address,
            keys=request.app.state["keys"],
            now=datetime.now(UTC),
        )
        return page(request, "staff/admin/link", link=invitation_link(request, token), who=name)

    @post(ACCOUNT + "/invitation", audience="admin", name="staff.admin.invite_again")
    async def again(self, request: HTMXRequest, viewer: NamedDependency[Viewer], person: FromPath[UUID]) -> Reply:
        now = datetime.now(UTC)
        token = await admin.invite_again(viewer, person, keys=request.app.state["keys"], now=now)
        name = (await admin.account(person)).called_name
        return page(request, "staff/admin/link", link=invitation_link(request, token), who=name)

    @get(ACCOUNT, audience="admin", name="staff.admin.account")
    async def account(self, request: HTMXRequest, person: FromPath[UUID]) -> Reply:
        return page(request, "staff/admin/account", account=await admin.account(person), roles=admin.ROLES, own=False)

    @post(ACCOUNT + "/closing", audience="admin", name="staff.admin.close")
    async def close(self, request: HTMXRequest, viewer: NamedDependency[Viewer], person: FromPath[UUID]) -> Reply:
        try:
            await admin.close(viewer, person, now=datetime.now(UTC))
        except Refused:
            found = await admin.account(person)
            return page(request, "staff/admin/account", status=422, account=found, roles=admin.ROLES, own=True)
        return see_other(request, "/staff/admin")


class Programmes(Controller):
    @get("/staff/admin/programmes/new", audience="admin", name="staff.admin.new_programme")
    async def new(self, request: HTMXRequest) -> Reply:
        return editing(request, Form.filled(level="op"), uuid4())

    @post("/staff/admin/programmes", audience="admin", name="staff.admin.add_programme")
    async def add(self, request: HTMXRequest, viewer: NamedDependency[Viewer]) -> Reply:
        form = Form(await request.form())
        name, level, about = programme_words(form)
        form_id = form.form_id()
        if form.errors or form_id is None:
            return editing(request, form, form_id or uuid4(), status=422)
        now, sud = datetime.now(UTC), form.flag("sud")
        await admin.add_programme(viewer, name=name, level=level, about=about, sud=sud, form_id=form_id, now=now)
        return see_other(request, "/staff/admin#programmes")

    @get(PROGRAMME, audience="admin", name="staff.admin.programme")
    async def show(self, request: HTMXRequest, programme_id: FromPath[UUID]) -> Reply:
        found = await admin.programme(programme_id)
        form = Form.filled(name=found.name, level=found.level, about=found.about, sud="1" if found.sud else "")
        return editing(request, form, uuid4(), found)

    @post(PROGRAMME, audience="admin", name="staff.admin.change_programme")
    async def change(
        self, request: HTMXRequest, viewer: NamedDependency[Viewer], programme_id: FromPath[UUID]
    ) -> Reply:
        form = Form(await request.form())
        name, level, about = programme_words(form)
        sud = form.flag("sud")
        if form.errors:
            return editing(request, form, uuid4(), await admin.programme(programme_id), status=422)
        now = datetime.now(UTC)
        await admin.change_programme(viewer, programme_id, name=name, level=level, about=about, sud=sud, now=now)
        return see_other(request, "/staff/admin#programmes")

    @post(PROGRAMME + "/ending", audience="admin", name="staff.admin.end_programme")
    async def end(self, request: HTMXRequest, viewer: NamedDependency[Viewer], programme_id: FromPath[UUID]) -> Reply:
        ended = Form(await request.form()).flag("ended")
        await admin.end_programme(viewer, programme_id, ended=ended, now=datetime.now(UTC))
        return see_other(request, "/staff/admin#programmes")


def programme_words(form: Form) -> tuple[str, str, str]:
    return (
        form.line("name", NAME, required=_("Write a name for the programme.")),
        form.choice("level", admin.LEVELS, required=_("Choose a level.")),
        form.line("about", GOAL),
    )


async def listed(request: HTMXRequest, *, number: int) -> Reply:
    found, more = await admin.staff(number)
    config = request.app.state.config
    return page(
        request,
        "staff/admin/show",
        staff=found,
        more=more,
        number=number,
        roles=admin.ROLES,
        levels=admin.LEVELS,
        programmes=await admin.programmes(),
        origin=config.origin,
        engine="PostgreSQL" if config.database_url.startswith("postgres") else "SQLite",
    )


async def asking(request: HTMXRequest, form: Form, status: int = 200) -> Reply:
    roles = [(role.value, _(words)) for role, words in admin.ROLES.items()]
    teams = [("", _("No team yet")), *await admin.teams()]
    return page(request, "staff/admin/new", status=status, form=form, roles=roles, teams=teams)


def editing(
    request: HTMXRequest, form: Form, form_id: UUID, programme: admin.Programme | None = None, status: int = 200
) -> Reply:
    levels = [(name, _(words)) for name, words in admin.LEVELS.items()]
    return page(
        request,
        "staff/admin/programme",
        status=status,
        form=form,
        form_id=form_id,
        programme=programme,
        levels=levels,
    )


ROUTES = [Accounts, Programmes]

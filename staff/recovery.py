"""Helping somebody back into their account: how it was checked who they are, a second person's yes, and a link to hand over."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import segno
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.plugins.htmx import HTMXRequest

from app import organisation_admin as admin
from app import recovery
from app.access import Access, Viewer
from app.errors import Refused
from app.forms import Form
from app.identity.links import RECOVERY, VALID
from app.language import _
from app.pages import Reply, page, see_other
from app.paths import of_client
from app.web.links import Link

PERSON = of_client("/recovery/{person:uuid}")
STAFF = "/staff/admin/staff/{person:uuid}/recovery"


class ForClients(Controller):
    """A client, or somebody they let in; by their case manager or supervisor."""

    @get(PERSON, audience="staff", name="staff.recovery.show")
    async def show(self, request: HTMXRequest, access: NamedDependency[Access], person: FromPath[UUID]) -> Reply:
        return await for_client(request, access, person, Form())

    @post(PERSON, audience="staff", name="staff.recovery.ask")
    async def ask(self, request: HTMXRequest, access: NamedDependency[Access], person: FromPath[UUID]) -> Reply:
        await recovery.asked(access, person)
        if not access.viewer.step_up:
            return again(request, f"{access.base}/recovery/{person}")
        form = Form(await request.form())
        how = form.choice("how", recovery.WAYS, required=_("Say how you know who this is."))
        if form.errors:
            return await for_client(request, access, person, form, status=422)
        try:
            token = await recovery.ask(access, person, how)
        except Refused:
            form.wrong("how", nothing_to_come_back_to())
            return await for_client(request, access, person, form, status=422)
        if token is None:
            return see_other(request, f"{access.base}/recovery/{person}")
        return handed(request, token, access.base, access=access)

    @post(PERSON + "/link", audience="staff", name="staff.recovery.link")
    async def link(self, request: HTMXRequest, access: NamedDependency[Access], person: FromPath[UUID]) -> Reply:
        await recovery.asked(access, person)
        if not access.viewer.step_up:
            return again(request, f"{access.base}/recovery/{person}")
        return handed(request, await recovery.link(access, person), access.base, access=access)


class ForStaff(Controller):
    """A colleague; by an administrator, with a second person."""

    @get(STAFF, audience="admin", name="staff.recovery.show_staff")
    async def show(self, request: HTMXRequest, viewer: NamedDependency[Viewer], person: FromPath[UUID]) -> Reply:
        return await for_staff(request, viewer, person, Form())

    @post(STAFF, audience="admin", name="staff.recovery.ask_staff")
    async def ask(self, request: HTMXRequest, viewer: NamedDependency[Viewer], person: FromPath[UUID]) -> Reply:
        await admin.account(person)
        if not viewer.step_up:
            return again(request, f"/staff/admin/staff/{person}/recovery")
        form = Form(await request.form())
        how = form.choice("how", recovery.WAYS, required=_("Say how you know who this is."))
        if form.errors:
            return await for_staff(request, viewer, person, form, status=422)
        try:
            await recovery.ask_for_staff(viewer, person, how, now=datetime.now(UTC))
        except Refused:
            form.wrong("how", nothing_to_come_back_to())
            return await for_staff(request, viewer, person, form, status=422)
        return see_other(request, f"/staff/admin/staff/{person}/recovery")

    @post(STAFF + "/link", audience="admin", name="staff.recovery.link_staff")
    async def link(self, request: HTMXRequest, viewer: NamedDependency[Viewer], person: FromPath[UUID]) -> Reply:
        await admin.account(person)
        if not viewer.step_up:
            return again(request, f"/staff/admin/staff/{person}/recovery")
        token = await recovery.link_for_staff(viewer, person, now=datetime.now(UTC))
        return handed(request, token, f"/staff/admin/staff/{person}")


class Seconds(Controller):
    """What waits for a second person's yes."""

    @get("/staff/recoveries", audience="staff", name="staff.recovery.list")
    async def all(self, request: HTMXRequest, viewer: NamedDependency[Viewer]) -> Reply:
        return await listed(request, viewer)

    @post("/staff/recoveries/{recovery_id:uuid}/approval", audience="staff", name="staff.recovery.approve")
    async def approve(
        self, request: HTMXRequest, viewer: NamedDependency[Viewer], recovery_id: FromPath[UUID]
    ) -> Reply:
        found = await recovery.waiting(viewer, datetime.now(UTC))
        if not viewer.step_up and found:
            return again(request, "/staff/recoveries")
        await recovery.approve(viewer, recovery_id, now=datetime.now(UTC))
        return see_other(request, "/staff/recoveries")

    @post("/staff/recoveries/{recovery_id:uuid}/letting-go", audience="staff", name="staff.recovery.let_go")
    async def let_go(self, request: HTMXRequest, viewer: NamedDependency[Viewer], recovery_id: FromPath[UUID]) -> Reply:
        await recovery.let_go(viewer, recovery_id, now=datetime.now(UTC))
        return see_other(request, "/staff/recoveries")


def nothing_to_come_back_to() -> str:
    return _("There is no account here that you could help with. If they have not joined yet, make a new link to join.")


def again(request: HTMXRequest, goto: str) -> Reply:
    return see_other(request, f"/step-up?next={goto}")


def handed(request: HTMXRequest, token: str, back: str, **more: Any) -> Reply:
    """The link is shown on the answer itself: its secret is kept nowhere, so there is no page to go to."""
    url = f"{request.app.state['config'].origin}/recover/{token}"
    picture = segno.make(url, error="m").svg_data_uri(scale=6, border=2, dark="#142327", light="#ffffff")
    link = Link(url, picture, datetime.now(UTC) + VALID[RECOVERY])
    return page(request, "staff/recovery/link", link=link, back=back, **more)


async def for_client(request: HTMXRequest, access: Access, person: UUID, form: Form, status: int = 200) -> Reply:
    return page(
        request,
        "staff/recovery/show",
        status=status,
        access=access,
        form=form,
        asked=await recovery.asked(access, person),
        who=access.loaded.called_name if person == access.client else "",
        second=recovery.needs_second(access, person),
        here=f"{access.base}/recovery/{person}",
        back=access.base,
        ways=ways(),
    )


async def for_staff(request: HTMXRequest, viewer: Viewer, person: UUID, form: Form, status: int = 200) -> Reply:
    found = await admin.account(person)
    return page(
        request,
        "staff/recovery/show",
        status=status,
        form=form,
        asked=await recovery.asked_for_staff(viewer, person, datetime.now(UTC)),
        who=found.called_name,
        second=True,
        here=f"/staff/admin/staff/{person}/recovery",
        back=f"/staff/admin/staff/{person}",
        ways=ways(),
    )


async def listed(request: HTMXRequest, viewer: Viewer) -> Reply:
    found = await recovery.waiting(viewer, datetime.now(UTC))
    return page(request, "staff/recovery/list", waiting=found, ways=recovery.WAYS, mine=viewer.person)


def ways() -> list[tuple[str, str]]:
    return [(name, _(words)) for name, words in recovery.WAYS.items()]


ROUTES = [ForClients, ForStaff, Seconds]

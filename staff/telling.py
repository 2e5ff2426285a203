"""Words from outside, for supervisors: reading them, finding whom they are about, and what becomes of them."""

from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.plugins.htmx import HTMXRequest

from app import telling
from app.access import Desk
from app.forms import GOAL, TITLE, Form
from app.language import LANGUAGES, _
from app.pages import Reply, page, see_other
from app.telling import ASIDE, NEW, TAKEN

HERE = "/staff/telling"
ONE = HERE + "/{telling_id:uuid}"


class Telling(Controller):
    @get(HERE, audience="supervisor", name="staff.telling.list")
    async def list(self, request: HTMXRequest, desk: NamedDependency[Desk]) -> Reply:
        asked = Form(request.query_params)
        state, number = asked.choice("state", (NEW, TAKEN, ASIDE)) or NEW, asked.number("page", 1, 100_000) or 1
        in_records = await telling.taken(desk) if state == TAKEN else []
        tellings, more = ([], False) if state == TAKEN else await telling.listed(desk, state, number)
        return page(
            request,
            "staff/telling/list",
            state=state,
            tellings=tellings,
            in_records=in_records,
            more=more,
            number=number,
        )

    @get(ONE, audience="supervisor", name="staff.telling.show")
    async def show(self, request: HTMXRequest, desk: NamedDependency[Desk], telling_id: FromPath[UUID]) -> Reply:
        return await reading(request, desk, telling_id)

    @post(ONE + "/matches", audience="supervisor", name="staff.telling.find")
    async def find(self, request: HTMXRequest, desk: NamedDependency[Desk], telling_id: FromPath[UUID]) -> Reply:
        form = Form(await request.form())
        form.line("name", TITLE, required=_("Write a name."))
        return await reading(request, desk, telling_id, form, fragment="matches", status=422 if form.errors else 200)

    @post(ONE + "/record", audience="supervisor", name="staff.telling.put")
    async def put(self, request: HTMXRequest, desk: NamedDependency[Desk], telling_id: FromPath[UUID]) -> Reply:
        form = Form(await request.form())
        form.line("name", TITLE)
        client = form.uuid("client", required=_("Choose whose record it belongs to."))
        if client is None:
            return await reading(request, desk, telling_id, form, status=422)
        await telling.put_with(desk, telling_id, client, in_confidence=form.flag("in_confidence"))
        return see_other(request, f"{HERE}/{telling_id}")

    @post(ONE + "/aside", audience="supervisor", name="staff.telling.aside")
    async def aside(self, request: HTMXRequest, desk: NamedDependency[Desk], telling_id: FromPath[UUID]) -> Reply:
        form = Form(await request.form())
        reason = form.text("reason", GOAL, required=_("Write why, in a few words."))
        if form.errors:
            return await reading(request, desk, telling_id, form, status=422)
        await telling.set_aside(desk, telling_id, reason)
        return see_other(request, f"{HERE}/{telling_id}")

    @post(ONE + "/undo", audience="supervisor", name="staff.telling.undo")
    async def undo(self, request: HTMXRequest, desk: NamedDependency[Desk], telling_id: FromPath[UUID]) -> Reply:
        await telling.undo(desk, telling_id)
        return see_other(request, f"{HERE}/{telling_id}")


async def reading(
    request: HTMXRequest,
    desk: Desk,
    id: UUID,
    form: Form | None = None,
    *,
    fragment: str | None = None,
    status: int = 200,
) -> Reply:
    """One of them; while it is new, with those whom it may be about, by the name that was told or the one typed since."""
    one = await telling.one(desk, id)
    typed = form.values["name"] if form and "name" in form.values else one.about
    return page(
        request,
        "staff/telling/show",
        fragment=fragment,
        status=status,
        one=one,
        form=form or Form(),
        typed=typed,
        found=await telling.matches(desk, typed) if one.state == NEW else [],
        spoken=LANGUAGES,
        answer=telling.answer_in(one.language),
    )


ROUTES = [Telling]

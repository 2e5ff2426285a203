"""Telling the team something, for anyone: no account, no consent, and the same answer whoever it is about."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from litestar import Controller, get, post
from litestar.plugins.htmx import HTMXRequest

from app import language, telling
from app.forms import TITLE, Form
from app.gate import time_to_write
from app.language import LANGUAGES, _
from app.pages import Reply, page, see_other
from app.telling import Told
from portal.entrance import address_of


class Telling(Controller):
    @get("/tell", audience="public", name="telling.show")
    async def show(self, request: HTMXRequest) -> Reply:
        return writing(request, Form(), uuid4())

    @post("/tell", audience="public", name="telling.tell")
    async def tell(self, request: HTMXRequest) -> Reply:
        form = Form(await request.form())
        told = understood(form)
        form_id = form.form_id()
        if form.errors or form_id is None:
            return writing(request, form, form_id or uuid4(), status=422)
        keys, now = request.app.state["keys"], datetime.now(UTC)
        await telling.tell(keys, told, form_id=form_id, address=address_of(request), now=now)
        return see_other(request, "/tell/thanks")

    @get("/tell/thanks", audience="public", name="telling.thanks")
    async def thanks(self, request: HTMXRequest) -> Reply:
        return page(request, "portal/telling/thanks")


def understood(form: Form) -> Told:
    return Told(
        about=form.line("about", TITLE, required=_("Write who this is about, as well as you can.")),
        text=form.text("text", telling.LONGEST, required=_("Write what you want the team to know.")),
        who=form.line("who", TITLE),
        reach=form.line("reach", TITLE),
        in_confidence=form.flag("in_confidence"),
        language=form.choice("language", LANGUAGES) or language.language.get(),
    )


def writing(request: HTMXRequest, form: Form, form_id: UUID, status: int = 200) -> Reply:
    time_to_write(request.scope)
    return page(request, "portal/telling/show", status=status, form=form, form_id=form_id)


ROUTES = [Telling]

"""A supervisor says why they need what is masked for them, and ends it."""

from uuid import UUID, uuid4

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.plugins.htmx import HTMXRequest

from app import supervision
from app.access import Access
from app.forms import Form
from app.language import _
from app.pages import Reply, page, see_other
from app.paths import of_client

HERE = of_client("/supervision")


class Supervision(Controller):
    @get(HERE, audience="supervisor", name="staff.supervision.show")
    async def show(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        supervision.need(access)
        if not access.viewer.step_up:
            return see_other(request, f"/step-up?next={access.base}/supervision")
        return asking(request, access, Form(), uuid4())

    @post(HERE, audience="supervisor", name="staff.supervision.say")
    async def say(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        supervision.need(access)
        if not access.viewer.step_up:
            return see_other(request, f"/step-up?next={access.base}/supervision")
        form = Form(await request.form())
        reason = form.text("reason", supervision.LONGEST, required=_("Write why you need this."))
        if reason and len(reason) < supervision.SHORTEST:
            form.wrong(
                "reason", _("A little more, please: at least %(num)s characters.") % {"num": supervision.SHORTEST}
            )
        form_id = form.form_id()
        if form.errors or form_id is None:
            return asking(request, access, form, form_id or uuid4(), status=422)
        await supervision.say_why(access, reason, form_id=form_id)
        return see_other(request, access.base)

    @post(HERE + "/end", audience="supervisor", name="staff.supervision.end")
    async def end(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        await supervision.done(access)
        return see_other(request, access.base)


def asking(request: HTMXRequest, access: Access, form: Form, form_id: UUID, status: int = 200) -> Reply:
    return page(
        request,
        "staff/supervision/show",
        status=status,
        access=access,
        form=form,
        form_id=form_id,
        said=supervision.said(access),
        longest=supervision.LONGEST,
    )


ROUTES = [Supervision]

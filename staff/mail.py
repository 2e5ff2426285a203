"""What is to be sent and does not get through: for the administrator, without a word of whom it was for."""

from datetime import UTC, datetime
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.plugins.htmx import HTMXRequest

from app import mail
from app.access import Viewer
from app.pages import Reply, page, see_other

HERE = "/staff/admin/mail"
LETTER = HERE + "/{letter_id:uuid}"


class Letters(Controller):
    @get(HERE, audience="admin", name="staff.mail.show")
    async def show(self, request: HTMXRequest, viewer: NamedDependency[Viewer]) -> Reply:
        state = request.app.state
        found = await mail.standing(viewer, state["config"], datetime.now(UTC))
        return page(request, "staff/mail/show", standing=found, kinds=mail.KINDS, whose=mail.WHOSE)

    @post(LETTER + "/again", audience="admin", name="staff.mail.again")
    async def again(self, request: HTMXRequest, viewer: NamedDependency[Viewer], letter_id: FromPath[UUID]) -> Reply:
        await mail.try_again(viewer, letter_id, datetime.now(UTC))
        return see_other(request, HERE)

    @post(LETTER + "/letting-go", audience="admin", name="staff.mail.let_go")
    async def let_go(self, request: HTMXRequest, viewer: NamedDependency[Viewer], letter_id: FromPath[UUID]) -> Reply:
        await mail.let_go(viewer, letter_id, datetime.now(UTC))
        return see_other(request, HERE)


ROUTES = [Letters]

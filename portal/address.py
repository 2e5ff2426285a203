"""Changing the address one signs in with: a factor first, then a link that goes to the new address."""

from datetime import UTC, datetime

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.plugins.htmx import HTMXRequest

from app.access import Viewer
from app.forms import Form
from app.identity import address, links
from app.language import _
from app.pages import Reply, page, see_other
from portal.entrance import address_of, mail_address
from portal.security import account_of

HERE = "/me/security/address"


class Address(Controller):
    @get(HERE, audience="account", name="portal.address.show")
    async def show(self, request: HTMXRequest, viewer: NamedDependency[Viewer]) -> Reply:
        if not viewer.step_up:
            return see_other(request, f"/step-up?next={HERE}")
        return await asking(request, viewer, Form())

    @post(HERE, audience="account", body="small", name="portal.address.ask")
    async def ask(self, request: HTMXRequest, viewer: NamedDependency[Viewer]) -> Reply:
        if not viewer.step_up:
            return see_other(request, f"/step-up?next={HERE}")
        form, now = Form(await request.form()), datetime.now(UTC)
        new, account = mail_address(form, "address"), await account_of(request, viewer)
        if not form.errors and new.casefold() == account.login.casefold():
            form.wrong("address", _("This is the address you sign in with now."))
        if form.errors:
            return await asking(request, viewer, form, status=422)
        await address.ask(request.app.state["keys"], account, new, address=address_of(request), now=now)
        return see_other(request, HERE + "/sent")

    @get(HERE + "/sent", audience="account", name="portal.address.sent")
    async def sent(self, request: HTMXRequest) -> Reply:
        return page(request, "portal/device/address_sent")

    @get("/address/{token:str}", audience="public", name="portal.address.open")
    async def open(self, request: HTMXRequest, token: FromPath[str]) -> Reply:
        viewer: Viewer | None = request.scope.get("user")
        link = await links.opened(request.app.state["keys"], links.ADDRESS, token, datetime.now(UTC))
        found = link if link and (viewer is None or viewer.account == link.account) else None
        return confirming(request, token, signed_in=viewer is not None, new=found.address if found else None)

    @post("/address/{token:str}", audience="account", body="small", name="portal.address.change")
    async def change(self, request: HTMXRequest, viewer: NamedDependency[Viewer], token: FromPath[str]) -> Reply:
        account, now = await account_of(request, viewer), datetime.now(UTC)
        if not await address.change(request.app.state["keys"], account, token, now, session=viewer.session):
            return confirming(request, token, signed_in=True, new=None)
        return see_other(request, "/me/notices")


async def asking(request: HTMXRequest, viewer: Viewer, form: Form, status: int = 200) -> Reply:
    account = await account_of(request, viewer)
    return page(request, "portal/device/address", status=status, form=form, account=account)


def confirming(request: HTMXRequest, token: str, *, signed_in: bool, new: str | None) -> Reply:
    """To somebody who is not signed in the page names no address."""
    status = 200 if new else 404
    return page(request, "portal/device/address_open", status=status, token=token, signed_in=signed_in, new=new)


ROUTES = [Address]

"""The directory for staff: search it, suggest a service to a client with a word why, settle what was reported."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.plugins.htmx import HTMXRequest

from app.access import Access, Action, Category, Desk
from app.forms import GOAL, Form
from app.language import _
from app.pages import Reply, page, see_other
from app.paths import of_client
from app.resource import saved
from app.resource.asked import asked
from app.resource.detail import detail
from app.resource.search import Results, search
from app.resource.words import WORDS, languages, needs

SERVICE = "/resources/{service_id:uuid}"


class Directory(Controller):
    @get("/staff/resources", audience="staff", name="staff.resource.list")
    async def all(self, request: HTMXRequest, desk: NamedDependency[Desk]) -> Reply:
        return await found(request, desk.now, "staff/resource/list", base="/staff")

    @get("/staff" + SERVICE, audience="staff", name="staff.resource.show")
    async def show(self, request: HTMXRequest, desk: NamedDependency[Desk], service_id: FromPath[UUID]) -> Reply:
        return await shown(request, desk, service_id)

    @post("/staff" + SERVICE + "/reports", audience="staff", name="staff.resource.report")
    async def report(self, request: HTMXRequest, desk: NamedDependency[Desk], service_id: FromPath[UUID]) -> Reply:
        form = Form(await request.form())
        kind = form.choice("kind", saved.REPORTS, required=_("Choose what is wrong."))
        if form.errors:
            return await shown(request, desk, service_id, form=form, status=422)
        await saved.report(desk.viewer, service_id, kind)
        return see_other(request, f"/staff/resources/{service_id}")

    @post("/staff" + SERVICE + "/check", audience="staff", name="staff.resource.check")
    async def check(self, request: HTMXRequest, desk: NamedDependency[Desk], service_id: FromPath[UUID]) -> Reply:
        await saved.settle(desk.viewer, service_id, now=desk.now)
        return see_other(request, f"/staff/resources/{service_id}")


class ClientResources(Controller):
    @get(of_client("/resources"), audience="staff", name="staff.resource.client_list")
    async def all(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        access.need(Category.RESOURCES, Action.SEE)
        about: dict[str, Any] = {
            "access": access,
            "shelf": await saved.shelf(access, zone=here(request)),
            "usual": await saved.usual_needs(access),
            "may_suggest": access.may(Category.RESOURCES, Action.PROPOSE),
        }
        return await found(request, access.now, "staff/resource/client_list", **about)

    @get(of_client(SERVICE), audience="staff", name="staff.resource.client_show")
    async def show(self, request: HTMXRequest, access: NamedDependency[Access], service_id: FromPath[UUID]) -> Reply:
        access.need(Category.RESOURCES, Action.SEE)
        return await for_client(request, access, service_id)

    @post(of_client(SERVICE + "/suggestion"), audience="staff", name="staff.resource.suggest")
    async def suggest(self, request: HTMXRequest, access: NamedDependency[Access], service_id: FromPath[UUID]) -> Reply:
        form = Form(await request.form())
        note = form.text("note", GOAL)
        if form.errors:
            access.need(Category.RESOURCES, Action.PROPOSE)
            return await for_client(request, access, service_id, form=form, status=422)
        await saved.suggest(access, service_id, note=note)
        return see_other(request, f"{access.base}/resources#kept")

    @post(of_client(SERVICE + "/withdrawal"), audience="staff", name="staff.resource.withdraw")
    async def withdraw(
        self, request: HTMXRequest, access: NamedDependency[Access], service_id: FromPath[UUID]
    ) -> Reply:
        await saved.withdraw(access, service_id)
        return see_other(request, f"{access.base}/resources/{service_id}")


def here(request: Request[Any, Any, Any]) -> str:
    """Opening hours are those of the organisation's own place."""
    zone: str = request.scope["state"]["organisation"].zone
    return zone


async def found(request: HTMXRequest, now: Any, name: str, **about: Any) -> Reply:
    form = Form(request.query_params)
    query = asked(form)
    results = Results(query)
    if query.narrowed and not form.errors:
        results = await search(query, now=now, zone=here(request))
    about |= {"form": form, "query": query, "results": results, "needs": needs(), "languages_spoken": languages()}
    return page(request, name, fragment="results", status=422 if form.errors else 200, **about, **WORDS)


async def shown(
    request: HTMXRequest, desk: Desk, service_id: UUID, *, form: Form | None = None, status: int = 200
) -> Reply:
    named = saved.named()
    said = dict(named)
    about: dict[str, Any] = {
        "service": await detail(service_id, now=desk.now, zone=here(request)),
        "reports": [(said[row["kind"]], row["reported_at"]) for row in await saved.open_reports(service_id)],
        "reports_named": named,
        "form": form or Form(),
    }
    return page(request, "staff/resource/show", status=status, **about, **WORDS)


async def for_client(
    request: HTMXRequest, access: Access, service_id: UUID, *, form: Form | None = None, status: int = 200
) -> Reply:
    about: dict[str, Any] = {
        "service": await detail(service_id, now=access.now, zone=here(request)),
        "mark": await saved.mark(access, service_id),
        "may_suggest": access.may(Category.RESOURCES, Action.PROPOSE),
        "form": form or Form(),
    }
    return page(request, "staff/resource/client_show", status=status, access=access, **about, **WORDS)


ROUTES = [Directory, ClientResources]

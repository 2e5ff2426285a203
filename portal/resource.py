"""Help near me: search the directory, keep what may help, see what the team suggests, say when a listing is wrong."""

from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.plugins.htmx import HTMXRequest

from app.access import Access, Action, Category
from app.forms import Form
from app.language import _
from app.pages import Reply, page, see_other, wants_fragment
from app.paths import seen, shared
from app.resource import saved
from app.resource.asked import asked
from app.resource.detail import detail
from app.resource.search import Results, search
from app.resource.words import WORDS, languages, needs
from app.sharing import circle

SERVICE = "/resources/{service_id:uuid}"


class Resources(Controller):
    @get(seen("/resources"), audience="portal", name="portal.resource.list")
    async def all(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        form = Form(request.query_params)
        query, zone = asked(form), here(request)
        removed = form.uuid("removed")
        form.errors.pop("removed", None)
        results = Results(query)
        if query.narrowed and not form.errors:
            results = await search(query, now=access.now, zone=zone)
        about: dict[str, Any] = {
            "form": form,
            "query": query,
            "results": results,
            "removed": removed,
            "own": access.is_own,
        }
        about |= {"shelf": await saved.shelf(access, zone=zone), "needs": needs(), "languages_spoken": languages()}
        if not wants_fragment(request):
            about |= {"usual": await saved.usual_needs(access)}
        about |= {"circle": await circle(access)} | WORDS
        status = 422 if form.errors else 200
        return page(request, "portal/resource/list", fragment="results", status=status, access=access, **about)

    @get(seen(SERVICE), audience="portal", name="portal.resource.show")
    async def show(self, request: HTMXRequest, access: NamedDependency[Access], service_id: FromPath[UUID]) -> Reply:
        removed = Form(request.query_params).flag("removed")
        return await shown(request, access, service_id, removed=removed)

    @post(shared(SERVICE + "/saved"), audience="portal", name="portal.resource.save")
    async def save(self, request: HTMXRequest, access: NamedDependency[Access], service_id: FromPath[UUID]) -> Reply:
        await saved.keep(access, service_id, kept=True)
        return await moved_on(request, access, service_id, removed=False)

    @post(shared(SERVICE + "/removal"), audience="portal", name="portal.resource.remove")
    async def remove(self, request: HTMXRequest, access: NamedDependency[Access], service_id: FromPath[UUID]) -> Reply:
        await saved.keep(access, service_id, kept=False)
        return await moved_on(request, access, service_id, removed=True)

    @post(shared(SERVICE + "/reports"), audience="portal", name="portal.resource.report")
    async def report(self, request: HTMXRequest, access: NamedDependency[Access], service_id: FromPath[UUID]) -> Reply:
        form = Form(await request.form())
        kind = form.choice("kind", saved.REPORTS, required=_("Choose what is wrong."))
        if form.errors:
            return await shown(request, access, service_id, fragment="report", form=form, status=422)
        await saved.report(access.viewer, service_id, kind)
        if wants_fragment(request):
            return await shown(request, access, service_id, fragment="report")
        return see_other(request, f"{access.base}/resources/{service_id}#report")

    @post(shared(SERVICE + "/reports/withdrawal"), audience="portal", name="portal.resource.withdraw_report")
    async def take_back(
        self, request: HTMXRequest, access: NamedDependency[Access], service_id: FromPath[UUID]
    ) -> Reply:
        await saved.take_back(access.viewer, service_id, now=access.now)
        return see_other(request, f"{access.base}/resources/{service_id}#report")


def here(request: HTMXRequest) -> str:
    """Opening hours are those of the organisation's own place."""
    zone: str = request.scope["state"]["organisation"].zone
    return zone


async def moved_on(request: HTMXRequest, access: Access, service_id: UUID, *, removed: bool) -> Reply:
    """Back to where the button was: the search, the list, or the service's own page."""
    form, at = Form(await request.form()), f"{access.base}/resources"
    searched = again(form.line("search", 1000))
    if searched:
        return see_other(request, f"{at}?{urlencode(searched)}#s-{service_id}")
    if form.choice("back", ("list",)):
        return see_other(request, f"{at}?removed={service_id}#kept" if removed else f"{at}#kept")
    if wants_fragment(request):
        return await shown(request, access, service_id, fragment="keep", removed=removed)
    return see_other(request, f"{at}/{service_id}?removed=1" if removed else f"{at}/{service_id}")


def again(search: str) -> dict[str, str]:
    """The search that stood in the address, as far as it is one."""
    query = asked(Form(dict(parse_qsl(search))))
    return query.params(page=query.page) if query.narrowed else {}


async def shown(
    request: HTMXRequest,
    access: Access,
    service_id: UUID,
    *,
    fragment: str | None = None,
    form: Form | None = None,
    status: int = 200,
    removed: bool = False,
) -> Reply:
    about: dict[str, Any] = {
        "service": await detail(service_id, now=access.now, zone=here(request)),
        "mark": await saved.mark(access, service_id),
        "told": await saved.my_report(access.viewer, service_id),
        "reports": saved.REPORTS,
        "reports_named": saved.named(),
        "may_save": access.is_own and access.may(Category.RESOURCES, Action.EDIT),
        "removed": removed,
        "form": form or Form(),
    }
    return page(request, "portal/resource/show", fragment=fragment, status=status, access=access, **about, **WORDS)


ROUTES = [Resources]

"""The crisis plan: calls first, then the plan. Its client changes it section by section and puts the change to use."""

from typing import Any

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.plugins.htmx import HTMXRequest

from app import crisis_plan
from app.access import Access
from app.errors import NotFound, Stale
from app.forms import MESSAGE, Form
from app.language import _, ngettext
from app.language import today as this_day
from app.pages import Reply, page, see_other
from app.paths import OWN, seen
from app.sharing import circle

CHANGE = OWN + "/crisis-plan/change"


class CrisisPlans(Controller):
    @get(seen("/crisis-plan"), audience="portal", name="portal.crisis_plan.show")
    async def show(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        """There for everyone who is let in at all, so that it never tells whether there is a plan."""
        both = await crisis_plan.plan(access)
        around = await circle(access)
        about: dict[str, Any] = {
            "worker": around.worker,
            "dialled": crisis_plan.dialled,
            "today": this_day(),
            "names": around.seeing("CRISIS_PLAN"),
        }
        return page(request, "portal/crisis_plan/show", access=access, plan=both.active, draft=both.draft, **about)

    @get(CHANGE, audience="portal", name="portal.crisis_plan.change")
    async def change(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        return await changing(request, access)

    @get(CHANGE + "/{number:int}", audience="portal", name="portal.crisis_plan.section")
    async def section(self, request: HTMXRequest, access: NamedDependency[Access], number: FromPath[int]) -> Reply:
        return await editing(request, access, number)

    @post(CHANGE + "/{number:int}", audience="portal", name="portal.crisis_plan.save")
    async def save(self, request: HTMXRequest, access: NamedDependency[Access], number: FromPath[int]) -> Reply:
        form = Form(await request.form())
        lines = crisis_plan.lines_of(form.text("lines", MESSAGE))
        version = form.number("version", 0, 2**53, required=_("Please send this once more."))
        if len(lines) > crisis_plan.MOST:
            many = ngettext("Up to %(most)s line fits here.", "Up to %(most)s lines fit here.", crisis_plan.MOST)
            form.wrong("lines", many % {"most": crisis_plan.MOST})
        if form.errors or version is None:
            return await editing(request, access, number, form=form, status=422)
        try:
            await crisis_plan.save_section(access, number, lines, version)
        except Stale:
            return await editing(request, access, number, form=form, status=409)
        return see_other(request, CHANGE)

    @post(OWN + "/crisis-plan/activation", audience="portal", name="portal.crisis_plan.activate")
    async def activate(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        version = Form(await request.form()).number("version", 0, 2**53)
        try:
            await crisis_plan.activate(access, version or 0)
        except Stale:
            return await changing(request, access, status=409)
        return see_other(request, OWN + "/crisis-plan")

    @post(OWN + "/crisis-plan/discard", audience="portal", name="portal.crisis_plan.discard")
    async def discard(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        await crisis_plan.discard(access)
        return see_other(request, OWN + "/crisis-plan")


async def changing(request: HTMXRequest, access: Access, status: int = 200) -> Reply:
    both = await crisis_plan.plan(access)
    about: dict[str, Any] = {"sections": crisis_plan.SECTIONS, "stale": status == 409}
    return page(request, "portal/crisis_plan/change", status=status, access=access, both=both, **about)


async def editing(
    request: HTMXRequest, access: Access, number: int, *, form: Form | None = None, status: int = 200
) -> Reply:
    """form: what was typed, when it could not be saved; the words that are kept stand beside it after a 409."""
    if number not in crisis_plan.BY_NUMBER:
        raise NotFound
    both = await crisis_plan.plan(access)
    kept = both.newest.lines(number) if both.newest else []
    shown = form or Form.filled(lines="\n".join(kept))
    about: dict[str, Any] = {
        "kept": kept,
        "stamp": both.stamp,
        "stale": status == 409,
        "section": crisis_plan.BY_NUMBER[number],
    }
    return page(request, "portal/crisis_plan/section", status=status, access=access, form=shown, **about)


ROUTES = [CrisisPlans]

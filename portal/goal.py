"""My plan: goals in the person's own words, steps to tick, a word under a goal. The same pages for those they let in."""

from typing import Any
from uuid import UUID, uuid4

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.plugins.htmx import HTMXRequest

from app import goal
from app.access import Access, Action, Category
from app.errors import Stale
from app.forms import GOAL, MESSAGE, Form
from app.language import _
from app.pages import Reply, page, see_other, wants_fragment
from app.paths import OWN, seen, shared
from app.sharing import circle


class Goals(Controller):
    @get(seen("/goals"), audience="portal", name="portal.goal.list")
    async def all(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        access.need(Category.GOALS, Action.SEE)
        about: dict[str, Any] = {"circle": await circle(access), "may": may(access)}
        return page(request, "portal/goal/list", access=access, goals=await goal.goals(access), **about)

    @get(seen("/goals/new"), audience="portal", name="portal.goal.new")
    async def new(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        access.need(Category.GOALS, Action.PROPOSE)
        return page(request, "portal/goal/new", access=access, form=Form(), form_id=uuid4())

    @post(shared("/goals"), audience="portal", name="portal.goal.propose")
    async def propose(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        form = Form(await request.form())
        title = form.line("title", GOAL, required=_("Write what you want, in your own words."))
        why = form.text("why", GOAL)
        form_id = form.form_id()
        if form.errors or form_id is None:
            access.need(Category.GOALS, Action.PROPOSE)
            shown_id = form_id or uuid4()
            return page(request, "portal/goal/new", status=422, access=access, form=form, form_id=shown_id)
        made = await goal.propose(access, title=title, why=why, form_id=form_id)
        return see_other(request, f"{access.base}/goals/{made}")

    @get(seen("/goals/{goal_id:uuid}"), audience="portal", name="portal.goal.show")
    async def show(self, request: HTMXRequest, access: NamedDependency[Access], goal_id: FromPath[UUID]) -> Reply:
        return await shown(request, access, goal_id)

    @post(shared("/goals/{goal_id:uuid}"), audience="portal", name="portal.goal.change")
    async def change(self, request: HTMXRequest, access: NamedDependency[Access], goal_id: FromPath[UUID]) -> Reply:
        form = Form(await request.form())
        title = form.line("title", GOAL, required=_("Write what you want, in your own words."))
        why = form.text("why", GOAL)
        version = form.number("version", 1, 2**53, required=_("Please send this once more."))
        if form.errors or version is None:
            return await shown(request, access, goal_id, edit=form, status=422)
        try:
            await goal.change(access, goal_id, title=title, why=why, version=version)
        except Stale:
            return await shown(request, access, goal_id, edit=form, stale=True, status=409)
        return see_other(request, f"{access.base}/goals/{goal_id}")

    @post(shared("/goals/{goal_id:uuid}/lifecycle"), audience="portal", name="portal.goal.move")
    async def move(self, request: HTMXRequest, access: NamedDependency[Access], goal_id: FromPath[UUID]) -> Reply:
        form = Form(await request.form())
        wanted = form.choice("lifecycle", ("active", "on-hold", "cancelled"), required=_("Choose one from the list."))
        if form.errors:
            return await shown(request, access, goal_id, status=422)
        await goal.move(access, goal_id, wanted)
        return see_other(request, f"{access.base}/goals" if wanted == "cancelled" else f"{access.base}/goals/{goal_id}")

    @post(shared("/goals/{goal_id:uuid}/comments"), audience="portal", name="portal.goal.comment")
    async def comment(self, request: HTMXRequest, access: NamedDependency[Access], goal_id: FromPath[UUID]) -> Reply:
        form = Form(await request.form())
        text = form.text("text", MESSAGE, required=_("Write a few words first."))
        form_id = form.form_id()
        if form.errors or form_id is None:
            return await shown(request, access, goal_id, fragment="comments", word=form, status=422)
        await goal.comment(access, goal_id, text=text, form_id=form_id)
        if wants_fragment(request):
            return await shown(request, access, goal_id, fragment="comments")
        return see_other(request, f"{access.base}/goals/{goal_id}#comments")

    @post(shared("/goals/{goal_id:uuid}/steps"), audience="portal", name="portal.goal.add_step")
    async def add_step(self, request: HTMXRequest, access: NamedDependency[Access], goal_id: FromPath[UUID]) -> Reply:
        form = Form(await request.form())
        text = form.line("step", GOAL, required=_("Write one small thing to do."))
        form_id = form.form_id()
        if form.errors or form_id is None:
            return await shown(request, access, goal_id, fragment="steps", small=form, status=422)
        await goal.add_step(access, goal_id, text=text, owner="client", due=None, form_id=form_id)
        if wants_fragment(request):
            return await shown(request, access, goal_id, fragment="steps")
        return see_other(request, f"{access.base}/goals/{goal_id}#steps")

    @post(OWN + "/goals/{goal_id:uuid}/keep", audience="portal", many={"without"}, name="portal.goal.keep")
    async def keep(self, request: HTMXRequest, access: NamedDependency[Access], goal_id: FromPath[UUID]) -> Reply:
        form = Form(await request.form())
        who = form.choice("who", goal.WHO, required=_("Choose who it is for."))
        people = [str(person) for person in (await goal.kept(access, goal_id)).people]
        without = [UUID(person) for person in form.choices("without", people)]
        if form.errors:
            return await shown(request, access, goal_id, status=422, keeping=form)
        await goal.keep(access, goal_id, who=who, without=without)
        hidden = who != "shared" and not access.viewer.step_up
        return see_other(request, f"{access.base}/goals" + ("" if hidden else f"/{goal_id}"))

    @post(shared("/steps/{step_id:uuid}"), audience="portal", name="portal.goal.tick")
    async def tick(self, request: HTMXRequest, access: NamedDependency[Access], step_id: FromPath[UUID]) -> Reply:
        form = Form(await request.form())
        goal_id = await goal.tick(access, step_id, done=form.flag("done"))
        if wants_fragment(request):
            return await shown(request, access, goal_id, fragment="steps")
        return see_other(request, f"{access.base}/goals/{goal_id}#steps")


def may(access: Access) -> dict[str, bool]:
    """Which buttons to show; each act decides again."""
    return {
        "propose": access.may(Category.GOALS, Action.PROPOSE),
        "comment": access.may(Category.GOALS, Action.COMMENT),
        "edit": access.is_own,
        "tick_own": access.may(Category.GOALS, Action.PROPOSE),
    }


async def shown(
    request: HTMXRequest,
    access: Access,
    goal_id: UUID,
    *,
    fragment: str | None = None,
    status: int = 200,
    edit: Form | None = None,
    word: Form | None = None,
    small: Form | None = None,
    stale: bool = False,
    keeping: Form | None = None,
) -> Reply:
    found, comments = await goal.goal(access, goal_id)
    return page(
        request,
        "portal/goal/show",
        fragment=fragment,
        status=status,
        access=access,
        goal=found,
        comments=comments,
        kept=await goal.kept(access, goal_id) if access.is_own else None,
        who=goal.WHO,
        keeping=keeping or Form(),
        may=may(access),
        edit=edit,
        word_form=word or Form(),
        small=small or Form(),
        stale=stale,
        form_id=uuid4(),
    )


ROUTES = [Goals]

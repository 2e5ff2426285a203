"""The plan as staff keep it: goals as they were said, steps with owner and day, edited beside the client."""

from typing import Any
from uuid import UUID, uuid4

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.plugins.htmx import HTMXRequest

from app import goal
from app.access import Access, Action, Category, Kind
from app.errors import Stale
from app.forms import GOAL, MESSAGE, Form
from app.language import _
from app.pages import Reply, page, see_other, wants_fragment
from app.paths import of_client

GOAL_AT = "/goals/{goal_id:uuid}"
STEP_AT = "/steps/{step_id:uuid}"


class Goals(Controller):
    @get(of_client("/goals"), audience="staff", name="staff.goal.list")
    async def all(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        access.need(Category.GOALS, Action.SEE)
        return page(request, "staff/goal/list", access=access, goals=await goal.goals(access), may=may(access))

    @get(of_client("/goals/new"), audience="staff", name="staff.goal.new")
    async def new(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        access.need(Category.GOALS, Action.EDIT)
        return page(request, "staff/goal/new", access=access, form=Form(), form_id=uuid4())

    @post(of_client("/goals"), audience="staff", name="staff.goal.add")
    async def add(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        access.need(Category.GOALS, Action.EDIT)
        form = Form(await request.form())
        title, why = words(form)
        form_id = form.form_id()
        if form.errors or form_id is None:
            shown_id = form_id or uuid4()
            return page(request, "staff/goal/new", status=422, access=access, form=form, form_id=shown_id)
        made = await goal.propose(access, title=title, why=why, form_id=form_id)
        return see_other(request, f"{access.base}/goals/{made}")

    @get(of_client(GOAL_AT), audience="staff", name="staff.goal.show")
    async def show(self, request: HTMXRequest, access: NamedDependency[Access], goal_id: FromPath[UUID]) -> Reply:
        gone = Form(request.query_params).uuid("removed")
        return await shown(request, access, goal_id, removed=gone)

    @post(of_client(GOAL_AT), audience="staff", name="staff.goal.change")
    async def change(self, request: HTMXRequest, access: NamedDependency[Access], goal_id: FromPath[UUID]) -> Reply:
        form = Form(await request.form())
        title, why = words(form)
        version = form.number("version", 1, 2**53, required=_("Please send this once more."))
        if form.errors or version is None:
            return await shown(request, access, goal_id, edit=form, status=422)
        try:
            await goal.change(access, goal_id, title=title, why=why, version=version)
        except Stale:
            return await shown(request, access, goal_id, edit=form, stale=True, status=409)
        return see_other(request, f"{access.base}/goals/{goal_id}")

    @post(of_client(GOAL_AT + "/lifecycle"), audience="staff", name="staff.goal.move")
    async def move(self, request: HTMXRequest, access: NamedDependency[Access], goal_id: FromPath[UUID]) -> Reply:
        form = Form(await request.form())
        allowed = {to for there in goal.LIFECYCLE[Kind.STAFF].values() for to in there}
        wanted = form.choice("lifecycle", allowed, required=_("Choose one from the list."))
        if form.errors:
            return await shown(request, access, goal_id, other=form, status=422)
        await goal.move(access, goal_id, wanted)
        gone = wanted in ("cancelled", "rejected")
        return see_other(request, f"{access.base}/goals" if gone else f"{access.base}/goals/{goal_id}")

    @post(of_client(GOAL_AT + "/comments"), audience="staff", name="staff.goal.comment")
    async def comment(self, request: HTMXRequest, access: NamedDependency[Access], goal_id: FromPath[UUID]) -> Reply:
        form = Form(await request.form())
        text = form.text("text", MESSAGE, required=_("Write a few words first."))
        form_id = form.form_id()
        if form.errors or form_id is None:
            return await shown(request, access, goal_id, fragment="comments", word=form, status=422)
        await goal.comment(access, goal_id, text=text, form_id=form_id)
        return await after(request, access, goal_id, "comments")

    @post(of_client(GOAL_AT + "/steps"), audience="staff", name="staff.goal.add_step")
    async def add_step(self, request: HTMXRequest, access: NamedDependency[Access], goal_id: FromPath[UUID]) -> Reply:
        form = Form(await request.form())
        text, owner, due = step_words(form)
        form_id = form.form_id()
        if form.errors or form_id is None:
            return await shown(request, access, goal_id, fragment="steps", small=form, status=422)
        await goal.add_step(access, goal_id, text=text, owner=owner, due=due, form_id=form_id)
        return await after(request, access, goal_id, "steps")


class Steps(Controller):
    @post(of_client(STEP_AT), audience="staff", name="staff.goal.tick")
    async def tick(self, request: HTMXRequest, access: NamedDependency[Access], step_id: FromPath[UUID]) -> Reply:
        done = Form(await request.form()).flag("done")
        return await after(request, access, await goal.tick(access, step_id, done=done), "steps")

    @get(of_client(STEP_AT), audience="staff", name="staff.goal.step")
    async def show(self, request: HTMXRequest, access: NamedDependency[Access], step_id: FromPath[UUID]) -> Reply:
        access.need(Category.GOALS, Action.EDIT)
        return await one_step(request, access, step_id)

    @post(of_client(STEP_AT + "/words"), audience="staff", name="staff.goal.rewrite")
    async def rewrite(self, request: HTMXRequest, access: NamedDependency[Access], step_id: FromPath[UUID]) -> Reply:
        access.need(Category.GOALS, Action.EDIT)
        form = Form(await request.form())
        text, owner, due = step_words(form)
        version = form.number("version", 1, 2**53, required=_("Please send this once more."))
        if form.errors or version is None:
            return await one_step(request, access, step_id, form=form, status=422)
        try:
            at = await goal.rewrite_step(access, step_id, text=text, owner=owner, due=due, version=version)
        except Stale:
            return await one_step(request, access, step_id, form=form, stale=True, status=409)
        return see_other(request, f"{access.base}/goals/{at}#steps")

    @post(of_client(STEP_AT + "/place"), audience="staff", name="staff.goal.shift")
    async def shift(self, request: HTMXRequest, access: NamedDependency[Access], step_id: FromPath[UUID]) -> Reply:
        where = Form(await request.form()).choice("to", ("up", "down"))
        return await after(request, access, await goal.shift_step(access, step_id, up=where != "down"), "steps")

    @post(of_client(STEP_AT + "/removal"), audience="staff", name="staff.goal.drop")
    async def drop(self, request: HTMXRequest, access: NamedDependency[Access], step_id: FromPath[UUID]) -> Reply:
        at = await goal.drop_step(access, step_id)
        if wants_fragment(request):
            return await shown(request, access, at, fragment="steps", removed=step_id)
        return see_other(request, f"{access.base}/goals/{at}?removed={step_id}#steps")

    @post(of_client(STEP_AT + "/restoration"), audience="staff", name="staff.goal.restore")
    async def restore(self, request: HTMXRequest, access: NamedDependency[Access], step_id: FromPath[UUID]) -> Reply:
        return await after(request, access, await goal.restore_step(access, step_id), "steps")


def words(form: Form) -> tuple[str, str]:
    return form.line("title", GOAL, required=_("Write the goal in the person’s own words.")), form.text("why", GOAL)


def step_words(form: Form) -> tuple[str, str, Any]:
    text = form.line("step", GOAL, required=_("Write one small thing to do."))
    owner = form.choice("owner", goal.OWNERS) or "client"
    return text, owner, form.day("due")


def may(access: Access) -> dict[str, bool]:
    """Which buttons to show; each act decides again."""
    return {
        "edit": access.may(Category.GOALS, Action.EDIT),
        "comment": access.may(Category.GOALS, Action.COMMENT),
    }


def owners(access: Access) -> list[tuple[str, str]]:
    """Who can do a step, in words."""
    return [
        ("client", access.loaded.called_name),
        ("case_manager", _("Case manager")),
        ("clinician", _("Clinician")),
        ("supporter", _("Someone close")),
        ("provider", _("Another provider")),
    ]


async def after(request: HTMXRequest, access: Access, goal_id: UUID, fragment: str) -> Reply:
    if wants_fragment(request):
        return await shown(request, access, goal_id, fragment=fragment)
    return see_other(request, f"{access.base}/goals/{goal_id}#{fragment}")


async def one_step(
    request: HTMXRequest,
    access: Access,
    step_id: UUID,
    *,
    form: Form | None = None,
    stale: bool = False,
    status: int = 200,
) -> Reply:
    found = await goal.step(access, step_id)
    return page(
        request,
        "staff/goal/step",
        status=status,
        access=access,
        step=found,
        form=form or Form(),
        stale=stale,
        owners=owners(access),
    )


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
    other: Form | None = None,
    stale: bool = False,
    removed: UUID | None = None,
) -> Reply:
    found, comments = await goal.goal(access, goal_id)
    return page(
        request,
        "staff/goal/show",
        fragment=fragment,
        status=status,
        access=access,
        goal=found,
        comments=comments,
        may=may(access),
        edit=edit,
        word_form=word or Form(),
        small=small or Form(),
        other=other or Form(),
        stale=stale,
        removed=removed,
        next_states=goal.LIFECYCLE[Kind.STAFF].get(found.lifecycle, ()),
        owners=owners(access),
        form_id=uuid4(),
    )


ROUTES = [Goals, Steps]

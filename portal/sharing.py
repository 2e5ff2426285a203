"""Who can see what: the client's people, what each may see and until when, what they signed, and who looked."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.plugins.htmx import HTMXRequest

from app import invitation, sharing
from app.access import Access, Action, Category, Label
from app.crisis_plan import SECTIONS
from app.errors import NotFound, Refused, StepUpNeeded
from app.forms import NAME, Form
from app.language import _, local
from app.organisation_admin import ROLES
from app.pages import Reply, page, see_other
from app.paths import PREVIEW
from app.record import TEAM_ROLES
from app.sharing import LONGEST, OFFERED, SENSITIVE, Chosen, Held, NotAsRead, Scope
from app.web.links import invitation_link

HERE = "/me/sharing"
TIE = HERE + "/{tie:uuid}"
# Only suggestions: they tick boxes on the form, and every box can be changed.
PRESETS = {
    "visits": Scope({Category.APPOINTMENTS: Action.SEE, Category.CARE_TEAM_NAMES: Action.SEE}),
    "support": Scope(
        {
            Category.APPOINTMENTS: Action.SEE,
            Category.GOALS: Action.SEE | Action.COMMENT,
            Category.RESOURCES: Action.SEE,
            Category.CARE_TEAM_NAMES: Action.SEE,
        },
        older=True,
    ),
    "crisis": Scope({Category.CRISIS_PLAN: Action.SEE}, sections=1 << 2 | 1 << 4 | 1 << 8, older=True, keep=True),
}


class Looking(Controller):
    @get(HERE, audience="portal", name="portal.sharing.list")
    async def all(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        people, team = await sharing.people(access), await sharing.team(access)
        held = await sharing.held_until(access)
        return page(request, "portal/sharing/list", access=access, people=people, team=team, held=held, **words())

    @get(HERE + "/info", audience="portal", name="portal.sharing.info")
    async def info(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        people = await sharing.people(access)
        seen_by = {category: [one for one in people if category in one.sees] for category in OFFERED}
        return page(request, "portal/sharing/info", access=access, seen_by=seen_by, **words())

    @get(HERE + "/looks", audience="portal", name="portal.sharing.looks")
    async def looked(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        looks, more = await sharing.looks(access, moment(request.query_params.get("before", "")))
        return page(request, "portal/sharing/looks", access=access, looks=looks, more=more, **words())

    @get(TIE, audience="portal", name="portal.sharing.show")
    async def show(self, request: HTMXRequest, access: NamedDependency[Access], tie: FromPath[UUID]) -> Reply:
        who = await sharing.chosen(access, tie)
        looks, versions = await sharing.looks_of(access, who.person), await sharing.signed(access, who)
        draft = await sharing.offer(access, who)
        held = await sharing.held_until(access)
        about: dict[str, Any] = {"looks": looks, "versions": versions, "draft": draft, "held": held}
        return page(request, "portal/sharing/show", access=access, who=who, **about, **words())

    @get(TIE + "/text/{version:uuid}", audience="portal", name="portal.sharing.text")
    async def text(
        self, request: HTMXRequest, access: NamedDependency[Access], tie: FromPath[UUID], version: FromPath[UUID]
    ) -> Reply:
        who = await sharing.chosen(access, tie)
        found = next((one for one in await sharing.signed(access, who) if one.id == version), None)
        if found is None:
            raise NotFound
        return page(request, "portal/sharing/text", access=access, who=who, one=found)


class Choosing(Controller):
    @get(HERE + "/new", audience="portal", name="portal.sharing.new")
    async def new(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        return adding(request, access, Form(), uuid4())

    @post(HERE + "/new", audience="portal", name="portal.sharing.add")
    async def add(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        form = Form(await request.form())
        name = form.line("name", NAME, required=_("Write their name."))
        label = form.line("label", 60, required=_("Write who they are to you, like Mum or a friend."))
        kind = form.choice("kind", RELATIONS, required=_("Choose what they are to you."))
        form_id = form.form_id()
        if form.errors or form_id is None:
            return adding(request, access, form, form_id or uuid4(), status=422)
        tie = await sharing.new_person(access, called_name=name, kind=kind, label=label, form_id=form_id)
        return see_other(request, f"{HERE}/{tie}/change")

    @get(TIE + "/change", audience="portal", name="portal.sharing.change")
    async def change(self, request: HTMXRequest, access: NamedDependency[Access], tie: FromPath[UUID]) -> Reply:
        """What is waiting to be signed, else what is open now, else a suggestion or nothing."""
        who = await sharing.chosen(access, tie)
        draft = await sharing.offer(access, who)
        scope = PRESETS.get(request.query_params.get("like", ""), draft.scope if draft else who.scope)
        return choosing(request, access, who, scope)

    @post(TIE + "/change", audience="portal", many={"see", "also", "section", "label"}, name="portal.sharing.choose")
    async def choose(self, request: HTMXRequest, access: NamedDependency[Access], tie: FromPath[UUID]) -> Reply:
        who = await sharing.chosen(access, tie)
        form = Form(await request.form())
        scope = scope_in(form)
        if form.errors:
            return choosing(request, access, who, scope, form, status=422)
        if who.scope.actions and scope.within(who.scope):
            await sharing.narrow(access, tie, scope)
            return see_other(request, f"{HERE}/{tie}")
        await sharing.draft(access, tie, scope)
        return see_other(request, f"{HERE}/{tie}/review")

    @get(TIE + "/review", audience="portal", name="portal.sharing.review")
    async def review(self, request: HTMXRequest, access: NamedDependency[Access], tie: FromPath[UUID]) -> Reply:
        return await reviewing(request, access, tie)

    @post(TIE + "/review", audience="portal", name="portal.sharing.sign")
    async def sign(self, request: HTMXRequest, access: NamedDependency[Access], tie: FromPath[UUID]) -> Reply:
        read = Form(await request.form()).line("read", 64)
        try:
            await sharing.sign(access, tie, read=read)
        except StepUpNeeded:
            return see_other(request, f"/step-up?next={HERE}/{tie}/review")
        except NotAsRead:
            return await reviewing(request, access, tie, stale=True, status=409)
        except Held:
            return await reviewing(request, access, tie, status=403)
        who = await sharing.chosen(access, tie)
        return see_other(request, f"{HERE}/{tie}" + ("" if who.joined else "#link"))

    @post(TIE + "/invitation", audience="portal", name="portal.sharing.invite")
    async def invite(self, request: HTMXRequest, access: NamedDependency[Access], tie: FromPath[UUID]) -> Reply:
        """The link is shown on the answer itself: its secret is kept nowhere, so there is no page to go to."""
        who = await sharing.chosen(access, tie)
        if who.blocked:
            raise Refused
        link = invitation_link(request, await invitation.invite_again(access, who.person))
        return page(request, "portal/sharing/link", access=access, who=who, link=link)


class Closing(Controller):
    """Less, at once. None of these asks for a reason or a factor, but for what opens something again."""

    @post(TIE + "/stop", audience="portal", name="portal.sharing.stop")
    async def stop(self, request: HTMXRequest, access: NamedDependency[Access], tie: FromPath[UUID]) -> Reply:
        chosen = Form(await request.form()).choice("category", [category.name for category in Category])
        if not chosen:
            raise NotFound
        await sharing.stop(access, tie, Category[chosen])
        return see_other(request, f"{HERE}/{tie}")

    @post(TIE + "/end", audience="portal", name="portal.sharing.end")
    async def end(self, request: HTMXRequest, access: NamedDependency[Access], tie: FromPath[UUID]) -> Reply:
        form = Form(await request.form())
        await sharing.end(access, tie, tell=form.flag("tell"))
        return see_other(request, f"{HERE}/{tie}")

    @post(TIE + "/remove", audience="portal", name="portal.sharing.remove")
    async def remove(self, request: HTMXRequest, access: NamedDependency[Access], tie: FromPath[UUID]) -> Reply:
        await sharing.remove(access, tie)
        return see_other(request, HERE)

    @post(TIE + "/block", audience="portal", name="portal.sharing.block")
    async def block(self, request: HTMXRequest, access: NamedDependency[Access], tie: FromPath[UUID]) -> Reply:
        await sharing.block(access, tie)
        return see_other(request, f"{HERE}/{tie}")

    @post(TIE + "/unblock", audience="portal", name="portal.sharing.unblock")
    async def unblock(self, request: HTMXRequest, access: NamedDependency[Access], tie: FromPath[UUID]) -> Reply:
        try:
            await sharing.unblock(access, tie)
        except StepUpNeeded:
            return see_other(request, f"/step-up?next={HERE}/{tie}")
        return see_other(request, f"{HERE}/{tie}")

    @post(HERE + "/pause", audience="portal", name="portal.sharing.pause")
    async def pause(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        await sharing.pause(access)
        return see_other(request, HERE)

    @post(HERE + "/resume", audience="portal", name="portal.sharing.resume")
    async def resume(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        try:
            await sharing.resume(access)
        except StepUpNeeded:
            return see_other(request, f"/step-up?next={HERE}")
        return see_other(request, HERE)


class Received(Controller):
    """The other side: what somebody shares with me, and stepping back from it."""

    @get(["/with/{relationship:uuid}/sharing", PREVIEW + "/sharing"], audience="portal", name="portal.sharing.received")
    async def received(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        return page(request, "portal/sharing/received", access=access, got=sharing.received(access), **words())

    @post("/with/{relationship:uuid}/leave", audience="portal", name="portal.sharing.leave")
    async def leave(self, request: HTMXRequest, access: NamedDependency[Access]) -> Reply:
        await sharing.leave(access)
        return see_other(request, "/with")


RELATIONS = ("family", "friend", "outside_provider", "agency")


def words() -> dict[str, Any]:
    return {
        "offered": OFFERED,
        "sensitive": SENSITIVE,
        "relations": invitation.RELATIONS,
        "roles": {**TEAM_ROLES, **{role.value: text for role, text in ROLES.items()}},
        "names": {category.name.lower(): kind.name for category, kind in OFFERED.items()},
    }


def moment(text: str) -> datetime | None:
    """Where a page of the log begins; anything else begins at the top."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def adding(request: HTMXRequest, access: Access, form: Form, form_id: UUID, status: int = 200) -> Reply:
    if not access.is_own:
        raise NotFound
    kinds = [(name, _(invitation.RELATIONS[name])) for name in RELATIONS]
    return page(request, "portal/sharing/new", status=status, access=access, form=form, form_id=form_id, kinds=kinds)


def scope_in(form: Form) -> Scope:
    """What was ticked. Nothing ticked is an error, never everything."""
    categories = [Category[name] for name in form.choices("see", [category.name for category in OFFERED])]
    also = form.choices("also", [f"{c.name}.{a.name}" for c, kind in OFFERED.items() for a in kind.also])
    sections = [int(number) for number in form.choices("section", [str(section.number) for section in SECTIONS])]
    labels = form.choices("label", [str(int(label)) for label in SENSITIVE])
    today = local(datetime.now().astimezone()).date()
    until = form.day(
        "until", required=_("Choose a last day."), earliest=today, latest=today + LONGEST
    )  # a year at most: then it is asked for again
    if not categories:
        form.wrong("see", _("Tick at least one thing, or go back: nothing is shared without a tick."))
    if Category.CRISIS_PLAN in categories and not sections:
        form.wrong("section", _("Tick which parts of the crisis plan."))
    actions = {
        category: OFFERED[category].base
        | Action(sum(action for action in OFFERED[category].also if f"{category.name}.{action.name}" in also))
        for category in categories
    }
    bits = sum(1 << number for number in sections) if Category.CRISIS_PLAN in categories else 0
    chosen_labels = Label(sum(int(label) for label in labels))
    return Scope(actions, bits, chosen_labels, until, older=form.flag("older"), keep=form.flag("keep"))


def choosing(
    request: HTMXRequest, access: Access, who: Chosen, scope: Scope, form: Form | None = None, status: int = 200
) -> Reply:
    today = local(access.now).date()
    usual = {"month": today + timedelta(days=30), "half": today + timedelta(days=182), "year": today + LONGEST}
    return page(
        request,
        "portal/sharing/change",
        status=status,
        access=access,
        who=who,
        scope=scope,
        form=form or Form(),
        sections=SECTIONS,
        usual=usual,
        today=today,
        last=today + LONGEST,
        **words(),
    )


async def reviewing(
    request: HTMXRequest, access: Access, tie: UUID, *, stale: bool = False, status: int = 200
) -> Reply:
    who = await sharing.chosen(access, tie)
    draft = await sharing.offer(access, who)
    if draft is None:
        return see_other(request, f"{HERE}/{tie}")
    return page(
        request,
        "portal/sharing/review",
        status=status,
        access=access,
        who=who,
        draft=draft,
        read=sharing.digest(draft.parts),
        stale=stale,
        held=await sharing.held_until(access),
    )


ROUTES = [Looking, Choosing, Closing, Received]

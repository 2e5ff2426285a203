"""Goals and steps: the rules, and the pages of the client and of those they let in."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import httpx
import pytest

from app import goal
from app.access import Action, Category
from app.access.facts import Flag, Label
from app.data.piccolo_conf import DB
from app.data.tables.audit import AccessEvent
from app.data.tables.care import Standing
from app.data.tables.goal import Goal, Step
from app.errors import NotFound, Refused, Stale
from tests.factories import (
    a_client,
    a_goal,
    a_grant,
    a_person,
    a_relationship,
    a_staff,
    a_step,
    a_team,
    access_for,
    hours,
    on_team,
)
from tests.http import FRAGMENT, alike, goes_to

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("database")]


async def a_mother(client: UUID, actions: Action = Action.SEE) -> tuple[UUID, UUID]:
    """A supporter whom the client lets see their goals: person and relationship."""
    mother = await a_person("Rosa")
    await a_grant(client, mother, Category.GOALS, actions)
    return mother, await a_relationship(client, mother)


async def test_client_sees_goals_with_their_steps_counted() -> None:
    maya = await a_client()
    home = await a_goal(maya, "A place of my own", steps=("Call the office", "Sign the form"))
    await a_step(maya, home.id, "Make a list", position=2, done_at=hours(-1))
    (found,) = await goal.goals(await access_for(maya))
    assert (found.title, found.done, found.total) == ("A place of my own", 1, 3)
    assert found.next_step is not None and found.next_step.text == "Call the office"


async def test_tick_and_untick_keep_the_counts_and_the_standing() -> None:
    maya = await a_client()
    home = await a_goal(maya, steps=("Call", "Sign"))
    step = (await goal.goals(await access_for(maya)))[0].steps[0]
    access = await access_for(maya)
    await goal.tick(access, step.id, done=True)
    await goal.tick(access, step.id, done=True)
    standing = (await Standing.select().where(Standing.id == maya))[0]
    assert (standing["goal"], standing["steps_done"], standing["steps_total"]) == (home.id, 1, 2)
    await goal.tick(access, step.id, done=False)
    kept = (await Goal.select(Goal.steps_done).where(Goal.id == home.id))[0]
    assert kept["steps_done"] == 0
    acts = await AccessEvent.select(AccessEvent.action).where(AccessEvent.item == step.id).order_by(AccessEvent.seq)
    assert [act["action"] for act in acts] == ["tick", "untick"]


async def test_supporter_counts_only_the_steps_within_reach() -> None:
    maya = await a_client()
    mother, tie = await a_mother(maya)
    home = await a_goal(maya, steps=("Call",))
    await a_step(maya, home.id, "Mine alone", flags=int(Flag.CLIENT_PRIVATE), done_at=hours(-1))
    await a_step(maya, home.id, "Meeting", labels=int(Label.SUD))
    (found,) = await goal.goals(await access_for(mother, relationship=tie))
    assert [step.text for step in found.steps] == ["Call"]
    assert (found.done, found.total) == (0, 1)


async def test_step_of_a_goal_out_of_reach_falls_away() -> None:
    maya = await a_client()
    mother, tie = await a_mother(maya)
    secret = await a_goal(maya, "Quit", labels=int(Label.SUD))
    await a_step(maya, secret.id, "Unlabelled step")
    assert await goal.goals(await access_for(mother, relationship=tie)) == []
    with pytest.raises(NotFound):
        await goal.goal(await access_for(mother, relationship=tie), secret.id)


@pytest.mark.parametrize("actions", [Action.SEE, Action.SEE | Action.COMMENT])
async def test_comment_needs_the_leave_to_comment(actions: Action) -> None:
    maya = await a_client()
    mother, tie = await a_mother(maya, actions)
    home = await a_goal(maya)
    access = await access_for(mother, relationship=tie)
    form_id = uuid4()
    if Action.COMMENT not in actions:
        with pytest.raises(Refused):
            await goal.comment(access, home.id, text="Proud of you", form_id=form_id)
        return
    await goal.comment(access, home.id, text="Proud of you", form_id=form_id)
    await goal.comment(access, home.id, text="Proud of you", form_id=form_id)
    _, said = await goal.goal(await access_for(maya), home.id)
    assert [(word.text, word.author_name) for word in said] == [("Proud of you", "Rosa")]


async def test_supporter_ticks_only_their_own_step_and_only_with_leave() -> None:
    maya = await a_client()
    mother, tie = await a_mother(maya, Action.SEE | Action.PROPOSE)
    home = await a_goal(maya, steps=("Call",))
    hers = await a_step(maya, home.id, "Drive me there", owner="supporter", position=1)
    theirs = (await goal.goals(await access_for(maya)))[0].steps[0]
    access = await access_for(mother, relationship=tie)
    await goal.tick(access, hers.id, done=True)
    with pytest.raises(Refused):
        await goal.tick(access, theirs.id, done=True)


async def test_proposed_goal_waits_and_a_repeated_form_makes_one() -> None:
    maya, other = await a_client(), await a_client("Sam")
    form_id = uuid4()
    access = await access_for(maya)
    first = await goal.propose(access, title="Swim again", why="It calms me", form_id=form_id)
    assert first == await goal.propose(access, title="Swim again", why="", form_id=form_id)
    found, _ = await goal.goal(access, first)
    assert (found.lifecycle, found.why) == ("proposed", "It calms me")
    with pytest.raises(Refused):
        await goal.propose(await access_for(other), title="Mine now", why="", form_id=form_id)


async def test_stale_words_are_not_written() -> None:
    maya = await a_client()
    home = await a_goal(maya, "Old words")
    access = await access_for(maya)
    await goal.change(access, home.id, title="New words", why="", version=1)
    with pytest.raises(Stale):
        await goal.change(access, home.id, title="Lost words", why="", version=1)
    found, _ = await goal.goal(access, home.id)
    assert (found.title, found.version) == ("New words", 2)


@pytest.mark.parametrize(
    ("who", "start", "to", "works"),
    [
        ("client", "active", "on-hold", True),
        ("client", "on-hold", "active", True),
        ("client", "proposed", "cancelled", True),
        ("client", "proposed", "active", False),
        ("client", "active", "completed", False),
        ("staff", "proposed", "active", True),
        ("staff", "active", "completed", True),
        ("staff", "completed", "active", True),
        ("staff", "cancelled", "active", False),
        ("supporter", "active", "on-hold", False),
    ],
)
async def test_who_moves_a_goal_where(who: str, start: str, to: str, works: bool) -> None:
    team = await a_team()
    dana, maya = await a_staff(team=team), await a_client()
    await on_team(maya, dana)
    mother, tie = await a_mother(maya, Action.SEE | Action.EDIT)
    home = await a_goal(maya, lifecycle=start)
    doors = {"client": (maya, {}), "staff": (dana, {"client": maya}), "supporter": (mother, {"relationship": tie})}
    person, where = doors[who]
    access = await access_for(person, **where)
    if works:
        await goal.move(access, home.id, to)
    else:
        with pytest.raises(Refused):
            await goal.move(access, home.id, to)
    kept = (await Goal.select(Goal.lifecycle).where(Goal.id == home.id))[0]["lifecycle"]
    assert kept == (to if works else start)


async def test_not_today_moves_the_step_to_tomorrow_and_the_worklist_knows() -> None:
    maya = await a_client(zone="America/Chicago")
    home = await a_goal(maya)
    step = await a_step(maya, home.id, due=date(2020, 1, 1))
    access = await access_for(maya)
    await goal.not_today(access, step.id)
    tomorrow = access.now.astimezone(ZoneInfo("America/Chicago")).date() + timedelta(days=1)
    assert (await Step.select(Step.due).where(Step.id == step.id))[0]["due"] == tomorrow
    assert (await Standing.select(Standing.step_due).where(Standing.id == maya))[0]["step_due"] == tomorrow


async def test_statements_do_not_grow_with_the_plan() -> None:
    few, many = await a_client(), await a_client("Sam")
    await a_goal(few, steps=("One",))
    for n in range(30):
        await a_goal(many, f"Goal {n}", steps=tuple(f"Step {m}" for m in range(7)), position=n)
    counts = []
    for person in (few, many):
        access = await access_for(person)
        before = DB.statements
        found = await goal.goals(access)
        await goal.goal(access, found[0].id)
        counts.append(DB.statements - before)
    assert counts[0] == counts[1] <= 5


SignIn = Callable[..., Awaitable[httpx.AsyncClient]]


async def test_plan_shows_goals_by_where_they_stand(sign_in: SignIn) -> None:
    maya = await a_client()
    await a_goal(maya, "A place of my own", steps=("Call",))
    await a_goal(maya, "Swim again", lifecycle="completed")
    page = await (await sign_in(maya)).get("/me/goals")
    assert page.status_code == 200
    assert "“A place of my own”" in page.text and "0 of 1 steps" in page.text and "1 goal reached" in page.text


async def test_empty_plan_begins_with_a_wish(sign_in: SignIn) -> None:
    maya, dana = await a_client(), await a_staff(called_name="Dana")
    await on_team(maya, dana)
    page = await (await sign_in(maya)).get("/me/goals")
    assert "Write one wish, or do it with Dana." in page.text


@pytest.mark.parametrize("path", ["/me/goals", "/me/goals/new", "/me/goals/00000000-0000-4000-8000-000000000000"])
async def test_plan_asks_for_sign_in(http: httpx.AsyncClient, path: str) -> None:
    assert goes_to(await http.get(path)) == "/sign-in"


@pytest.mark.parametrize("path", ["", "/{goal}", "/new"])
async def test_plan_that_was_not_shared_is_as_if_it_were_not_there(sign_in: SignIn, path: str) -> None:
    maya, rosa = await a_client(), await a_person("Rosa")
    await a_grant(maya, rosa, Category.APPOINTMENTS)
    tie = await a_relationship(maya, rosa)
    home = await a_goal(maya)
    her = await sign_in(rosa)
    outside = await her.get(f"/with/{tie}/goals" + path.format(goal=home.id))
    missing = await her.get(f"/with/{uuid4()}/goals" + path.format(goal=uuid4()))
    assert outside.status_code == 404 and alike(outside) == alike(missing)


async def test_goal_of_somebody_else_is_as_if_it_were_not_there(sign_in: SignIn) -> None:
    maya, sam = await a_client(), await a_client("Sam")
    home = await a_goal(maya)
    me = await sign_in(sam)
    assert alike(await me.get(f"/me/goals/{home.id}")) == alike(await me.get(f"/me/goals/{uuid4()}"))
    outside = await me.post(f"/me/goals/{home.id}", data={"title": "Mine", "version": "1"})
    missing = await me.post(f"/me/goals/{uuid4()}", data={"title": "Mine", "version": "1"})
    assert outside.status_code == 404 and alike(outside) == alike(missing)


async def test_supporter_who_may_only_see_writes_nothing(sign_in: SignIn) -> None:
    maya = await a_client()
    rosa, tie = await a_mother(maya)
    home = await a_goal(maya, steps=("Call",))
    step = (await Step.select(Step.id))[0]["id"]
    her, at = await sign_in(rosa), f"/with/{tie}"
    form_id = str(uuid4())
    for path, form in {
        "/goals": {"title": "Hers", "form_id": form_id},
        f"/goals/{home.id}": {"title": "Hers", "version": "1"},
        f"/goals/{home.id}/lifecycle": {"lifecycle": "on-hold"},
        f"/goals/{home.id}/comments": {"text": "Hers", "form_id": form_id},
        f"/goals/{home.id}/steps": {"step": "Hers", "form_id": form_id},
        f"/steps/{step}": {"done": "1"},
    }.items():
        assert (await her.post(at + path, data=form)).status_code == 403, path
    assert (await her.get(at + "/goals/new")).status_code == 403
    assert (await Goal.count(), await Step.count()) == (1, 1)


async def test_wish_is_proposed_once_however_often_it_is_sent(sign_in: SignIn) -> None:
    maya = await a_client()
    me, form = await sign_in(maya), {"title": "Swim again", "why": "", "form_id": str(uuid4())}
    first, second = await me.post("/me/goals", data=form), await me.post("/me/goals", data=form)
    assert goes_to(first) == goes_to(second) == f"/me/goals/{form['form_id']}"
    assert await Goal.count() == 1


@pytest.mark.parametrize("title", ["", "   ", "x" * 501, "\u200b", "a\u202eb"])
async def test_wish_that_cannot_be_saved_comes_back_as_typed(sign_in: SignIn, title: str) -> None:
    me = await sign_in(await a_client())
    page = await me.post("/me/goals", data={"title": title, "why": "It calms me", "form_id": str(uuid4())})
    assert page.status_code == 422
    assert "It calms me" in page.text and "<title>Error: " in page.text and 'href="#title"' in page.text
    assert await Goal.count() == 0


async def test_hostile_words_are_shown_as_words(sign_in: SignIn) -> None:
    maya = await a_client()
    home = await a_goal(maya, "<script>alert(1)</script>", steps=("<img src=x>",))
    me = await sign_in(maya)
    for path in ("/me/goals", f"/me/goals/{home.id}", "/me/today"):
        page = await me.get(path)
        assert "<script>alert" not in page.text and "<img src=x>" not in page.text
        assert "&lt;script&gt;alert" in page.text


async def test_stale_edit_shows_both_texts(sign_in: SignIn) -> None:
    maya = await a_client()
    home = await a_goal(maya, "Old words")
    me = await sign_in(maya)
    await me.post(f"/me/goals/{home.id}", data={"title": "Saved first", "version": "1"})
    page = await me.post(f"/me/goals/{home.id}", data={"title": "Written meanwhile", "version": "1"})
    assert page.status_code == 409
    assert "“Saved first”" in page.text and ">Written meanwhile</textarea>" in page.text
    again = await me.post(f"/me/goals/{home.id}", data={"title": "Written meanwhile", "version": "2"})
    assert goes_to(again) == f"/me/goals/{home.id}"


async def test_step_is_ticked_with_and_without_script(sign_in: SignIn) -> None:
    maya = await a_client()
    home = await a_goal(maya, steps=("Call",))
    step = (await Step.select(Step.id))[0]["id"]
    me = await sign_in(maya)
    plain = await me.post(f"/me/steps/{step}", data={"done": "1"})
    assert goes_to(plain) == f"/me/goals/{home.id}#steps"
    part = await me.post(f"/me/steps/{step}", data={"done": "0"}, headers=FRAGMENT)
    assert part.text.lstrip().startswith('<section id="steps"') and "0 of 1 steps" in part.text


async def test_small_step_is_added_once(sign_in: SignIn) -> None:
    maya = await a_client()
    home = await a_goal(maya)
    me, form = await sign_in(maya), {"step": "Call", "form_id": str(uuid4())}
    for _ in range(2):
        assert goes_to(await me.post(f"/me/goals/{home.id}/steps", data=form)) == f"/me/goals/{home.id}#steps"
    empty = await me.post(f"/me/goals/{home.id}/steps", data={"step": "", "form_id": str(uuid4())})
    assert empty.status_code == 422 and "Write one small thing to do." in empty.text
    assert await Step.count() == 1


async def test_word_under_a_goal_comes_back_in_place(sign_in: SignIn) -> None:
    maya = await a_client()
    rosa, tie = await a_mother(maya, Action.SEE | Action.COMMENT)
    home = await a_goal(maya)
    her, at = await sign_in(rosa), f"/with/{tie}/goals/{home.id}/comments"
    part = await her.post(at, data={"text": "Proud of you", "form_id": str(uuid4())}, headers=FRAGMENT)
    assert part.text.lstrip().startswith('<section id="comments"') and "Proud of you" in part.text
    empty = await her.post(at, data={"text": " ", "form_id": str(uuid4())})
    assert empty.status_code == 422 and "Write a few words first." in empty.text
    assert "Proud of you" in (await (await sign_in(maya)).get(f"/me/goals/{home.id}")).text


async def test_goal_rests_and_is_taken_up_again(sign_in: SignIn) -> None:
    maya = await a_client()
    home = await a_goal(maya)
    me, at = await sign_in(maya), f"/me/goals/{home.id}"
    assert goes_to(await me.post(at + "/lifecycle", data={"lifecycle": "on-hold"})) == at
    assert "This goal is resting." in (await me.get(at)).text
    assert goes_to(await me.post(at + "/lifecycle", data={"lifecycle": "active"})) == at
    assert (await me.post(at + "/lifecycle", data={"lifecycle": "completed"})).status_code == 422


async def test_a_goal_kept_from_one_person_is_not_there_for_them_and_is_for_others() -> None:
    maya = await a_client()
    home = await a_goal(maya, steps=("Call the office",))
    rosa, tie = await a_mother(maya)
    jo = await a_person("Jo")
    await a_grant(maya, jo, Category.GOALS)
    other = await a_relationship(maya, jo)
    await goal.keep(await access_for(maya), home.id, who="shared", without=[rosa])
    hers, his = await access_for(rosa, relationship=tie), await access_for(jo, relationship=other)
    assert await goal.goals(hers) == [] and len(await goal.goals(his)) == 1
    with pytest.raises(NotFound):
        await goal.goal(hers, home.id)
    kept = await goal.kept(await access_for(maya), home.id)
    assert (kept.who, kept.people[rosa], kept.people[jo]) == ("shared", ("Rosa", True), ("Jo", False))
    await goal.keep(await access_for(maya), home.id, who="shared", without=[])
    assert len(await goal.goals(hers)) == 1


@pytest.mark.parametrize(("who", "team_sees"), [("team", True), ("mine", False)])
async def test_a_private_goal_hides_from_the_phone_until_a_factor_is_shown(who: str, team_sees: bool) -> None:
    maya, worker = await a_client(), await a_staff(team=await a_team())
    await on_team(maya, worker)
    home = await a_goal(maya)
    rosa, tie = await a_mother(maya)
    await goal.keep(await access_for(maya), home.id, who=who, without=[])
    assert await goal.goals(await access_for(rosa, relationship=tie)) == []
    assert await goal.goals(await access_for(maya)) == []
    (mine,) = await goal.goals(await access_for(maya, step_up=True))
    assert mine.private
    assert bool(await goal.goals(await access_for(worker, client=maya))) is team_sees
    await goal.keep(await access_for(maya, step_up=True), home.id, who="shared", without=[])
    assert len(await goal.goals(await access_for(rosa, relationship=tie))) == 1


async def test_only_the_client_says_whom_a_goal_is_for_and_only_of_their_own_people() -> None:
    maya, worker = await a_client(), await a_staff(team=await a_team())
    await on_team(maya, worker)
    home = await a_goal(maya)
    with pytest.raises(Refused):
        await goal.keep(await access_for(worker, client=maya), home.id, who="mine", without=[])
    with pytest.raises(Refused):
        await goal.keep(await access_for(maya), home.id, who="shared", without=[await a_person("Stranger")])
    with pytest.raises(NotFound):
        await goal.keep(await access_for(await a_client("Leo")), home.id, who="mine", without=[])


async def test_what_staff_set_on_a_goal_stays_when_the_client_keeps_it() -> None:
    maya = await a_client()
    home = await a_goal(maya, flags=int(Flag.MINOR_CONSENTED))
    await goal.keep(await access_for(maya), home.id, who="team", without=[])
    (row,) = await Goal.select(Goal.flags).where(Goal.id == home.id)
    assert row["flags"] == Flag.MINOR_CONSENTED | Flag.CLIENT_PRIVATE


async def test_keeping_a_goal_by_its_form(sign_in: Callable[..., Awaitable[httpx.AsyncClient]]) -> None:
    maya = await a_client()
    home = await a_goal(maya)
    rosa, tie = await a_mother(maya)
    http, hers = await sign_in(maya), await sign_in(rosa)
    assert "Who is this goal for?" in (await http.get(f"/me/goals/{home.id}")).text
    assert "Who is this goal for?" not in (await hers.get(f"/with/{tie}/goals/{home.id}")).text
    answer = await http.post(f"/me/goals/{home.id}/keep", data={"who": "shared", "without": str(rosa)})
    assert goes_to(answer) == f"/me/goals/{home.id}"
    assert (await hers.get(f"/with/{tie}/goals/{home.id}")).status_code == 404
    wrong = await http.post(f"/me/goals/{home.id}/keep", data={"who": "everyone"})
    assert wrong.status_code == 422 and "Choose one from the list" in wrong.text
    assert goes_to(await http.post(f"/me/goals/{home.id}/keep", data={"who": "mine"})) == "/me/goals"
    page = await http.get("/me/goals")
    assert "A place of my own" not in page.text and "See what I keep private" in page.text
    assert (await http.post(f"/me/goals/{uuid4()}/keep", data={"who": "mine"})).status_code == 404

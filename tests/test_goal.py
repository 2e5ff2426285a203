"""Goals and steps: the rules, and the pages of the client and of those they let in."""

from datetime import date, timedelta
from uuid import UUID, uuid4

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
    from zoneinfo import ZoneInfo

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

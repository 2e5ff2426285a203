"""Today: one visit, one step, one message, and what the people around the client see of it."""

from datetime import timedelta
from uuid import UUID

import pytest

from app import sharing, today
from app.access import Access, Action, Category
from app.data.piccolo_conf import DB
from app.data.tables.consent import Relationship
from app.language import today as this_day
from tests.factories import (
    a_block,
    a_client,
    a_goal,
    a_grant,
    a_message,
    a_person,
    a_relationship,
    a_staff,
    a_step,
    a_thread,
    access_for,
    an_appointment,
    an_authority,
    hours,
    on_team,
)

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("database")]


async def somebody(client: UUID, name: str, *categories: Category, **grant: object) -> tuple[UUID, UUID]:
    """A person in the client's life, with what was shared with them: person and relationship."""
    person = await a_person(name)
    for category in categories:
        await a_grant(client, person, category, Action.SEE, **grant)
    return person, await a_relationship(client, person)


async def a_mother(client: UUID, *categories: Category) -> Access:
    mother, tie = await somebody(client, "Rosa", *categories)
    return await access_for(mother, relationship=tie)


async def test_empty_day_is_calm() -> None:
    day = await today.day(await access_for(await a_client()))
    assert (day.visit, day.step, day.later, day.ticked, day.note, day.circle.worker) == (None, None, None, (), None, "")


async def test_full_day_brings_one_of_each() -> None:
    maya, dana = await a_client(), await a_staff(called_name="Dana")
    await on_team(maya, dana)
    await an_appointment(maya, dana, starts_at=hours(50))
    soon = await an_appointment(maya, dana, starts_at=hours(3))
    await a_goal(maya, "A place of my own", steps=("Call", "Sign"))
    thread = await a_thread(maya)
    await a_message(maya, thread.id, dana, "See you today", dated=hours(-0.1))
    await a_message(maya, thread.id, dana, "Older", dated=hours(-3))
    day = await today.day(await access_for(maya))
    assert day.visit is not None and day.visit.id == soon.id
    assert day.step is not None and (day.step.text, day.step.goal_title) == ("Call", "A place of my own")
    assert (day.step.done, day.step.goal_done, day.step.goal_total) == (False, 0, 2)
    assert day.note is not None and (day.note.text, day.note.author_name, day.note.new) == (
        "See you today",
        "Dana",
        True,
    )
    assert day.circle.worker == "Dana"


async def test_step_that_is_due_comes_before_one_without_a_day_and_one_for_later() -> None:
    maya = await a_client()
    goal = await a_goal(maya)
    await a_step(maya, goal.id, "For later", due=this_day() + timedelta(days=9), position=0)
    await a_step(maya, goal.id, "Some day", position=1)
    await a_step(maya, goal.id, "Due", due=this_day() - timedelta(days=2), position=2)
    await a_step(maya, goal.id, "Dana's", due=this_day() - timedelta(days=5), owner="case_manager", position=3)
    day = await today.day(await access_for(maya))
    assert day.step is not None and day.step.text == "Due"


async def test_step_put_off_until_tomorrow_leaves_today_free() -> None:
    maya = await a_client()
    goal = await a_goal(maya)
    await a_step(maya, goal.id, "Call", due=this_day() + timedelta(days=1))
    day = await today.day(await access_for(maya))
    assert day.step is None and day.later is not None and day.later.text == "Call"


async def test_what_was_ticked_today_can_still_be_undone_here() -> None:
    maya = await a_client()
    goal = await a_goal(maya)
    await a_step(maya, goal.id, "Done now", done_at=hours(0))
    await a_step(maya, goal.id, "Done long ago", done_at=hours(-80))
    day = await today.day(await access_for(maya))
    assert [step.text for step in day.ticked] == ["Done now"]


async def test_supporter_meets_only_what_was_shared() -> None:
    maya, dana = await a_client(), await a_staff()
    await on_team(maya, dana)
    await an_appointment(maya, dana)
    await a_goal(maya, steps=("Call",))
    thread = await a_thread(maya)
    await a_message(maya, thread.id, dana)
    day = await today.day(await a_mother(maya, Category.APPOINTMENTS))
    assert day.visit is not None and day.visit.label == "Visit"
    assert (day.step, day.note, day.circle.worker, day.circle.people) == (None, None, "", {})
    assert day.shared_since is not None
    day = await today.day(await a_mother(maya, Category.RESOURCES))
    assert (day.visit, day.shared_since) == (None, None)


async def test_supporter_is_offered_a_step_that_is_theirs() -> None:
    maya = await a_client()
    goal = await a_goal(maya, steps=("Call",))
    await a_step(maya, goal.id, "Drive me there", owner="supporter", position=1)
    day = await today.day(await a_mother(maya, Category.GOALS))
    assert day.step is not None and day.step.text == "Drive me there"


async def test_client_reads_who_sees_what() -> None:
    maya = await a_client()
    await a_mother(maya, Category.APPOINTMENTS, Category.GOALS)
    await somebody(maya, "Nothing ticked", Category.CRISIS_PLAN, sections=0)
    await somebody(maya, "Revoked", Category.GOALS, revoked_at=hours(-1))
    _, ended = await somebody(maya, "Former", Category.GOALS)
    await Relationship.update({Relationship.ended_at: hours(-1)}).where(Relationship.id == ended)
    blocked, _ = await somebody(maya, "Blocked", Category.GOALS)
    await a_block(maya, blocked)
    guardian = await a_person("Theo")
    await an_authority(await a_relationship(maya, guardian, kind="guardian"), categories=Category.MESSAGES.bit)
    found = await sharing.circle(await access_for(maya))
    assert found.people == {
        "Rosa": [Category.APPOINTMENTS, Category.GOALS],
        "Theo": [Category.MESSAGES],
    }


async def test_statements_do_not_grow_with_the_record() -> None:
    few, many, dana = await a_client(), await a_client("Sam"), await a_staff()
    await a_goal(few, steps=("One",))
    for n in range(30):
        await a_goal(many, f"Goal {n}", steps=tuple(f"Step {m}" for m in range(7)), position=n)
        await an_appointment(many, dana, starts_at=hours(n + 1))
        await somebody(many, f"Friend {n}", Category.GOALS)
    counts = []
    for person in (few, many):
        access = await access_for(person)
        before = DB.statements
        await today.day(access)
        counts.append(DB.statements - before)
    assert counts[0] == counts[1] <= 8

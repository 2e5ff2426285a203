"""Today: one visit, one step, one message, and what the people around the client see of it."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest

from app import sharing, today
from app.access import Access, Action, Category
from app.data.piccolo_conf import DB
from app.data.tables.consent import Relationship
from app.data.tables.goal import Step
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
from tests.http import FRAGMENT, alike, goes_to

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


SignIn = Callable[..., Awaitable[httpx.AsyncClient]]


async def test_today_opens_with_the_next_visit_and_one_filled_button(sign_in: SignIn) -> None:
    maya, dana = await a_client(), await a_staff(called_name="Dana")
    await on_team(maya, dana)
    await an_appointment(maya, dana)
    await a_goal(maya, steps=("Call", "Sign"))
    await somebody(maya, "Rosa", Category.APPOINTMENTS)
    page = await (await sign_in(maya)).get("/me/today")
    assert page.status_code == 200 and page.text.count("btn-primary") == 1
    assert "I’ll be there" in page.text and "Rosa can see your visits." in page.text
    assert "Call" in page.text and "Sign" not in page.text


async def test_empty_today_speaks_kindly(sign_in: SignIn) -> None:
    page = await (await sign_in(await a_client())).get("/me/today")
    assert "Nothing planned today. Want to pick one small step?" in page.text
    assert "Only your care team can see this." in page.text


async def test_today_asks_for_sign_in(http: httpx.AsyncClient) -> None:
    assert goes_to(await http.get("/me/today")) == "/sign-in"
    assert goes_to(await http.get(f"/with/{uuid4()}/today")) == "/sign-in"


async def test_supporter_without_anything_shared_meets_the_same_page_as_a_stranger(sign_in: SignIn) -> None:
    maya = await a_client()
    rosa, tie = await somebody(maya, "Rosa")
    her = await sign_in(rosa)
    for path in ("today", "more"):
        outside, missing = await her.get(f"/with/{tie}/{path}"), await her.get(f"/with/{uuid4()}/{path}")
        assert outside.status_code == 404 and alike(outside) == alike(missing)


async def test_supporters_today_names_whose_visit_it_is_and_why_they_see_it(sign_in: SignIn) -> None:
    maya = await a_client()
    await an_appointment(maya)
    rosa, tie = await somebody(maya, "Rosa", Category.APPOINTMENTS)
    page = await (await sign_in(rosa)).get(f"/with/{tie}/today")
    assert "Maya’s next visit" in page.text and "You see this because Maya shared their visits on" in page.text
    assert not any(word in page.text for word in ("My plan", "Messages", "Help near me", "One thing that helps"))


async def test_step_is_ticked_undone_and_put_off_with_and_without_script(sign_in: SignIn) -> None:
    maya = await a_client()
    await a_goal(maya, steps=("Call the office",))
    step = (await Step.select(Step.id))[0]["id"]
    me, at = await sign_in(maya), f"/me/today/steps/{step}"
    assert goes_to(await me.post(at, data={"done": "1"})) == "/me/today#step"
    assert "You did it." in (await me.get("/me/today")).text
    part = await me.post(at, data={"done": "0"}, headers=FRAGMENT)
    assert part.text.lstrip().startswith('<section id="step"') and "You did it." not in part.text
    later = await me.post(at, data={"later": "1"}, headers=FRAGMENT)
    assert "Nothing more for today. Tomorrow: Call the office" in later.text


async def test_step_of_somebody_else_is_as_if_it_were_not_there(sign_in: SignIn) -> None:
    maya, sam = await a_client(), await a_client("Sam")
    await a_goal(maya, steps=("Call",))
    step = (await Step.select(Step.id))[0]["id"]
    me = await sign_in(sam)
    outside = await me.post(f"/me/today/steps/{step}", data={"done": "1"})
    missing = await me.post(f"/me/today/steps/{uuid4()}", data={"done": "1"})
    assert outside.status_code == 404 and alike(outside) == alike(missing)


async def test_supporter_who_may_only_see_ticks_nothing_here(sign_in: SignIn) -> None:
    maya = await a_client()
    goal = await a_goal(maya)
    step = await a_step(maya, goal.id, "Drive me there", owner="supporter")
    rosa, tie = await somebody(maya, "Rosa", Category.GOALS)
    her = await sign_in(rosa)
    for form in ({"done": "1"}, {"later": "1"}):
        assert (await her.post(f"/with/{tie}/today/steps/{step.id}", data=form)).status_code == 403


async def test_more_lists_only_places_that_hold_something(sign_in: SignIn) -> None:
    maya = await a_client()
    rosa, tie = await somebody(maya, "Rosa", Category.GOALS)
    mine = await (await sign_in(maya)).get("/me/more")
    hers = await (await sign_in(rosa)).get(f"/with/{tie}/more")
    assert "/me/appointments" in mine.text and "/me/resources" in mine.text and "Sign out" in mine.text
    assert "/appointments" not in hers.text and "/resources" not in hers.text and "/crisis-plan" in hers.text


async def test_pages_ask_the_database_as_often_for_much_as_for_little(sign_in: SignIn) -> None:
    few, many, dana = await a_client(), await a_client("Sam"), await a_staff()
    await a_goal(few, steps=("One",))
    await an_appointment(few, dana)
    for n in range(30):
        await a_goal(many, f"Goal {n}", steps=tuple(f"Step {m}" for m in range(7)), position=n)
        await an_appointment(many, dana, starts_at=hours(n + 1))
    counts: list[list[int]] = []
    for person in (few, many):
        me = await sign_in(person)
        await me.get("/me/more")
        counts.append([])
        for path in ("today", "goals", "appointments", "crisis-plan", "more"):
            before = DB.statements
            assert (await me.get(f"/me/{path}")).status_code == 200
            counts[-1].append(DB.statements - before)
    assert counts[0] == counts[1] and max(counts[0]) <= 12

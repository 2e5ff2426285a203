"""Goals and steps as staff keep them: the rules of steps, and the pages."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from app import goal
from app.access.facts import Flag
from app.data.tables.audit import AccessEvent
from app.data.tables.care import Standing
from app.data.tables.goal import Comment, Goal, Step
from app.errors import NotFound, Refused, Stale
from tests.factories import a_client, a_goal, a_programme, a_staff, a_step, a_team, access_for, hours, on_team

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("database")]


async def a_pair(role: str = "case_manager") -> tuple[UUID, UUID]:
    """A client, and a worker on their team and of their programme."""
    programme = await a_programme()
    maya = await a_client("Maya", programme)
    dana = await a_staff(role, team=await a_team(programme))
    await on_team(maya, dana)
    return maya, dana


async def steps_of(client: UUID) -> list[str]:
    """As the client sees them."""
    (found,) = await goal.goals(await access_for(client))
    return [step.text for step in found.steps]


async def test_goal_from_staff_is_active_at_once() -> None:
    maya, dana = await a_pair()
    made = await goal.propose(await access_for(dana, client=maya), title="A job", why="", form_id=uuid4())
    (row,) = await Goal.select(Goal.lifecycle).where(Goal.id == made)
    assert row["lifecycle"] == "active"


@pytest.mark.parametrize(
    ("place", "up", "order"),
    [(0, True, "ABC"), (0, False, "BAC"), (1, True, "BAC"), (1, False, "ACB"), (2, True, "ACB"), (2, False, "ABC")],
)
async def test_step_moves_one_place_and_stops_at_the_end(place: int, up: bool, order: str) -> None:
    maya, dana = await a_pair()
    await a_goal(maya, steps=("A", "B", "C"))
    (before,) = await goal.goals(await access_for(maya))
    await goal.shift_step(await access_for(dana, client=maya), before.steps[place].id, up=up)
    assert "".join(await steps_of(maya)) == order


async def test_steps_that_share_a_place_can_be_put_in_order() -> None:
    maya, dana = await a_pair()
    home = await a_goal(maya)
    for text in ("A", "B", "C"):
        await a_step(maya, home.id, text, position=0)
    before = await steps_of(maya)
    (found,) = await goal.goals(await access_for(maya))
    await goal.shift_step(await access_for(dana, client=maya), found.steps[2].id, up=True)
    assert await steps_of(maya) == [before[0], before[2], before[1]]


async def test_dropped_step_leaves_the_plan_and_comes_back() -> None:
    maya, dana = await a_pair()
    home = await a_goal(maya, steps=("A", "B"))
    (found,) = await goal.goals(await access_for(maya))
    access = await access_for(dana, client=maya)
    await goal.drop_step(access, found.steps[0].id)
    assert await steps_of(maya) == ["B"]
    assert (await Goal.select(Goal.steps_total).where(Goal.id == home.id))[0]["steps_total"] == 1
    with pytest.raises(NotFound):
        await goal.drop_step(access, found.steps[0].id)
    await goal.restore_step(access, found.steps[0].id)
    assert await steps_of(maya) == ["A", "B"]
    acts = await AccessEvent.select(AccessEvent.action).where(AccessEvent.item == found.steps[0].id)
    assert [act["action"] for act in acts] == ["drop", "restore"]


async def test_step_gets_new_words_owner_and_day_unless_somebody_was_first() -> None:
    maya, dana = await a_pair()
    await a_goal(maya, steps=("A",))
    (found,) = await goal.goals(await access_for(maya))
    step, access = found.steps[0], await access_for(dana, client=maya)
    due = hours(24 * 3).date()
    given: dict[str, Any] = {"text": "Call them", "owner": "case_manager", "due": due}
    await goal.rewrite_step(access, step.id, version=step.version, **given)
    with pytest.raises(Stale):
        await goal.rewrite_step(access, step.id, version=step.version, **(given | {"text": "Later words"}))
    changed = await goal.step(access, step.id)
    assert (changed.text, changed.owner, changed.due) == ("Call them", "case_manager", due)
    assert (await Standing.select(Standing.step_due).where(Standing.id == maya))[0]["step_due"] == due


async def test_what_the_client_keeps_for_themselves_is_no_ones_task() -> None:
    maya, dana = await a_pair()
    secret = await a_goal(maya, "Mine", flags=int(Flag.MINE_ONLY), position=0)
    step = await a_step(maya, secret.id, flags=int(Flag.MINE_ONLY), due=date(2020, 1, 1))
    under = await a_step(maya, secret.id, "Unmarked, under it", due=date(2020, 1, 1))
    shared = await a_goal(maya, "Ours", position=1)
    access = await access_for(dana, client=maya)
    for hidden in (step, under):
        for act in (goal.drop_step, goal.step):
            with pytest.raises(NotFound):
                await act(access, hidden.id)
    await goal.add_step(access, shared.id, text="Call", owner="client", due=None, form_id=uuid4())
    standing = (await Standing.select().where(Standing.id == maya))[0]
    assert (standing["goal"], standing["step_due"]) == (shared.id, None)


async def test_step_changes_are_for_the_team() -> None:
    maya, pat = await a_pair("peer")
    await a_goal(maya, steps=("A",))
    (found,) = await goal.goals(await access_for(maya))
    step = found.steps[0]
    with pytest.raises(Refused):
        await goal.drop_step(await access_for(pat, client=maya), step.id)
    others = await access_for(await a_staff(called_name="Omar"), client=maya)
    with pytest.raises(NotFound):
        await goal.drop_step(others, step.id)


# The pages


async def test_plan_page_groups_wishes_and_goals(sign_in: Any) -> None:
    maya, dana = await a_pair()
    await a_goal(maya, "A place of my own", steps=("Call",))
    await a_goal(maya, "See my brother", lifecycle="proposed")
    reply = await (await sign_in(dana)).get(f"/staff/clients/{maya}/goals")
    assert "Wishes to look at together" in reply.text and "“A place of my own”" in reply.text


async def test_goal_is_added_once_from_a_form_sent_twice(sign_in: Any) -> None:
    maya, dana = await a_pair()
    client, form = await sign_in(dana), {"title": "A job", "why": "For the rent", "form_id": str(uuid4())}
    for _ in range(2):
        reply = await client.post(f"/staff/clients/{maya}/goals", data=form)
        assert reply.headers["location"] == f"/staff/clients/{maya}/goals/{form['form_id']}"
    assert await Goal.count() == 1
    assert "“A job”" in (await client.get(reply.headers["location"])).text


@pytest.mark.parametrize(
    ("field", "value"), [("title", ""), ("title", " \u200b "), ("title", "x" * 501), ("form_id", "1")]
)
async def test_goal_form_comes_back_with_what_was_typed(sign_in: Any, field: str, value: str) -> None:
    maya, dana = await a_pair()
    form = {"title": "A job", "why": "Because I said so", "form_id": str(uuid4())} | {field: value}
    reply = await (await sign_in(dana)).post(f"/staff/clients/{maya}/goals", data=form)
    assert reply.status_code == 422 and "Because I said so" in reply.text and "Error: " in reply.text
    assert not await Goal.count()


async def test_stale_words_come_back_beside_what_is_saved(sign_in: Any) -> None:
    maya, dana = await a_pair()
    home = await a_goal(maya, "First words")
    client, at = await sign_in(dana), f"/staff/clients/{maya}/goals/{home.id}"
    form = {"title": "Second words", "why": "", "version": "1"}
    assert (await client.post(at, data=form)).status_code == 303
    late = await client.post(at, data=form | {"title": "Third words"})
    assert late.status_code == 409
    assert "“Second words”" in late.text and "Third words" in late.text


async def test_wish_is_taken_up_or_set_aside(sign_in: Any) -> None:
    maya, dana = await a_pair()
    client = await sign_in(dana)
    up, aside = [await a_goal(maya, title, lifecycle="proposed") for title in ("Up", "Aside")]
    for wish, state in ((up, "active"), (aside, "rejected")):
        at = f"/staff/clients/{maya}/goals/{wish.id}/lifecycle"
        assert (await client.post(at, data={"lifecycle": state})).status_code == 303
    rows = {row["id"]: row["lifecycle"] for row in await Goal.select(Goal.id, Goal.lifecycle)}
    assert rows == {up.id: "active", aside.id: "rejected"}
    again = await client.post(f"/staff/clients/{maya}/goals/{up.id}/lifecycle", data={"lifecycle": "accepted"})
    assert again.status_code == 403
    strange = await client.post(f"/staff/clients/{maya}/goals/{up.id}/lifecycle", data={"lifecycle": "exploded"})
    assert strange.status_code == 422


async def test_step_forms_answer_with_the_steps_for_htmx_and_a_redirect_without(sign_in: Any) -> None:
    maya, dana = await a_pair()
    home = await a_goal(maya, steps=("A", "B"))
    client, at = await sign_in(dana), f"/staff/clients/{maya}"
    form = {"step": "C", "owner": "client", "due": "2030-05-14", "form_id": str(uuid4())}
    plain = await client.post(f"{at}/goals/{home.id}/steps", data=form)
    assert (plain.status_code, plain.headers["location"]) == (303, f"{at}/goals/{home.id}#steps")
    first = (await goal.goals(await access_for(maya)))[0].steps[0].id
    small = await client.post(f"{at}/steps/{first}/place", data={"to": "down"}, headers={"HX-Request": "true"})
    assert small.status_code == 200 and small.text.lstrip().startswith('<section id="steps"')
    assert await steps_of(maya) == ["B", "A", "C"]
    ticked = await client.post(f"{at}/steps/{first}", data={"done": "1"}, headers={"HX-Request": "true"})
    assert 'aria-pressed="true"' in ticked.text
    removed = await client.post(f"{at}/steps/{first}/removal", headers={"HX-Request": "true"})
    assert f"/steps/{first}/restoration" in removed.text
    await client.post(f"{at}/steps/{first}/restoration")
    assert await steps_of(maya) == ["B", "A", "C"]
    slow = await client.post(f"{at}/steps/{first}/removal")
    assert slow.headers["location"] == f"{at}/goals/{home.id}?removed={first}#steps"
    assert "Undo" in (await client.get(slow.headers["location"])).text


@pytest.mark.parametrize(("field", "value"), [("step", ""), ("due", "someday"), ("owner", "nobody"), ("form_id", "")])
async def test_step_form_comes_back_with_what_was_typed(sign_in: Any, field: str, value: str) -> None:
    maya, dana = await a_pair()
    home = await a_goal(maya)
    form = {"step": "Call Ms. Ortega", "owner": "client", "due": "2030-05-14", "form_id": str(uuid4())} | {field: value}
    reply = await (await sign_in(dana)).post(f"/staff/clients/{maya}/goals/{home.id}/steps", data=form)
    assert reply.status_code == 422 and (field == "step" or "Call Ms. Ortega" in reply.text)
    assert not await Step.count()


async def test_step_page_changes_it_and_shows_both_when_somebody_was_first(sign_in: Any) -> None:
    maya, dana = await a_pair()
    home = await a_goal(maya, steps=("A",))
    step = (await goal.goals(await access_for(maya)))[0].steps[0]
    client, at = await sign_in(dana), f"/staff/clients/{maya}/steps/{step.id}"
    assert 'value="A"' in (await client.get(at)).text
    form = {"step": "Call", "owner": "clinician", "due": "", "version": "1"}
    assert (await client.post(f"{at}/words", data=form)).headers["location"].endswith(f"/goals/{home.id}#steps")
    late = await client.post(f"{at}/words", data=form | {"step": "Write"})
    assert late.status_code == 409 and "“Call”" in late.text and 'value="Write"' in late.text
    bad = await client.post(f"{at}/words", data=form | {"step": "", "version": "x"})
    assert bad.status_code == 422
    await on_team(maya, peer := await a_staff("peer", "Pat"), "peer")
    for method, url in (("get", at), ("post", f"{at}/words")):
        assert (await getattr(await sign_in(peer), method)(url)).status_code == 403


async def test_comment_stands_under_the_goal(sign_in: Any) -> None:
    maya, dana = await a_pair()
    home = await a_goal(maya)
    client, at = await sign_in(dana), f"/staff/clients/{maya}/goals/{home.id}"
    form = {"text": "Well done with the form", "form_id": str(uuid4())}
    for _ in range(2):
        assert (await client.post(f"{at}/comments", data=form)).status_code == 303
    assert (await client.get(at)).text.count("Well done with the form") == 1
    empty = await client.post(
        f"{at}/comments", data={"text": "", "form_id": str(uuid4())}, headers={"HX-Request": "true"}
    )
    assert empty.status_code == 422 and empty.text.lstrip().startswith('<section id="comments"')
    assert await Comment.count() == 1


async def test_out_of_reach_and_absent_look_alike(sign_in: Any, http: Any) -> None:
    maya, _dana = await a_pair()
    home = await a_goal(maya, "A place of my own", steps=("A",))
    step = (await goal.goals(await access_for(maya)))[0].steps[0]
    lin = await a_client("Lin")
    omar = await a_staff(called_name="Omar")
    await on_team(lin, omar)
    client = await sign_in(omar)
    posts = [
        f"goals/{home.id}", f"goals/{home.id}/lifecycle", f"goals/{home.id}/comments", f"goals/{home.id}/steps",
        f"steps/{step.id}", f"steps/{step.id}/words", f"steps/{step.id}/place", f"steps/{step.id}/removal",
        f"steps/{step.id}/restoration",
    ]  # fmt: skip
    form = {
        "title": "X", "why": "", "version": "1", "lifecycle": "on-hold", "text": "X", "step": "X", "owner": "client",
        "form_id": str(uuid4()), "done": "1",
    }  # fmt: skip
    for mine in (maya, lin):  # somebody else's record, and somebody else's goal under a record of one's own
        for path in posts:
            reply = await client.post(f"/staff/clients/{mine}/{path}", data=form)
            assert reply.status_code == 404 and "A place" not in reply.text, path
    assert (await http.post(f"/staff/clients/{maya}/goals", data=form)).status_code in (303, 403)
    assert await steps_of(maya) == ["A"]
    assert (await Goal.select(Goal.lifecycle, Goal.version).where(Goal.id == home.id))[0] == {
        "lifecycle": "active",
        "version": 1,
    }


async def test_earliest_due_day_is_kept_for_the_worklist() -> None:
    maya, dana = await a_pair()
    home = await a_goal(maya)
    access = await access_for(dana, client=maya)
    for days in (5, 2):
        due = hours(0).date() + timedelta(days=days)
        await goal.add_step(access, home.id, text="Call", owner="client", due=due, form_id=uuid4())
    standing = (await Standing.select(Standing.step_due).where(Standing.id == maya))[0]
    assert standing["step_due"] == hours(0).date() + timedelta(days=2)

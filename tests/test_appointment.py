"""Visits: the rules, and the pages of the client and of those they let in."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import httpx
import pytest

from app import appointment
from app.access import Access, Action, Category
from app.access.facts import Flag
from app.data.piccolo_conf import DB
from app.data.tables.appointment import Appointment
from app.data.tables.care import Standing, Task
from app.data.tables.delivery import Outbox
from app.errors import NotFound, Refused, Stale
from tests.factories import (
    SEALS,
    a_client,
    a_grant,
    a_person,
    a_relationship,
    a_staff,
    access_for,
    an_appointment,
    hours,
    on_team,
)
from tests.http import alike, goes_to

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("database")]


async def maya_and_dana() -> tuple[UUID, UUID]:
    dana, maya = await a_staff(called_name="Dana"), await a_client()
    await on_team(maya, dana)
    return maya, dana


async def a_mother(client: UUID, actions: Action = Action.SEE) -> Access:
    mother = await a_person("Rosa")
    await a_grant(client, mother, Category.APPOINTMENTS, actions)
    return await access_for(mother, relationship=await a_relationship(client, mother))


async def outbox() -> list[tuple[str, UUID]]:
    rows = await Outbox.select(Outbox.kind, Outbox.recipient).order_by(Outbox.kind)
    return [(row["kind"], row["recipient"]) for row in rows]


async def kept(visit: UUID) -> dict[str, Any]:
    return (await Appointment.select().where(Appointment.id == visit))[0]


def booking(staff: UUID, **values: Any) -> dict[str, Any]:
    given = {
        "starts_at": hours(50),
        "minutes": 45,
        "place": "Room 4",
        "mode": "in_person",
        "kind": "therapy",
        "safe_label": "Visit",
        "way": "Bus 12",
        "staff": staff,
        "confidential": False,
        "form_id": uuid4(),
    }
    return given | values


async def test_ahead_comes_soonest_first_and_past_latest_first() -> None:
    maya, dana = await maya_and_dana()
    for start in (hours(50), hours(2), hours(-30), hours(-60)):
        await an_appointment(maya, dana, starts_at=start)
    await an_appointment(maya, dana, starts_at=hours(5), state="cancelled")
    ahead, past = await appointment.visits(await access_for(maya))
    assert [round((v.starts_at - datetime.now(UTC)) / timedelta(hours=1)) for v in ahead] == [2, 50]
    assert [v.state for v in past] == ["cancelled", "booked", "booked"]
    assert ahead[0].staff_name == "Dana" and ahead[0].label == "Therapy"


async def test_visit_stays_the_next_one_while_it_goes_on() -> None:
    maya, _ = await maya_and_dana()
    visit = await an_appointment(maya, starts_at=hours(-0.5))
    ahead, _past = await appointment.visits(await access_for(maya))
    assert [v.id for v in ahead] == [visit.id]


async def test_supporter_without_details_learns_no_more_than_when_where_and_with_whom() -> None:
    maya, dana = await maya_and_dana()
    visit = await an_appointment(
        maya, dana, way="Bring the clozapine form", move_reason="Too many side effects", move_asked_at=hours(-1)
    )
    seen = await appointment.visit(await a_mother(maya), visit.id)
    assert (seen.place, seen.staff_name, seen.label) == ("Harbor Street Center", "Dana", "Visit")
    assert (seen.kind, seen.way, seen.reason, seen.mode, seen.staff_role, seen.move_asked) == (
        "",
        "",
        "",
        "",
        "",
        False,
    )


async def test_supporter_with_details_learns_what_it_is_for() -> None:
    maya, dana = await maya_and_dana()
    visit = await an_appointment(maya, dana, way="Bus 12")
    seen = await appointment.visit(await a_mother(maya, Action.SEE | Action.DETAILS), visit.id)
    assert (seen.kind, seen.way, seen.safe) == ("therapy", "Bus 12", False)


@pytest.mark.parametrize("flag", [Flag.CONFIDENTIAL, Flag.CLIENT_PRIVATE, Flag.MINE_ONLY])
async def test_kept_visit_is_absent_for_a_supporter(flag: Flag) -> None:
    maya, dana = await maya_and_dana()
    visit = await an_appointment(maya, dana, flags=int(flag))
    mother = await a_mother(maya)
    assert await appointment.visits(mother) == ([], [])
    with pytest.raises(NotFound):
        await appointment.visit(mother, visit.id)


async def test_confirming_twice_is_confirming_once_and_takes_back_a_wish_to_move() -> None:
    maya, dana = await maya_and_dana()
    visit = await an_appointment(maya, dana)
    access = await access_for(maya)
    await appointment.ask_to_move(access, visit.id, reason="School")
    await appointment.confirm(access, visit.id)
    await appointment.confirm(access, visit.id)
    seen = await appointment.visit(access, visit.id)
    assert (seen.confirmed, seen.move_asked, seen.reason) == (True, False, "")


async def test_asking_to_move_leaves_the_visit_and_gives_staff_one_task() -> None:
    maya, dana = await maya_and_dana()
    visit = await an_appointment(maya, dana)
    access = await access_for(maya)
    await appointment.ask_to_move(access, visit.id, reason="School")
    await appointment.ask_to_move(access, visit.id, reason="School, until four")
    seen = await appointment.visit(access, visit.id)
    assert (seen.state, seen.move_asked, seen.reason) == ("booked", True, "School, until four")
    assert b"School" not in bytes((await kept(visit.id))["move_reason"])
    (task,) = await Task.select().where(Task.client == maya)
    assert task["owner"] == dana
    assert SEALS[maya].open("task", "title", task["id"], task["title"]) == appointment.MOVE_ASKED
    assert await outbox() == [("visit.move_asked", dana)]


async def test_cancelling_and_undoing_keep_the_worklist_right() -> None:
    maya, dana = await maya_and_dana()
    visit = await an_appointment(maya, dana)
    access = await access_for(maya)
    await appointment.cancel(access, visit.id)
    await appointment.cancel(access, visit.id)
    assert (await Standing.select().where(Standing.id == maya))[0]["next_visit_at"] is None
    await appointment.restore(access, visit.id)
    assert (await kept(visit.id))["state"] == "booked"
    assert (await Standing.select().where(Standing.id == maya))[0]["next_visit_at"] == visit.starts_at
    assert await outbox() == [("visit.cancelled", dana), ("visit.reminder", maya), ("visit.restored", dana)]


Act = Callable[[Access, UUID], Awaitable[None]]


async def wish_to_move(access: Access, visit: UUID) -> None:
    await appointment.ask_to_move(access, visit, reason="")


@pytest.mark.parametrize("act", [appointment.confirm, appointment.cancel, wish_to_move])
@pytest.mark.parametrize("state", ["fulfilled", "noshow", "past"])
async def test_what_is_over_cannot_be_changed_by_the_client(act: Act, state: str) -> None:
    maya, dana = await maya_and_dana()
    starts, state = (hours(-2), "booked") if state == "past" else (hours(26), state)
    visit = await an_appointment(maya, dana, starts_at=starts, state=state)
    before = await kept(visit.id)
    with pytest.raises(Refused):
        await act(await access_for(maya), visit.id)
    assert await kept(visit.id) == before


@pytest.mark.parametrize("act", [appointment.confirm, appointment.cancel, wish_to_move, appointment.restore])
async def test_supporter_who_may_only_see_changes_nothing(act: Act) -> None:
    maya, dana = await maya_and_dana()
    visit = await an_appointment(maya, dana)
    with pytest.raises(Refused):
        await act(await a_mother(maya), visit.id)


async def test_asked_for_visit_waits_for_staff_and_is_asked_once() -> None:
    maya, dana = await maya_and_dana()
    access = await access_for(maya)
    day = datetime(2031, 5, 14, tzinfo=UTC).date()
    wish = {"day": day, "part": "afternoon", "mode": "phone", "note": "About the lease", "form_id": uuid4()}
    made = await appointment.ask(access, **wish)
    assert made == await appointment.ask(access, **wish)
    seen = await appointment.visit(access, made)
    local = seen.starts_at.astimezone(ZoneInfo("America/New_York"))
    assert (seen.state, seen.staff, seen.reason, local.date(), local.hour) == (
        "proposed",
        None,
        "About the lease",
        day,
        13,
    )
    assert [task["owner"] for task in await Task.select(Task.owner)] == [dana]
    assert await outbox() == [("visit.asked", dana)]


async def test_booking_keeps_the_standing_and_tells_the_client() -> None:
    maya, dana = await maya_and_dana()
    access = await access_for(dana, client=maya)
    given = booking(dana)
    visit = await appointment.book(access, **given)
    assert visit == await appointment.book(access, **given)
    assert (await Standing.select().where(Standing.id == maya))[0]["next_visit_at"] == given["starts_at"]
    assert await outbox() == [("visit.booked", maya), ("visit.reminder", maya)]
    payloads = await Outbox.select(Outbox.payload)
    assert all(str(visit) in row["payload"] and "Room" not in row["payload"] for row in payloads)


async def test_confidential_booking_is_absent_for_a_supporter() -> None:
    maya, dana = await maya_and_dana()
    await appointment.book(await access_for(dana, client=maya), **booking(dana, confidential=True))
    assert await appointment.visits(await a_mother(maya, Action.SEE | Action.DETAILS)) == ([], [])


async def test_only_staff_book() -> None:
    maya, dana = await maya_and_dana()
    with pytest.raises(Refused):
        await appointment.book(await access_for(maya), **booking(dana))


async def test_new_time_answers_the_wish_and_replaces_the_reminder() -> None:
    maya, dana = await maya_and_dana()
    staff = await access_for(dana, client=maya)
    visit = await appointment.book(staff, **booking(dana))
    await appointment.ask_to_move(await access_for(maya), visit, reason="School")
    later = hours(100)
    new = {"starts_at": later, "minutes": 30, "place": "Room 5", "staff": dana}
    await appointment.rebook(staff, visit, **new, version=1)
    with pytest.raises(Stale):
        await appointment.rebook(staff, visit, **new, version=1)
    seen = await appointment.visit(staff, visit)
    assert (seen.starts_at, seen.move_asked, seen.confirmed) == (later, False, False)
    reminders = await Outbox.select(Outbox.due_at).where(Outbox.kind == "visit.reminder")
    assert [row["due_at"] for row in reminders] == [later - timedelta(hours=24)]


@pytest.mark.parametrize(
    ("start", "to", "works"),
    [
        ("booked", "fulfilled", True),
        ("booked", "noshow", True),
        ("booked", "arrived", True),
        ("arrived", "fulfilled", True),
        ("arrived", "noshow", False),
        ("noshow", "fulfilled", True),
        ("fulfilled", "cancelled", False),
        ("cancelled", "fulfilled", False),
        ("proposed", "fulfilled", False),
        ("booked", "entered-in-error", False),
    ],
)
async def test_outcomes_follow_the_table(start: str, to: str, works: bool) -> None:
    maya, dana = await maya_and_dana()
    visit = await an_appointment(maya, dana, starts_at=hours(-1), state=start)
    access = await access_for(dana, client=maya)
    if works:
        await appointment.settle(access, visit.id, to)
    else:
        with pytest.raises(Refused):
            await appointment.settle(access, visit.id, to)
    assert (await kept(visit.id))["state"] == (to if works else start)


async def test_standing_keeps_a_booked_visit_whose_time_has_passed_until_it_has_an_outcome() -> None:
    maya, dana = await maya_and_dana()
    missed = await an_appointment(maya, dana, starts_at=hours(-30))
    access = await access_for(dana, client=maya)
    await appointment.book(access, **booking(dana))
    assert (await Standing.select().where(Standing.id == maya))[0]["next_visit_at"] == missed.starts_at
    await appointment.settle(access, missed.id, "fulfilled")
    assert (await Standing.select().where(Standing.id == maya))[0]["next_visit_at"] > hours(0)


async def test_statements_do_not_grow_with_the_visits() -> None:
    few, dana = await maya_and_dana()
    many = await a_client("Sam")
    await an_appointment(few, dana)
    for n in range(40):
        await an_appointment(many, dana, starts_at=hours(n * 10 - 200))
    counts = []
    for person in (few, many):
        access = await access_for(person)
        before = DB.statements
        await appointment.visits(access)
        counts.append(DB.statements - before)
    assert counts == [2, 2]


SignIn = Callable[..., Awaitable[httpx.AsyncClient]]


async def rosa_of(maya: UUID, actions: Action = Action.SEE) -> tuple[UUID, str]:
    rosa = await a_person("Rosa")
    await a_grant(maya, rosa, Category.APPOINTMENTS, actions)
    return rosa, f"/with/{await a_relationship(maya, rosa)}"


async def test_visits_show_the_next_one_first_and_the_past_folded(sign_in: SignIn) -> None:
    maya, dana = await maya_and_dana()
    await an_appointment(maya, dana, starts_at=hours(3), place="Room 4")
    await an_appointment(maya, dana, starts_at=hours(200), place="Room 9")
    await an_appointment(maya, dana, starts_at=hours(-50), place="Room 1", state="noshow")
    page = await (await sign_in(maya)).get("/me/appointments")
    places = [page.text.index(place) for place in ("Your next visit", "Room 4", "Room 9", "Past visits", "Room 1")]
    assert places == sorted(places)
    assert "noshow" not in page.text and "no-show" not in page.text


async def test_without_visits_there_is_one_to_ask_for(sign_in: SignIn) -> None:
    maya, _ = await maya_and_dana()
    page = await (await sign_in(maya)).get("/me/appointments")
    assert "No visits planned. Dana will suggest a time, or ask for one." in page.text


@pytest.mark.parametrize("path", ["", "/new", "/00000000-0000-4000-8000-000000000000"])
async def test_visits_ask_for_sign_in(http: httpx.AsyncClient, path: str) -> None:
    assert goes_to(await http.get("/me/appointments" + path)) == "/sign-in"


async def test_visits_that_were_not_shared_are_as_if_they_were_not_there(sign_in: SignIn) -> None:
    maya, dana = await maya_and_dana()
    rosa = await a_person("Rosa")
    await a_grant(maya, rosa, Category.GOALS)
    tie = await a_relationship(maya, rosa)
    visit = await an_appointment(maya, dana)
    her = await sign_in(rosa)
    for path in ("", "/new", f"/{visit.id}"):
        outside = await her.get(f"/with/{tie}/appointments{path}")
        missing = await her.get(f"/with/{uuid4()}/appointments{path}")
        assert outside.status_code == 404 and alike(outside) == alike(missing)


async def test_visit_of_somebody_else_is_as_if_it_were_not_there(sign_in: SignIn) -> None:
    maya, dana = await maya_and_dana()
    visit = await an_appointment(maya, dana)
    me = await sign_in(await a_client("Sam"))
    assert alike(await me.get(f"/me/appointments/{visit.id}")) == alike(await me.get(f"/me/appointments/{uuid4()}"))
    for act in ("confirmation", "move", "cancellation", "restoration"):
        outside = await me.post(f"/me/appointments/{visit.id}/{act}", data={})
        missing = await me.post(f"/me/appointments/{uuid4()}/{act}", data={})
        assert outside.status_code == 404 and alike(outside) == alike(missing)


async def test_supporter_reads_the_safe_label_and_has_no_button(sign_in: SignIn) -> None:
    maya, dana = await maya_and_dana()
    visit = await an_appointment(maya, dana, way="Bring the clozapine form")
    rosa, at = await rosa_of(maya)
    her = await sign_in(rosa)
    for path in ("/appointments", f"/appointments/{visit.id}", "/today"):
        page = await her.get(at + path)
        assert page.status_code == 200 and "Dana" in page.text
        assert not any(word in page.text for word in ("herapy", "clozapine", "I’ll be there", "Ask to move it"))
    for act in ("confirmation", "move", "cancellation", "restoration"):
        assert (await her.post(f"{at}/appointments/{visit.id}/{act}", data={})).status_code == 403
    assert (await her.get(at + "/appointments/new")).status_code == 403


async def test_client_says_they_will_be_there_from_today(sign_in: SignIn) -> None:
    maya, dana = await maya_and_dana()
    visit = await an_appointment(maya, dana)
    me = await sign_in(maya)
    answer = await me.post(f"/me/appointments/{visit.id}/confirmation", data={"back": "today"})
    assert goes_to(answer) == "/me/today"
    assert "You said you’ll be there." in (await me.get("/me/today")).text


async def test_asking_to_move_shows_the_words_and_that_the_visit_stands(sign_in: SignIn) -> None:
    maya, dana = await maya_and_dana()
    visit = await an_appointment(maya, dana)
    me, at = await sign_in(maya), f"/me/appointments/{visit.id}"
    assert goes_to(await me.post(at + "/move", data={"reason": "School until four"})) == at
    page = await me.get(at)
    assert "School until four" in page.text and "this visit stands" in page.text
    long = await me.post(at + "/move", data={"reason": "x" * 501})
    assert long.status_code == 422 and "x" * 501 in long.text


async def test_cancelled_visit_says_so_and_can_be_undone_in_place(sign_in: SignIn) -> None:
    maya, dana = await maya_and_dana()
    visit = await an_appointment(maya, dana)
    me, at = await sign_in(maya), f"/me/appointments/{visit.id}"
    assert goes_to(await me.post(at + "/cancellation", data={})) == at
    page = await me.get(at)
    assert "This visit is cancelled. No reason needed." in page.text and "Undo" in page.text
    assert goes_to(await me.post(at + "/restoration", data={})) == at
    assert "This visit is cancelled" not in (await me.get(at)).text


async def test_visit_that_is_over_cannot_be_cancelled(sign_in: SignIn) -> None:
    maya, dana = await maya_and_dana()
    visit = await an_appointment(maya, dana, starts_at=hours(-30))
    answer = await (await sign_in(maya)).post(f"/me/appointments/{visit.id}/cancellation", data={})
    assert answer.status_code == 403


async def test_asking_for_a_visit_makes_one_wish(sign_in: SignIn) -> None:
    maya, _ = await maya_and_dana()
    me = await sign_in(maya)
    form = {"day": "2031-05-14", "part": "morning", "mode": "phone", "note": "", "form_id": str(uuid4())}
    first, second = await me.post("/me/appointments", data=form), await me.post("/me/appointments", data=form)
    assert goes_to(first) == goes_to(second) and goes_to(first).startswith("/me/appointments/")
    assert "You asked for this visit." in (await me.get(goes_to(first))).text
    assert await Appointment.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("day", ""),
        ("day", "tomorrow"),
        ("day", "2001-01-01"),
        ("day", "2031-02-30"),
        ("part", ""),
        ("part", "midnight"),
        ("mode", "teleport"),
        ("note", "x" * 501),
        ("form_id", "not-an-id"),
    ],
)
async def test_wish_that_cannot_be_sent_comes_back_as_typed(sign_in: SignIn, field: str, value: str) -> None:
    maya, _ = await maya_and_dana()
    form = {"day": "2031-05-14", "part": "morning", "mode": "phone", "note": "About the lease", "form_id": str(uuid4())}
    page = await (await sign_in(maya)).post("/me/appointments", data=form | {field: value})
    assert page.status_code == 422 and "<title>Error: " in page.text
    assert "About the lease" in page.text or field == "note"
    assert await Appointment.count() == 0

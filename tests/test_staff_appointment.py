"""Visits as staff keep them: booking, giving a time, saying how it went; and the front desk's day."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from app import appointment
from app.access import Desk, Kind, Role, Viewer
from app.access.facts import Flag, Label
from app.data.tables.appointment import Appointment
from app.data.tables.audit import AccessEvent
from app.data.tables.care import Standing
from app.errors import NotFound
from tests.factories import (
    KEYS,
    a_block,
    a_client,
    a_programme,
    a_staff,
    a_team,
    an_appointment,
    hours,
    on_team,
)

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("database")]
NEW_YORK = ZoneInfo("America/New_York")


async def a_pair(role: str = "case_manager") -> tuple[UUID, UUID]:
    """A client, and a worker on their team and of their programme."""
    programme = await a_programme()
    maya = await a_client("Maya", programme)
    dana = await a_staff(role, team=await a_team(programme))
    await on_team(maya, dana)
    return maya, dana


def a_booking(staff: UUID, **values: str) -> dict[str, str]:
    day = (datetime.now(NEW_YORK) + timedelta(days=3)).date()
    blank = {"day": str(day), "time": "14:30", "minutes": "45", "mode": "in_person", "kind": "therapy"}
    more = {"staff": str(staff), "place": "Harbor Street", "way": "Bus 12", "safe_label": "", "form_id": str(uuid4())}
    return blank | more | values


async def the_visit() -> dict[str, Any]:
    (row,) = await Appointment.select()
    return row


async def test_visit_is_booked_at_the_time_where_the_client_lives(sign_in: Any) -> None:
    maya, dana = await a_pair()
    client, form = await sign_in(dana), a_booking(dana, confidential="1", apart="1")
    for _ in range(2):
        reply = await client.post(f"/staff/clients/{maya}/appointments", data=form)
        assert reply.status_code == 303
    row = await the_visit()
    local = row["starts_at"].astimezone(NEW_YORK)
    assert (str(local.date()), local.hour, local.minute) == (form["day"], 14, 30)
    assert (row["flags"], row["labels"], row["safe_label"]) == (int(Flag.CONFIDENTIAL), int(Label.SUD), "Visit")
    assert (await Standing.select().where(Standing.id == maya))[0]["next_visit_at"] == row["starts_at"]
    assert reply.headers["location"] == f"/staff/clients/{maya}/appointments/{row['id']}"
    assert "Bus 12" in (await client.get(reply.headers["location"])).text


async def test_worker_of_another_programme_cannot_set_a_visit_apart(sign_in: Any) -> None:
    maya = await a_client("Maya")
    dana = await a_staff(team=await a_team())
    await on_team(maya, dana)
    client = await sign_in(dana)
    assert "substance use" not in (await client.get(f"/staff/clients/{maya}/appointments/new")).text
    await client.post(f"/staff/clients/{maya}/appointments", data=a_booking(dana, apart="1"))
    assert (await the_visit())["labels"] == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("day", ""),
        ("day", "2020-01-01"),
        ("day", "the 14th"),
        ("time", ""),
        ("time", "half past"),
        ("minutes", ""),
        ("minutes", "0"),
        ("minutes", "100000"),
        ("mode", "carrier_pigeon"),
        ("kind", "nonsense"),
        ("staff", "00000000-0000-4000-8000-000000000001"),
        ("place", "x" * 201),
        ("safe_label", "x" * 61),
        ("form_id", ""),
    ],
)
async def test_booking_comes_back_with_what_was_typed(sign_in: Any, field: str, value: str) -> None:
    maya, dana = await a_pair()
    form = a_booking(dana, way="Ring the blue bell") | {field: value}
    reply = await (await sign_in(dana)).post(f"/staff/clients/{maya}/appointments", data=form)
    assert reply.status_code == 422 and "Ring the blue bell" in reply.text and "Error: " in reply.text
    assert not await Appointment.count()


async def test_time_that_has_passed_today_is_asked_for_again(sign_in: Any) -> None:
    maya, dana = await a_pair()
    form = a_booking(dana, day=str(datetime.now(NEW_YORK).date()), time="00:00")
    reply = await (await sign_in(dana)).post(f"/staff/clients/{maya}/appointments", data=form)
    assert reply.status_code == 422 and "Choose a time that is still ahead." in reply.text


async def test_visit_that_took_place_leads_to_the_contact_form(sign_in: Any) -> None:
    maya, dana = await a_pair()
    visit = await an_appointment(maya, dana, starts_at=hours(-2), mode="home", minutes=60)
    client = await sign_in(dana)
    assert "How did it go?" in (await client.get(f"/staff/clients/{maya}/appointments")).text
    reply = await client.post(f"/staff/clients/{maya}/appointments/{visit.id}/outcome", data={"state": "fulfilled"})
    assert reply.headers["location"] == f"/staff/clients/{maya}/contacts/new?mode=home&minutes=60"
    assert 'value="60"' in (await client.get(reply.headers["location"])).text
    assert (await the_visit())["state"] == "fulfilled"


async def test_visit_that_did_not_work_out_is_said_kindly(sign_in: Any) -> None:
    maya, dana = await a_pair()
    visit = await an_appointment(maya, dana, starts_at=hours(-2))
    client, at = await sign_in(dana), f"/staff/clients/{maya}/appointments/{visit.id}"
    assert (await client.post(f"{at}/outcome", data={"state": "noshow"})).headers["location"] == at
    shown = (await client.get(at)).text
    assert "It didn’t work out this time" in shown and "no-show" not in shown.lower().replace('"noshow"', "")
    assert (await Standing.select().where(Standing.id == maya))[0]["next_visit_at"] is None
    bad = await client.post(f"{at}/outcome", data={"state": "vanished"})
    assert bad.status_code == 422


async def test_wish_for_a_visit_gets_its_time(sign_in: Any) -> None:
    maya, dana = await a_pair()
    wish = await an_appointment(maya, None, state="proposed", move_reason="Mornings are best")
    client, at = await sign_in(dana), f"/staff/clients/{maya}/appointments/{wish.id}"
    page = (await client.get(at)).text
    assert "Mornings are best" in page and "Give it a time" in page
    form = a_booking(dana, time="09:15") | {"version": "1"}
    assert (await client.post(f"{at}/time", data=form)).status_code == 303
    row = await the_visit()
    assert (row["state"], row["staff"], row["starts_at"].astimezone(NEW_YORK).hour) == ("booked", dana, 9)
    late = await client.post(f"{at}/time", data=form | {"place": "Elsewhere"})
    assert late.status_code == 409 and "Elsewhere" in late.text
    for wrong in ({"day": ""}, {"time": "x"}, {"staff": str(uuid4())}, {"version": ""}):
        again = await client.post(f"{at}/time", data=form | {"place": "Typed place"} | wrong)
        assert again.status_code == 422 and "Typed place" in again.text


async def test_visits_out_of_reach_look_absent(sign_in: Any, http: Any) -> None:
    maya, dana = await a_pair()
    visit = await an_appointment(maya, dana)
    omar, lin = await a_staff(called_name="Omar"), await a_client("Lin")
    await on_team(lin, omar)
    client = await sign_in(omar)
    for record in (maya, lin):
        at = f"/staff/clients/{record}/appointments/{visit.id}"
        assert (await client.get(at)).status_code == 404
        assert (await client.post(f"{at}/outcome", data={"state": "cancelled"})).status_code == 404
        assert (await client.post(f"{at}/time", data=a_booking(omar, version="1"))).status_code == 404
    assert (await client.post(f"/staff/clients/{maya}/appointments", data=a_booking(omar))).status_code == 404
    assert (await http.get(f"/staff/clients/{maya}/appointments")).headers["location"] == "/sign-in"
    assert (await the_visit())["state"] == "booked"


async def test_peer_has_no_way_to_visits(sign_in: Any) -> None:
    maya, pat = await a_pair("peer")
    client = await sign_in(pat)
    for path in ("", "/new"):
        assert (await client.get(f"/staff/clients/{maya}/appointments{path}")).status_code == 404


def a_desk(person: UUID, role: Role) -> Desk:
    return Desk(Viewer(person, Kind.STAFF, role=role), KEYS, datetime.now(UTC))


async def test_front_desk_sees_the_day_without_what_it_is_about(sign_in: Any) -> None:
    programme = await a_programme()
    fay, dana = await a_staff("front_desk", "Fay"), await a_staff()
    clients = [await a_client(name, programme) for name in ("Seen", "Apart", "Blocks", "Mine", "Off")]
    seen, apart, blocks, mine, off = clients
    noon = datetime.now(NEW_YORK).replace(hour=12, minute=0, second=0, microsecond=0).astimezone(UTC)
    for client in (seen, blocks):
        await an_appointment(client, dana, starts_at=noon)
    await an_appointment(seen, dana, starts_at=noon + timedelta(days=1))
    await an_appointment(apart, dana, starts_at=noon, labels=int(Label.SUD))
    await an_appointment(mine, dana, starts_at=noon, flags=int(Flag.MINE_ONLY))
    await an_appointment(off, dana, starts_at=noon, state="cancelled")
    await a_block(blocks, fay)
    reply = await (await sign_in(fay)).get("/staff/appointments")
    assert reply.status_code == 200 and "Seen" in reply.text and "Harbor Street Center" in reply.text
    for word in ("Apart", "Blocks", "Mine", "Off", "herapy"):
        assert f">{word}" not in reply.text
    (event,) = await AccessEvent.select().where(AccessEvent.action == "list")
    assert (event["reason"], event["actor"]) == ("visits of the day", fay)
    empty = await (await sign_in(fay)).get("/staff/appointments?day=2031-01-01")
    assert "No visits on this day." in empty.text


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.FRONT_DESK])
async def test_the_day_of_everybody_is_the_front_desks_alone(role: Role) -> None:
    worker = await a_staff(role.value)
    with pytest.raises(NotFound):
        await appointment.day_of(a_desk(worker, role), datetime.now(UTC).date())


async def test_front_desk_books_with_the_team(sign_in: Any) -> None:
    maya, dana = await a_pair()
    client = await sign_in(await a_staff("front_desk", "Fay"))
    form = await client.get(f"/staff/clients/{maya}/appointments/new")
    assert form.status_code == 200 and "Dana" in form.text and "Fay</option>" not in form.text
    assert (await client.post(f"/staff/clients/{maya}/appointments", data=a_booking(dana))).status_code == 303
    assert (await the_visit())["staff"] == dana

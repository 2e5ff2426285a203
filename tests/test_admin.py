"""Administration: staff accounts and programmes, and no way to any record."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from app import organisation_admin as admin
from app.access import Kind, Role, Viewer
from app.data.tables.audit import AccessEvent
from app.data.tables.people import Person, Programme, Staff, Team
from app.errors import NotFound, Refused
from tests.factories import KEYS, a_client, a_goal, a_programme, a_staff, a_team, an_appointment, on_team

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("database")]


def a_viewer(person: UUID, role: Role = Role.ADMIN) -> Viewer:
    return Viewer(person, Kind.STAFF, role=role)


async def an_admin(sign_in: Any) -> Any:
    return await sign_in(await a_staff("admin", "Ines"))


def a_staff_form(**values: str) -> dict[str, str]:
    return {"name": "Omar Haddad", "role": "case_manager", "team": "", "address": "omar@cairn.example"} | values


def a_programme_form(**values: str) -> dict[str, str]:
    return {"name": "Evening", "level": "iop", "about": "Three evenings", "form_id": str(uuid4())} | values


async def test_first_page_lists_accounts_programmes_and_settings(sign_in: Any) -> None:
    await a_staff("case_manager", "Dana Ortiz", team=await a_team(await a_programme(name="Outpatient")))
    page = (await (await an_admin(sign_in)).get("/staff/admin")).text
    for words in ("Dana Ortiz", "Case manager", "Invited", "Ines", "Outpatient", "https://localhost"):
        assert words in page


async def test_staff_member_is_invited_with_work_and_team(sign_in: Any, http: Any) -> None:
    team = await a_team()
    reply = await (await an_admin(sign_in)).post(
        "/staff/admin/staff", data=a_staff_form(team=str(team), role="supervisor")
    )
    assert reply.status_code == 200 and 'src="data:image/svg+xml' in reply.text
    found = re.search(r"https://localhost(/join/[\w-]+)", reply.text)
    assert found and (await http.get(found[1])).status_code == 200
    (row,) = await Staff.select(Staff.person, Staff.team).where(Staff.role == "supervisor")
    assert row["team"] == team
    assert (await Team.select(Team.supervisor).where(Team.id == team))[0]["supervisor"] == row["person"]
    (event,) = await AccessEvent.select().where(AccessEvent.action == "staff-invited")
    assert event["reason"] == "supervisor" and event["client"] is None


async def test_new_supervisor_does_not_take_a_team_from_another() -> None:
    ruth = await a_staff("supervisor", "Ruth")
    team = await a_team(supervisor=ruth)
    ines = await a_staff("admin")
    given: dict[str, Any] = {"name": "New", "role": Role.SUPERVISOR, "team": team, "address": ""}
    await admin.invite_staff(a_viewer(ines), keys=KEYS, now=datetime.now(UTC), **given)
    assert (await Team.select(Team.supervisor).where(Team.id == team))[0]["supervisor"] == ruth


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 101),
        ("role", ""),
        ("role", "owner"),
        ("team", "00000000-0000-4000-8000-000000000001"),
        ("address", ""),
    ],
)
async def test_staff_form_comes_back_with_what_was_typed(sign_in: Any, field: str, value: str) -> None:
    client, before = await an_admin(sign_in), await Person.count()
    reply = await client.post("/staff/admin/staff", data=a_staff_form() | {field: value})
    assert reply.status_code == 422 and "Error: " in reply.text
    assert field == "name" or 'value="Omar Haddad"' in reply.text
    assert await Person.count() == before


async def test_closing_an_account_ends_its_sessions(sign_in: Any) -> None:
    dana = await a_staff(called_name="Dana Ortiz")
    theirs, client = await sign_in(dana), await an_admin(sign_in)
    assert (await theirs.get("/staff/caseload")).status_code == 200
    assert "Close the account" in (await client.get(f"/staff/admin/staff/{dana}")).text
    assert (await client.post(f"/staff/admin/staff/{dana}/closing")).headers["location"] == "/staff/admin"
    assert (await theirs.get("/staff/caseload")).headers["location"] == "/sign-in"
    assert "Nobody can sign in with it" in (await client.get(f"/staff/admin/staff/{dana}")).text


async def test_nobody_closes_their_own_account(sign_in: Any) -> None:
    ines = await a_staff("admin", "Ines")
    client = await sign_in(ines)
    reply = await client.post(f"/staff/admin/staff/{ines}/closing")
    assert reply.status_code == 422 and "Another administrator can" in reply.text
    assert (await client.get("/staff/admin")).status_code == 200


async def test_new_link_only_for_those_who_have_not_joined(sign_in: Any) -> None:
    waiting = await a_staff(called_name="Waiting")
    joined = await a_staff(called_name="Joined")
    await sign_in(joined)
    client = await an_admin(sign_in)
    assert "/join/" in (await client.post(f"/staff/admin/staff/{waiting}/invitation")).text
    assert (await client.post(f"/staff/admin/staff/{joined}/invitation")).status_code == 403
    for nobody in (uuid4(), await a_client()):
        assert (await client.post(f"/staff/admin/staff/{nobody}/invitation")).status_code == 404
        assert (await client.get(f"/staff/admin/staff/{nobody}")).status_code == 404
        assert (await client.post(f"/staff/admin/staff/{nobody}/closing")).status_code == 404


async def test_programme_is_added_once_changed_ended_and_opened_again(sign_in: Any) -> None:
    client, form = await an_admin(sign_in), a_programme_form(sud="1")
    for _ in range(2):
        reply = await client.post("/staff/admin/programmes", data=form)
        assert reply.headers["location"] == "/staff/admin#programmes"
    assert await Programme.count() == 1
    at = f"/staff/admin/programmes/{form['form_id']}"
    shown = (await client.get(at)).text
    assert 'value="Evening"' in shown and "checked" in shown
    await client.post(at, data=a_programme_form(name="Late evening"))
    (row,) = await Programme.select()
    assert (row["name"], row["sud"], row["ended_at"]) == ("Late evening", False, None)
    await client.post(f"{at}/ending", data={"ended": "1"})
    assert "takes nobody in" in (await client.get(at)).text
    await client.post(f"{at}/ending", data={"ended": "0"})
    assert (await Programme.select())[0]["ended_at"] is None
    acts = (
        await AccessEvent.select(AccessEvent.action)
        .where(AccessEvent.action.like("programme-%"))
        .order_by(AccessEvent.seq)
    )
    assert [act["action"].removeprefix("programme-") for act in acts] == ["added", "changed", "ended", "reopened"]


@pytest.mark.parametrize(
    ("field", "value"), [("name", ""), ("name", "x" * 101), ("level", "penthouse"), ("about", "x" * 501)]
)
async def test_programme_form_comes_back_with_what_was_typed(sign_in: Any, field: str, value: str) -> None:
    client, there = await an_admin(sign_in), await a_programme(name="Before")
    for url in ("/staff/admin/programmes", f"/staff/admin/programmes/{there}"):
        reply = await client.post(url, data=a_programme_form() | {field: value})
        assert reply.status_code == 422
        assert field == "about" or 'value="Three evenings"' in reply.text
    assert [row["name"] for row in await Programme.select(Programme.name)] == ["Before"]


async def test_unknown_programme_is_not_found(sign_in: Any) -> None:
    client, at = await an_admin(sign_in), f"/staff/admin/programmes/{uuid4()}"
    assert (await client.get(at)).status_code == 404
    assert (await client.post(at, data=a_programme_form())).status_code == 404
    assert (await client.post(f"{at}/ending", data={"ended": "1"})).status_code == 404
    assert (await client.get("/staff/admin/programmes/nonsense")).status_code == 404


@pytest.mark.parametrize(
    "path",
    ["", "/contacts", "/contacts/new", "/goals", "/goals/new", "/goals/{goal}", "/appointments", "/appointments/new",
     "/appointments/{visit}", "/crisis-plan", "/invitations/new"],
)  # fmt: skip
async def test_no_page_of_a_record_opens_for_an_administrator(sign_in: Any, path: str) -> None:
    ines = await a_staff("admin", "Ines")
    maya = await a_client("Maya")
    await on_team(maya, ines)  # not even by a place on the team
    goal, visit = await a_goal(maya), await an_appointment(maya)
    reply = await (await sign_in(ines)).get(f"/staff/clients/{maya}" + path.format(goal=goal.id, visit=visit.id))
    assert reply.status_code == 404 and "Maya" not in reply.text


@pytest.mark.parametrize("path", ["/staff/caseload", "/staff/team", "/staff/appointments", "/staff/invitations/new"])
async def test_no_list_of_people_opens_for_an_administrator(sign_in: Any, path: str) -> None:
    assert (await (await an_admin(sign_in)).get(path)).status_code == 404


@pytest.mark.parametrize("role", [role.value for role in Role if role is not Role.ADMIN])
async def test_administration_is_the_administrators(sign_in: Any, http: Any, role: str) -> None:
    client, there = await sign_in(await a_staff(role, "Somebody")), await a_programme()
    for path in ("", "/staff/new", "/programmes/new", f"/programmes/{there}", f"/staff/{uuid4()}"):
        assert (await client.get(f"/staff/admin{path}")).status_code == 404
    assert (await client.post("/staff/admin/staff", data=a_staff_form())).status_code == 404
    assert (await client.post("/staff/admin/programmes", data=a_programme_form())).status_code == 404
    assert (await http.get("/staff/admin")).headers["location"] == "/sign-in"


async def test_rules_ask_for_an_administrator_too() -> None:
    dana, now = await a_staff(), datetime.now(UTC)
    there = await a_programme()
    viewer = a_viewer(dana, Role.SUPERVISOR)
    given: dict[str, Any] = {"name": "X", "level": "op", "about": "", "sud": False, "now": now}
    with pytest.raises(Refused):
        await admin.add_programme(viewer, form_id=uuid4(), **given)
    with pytest.raises(Refused):
        await admin.change_programme(viewer, there, **given)
    with pytest.raises(Refused):
        await admin.close(viewer, dana, now=now)
    with pytest.raises(NotFound):
        await admin.close(a_viewer(dana), uuid4(), now=now)

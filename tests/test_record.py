"""A client's record: what its pages show to whom, and the contacts written into it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from app import record
from app.access import Action, Category, Role
from app.access.facts import Flag, Label
from app.data.piccolo_conf import DB
from app.data.tables.audit import AccessEvent
from app.data.tables.care import Client, Contact, Standing
from app.errors import NotFound, Refused
from tests.factories import (
    SEALS,
    a_block,
    a_client,
    a_crisis_plan,
    a_goal,
    a_grant,
    a_person,
    a_programme,
    a_relationship,
    a_row,
    a_staff,
    a_team,
    access_for,
    an_appointment,
    an_authority,
    hours,
    on_team,
)

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("database")]


async def a_pair(role: str = "case_manager") -> tuple[UUID, UUID]:
    """A client, and a worker on their team and of their programme."""
    programme = await a_programme()
    maya = await a_client("Maya", programme)
    dana = await a_staff(role, team=await a_team(programme))
    await on_team(maya, dana)
    return maya, dana


async def strengths(client: UUID, text: str) -> None:
    sealed = SEALS[client].seal("client", "strengths", client, text)
    await Client.update({Client.strengths: sealed}).where(Client.id == client)


def a_contact_form(**values: str) -> dict[str, str]:
    today = datetime.now(UTC).astimezone().date()
    blank = {
        "mode": "phone",
        "reached": "yes",
        "day": str(today - timedelta(days=1)),
        "minutes": "20",
        "text": "We spoke.",
    }
    return blank | {"form_id": str(uuid4())} | values


async def test_record_holds_what_the_worker_needs() -> None:
    maya, dana = await a_pair()
    await strengths(maya, "I can cook for twenty")
    home = await a_goal(maya, "A place of my own", steps=("Call",))
    await an_appointment(maya, dana)
    await a_row(Contact, maya, mode="phone", text="Two flats seen", author=dana, goal=home.id)
    await a_crisis_plan(maya)
    found = await record.record(await access_for(dana, client=maya))
    assert found.strengths == "I can cook for twenty"
    assert [goal.title for goal in found.goals] == ["A place of my own"]
    assert [contact.text for contact in found.contacts] == ["Two flats seen"]
    assert [visit.staff for visit in found.visits] == [dana]
    assert [(member.person, member.role) for member in found.team] == [(dana, "primary")]
    assert found.crisis_since is not None and found.apart == 0 and not found.joined


async def test_supporters_stand_there_with_what_they_may_see_now() -> None:
    maya, dana = await a_pair()
    people = {name: await a_person(name) for name in ("Rosa", "Luis", "Over", "Blocked", "Guardian")}
    ties = {name: await a_relationship(maya, person, label=name) for name, person in people.items()}
    await a_grant(maya, people["Rosa"], Category.GOALS)
    await a_grant(maya, people["Rosa"], Category.CRISIS_PLAN, sections=0)
    await a_grant(maya, people["Over"], Category.GOALS, until=hours(-1))
    await a_grant(maya, people["Blocked"], Category.GOALS)
    await a_block(maya, people["Blocked"])
    await an_authority(ties["Guardian"], categories=Category.APPOINTMENTS.bit)
    await a_relationship(maya, await a_person("Gone"), ended_at=hours(-1))
    found = {one.called_name: one.sees for one in (await record.record(await access_for(dana, client=maya))).supporters}
    assert found == {
        "Rosa": (Category.GOALS,),
        "Luis": (),
        "Over": (),
        "Blocked": (),
        "Guardian": (Category.APPOINTMENTS,),
    }


async def test_parental_authority_shows_nothing_after_the_birthday() -> None:
    maya, dana = await a_pair()  # born in 1990
    tie = await a_relationship(maya, await a_person("Parent"))
    await an_authority(tie, basis="parental_responsibility")
    (parent,) = (await record.record(await access_for(dana, client=maya))).supporters
    assert parent.sees == ()


async def test_what_belongs_to_another_programme_is_counted_and_not_shown() -> None:
    maya = await a_client("Maya", await a_programme(sud=True))
    dana = await a_staff(team=await a_team())
    await on_team(maya, dana)
    await a_goal(maya, "Quit", labels=int(Label.SUD))
    await a_goal(maya, "Mine", flags=int(Flag.MINE_ONLY))
    await a_row(Contact, maya, mode="phone", text="secret", labels=int(Label.SUD))
    found = await record.record(await access_for(dana, client=maya))
    assert (found.goals, found.contacts, found.apart) == ([], [], 2)


async def test_record_costs_the_same_however_much_is_in_it() -> None:
    spent = []
    for much in (1, 40):
        maya, dana = await a_pair()
        for n in range(much):
            await a_goal(maya, f"Goal {n}", steps=("One", "Two"))
            await an_appointment(maya, dana, starts_at=hours(n + 1))
            await a_row(Contact, maya, mode="phone", text="Hello", author=dana)
            await a_relationship(maya, await a_person(f"P{n}"))
        access = await access_for(dana, client=maya)
        before = DB.statements
        await record.record(access)
        spent.append(DB.statements - before)
    assert spent[0] == spent[1]


async def test_contact_is_written_once_and_moves_the_last_contact() -> None:
    maya, dana = await a_pair()
    access = await access_for(dana, client=maya)
    values: dict[str, Any] = {"mode": "home", "reached": True, "minutes": 45, "text": "Coffee", "goal": None}
    form_id = uuid4()
    for _ in range(2):
        await record.log_contact(access, at=hours(-2), form_id=form_id, **values)
    await record.log_contact(access, at=hours(-50), form_id=uuid4(), **(values | {"mode": "phone"}))
    await record.log_contact(access, at=hours(-1), form_id=uuid4(), **(values | {"mode": "phone", "reached": False}))
    found, more = await record.contacts(access)
    assert [(one.mode, one.text, one.by) for one in found[1:2]] == [("home", "Coffee", "Dana")]
    assert (len(found), more) == (3, False)
    standing = (await Standing.select().where(Standing.id == maya))[0]
    assert standing["last_contact_mode"] == "home"
    stored = (await Contact.select(Contact.text).where(Contact.id == form_id))[0]["text"]
    assert b"Coffee" not in bytes(stored)


async def test_contact_for_a_goal_takes_its_labels() -> None:
    maya, dana = await a_pair()
    quit_ = await a_goal(maya, "Quit", labels=int(Label.SUD))
    access = await access_for(dana, client=maya)
    given: dict[str, Any] = {
        "mode": "visit",
        "reached": True,
        "minutes": 0,
        "at": hours(-1),
        "text": "",
        "form_id": uuid4(),
    }
    await record.log_contact(access, goal=quit_.id, **given)
    (row,) = await Contact.select(Contact.labels, Contact.goal)
    assert (row["labels"], row["goal"]) == (int(Label.SUD), quit_.id)
    others = await a_goal(await a_client("Lin"))
    with pytest.raises(NotFound):
        await record.log_contact(access, goal=others.id, **(given | {"form_id": uuid4()}))


async def test_form_of_one_record_writes_nothing_in_another() -> None:
    maya, dana = await a_pair()
    lin = await a_client("Lin")
    await on_team(lin, dana)
    given: dict[str, Any] = {"mode": "phone", "reached": True, "minutes": 0, "at": hours(-1), "text": "", "goal": None}
    form_id = uuid4()
    await record.log_contact(await access_for(dana, client=maya), form_id=form_id, **given)
    with pytest.raises(Refused):
        await record.log_contact(await access_for(dana, client=lin), form_id=form_id, **given)


@pytest.mark.parametrize("path", ["", "/contacts", "/contacts/new", "/goals", "/appointments", "/crisis-plan"])
async def test_pages_open_for_the_team_alone(sign_in: Any, http: Any, path: str) -> None:
    maya, dana = await a_pair()
    stranger = await a_staff(called_name="Omar")
    at = f"/staff/clients/{maya}{path}"
    ours = await (await sign_in(dana)).get(at)
    assert ours.status_code == 200 and "Maya" in ours.text
    elsewhere = await sign_in(stranger)
    outside = await elsewhere.get(at)
    missing = await elsewhere.get(f"/staff/clients/{uuid4()}{path}")
    assert outside.status_code == missing.status_code == 404
    assert outside.text.split("<main")[1] == missing.text.split("<main")[1]
    assert "Maya" not in outside.text
    signed_out = await http.get(at)
    assert (signed_out.status_code, signed_out.headers["location"]) == (303, "/sign-in")
    assert (await (await sign_in(maya)).get(at)).status_code == 404


@pytest.mark.parametrize("role", ["admin", "front_desk", "peer", "clinician", "supervisor"])
async def test_staff_without_a_place_meet_the_same_page(sign_in: Any, role: str) -> None:
    maya, _dana = await a_pair()
    reply = await (await sign_in(await a_staff(role, "Somebody"))).get(f"/staff/clients/{maya}/goals")
    assert reply.status_code == 404


async def test_a_try_from_outside_is_on_record() -> None:
    maya, _dana = await a_pair()
    omar = await a_staff(called_name="Omar")
    with pytest.raises(NotFound):
        await record.record(await access_for(omar, client=maya))
    events = await AccessEvent.select().where(AccessEvent.actor == omar)
    assert [(event["effect"], event["client"]) for event in events] == [("deny", maya)]


async def test_front_desk_sees_times_and_how_to_reach_and_no_more(sign_in: Any) -> None:
    maya, dana = await a_pair()
    await a_goal(maya, "A place of my own")
    await an_appointment(maya, dana, kind="therapy")
    await a_row(Contact, maya, mode="phone", text="Private words")
    await a_relationship(maya, await a_person("Rosalind"))
    told = {"strengths": "Sings in a choir", "preferences": "Walks, no offices", "safe_contact": "Text before calling"}
    await Client.update(
        {name: SEALS[maya].seal("client", name, maya, text) for name, text in told.items()}  # type: ignore[misc]
    ).where(Client.id == maya)
    reply = await (await sign_in(await a_staff("front_desk", "Fay"))).get(f"/staff/clients/{maya}")
    assert reply.status_code == 200 and "How to reach Maya" in reply.text and "Text before calling" in reply.text
    for word in (
        "A place of my own",
        "Therapy",
        "Private words",
        "Crisis plan",
        "Log a contact",
        "choir",
        "Walks",
        "Rosalind",
    ):
        assert word not in reply.text


async def test_peer_sees_goals_and_nothing_of_contacts(sign_in: Any) -> None:
    maya, pat = await a_pair("peer")
    await a_goal(maya, "A place of my own")
    await a_row(Contact, maya, mode="phone", text="Private words")
    reply = await (await sign_in(pat)).get(f"/staff/clients/{maya}")
    assert "A place of my own" in reply.text and "Private words" not in reply.text
    assert (await (await sign_in(pat)).get(f"/staff/clients/{maya}/contacts")).status_code == 404
    assert (
        await (await sign_in(pat)).post(f"/staff/clients/{maya}/contacts", data=a_contact_form())
    ).status_code == 404


async def test_contact_form_saves_and_goes_back(sign_in: Any) -> None:
    maya, dana = await a_pair()
    home = await a_goal(maya)
    client = await sign_in(dana)
    reply = await client.post(f"/staff/clients/{maya}/contacts", data=a_contact_form(goal=str(home.id)))
    assert (reply.status_code, reply.headers["location"]) == (303, f"/staff/clients/{maya}")
    (row,) = await Contact.select(Contact.minutes, Contact.goal, Contact.author)
    assert row == {"minutes": 20, "goal": home.id, "author": dana}
    assert "We spoke." in (await client.get(f"/staff/clients/{maya}/contacts")).text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("mode", "telepathy"),
        ("mode", ""),
        ("reached", ""),
        ("day", "2999-01-01"),
        ("day", "soon"),
        ("minutes", "-3"),
        ("minutes", "9" * 30),
        ("text", "x" * 20_001),
        ("goal", "00000000-0000-4000-8000-000000000001"),
        ("form_id", "nonsense"),
    ],
)
async def test_contact_form_comes_back_with_what_was_typed(sign_in: Any, field: str, value: str) -> None:
    maya, dana = await a_pair()
    form = a_contact_form(text="Words that must not be lost") | {field: value}
    reply = await (await sign_in(dana)).post(f"/staff/clients/{maya}/contacts", data=form)
    assert reply.status_code == 422 and "Error: " in reply.text
    assert field == "text" or "Words that must not be lost" in reply.text
    assert not await Contact.count()


async def test_contacts_page_turns(sign_in: Any) -> None:
    maya, dana = await a_pair()
    for n in range(31):
        await a_row(Contact, maya, mode="phone", text=f"Call number {n:02}.", dated=hours(-n))
    client = await sign_in(dana)
    first, second = [await client.get(f"/staff/clients/{maya}/contacts?page={n}") for n in (1, 2)]
    assert "Call number 00." in first.text and "Call number 30." not in first.text
    assert "Call number 30." in second.text and "Call number 00." not in second.text


async def test_crisis_plan_is_read_as_it_was_written(sign_in: Any) -> None:
    maya, dana = await a_pair()
    client = await sign_in(dana)
    assert "has no crisis plan yet" in (await client.get(f"/staff/clients/{maya}/crisis-plan")).text
    await a_crisis_plan(maya, {2: ("Walk to the water",)})
    assert "Walk to the water" in (await client.get(f"/staff/clients/{maya}/crisis-plan")).text


async def test_supervisor_reads_the_record_of_their_team(sign_in: Any) -> None:
    programme = await a_programme()
    ruth = await a_staff("supervisor", "Ruth")
    dana = await a_staff(team=await a_team(programme, supervisor=ruth))
    maya = await a_client("Maya", programme)
    await on_team(maya, dana)
    assert (await (await sign_in(ruth)).get(f"/staff/clients/{maya}")).status_code == 200
    access = await access_for(ruth, client=maya)
    assert access.viewer.role is Role.SUPERVISOR and access.may(Category.NOTES_SHARED, Action.EDIT)

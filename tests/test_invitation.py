"""Inviting clients and the people in their lives: who may, what comes of it, and that it opens nothing."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from app import invitation
from app.access import Kind, Role, Viewer
from app.data.tables.audit import AccessEvent
from app.data.tables.care import CareTeam, Client, ClientKey, EpisodeOfCare, Standing
from app.data.tables.consent import Grant, Relationship
from app.data.tables.identity import Invitation
from app.data.tables.people import Person
from app.errors import NotFound, Refused
from app.identity import invitations
from tests.factories import KEYS, a_client, a_person, a_programme, a_relationship, a_staff, a_team, access_for, on_team
from tests.identity import an_account

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("database")]


async def a_pair(role: str = "case_manager") -> tuple[UUID, UUID]:
    maya, dana = await a_client("Maya"), await a_staff(role)
    await on_team(maya, dana)
    return maya, dana


def a_viewer(person: UUID, role: Role = Role.CASE_MANAGER) -> Viewer:
    return Viewer(person, Kind.STAFF, role=role, called_name="Dana")


def a_new_client(programme: UUID) -> invitation.NewClient:
    return invitation.NewClient("Noor", "es", "America/Chicago", programme, 7)


def token_in(text: str) -> str:
    found = re.search(r"https://localhost/join/([\w-]+)", text)
    assert found
    return found[1]


async def invited(viewer: Viewer, form_id: UUID, **given: Any) -> tuple[UUID, str]:
    programme = given.pop("programme", None) or await a_programme()
    return await invitation.invite_client(
        viewer, a_new_client(programme), keys=KEYS, now=datetime.now(UTC), address="", form_id=form_id
    )


async def test_new_client_has_all_that_a_record_needs_and_their_case_manager() -> None:
    dana = await a_staff()
    client, token = await invited(a_viewer(dana), uuid4())
    assert await Client.exists().where(Client.id == client)
    assert await ClientKey.exists().where(ClientKey.id == client)
    assert await Standing.exists().where(Standing.id == client)
    (episode,) = await EpisodeOfCare.select(EpisodeOfCare.contact_every_days, EpisodeOfCare.state)
    assert episode == {"contact_every_days": 7, "state": "active"}
    (place,) = await CareTeam.select(CareTeam.staff, CareTeam.role)
    assert place == {"staff": dana, "role": "primary"}
    assert await Client.exists().where(Client.managed.eq(True))
    found = await invitations.opened(token, datetime.now(UTC))
    assert found is not None and (found.person, found.called_name) == (client, "Noor")
    access = await access_for(dana, client=client)
    assert access.loaded.called_name == "Noor" and access.seal.seal("goal", "title", uuid4(), "words")


async def test_same_form_makes_one_client_and_a_new_link_ends_the_old() -> None:
    dana, form_id = await a_staff(), uuid4()
    (_, first), (client, second) = [await invited(a_viewer(dana), form_id) for _ in range(2)]
    assert await Client.count() == 1 and client == form_id
    assert await invitations.opened(first, datetime.now(UTC)) is None
    assert await invitations.opened(second, datetime.now(UTC)) is not None


@pytest.mark.parametrize("role", [role for role in Role if role not in invitation.INVITERS])
async def test_only_case_managers_and_supervisors_take_clients_in(role: Role) -> None:
    with pytest.raises(Refused):
        await invited(a_viewer(await a_staff(role.value), role), uuid4())
    assert not await Client.count()


async def test_nobody_is_invited_by_an_id_that_is_somebody_elses() -> None:
    dana, omar = await a_staff(), await a_staff(called_name="Omar")
    theirs = await a_client()
    await on_team(theirs, omar)
    for taken in (theirs, omar, await a_person()):
        with pytest.raises(Refused):
            await invited(a_viewer(dana), taken)
    assert not await Invitation.count()


async def test_client_who_has_joined_gets_no_second_account() -> None:
    dana, form_id = await a_staff(), uuid4()
    client, _ = await invited(a_viewer(dana), form_id)
    await an_account(client, KEYS)
    with pytest.raises(Refused):
        await invited(a_viewer(dana), form_id)
    with pytest.raises(Refused):
        await invitation.invite_again(await access_for(dana, client=client), client)


def a_supporter(**values: Any) -> dict[str, Any]:
    return {"called_name": "Rosa", "kind": "family", "label": "Mum", "address": "", "form_id": uuid4()} | values


async def test_supporter_is_invited_and_sees_nothing() -> None:
    maya, dana = await a_pair()
    before = (await Client.select(Client.consent_epoch).where(Client.id == maya))[0]["consent_epoch"]
    given = a_supporter()
    access = await access_for(dana, client=maya)
    tokens = [await invitation.invite_supporter(access, **given) for _ in range(2)]
    assert await Relationship.count() == 1 and not await Grant.count()
    found = await invitations.opened(tokens[1], datetime.now(UTC))
    assert found is not None and found.kind == "supporter"
    assert await invitations.opened(tokens[0], datetime.now(UTC)) is None
    (row,) = await Client.select(Client.consent_epoch).where(Client.id == maya)
    assert row["consent_epoch"] == before + 1
    (tie,) = await Relationship.select(Relationship.id)
    with pytest.raises(NotFound):
        await access_for(given["form_id"], relationship=tie["id"])
    acts = await AccessEvent.select(AccessEvent.action, AccessEvent.client).where(AccessEvent.action == "invite")
    assert acts == [{"action": "invite", "client": maya}] * 2


async def test_supporter_is_invited_by_the_team_alone() -> None:
    maya, pat = await a_pair("peer")
    fay, omar = await a_staff("front_desk", "Fay"), await a_staff(called_name="Omar")
    for person, error in ((pat, NotFound), (fay, Refused), (omar, NotFound)):
        access = await access_for(person, client=maya)
        with pytest.raises(error):
            await invitation.invite_supporter(access, **a_supporter())
    assert await Person.count() == 4


async def test_supporter_form_cannot_take_another_persons_id() -> None:
    maya, dana = await a_pair()
    with pytest.raises(Refused):
        await invitation.invite_supporter(await access_for(dana, client=maya), **a_supporter(form_id=await a_person()))


async def test_new_link_only_for_people_of_this_client() -> None:
    maya, dana = await a_pair()
    access = await access_for(dana, client=maya)
    luis = await a_person("Luis")
    await a_relationship(maya, luis)
    assert await invitations.opened(await invitation.invite_again(access, luis), datetime.now(UTC))
    stranger = await a_person("Stranger")
    await a_relationship(await a_client("Lin"), stranger)
    for nobody in (stranger, dana, uuid4()):
        with pytest.raises(NotFound):
            await invitation.invite_again(access, nobody)


# The pages


async def test_link_is_shown_with_its_picture_and_lets_the_client_in(sign_in: Any, http: Any) -> None:
    programme = await a_programme()
    dana = await a_staff(team=await a_team(programme))
    client = await sign_in(dana)
    form = await client.get("/staff/invitations/new")
    assert f'value="{programme}" selected' in form.text
    typed = {"name": "Noor", "language": "es", "programme": str(programme), "contact_days": "7", "address": ""}
    reply = await client.post("/staff/invitations", data=typed | {"form_id": str(uuid4())})
    assert reply.status_code == 200 and 'src="data:image/svg+xml' in reply.text
    assert "no-store" in reply.headers["cache-control"]
    joined = await http.get(f"/join/{token_in(reply.text)}")
    assert joined.status_code == 200 and "Noor" in joined.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 101),
        ("name", "A\u202eb"),
        ("programme", ""),
        ("programme", "00000000-0000-4000-8000-000000000001"),
        ("contact_days", ""),
        ("contact_days", "0"),
        ("contact_days", "often"),
        ("form_id", "x"),
    ],
)
async def test_invitation_comes_back_with_what_was_typed(sign_in: Any, field: str, value: str) -> None:
    programme = await a_programme()
    typed = {"name": "Noor", "language": "es", "programme": str(programme), "contact_days": "7"}
    form = typed | {"address": "noor@cairn.example", "form_id": str(uuid4())} | {field: value}
    reply = await (await sign_in(await a_staff())).post("/staff/invitations", data=form)
    assert reply.status_code == 422 and 'value="noor@cairn.example"' in reply.text
    assert not await Client.count()


async def test_ended_programme_takes_nobody_in(sign_in: Any) -> None:
    over = await a_programme(name="Closed wing", ended_at=datetime.now(UTC))
    client = await sign_in(await a_staff())
    assert "Closed wing" not in (await client.get("/staff/invitations/new")).text
    typed = {"name": "Noor", "programme": str(over), "contact_days": "7", "form_id": str(uuid4())}
    assert (await client.post("/staff/invitations", data=typed)).status_code == 422


@pytest.mark.parametrize("role", ["clinician", "peer", "front_desk", "admin"])
async def test_others_have_no_page_to_invite_clients(sign_in: Any, role: str) -> None:
    client = await sign_in(await a_staff(role))
    assert (await client.get("/staff/invitations/new")).status_code == 404
    assert (await client.post("/staff/invitations", data={"name": "Noor"})).status_code == 404


async def test_supporter_page_asks_and_hands_over(sign_in: Any, http: Any) -> None:
    maya, dana = await a_pair()
    client, at = await sign_in(dana), f"/staff/clients/{maya}/invitations"
    assert "The link opens nothing by itself" in (await client.get(f"{at}/new")).text
    form = {"name": "Rosa", "label": "Mum", "kind": "family", "address": "", "form_id": str(uuid4())}
    reply = await client.post(at, data=form)
    assert reply.status_code == 200 and (await http.get(f"/join/{token_in(reply.text)}")).status_code == 200
    for field, value in (("name", ""), ("label", ""), ("kind", "owner"), ("label", "x" * 61), ("form_id", "")):
        bad = await client.post(at, data=form | {"address": "rosa@cairn.example"} | {field: value})
        assert bad.status_code == 422 and 'value="rosa@cairn.example"' in bad.text
    again = await client.post(f"{at}/{form['form_id']}")
    assert again.status_code == 200 and token_in(again.text) != token_in(reply.text)


async def test_invitations_out_of_reach_look_absent(sign_in: Any, http: Any) -> None:
    maya, _dana = await a_pair()
    client, at = await sign_in(await a_staff(called_name="Omar")), f"/staff/clients/{maya}/invitations"
    missing = await client.get(f"/staff/clients/{uuid4()}/invitations/new")
    outside = await client.get(f"{at}/new")
    assert outside.status_code == missing.status_code == 404
    assert outside.text.split("<main")[1] == missing.text.split("<main")[1]
    assert (await client.post(at, data={"name": "Rosa"})).status_code == 404
    assert (await client.post(f"{at}/{maya}")).status_code == 404
    assert (await http.get(f"{at}/new")).headers["location"] == "/sign-in"
    assert not await Invitation.count()

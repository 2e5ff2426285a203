"""A supervisor's view: caseloads of their teams, who has no case manager, and giving them one."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from app import team
from app.access import Desk, Kind, Role, Viewer
from app.data.piccolo_conf import DB
from app.data.tables.audit import AccessEvent
from app.data.tables.care import CareTeam, Client, Standing
from app.data.tables.delivery import Outbox
from app.errors import NotFound, Refused
from tests.factories import KEYS, a_block, a_client, a_programme, a_staff, a_team, access_for, hours, on_team

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("database")]


class House:
    """One programme with a team, its supervisor and its case manager."""

    def __init__(self, programme: UUID, ruth: UUID, dana: UUID) -> None:
        self.programme, self.ruth, self.dana = programme, ruth, dana

    @property
    def viewer(self) -> Viewer:
        return Viewer(self.ruth, Kind.STAFF, role=Role.SUPERVISOR)

    @property
    def desk(self) -> Desk:
        return Desk(self.viewer, KEYS, datetime.now(UTC))


async def a_house(name: str = "Ruth") -> House:
    programme = await a_programme(name=f"Programme of {name}")
    ruth = await a_staff("supervisor", name)
    dana = await a_staff("case_manager", f"Dana of {name}", team=await a_team(programme, supervisor=ruth))
    return House(programme, ruth, dana)


async def waiting(house: House, name: str = "Ana Bo", days: int = 3) -> UUID:
    client = await a_client(name, house.programme)
    await Client.update({Client.opened_at: hours(-24 * days)}).where(Client.id == client)
    return client


async def test_caseloads_count_people_by_worker() -> None:
    house, other = await a_house(), await a_house("Other")
    for n in range(3):
        client = await a_client(f"C{n}", house.programme)
        await on_team(client, house.dana)
        values: dict[str, Any] = {
            "crisis_review_due": hours(2000).date() if n else None,
            "review_due": hours(30).date(),
        }
        await Standing.update(values).where(Standing.id == client)
    await on_team(await a_client("Theirs", other.programme), other.dana)
    closed = await a_client("Closed", house.programme)
    await on_team(closed, house.dana)
    await Client.update({Client.closed_at: hours(-1)}).where(Client.id == closed)
    (found,) = await team.caseloads(house.desk)
    assert (found.worker, found.clients, found.reviews, found.without_plan, found.waiting) == (house.dana, 3, 3, 1, 0)


async def test_worker_without_clients_and_nobody_elses_team() -> None:
    house = await a_house()
    await a_house("Other")
    (found,) = await team.caseloads(house.desk)
    assert (found.called_name, found.clients) == ("Dana of Ruth", 0)


async def test_alone_are_open_clients_of_the_programme_longest_first() -> None:
    house, other = await a_house(), await a_house("Other")
    newer, older = await waiting(house, "Kit Moss", 1), await waiting(house, "Ana Bo", 6)
    await waiting(other, "Not Mine")
    cared_for = await waiting(house, "Cared For")
    await on_team(cared_for, house.dana)
    backup_only = await waiting(house, "Backup Only", 2)
    await on_team(backup_only, house.dana, "backup")
    former = await waiting(house, "Former One", 4)
    await on_team(former, house.dana, ends_at=hours(-1), starts_at=hours(-48))
    blocks = await waiting(house, "Blocks Her")
    await a_block(blocks, house.ruth)
    closed = await waiting(house, "Closed One")
    await Client.update({Client.closed_at: hours(-1)}).where(Client.id == closed)
    found, more = await team.alone(house.desk)
    assert [one.client for one in found] == [older, former, backup_only, newer]
    assert [(one.initials, one.days) for one in found[:1]] == [("AB", 6)] and not more


async def test_each_list_is_one_look_that_names_it() -> None:
    house = await a_house()
    await waiting(house)
    await team.caseloads(house.desk)
    await team.alone(house.desk)
    events = await AccessEvent.select().order_by(AccessEvent.seq)
    assert [(event["action"], event["reason"]) for event in events] == [("list", "team"), ("list", "no case manager")]


async def test_lists_cost_the_same_for_one_and_for_sixty() -> None:
    spent = []
    for many in (1, 60):
        house = await a_house(f"Ruth {many}")
        for n in range(many):
            await waiting(house, f"W{n}")
            await on_team(await a_client(f"C{n}", house.programme), house.dana)
        before = DB.statements
        await team.caseloads(house.desk)
        found, more = await team.alone(house.desk)
        spent.append(DB.statements - before)
    assert spent[0] == spent[1]
    assert (len(found), more) == (50, True)


async def test_assigning_gives_a_case_manager_and_tells_both() -> None:
    house = await a_house()
    ana = await waiting(house)
    now = datetime.now(UTC)
    before = (await Client.select(Client.consent_epoch).where(Client.id == ana))[0]["consent_epoch"]
    for _ in range(2):
        await team.assign(house.viewer, ana, house.dana, now=now)
    (place,) = await CareTeam.select(CareTeam.staff, CareTeam.role, CareTeam.client)
    assert place == {"staff": house.dana, "role": "primary", "client": ana}
    assert await Client.exists().where(Client.id == ana, Client.managed.eq(True))
    assert (await Client.select(Client.consent_epoch).where(Client.id == ana))[0]["consent_epoch"] == before + 1
    told = await Outbox.select(Outbox.recipient, Outbox.kind)
    assert {row["recipient"] for row in told} == {ana, house.dana} and len(told) == 2
    assert all("Ana" not in str(row) for row in await Outbox.select(Outbox.payload))
    (event,) = await AccessEvent.select().where(AccessEvent.action == "assign")
    assert (event["actor"], event["client"]) == (house.ruth, ana)
    assert (await access_for(house.dana, client=ana)).loaded.called_name == "Ana Bo"
    assert not (await team.alone(house.desk))[0]


async def test_assigning_keeps_to_ones_own_programme_and_team() -> None:
    house, other = await a_house(), await a_house("Other")
    ana, theirs = await waiting(house), await waiting(other)
    taken = await waiting(house)
    await on_team(taken, await a_staff(called_name="Omar"))
    now = datetime.now(UTC)
    for client in (theirs, taken, uuid4()):
        with pytest.raises(NotFound):
            await team.assign(house.viewer, client, house.dana, now=now)
    peer = await a_staff("peer", "Pat", team=await a_team(house.programme, supervisor=house.ruth))
    gone = await a_staff(called_name="Gone", team=await a_team(house.programme, supervisor=house.ruth))
    await a_block(ana, gone)
    for worker in (other.dana, peer, gone, uuid4()):
        with pytest.raises(Refused):
            await team.assign(house.viewer, ana, worker, now=now)
    for role in (Role.CASE_MANAGER, Role.ADMIN):
        with pytest.raises(NotFound):
            await team.assign(Viewer(house.ruth, Kind.STAFF, role=role), ana, house.dana, now=now)
    assert await CareTeam.count() == 1 and not await Outbox.count()


# The page


async def test_team_page_shows_both_lists_and_assigns(sign_in: Any) -> None:
    house = await a_house()
    ana = await waiting(house)
    client = await sign_in(house.ruth)
    page = (await client.get("/staff/team")).text
    assert "6 days" not in page and "3 days" in page and "AB" in page and "Ana" not in page
    assert "Dana of Ruth" in page
    done = await client.post(f"/staff/team/{ana}/case-manager", data={"worker": str(house.dana)})
    assert (done.status_code, done.headers["location"]) == (303, "/staff/team")
    assert "Everyone in your programmes has a case manager." in (await client.get("/staff/team")).text


@pytest.mark.parametrize("worker", ["", "nonsense", "00000000-0000-4000-8000-000000000001"])
async def test_wrong_choice_brings_the_page_back(sign_in: Any, worker: str) -> None:
    house = await a_house()
    ana = await waiting(house)
    reply = await (await sign_in(house.ruth)).post(f"/staff/team/{ana}/case-manager", data={"worker": worker})
    assert reply.status_code == 422 and 'aria-invalid="true"' in reply.text
    assert not await CareTeam.count()


async def test_unknown_client_is_not_found(sign_in: Any) -> None:
    house = await a_house()
    reply = await (await sign_in(house.ruth)).post(
        f"/staff/team/{uuid4()}/case-manager", data={"worker": str(house.dana)}
    )
    assert reply.status_code == 404


@pytest.mark.parametrize("role", [role.value for role in Role if role is not Role.SUPERVISOR])
async def test_team_page_is_the_supervisors(sign_in: Any, http: Any, role: str) -> None:
    house = await a_house()
    ana = await waiting(house)
    client = await sign_in(await a_staff(role, "Somebody"))
    assert (await client.get("/staff/team")).status_code == 404
    reply = await client.post(f"/staff/team/{ana}/case-manager", data={"worker": str(house.dana)})
    assert reply.status_code == 404 and not await CareTeam.count()
    assert (await http.get("/staff/team")).headers["location"] == "/sign-in"

"""Cover: who stands in for whom, from the first day until the last one is over."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from litestar import Litestar

from app import cover
from app.access import Category, Desk, Kind, Role, Viewer
from app.data.piccolo_conf import DB
from app.data.tables.audit import AccessEvent
from app.data.tables.care import CareTeam, Client
from app.data.tables.delivery import Outbox
from app.errors import NotFound, Refused
from tests.factories import (
    KEYS,
    a_block,
    a_client,
    a_programme,
    a_staff,
    a_team,
    access_for,
    an_organisation,
    hours,
    on_team,
)
from tests.http import goes_to

pytestmark = pytest.mark.anyio
SignIn = Callable[..., Awaitable[httpx.AsyncClient]]
HERE, ZONE = "/staff/team/cover", "UTC"


class World:
    """Priya's team: Dana with Maya and Leo, and Nia, who stands in. Marcus works elsewhere."""

    async def make(self) -> "World":
        await an_organisation()
        programme = await a_programme()
        self.priya = await a_staff("supervisor", "Priya", zone=ZONE)
        team = await a_team(programme, supervisor=self.priya)
        self.dana = await a_staff("case_manager", "Dana", team)
        self.nia = await a_staff("case_manager", "Nia", team)
        self.marcus = await a_staff("case_manager", "Marcus", await a_team())
        self.maya, self.leo = await a_client("Maya", programme), await a_client("Leo", programme)
        for client in (self.maya, self.leo):
            await on_team(client, self.dana)
        return self

    @property
    def desk(self) -> Desk:
        return Desk(Viewer(self.priya, Kind.STAFF, role=Role.SUPERVISOR, zone=ZONE), KEYS, datetime.now(UTC))

    async def begin(self, first: int = 0, last: int = 3, worker: UUID | None = None) -> int:
        day = datetime.now(UTC).date()
        days = day + timedelta(days=first), day + timedelta(days=last)
        return await cover.begin(self.desk, self.dana, worker or self.nia, *days, ZONE)

    async def works_with(self, client: UUID, now: datetime | None = None) -> bool:
        try:
            return (await access_for(self.nia, client=client, now=now)).may(Category.GOALS)
        except NotFound:
            return False


@pytest.fixture
async def world(app: Litestar) -> World:
    return await World().make()


def midnight(days: int) -> datetime:
    return datetime.combine(datetime.now(UTC).date() + timedelta(days=days), datetime.min.time(), UTC)


async def test_the_whole_caseload_is_covered_until_the_last_day_is_over(world: World) -> None:
    assert not await world.works_with(world.maya)
    before = (await Client.select(Client.consent_epoch).where(Client.id == world.maya))[0]["consent_epoch"]
    assert await world.begin() == 2
    assert await world.works_with(world.maya) and await world.works_with(world.leo)
    assert await world.works_with(world.maya, midnight(4) - timedelta(seconds=1))
    assert not await world.works_with(world.maya, midnight(4)), "by the clock, with every job stopped"
    after = (await Client.select(Client.consent_epoch).where(Client.id == world.maya))[0]["consent_epoch"]
    assert after == before + 1
    access = await access_for(world.nia, client=world.maya)
    assert access.lanes(Category.GOALS)[0].basis == "cover"


async def test_a_later_cover_begins_by_the_clock_too(world: World) -> None:
    await world.begin(first=2, last=3)
    assert not await world.works_with(world.maya)
    assert not await world.works_with(world.maya, midnight(2) - timedelta(seconds=1))
    assert await world.works_with(world.maya, midnight(2))


async def test_both_are_told_and_each_record_has_its_event(world: World) -> None:
    await world.begin()
    told = await Outbox.select()
    assert {row["recipient"] for row in told} == {world.dana, world.nia}
    assert {row["kind"] for row in told} == {"care_team.cover"} and "Maya" not in str(told)
    events = await AccessEvent.select().where(AccessEvent.action == "cover")
    assert {event["client"] for event in events} == {world.maya, world.leo}
    assert all(event["actor"] == world.priya for event in events)


async def test_who_keeps_the_other_out_is_left_as_is(world: World) -> None:
    await a_block(world.leo, world.nia)
    assert await world.begin() == 1
    assert await world.works_with(world.maya) and not await world.works_with(world.leo)


async def test_cover_set_twice_is_set_once(world: World) -> None:
    await world.begin()
    with pytest.raises(Refused):
        await world.begin()
    assert await CareTeam.count().where(CareTeam.covering_for == world.dana) == 2


async def test_only_ones_own_teams_are_covered(world: World) -> None:
    day = datetime.now(UTC).date()
    for away, worker in (
        (world.dana, world.marcus),
        (world.marcus, world.nia),
        (world.dana, world.dana),
        (uuid4(), world.nia),
        (world.nia, world.dana),  # nobody is there to be covered
    ):
        with pytest.raises(Refused):
            await cover.begin(world.desk, away, worker, day, day, ZONE)
    with pytest.raises(Refused):
        await world.begin(first=3, last=2)
    assert not await CareTeam.count().where(CareTeam.covering_for.is_not_null())


async def test_ending_it_ends_all_of_it_now(world: World) -> None:
    await world.begin()
    await world.begin(first=10, last=12)
    await cover.end(world.desk, world.dana, world.nia)
    assert not await world.works_with(world.maya) and not await world.works_with(world.maya, midnight(11))
    assert await cover.covers(world.desk) == []
    with pytest.raises(NotFound):
        await cover.end(world.desk, world.dana, world.nia)


async def test_another_teams_cover_is_not_theirs_to_end(world: World) -> None:
    await world.begin()
    olga = await a_staff("supervisor", "Olga")
    desk = Desk(Viewer(olga, Kind.STAFF, role=Role.SUPERVISOR), KEYS, datetime.now(UTC))
    with pytest.raises(NotFound):
        await cover.end(desk, world.dana, world.nia)
    assert await world.works_with(world.maya)


async def test_the_page_sets_shows_and_ends_cover(world: World, sign_in: SignIn) -> None:
    priya, day = await sign_in(world.priya), datetime.now(UTC).date()
    assert "Nobody stands in for anybody right now." in (await priya.get(HERE)).text
    form = {"away": str(world.dana), "worker": str(world.nia), "first": str(day), "last": str(day + timedelta(days=2))}
    assert goes_to(await priya.post(HERE, data=form)) == HERE
    for url in (HERE, "/staff/team"):
        assert "Nia stands in for Dana" in (await priya.get(url)).text, url
    nia = await sign_in(world.nia)
    assert "Maya" in (await nia.get("/staff/caseload?show=everyone")).text
    assert "until" in (await nia.get(f"/staff/clients/{world.maya}")).text
    assert goes_to(await priya.post(f"{HERE}/{world.dana}/{world.nia}/end")) == HERE
    assert (await nia.get(f"/staff/clients/{world.maya}")).status_code == 404


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"away": ""}, "Choose who is away."),
        ({"worker": "nonsense"}, "Choose who stands in."),
        ({"first": ""}, "Choose the first day."),
        ({"first": "2020-01-01"}, "Choose a later day."),
        ({"last": ""}, "Choose the last day."),
        ({"last": "2020-01-01"}, "Choose a later day."),
        ({"last": "2099-01-01"}, "Choose an earlier day."),
        ({"worker": "same"}, "Choose someone else than who is away."),
        ({"worker": "marcus"}, "There is nobody to cover like this."),
    ],
)
async def test_what_does_not_fit_is_said_at_its_field(
    world: World, sign_in: SignIn, changes: dict[str, str], says: str
) -> None:
    day = datetime.now(UTC).date()
    form = {"away": str(world.dana), "worker": str(world.nia), "first": str(day), "last": str(day)} | changes
    form["worker"] = {"same": form["away"], "marcus": str(world.marcus)}.get(form["worker"], form["worker"])
    answer = await (await sign_in(world.priya)).post(HERE, data=form)
    assert answer.status_code == 422 and says in answer.text
    assert not await CareTeam.count().where(CareTeam.covering_for.is_not_null())


@pytest.mark.parametrize("role", [role.value for role in Role if role is not Role.SUPERVISOR])
async def test_cover_is_the_supervisors(world: World, sign_in: SignIn, http: httpx.AsyncClient, role: str) -> None:
    someone = await sign_in(await a_staff(role, "Somebody"))
    assert (await someone.get(HERE)).status_code == 404
    assert (await someone.post(HERE, data={})).status_code == 404
    assert (await someone.post(f"{HERE}/{world.dana}/{world.nia}/end")).status_code == 404
    assert goes_to(await http.get(HERE)) == "/sign-in"


async def test_the_list_costs_the_same_for_one_and_for_many(world: World) -> None:
    spent = []
    for _ in range(2):
        before = DB.statements
        await cover.covers(world.desk)
        spent.append(DB.statements - before)
        for _ in range(10):
            await on_team(world.maya, world.nia, "temporary", covering_for=world.dana, ends_at=hours(2))
    assert spent == [1, 1]

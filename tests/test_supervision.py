"""A supervisor's reason: what it opens, for how long, and that the client can see it."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest
from litestar import Litestar

from app import supervision
from app.access import Category, Listing
from app.access.facts import Label
from app.data.tables.audit import AccessEvent
from app.data.tables.consent import SupervisionReason
from app.errors import NotFound
from tests.factories import (
    SEALS,
    a_block,
    a_client,
    a_glass,
    a_goal,
    a_message,
    a_programme,
    a_reason,
    a_staff,
    a_team,
    a_thread,
    access_for,
    an_organisation,
    hours,
    on_team,
)
from tests.http import goes_to, hidden

pytestmark = pytest.mark.anyio
SignIn = Callable[..., Awaitable[httpx.AsyncClient]]
WHY = "Preparing Dana's supervision on Thursday"
GOALS = Listing("goal", Category.GOALS, "SELECT t.id FROM goal t WHERE t.client = {client} AND {reach}")


class World:
    """Maya with Dana on her team; Priya oversees Dana, Olga oversees others."""

    async def make(self) -> "World":
        await an_organisation()
        programme = await a_programme()
        self.maya = await a_client("Maya", programme)
        self.priya, self.olga = await a_staff("supervisor", "Priya"), await a_staff("supervisor", "Olga")
        self.dana = await a_staff("case_manager", "Dana", await a_team(programme, supervisor=self.priya))
        self.place = await on_team(self.maya, self.dana)
        await a_team(supervisor=self.olga)
        await a_goal(self.maya, "Stay with the group", labels=int(Label.SUD))
        self.thread = (await a_thread(self.maya)).id
        await a_message(self.maya, self.thread, self.maya, "Can I come by")
        self.record = f"/staff/clients/{self.maya}"
        self.url = f"{self.record}/supervision"
        return self


@pytest.fixture
async def world(app: Litestar) -> World:
    return await World().make()


def since(minutes: int) -> dict[str, datetime]:
    """A reason that was said so many minutes ago."""
    start = datetime.now(UTC) - timedelta(minutes=minutes)
    return {"starts_at": start, "ends_at": start + supervision.LASTS}


async def sees(world: World) -> tuple[bool, int]:
    """Messages at all, and how many goals."""
    access = await access_for(world.priya, client=world.maya)
    return access.may(Category.MESSAGES), len((await access.read(GOALS, looks=False))[0])


async def test_saying_why_opens_what_was_masked(world: World, sign_in: SignIn) -> None:
    priya = await sign_in(world.priya, step_up=True)
    before = (await priya.get(world.record)).text
    assert "kept apart from supervision" in before and world.url in before
    assert (await priya.get(f"{world.record}/messages/{world.thread}")).status_code == 404
    page = await priya.get(world.url)
    answer = await priya.post(world.url, data={"reason": WHY, "form_id": hidden(page, "form_id")})
    assert goes_to(answer) == world.record
    assert "Open for supervision" in (await priya.get(world.record)).text
    talk = (await priya.get(f"{world.record}/messages/{world.thread}")).text
    assert "Can I come by" in talk and "Open for supervision" in talk
    assert await sees(world) == (True, 1)


async def test_it_is_kept_sealed_with_its_event_and_the_client_can_tell(world: World, sign_in: SignIn) -> None:
    priya, form_id = await sign_in(world.priya, step_up=True), str(uuid4())
    for _ in range(2):
        await priya.post(world.url, data={"reason": WHY, "form_id": form_id})
    (row,) = await SupervisionReason.select()
    assert (row["client"], row["staff"], row["reason"]) == (world.maya, world.priya, "supervision")
    assert row["ends_at"] - row["starts_at"] == timedelta(minutes=60)
    assert b"Thursday" not in bytes(row["reason_text"])
    assert SEALS[world.maya].open("supervision_reason", "reason_text", row["id"], row["reason_text"]) == WHY
    (event,) = await AccessEvent.select().where(AccessEvent.action == "supervision")
    assert (event["actor"], event["client"], event["acting_as"]) == (world.priya, world.maya, "supervisor")
    assert (event["item"], event["basis"]) == (row["id"], "supervisor") and "Thursday" not in str(event)


@pytest.mark.parametrize(("minutes", "opens"), [(0, True), (59, True), (60, False), (61, False)])
async def test_it_ends_by_the_clock(world: World, minutes: int, opens: bool) -> None:
    await a_reason(world.maya, world.priya, **since(minutes))
    assert await sees(world) == (opens, int(opens))


async def test_it_ends_with_the_place_on_the_team_and_with_a_block(world: World) -> None:
    from app.data.tables.care import CareTeam

    await a_reason(world.maya, world.priya)
    block = await a_block(world.maya, world.priya, until=hours(1))
    with pytest.raises(NotFound):
        await access_for(world.priya, client=world.maya)
    from app.data.tables.consent import Block

    await Block.update({Block.until: hours(-0.5)}).where(Block.id == block)
    assert await sees(world) == (True, 1)
    await CareTeam.update({CareTeam.ends_at: hours(-1)}).where(CareTeam.id == world.place)
    access = await access_for(world.priya, client=world.maya)
    assert not any(access.may(category) for category in Category), "initials in the directory, no more"


async def test_i_am_done_masks_it_again(world: World, sign_in: SignIn) -> None:
    await a_reason(world.maya, world.priya)
    priya = await sign_in(world.priya)
    for _ in range(2):
        assert goes_to(await priya.post(world.url + "/end")) == world.record
    assert await sees(world) == (False, 0)
    assert await AccessEvent.count().where(AccessEvent.action == "supervision-ended") == 1


@pytest.mark.parametrize("reason", ["", "   ", "x" * 19, "x" * 201])
async def test_too_few_or_too_many_words_bring_the_page_back(world: World, sign_in: SignIn, reason: str) -> None:
    priya = await sign_in(world.priya, step_up=True)
    answer = await priya.post(world.url, data={"reason": reason, "form_id": str(uuid4())})
    assert answer.status_code == 422 and 'id="reason-error"' in answer.text
    assert not await SupervisionReason.count()


async def test_a_factor_comes_first(world: World, sign_in: SignIn) -> None:
    priya = await sign_in(world.priya)
    form = {"reason": WHY, "form_id": str(uuid4())}
    for answer in (await priya.get(world.url), await priya.post(world.url, data=form)):
        assert goes_to(answer) == f"/step-up?next={world.url}"
    assert not await SupervisionReason.count()


async def test_it_is_for_supervisors_of_this_clients_people(
    world: World, sign_in: SignIn, http: httpx.AsyncClient
) -> None:
    own = await a_staff("supervisor", "Nia")
    await on_team(world.maya, own, "backup")  # on the team herself: nothing is masked for her
    by_glass = await a_staff("supervisor", "Ida")
    await a_glass(world.maya, by_glass)
    for person in (world.olga, world.dana, own, by_glass, await a_staff("admin", "Noor"), world.maya):
        someone = await sign_in(person, step_up=True)
        form = {"reason": WHY, "form_id": str(uuid4())}
        assert (await someone.get(world.url)).status_code == 404
        assert (await someone.post(world.url, data=form)).status_code in (403, 404)
        assert (await someone.post(world.url + "/end")).status_code in (403, 404)
    assert goes_to(await http.get(world.url)) == "/sign-in"
    assert not await SupervisionReason.count()


async def test_one_reason_is_for_one_client_and_one_supervisor(world: World) -> None:
    leo = await a_client("Leo")
    await on_team(leo, world.dana)
    await a_reason(world.maya, world.priya)
    assert not (await access_for(world.priya, client=leo)).may(Category.MESSAGES)

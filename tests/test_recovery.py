"""Somebody lost every way in: staff see who it is, a second person says yes, and the person sets up their own new way."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest

from app.data.sealing import Keys
from app.data.tables.audit import AccessEvent
from app.data.tables.consent import Relationship
from app.data.tables.identity import Account, Notice, Passkey, Recovery, RecoveryCode, Session
from app.errors import Refused
from app.identity import assisted, hold, links, recovery
from tests.factories import KEYS, a_client, a_person, a_relationship, a_staff, a_team, on_team
from tests.http import goes_to
from tests.identity import an_account
from tests.smtp import Deliver, Post, deliver, post
from tests.test_sign_in import field, with_password

__all__ = ["deliver", "post"]  # fixtures
pytestmark = pytest.mark.anyio
HOW = {"how": "photo_id"}


class World:
    """Maya with her case manager Dana, her mother Rosa, and the house: Ines and Noor administer, Priya supervises."""

    async def make(self) -> "World":
        self.maya = await a_client()
        self.priya = await a_staff("supervisor", "Priya")
        team = await a_team(supervisor=self.priya)
        self.dana = await a_staff("case_manager", "Dana", team)
        await on_team(self.maya, self.dana)
        self.rosa = await a_person("Rosa")
        self.tie = await a_relationship(self.maya, self.rosa)
        self.ines, self.noor = await a_staff("admin", "Ines"), await a_staff("admin", "Noor")
        self.account = await with_password(self.maya)
        await an_account(self.rosa, KEYS, "rosa@example.org")
        for person in (self.dana, self.priya, self.ines, self.noor):
            await an_account(person, KEYS)
        return self

    def page(self, person: UUID) -> str:
        return f"/staff/clients/{self.maya}/recovery/{person}"

    def staff_page(self, person: UUID) -> str:
        return f"/staff/admin/staff/{person}/recovery"


@pytest.fixture
async def world(app: object) -> World:
    return await World().make()


def link_in(answer: httpx.Response) -> str:
    found = re.search(r"https://localhost(/recover/[\w-]+)", answer.text)
    assert answer.status_code == 200 and found, answer.status_code
    return found[1]


async def followed(http: httpx.AsyncClient, link: str) -> httpx.Response:
    return await http.post(link, data={"_csrf": field(await http.get(link), "_csrf")})


async def waiting() -> UUID:
    return (await Recovery.select(Recovery.id).where(Recovery.ended_at.is_null()))[0]["id"]


# A client, by their team


async def test_a_case_manager_helps_a_client_who_is_there(
    world: World, sign_in: Callable, http: httpx.AsyncClient
) -> None:
    dana = await sign_in(world.dana, step_up=True)
    assert world.page(world.maya) in (await dana.get(f"/staff/clients/{world.maya}")).text
    assert "Help Maya sign in again" in (await dana.get(world.page(world.maya))).text
    answer = await dana.post(world.page(world.maya), data=HOW)
    assert 'src="data:image/svg+xml' in answer.text, "a picture for the phone's camera"
    assert goes_to(await followed(http, link_in(answer))) == "/me/security"
    assert goes_to(await http.get("/me/today")) == "/me/security", "two factors first"
    (kept,) = await Recovery.select()
    assert (kept["how"], kept["asked_by"], kept["approved_by"]) == ("photo_id", world.dana, None)
    actions = {row["action"] for row in await AccessEvent.select(AccessEvent.action)}
    assert {"recovery", "recovery-started", "account-recovered"} <= actions
    assert await AccessEvent.exists().where(AccessEvent.client == world.maya, AccessEvent.action == "recovery")


async def test_the_old_ways_in_end_only_when_the_link_is_used(
    world: World, sign_in: Callable, http: httpx.AsyncClient, keys: Keys
) -> None:
    await recovery.renew(world.account, keys)
    before = await sign_in(world.maya)
    link = link_in(await (await sign_in(world.dana, step_up=True)).post(world.page(world.maya), data=HOW))
    await http.get(link)
    assert (await before.get("/me/today")).status_code == 200, "a link that nobody follows changes nothing"
    await followed(http, link)
    assert goes_to(await before.get("/me/today")) == "/sign-in"
    account = await Account.select().where(Account.id == world.account).first()
    assert account and (account["password"], account["totp"], account["totp_confirmed_at"]) == ("", None, None)
    assert not await Passkey.exists().where(Passkey.account == world.account, Passkey.removed_at.is_null())
    assert not await RecoveryCode.exists().where(RecoveryCode.account == world.account)
    assert await Session.count().where(Session.account == world.account) == 1
    assert await hold.held(world.account, datetime.now(UTC))


async def test_the_owner_is_told_by_mail_before_and_after(
    world: World, sign_in: Callable, http: httpx.AsyncClient, post: Post, deliver: Deliver
) -> None:
    dana = await sign_in(world.dana, step_up=True)
    link = link_in(await dana.post(world.page(world.maya), data=HOW))
    await deliver()
    await followed(http, link)
    await deliver()
    assert post.recipients == ["maya@example.org"] * 2
    kinds = [row["kind"] for row in await Notice.select(Notice.kind).order_by(Notice.at)]
    assert kinds == ["recovery_started", "recovery_done"]
    assert "/recover/" not in post.text(0) + post.text(1)


async def test_a_link_works_once_for_a_quarter_of_an_hour(
    world: World, sign_in: Callable, http: httpx.AsyncClient, new_browser: Callable
) -> None:
    dana = await sign_in(world.dana, step_up=True)
    first = link_in(await dana.post(world.page(world.maya), data=HOW))
    second = link_in(await dana.post(world.page(world.maya), data=HOW))
    assert (await http.get(first)).status_code == 404, "a new one ends the old one"
    await followed(http, second)
    again = new_browser()
    assert (await again.get(second)).status_code == 404
    answer = await again.post(second, data={"_csrf": field(await again.get("/forgot"), "_csrf")})
    assert answer.status_code == 404 and "has been used" in answer.text
    for minutes, status in ((14, 200), (16, 404)):
        token = await links.make(links.RECOVERY, world.account, datetime.now(UTC) - timedelta(minutes=minutes))
        assert (await http.get(f"/recover/{token}")).status_code == status


async def test_a_closed_account_is_not_opened_by_a_link(
    world: World, sign_in: Callable, http: httpx.AsyncClient
) -> None:
    dana = await sign_in(world.dana, step_up=True)
    link = link_in(await dana.post(world.page(world.maya), data=HOW))
    await Account.update({Account.disabled_at: datetime.now(UTC)}).where(Account.id == world.account)
    assert (await http.get(link)).status_code == 404
    answer = await dana.post(world.page(world.maya), data=HOW)
    assert answer.status_code == 422 and "There is no account here" in answer.text


# Somebody a client let in


async def test_a_supporter_is_helped_once_a_second_person_said_yes(
    world: World, sign_in: Callable, http: httpx.AsyncClient
) -> None:
    """Others may let them in too, so one client's worker alone does not open their account."""
    dana, priya = await sign_in(world.dana, step_up=True), await sign_in(world.priya, step_up=True)
    here = world.page(world.rosa)
    assert here in (await dana.get(f"/staff/clients/{world.maya}")).text
    assert goes_to(await dana.post(here, data=HOW)) == here
    assert "waits for them until tomorrow" in (await dana.get(here)).text
    assert (await dana.post(here + "/link")).status_code == 403, "not yet"
    seen = (await priya.get("/staff/recoveries")).text
    assert "Dana says: I saw a photo ID" in seen and "Rosa" not in seen
    assert "Someone needs help to sign in again" in (await priya.get("/me/notices")).text
    await priya.post(f"/staff/recoveries/{await waiting()}/approval")
    assert "A second person said yes" in (await dana.get(here)).text
    assert goes_to(await followed(http, link_in(await dana.post(here + "/link")))) == "/me/security"
    assert (await dana.post(here + "/link")).status_code == 403, "once"


async def test_only_who_asked_gets_the_link(world: World, sign_in: Callable) -> None:
    dana, priya = await sign_in(world.dana, step_up=True), await sign_in(world.priya, step_up=True)
    await dana.post(world.page(world.rosa), data=HOW)
    await priya.post(f"/staff/recoveries/{await waiting()}/approval")
    assert (await priya.post(world.page(world.rosa) + "/link")).status_code == 403


async def test_what_one_asked_for_is_not_shown_to_another(world: World, sign_in: Callable) -> None:
    """It would tell that somebody is known elsewhere in the house."""
    other_client, marcus = await a_client("Leo"), await a_staff("case_manager", "Marcus")
    await on_team(other_client, marcus)
    await a_relationship(other_client, world.rosa)
    await (await sign_in(world.dana, step_up=True)).post(world.page(world.rosa), data=HOW)
    http, here = await sign_in(marcus, step_up=True), f"/staff/clients/{other_client}/recovery/{world.rosa}"
    assert "Ask for a second person" in (await http.get(here)).text
    assert goes_to(await http.post(here, data=HOW)) == here
    assert await Recovery.count() == 2


async def test_nobody_is_helped_through_a_record_they_are_not_part_of(world: World, sign_in: Callable) -> None:
    dana = await sign_in(world.dana, step_up=True)
    stranger = await a_person("Ines")
    for person in (stranger, world.ines, uuid4()):
        assert (await dana.get(world.page(person))).status_code == 404
        assert (await dana.post(world.page(person), data=HOW)).status_code == 404
    await Relationship.update({Relationship.ended_at: datetime.now(UTC)}).where(Relationship.id == world.tie)
    assert (await dana.post(world.page(world.rosa), data=HOW)).status_code == 404
    assert await Recovery.count() == 0


@pytest.mark.parametrize("role", ["clinician", "nurse", "peer"])
async def test_others_of_the_team_do_not_make_links(world: World, sign_in: Callable, role: str) -> None:
    someone = await a_staff(role, "Sam")
    await on_team(world.maya, someone, role)
    http = await sign_in(someone, step_up=True)
    assert (await http.get(world.page(world.maya))).status_code == 404
    assert (await http.post(world.page(world.maya), data=HOW)).status_code == 404
    assert (await http.post(world.page(world.maya) + "/link")).status_code == 404


async def test_who_is_out_of_reach_or_signed_out_finds_nothing(
    world: World, sign_in: Callable, http: httpx.AsyncClient
) -> None:
    other = await sign_in(await a_staff("case_manager", "Marcus"), step_up=True)
    admin = await sign_in(world.ines, step_up=True)
    for someone in (other, admin, await sign_in(world.rosa), await sign_in(world.maya)):
        assert (await someone.get(world.page(world.maya))).status_code == 404
        assert (await someone.post(world.page(world.maya), data=HOW)).status_code == 404
    assert goes_to(await http.get(world.page(world.maya))) == "/sign-in"
    assert await Recovery.count() == 0


async def test_a_factor_comes_first(world: World, sign_in: Callable) -> None:
    dana, ines = await sign_in(world.dana), await sign_in(world.ines)
    for http, url in (
        (dana, world.page(world.maya)),
        (dana, world.page(world.maya) + "/link"),
        (ines, world.staff_page(world.dana)),
        (ines, world.staff_page(world.dana) + "/link"),
    ):
        assert goes_to(await http.post(url, data=HOW)) == f"/step-up?next={url.removesuffix('/link')}"
    assert await Recovery.count() == 0


@pytest.mark.parametrize("how", ["", "by phone"])
async def test_how_it_was_checked_must_be_said(world: World, sign_in: Callable, how: str) -> None:
    for person, url in ((world.dana, world.page(world.maya)), (world.ines, world.staff_page(world.dana))):
        answer = await (await sign_in(person, step_up=True)).post(url, data={"how": how})
        assert answer.status_code == 422 and 'id="how-error"' in answer.text
    assert await Recovery.count() == 0


# A colleague, by an administrator


async def test_a_colleague_is_helped_by_two(world: World, sign_in: Callable, http: httpx.AsyncClient) -> None:
    ines, noor = await sign_in(world.ines, step_up=True), await sign_in(world.noor, step_up=True)
    here = world.staff_page(world.dana)
    assert here in (await ines.get(f"/staff/admin/staff/{world.dana}")).text
    assert goes_to(await ines.post(here, data=HOW)) == here
    assert goes_to(await ines.post(here, data=HOW)) == here
    assert await Recovery.count() == 1, "asked for once"
    assert (await ines.post(here + "/link")).status_code == 403
    assert "Dana" in (await noor.get("/staff/recoveries")).text
    assert goes_to(await noor.post(f"/staff/recoveries/{await waiting()}/approval")) == "/staff/recoveries"
    assert (await noor.post(here + "/link")).status_code == 403, "who said yes does not get the link"
    link = link_in(await ines.post(here + "/link"))
    assert goes_to(await followed(http, link)) == "/me/security"
    (kept,) = await Recovery.select()
    assert (kept["asked_by"], kept["approved_by"]) == (world.ines, world.noor)


async def test_nobody_is_their_own_second_person(world: World, sign_in: Callable) -> None:
    ines, noor = await sign_in(world.ines, step_up=True), await sign_in(world.noor, step_up=True)
    assert (await ines.post(world.staff_page(world.ines), data=HOW)).status_code == 422, "nor helps oneself"
    await ines.post(world.staff_page(world.noor), data=HOW)
    asked = await waiting()
    for who in (ines, noor):
        assert "somebody else’s yes" in (await who.get("/staff/recoveries")).text
        assert (await who.post(f"/staff/recoveries/{asked}/approval")).status_code == 403
    priya = await sign_in(world.priya, step_up=True)
    assert goes_to(await priya.post(f"/staff/recoveries/{asked}/approval")) == "/staff/recoveries"


async def test_saying_yes_asks_for_a_factor_and_letting_go_does_not(world: World, sign_in: Callable) -> None:
    await (await sign_in(world.ines, step_up=True)).post(world.staff_page(world.dana), data=HOW)
    asked, priya = await waiting(), await sign_in(world.priya)
    assert goes_to(await priya.post(f"/staff/recoveries/{asked}/approval")) == "/step-up?next=/staff/recoveries"
    assert goes_to(await priya.post(f"/staff/recoveries/{asked}/letting-go")) == "/staff/recoveries"
    assert "Nothing waits for you" in (await priya.get("/staff/recoveries")).text
    assert (await priya.post(f"/staff/recoveries/{asked}/letting-go")).status_code == 404


async def test_what_nobody_answered_for_a_day_is_over(world: World, sign_in: Callable) -> None:
    ines = await sign_in(world.ines, step_up=True)
    await ines.post(world.staff_page(world.dana), data=HOW)
    asked = await waiting()
    await Recovery.update({Recovery.asked_at: datetime.now(UTC) - timedelta(hours=25)}, force=True)
    priya = await sign_in(world.priya, step_up=True)
    assert (await priya.post(f"/staff/recoveries/{asked}/approval")).status_code == 404
    assert "Ask for a second person" in (await ines.get(world.staff_page(world.dana))).text


async def test_only_administrators_and_supervisors_are_second_persons(
    world: World, sign_in: Callable, http: httpx.AsyncClient
) -> None:
    await (await sign_in(world.ines, step_up=True)).post(world.staff_page(world.noor), data=HOW)
    asked = await waiting()
    for person in (world.dana, world.maya, world.rosa):
        someone = await sign_in(person, step_up=True)
        assert (await someone.get("/staff/recoveries")).status_code == 404
        for act in ("approval", "letting-go"):
            assert (await someone.post(f"/staff/recoveries/{asked}/{act}")).status_code == 404
    assert goes_to(await http.get("/staff/recoveries")) == "/sign-in"


async def test_somebody_who_has_not_joined_gets_a_link_to_join_instead(world: World, sign_in: Callable) -> None:
    new = await a_staff("nurse", "Nia")
    answer = await (await sign_in(world.ines, step_up=True)).post(world.staff_page(new), data=HOW)
    assert answer.status_code == 422 and "make a new link to join" in answer.text


async def test_a_client_is_no_colleague(world: World, sign_in: Callable) -> None:
    ines = await sign_in(world.ines, step_up=True)
    for person in (world.maya, world.rosa, uuid4()):
        assert (await ines.get(world.staff_page(person))).status_code == 404
        assert (await ines.post(world.staff_page(person), data=HOW)).status_code == 404
        assert (await ines.post(world.staff_page(person) + "/link")).status_code == 404


# From the server itself


async def test_whoever_runs_the_server_can_make_a_link(world: World, keys: Keys, http: httpx.AsyncClient) -> None:
    """For the one administrator whom nobody else can help."""
    token = await assisted.link_from_the_server(keys, "Maya@example.org", datetime.now(UTC))
    assert goes_to(await followed(http, f"/recover/{token}")) == "/me/security"
    for login in ("nobody@example.org", ""):
        with pytest.raises(Refused):
            await assisted.link_from_the_server(keys, login, datetime.now(UTC))

"""Signing in and out as a browser meets it: pages, cookies and what each failure says."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pyotp
import pytest

from app.data.sealing import Keys
from app.data.tables.identity import Account, Attempt, Ceremony, Session
from app.identity import passwords
from tests.factories import KEYS, a_client, a_person, a_relationship, a_staff, an_organisation
from tests.identity import an_account

pytestmark = pytest.mark.anyio
PASSWORD = "lantern harbor quiet maple"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def field(page: httpx.Response, name: str) -> str:
    return page.text.split(f'name="{name}" value="')[1].split('"')[0]


async def with_password(person: UUID, login: str = "maya@example.org") -> UUID:
    account = await an_account(person, KEYS, login)
    await Account.update(
        {
            Account.password: passwords.hash_password(KEYS, PASSWORD),
            Account.totp: KEYS.own().seal("account", "totp", account, SECRET),
            Account.totp_confirmed_at: datetime.now(UTC),
        }
    ).where(Account.id == account)
    return account


async def post(http: httpx.AsyncClient, url: str, page: str = "/sign-in", **form: str) -> httpx.Response:
    csrf = field(await http.get(page), "_csrf")
    return await http.post(url, data={"_csrf": csrf} | form)


async def enter(http: httpx.AsyncClient, login: str = "maya@example.org", password: str = PASSWORD) -> httpx.Response:
    return await post(http, "/sign-in", login=login, password=password)


def code(step: int = 0) -> str:
    return pyotp.TOTP(SECRET).at(datetime.now(UTC) + timedelta(seconds=30 * step))


async def test_a_try_that_finds_the_line_full_is_turned_away_before_anything_is_written(
    http: httpx.AsyncClient,
) -> None:
    await with_password(await a_client())
    with ExitStack() as line:
        for _ in range(passwords.AT_ONCE + passwords.WAITING):
            line.enter_context(passwords.WORKERS.place())
        for login in ("maya@example.org", "nobody@example.org"):
            answer = await enter(http, login)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert await Attempt.count() == 0
    assert (await enter(http)).headers["location"] == "/sign-in/code", "room again"


async def test_password_and_code_open_the_record(http: httpx.AsyncClient) -> None:
    await with_password(await a_client())
    first = await enter(http)
    assert (first.status_code, first.headers["location"]) == (303, "/sign-in/code")
    second = await post(http, "/sign-in/code", page="/sign-in/code", code=code())
    assert (second.status_code, second.headers["location"]) == (303, "/")
    cookie = second.headers["set-cookie"]
    assert cookie.startswith("__Host-sid=")
    for part in ("Secure", "HttpOnly", "SameSite=lax", "Path=/"):
        assert part in cookie
    assert "Max-Age" not in cookie and "Domain" not in cookie
    assert (await http.get("/")).headers["location"] == "/me/today"


async def test_a_password_alone_opens_nothing(http: httpx.AsyncClient) -> None:
    await with_password(await a_client())
    await enter(http)
    assert (await http.get("/me/goals")).headers["location"] == "/sign-in"
    assert await Session.count() == 0


@pytest.mark.parametrize(("login", "password"), [
    ("maya@example.org", "not the password"),
    ("nobody@example.org", PASSWORD),
    ("maya@example.org", ""),
])  # fmt: skip
async def test_a_wrong_pair_says_the_same_whatever_was_wrong(
    http: httpx.AsyncClient, login: str, password: str
) -> None:
    await with_password(await a_client())
    answer = await enter(http, login, password)
    assert answer.status_code == 422
    assert "These two don’t go together" in answer.text
    assert f'value="{login}"' in answer.text, "what was typed is kept"
    assert password == "" or password not in answer.text, "but never the password"


async def test_a_disabled_account_meets_the_same_answer(http: httpx.AsyncClient) -> None:
    account = await with_password(await a_client())
    await Account.update({Account.disabled_at: datetime.now(UTC)}).where(Account.id == account)
    assert (await enter(http)).status_code == 422


async def test_a_code_works_once(http: httpx.AsyncClient, new_browser: Callable[[], httpx.AsyncClient]) -> None:
    await with_password(await a_client())
    spent = code()
    await enter(http)
    assert (await post(http, "/sign-in/code", page="/sign-in/code", code=spent)).status_code == 303
    other = new_browser()
    await enter(other)
    again = await post(other, "/sign-in/code", page="/sign-in/code", code=spent)
    assert again.status_code == 422
    assert "doesn’t match" in again.text


async def test_the_step_before_is_taken_and_a_later_one_never(http: httpx.AsyncClient) -> None:
    await with_password(await a_client())
    await enter(http)
    assert (await post(http, "/sign-in/code", page="/sign-in/code", code=code(2))).status_code == 422
    assert (await post(http, "/sign-in/code", page="/sign-in/code", code=code(-1))).status_code == 303


async def test_a_code_needs_the_first_half_in_the_same_browser(
    http: httpx.AsyncClient, new_browser: Callable[[], httpx.AsyncClient]
) -> None:
    await with_password(await a_client())
    await enter(http)
    stranger = new_browser()
    answer = await post(stranger, "/sign-in/code", code=code())
    assert answer.headers["location"] == "/sign-in"
    assert await Session.count() == 0


async def test_five_tries_are_free_then_there_is_a_wait(http: httpx.AsyncClient) -> None:
    await with_password(await a_client())
    answers = [(await enter(http, password=f"wrong password {n}")).status_code for n in range(6)]
    assert answers == [422] * 5 + [429]
    blocked = await enter(http)
    assert blocked.status_code == 429, "the right password waits too"
    assert int(blocked.headers["retry-after"]) >= 1
    assert await Attempt.count() >= 5, "kept where a restart does not forget it"


async def test_a_sign_in_without_its_token_is_refused(http: httpx.AsyncClient) -> None:
    await with_password(await a_client())
    assert (await http.post("/sign-in", data={"login": "maya@example.org", "password": PASSWORD})).status_code == 403


async def test_anonymous_pages_make_no_rows(http: httpx.AsyncClient) -> None:
    for url in ("/sign-in", "/crisis", "/offline", "/me/goals", "/sign-in/code", "/nowhere"):
        await http.get(url)
    assert await Session.count() == 0
    assert await Ceremony.count() == 0
    assert "__Host-sid" not in http.cookies


async def test_a_session_id_we_do_not_know_is_never_adopted(http: httpx.AsyncClient) -> None:
    http.cookies.set("__Host-sid", "A" * 43, domain="localhost.local")
    assert (await http.get("/me/goals")).headers["location"] == "/sign-in"
    assert await Session.count() == 0


async def test_signing_out_ends_the_session_and_clears_the_browser(sign_in: Callable) -> None:
    client = await a_client()
    http = await sign_in(client)
    answer = await http.post("/sign-out")
    assert answer.status_code == 303
    assert answer.headers["clear-site-data"] == '"cache", "cookies", "storage"'
    assert await Session.count() == 0


async def test_leaving_locks_and_goes_to_a_neutral_place(sign_in: Callable) -> None:
    await an_organisation(leave_url="https://www.weather.gov/")
    from app.organisation import forget

    forget()
    http = await sign_in(await a_client())
    assert (await http.get("/me/devices")).status_code == 200
    left = await http.get("/leave")
    assert (left.status_code, left.headers["location"]) == (303, "https://www.weather.gov/")
    assert (await http.get("/me/devices")).headers["location"] == "/unlock?next=/me/devices"
    unlock = await http.get("/unlock")
    assert unlock.status_code == 200 and "Maya" not in unlock.text


async def test_unlocking_with_the_password_goes_on_under_a_new_cookie(sign_in: Callable) -> None:
    client = await a_client()
    http = await sign_in(client)
    await with_password(client)
    await Account.update({Account.login_key: KEYS.blind("login", "maya@example.org")}, force=True)
    account = (await Account.select(Account.id).first())["id"]
    await Account.update({Account.login: KEYS.own().seal("account", "login", account, "maya@example.org")}, force=True)
    before = http.cookies["__Host-sid"]
    await http.get("/leave")
    wrong = await http.post("/unlock", data={"password": "something else"})
    assert wrong.status_code == 422
    right = await http.post("/unlock", data={"password": PASSWORD, "next": "/me/devices"})
    assert (right.status_code, right.headers["location"]) == (303, "/me/devices")
    assert http.cookies["__Host-sid"] != before
    assert (await http.get("/me/devices")).status_code == 200


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil", "javascript:alert(1)"])
async def test_nobody_is_sent_to_another_site(sign_in: Callable, target: str) -> None:
    http = await sign_in(await a_client())
    page = await http.get("/step-up", params={"next": target})
    assert field(page, "next") == "/"


async def test_staff_without_a_passkey_reach_only_the_page_to_add_one(sign_in: Callable) -> None:
    from app.data.tables.identity import Passkey

    http = await sign_in(await a_staff())
    await Passkey.delete(force=True)
    assert (await http.get("/me/devices")).headers["location"] == "/me/security"
    assert (await http.get("/me/security")).status_code == 200


async def test_an_invitation_is_opened_by_looking_and_used_up_by_accepting(
    http: httpx.AsyncClient, new_browser: Callable[[], httpx.AsyncClient], keys: Keys
) -> None:
    from app.identity.invitations import invite

    client = await a_client()
    token = await invite(client, by=None, now=datetime.now(UTC), keys=keys)
    for _ in range(2):  # a mail scanner looks first
        assert "Welcome, Maya" in (await http.get(f"/join/{token}")).text
    done = await post(http, f"/join/{token}", page=f"/join/{token}", login="maya@example.org")
    assert (done.status_code, done.headers["location"]) == (303, "/me/security")
    assert (await http.get("/me/today")).headers["location"] == "/me/security", "two factors first"
    assert (await new_browser().get(f"/join/{token}")).status_code == 404


@pytest.mark.parametrize("hours", [71, 73])
async def test_an_invitation_lasts_72_hours(http: httpx.AsyncClient, keys: Keys, hours: int) -> None:
    from app.identity.invitations import invite

    token = await invite(await a_client(), by=None, now=datetime.now(UTC) - timedelta(hours=hours), keys=keys)
    assert (await http.get(f"/join/{token}")).status_code == (200 if hours < 72 else 404)


async def test_a_supporter_needs_an_address_of_their_own(http: httpx.AsyncClient, keys: Keys) -> None:
    from app.identity.invitations import invite

    client = await a_client()
    await an_account(client, keys, "maya@example.org")
    mum = await a_person("Rosa")
    await a_relationship(client, mum)
    token = await invite(mum, by=client, now=datetime.now(UTC), keys=keys)
    answer = await post(http, f"/join/{token}", page=f"/join/{token}", login="Maya@Example.org")
    assert answer.status_code == 422
    assert "an address of your own" in answer.text


@pytest.mark.parametrize("password", ["short", "password123456", "Maya is my name 12", "cairn cairn cairn"])
async def test_a_weak_password_is_answered_with_the_reason(sign_in: Callable, password: str) -> None:
    http = await sign_in(await a_client(), step_up=True)
    answer = await http.post("/me/security/password", data={"password": password})
    assert answer.status_code == 422
    assert 'id="password-error"' in answer.text


async def test_setting_up_password_and_code_takes_a_right_code(sign_in: Callable, keys: Keys) -> None:
    http = await sign_in(await a_client(), step_up=True)
    assert (await http.post("/me/security/password", data={"password": PASSWORD})).status_code == 303
    page = await http.get("/me/security")
    secret = page.text.split('<span class="num">')[1].split("<")[0]
    assert (await http.post("/me/security/code", data={"code": "000000"})).status_code == 422
    assert (await http.post("/me/security/code", data={"code": pyotp.TOTP(secret).now()})).status_code == 303
    assert "You have a password and a code" in (await http.get("/me/security")).text


async def test_changing_a_factor_asks_for_one_first(sign_in: Callable) -> None:
    http = await sign_in(await a_client())
    for url in ("/me/security/password", "/me/security/recovery-codes"):
        answer = await http.post(url, data={"password": PASSWORD})
        assert answer.headers["location"] == "/step-up?next=/me/security"


async def test_a_recovery_code_stands_in_for_the_second_factor_once(http: httpx.AsyncClient, keys: Keys) -> None:
    from app.identity import recovery

    account = await with_password(await a_client())
    codes = await recovery.renew(account, keys)
    assert len(set(codes)) == 10
    await enter(http)
    assert (await post(http, "/sign-in/code", page="/sign-in/code", code=codes[3].lower())).status_code == 303
    assert await recovery.left(account) == 9
    assert not await recovery.spend(account, keys, codes[3], datetime.now(UTC))


async def test_who_stopped_half_way_can_begin_again_from_a_new_link(
    http: httpx.AsyncClient, new_browser: Callable[[], httpx.AsyncClient], keys: Keys
) -> None:
    from app.identity.invitations import invite

    client = await a_client()
    first = await invite(client, by=None, now=datetime.now(UTC), keys=keys)
    await post(http, f"/join/{first}", page=f"/join/{first}", login="mia@example.org")
    second = await invite(client, by=None, now=datetime.now(UTC), keys=keys)
    other = new_browser()
    done = await post(other, f"/join/{second}", page=f"/join/{second}", login="maya@example.org")
    assert done.headers["location"] == "/me/security"
    assert (await http.get("/me/security")).headers["location"] == "/sign-in", "the first start is over"
    (row,) = await Account.select(Account.login_key)
    assert row["login_key"] == keys.blind("login", "maya@example.org")


async def test_an_account_that_is_set_up_is_not_taken_over_by_a_link(http: httpx.AsyncClient, keys: Keys) -> None:
    from app.identity.invitations import invite

    client = await a_client()
    await with_password(client)
    token = await invite(client, by=None, now=datetime.now(UTC), keys=keys)
    answer = await post(http, f"/join/{token}", page=f"/join/{token}", login="thief@example.org")
    assert answer.status_code == 422 and "already" in answer.text
    assert await Session.count() == 0


async def test_a_link_meant_for_one_address_takes_no_other(http: httpx.AsyncClient, keys: Keys) -> None:
    from app.identity.invitations import invite

    token = await invite(await a_client(), by=None, now=datetime.now(UTC), keys=keys, address="Maya@Example.org")
    wrong = await post(http, f"/join/{token}", page=f"/join/{token}", login="other@example.org")
    assert wrong.status_code == 422 and await Account.count() == 0
    right = await post(http, f"/join/{token}", page=f"/join/{token}", login="maya@example.org")
    assert right.headers["location"] == "/me/security"


async def test_accepting_a_link_while_signed_in_as_somebody_else_joins_nothing_to_them(
    sign_in: Callable, keys: Keys
) -> None:
    from app.identity.invitations import invite

    http = await sign_in(await a_client())
    mum = await a_person("Rosa")
    token = await invite(mum, by=None, now=datetime.now(UTC), keys=keys)
    await http.post(f"/join/{token}", data={"login": "rosa@example.org"})
    people = {row["person"] for row in await Account.select(Account.person)}
    assert len(people) == 2
    (account,) = [row["account"] for row in await Session.select(Session.account)]
    assert (await Account.select(Account.person).where(Account.id == account))[0]["person"] == mum

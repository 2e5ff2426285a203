"""Where I am signed in, how I sign in, and what I am told of: each page works, asks who I am, and refuses what it should."""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import UUID, uuid4

import httpx
import pyotp
import pytest

from app.data.sealing import Keys
from app.data.tables.identity import Account, KnownDevice, Notice, Passkey, RecoveryCode, Session
from app.identity import notices, passwords
from tests.factories import KEYS, a_client, a_staff, an_organisation
from tests.http import goes_to, hidden
from tests.identity import a_live_session, an_account

pytestmark = pytest.mark.anyio
SignIn = Callable[..., Awaitable[httpx.AsyncClient]]
NewBrowser = Callable[[], httpx.AsyncClient]
PASSWORD = "lantern harbor quiet maple"
STEP_UP = "/step-up?next=/me/security"


@pytest.fixture
async def client(database: str) -> UUID:
    await an_organisation()
    return await a_client()


async def account_of(person: UUID) -> UUID:
    return (await Account.select(Account.id).where(Account.person == person))[0]["id"]


def secret_in(page: httpx.Response) -> str:
    found = re.search(r'<span class="num">([A-Z2-7]{32})</span>', page.text)
    assert found, "no secret on the page"
    return found[1]


@pytest.mark.parametrize("url", ["/me/devices", "/me/security", "/me/notices"])
async def test_each_page_asks_who_this_is(client: UUID, http: httpx.AsyncClient, url: str) -> None:
    assert goes_to(await http.get(url)) == "/sign-in"


async def test_my_devices_are_listed_and_one_can_be_signed_out(client: UUID, sign_in: SignIn) -> None:
    http, other = await sign_in(client), await sign_in(client)
    page = await http.get("/me/devices")
    assert page.text.count("From the network address 192.0.2.1") == 2
    assert page.text.count("This one") == 1
    (url,) = re.findall(r'action="(/me/devices/[0-9a-f-]+/end)"', page.text)
    assert goes_to(await http.post(url)) == "/me/devices"
    assert goes_to(await other.get("/me/devices")) == "/sign-in"
    assert (await http.get("/me/devices")).status_code == 200


async def test_everywhere_else_can_be_signed_out_at_once(client: UUID, sign_in: SignIn) -> None:
    http = await sign_in(client)
    others = [await sign_in(client) for _ in range(2)]
    assert goes_to(await http.post("/me/devices/end-others")) == "/me/devices"
    assert [goes_to(await one.get("/me/devices")) for one in others] == ["/sign-in"] * 2
    assert (await http.get("/me/devices")).status_code == 200


async def test_nobody_ends_the_session_of_somebody_else(client: UUID, sign_in: SignIn, keys: Keys) -> None:
    await a_live_session(leo := await a_client("Leo"), keys=keys)
    theirs = (await Session.select(Session.id).where(Session.account == await account_of(leo)))[0]["id"]
    http = await sign_in(client)
    foreign = await http.post(f"/me/devices/{theirs}/end")
    absent = await http.post(f"/me/devices/{uuid4()}/end")
    assert foreign.status_code == absent.status_code == 404
    assert await Session.exists().where(Session.id == theirs)


async def passkeys_of(person: UUID) -> list[UUID]:
    mine = Passkey.account == await account_of(person)
    return [row["id"] for row in await Passkey.select(Passkey.id).where(mine, Passkey.removed_at.is_null())]


async def test_a_passkey_can_be_named(client: UUID, sign_in: SignIn) -> None:
    http = await sign_in(client)
    one = (await passkeys_of(client))[0]
    assert goes_to(await http.post(f"/me/security/passkey/{one}/name", data={"name": "Work laptop"})) == "/me/security"
    assert "Work laptop" in (await http.get("/me/security")).text


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "abc\u202edef"])
async def test_a_name_that_cannot_be_used_is_answered_at_its_field(client: UUID, sign_in: SignIn, name: str) -> None:
    http = await sign_in(client)
    one = (await passkeys_of(client))[0]
    answer = await http.post(f"/me/security/passkey/{one}/name", data={"name": name})
    assert answer.status_code == 422
    assert f'id="name-{one}-error"' in answer.text and f'href="#name-{one}"' in answer.text


async def test_a_passkey_of_somebody_else_is_not_there(client: UUID, sign_in: SignIn, keys: Keys) -> None:
    await an_account(leo := await a_client("Leo"), keys)
    theirs = (await passkeys_of(leo))[0]
    http = await sign_in(client, step_up=True)
    for action, form in (("name", {"name": "Mine now"}), ("remove", {})):
        assert (await http.post(f"/me/security/passkey/{theirs}/{action}", data=form)).status_code == 404
    assert (await Passkey.select(Passkey.name, Passkey.removed_at).where(Passkey.id == theirs))[0] == {
        "name": "Test",
        "removed_at": None,
    }


async def test_removing_a_passkey_ends_the_other_sessions_and_is_told(client: UUID, sign_in: SignIn) -> None:
    http, other = await sign_in(client, step_up=True), await sign_in(client)
    one, kept = await passkeys_of(client)
    assert goes_to(await http.post(f"/me/security/passkey/{one}/remove")) == "/me/security"
    assert goes_to(await other.get("/me/devices")) == "/sign-in"
    assert "A passkey was removed" in (await http.get("/me/notices")).text
    last = await http.post(f"/me/security/passkey/{kept}/remove")
    assert last.status_code == 422 and "your only way to sign in" in last.text
    assert await passkeys_of(client) == [kept]


@pytest.mark.parametrize("url", ["password", "code/new", "recovery-codes", "passkey/{one}/remove"])
async def test_changing_a_factor_asks_for_one_first(client: UUID, sign_in: SignIn, url: str) -> None:
    http = await sign_in(client)
    one = (await passkeys_of(client))[0]
    answer = await http.post("/me/security/" + url.format(one=one), data={"password": PASSWORD})
    assert goes_to(answer) == STEP_UP
    assert len(await passkeys_of(client)) == 2 and await RecoveryCode.count() == 0


async def test_a_password_and_a_code_are_set_up_by_a_right_code(client: UUID, sign_in: SignIn) -> None:
    http, other = await sign_in(client, step_up=True), await sign_in(client)
    assert goes_to(await http.post("/me/security/password", data={"password": PASSWORD})) == "/me/security"
    assert goes_to(await other.get("/me/devices")) == "/sign-in", "other sessions end"
    secret = secret_in(await http.get("/me/security"))
    wrong = await http.post("/me/security/code", data={"code": "000000"})
    assert wrong.status_code == 422 and secret in wrong.text, "the same secret can be tried again"
    assert goes_to(await http.post("/me/security/code", data={"code": pyotp.TOTP(secret).now()})) == "/me/security"
    page = await http.get("/me/security")
    assert "You have a password and a code." in page.text and secret not in page.text


async def test_a_secret_is_shown_in_the_browser_that_asked_for_it_alone(client: UUID, sign_in: SignIn) -> None:
    http = await sign_in(client, step_up=True)
    await http.post("/me/security/password", data={"password": PASSWORD})
    secret = secret_in(await http.get("/me/security"))
    other = await sign_in(client)
    assert secret not in (await other.get("/me/security")).text
    right = pyotp.TOTP(secret).now()
    assert (await other.post("/me/security/code", data={"code": right})).status_code == 422


async def test_the_code_moves_to_another_phone_only_when_that_one_shows_it(client: UUID, sign_in: SignIn) -> None:
    old = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    http = await sign_in(client, step_up=True)
    account = await account_of(client)
    await Account.update(
        {
            Account.password: "x",
            Account.totp: KEYS.own().seal("account", "totp", account, old),
            Account.totp_confirmed_at: datetime.now(UTC),
        }
    ).where(Account.id == account)

    async def in_use() -> str | None:
        sealed = (await Account.select(Account.totp).where(Account.id == account))[0]["totp"]
        return KEYS.own().open("account", "totp", account, sealed)

    await http.post("/me/security/code/new")
    new = secret_in(await http.get("/me/security"))
    assert await in_use() == old
    assert goes_to(await http.post("/me/security/code", data={"code": pyotp.TOTP(new).now()})) == "/me/security"
    assert await in_use() == new
    assert "A one-time code was added" in (await http.get("/me/notices")).text


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "1" * 21])
async def test_what_is_no_code_is_answered_at_the_field(client: UUID, sign_in: SignIn, code: str) -> None:
    http = await sign_in(client, step_up=True)
    await http.post("/me/security/password", data={"password": PASSWORD})
    answer = await http.post("/me/security/code", data={"code": code})
    assert answer.status_code == 422 and 'id="code-error"' in answer.text


async def test_codes_cannot_be_tried_without_end(client: UUID, sign_in: SignIn) -> None:
    http = await sign_in(client, step_up=True)
    await http.post("/me/security/password", data={"password": PASSWORD})
    answers = [(await http.post("/me/security/code", data={"code": "000000"})).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]


async def test_recovery_codes_are_shown_once(client: UUID, sign_in: SignIn) -> None:
    http = await sign_in(client, step_up=True)
    shown = await http.post("/me/security/recovery-codes")
    codes = re.findall(r"<li>((?:[0-9A-Z]{4}-){3}[0-9A-Z]{4})</li>", shown.text)
    assert len(set(codes)) == 10
    page = await http.get("/me/security")
    assert "You have 10 left" in page.text and not any(code in page.text for code in codes)


@pytest.mark.parametrize("url", ["/me/security/password", "/me/security/recovery-codes", "/me/devices/end-others"])
async def test_nothing_changes_without_a_token_of_our_own_page(client: UUID, sign_in: SignIn, url: str) -> None:
    http = await sign_in(client, step_up=True)
    del http.headers["X-CSRF-Token"]
    assert (await http.post(url, data={"password": PASSWORD})).status_code == 403


async def test_staff_who_only_typed_a_code_show_their_passkey_before_anything_else(
    client: UUID, new_browser: NewBrowser, keys: Keys
) -> None:
    from app.gate import csrf_for
    from app.identity.sessions import open_session

    account = await an_account(await a_staff(), keys)
    token = await open_session(
        account, factors="password+code", own_device=False, device="", address="192.0.2.1", now=datetime.now(UTC)
    )
    http = new_browser()
    http.cookies.set("__Host-sid", token, domain="localhost.local")
    http.headers["X-CSRF-Token"] = csrf_for(token, keys)
    assert goes_to(await http.get("/staff/caseload")) == "/me/security"
    assert "Show your passkey to go on" in (await http.get("/me/security")).text
    assert (await http.post("/me/security/passkey/options", json={})).json() == {"next": STEP_UP}


async def test_what_happened_to_the_account_is_told_until_it_is_read(client: UUID, sign_in: SignIn) -> None:
    http = await sign_in(client)
    await notices.tell(await account_of(client), "new_device", datetime.now(UTC), "Firefox, Linux")
    page = await http.get("/me/notices")
    assert "Someone signed in to your account on a new device: Firefox, Linux." in page.text
    assert goes_to(await http.post("/me/notices/read")) == "/"
    assert "Nothing new." in (await http.get("/me/notices")).text


async def test_a_notice_of_somebody_else_is_not_shown_nor_read(client: UUID, sign_in: SignIn, keys: Keys) -> None:
    leo = await an_account(await a_client("Leo"), keys)
    await notices.tell(leo, "password_changed", datetime.now(UTC))
    http = await sign_in(client)
    assert "Nothing new." in (await http.get("/me/notices")).text
    await http.post("/me/notices/read")
    assert (await Notice.select(Notice.read_at).where(Notice.account == leo))[0]["read_at"] is None


SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


async def enter(http: httpx.AsyncClient, login: str, **form: str) -> httpx.Response:
    csrf = hidden(await http.get("/sign-in"), "_csrf")
    await http.post("/sign-in", data={"_csrf": csrf, "login": login, "password": PASSWORD} | form)
    csrf = hidden(await http.get("/sign-in/code"), "_csrf")
    return await http.post("/sign-in/code", data={"_csrf": csrf, "code": pyotp.TOTP(SECRET).now()})


async def with_password(person: UUID, keys: Keys) -> UUID:
    account = await an_account(person, keys, "maya@example.org")
    values = {
        Account.password: passwords.hash_password(keys, PASSWORD),
        Account.totp: keys.own().seal("account", "totp", account, SECRET),
        Account.totp_confirmed_at: datetime.now(UTC),
        Account.totp_step: 0,
    }
    await Account.update(values).where(Account.id == account)
    return account


async def test_a_new_device_is_told_and_my_own_phone_is_known_the_next_time(
    client: UUID, http: httpx.AsyncClient, keys: Keys
) -> None:
    account = await with_password(client, keys)
    answer = await enter(http, "maya@example.org", own="1")
    assert goes_to(answer) == "/"
    cookies = {line.split("=")[0]: line for line in answer.headers.get_list("set-cookie")}
    for name, age in (("__Host-sid", 24 * 3600), ("__Host-device", 180 * 24 * 3600)):
        assert f"Max-Age={age}" in cookies[name] and "HttpOnly" in cookies[name] and "Secure" in cookies[name]
    assert [row["kind"] for row in await Notice.select(Notice.kind)] == ["new_device"]
    await Account.update({Account.totp_step: 0}).where(Account.id == account)
    await Notice.delete(force=True)
    http.cookies.delete("__Host-sid")
    await enter(http, "maya@example.org", own="1")
    assert await Notice.count() == 0
    assert await KnownDevice.count() == 1


async def test_a_shared_device_keeps_nothing(client: UUID, http: httpx.AsyncClient, keys: Keys) -> None:
    await with_password(client, keys)
    answer = await enter(http, "maya@example.org")
    (cookie,) = answer.headers.get_list("set-cookie")
    assert cookie.startswith("__Host-sid=") and "Max-Age" not in cookie
    assert await KnownDevice.count() == 0


async def test_news_about_the_account_come_before_the_first_page(
    client: UUID, http: httpx.AsyncClient, keys: Keys
) -> None:
    account = await with_password(client, keys)
    await notices.tell(account, "passkey_copied", datetime.now(UTC), "Phone")
    assert goes_to(await enter(http, "maya@example.org")) == "/me/notices"


async def test_signing_in_again_ends_the_session_before(client: UUID, sign_in: SignIn, keys: Keys) -> None:
    http = await sign_in(client)
    account = await with_password(client, keys)
    await Account.update(
        {
            Account.login_key: keys.blind("login", "maya@example.org"),
            Account.login: keys.own().seal("account", "login", account, "maya@example.org"),
        }
    ).where(Account.id == account)
    before = (await Session.select(Session.id))[0]["id"]
    await enter(http, "maya@example.org")
    assert [row["id"] for row in await Session.select(Session.id)] != [before]
    assert await Session.count() == 1


async def test_signing_out_works_when_the_session_is_over(client: UUID, sign_in: SignIn) -> None:
    http = await sign_in(client)
    await Session.delete(force=True)
    answer = await http.post("/sign-out")
    assert goes_to(answer) == "/sign-in"
    (cookie,) = answer.headers.get_list("set-cookie")
    assert cookie.startswith("__Host-sid=") and "Max-Age=0" in cookie and "Secure" in cookie

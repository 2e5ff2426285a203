"""A forgotten password: a link by mail and the factor that is left, and no word about who has an account."""

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest

from app.data.sealing import Keys
from app.data.tables.delivery import Outbox
from app.data.tables.identity import Account, Attempt, Ceremony, KnownDevice, Notice, Passkey, Session, Token
from app.identity import hold, links, passwords, recovery, reset
from tests.factories import KEYS, a_client, a_staff
from tests.http import goes_to
from tests.smtp import Deliver, Post, deliver, post
from tests.test_sign_in import PASSWORD, code, enter, field, with_password

__all__ = ["deliver", "post"]  # fixtures
pytestmark = pytest.mark.anyio
NEW = "copper window gentle river"
Browser = Callable[[], httpx.AsyncClient]


async def ask(http: httpx.AsyncClient, login: str = "maya@example.org") -> httpx.Response:
    return await http.post("/forgot", data={"_csrf": field(await http.get("/forgot"), "_csrf"), "login": login})


async def opened(http: httpx.AsyncClient, path: str) -> httpx.Response:
    """The link followed and its button pressed."""
    return await http.post(path, data={"_csrf": field(await http.get(path), "_csrf")})


async def choose(http: httpx.AsyncClient, typed: str, password: str = NEW) -> httpx.Response:
    token = field(await http.get("/reset"), "_csrf")
    return await http.post("/reset", data={"_csrf": token, "code": typed, "password": password})


async def maya() -> UUID:
    """Her account: a password, a code, no passkey."""
    account = await with_password(await a_client())
    await Passkey.delete(force=True)
    return account


# The whole way


async def test_link_and_code_lead_to_a_new_password(http: httpx.AsyncClient, post: Post, deliver: Deliver) -> None:
    await maya()
    assert "/forgot" in (await http.get("/sign-in")).text
    assert goes_to(await ask(http)) == "/forgot/sent"
    assert "on its way" in (await http.get("/forgot/sent")).text
    await deliver()
    assert post.recipients == ["maya@example.org"]
    path = post.path()
    assert path.startswith("/reset/")
    assert goes_to(await opened(http, path)) == "/reset"
    done = await choose(http, code())
    assert goes_to(done) == "/me/notices"
    assert "A new password was chosen" in (await http.get("/me/notices")).text
    assert (await http.get("/me/today")).status_code == 200


async def test_only_the_new_password_opens_the_account_after(
    http: httpx.AsyncClient, new_browser: Browser, post: Post, deliver: Deliver
) -> None:
    await maya()
    await ask(http)
    await deliver()
    await opened(http, post.path())
    await choose(http, code(-1))
    other = new_browser()
    assert (await enter(other)).status_code == 422
    assert goes_to(await enter(other, password=NEW)) == "/sign-in/code"


async def test_a_letter_says_nothing_of_care(http: httpx.AsyncClient, post: Post, deliver: Deliver) -> None:
    await maya()
    await ask(http)
    await deliver()
    assert post.received[0]["Subject"] == "The link you asked for"
    for word in ("Maya", "maya@", "health", "care", "case", "visit"):
        assert word not in post.text()


async def test_a_recovery_code_stands_in_for_a_lost_phone(
    http: httpx.AsyncClient, post: Post, deliver: Deliver, keys: Keys
) -> None:
    account = await maya()
    codes = await recovery.renew(account, keys)
    await ask(http)
    await deliver()
    await opened(http, post.path())
    assert goes_to(await choose(http, codes[0])) == "/me/notices"
    assert await recovery.left(account) == 9
    (session,) = await Session.select(Session.factors)
    assert session["factors"] == "password+recovery"


async def test_a_lost_passkey_and_a_recovery_code_are_enough(
    http: httpx.AsyncClient, post: Post, deliver: Deliver, keys: Keys
) -> None:
    """Somebody who never had a password: the link and a recovery code are two different things they hold."""
    dana = await a_staff()
    account = await with_password(dana)
    await Account.update({Account.password: "", Account.totp: None, Account.totp_confirmed_at: None}, force=True)
    codes = await recovery.renew(account, keys)
    await ask(http)
    await deliver()
    await opened(http, post.path())
    assert goes_to(await choose(http, codes[0])) == "/me/notices"
    page = await http.get("/staff/caseload")
    assert goes_to(page) == "/me/security", "staff show a passkey before anything else"


async def test_who_has_nothing_to_type_is_told_whom_to_ask(
    http: httpx.AsyncClient, post: Post, deliver: Deliver
) -> None:
    await with_password(await a_client())
    await Account.update({Account.password: "", Account.totp: None, Account.totp_confirmed_at: None}, force=True)
    await ask(http)
    await deliver()
    await opened(http, post.path())
    page = await http.get("/reset")
    assert "You sign in with a passkey alone" in page.text and 'name="password"' not in page.text


# After it


async def test_everything_that_was_signed_in_ends_and_the_owner_is_told(
    http: httpx.AsyncClient, sign_in: Callable, post: Post, deliver: Deliver
) -> None:
    client = await a_client()
    before = await sign_in(client)
    account = await with_password(client)
    await Account.update(
        {
            Account.login_key: KEYS.blind("login", "maya@example.org"),
            Account.login: KEYS.own().seal("account", "login", account, "maya@example.org"),
            Account.failures: 100,
        },
        force=True,
    )
    await KnownDevice.insert(KnownDevice(account=account, token="x"))
    await ask(http)
    await deliver()
    await opened(http, post.path())
    assert goes_to(await choose(http, code())) == "/me/notices"
    assert goes_to(await before.get("/me/devices")) == "/sign-in"
    assert await KnownDevice.count() == 0
    assert (await Account.select(Account.failures))[0]["failures"] == 0, "the password path is open again"
    await deliver()
    assert post.received[-1]["Subject"] == "You have a new notice"
    assert await Notice.count().where(Notice.kind == "password_reset") == 1


async def test_for_a_day_what_could_do_harm_waits(http: httpx.AsyncClient, post: Post, deliver: Deliver) -> None:
    account, now = await maya(), datetime.now(UTC)
    assert await hold.held(account, now) is None
    await ask(http)
    await deliver()
    await opened(http, post.path())
    await choose(http, code())
    until = await hold.held(account, datetime.now(UTC))
    assert until and now + timedelta(hours=24) <= until <= datetime.now(UTC) + timedelta(hours=24)
    assert await hold.held(account, until) is None
    assert await hold.held(UUID(int=5), now) is None


async def test_a_recovery_code_at_the_sign_in_page_holds_too(http: httpx.AsyncClient, keys: Keys) -> None:
    account = await maya()
    codes = await recovery.renew(account, keys)
    await enter(http)
    token = field(await http.get("/sign-in/code"), "_csrf")
    assert (await http.post("/sign-in/code", data={"_csrf": token, "code": codes[0]})).status_code == 303
    assert await hold.held(account, datetime.now(UTC))


# Nobody learns who has an account


async def everyone() -> list[str]:
    """Addresses of an account that is open, one that is closed, one without a password, one halfway in, and none."""
    await with_password(await a_client(), "open@example.org")
    closed = await with_password(await a_client(), "closed@example.org")
    await Account.update({Account.disabled_at: datetime.now(UTC)}).where(Account.id == closed)
    bare = await with_password(await a_client(), "bare@example.org")
    await Account.update({Account.password: "", Account.totp_confirmed_at: None}).where(Account.id == bare)
    return ["open@example.org", "closed@example.org", "bare@example.org", "nobody@example.org", "no address", "x" * 300]


def told(answer: httpx.Response) -> tuple[object, ...]:
    own = ("x-request-id", "content-security-policy", "set-cookie")
    kept = [(name, value) for name, value in answer.headers.items() if name not in own]
    return answer.status_code, kept, answer.text


async def test_every_address_gets_the_same_answer(app: object, new_browser: Browser) -> None:
    answers = [told(await ask(new_browser(), login)) for login in await everyone()]
    assert answers[0][0] == 303
    assert all(answer == answers[0] for answer in answers)
    assert await Outbox.count() == 2, "and only who has an open account gets a letter"


async def test_the_answer_takes_as_long_for_an_address_without_an_account(http: httpx.AsyncClient, keys: Keys) -> None:
    await maya()
    taken: dict[str, list[float]] = {"maya@example.org": [], "nobody@example.org": []}
    for number in range(60):
        now = datetime.now(UTC) + timedelta(days=2 * number)  # so that no limit is met
        for login, times in taken.items():
            began = time.perf_counter()
            await reset.ask(keys, login, address="192.0.2.1", now=now)
            times.append(time.perf_counter() - began)
    known, unknown = (statistics.median(times) for times in taken.values())
    assert abs(known - unknown) < 0.01


# Too many


async def test_a_fourth_link_in_an_hour_is_not_sent_and_looks_the_same(
    new_browser: Browser, post: Post, deliver: Deliver
) -> None:
    await maya()
    answers = [told(await ask(new_browser())) for _ in range(5)]
    assert all(answer == answers[0] for answer in answers)
    assert await Outbox.count() == 3


async def test_one_place_asks_for_ten_links_an_hour(app: object, keys: Keys) -> None:
    now = datetime.now(UTC)
    for number in range(12):
        await with_password(await a_client(), f"m{number}@example.org")
        await reset.ask(keys, f"m{number}@example.org", address="2001:db8::1" if number % 2 else "2001:db8::2", now=now)
    assert await Outbox.count() == 10
    await reset.ask(keys, "m11@example.org", address="2001:db8:0:1::1", now=now)
    assert await Outbox.count() == 11, "another household is not in its way"


async def test_five_links_a_day_are_enough(app: object, keys: Keys) -> None:
    await maya()
    now = datetime.now(UTC)
    for number in range(8):
        await reset.ask(keys, "maya@example.org", address=f"192.0.2.{number}", now=now + timedelta(hours=2 * number))
    assert await Outbox.count() == 5
    assert await Attempt.count() >= 5, "kept where a restart does not forget it"


async def test_codes_cannot_be_guessed_at(http: httpx.AsyncClient, post: Post, deliver: Deliver) -> None:
    await maya()
    await ask(http)
    await deliver()
    await opened(http, post.path())
    answers = [(await choose(http, "000000")).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]
    assert (await choose(http, code())).status_code == 429, "the right one waits too"
    assert await Session.count() == 0


# Links


async def test_looking_at_a_link_changes_nothing(http: httpx.AsyncClient, post: Post, deliver: Deliver) -> None:
    await maya()
    await ask(http)
    await deliver()
    for _ in range(3):  # a mail scanner looks first
        page = await http.get(post.path())
        assert (page.status_code, page.headers["referrer-policy"]) == (200, "no-referrer")
        assert "src=" not in page.text.replace('src="/static', "")
    assert (await Token.select(Token.used_at))[0]["used_at"] is None
    assert await Ceremony.count() == 0
    assert goes_to(await opened(http, post.path())) == "/reset"


async def test_a_link_works_once(http: httpx.AsyncClient, new_browser: Browser, post: Post, deliver: Deliver) -> None:
    await maya()
    await ask(http)
    await deliver()
    await opened(http, post.path())
    other = new_browser()
    assert (await other.get(post.path())).status_code == 404
    token = field(await other.get("/forgot"), "_csrf")
    again = await other.post(post.path(), data={"_csrf": token})
    assert again.status_code == 404 and "has been used" in again.text
    assert goes_to(await other.get("/reset")) == "/forgot", "the rest is done in the browser that opened it"
    assert goes_to(await other.post("/reset", data={"_csrf": token, "code": code(), "password": NEW})) == "/forgot"


async def test_only_the_newest_link_works(new_browser: Browser, post: Post, deliver: Deliver) -> None:
    await maya()
    for _ in range(2):
        await ask(new_browser())
        await deliver()
    first, second = post.path(0), post.path(1)
    assert (await new_browser().get(first)).status_code == 404
    assert (await new_browser().get(second)).status_code == 200


@pytest.mark.parametrize("minutes", [9, 11])
async def test_a_link_lasts_ten_minutes_from_when_it_was_sent(
    app: object, http: httpx.AsyncClient, minutes: int
) -> None:
    account = await maya()
    token = await links.make(links.RESET, account, datetime.now(UTC) - timedelta(minutes=minutes))
    assert (await http.get(f"/reset/{token}")).status_code == (200 if minutes < 10 else 404)


async def test_a_link_opens_only_what_it_was_made_for(app: object, http: httpx.AsyncClient) -> None:
    token = await links.make(links.RESET, await maya(), datetime.now(UTC))
    for path in (f"/recover/{token}", f"/address/{token}", f"/join/{token}"):
        assert (await http.get(path)).status_code == 404
    assert token not in str(await Token.select())


async def test_a_link_of_an_account_that_was_closed_opens_nothing(http: httpx.AsyncClient, app: object) -> None:
    account = await maya()
    token = await links.make(links.RESET, account, datetime.now(UTC))
    await opened(http, f"/reset/{token}")
    await Account.update({Account.disabled_at: datetime.now(UTC)}, force=True)
    assert goes_to(await http.get("/reset")) == "/forgot"
    assert (await http.get(f"/reset/{token}")).status_code == 404


async def test_a_letter_that_comes_too_late_or_to_an_old_address_is_not_sent(
    http: httpx.AsyncClient, post: Post, deliver: Deliver
) -> None:
    await maya()
    await ask(http)
    await deliver(datetime.now(UTC) + timedelta(minutes=61))
    await ask(http)
    await Account.update({Account.login_key: "another"}, force=True)
    await deliver()
    assert post.received == []
    assert [one["reason"] for one in await Outbox.select(Outbox.reason).order_by(Outbox.due_at)] == [
        "late", "address changed",
    ]  # fmt: skip


# What cannot be used


async def test_asking_without_an_address_says_what_to_do(http: httpx.AsyncClient) -> None:
    answer = await ask(http, "  ")
    assert answer.status_code == 422 and "Write your e-mail address." in answer.text


@pytest.mark.parametrize(("typed", "password", "words"), [
    ("", NEW, "Write the code."),
    ("123456", "short", "at least 12 characters"),
    ("123456", "maya@example.org", "Leave your own name"),
    ("12345678901234567890", NEW, "That code doesn’t match"),
])  # fmt: skip
async def test_what_cannot_be_used_is_said_kindly_and_uses_nothing_up(
    http: httpx.AsyncClient, post: Post, deliver: Deliver, typed: str, password: str, words: str
) -> None:
    await maya()
    await ask(http)
    await deliver()
    await opened(http, post.path())
    answer = await choose(http, typed, password)
    assert (
        answer.status_code == 422
        and words in answer.text
        and password not in answer.text.replace("maya@example.org", "")
    )
    assert goes_to(await choose(http, code())) == "/me/notices", "it can still be done"


async def test_a_weak_password_does_not_spend_the_code(http: httpx.AsyncClient, post: Post, deliver: Deliver) -> None:
    await maya()
    await ask(http)
    await deliver()
    await opened(http, post.path())
    typed = code()
    assert (await choose(http, typed, "password123456")).status_code == 422
    assert goes_to(await choose(http, typed)) == "/me/notices"
    assert passwords.verify(KEYS, (await Account.select(Account.password))[0]["password"], NEW)
    assert not passwords.verify(KEYS, (await Account.select(Account.password))[0]["password"], PASSWORD)


async def test_each_form_needs_its_token(http: httpx.AsyncClient) -> None:
    for url in ("/forgot", "/reset/unknown", "/reset"):
        assert (await http.post(url, data={"login": "maya@example.org"})).status_code == 403

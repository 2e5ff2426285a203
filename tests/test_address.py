"""Another address to sign in with: a factor first, a link to the new one, a notice to the old one."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest

from app.data.sealing import Keys
from app.data.tables.delivery import Outbox
from app.data.tables.identity import Account, Notice, Token
from app.identity import links, reset
from tests.factories import KEYS, a_client, a_person, a_staff
from tests.http import goes_to
from tests.identity import an_account
from tests.smtp import Deliver, Post, deliver, post

__all__ = ["deliver", "post"]  # fixtures
pytestmark = pytest.mark.anyio
HERE = "/me/security/address"


async def maya(sign_in: Callable, *, step_up: bool = True) -> httpx.AsyncClient:
    who = await a_client()
    await an_account(who, KEYS, "maya@example.org")
    return await sign_in(who, step_up=step_up)


async def login_of(address: str) -> bool:
    return await Account.exists().where(Account.login_key == KEYS.blind("login", address))


async def test_the_link_in_the_mail_changes_the_address(sign_in: Callable, post: Post, deliver: Deliver) -> None:
    http = await maya(sign_in)
    page = await http.get(HERE)
    assert "maya@example.org" in page.text
    assert HERE in (await http.get("/me/security")).text
    assert goes_to(await http.post(HERE, data={"address": "Maya.New@example.org"})) == HERE + "/sent"
    assert (await http.get(HERE + "/sent")).status_code == 200
    await deliver()
    assert post.recipients == ["Maya.New@example.org"]
    assert await login_of("maya@example.org"), "nothing changes before the link is opened"
    shown = await http.get(post.path())
    assert "Maya.New@example.org" in shown.text
    assert await login_of("maya@example.org"), "nor by looking at it"
    assert goes_to(await http.post(post.path())) == "/me/notices"
    assert await login_of("maya.new@example.org") and not await login_of("maya@example.org")
    assert "The address you sign in with was changed." in (await http.get("/me/notices")).text


async def test_both_addresses_are_told(sign_in: Callable, post: Post, deliver: Deliver) -> None:
    http = await maya(sign_in)
    await http.post(HERE, data={"address": "new@example.org"})
    await deliver()
    await http.post(post.path())
    await deliver()
    assert sorted(post.recipients[1:]) == ["maya@example.org", "new@example.org"]
    assert {letter["Subject"] for letter in post.received[1:]} == {"You have a new notice"}
    assert all(row["address"] is None for row in await Outbox.select(Outbox.address)), "where it went is forgotten"


async def test_other_devices_are_signed_out_and_this_one_stays(sign_in: Callable, post: Post, deliver: Deliver) -> None:
    http = await maya(sign_in)
    who = (await Account.select(Account.person))[0]["person"]
    other = await sign_in(who)
    await http.post(HERE, data={"address": "new@example.org"})
    await deliver()
    await http.post(post.path())
    assert goes_to(await other.get("/me/devices")) == "/sign-in"
    assert (await http.get("/me/devices")).status_code == 200


async def test_a_reset_that_was_on_its_way_to_the_old_address_is_worth_nothing(
    sign_in: Callable, post: Post, deliver: Deliver, keys: Keys
) -> None:
    http = await maya(sign_in)
    account = (await Account.select(Account.id))[0]["id"]
    token = await links.make(links.RESET, account, datetime.now(UTC))
    await http.post(HERE, data={"address": "new@example.org"})
    await deliver()
    await reset.ask(keys, "maya@example.org", address="192.0.2.1", now=datetime.now(UTC))
    await http.post(post.path())
    await deliver()
    assert (await http.get(f"/reset/{token}")).status_code == 404
    assert "The link you asked for" not in [letter["Subject"] for letter in post.received]


async def test_a_factor_comes_first(sign_in: Callable) -> None:
    http = await maya(sign_in, step_up=False)
    for answer in (await http.get(HERE), await http.post(HERE, data={"address": "new@example.org"})):
        assert goes_to(answer) == f"/step-up?next={HERE}"
    assert await Outbox.count() == 0


async def test_an_address_of_somebody_else_looks_the_same_and_gets_no_letter(
    sign_in: Callable, post: Post, deliver: Deliver
) -> None:
    """Else it would tell who has an account here."""
    http = await maya(sign_in)
    await an_account(await a_person("Rosa"), KEYS, "rosa@example.org")
    free = await http.post(HERE, data={"address": "free@example.org"})
    taken = await http.post(HERE, data={"address": "Rosa@example.org"})
    own = ("x-request-id", "content-security-policy")
    heads = [{k: v for k, v in answer.headers.items() if k not in own} for answer in (free, taken)]
    assert (free.status_code, free.text, heads[0]) == (taken.status_code, taken.text, heads[1])
    await deliver()
    assert post.recipients == ["free@example.org"]


async def test_an_address_that_was_taken_meanwhile_stays_with_whom_it_is(
    sign_in: Callable, post: Post, deliver: Deliver
) -> None:
    http = await maya(sign_in)
    await http.post(HERE, data={"address": "new@example.org"})
    await deliver()
    await an_account(await a_person("Rosa"), KEYS, "new@example.org")
    assert (await http.post(post.path())).status_code == 404
    assert await login_of("maya@example.org")


async def test_a_link_is_nobody_elses(sign_in: Callable, http: httpx.AsyncClient, post: Post, deliver: Deliver) -> None:
    mine = await maya(sign_in)
    await mine.post(HERE, data={"address": "new@example.org"})
    await deliver()
    signed_out = await http.get(post.path())
    assert "Sign in first" in signed_out.text and "new@example.org" not in signed_out.text
    token = signed_out.text.split('name="_csrf" value="')[1].split('"')[0]
    assert goes_to(await http.post(post.path(), data={"_csrf": token})) == "/sign-in"
    other = await sign_in(await a_staff())
    assert (await other.get(post.path())).status_code == 404
    assert (await other.post(post.path())).status_code == 404
    assert await login_of("maya@example.org")
    assert goes_to(await mine.post(post.path())) == "/me/notices", "it is still there for whom it was made"
    assert (await mine.post(post.path())).status_code == 404, "once"


@pytest.mark.parametrize("minutes", [9, 11])
async def test_a_link_lasts_ten_minutes(sign_in: Callable, minutes: int) -> None:
    http = await maya(sign_in)
    account: UUID = (await Account.select(Account.id))[0]["id"]
    made = datetime.now(UTC) - timedelta(minutes=minutes)
    token = await links.make(links.ADDRESS, account, made, keys=KEYS, address="new@example.org")
    assert (await http.post(f"/address/{token}")).status_code == (303 if minutes < 10 else 404)


async def test_the_new_address_is_kept_sealed_while_it_waits(sign_in: Callable) -> None:
    http = await maya(sign_in)
    await http.post(HERE, data={"address": "new@example.org"})
    account: UUID = (await Account.select(Account.id))[0]["id"]
    await links.make(links.ADDRESS, account, datetime.now(UTC), keys=KEYS, address="new@example.org")
    for table in (Outbox, Token):
        assert "new@example.org" not in str(await table.select())


async def test_a_fourth_letter_to_one_address_is_not_sent(sign_in: Callable) -> None:
    http = await maya(sign_in)
    for _ in range(5):
        assert goes_to(await http.post(HERE, data={"address": "new@example.org"})) == HERE + "/sent"
    assert await Outbox.count() == 3


@pytest.mark.parametrize(("typed", "words"), [
    ("", "Write your e-mail address."),
    ("maya", "like maya@example.org"),
    ("maya@", "like maya@example.org"),
    ("a b@example.org", "like maya@example.org"),
    ("Maya@Example.org", "the address you sign in with now"),
    ("x" * 301 + "@example.org", "up to 300 characters"),
])  # fmt: skip
async def test_what_is_no_new_address_comes_back_with_a_word(sign_in: Callable, typed: str, words: str) -> None:
    http = await maya(sign_in)
    answer = await http.post(HERE, data={"address": typed})
    assert answer.status_code == 422 and words in answer.text
    assert typed[:20] in answer.text and await Outbox.count() == 0


async def test_staff_change_theirs_the_same_way(sign_in: Callable, post: Post, deliver: Deliver) -> None:
    dana = await a_staff()
    await an_account(dana, KEYS, "dana@example.org")
    http = await sign_in(dana, step_up=True)
    await http.post(HERE, data={"address": "dana.ortiz@example.org"})
    await deliver()
    assert goes_to(await http.post(post.path())) == "/me/notices"
    assert await Notice.count().where(Notice.kind == "address_changed") == 1

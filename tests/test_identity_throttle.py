"""How often something may be tried, and that an attacker elsewhere locks nobody out."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from app.data.piccolo_conf import DB
from app.data.sealing import Keys
from app.data.tables.audit import AccessEvent
from app.data.tables.identity import Account, Attempt, KnownDevice, Notice, Session
from app.identity import accounts, known_devices, passwords, throttle
from app.identity.accounts import AccountFacts
from app.identity.throttle import ACCOUNT, ADDRESS, SECOND_FACTOR, TooMany, count
from tests.factories import a_client, a_staff
from tests.identity import a_live_session, an_account

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
PASSWORD = "lantern harbor quiet maple"
LOGIN = "maya@example.org"


def later(**span: float) -> datetime:
    return NOW + timedelta(**span)


async def waits(scope: str, limit: throttle.Limit, now: datetime) -> int:
    """Seconds to wait; 0 when the try was let through."""
    try:
        await count(scope, limit, now)
    except TooMany as error:
        return int(error.headers["Retry-After"])
    return 0


async def test_five_are_free_then_the_wait_doubles_up_to_a_quarter_of_an_hour(database: str) -> None:
    assert [await waits("a", ACCOUNT, NOW) for _ in range(5)] == [0] * 5
    now, found = NOW, []
    for _ in range(12):
        found.append(await waits("a", ACCOUNT, now))
        now += timedelta(seconds=found[-1])
        assert await waits("a", ACCOUNT, now) == 0, "after the wait it may be tried again"
    assert found[:10] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]
    assert found[10:] == [900, 900]


async def test_twenty_in_an_hour_end_it(database: str) -> None:
    for number in range(20):
        await Attempt.insert(Attempt(scope="a", at=NOW + timedelta(minutes=number)))
    assert await waits("a", ACCOUNT, later(minutes=40)) == 20 * 60
    assert await waits("a", ACCOUNT, later(minutes=60, seconds=1)) == 0


@pytest.mark.parametrize(("ago", "waiting"), [(timedelta(minutes=4), True), (timedelta(minutes=61), False)])
async def test_five_second_factors_in_five_minutes(database: str, ago: timedelta, waiting: bool) -> None:
    for _ in range(5):
        await Attempt.insert(Attempt(scope="s", at=NOW - ago))
    assert (await waits("s", SECOND_FACTOR, NOW) > 0) is waiting


async def test_fifty_second_factors_a_day(database: str) -> None:
    for number in range(50):
        await Attempt.insert(Attempt(scope="s", at=NOW - timedelta(hours=2, minutes=20 * number)))
    assert await waits("s", SECOND_FACTOR, NOW) > 3600


async def test_thirty_from_one_address(database: str) -> None:
    assert [await waits("i", ADDRESS, NOW) for _ in range(31)][-2:] == [0, 600]


async def test_what_is_turned_away_does_not_stay_counted(database: str) -> None:
    for _ in range(9):
        await waits("a", ACCOUNT, NOW)
    assert await Attempt.count().where(Attempt.scope == "a") == 5


async def test_of_many_at_the_same_moment_no_more_than_the_free_ones_come_through(database: str) -> None:
    found = await asyncio.gather(*(waits("a", ACCOUNT, NOW) for _ in range(12)))
    assert found.count(0) <= 5


@pytest.mark.parametrize(("address", "stands_for"), [
    ("192.0.2.7", "192.0.2.7"),
    ("::ffff:192.0.2.7", "192.0.2.7"),
    ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
    ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
    ("", ""),
    ("x" * 900, "x" * 64),
])  # fmt: skip
def test_an_ipv6_household_is_one_address(address: str, stands_for: str) -> None:
    assert throttle.network(address) == stands_for


async def with_password(keys: Keys) -> UUID:
    account = await an_account(await a_client(), keys, LOGIN)
    await Account.update({Account.password: passwords.hash_password(keys, PASSWORD)}).where(Account.id == account)
    return account


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing is tested elsewhere; here a password is right when it is PASSWORD and the account has one."""

    async def verified(keys: Keys, stored: str, password: str) -> bool:
        return bool(stored) and password == PASSWORD

    monkeypatch.setattr(passwords, "verified", verified)


async def tried(
    keys: Keys, password: str, *, login: str = LOGIN, device: str = "", address: str = "192.0.2.1", now: datetime = NOW
) -> AccountFacts | None:
    return await accounts.password_is(keys, login, password, address=address, device=device, now=now)


async def test_an_attacker_elsewhere_does_not_lock_the_owner_out(database: str, keys: Keys, quick: None) -> None:
    account = await with_password(keys)
    phone = await known_devices.remember(keys, account, "", NOW)
    for number in range(5):
        await tried(keys, "guess", address=f"198.51.100.{number}")
    with pytest.raises(TooMany):
        await tried(keys, PASSWORD)
    assert await tried(keys, PASSWORD, device=phone)


async def test_a_known_device_has_its_own_five(database: str, keys: Keys, quick: None) -> None:
    account = await with_password(keys)
    phone = await known_devices.remember(keys, account, "", NOW)
    for _ in range(5):
        await tried(keys, "guess", device=phone)
    with pytest.raises(TooMany):
        await tried(keys, PASSWORD, device=phone)


async def test_a_device_is_known_to_its_own_account_for_half_a_year(database: str, keys: Keys) -> None:
    mine, other = await with_password(keys), await an_account(await a_client("Leo"), keys)
    phone = await known_devices.remember(keys, mine, "", NOW)
    assert await known_devices.known(keys, mine, phone, later(days=179))
    assert await known_devices.known(keys, mine, phone, later(days=181)) is None
    assert await known_devices.known(keys, other, phone, NOW) is None
    assert await known_devices.known(keys, mine, "", NOW) is None
    assert await known_devices.remember(keys, other, phone, NOW) == phone, "one cookie for all accounts of a browser"
    assert await known_devices.known(keys, mine, phone, NOW)
    assert await known_devices.remember(keys, mine, "chosen by somebody", NOW) != "chosen by somebody"


async def test_ten_devices_are_known_at_most(database: str, keys: Keys) -> None:
    account = await with_password(keys)
    seen = [await known_devices.remember(keys, account, "", later(minutes=n)) for n in range(11)]
    assert await known_devices.known(keys, account, seen[0], NOW) is None
    assert await known_devices.known(keys, account, seen[1], NOW)
    assert await KnownDevice.count() == 10


async def test_the_right_password_takes_back_only_its_own_try_of_the_address(
    database: str, keys: Keys, quick: None
) -> None:
    await with_password(keys)
    for number in range(3):
        await tried(keys, "guess", login=f"victim{number}@example.org")
    await tried(keys, PASSWORD)
    assert await Attempt.count().where(Attempt.scope == "address:192.0.2.1") == 3


async def test_a_hundred_in_a_row_shut_the_password_path(database: str, keys: Keys, quick: None) -> None:
    account = await with_password(keys)
    await Account.update({Account.failures: 99}).where(Account.id == account)
    assert await tried(keys, "guess") is None
    assert await tried(keys, PASSWORD) is None


async def test_success_after_five_failures_is_told(database: str, keys: Keys, quick: None) -> None:
    account = await with_password(keys)
    for _ in range(4):
        await tried(keys, "guess")
    assert await tried(keys, PASSWORD)
    assert await Notice.count() == 0
    for _ in range(5):
        await tried(keys, "guess", now=later(hours=2))
    assert await tried(keys, PASSWORD, now=later(hours=2, seconds=2))
    assert (await Notice.select(Notice.kind))[0]["kind"] == "success_after_failures"
    assert (await Account.select(Account.failures).where(Account.id == account))[0]["failures"] == 0


async def test_an_old_hash_is_made_anew_at_sign_in(database: str, keys: Keys) -> None:
    from argon2 import PasswordHasher

    account = await with_password(keys)
    old = "1$" + PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(passwords._peppered(keys, PASSWORD))
    await Account.update({Account.password: old}).where(Account.id == account)
    assert await tried(keys, PASSWORD)
    assert "m=47104" in (await Account.select(Account.password))[0]["password"]


async def test_an_unknown_login_does_the_same_work_as_a_wrong_password(
    database: str, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    await with_password(keys)
    closed = await an_account(await a_client("Leo"), keys, "leo@example.org")
    await Account.update({Account.disabled_at: NOW}).where(Account.id == closed)
    hashed: list[str] = []

    async def verified(keys: Keys, stored: str, password: str) -> bool:
        hashed.append(stored)
        return False

    monkeypatch.setattr(passwords, "verified", verified)
    cost = {}
    for login in (LOGIN, "nobody@example.org", "leo@example.org"):
        before = DB.statements
        assert await tried(keys, "guess", login=login) is None
        cost[login] = DB.statements - before
    assert len(set(cost.values())) == 1, cost
    assert len(hashed) == 3, "each of them verifies one hash"
    denied = await AccessEvent.count().where(AccessEvent.action == "sign-in", AccessEvent.effect == "deny")
    assert denied == 3


async def test_under_attack_everyone_waits_two_seconds_and_administrators_are_told_once(
    database: str, keys: Keys, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = await an_account(await a_staff("admin", "Noor"), keys)
    await with_password(keys)
    slept: list[float] = []

    async def noted(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(throttle, "sleep", noted)
    await Attempt.insert(*(Attempt(scope="site", at=NOW - timedelta(minutes=5)) for _ in range(299)))
    await tried(keys, "guess")
    assert slept == []
    await tried(keys, "guess")
    assert slept == [2.0]
    told = await Notice.select(Notice.account, Notice.kind)
    assert told == [{"account": admin, "kind": "many_failures"}]
    slept.clear()
    await tried(keys, PASSWORD, now=later(minutes=11))
    assert slept == []


async def test_tries_older_than_any_limit_are_cleared_away(database: str, keys: Keys, quick: None) -> None:
    await Attempt.insert(Attempt(scope="old", at=NOW - timedelta(hours=25)))
    await tried(keys, "guess")
    assert not await Attempt.exists().where(Attempt.scope == "old")


async def test_after_a_recovery_code_everything_else_has_ended(database: str, keys: Keys) -> None:
    from app.identity import recovery

    person = await a_client()
    await a_live_session(person, keys=keys)
    account = await an_account(person, keys)
    phone = await known_devices.remember(keys, account, "", NOW)
    codes = await recovery.renew(account, keys)
    facts = await accounts.by_id(keys, account)
    assert facts and await accounts.second_factor_is(keys, facts, codes[0], NOW, recover=True)
    assert await Session.count() == 0
    assert await known_devices.known(keys, account, phone, NOW) is None
    assert [row["kind"] for row in await Notice.select(Notice.kind)] == ["recovery_code_used"]


async def test_few_recovery_codes_left_is_told(database: str, keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    account = await an_account(await a_client(), keys)
    facts = await accounts.by_id(keys, account)

    async def spent(*_: object) -> bool:
        return True

    async def left(_account: UUID) -> int:
        return 2

    monkeypatch.setattr(accounts.recovery, "spend", spent)
    monkeypatch.setattr(accounts.recovery, "left", left)
    assert facts and await accounts.second_factor_is(keys, facts, "x", NOW, recover=True)
    assert {row["kind"] for row in await Notice.select(Notice.kind)} == {"recovery_code_used", "few_recovery_codes"}

"""Passwords, one-time codes and recovery codes: what is taken, what is kept, and what it costs."""

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pyotp
import pytest
from argon2 import PasswordHasher, extract_parameters

from app.data.sealing import Keys
from app.data.tables.identity import Account, RecoveryCode
from app.identity import passwords, recovery, totp
from app.identity.passwords import Busy, Workers, _words, common, hash_password, phrase, problem, verify
from tests.factories import KEYS, a_client
from tests.identity import an_account

pytestmark = pytest.mark.anyio
PASSWORD = "lantern harbor quiet maple"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def test_hash_is_argon2id_at_the_strength_of_the_bar() -> None:
    stored = hash_password(KEYS, PASSWORD)
    assert stored.startswith("1$$argon2id$v=19$m=47104,t=2,p=1$"), "the pepper's version, then the parameters"
    found = extract_parameters(stored.removeprefix("1$"))
    assert (found.salt_len, found.hash_len) == (16, 32)
    assert hash_password(KEYS, PASSWORD) != stored


def test_only_the_whole_password_is_right() -> None:
    stored = hash_password(KEYS, PASSWORD)
    assert verify(KEYS, stored, PASSWORD)
    for other in (PASSWORD + " ", PASSWORD[:-1], PASSWORD.upper(), ""):
        assert not verify(KEYS, stored, other)
    assert not verify(Keys.from_seed(8), stored, PASSWORD), "worth nothing without the pepper"


def test_a_phone_and_a_desktop_keyboard_agree() -> None:
    stored = hash_password(KEYS, "cafe\u0301 con leche ma\u00f1ana")
    assert verify(KEYS, stored, "caf\u00e9 con leche man\u0303ana")


def test_an_account_without_a_password_takes_none() -> None:
    assert not verify(KEYS, "", "")
    assert not verify(KEYS, "", PASSWORD)


def test_a_hash_of_older_strength_is_due_for_a_new_one() -> None:
    old = "1$" + PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(b"x")
    assert passwords.outdated(old)
    assert not passwords.outdated(hash_password(KEYS, PASSWORD))
    assert not passwords.outdated("")


def test_the_shipped_list_is_as_long_as_the_bar_asks() -> None:
    assert len(common()) >= 100_000


@pytest.mark.parametrize(
    ("password", "taken"),
    [
        ("elevenchars", False),
        ("twelve chars", True),
        ("n" * 5 + " quick brown " + "z" * 238, True),
        ("q" * 257, False),
        ("ñandú 🦤 y 12 más", True),
        ("qwertyuiop123", False),
        ("QwertyUIOP123", False),
        ("my cairn of small stones", False),
        ("administrator of it all", False),
        ("what maya said to them", False),
        ("one two three maya.lopez", False),
        ("under harbor street bridge", False),
        ("under harbor wide street", True),
    ],
)
def test_which_new_passwords_are_taken(password: str, taken: bool) -> None:
    said = problem(password, own_words=("Maya", "maya.lopez", "Harbor Street"))
    assert (said == "") is taken, said
    assert password not in said


def test_the_offered_phrase_is_itself_taken() -> None:
    assert len({phrase() for _ in range(50)}) == 50
    # Every word there is, not a draw of them: one in 1,500 phrases once held a word that is turned down.
    assert [word for word in _words() if problem(f"{word} {word} {word}")] == []


async def test_two_hashes_at_once_sixteen_wait_and_the_next_is_told_to_come_back() -> None:
    workers, gate = Workers(), threading.Event()
    running: list[int] = []

    def work(number: int) -> int:
        running.append(number)
        gate.wait(10)
        return number

    tasks = [asyncio.create_task(workers.run(work, n)) for n in range(18)]
    while len(running) < 2:
        await asyncio.sleep(0)
    with pytest.raises(Busy) as turned_away:
        await workers.run(work, 18)
    assert turned_away.value.status == 503 and turned_away.value.headers == {"Retry-After": "2"}
    assert len(running) == 2
    gate.set()
    assert await asyncio.gather(*tasks) == list(range(18))
    assert await workers.run(work, 19) == 19, "room again"


NOW = datetime(2026, 11, 25, 12, 0, 10, tzinfo=UTC)


def code(step: int) -> str:
    return pyotp.TOTP(SECRET).at(NOW + timedelta(seconds=30 * step))


@pytest.mark.parametrize(("step", "right"), [(0, True), (-1, True), (-2, False), (1, False)])
def test_the_present_code_and_the_one_before_are_taken(step: int, right: bool) -> None:
    assert (totp.matching_step(SECRET, code(step), NOW) is not None) is right


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "12 34", "-12345"])
def test_what_is_no_code_matches_nothing(typed: str) -> None:
    assert totp.matching_step(SECRET, typed, NOW) is None


def test_a_code_may_be_typed_with_spaces() -> None:
    assert totp.matching_step(SECRET, f" {code(0)[:3]} {code(0)[3:]}", NOW) is not None


def test_a_secret_has_160_bits() -> None:
    assert len(totp.new_secret()) == 32 and totp.new_secret() != totp.new_secret()


async def with_code(keys: Keys) -> tuple[UUID, bytes]:
    account = await an_account(await a_client(), keys)
    sealed = keys.own().seal_bytes("account", "totp", account, SECRET.encode())
    await Account.update({Account.totp: sealed, Account.totp_confirmed_at: NOW}).where(Account.id == account)
    return account, sealed


async def test_a_code_works_once_also_for_two_at_the_same_moment(database: str, keys: Keys) -> None:
    account, sealed = await with_code(keys)
    both = await asyncio.gather(*(totp.spend(account, keys, sealed, code(0), NOW) for _ in range(4)))
    assert sorted(both) == [False, False, False, True]


async def test_an_older_code_is_worth_nothing_after_a_newer_one(database: str, keys: Keys) -> None:
    account, sealed = await with_code(keys)
    assert await totp.spend(account, keys, sealed, code(0), NOW)
    assert not await totp.spend(account, keys, sealed, code(-1), NOW)


async def test_recovery_codes_are_ten_of_eighty_bits_kept_as_hashes(database: str, keys: Keys) -> None:
    account = await an_account(await a_client(), keys)
    codes = await recovery.renew(account, keys)
    assert len(codes) == len(set(codes)) == 10
    assert all(len(recovery.plain(one)) == 16 for one in codes)
    stored = [row["code"] for row in await RecoveryCode.select(RecoveryCode.code)]
    assert all(one.startswith("1$$argon2id$v=19$m=47104") for one in stored)


async def test_a_new_set_of_recovery_codes_voids_the_old(database: str, keys: Keys) -> None:
    account = await an_account(await a_client(), keys)
    old = await recovery.renew(account, keys)
    await recovery.renew(account, keys)
    assert not await recovery.spend(account, keys, old[0], NOW)
    assert await recovery.left(account) == 10


def test_a_recovery_code_is_read_as_it_was_meant() -> None:
    assert recovery.plain("o1il-abcd efgh-jkmn") == "0111ABCDEFGHJKMN"

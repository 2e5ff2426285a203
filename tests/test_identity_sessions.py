"""Sessions: how long they live, what ends them, and that there is one way to begin."""

import ast
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.access.facts import Kind, Role
from app.data.sealing import Keys
from app.data.tables.audit import AccessEvent
from app.data.tables.identity import Account, Notice, Passkey, RecoveryCode, Session
from app.data.tables.people import Staff
from app.identity import sessions
from app.identity.device_names import device_name
from app.identity.lifetimes import Lifetime, lifetime
from app.identity.sessions import SignedIn, State, open_session, signed_in, state_of
from tests.factories import a_client, a_person, a_staff, an_organisation
from tests.identity import an_account

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
ROOT = Path(__file__).parent.parent
SignIn = Callable[..., Awaitable[httpx.AsyncClient]]


def minutes(n: float) -> timedelta:
    return timedelta(minutes=n)


@pytest.mark.parametrize(("kind", "role", "own", "values"), [
    (Kind.CLIENT, None, True, (30, 480, 1440, 5)),
    (Kind.SUPPORTER, None, True, (30, 480, 1440, 5)),
    (Kind.CLIENT, None, False, (15, 0, 480, 5)),
    (Kind.SUPPORTER, None, False, (15, 0, 480, 5)),
    (Kind.STAFF, Role.CASE_MANAGER, True, (15, 60, 720, 3)),
    (Kind.STAFF, Role.CASE_MANAGER, False, (15, 60, 720, 3)),
    (Kind.STAFF, Role.SUPERVISOR, True, (10, 30, 480, 2)),
    (Kind.STAFF, Role.ADMIN, False, (10, 30, 480, 2)),
])  # fmt: skip
def test_lifetimes_are_those_of_the_bar(kind: Kind, role: Role | None, own: bool, values: tuple[int, ...]) -> None:
    idle, locked, whole, at_once = values
    assert lifetime(kind, role, own) == Lifetime(minutes(idle), minutes(locked), minutes(whole), at_once)


@pytest.mark.parametrize(("after", "state"), [
    (-0.1, State.LOCKED),
    (0, State.LIVE),
    (29.9, State.LIVE),
    (30, State.LOCKED),
    (30 + 479.9, State.LOCKED),
    (30 + 480, State.OVER),
])  # fmt: skip
def test_an_unused_session_locks_and_then_ends(after: float, state: State) -> None:
    row = {"created_at": NOW - minutes(5), "seen_at": NOW, "locked_at": None, "expires_at": NOW + minutes(1435)}
    assert state_of(row, lifetime(Kind.CLIENT, None, True), NOW + minutes(after)) is state


def test_a_session_in_use_ends_all_the_same_when_its_time_is_over() -> None:
    life = lifetime(Kind.CLIENT, None, True)
    row = {"created_at": NOW, "seen_at": NOW + minutes(1439), "locked_at": None, "expires_at": NOW + life.whole}
    assert state_of(row, life, NOW + minutes(1439.9)) is State.LIVE
    assert state_of(row, life, NOW + minutes(1440)) is State.OVER
    assert state_of(row | {"expires_at": NOW + 2 * life.whole}, life, NOW + minutes(1440)) is State.OVER


def test_a_shared_device_ends_instead_of_locking() -> None:
    life = lifetime(Kind.CLIENT, None, False)
    row = {"created_at": NOW, "seen_at": NOW, "locked_at": None, "expires_at": NOW + life.whole}
    assert state_of(row, life, NOW + minutes(14.9)) is State.LIVE
    assert state_of(row, life, NOW + minutes(15)) is State.OVER


def test_a_lock_stays_whatever_the_clock_says() -> None:
    row = {"created_at": NOW, "seen_at": NOW, "locked_at": NOW, "expires_at": NOW + minutes(1440)}
    assert state_of(row, lifetime(Kind.CLIENT, None, True), NOW + minutes(1)) is State.LOCKED


async def begun(account: UUID, now: datetime = NOW, **values: Any) -> str:
    defaults = {"factors": "passkey", "own_device": True, "device": "Chrome, Android", "address": "192.0.2.1"}
    return await open_session(account, **(defaults | values), now=now)


async def found(token: str, now: datetime = NOW) -> SignedIn:
    session = await signed_in(token, now)
    assert session
    return session


async def test_only_the_digest_of_the_token_is_stored(database: str, keys: Keys) -> None:
    token = await begun(await an_account(await a_client(), keys))
    assert len(token) == 43
    (row,) = await Session.select()
    assert token not in repr(row) and row["token"] == sessions.digest(token)
    assert await signed_in(row["token"], NOW) is None


async def test_signing_in_is_on_record_with_who_it_was(database: str, keys: Keys) -> None:
    client = await a_client()
    await begun(await an_account(client, keys))
    (event,) = await AccessEvent.select(AccessEvent.actor, AccessEvent.address, AccessEvent.reason)
    assert event == {"actor": client, "address": "192.0.2.1", "reason": "passkey"}


@pytest.mark.parametrize(("role", "most"), [(None, 5), ("case_manager", 3), ("supervisor", 2), ("admin", 2)])
async def test_one_session_too_many_ends_the_longest_unused_with_a_notice(
    database: str, keys: Keys, role: str | None, most: int
) -> None:
    account = await an_account(await (a_staff(role) if role else a_client()), keys)
    tokens = [await begun(account, NOW + timedelta(seconds=n)) for n in range(most)]
    assert await Notice.count() == 0
    await begun(account, NOW + minutes(1))
    assert await signed_in(tokens[0], NOW + minutes(1)) is None
    assert await signed_in(tokens[1], NOW + minutes(1))
    assert (await Notice.select(Notice.kind, Notice.detail)) == [
        {"kind": "oldest_session_ended", "detail": "Chrome, Android"}
    ]


async def test_a_step_up_lasts_ten_minutes(database: str, keys: Keys) -> None:
    token = await begun(await an_account(await a_client(), keys))
    assert (await found(token, NOW + minutes(9.9))).viewer.step_up
    assert not (await found(token, NOW + minutes(10))).viewer.step_up


async def test_a_new_id_at_every_step_up_and_the_old_one_is_worth_nothing(database: str, keys: Keys) -> None:
    token = await begun(await an_account(await a_client(), keys))
    session = (await found(token)).viewer.session
    assert session
    await sessions.lock(session, NOW)
    assert (await found(token)).state is State.LOCKED
    fresh = await sessions.renew(session, NOW + minutes(20))
    assert await signed_in(token, NOW + minutes(20)) is None
    again = await found(fresh, NOW + minutes(20))
    assert again.state is State.LIVE and again.viewer.step_up and again.viewer.session == session


async def test_a_step_up_does_not_prolong_the_whole(database: str, keys: Keys) -> None:
    token = await begun(await an_account(await a_client(), keys))
    session = (await found(token)).viewer.session
    assert session
    fresh = await sessions.renew(session, NOW + minutes(1430))
    assert await signed_in(fresh, NOW + minutes(1440)) is None


async def test_closing_an_account_ends_its_sessions(database: str, keys: Keys) -> None:
    from app.identity.people import close

    person = await a_staff()
    token = await begun(await an_account(person, keys))
    assert await close(person, now=NOW)
    assert await Session.count() == 0 and await signed_in(token, NOW) is None


@pytest.mark.parametrize("what", ["disabled", "left"])
async def test_a_session_left_over_of_a_closed_account_is_worth_nothing(database: str, keys: Keys, what: str) -> None:
    person = await a_staff()
    token = await begun(await an_account(person, keys))
    if what == "disabled":
        await Account.update({Account.disabled_at: NOW}).where(Account.person == person)
    else:
        await Staff.update({Staff.ended_at: NOW}).where(Staff.person == person)
    assert await signed_in(token, NOW) is None


@pytest.mark.parametrize(("role", "factors", "passkeys", "codes", "enrolled"), [
    ("case_manager", "passkey", 1, 0, True),
    ("case_manager", "password+code", 1, 0, False),
    ("case_manager", "password+recovery", 1, 0, False),
    ("case_manager", "passkey", 0, 1, False),
    ("supervisor", "passkey", 1, 0, False),
    ("supervisor", "passkey", 2, 0, True),
    ("supervisor", "passkey", 1, 1, True),
    ("admin", "passkey", 1, 0, False),
    ("admin", "passkey", 1, 1, True),
    ("admin", "demo", 0, 0, True),
])  # fmt: skip
async def test_staff_stand_on_a_passkey_and_overseers_keep_a_second_way_in(
    database: str, keys: Keys, role: str, factors: str, passkeys: int, codes: int, enrolled: bool
) -> None:
    account = await an_account(await a_staff(role), keys)
    await Passkey.delete(force=True)
    for number in range(passkeys):
        await Passkey.insert(Passkey(account=account, credential=f"k{number}", public_key=b"x"))
    for _ in range(codes):
        await RecoveryCode.insert(RecoveryCode(account=account, code="x"))
    assert (await found(await begun(account, factors=factors))).enrolled is enrolled


@pytest.mark.parametrize(("password", "confirmed", "enrolled"), [("", False, False), ("x", False, False),
                                                                 ("x", True, True), ("", True, False)])  # fmt: skip
async def test_a_client_needs_two_factors_before_anything_opens(
    database: str, keys: Keys, password: str, confirmed: bool, enrolled: bool
) -> None:
    account = await an_account(await a_client(), keys)
    await Passkey.delete(force=True)
    await Account.update({Account.password: password, Account.totp_confirmed_at: NOW if confirmed else None}).where(
        Account.id == account
    )
    assert (await found(await begun(account, factors="invitation"))).enrolled is enrolled


async def test_who_was_invited_may_take_their_time_to_set_up(database: str, keys: Keys) -> None:
    account = await an_account(await a_client(), keys)
    await Passkey.delete(force=True)
    token = await begun(account, factors="invitation")
    assert (await found(token, NOW + minutes(20))).viewer.step_up
    await Account.update({Account.password: "x"}).where(Account.id == account)
    assert not (await found(token, NOW + minutes(20))).viewer.step_up


async def seen_at() -> datetime:
    return (await Session.select(Session.seen_at))[0]["seen_at"]


async def unused_for(span: timedelta) -> datetime:
    at = datetime.now(UTC) - span
    await Session.update({Session.seen_at: at}, force=True)
    return at


async def test_opening_a_page_keeps_the_session_open_at_most_once_a_minute(sign_in: SignIn) -> None:
    await an_organisation()
    http = await sign_in(await a_client())
    at = await unused_for(timedelta(seconds=50))
    await http.get("/me/devices")
    assert await seen_at() == at
    at = await unused_for(timedelta(seconds=70))
    await http.get("/me/devices")
    assert await seen_at() > at


@pytest.mark.parametrize(("url", "headers"), [
    ("/manifest.webmanifest", {}),
    ("/sw.js", {}),
    ("/offline?in=en", {}),
    ("/crisis?in=en", {}),
    ("/favicon.ico", {}),
    ("/me/devices", {"Sec-Purpose": "prefetch;prerender"}),
    ("/me/devices", {"Purpose": "prefetch"}),
    ("/me/devices?passive=0&activity=1", {"Sec-Purpose": "prefetch"}),
])  # fmt: skip
async def test_what_nobody_did_keeps_no_session_open(sign_in: SignIn, url: str, headers: dict[str, str]) -> None:
    await an_organisation()
    http = await sign_in(await a_client())
    at = await unused_for(minutes(5))
    assert (await http.get(url, headers=headers)).status_code == 200
    assert await seen_at() == at


async def test_a_clock_that_jumped_back_locks(sign_in: SignIn) -> None:
    await an_organisation()
    http = await sign_in(await a_client())
    await unused_for(minutes(-5))
    assert (await http.get("/me/devices")).headers["location"] == "/unlock?next=/me/devices"


async def test_an_odd_cookie_beside_it_does_not_hide_the_session(sign_in: SignIn) -> None:
    await an_organisation()
    http = await sign_in(await a_client())
    cookie = f'odd="\\{{[; __Host-sid={http.cookies["__Host-sid"]}'
    http.cookies.clear()
    assert (await http.get("/me/devices", headers={"Cookie": cookie})).status_code == 200


async def test_a_sent_form_that_met_a_lock_is_not_offered_as_a_page(sign_in: SignIn) -> None:
    await an_organisation()
    http = await sign_in(await a_client())
    await http.get("/leave")
    assert (await http.post("/me/devices/end-others")).headers["location"] == "/unlock"


def test_every_way_in_ends_in_one_function() -> None:
    """Who calls it is listed here, and nobody else makes a session row."""
    opening, making = [], []
    for folder in ("app", "portal", "staff"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call):
                    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                    if name == "open_session":
                        opening.append(path.relative_to(ROOT).as_posix())
                    if name == "Session":
                        making.append(path.relative_to(ROOT).as_posix())
    assert opening == ["app/identity/demo.py", "portal/entrance.py"]
    assert making == ["app/identity/sessions.py"]


@pytest.mark.parametrize(("said", "name"), [
    ("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36",
     "Chrome, Android"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile/15E148 Safari/604.1",
     "Safari, iPhone"),
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox, Linux"),
    ("curl/8.0", ""),
    ("", ""),
])  # fmt: skip
def test_a_device_is_named_in_words_a_person_knows(said: str, name: str) -> None:
    assert device_name(said) == name


async def test_a_supporter_is_of_the_portal(database: str, keys: Keys) -> None:
    session = await found(await begun(await an_account(await a_person("Rosa"), keys)))
    assert (session.viewer.kind, session.viewer.role, session.viewer.called_name) == (Kind.SUPPORTER, None, "Rosa")

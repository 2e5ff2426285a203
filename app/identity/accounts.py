"""Accounts: found by a blind key of the login, proven by factors, told of what changes."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.access.log import Event, append
from app.data.engine import Statement
from app.data.piccolo_conf import DB
from app.data.sealing import Keys
from app.data.tables.identity import Account
from app.identity import hold, known_devices, notices, passwords, recovery, throttle, totp
from app.identity.notices import tell

_ROW = """SELECT a.id, a.person, a.password, a.totp, a.totp_confirmed_at, a.disabled_at, a.failures, a.handle, a.login,
       p.called_name, p.kind FROM account a JOIN person p ON p.id = a.person"""
BY_LOGIN = Statement(_ROW + " WHERE a.login_key = {key}")
BY_ID = Statement(_ROW + " WHERE a.id = {account}")
BY_HANDLE = Statement(_ROW + " WHERE a.handle = {handle}")
MOST_FAILURES = (
    100  # in a row, whatever the device: then the password path is shut until recovery; a passkey still works
)
FEW_CODES = 3
NOBODY = UUID(int=0)  # stands in for an account that is not there, so that the work stays the same


@dataclass(frozen=True, slots=True)
class AccountFacts:
    id: UUID
    person: UUID
    password: str
    totp: bytes | None
    has_code: bool
    disabled: bool
    failures: int
    handle: bytes
    login: str
    called_name: str
    kind: str


def login_key(keys: Keys, login: str) -> str:
    return keys.blind("login", login.strip().casefold())


async def by_login(keys: Keys, login: str) -> AccountFacts | None:
    return _facts(keys, (await DB.run((BY_LOGIN, {"key": login_key(keys, login)})))[0])


async def by_id(keys: Keys, account: UUID) -> AccountFacts | None:
    return _facts(keys, (await DB.run((BY_ID, {"account": account})))[0])


async def by_handle(keys: Keys, handle: bytes) -> AccountFacts | None:
    return _facts(keys, (await DB.run((BY_HANDLE, {"handle": handle})))[0])


def _facts(keys: Keys, rows: list[dict]) -> AccountFacts | None:
    if not rows:
        return None
    row = rows[0]
    return AccountFacts(
        id=row["id"],
        person=row["person"],
        password=row["password"],
        totp=bytes(row["totp"]) if row["totp"] is not None else None,
        has_code=row["totp_confirmed_at"] is not None,
        disabled=row["disabled_at"] is not None,
        failures=row["failures"],
        handle=bytes(row["handle"]),
        login=keys.own().open("account", "login", row["id"], row["login"]) or "",
        called_name=row["called_name"],
        kind=row["kind"],
    )


async def password_is(
    keys: Keys, login: str, password: str, *, address: str, device: str, now: datetime
) -> AccountFacts | None:
    """The account, if the password is right. Unknown, closed and passwordless accounts do the same work and get the same
    answer. device: the value of the known-device cookie, "" without one.

    Raises throttle.TooMany before anything is verified, and passwords.Busy before anything is written: a flood of tries
    must not fill the line of those who write.
    """
    account = await by_login(keys, login)
    await throttle.slow_down(now)
    with passwords.WORKERS.place():
        return await _tried(keys, account, login, password, address, device, now)


async def _tried(
    keys: Keys, account: AccountFacts | None, login: str, password: str, address: str, device: str, now: datetime
) -> AccountFacts | None:
    here = await throttle.count(f"address:{throttle.network(address)}", throttle.ADDRESS, now)
    known = await known_devices.known(keys, account.id if account else NOBODY, device, now)
    scope = f"account:{login_key(keys, login)[:32]}:{known or 'new'}"
    await throttle.count(scope, throttle.ACCOUNT, now)
    usable = account is not None and not account.disabled and account.failures < MOST_FAILURES
    right = await passwords.verified(keys, account.password if account and usable else "", password)
    if account is None or not right:
        await _failed(account, "password", address, now)
        return None
    await throttle.forget(scope)
    await throttle.take_back(here)
    await _after_success(keys, account, password, now)
    return account


async def _failed(account: AccountFacts | None, factor: str, address: str, now: datetime) -> None:
    """One transaction of the same shape whether or not there is such an account, so that the time taken tells nothing."""
    who = account.id if account else NOBODY
    async with DB.transaction():
        await throttle.site_failed(now)
        if factor == "password":
            await Account.update({Account.failures: Account.failures + 1}).where(Account.id == who)
        await append(
            [
                Event(
                    "sign-in",
                    actor=account.person if account else None,
                    effect="deny",
                    address=address,
                    reason=factor,
                    at=now,
                )
            ]
        )
    if await throttle.site_is_pressed(now):
        await notices.tell_administrators("many_failures", now)


async def _after_success(keys: Keys, account: AccountFacts, password: str, now: datetime) -> None:
    if account.failures:
        await Account.update({Account.failures: 0}).where(Account.id == account.id)
    if account.failures >= 5:
        await tell(account.id, "success_after_failures", now)
    if passwords.outdated(account.password):
        hashed = await passwords.WORKERS.at_work(passwords.hash_password, keys, password)
        await Account.update({Account.password: hashed}).where(Account.id == account.id)


async def second_factor_is(
    keys: Keys, account: AccountFacts, typed: str, now: datetime, *, recover: bool, address: str = ""
) -> bool:
    """A one-time code, or (recover) a recovery code in its place. Raises throttle.TooMany.

    After a recovery code everything that was signed in has ended, and every browser is a new one again (R6).
    """
    scope = f"second:{account.id}"
    await throttle.count(scope, throttle.SECOND_FACTOR, now)
    if recover:
        right = await recovery.spend(account.id, keys, typed, now)
    else:
        right = await totp.spend(account.id, keys, account.totp if account.has_code else None, typed, now)
    if not right:
        await _failed(account, "second factor", address, now)
        return False
    await throttle.forget(scope)
    if recover:
        await _recovered(account, now)
    return True


async def _recovered(account: AccountFacts, now: datetime) -> None:
    await hold.begin(account.id, account.person, "recovery_code_used", now)
    if await recovery.left(account.id) < FEW_CODES:
        await tell(account.id, "few_recovery_codes", now)

"""Accounts: found by a blind key of the login, proven by factors, told of what changes."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.access.log import Event, record
from app.data.engine import Statement
from app.data.piccolo_conf import DB
from app.data.sealing import Keys
from app.data.tables.identity import Account, Notice
from app.identity import passwords, recovery, throttle, totp

_ROW = """SELECT a.id, a.person, a.password, a.totp, a.totp_confirmed_at, a.disabled_at, a.failures, a.handle, a.login,
       p.called_name, p.kind FROM account a JOIN person p ON p.id = a.person"""
BY_LOGIN = Statement(_ROW + " WHERE a.login_key = {key}")
BY_ID = Statement(_ROW + " WHERE a.id = {account}")
BY_HANDLE = Statement(_ROW + " WHERE a.handle = {handle}")
MOST_FAILURES = 100


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
    answer. device: the known device's id, or "" for a browser we have not met, so that nobody elsewhere locks its owner out.

    Raises throttle.TooMany before anything is verified.
    """
    account = await by_login(keys, login)
    scope = f"account:{login_key(keys, login)[:32]}:{device or 'new'}"
    await throttle.count(f"address:{address}", throttle.ADDRESS, now)
    await throttle.count(scope, throttle.ACCOUNT, now)
    usable = account is not None and not account.disabled and account.failures < MOST_FAILURES
    stored = account.password if account and usable else ""
    right = await passwords.verified(keys, stored, password)
    if account is None:
        return None
    if not right:
        await Account.update({Account.failures: Account.failures + 1}).where(Account.id == account.id)
        await record(Event("sign-in", actor=account.person, effect="deny", address=address, reason="password", at=now))
        return None
    await throttle.forget(scope)
    await throttle.forget(f"address:{address}")
    if account.failures:
        await Account.update({Account.failures: 0}).where(Account.id == account.id)
    if account.failures >= 5:
        await tell(account.id, "success_after_failures", now)
    if passwords.outdated(account.password):
        await Account.update({Account.password: await passwords.hashed(keys, password)}).where(Account.id == account.id)
    return account


async def second_factor_is(keys: Keys, account: AccountFacts, typed: str, now: datetime, *, recover: bool) -> bool:
    """A one-time code, or (recover) a recovery code in its place. Raises throttle.TooMany."""
    scope = f"second:{account.id}"
    await throttle.count(scope, throttle.SECOND_FACTOR, now)
    if recover:
        right = await recovery.spend(account.id, keys, typed, now)
        if right:
            await tell(account.id, "recovery_code_used", now)
    else:
        right = await totp.spend(account.id, keys, account.totp if account.has_code else None, typed, now)
    if right:
        await throttle.forget(scope)
    else:
        await record(Event("sign-in", actor=account.person, effect="deny", reason="second factor", at=now))
    return right


async def tell(account: UUID, kind: str, now: datetime) -> None:
    """In-app notice about the person's own account; words are chosen where it is shown."""
    await Notice.insert(Notice(account=account, kind=kind, at=now))

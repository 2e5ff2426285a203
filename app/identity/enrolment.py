"""Setting up how one signs in: a password with a one-time code, recovery codes. Nobody but the person sees or picks a secret.

Whatever is changed here ends all other sessions of the account and is told to its owner (S9, A17).
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from app.access.log import Event, record
from app.data.sealing import Keys
from app.data.tables.identity import Account
from app.identity import ceremonies, passkeys, passwords, recovery, sessions, throttle, totp
from app.identity.accounts import AccountFacts
from app.identity.notices import tell

WAITING = "code-add"  # a secret that no right code has confirmed yet


async def _changed(account: AccountFacts, what: str, notice: str, now: datetime, session: UUID | None) -> None:
    await sessions.end_others(account.id, now, but=session)
    if account.has_code or await passkeys.held(account.id):  # else it is being set up for the first time
        await tell(account.id, notice, now)
    await record(Event("factor-changed", actor=account.person, reason=what, at=now))


async def choose_password(
    account: AccountFacts, keys: Keys, password: str, now: datetime, *, session: UUID | None
) -> None:
    """session: the one that stays."""
    values: dict[Any, Any] = {
        Account.password: await passwords.hashed(keys, password),
        Account.password_changed_at: now,
        Account.failures: 0,
    }
    await Account.update(values).where(Account.id == account.id)
    await _changed(account, "password", "password_changed", now, session)


async def start_code(account: AccountFacts, keys: Keys, browser: str, now: datetime) -> None:
    """A new secret to scan within five minutes. Until a right code comes, the code in use stays as it is."""
    sealed = keys.own().seal_bytes("account", "totp", account.id, totp.new_secret().encode())
    await ceremonies.begin(WAITING, browser, now, account=account.id, challenge=sealed)


async def code_to_scan(account: AccountFacts, keys: Keys, browser: str, now: datetime) -> tuple[str, str] | None:
    """The secret that waits in this browser and its otpauth address; None when there is none."""
    pending = await ceremonies.look(WAITING, browser, now)
    if pending is None or pending.account != account.id:
        return None
    secret = keys.own().open("account", "totp", account.id, pending.challenge) or ""
    return secret, totp.uri(secret, account.login, "Cairn")


async def confirm_code(
    account: AccountFacts, keys: Keys, browser: str, typed: str, now: datetime, *, session: UUID | None
) -> bool:
    """The first right code shows that the person's app holds the secret. Raises throttle.TooMany."""
    scope = f"second:{account.id}"
    await throttle.count(scope, throttle.SECOND_FACTOR, now)
    waiting = await code_to_scan(account, keys, browser, now)
    step = totp.matching_step(waiting[0], typed, now) if waiting else None
    pending = await ceremonies.take(WAITING, browser, now) if step is not None else None
    if pending is None or step is None:
        return False
    await throttle.forget(scope)
    values: dict[Any, Any] = {
        Account.totp: pending.challenge,
        Account.totp_confirmed_at: now,
        Account.totp_step: step,
    }
    await Account.update(values).where(Account.id == account.id)
    await _changed(account, "one-time code", "code_added", now, session)
    return True


async def new_recovery_codes(account: AccountFacts, keys: Keys, now: datetime, *, session: UUID | None) -> list[str]:
    """Ten new ones, to be shown once; the old ones are void."""
    codes = await recovery.renew(account.id, keys)
    await _changed(account, "recovery codes", "recovery_codes_made", now, session)
    return codes

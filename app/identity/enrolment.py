"""Setting up how one signs in: a password with a one-time code. Nobody but the person ever sees or picks a secret."""

from datetime import datetime
from typing import Any
from uuid import UUID

from app.access.log import Event, record
from app.data.sealing import Keys
from app.data.tables.identity import Account
from app.identity import passwords, sessions, totp
from app.identity.accounts import AccountFacts, by_id, tell


async def choose_password(account: AccountFacts, keys: Keys, password: str, now: datetime, *, session: UUID) -> None:
    """A new password and, if there is no confirmed code yet, a new secret for one. All other sessions end."""
    values: dict[Any, Any] = {
        Account.password: await passwords.hashed(keys, password),
        Account.password_changed_at: now,
        Account.failures: 0,
    }
    if not account.has_code:
        values[Account.totp] = keys.own().seal("account", "totp", account.id, totp.new_secret())
    await Account.update(values).where(Account.id == account.id)
    await sessions.end_others(account.id, now, but=session)
    await tell(account.id, "password_changed", now)
    await record(Event("factor-changed", actor=account.person, reason="password", at=now))


async def code_to_scan(account: UUID, keys: Keys) -> tuple[str, str] | None:
    """The unconfirmed secret and its otpauth address; None when there is none waiting."""
    found = await by_id(keys, account)
    if found is None or found.totp is None or found.has_code:
        return None
    secret = keys.own().open("account", "totp", account, found.totp) or ""
    return secret, totp.uri(secret, found.login, "Cairn")


async def confirm_code(account: UUID, keys: Keys, typed: str, now: datetime) -> bool:
    """The first right code shows that the person's app holds the secret."""
    found = await by_id(keys, account)
    if found is None or found.has_code or not await totp.spend(account, keys, found.totp, typed, now):
        return False
    await Account.update({Account.totp_confirmed_at: now}).where(Account.id == account)
    await tell(account, "code_added", now)
    await record(Event("factor-added", actor=found.person, reason="one-time code", at=now))
    return True

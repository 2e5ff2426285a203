"""A live session for a test, without the ceremony; the sign-in tests walk the real ways."""

import secrets
from datetime import UTC, datetime
from uuid import UUID

from app.data.sealing import Keys
from app.data.tables.identity import Account, Passkey, Session
from app.identity.sessions import digest, open_session


async def an_account(person: UUID, keys: Keys, login: str | None = None) -> UUID:
    """The person's account, made with two passkeys if there is none."""
    found = await Account.select(Account.id).where(Account.person == person).first()
    if found:
        return found["id"]
    login = login or f"{secrets.token_hex(6)}@cairn.example"
    account = Account(person=person, login_key=keys.blind("login", login.casefold()), handle=secrets.token_bytes(32))
    account.login = keys.own().seal("account", "login", account.id, login)
    await Account.insert(account)
    for name in ("Test", "Spare"):
        key = Passkey(account=account.id, credential=secrets.token_urlsafe(16), public_key=b"x", name=name)
        await Passkey.insert(key)
    return account.id


async def a_live_session(person: UUID, *, keys: Keys, step_up: bool = False) -> str:
    """The cookie's value. step_up: a factor was shown just now."""
    account = await an_account(person, keys)
    cookie = await open_session(
        account, factors="passkey", own_device=True, device="Test", address="192.0.2.1", now=datetime.now(UTC)
    )
    if not step_up:
        await Session.update({Session.step_up_at: None}).where(Session.token == digest(cookie))
    return cookie

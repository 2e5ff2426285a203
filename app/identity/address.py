"""Another address to sign in with: a link goes to the new one, and the old one is told (A17)."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from app.access.log import Event, append
from app.data.piccolo_conf import DB
from app.data.sealing import Keys
from app.data.tables.identity import Account
from app.delivery import outbox
from app.identity import accounts, links, reset, sessions
from app.identity.accounts import AccountFacts
from app.identity.notices import tell

STILL_WANTED = timedelta(hours=1)


async def ask(keys: Keys, account: AccountFacts, new: str, *, address: str, now: datetime) -> None:
    """Have a link sent to the new address. One that somebody else uses already looks the same and gets none (A13)."""
    key = accounts.login_key(keys, new)
    allowed = await reset.counted(key, address, now)
    taken = await Account.exists().where(Account.login_key == key)
    async with DB.transaction():
        await append([Event("address-asked", actor=account.person, address=address, at=now)])
        if allowed and not taken:
            await outbox.put(
                "account.address",
                account.person,
                now,
                key=f"account.address:{uuid4()}",
                keys=keys,
                address=new.strip(),
                until=(now + STILL_WANTED).isoformat(),
                login=accounts.login_key(keys, account.login),
            )
        else:
            await reset.as_much_work(now)


async def change(keys: Keys, account: AccountFacts, token: str, now: datetime, *, session: UUID | None) -> bool:
    """Use the link up and sign in with the new address from now on. False when it is not this account's, or over.

    session: the one that stays.
    """
    async with DB.transaction():
        link = await links.opened(keys, links.ADDRESS, token, now)
        key = accounts.login_key(keys, link.address) if link else ""
        if link is None or link.account != account.id or await Account.exists().where(Account.login_key == key):
            return False
        if await links.take(keys, links.ADDRESS, token, now) is None:
            return False
        sealed = keys.own().seal("account", "login", account.id, link.address)
        values: dict[Any, Any] = {Account.login_key: key, Account.login: sealed}
        await Account.update(values).where(Account.id == account.id)
        await links.end(links.RESET, account.id)
        await sessions.end_others(account.id, now, but=session)
        await _told(keys, account, now)
    return True


async def _told(keys: Keys, account: AccountFacts, now: datetime) -> None:
    await tell(account.id, "address_changed", now)
    key = f"account.notice:{uuid4()}"
    await outbox.put("account.notice", account.person, now, key=key, keys=keys, address=account.login)
    await append([Event("address-changed", actor=account.person, at=now)])

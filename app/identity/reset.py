"""A forgotten password: a mailed link, and the factor that is left (R2). Nobody is told which accounts there are (A13)."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from app.access.log import Event, append
from app.data.piccolo_conf import DB
from app.data.sealing import Keys
from app.data.tables.identity import Account, Token
from app.delivery import outbox
from app.identity import accounts, ceremonies, hold, links, passwords, recovery, throttle
from app.identity.accounts import NOBODY, AccountFacts
from app.identity.throttle import TooMany

PURPOSE = "reset"
TIME_TO_FINISH = timedelta(minutes=10)
STILL_WANTED = timedelta(hours=1)


async def ask(keys: Keys, login: str, *, address: str, now: datetime) -> None:
    """Have a link sent, if there is such an account and not too many were asked for. Whatever happens looks the same."""
    account = await accounts.by_login(keys, login)
    allowed = await counted(accounts.login_key(keys, login), address, now)
    wanted = account if account and allowed and not account.disabled else None
    async with DB.transaction():
        if allowed:
            await append([Event("reset-asked", actor=wanted.person if wanted else None, address=address, at=now)])
        if wanted:
            until = (now + STILL_WANTED).isoformat()
            key = accounts.login_key(keys, wanted.login)
            await outbox.put(
                "account.reset", wanted.person, now, key=f"account.reset:{uuid4()}", until=until, login=key
            )
        else:
            await as_much_work(now)


async def counted(login_key: str, address: str, now: datetime) -> bool:
    """By address and by account, whether or not there is one (A14)."""
    try:
        await throttle.count(f"mail-from:{throttle.network(address)}", throttle.MAIL_FROM, now)
        await throttle.count(f"mail:{login_key[:32]}", throttle.MAIL, now)
    except TooMany:
        return False
    return True


async def as_much_work(now: datetime) -> None:
    """A row of the same kind, gone again when the transaction ends: the time taken tells nothing."""
    with suppress(_Undone):
        async with DB.transaction():
            await Token.insert(Token(purpose="none", token=uuid4().hex, account=NOBODY, expires_at=now))
            raise _Undone


class _Undone(Exception):
    pass


async def begin(keys: Keys, token: str, browser: str, now: datetime) -> bool:
    """Use the link up; the rest is done in this browser, at an address without the token (R4)."""
    link = await links.take(keys, links.RESET, token, now)
    if link is None:
        return False
    await ceremonies.begin(PURPOSE, browser, now, account=link.account, valid=TIME_TO_FINISH)
    return True


async def begun(keys: Keys, browser: str, now: datetime) -> AccountFacts | None:
    """Whose password is being chosen in this browser."""
    pending = await ceremonies.look(PURPOSE, browser, now)
    account = await accounts.by_id(keys, pending.account) if pending and pending.account else None
    return account if account and not account.disabled else None


async def possible(account: AccountFacts) -> bool:
    """A factor is left that can be typed: without one, somebody has to see who this is."""
    return account.has_code or await recovery.left(account.id) > 0


async def finish(
    keys: Keys, account: AccountFacts, browser: str, typed: str, password: str, *, address: str, now: datetime
) -> str:
    """The new password, if the code (of the app, or a recovery code) is right: what was shown. "" when it is not.

    Raises throttle.TooMany.
    """
    by_recovery = len(typed.replace(" ", "").replace("-", "")) > 6
    if not await accounts.second_factor_is(keys, account, typed, now, recover=by_recovery, address=address):
        return ""
    if await ceremonies.take(PURPOSE, browser, now) is None:
        return ""
    hashed = await passwords.hashed(keys, password)
    async with DB.transaction():
        values: dict[Any, Any] = {
            Account.password: hashed,
            Account.password_changed_at: now,
            Account.failures: 0,
        }
        await Account.update(values).where(Account.id == account.id)
        await links.end(links.RESET, account.id)
        await hold.begin(account.id, account.person, "password_reset", now)
    return "password+recovery" if by_recovery else "password+code"

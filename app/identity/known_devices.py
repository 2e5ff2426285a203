"""Browsers that their owner signed in with before (A14). Each has a throttle counter of its own, so that nobody elsewhere can
lock the owner out, and a sign-in from any other one is told to the owner (A17).

The cookie is one random value for all accounts of a browser; what is stored is its keyed digest for one account.
"""

import hmac
import re
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from app.data.engine import Statement
from app.data.piccolo_conf import DB
from app.data.sealing import Keys
from app.data.tables.identity import KnownDevice

COOKIE = "__Host-device"
VALID = timedelta(days=180)
MOST = 10
_VALUE = re.compile(r"[A-Za-z0-9_-]{43}\Z")
_FIND = Statement("SELECT d.id, d.seen_at FROM known_device d WHERE d.token = {token}")
_OLDEST = Statement(
    "SELECT d.id FROM known_device d WHERE d.account = {account} ORDER BY d.seen_at DESC LIMIT 50 OFFSET {skip}"
)


def _token(keys: Keys, account: UUID, cookie: str) -> str:
    return hmac.digest(keys.cookie, f"device|{account}|{cookie}".encode(errors="replace"), "sha256").hex()


async def known(keys: Keys, account: UUID, cookie: str, now: datetime) -> UUID | None:
    """The device's id, if this account used it within half a year."""
    rows = (await DB.run((_FIND, {"token": _token(keys, account, cookie)})))[0]
    return rows[0]["id"] if rows and rows[0]["seen_at"] > now - VALID else None


async def remember(keys: Keys, account: UUID, cookie: str, now: datetime) -> str:
    """The cookie's value from now on. One device too many, and the one longest unused is forgotten."""
    value = cookie if _VALUE.match(cookie) else secrets.token_urlsafe(32)
    token = _token(keys, account, value)
    async with DB.transaction():
        await KnownDevice.delete().where(KnownDevice.token == token)
        await KnownDevice.insert(KnownDevice(account=account, token=token, seen_at=now))
        for old in (await DB.run((_OLDEST, {"account": account, "skip": MOST})))[0]:
            await KnownDevice.delete().where(KnownDevice.id == old["id"])
    return value


async def forget_all(account: UUID) -> None:
    await KnownDevice.delete().where(KnownDevice.account == account)

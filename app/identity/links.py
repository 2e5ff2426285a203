"""Links that are sent or shown: 256 random bits, kept as their SHA-256 alone, for one purpose, one account, one use (R3)."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.data.engine import Row, Statement
from app.data.piccolo_conf import DB
from app.data.sealing import Keys
from app.data.tables.identity import Token

RESET, ADDRESS, RECOVERY = "reset", "address", "recovery"
VALID = {RESET: timedelta(minutes=10), ADDRESS: timedelta(minutes=10), RECOVERY: timedelta(minutes=15)}
_OPEN = Statement("""SELECT t.id, t.account, t.address FROM token t JOIN account a ON a.id = t.account
    WHERE t.token = {token} AND t.purpose = {purpose} AND t.used_at IS NULL AND t.expires_at > {now}
    AND a.disabled_at IS NULL""")


@dataclass(frozen=True, slots=True)
class Link:
    """One that can still be used. address: the new one, in a link that changes it."""

    id: UUID
    account: UUID
    address: str


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


async def make(purpose: str, account: UUID, now: datetime, *, keys: Keys | None = None, address: str = "") -> str:
    """A new link's token; an earlier one for the same ends. address needs keys."""
    token = secrets.token_urlsafe(32)
    row = Token(purpose=purpose, token=_digest(token), account=account, expires_at=now + VALID[purpose])
    if keys and address:
        row.address = keys.own().seal_bytes("token", "address", row.id, address.encode())
    async with DB.transaction():
        await end(purpose, account)
        await Token.insert(row)
    return token


async def end(purpose: str, account: UUID) -> None:
    """Links of this purpose no longer open anything."""
    await Token.delete().where(Token.account == account, Token.purpose == purpose)


async def opened(keys: Keys, purpose: str, token: str, now: datetime) -> Link | None:
    """Looking at a link changes nothing: mail scanners do it too (R4)."""
    rows = (await DB.run((_OPEN, {"token": _digest(token), "purpose": purpose, "now": now})))[0]
    return _link(keys, rows[0]) if rows else None


def _link(keys: Keys, row: Row) -> Link:
    sealed = bytes(row["address"]) if row["address"] is not None else None
    return Link(row["id"], row["account"], keys.own().open("token", "address", row["id"], sealed) or "")


async def take(keys: Keys, purpose: str, token: str, now: datetime) -> Link | None:
    """Use the link up. Of two at the same moment one gets it."""
    found = await opened(keys, purpose, token, now)
    if found is None:
        return None
    values: dict[Any, Any] = {Token.used_at: now, Token.address: None}
    used = Token.update(values).where(Token.id == found.id, Token.used_at.is_null())
    return found if await used.returning(Token.id) else None

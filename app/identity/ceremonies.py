"""Pending proofs: a challenge, or the first half of a sign-in. Single use, bound to the browser, five minutes."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.data.tables.identity import Ceremony

VALID = timedelta(seconds=300)


@dataclass(frozen=True, slots=True)
class Pending:
    account: UUID | None
    challenge: bytes
    detail: dict[str, Any]


def _browser(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()


async def begin(
    purpose: str,
    browser: str,
    now: datetime,
    *,
    account: UUID | None = None,
    challenge: bytes = b"",
    valid: timedelta = VALID,
    **detail: Any,
) -> None:
    """browser: the value of the cookie that ties this to one browser. An unfinished one of the same purpose is dropped."""
    bound = _browser(browser)
    await Ceremony.delete().where(Ceremony.browser == bound, Ceremony.purpose == purpose)
    await Ceremony.delete().where(Ceremony.expires_at < now)
    await Ceremony.insert(
        Ceremony(
            purpose=purpose,
            browser=bound,
            account=account,
            challenge=challenge,
            detail=json.dumps(detail),
            expires_at=now + valid,
        )
    )


async def take(purpose: str, browser: str, now: datetime) -> Pending | None:
    """The pending proof, which is gone afterwards whether or not it is then met."""
    if not browser:
        return None
    mine = (Ceremony.browser == _browser(browser)) & (Ceremony.purpose == purpose)
    rows = (
        await Ceremony.delete()
        .where(mine)
        .returning(Ceremony.account, Ceremony.challenge, Ceremony.detail, Ceremony.expires_at)
    )
    if not rows or rows[0]["expires_at"] <= now:
        return None
    row = rows[0]
    return Pending(row["account"], bytes(row["challenge"]), json.loads(row["detail"]))


async def look(purpose: str, browser: str, now: datetime) -> Pending | None:
    """The pending proof, left in place: for showing the page that finishes it."""
    if not browser:
        return None
    rows = await Ceremony.select().where(
        Ceremony.browser == _browser(browser), Ceremony.purpose == purpose, Ceremony.expires_at > now
    )
    return Pending(rows[0]["account"], bytes(rows[0]["challenge"]), json.loads(rows[0]["detail"])) if rows else None

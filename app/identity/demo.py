"""One-click sign-in, for the sample organisation alone: its routes are not there unless the demo is served on this machine."""

import hmac
from datetime import datetime
from uuid import UUID

from app.data.sealing import Keys
from app.data.tables.identity import Account
from app.identity.sessions import open_session


def ticket(keys: Keys, person: UUID | str) -> str:
    """What makes a one-click address this demo's own."""
    return hmac.digest(keys.cookie, f"demo|{person}".encode(), "sha256").hex()[:32]


def ticket_holds(keys: Keys, person: UUID, given: str) -> bool:
    return hmac.compare_digest(ticket(keys, person).encode(), given.encode(errors="replace"))


async def sign_in_as(person: UUID, *, device: str, address: str, now: datetime) -> str | None:
    """A session of that person; None when they have no account. `factors` says where it came from."""
    row = await Account.select(Account.id).where(Account.person == person, Account.disabled_at.is_null()).first()
    if row is None:
        return None
    return await open_session(row["id"], factors="demo", own_device=True, device=device, address=address, now=now)

"""After somebody came back into an account by another way than usual (R6): everything that was signed in has ended, its owner
is told wherever we can reach them, and for a day what could do harm waits."""

from datetime import datetime, timedelta
from uuid import UUID

from app.access.log import Event, append
from app.data.engine import Statement
from app.data.piccolo_conf import DB
from app.data.tables.identity import Account
from app.identity import known_devices, sessions
from app.identity.notices import tell

HOLD = timedelta(hours=24)
_RECOVERED = Statement("SELECT a.recovered_at FROM account a WHERE a.id = {account}")


async def held(account: UUID, now: datetime) -> datetime | None:
    """Until when this account may not export a record or widen a consent; None when it may."""
    rows = (await DB.run((_RECOVERED, {"account": account})))[0]
    until = rows[0]["recovered_at"] + HOLD if rows and rows[0]["recovered_at"] else None
    return until if until and until > now else None


async def begin(account: UUID, person: UUID, notice: str, now: datetime) -> None:
    """notice: what the owner is told (a kind of `app.identity.notices`)."""
    async with DB.transaction():
        await Account.update({Account.recovered_at: now}).where(Account.id == account)
        await sessions.end_others(account, now)
        await known_devices.forget_all(account)
        await tell(account, notice, now)
        await append([Event("account-recovered", actor=person, reason=notice[:40], at=now)])

"""Keeping what somebody outside says. Nothing here looks a name up, so no answer can tell whether it is known."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.access.log import Event, append
from app.data.engine import Statement
from app.data.piccolo_conf import DB
from app.data.sealing import Keys
from app.data.tables.telling import Telling
from app.delivery import outbox
from app.forms import MESSAGE
from app.identity import throttle
from app.identity.throttle import TooMany
from app.telling.words import SEALED

LONGEST = MESSAGE
KIND = "telling.received"
_TRIAGE = Statement("SELECT s.person FROM staff s WHERE s.role = 'supervisor' AND s.ended_at IS NULL")


@dataclass(frozen=True, slots=True)
class Told:
    """about: whom it is about, as they name them. who, reach: who says it, and how to reach them; "" when they don't say."""

    about: str
    text: str
    who: str = ""
    reach: str = ""
    in_confidence: bool = False
    language: str = "en"


async def tell(keys: Keys, told: Told, *, form_id: UUID, address: str, now: datetime) -> None:
    """Kept for those who triage. Sent twice it is kept once; beyond the limit of one address it is not, and nobody is told.

    The log names no address: whoever wants to stay unnamed does.
    """
    try:
        await throttle.count(f"tell:{throttle.network(address)}", throttle.TELLING, now)
    except TooMany:
        return
    row, own = Telling(id=form_id, at=now, in_confidence=told.in_confidence, language=told.language), keys.own()
    for column in SEALED:
        setattr(row, column, own.seal("telling", column, form_id, getattr(told, column) or None))
    async with DB.transaction():
        if await Telling.insert(row).on_conflict(action="DO NOTHING").returning(Telling.id):
            await append([Event("told", item=form_id, at=now)])
            await _let_know(now)


async def _let_know(now: datetime) -> None:
    """Those who triage, by a letter without a word of it, one an hour at most: what comes in after one waits for the next."""
    this = now.replace(minute=0, second=0, microsecond=0)
    following = this + timedelta(hours=1)
    for row in (await DB.run((_TRIAGE, {})))[0]:
        if not await outbox.put_once(KIND, row["person"], now, key=_key(row["person"], this)):
            await outbox.put_once(KIND, row["person"], following, key=_key(row["person"], following))


def _key(person: UUID, hour: datetime) -> str:
    return f"{KIND}:{person}:{hour:%Y%m%d%H}"

"""Somebody who lost every way in, helped by staff (R5): who they are is checked as carefully as the first time and recorded;
for all but a client on one's own team a second person says yes. Staff hand over a link and never see or choose a secret."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.access.log import Event, append
from app.data.engine import Statement
from app.data.piccolo_conf import DB
from app.data.sealing import Keys
from app.data.tables.identity import Account, Passkey, Recovery, RecoveryCode
from app.errors import NotFound, Refused
from app.identity import hold, links
from app.identity.notices import tell, tell_overseers
from app.identity.people import person_with_login
from app.language import lazy

WAYS = {
    "photo_id": lazy("I saw a photo ID, and the person with it"),
    "known": lazy("I know this person well, and they are here with me"),
    "papers": lazy("I saw two papers with their name and address"),
}
WAITS = timedelta(hours=24)
_ROW = """SELECT v.id, v.how, v.asked_by, v.asked_at, v.approved_at, a.person, p.kind, p.called_name, q.called_name AS asker
    FROM recovery v JOIN account a ON a.id = v.account JOIN person p ON p.id = a.person
    LEFT JOIN person q ON q.id = v.asked_by WHERE v.ended_at IS NULL AND v.asked_at > {since}"""
_OPEN = Statement(_ROW + " ORDER BY v.asked_at LIMIT 100")
_ONE = Statement(_ROW + " AND v.id = {id}")
_OF = Statement(_ROW + " AND a.person = {person} AND v.asked_by = {by} ORDER BY v.asked_at DESC LIMIT 1")


@dataclass(frozen=True, slots=True)
class Asked:
    """Help that was asked for and has not come yet. called_name: of a staff member; "" for anyone else."""

    id: UUID
    how: str
    asked_by: UUID | None
    asked_at: datetime
    approved: bool
    person: UUID
    called_name: str
    asker: str


async def waiting(now: datetime) -> list[Asked]:
    """What needs a second person."""
    rows = (await DB.run((_OPEN, {"since": now - WAITS})))[0]
    return [_asked(row) for row in rows if row["approved_at"] is None]


async def asked_for(person: UUID, by: UUID, now: datetime) -> Asked | None:
    """What this colleague asked for. Others see nothing of it: it would tell whom else somebody knows here."""
    rows = (await DB.run((_OF, {"since": now - WAITS, "person": person, "by": by})))[0]
    return _asked(rows[0]) if rows else None


def _asked(row: dict[str, Any]) -> Asked:
    return Asked(
        id=row["id"],
        how=row["how"],
        asked_by=row["asked_by"],
        asked_at=row["asked_at"],
        approved=row["approved_at"] is not None,
        person=row["person"],
        called_name=row["called_name"] if row["kind"] == "staff" else "",
        asker=row["asker"] or "",
    )


async def ask(person: UUID, how: str, *, by: UUID, now: datetime) -> None:
    """Record how it was checked who this is, and ask for a second person's yes. Once at a time.

    Raises Refused for somebody who has no account to come back to, or for oneself.
    """
    async with DB.transaction():
        account = await _account(person, by)
        if await asked_for(person, by, now) is None:
            await Recovery.insert(Recovery(account=account, how=how, asked_by=by, asked_at=now))
            await tell_overseers("recovery_waits", now, but=by)
            await append([Event("recovery-asked", actor=by, item=person, reason=how, at=now)])


async def approve(id: UUID, *, by: UUID, now: datetime) -> None:
    """Raises NotFound, or Refused for who asked and for whom it is about: it takes two others."""
    async with DB.transaction():
        asked = await _one(id, now)
        if by in (asked.asked_by, asked.person):
            raise Refused
        values: dict[Any, Any] = {Recovery.approved_by: by, Recovery.approved_at: now}
        await Recovery.update(values).where(Recovery.id == id, Recovery.approved_at.is_null())
        await append([Event("recovery-approved", actor=by, item=asked.person, at=now)])
        asker = await Account.select(Account.id).where(Account.person == asked.asked_by).first()
        if asker:
            await tell(asker["id"], "recovery_approved", now)


async def let_go(id: UUID, *, by: UUID, now: datetime) -> None:
    """Not this time. Raises NotFound."""
    async with DB.transaction():
        asked = await _one(id, now)
        await Recovery.update({Recovery.ended_at: now}).where(Recovery.id == id)
        await append([Event("recovery-let-go", actor=by, item=asked.person, at=now)])


async def _one(id: UUID, now: datetime) -> Asked:
    rows = (await DB.run((_ONE, {"since": now - WAITS, "id": id})))[0]
    if not rows:
        raise NotFound
    return _asked(rows[0])


async def link(person: UUID, *, by: UUID, now: datetime) -> str:
    """The token of the link, once it was approved; only who asked gets it. Raises Refused."""
    async with DB.transaction():
        asked = await asked_for(person, by, now)
        if asked is None or not asked.approved:
            raise Refused
        await Recovery.update({Recovery.ended_at: now}).where(Recovery.id == asked.id)
        return await _made(await _account(person, by), person, asked.how, by, now)


async def link_at_once(person: UUID, how: str, *, by: UUID | None, now: datetime) -> str:
    """The token of a link that needs no second person: a client's, made by their own team. Within the caller's transaction.

    Raises Refused for somebody who has no account to come back to.
    """
    account = await _account(person, by)
    await Recovery.insert(Recovery(account=account, how=how, asked_by=by, asked_at=now, ended_at=now))
    return await _made(account, person, how, by, now)


async def link_from_the_server(keys: Keys, login: str, now: datetime) -> str:
    """The token of a link, for who may run commands where Cairn runs. Raises Refused when there is no such account."""
    async with DB.transaction():
        person = await person_with_login(keys, login)
        if person is None:
            raise Refused
        return await link_at_once(person, "server", by=None, now=now)


async def _made(account: UUID, person: UUID, how: str, by: UUID | None, now: datetime) -> str:
    await tell(account, "recovery_started", now)
    await append([Event("recovery-started", actor=by, item=person, reason=how, at=now)])
    return await links.make(links.RECOVERY, account, now)


async def _account(person: UUID, by: UUID | None) -> UUID:
    row = await Account.select(Account.id).where(Account.person == person, Account.disabled_at.is_null()).first()
    if row is None or person == by:
        raise Refused
    return row["id"]


async def accept(keys: Keys, token: str, now: datetime) -> UUID | None:
    """Use the link up: every old way in is over, and the account it opens has new ones to set up. None when it is over."""
    async with DB.transaction():
        found = await links.take(keys, links.RECOVERY, token, now)
        if found is None:
            return None
        none: dict[Any, Any] = {
            Account.password: "",
            Account.password_changed_at: now,
            Account.totp: None,
            Account.totp_confirmed_at: None,
            Account.failures: 0,
        }
        mine = Account.id == found.account
        person = (await Account.update(none).where(mine).returning(Account.person))[0]["person"]
        await Passkey.update({Passkey.removed_at: now}).where(
            Passkey.account == found.account, Passkey.removed_at.is_null()
        )
        await RecoveryCode.delete().where(RecoveryCode.account == found.account)
        await links.end(links.RESET, found.account)
        await hold.begin(found.account, person, "recovery_done", now)
    return found.account

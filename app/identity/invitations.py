"""Invitations: a link that makes an account for one person. Role and scope come from the server's row alone."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.access.log import Event, append
from app.data.engine import Statement
from app.data.piccolo_conf import DB
from app.data.sealing import Keys
from app.data.tables.identity import Account, Invitation, Session
from app.errors import Invalid
from app.identity.accounts import login_key
from app.language import _

VALID = timedelta(hours=72)
_OPEN = Statement("""SELECT i.id, i.person, i.address_key, i.relationship, i.expires_at, p.called_name, p.kind
    FROM invitation i JOIN person p ON p.id = i.person
    WHERE i.token = {token} AND i.accepted_at IS NULL AND i.withdrawn_at IS NULL AND i.expires_at > {now}""")
_CLIENTS_OWN = Statement("""SELECT a.login_key FROM relationship r JOIN account a ON a.person = r.client
    WHERE r.person = {person}""")

_SET_UP = Statement("""SELECT a.password, k.id AS passkey FROM account a
    LEFT JOIN passkey k ON k.account = a.id AND k.removed_at IS NULL WHERE a.person = {person} LIMIT 10""")


@dataclass(frozen=True, slots=True)
class Open:
    """An invitation that can still be accepted."""

    id: UUID
    person: UUID
    called_name: str
    kind: str
    address_key: str


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


async def invite(
    person: UUID, *, by: UUID | None, now: datetime, keys: Keys, address: str = "", relationship: UUID | None = None
) -> str:
    """A new link's token for a person without an account; an earlier one for them ends. Within the caller's transaction."""
    token = secrets.token_urlsafe(32)
    waiting = (Invitation.person == person) & Invitation.accepted_at.is_null()
    await Invitation.update({Invitation.withdrawn_at: now}).where(waiting, Invitation.withdrawn_at.is_null())
    await Invitation.insert(
        Invitation(
            token=_digest(token),
            person=person,
            address_key=login_key(keys, address) if address else "",
            relationship=relationship,
            invited_by=by,
            created_at=now,
            expires_at=now + VALID,
        )
    )
    return token


async def opened(token: str, now: datetime) -> Open | None:
    """Looking at a link changes nothing: mail scanners do it too."""
    rows = (await DB.run((_OPEN, {"token": _digest(token), "now": now})))[0]
    if not rows:
        return None
    row = rows[0]
    return Open(row["id"], row["person"], row["called_name"], row["kind"], row["address_key"])


async def accept(token: str, keys: Keys, login: str, now: datetime) -> UUID | None:
    """Use the link up and make the account; None when it cannot be used any more.

    Raises Invalid for a login that is taken, not the one invited, or (for a supporter) the client's own.
    """
    key = login_key(keys, login)
    async with DB.transaction():
        found = await opened(token, now)
        if found is None:
            return None
        if found.address_key and found.address_key != key:
            raise Invalid({"login": _("Use the address that this invitation was sent to.")})
        if any(row["login_key"] == key for row in (await DB.run((_CLIENTS_OWN, {"person": found.person})))[0]):
            raise Invalid({"login": _("Use an address of your own, not the one of the person who invited you.")})
        if await Account.exists().where(Account.login_key == key, Account.person != found.person):
            raise Invalid({"login": _("This address can’t be used here. Try another, or sign in.")})
        if await _is_set_up(found.person):
            raise Invalid({"login": _("You have set up how you sign in already. Go to the sign-in page.")})
        took = Invitation.update({Invitation.accepted_at: now}).where(
            Invitation.id == found.id, Invitation.accepted_at.is_null()
        )
        if not await took.returning(Invitation.id):
            return None
        account = await _account_for(found.person, keys, key, login.strip(), now)
        await append([Event("invitation-accepted", actor=found.person, at=now)])
    return account


async def _is_set_up(person: UUID) -> bool:
    """Somebody who stopped half-way, with nothing yet to sign in with, may start again from a new link."""
    rows = (await DB.run((_SET_UP, {"person": person})))[0]
    return any(row["passkey"] or row["password"] for row in rows)


async def _account_for(person: UUID, keys: Keys, key: str, login: str, now: datetime) -> UUID:
    row = await Account.select(Account.id).where(Account.person == person).first()
    if row is None:
        account = Account(person=person, login_key=key, handle=secrets.token_bytes(32), created_at=now)
        account.login = keys.own().seal_bytes("account", "login", account.id, login.encode())
        await Account.insert(account)
        return account.id
    sealed = keys.own().seal_bytes("account", "login", row["id"], login.encode())
    await Account.update({Account.login_key: key, Account.login: sealed}).where(Account.id == row["id"])
    await Session.delete().where(Session.account == row["id"])
    return row["id"]

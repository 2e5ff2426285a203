"""Sessions: a row per signed-in device, found by the SHA-256 of its cookie. Deleting the row ends it at once.

Every way of signing in ends in `open_session`; whether a session is live, locked or over is decided on the server, from the
rows and the clock, on every request.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from app.access.facts import Kind, Role, Viewer
from app.access.log import Event, append, record
from app.data.engine import Row, Statement
from app.data.piccolo_conf import DB
from app.data.tables.identity import Session
from app.identity.lifetimes import STEP_UP, Lifetime, lifetime
from app.identity.notices import tell

_FIND = """
    SELECT s.id, s.account, s.own_device, s.created_at, s.seen_at, s.locked_at, s.step_up_at, s.expires_at, s.factors,
           s.device, s.place, a.disabled_at, a.password,
           a.totp_confirmed_at, a.person, p.kind, p.called_name, p.zone, p.language, st.role,
           st.ended_at AS staff_ended, k.id AS passkey, k2.id AS second_passkey, rc.id AS recovery_code
      FROM session s JOIN account a ON a.id = s.account JOIN person p ON p.id = a.person
      LEFT JOIN staff st ON st.person = a.person
      LEFT JOIN passkey k ON k.id = (
        SELECT one.id FROM passkey one WHERE one.account = a.id AND one.removed_at IS NULL LIMIT 1)
      LEFT JOIN passkey k2 ON st.role IN ('supervisor', 'admin') AND k2.id = (
        SELECT two.id FROM passkey two WHERE two.account = a.id AND two.removed_at IS NULL LIMIT 1 OFFSET 1)
      LEFT JOIN recovery_code rc ON st.role IN ('supervisor', 'admin') AND rc.id = (
        SELECT left_one.id FROM recovery_code left_one WHERE left_one.account = a.id AND left_one.used_at IS NULL LIMIT 1)
"""
FIND = Statement(_FIND + " WHERE s.token = {token}")
OF_ACCOUNT = Statement("""SELECT s.id, s.device, s.place, s.created_at, s.seen_at, s.own_device, s.locked_at, s.expires_at
    FROM session s WHERE s.account = {account} AND s.expires_at > {now} ORDER BY s.seen_at DESC, s.id LIMIT 20""")
FOR_WHOM = Statement("""SELECT a.person, p.kind, st.role FROM account a JOIN person p ON p.id = a.person
    LEFT JOIN staff st ON st.person = a.person WHERE a.id = {account}""")
# What a session was opened with. Invented people have no factors to show; an invitation opens the page to set them up.
DEMO, INVITATION, PASSKEY = "demo", "invitation", "passkey"
OVERSEERS = (Role.SUPERVISOR, Role.ADMIN)
SEEN_EVERY = timedelta(minutes=1)


class State(StrEnum):
    LIVE = "live"
    LOCKED = "locked"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One session as it stands now. enrolled: two factors are set up, without which only the page to set them up is reached."""

    viewer: Viewer
    state: State
    factors: str
    own_device: bool
    seen_at: datetime
    idle_ends_at: datetime
    expires_at: datetime
    device: str
    enrolled: bool


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


async def open_session(
    account: UUID, *, factors: str, own_device: bool, device: str, address: str, now: datetime
) -> str:
    """The one place where a session begins; returns the cookie's value. One too many ends the oldest, with a notice."""
    person, kind, role = await _for_whom(account)
    life = lifetime(kind, role, own_device)
    token = secrets.token_urlsafe(32)
    async with DB.transaction():
        open_now = await devices(account, now)
        for old in open_now[life.at_once - 1 :]:
            await Session.delete().where(Session.id == old["id"])
            await tell(account, "oldest_session_ended", now, old["device"])
        row = Session(
            token=digest(token),
            account=account,
            factors=factors,
            own_device=own_device,
            device=device[:200],
            place=address[:64],
            created_at=now,
            seen_at=now,
            step_up_at=now,
            expires_at=now + life.whole,
        )
        await Session.insert(row)
        await append([Event("sign-in", actor=person, session=row.id, address=address, reason=factors[:40], at=now)])
    return token


async def _for_whom(account: UUID) -> tuple[UUID, Kind, Role | None]:
    row = (await DB.run((FOR_WHOM, {"account": account})))[0][0]
    return row["person"], Kind(row["kind"]), Role(row["role"]) if row["role"] else None


async def signed_in(token: str, now: datetime) -> SignedIn | None:
    """The session of a cookie; None for one that is not in the store, is over, or whose account is closed.

    A token we do not know is ignored, never adopted.
    """
    rows = (await DB.run((FIND, {"token": digest(token)})))[0]
    if not rows:
        return None
    row = rows[0]
    kind, role = Kind(row["kind"]), Role(row["role"]) if row["role"] else None
    life = lifetime(kind, role, row["own_device"])
    state = state_of(row, life, now)
    if state is State.OVER or row["disabled_at"] is not None or (kind is Kind.STAFF and row["staff_ended"]):
        return None
    enrolled = _enrolled(row, kind, role)
    viewer = Viewer(
        person=row["person"],
        kind=kind,
        role=role,
        step_up=state is State.LIVE and _stepped_up(row, enrolled, now),
        called_name=row["called_name"],
        session=row["id"],
        account=row["account"],
        zone=row["zone"],
        language=row["language"],
    )
    return SignedIn(
        viewer=viewer,
        state=state,
        factors=row["factors"],
        own_device=row["own_device"],
        seen_at=row["seen_at"],
        idle_ends_at=row["seen_at"] + life.idle,
        expires_at=row["expires_at"],
        device=row["device"],
        enrolled=enrolled,
    )


def _enrolled(row: Row, kind: Kind, role: Role | None) -> bool:
    """Two factors for everyone (A1, A2): a passkey, or (but for staff) a password with a one-time code. Staff show the
    passkey itself; who oversees others keeps a second way in besides, so that losing a phone locks nobody out."""
    if row["factors"] == DEMO:
        return True
    if kind is not Kind.STAFF:
        return row["passkey"] is not None or (bool(row["password"]) and row["totp_confirmed_at"] is not None)
    spare = role not in OVERSEERS or row["second_passkey"] is not None or row["recovery_code"] is not None
    return row["passkey"] is not None and row["factors"] == PASSKEY and spare


def _stepped_up(row: Row, enrolled: bool, now: datetime) -> bool:
    """Who was invited has no factor to show again before the first is set up; a slow start must not lock them out."""
    if row["factors"] == INVITATION and not enrolled and not row["passkey"] and not row["password"]:
        return True
    return row["step_up_at"] is not None and row["step_up_at"] <= now < row["step_up_at"] + STEP_UP


def state_of(row: Row, life: Lifetime, now: datetime) -> State:
    """A clock that jumps back never prolongs a session: last seen in the future locks it."""
    if now >= row["expires_at"] or now >= row["created_at"] + life.whole:
        return State.OVER
    locked_at = row["locked_at"]
    if locked_at is None and row["seen_at"] > now:
        return State.LOCKED
    if locked_at is None and now >= row["seen_at"] + life.idle:
        locked_at = row["seen_at"] + life.idle
    if locked_at is None:
        return State.LIVE
    return State.OVER if now >= locked_at + life.locked else State.LOCKED


async def seen(session: SignedIn, now: datetime) -> None:
    """Idle time starts anew; written at most once a minute."""
    if now - session.seen_at >= SEEN_EVERY:
        await Session.update({Session.seen_at: now}).where(Session.id == session.viewer.session)


async def lock(session: UUID, now: datetime) -> None:
    await Session.update({Session.locked_at: now}).where(Session.id == session, Session.locked_at.is_null())


async def renew(session: UUID, now: datetime, *, passkey: bool = False) -> str:
    """After an unlock or a step-up: the same device under a new token, which is returned. passkey: one was shown."""
    token = secrets.token_urlsafe(32)
    values = {Session.token: digest(token), Session.locked_at: None, Session.seen_at: now, Session.step_up_at: now}
    await Session.update(values | ({Session.factors: PASSKEY} if passkey else {})).where(Session.id == session)  # type: ignore[arg-type]
    await record(Event("step-up", session=session, at=now))
    return token


async def proved_by_passkey(session: UUID) -> None:
    """The first passkey was just made here, with the person verified: the session stands on it from now on."""
    await Session.update({Session.factors: PASSKEY}).where(Session.id == session)


async def devices(account: UUID, now: datetime) -> list[Row]:
    """The account's sessions that are not over, the last used first."""
    return (await DB.run((OF_ACCOUNT, {"account": account, "now": now})))[0]


async def end(session: UUID, account: UUID, now: datetime) -> bool:
    """End one session of this account. False when there is none such."""
    async with DB.transaction():
        gone = await Session.delete().where(Session.id == session, Session.account == account).returning(Session.id)
        if gone:
            await append([Event("sign-out", session=session, at=now)])
    return bool(gone)


async def end_others(account: UUID, now: datetime, *, but: UUID | None = None) -> None:
    """All sessions of the account, except `but`."""
    async with DB.transaction():
        query = Session.delete().where(Session.account == account)
        await (query.where(Session.id != but) if but else query)
        await append([Event("sign-out-others", session=but, at=now)])

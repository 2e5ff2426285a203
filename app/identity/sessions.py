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

_FIND = """
    SELECT s.id, s.account, s.own_device, s.created_at, s.seen_at, s.locked_at, s.step_up_at, s.expires_at, s.factors,
           s.device, s.place, a.disabled_at, a.password,
           a.totp_confirmed_at, a.person, p.kind, p.called_name, p.zone, p.language, st.role,
           st.ended_at AS staff_ended, k.id AS passkey
      FROM session s JOIN account a ON a.id = s.account JOIN person p ON p.id = a.person
      LEFT JOIN staff st ON st.person = a.person
      LEFT JOIN passkey k ON k.id = (
        SELECT one.id FROM passkey one WHERE one.account = a.id AND one.removed_at IS NULL LIMIT 1)
"""
FIND = Statement(_FIND + " WHERE s.token = {token}")
OF_ACCOUNT = Statement("""SELECT s.id, s.device, s.place, s.created_at, s.seen_at, s.own_device, s.locked_at, s.expires_at
    FROM session s WHERE s.account = {account} AND s.expires_at > {now} ORDER BY s.seen_at DESC, s.id LIMIT 20""")
FOR_WHOM = Statement("""SELECT p.kind, st.role FROM account a JOIN person p ON p.id = a.person
    LEFT JOIN staff st ON st.person = a.person WHERE a.id = {account}""")
UNPROVEN = ("demo",)  # invented people have no factors to show
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
    """The one place where a session begins; returns the cookie's value. One too many ends the oldest."""
    kind, role = await _for_whom(account)
    life = lifetime(kind, role, own_device)
    token = secrets.token_urlsafe(32)
    async with DB.transaction():
        open_now = await devices(account, now)
        for old in open_now[life.at_once - 1 :]:
            await Session.delete().where(Session.id == old["id"])
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
        await append([Event("sign-in", actor=None, session=row.id, address=address, reason=factors[:40], at=now)])
    return token


async def _for_whom(account: UUID) -> tuple[Kind, Role | None]:
    row = (await DB.run((FOR_WHOM, {"account": account})))[0][0]
    return Kind(row["kind"]), Role(row["role"]) if row["role"] else None


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
    stepped_up = row["step_up_at"] is not None and row["step_up_at"] <= now < row["step_up_at"] + STEP_UP
    viewer = Viewer(
        person=row["person"],
        kind=kind,
        role=role,
        step_up=stepped_up and state is State.LIVE,
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
        enrolled=_enrolled(row, kind),
    )


def _enrolled(row: Row, kind: Kind) -> bool:
    """Two factors for everyone: a passkey, or (but for staff) a password with a one-time code."""
    by_code = kind is not Kind.STAFF and bool(row["password"]) and row["totp_confirmed_at"] is not None
    return row["passkey"] is not None or by_code or row["factors"] in UNPROVEN


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


async def renew(session: UUID, now: datetime) -> str:
    """After an unlock or a step-up: the same device under a new token, which is returned."""
    token = secrets.token_urlsafe(32)
    await Session.update(
        {Session.token: digest(token), Session.locked_at: None, Session.seen_at: now, Session.step_up_at: now}
    ).where(Session.id == session)
    await record(Event("step-up", session=session, at=now))
    return token


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

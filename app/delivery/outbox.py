"""What is to be sent: written with the change that causes it, taken by one worker at a time, handed over once.

A worker that stops leaves its rows to the next when their lease is over. One that stops between handing a letter over and
hearing that it arrived leaves it `unsure`: it is not sent again unasked, because it has probably arrived.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from app.data.engine import Row, Statement
from app.data.piccolo_conf import DB
from app.data.sealing import Keys
from app.data.tables.delivery import Outbox

LEASE = timedelta(minutes=2)
MOST_TRIES = 10
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)
SENT, DROPPED, STUCK, UNSURE = "sent", "dropped", "stuck", "unsure"

_DUE = """o.channel = {channel} AND o.done_at IS NULL AND o.due_at <= {now}
    AND (o.locked_until IS NULL OR o.locked_until < {now})"""
_ANY = Statement(f"SELECT o.id FROM outbox o WHERE {_DUE} LIMIT 1")  # noqa: S608
_TAKE = f"""UPDATE outbox SET lease = {{lease}}, locked_until = {{until}}, attempts = attempts + 1
    WHERE id IN (SELECT o.id FROM outbox o WHERE {_DUE} ORDER BY o.due_at, o.id LIMIT {{most}}"""  # noqa: S608
_TAKE_LITE, _TAKE_POSTGRES = Statement(_TAKE + ")"), Statement(_TAKE + " FOR UPDATE SKIP LOCKED)")
_TAKEN = Statement("""SELECT o.id, o.kind, o.recipient, o.payload, o.address, o.attempts, o.handed_at FROM outbox o
    WHERE o.lease = {lease} ORDER BY o.due_at, o.id""")
_WAITING = Statement("""SELECT o.due_at FROM outbox o WHERE o.channel = {channel} AND o.done_at IS NULL
    ORDER BY o.due_at LIMIT 1000""")
_STUCK = Statement("""SELECT o.id, o.kind, o.attempts, o.done_at, o.outcome, o.reason, p.kind AS whose
    FROM outbox o JOIN person p ON p.id = o.recipient
    WHERE o.outcome IN ('stuck', 'unsure') ORDER BY o.done_at DESC LIMIT 100""")


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to send, in this worker's hands. address: where to, when that is not the recipient's own."""

    id: UUID
    lease: UUID
    kind: str
    recipient: UUID
    payload: dict[str, Any]
    address: bytes | None
    attempts: int
    handed: bool


async def put(
    kind: str, recipient: UUID, now: datetime, *, key: str, keys: Keys | None = None, address: str = "", **payload: str
) -> None:
    """A letter to be sent. Within the caller's transaction. payload: ids and times alone. address (needs keys): where to,
    when it is not the recipient's own."""
    row = _letter(kind, recipient, now, key, payload)
    if keys and address:
        row.address = keys.own().seal_bytes("outbox", "address", row.id, address.encode())
    await Outbox.insert(row)


async def put_once(kind: str, recipient: UUID, now: datetime, *, key: str, **payload: str) -> bool:
    """As `put`; False, and nothing is written, when there is a letter of this key already."""
    row = _letter(kind, recipient, now, key, payload)
    return bool(await Outbox.insert(row).on_conflict(action="DO NOTHING").returning(Outbox.id))


def _letter(kind: str, recipient: UUID, now: datetime, key: str, payload: dict[str, str]) -> Outbox:
    return Outbox(key=key, kind=kind, recipient=recipient, payload=json.dumps(payload), due_at=now, channel="mail")


async def due(channel: str, now: datetime) -> bool:
    """Whether there is anything to do. Reads alone."""
    return bool((await DB.run((_ANY, {"channel": channel, "now": now})))[0])


async def take(channel: str, now: datetime, most: int) -> list[Due]:
    """What is due, leased to the caller. Nobody else gets it until the lease is over."""
    lease = uuid4()
    values = {"channel": channel, "now": now, "lease": lease, "until": now + LEASE, "most": most}
    _, rows = await DB.run((_TAKE_POSTGRES if DB.postgres else _TAKE_LITE, values), (_TAKEN, {"lease": lease}))
    return [_due(row, lease) for row in rows]


def _due(row: Row, lease: UUID) -> Due:
    payload = row["payload"]
    return Due(
        id=row["id"],
        lease=lease,
        kind=row["kind"],
        recipient=row["recipient"],
        payload=json.loads(payload) if isinstance(payload, str) else payload,
        address=bytes(row["address"]) if row["address"] is not None else None,
        attempts=row["attempts"],
        handed=row["handed_at"] is not None,
    )


async def hand_over(due: Due, now: datetime) -> bool:
    """Marks it just before it leaves. False when the lease is over: then it is somebody else's to send."""
    mine = (Outbox.id == due.id) & (Outbox.lease == due.lease) & (Outbox.locked_until > now)
    rows = Outbox.update({Outbox.handed_at: now}).where(mine, Outbox.handed_at.is_null(), Outbox.done_at.is_null())
    return bool(await rows.returning(Outbox.id))


async def settle(due: Due, outcome: str, now: datetime, reason: str = "") -> None:
    """It is over. Where it went is forgotten, unless somebody may want to try again."""
    values: dict[Any, Any] = {
        Outbox.done_at: now,
        Outbox.outcome: outcome,
        Outbox.reason: reason[:40],
        Outbox.lease: None,
        Outbox.locked_until: None,
    }
    if outcome in (SENT, DROPPED):
        values[Outbox.address] = None
    await Outbox.update(values).where(Outbox.id == due.id, Outbox.lease == due.lease)


async def put_off(due: Due, now: datetime, reason: str) -> None:
    """Not this time. Later and later, and after ten times it stays for somebody to look at."""
    if due.attempts >= MOST_TRIES:
        await settle(due, STUCK, now, reason)
        return
    wait = min(FIRST_WAIT * 2 ** (due.attempts - 1), LONGEST_WAIT)
    await _release(due, {Outbox.due_at: now + wait, Outbox.handed_at: None, Outbox.reason: reason[:40]})


async def give_back(due: Due) -> None:
    """It was not tried at all."""
    await _release(due, {Outbox.attempts: Outbox.attempts - 1})


async def _release(due: Due, values: dict[Any, Any]) -> None:
    values |= {Outbox.lease: None, Outbox.locked_until: None}
    await Outbox.update(values).where(Outbox.id == due.id, Outbox.lease == due.lease)


@dataclass(frozen=True, slots=True)
class Stuck:
    """A letter that did not get through, or may not have. whose: the kind of person it was for, and not which."""

    id: UUID
    kind: str
    attempts: int
    done_at: datetime
    outcome: str
    reason: str
    whose: str


async def stuck() -> list[Stuck]:
    """The latest hundred, newest first."""
    return [Stuck(**row) for row in (await DB.run((_STUCK, {})))[0]]


async def waiting(channel: str = "mail") -> tuple[int, datetime | None]:
    """How many are to be sent (up to a thousand), and since when the first is due."""
    rows = (await DB.run((_WAITING, {"channel": channel})))[0]
    return len(rows), rows[0]["due_at"] if rows else None


async def try_again(id: UUID, now: datetime) -> bool:
    """False when there is none such that waits for somebody."""
    values: dict[Any, Any] = {
        Outbox.done_at: None,
        Outbox.outcome: "",
        Outbox.handed_at: None,
        Outbox.attempts: 0,
        Outbox.due_at: now,
    }
    return await _decided(id, values)


async def let_go(id: UUID) -> bool:
    """It is not needed any more. False when there is none such that waits for somebody."""
    return await _decided(id, {Outbox.outcome: DROPPED, Outbox.reason: "let go", Outbox.address: None})


async def _decided(id: UUID, values: dict[Any, Any]) -> bool:
    rows = Outbox.update(values).where(Outbox.id == id, Outbox.outcome.is_in([STUCK, UNSURE]))
    return bool(await rows.returning(Outbox.id))

"""The people who can sign in: inviting, listing and closing their accounts. Nothing clinical."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.access.facts import Role
from app.access.log import Event, append
from app.data.engine import Statement
from app.data.piccolo_conf import DB
from app.data.sealing import Keys
from app.data.tables.identity import Account, Session
from app.data.tables.people import Person, Staff
from app.identity import invitations
from app.identity.accounts import login_key

_STAFF = Statement("""SELECT p.id, p.called_name, s.role, s.ended_at, a.id AS account, a.disabled_at, w.name AS team
    FROM person p JOIN staff s ON s.person = p.id LEFT JOIN account a ON a.person = p.id LEFT JOIN team w ON w.id = s.team
    WHERE p.kind = 'staff' ORDER BY p.called_name, p.id LIMIT {most} OFFSET {skip}""")
_ONE = Statement("""SELECT p.id, p.called_name, s.role, s.ended_at, a.id AS account, a.disabled_at, w.name AS team
    FROM staff s JOIN person p ON p.id = s.person LEFT JOIN account a ON a.person = p.id LEFT JOIN team w ON w.id = s.team
    WHERE p.id = {person}""")


@dataclass(frozen=True, slots=True)
class StaffAccount:
    person: UUID
    called_name: str
    role: str
    team: str
    state: str  # invited, active or closed


async def invite_staff(
    name: str,
    role: Role,
    *,
    keys: Keys,
    now: datetime,
    address: str = "",
    team: UUID | None = None,
    by: UUID | None = None,
) -> tuple[UUID, str]:
    """A new staff member without an account yet: their id and the token of their link."""
    async with DB.transaction():
        person = Person(kind="staff", called_name=name)
        await Person.insert(person)
        await Staff.insert(Staff(id=person.id, person=person.id, role=role.value, team=team))
        token = await invitations.invite(person.id, by=by, now=now, keys=keys, address=address)
        await append([Event("staff-invited", actor=by, item=person.id, reason=role.value, at=now)])
    return person.id, token


async def staff(skip: int = 0, most: int = 100) -> list[StaffAccount]:
    return [_account(row) for row in (await DB.run((_STAFF, {"skip": skip, "most": most})))[0]]


async def one_staff(person: UUID) -> StaffAccount | None:
    rows = (await DB.run((_ONE, {"person": person})))[0]
    return _account(rows[0]) if rows else None


def _account(row: dict) -> StaffAccount:
    return StaffAccount(row["id"], row["called_name"], row["role"], row["team"] or "", _state(row))


def _state(row: dict) -> str:
    if row["ended_at"] is not None or row["disabled_at"] is not None:
        return "closed"
    return "active" if row["account"] else "invited"


async def close(person: UUID, *, now: datetime, by: UUID | None = None) -> bool:
    """Close an account: every session ends with it. False when there is no such account."""
    async with DB.transaction():
        rows = await Account.update({Account.disabled_at: now}).where(Account.person == person).returning(Account.id)
        await Staff.update({Staff.ended_at: now}).where(Staff.person == person)
        for row in rows:
            await Session.delete().where(Session.account == row["id"])
        await append([Event("account-closed", actor=by, item=person, at=now)])
    return bool(rows)


async def person_with_login(keys: Keys, login: str) -> UUID | None:
    row = await Account.select(Account.person).where(Account.login_key == login_key(keys, login)).first()
    return row["person"] if row else None


async def speak(person: UUID, language: str) -> None:
    """The person's own choice of language."""
    await Person.update({Person.language: language}).where(Person.id == person)

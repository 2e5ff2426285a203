"""What an administrator looks after: staff accounts, teams and programmes. Nothing of any client."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.access import Role, Viewer
from app.access.log import Event, append
from app.data.engine import Statement
from app.data.piccolo_conf import DB
from app.data.sealing import Keys
from app.data.tables.people import Programme as ProgrammeTable
from app.data.tables.people import Team
from app.errors import NotFound, Refused
from app.identity import invitations, people
from app.identity.people import StaffAccount
from app.language import lazy

ROLES = {
    Role.CASE_MANAGER: lazy("Case manager"),
    Role.SUPERVISOR: lazy("Supervisor"),
    Role.CLINICIAN: lazy("Clinician"),
    Role.NURSE: lazy("Nurse"),
    Role.PEER: lazy("Peer supporter"),
    Role.FRONT_DESK: lazy("Front desk"),
    Role.ADMIN: lazy("Administrator"),
}
LEVELS = {"php": lazy("Day programme"), "iop": lazy("Intensive outpatient"), "op": lazy("Outpatient")}
PAGE = 50

_PROGRAMMES = Statement("""SELECT p.id, p.name, p.level, p.about, p.sud, p.ended_at FROM programme p
    ORDER BY p.ended_at IS NOT NULL, p.name, p.id LIMIT 200""")
_ONE = Statement("SELECT p.id, p.name, p.level, p.about, p.sud, p.ended_at FROM programme p WHERE p.id = {id}")
_TEAMS = Statement("""SELECT w.id, w.name, p.name AS programme FROM team w JOIN programme p ON p.id = w.programme
    WHERE p.ended_at IS NULL ORDER BY w.name, w.id LIMIT 200""")


@dataclass(frozen=True, slots=True)
class Programme:
    """sud: it holds substance-use records, which only its own staff may open."""

    id: UUID
    name: str
    level: str
    about: str
    sud: bool
    ended_at: datetime | None


async def staff(page: int = 1) -> tuple[list[StaffAccount], bool]:
    """One page by name, and whether there are more."""
    found = await people.staff(skip=(page - 1) * PAGE, most=PAGE + 1)
    return found[:PAGE], len(found) > PAGE


async def teams() -> list[tuple[UUID, str]]:
    rows = (await DB.run((_TEAMS, {})))[0]
    return [(row["id"], f"{row['name']} ({row['programme']})") for row in rows]


async def invite_staff(
    viewer: Viewer, *, name: str, role: Role, team: UUID | None, address: str, keys: Keys, now: datetime
) -> str:
    """The token of the new staff member's link. A new supervisor gets the team they join, if nobody has it."""
    _admin(viewer)
    async with DB.transaction():
        person, token = await people.invite_staff(
            name, role, keys=keys, now=now, address=address, team=team, by=viewer.person
        )
        if role is Role.SUPERVISOR and team is not None:
            await Team.update({Team.supervisor: person}).where(Team.id == team, Team.supervisor.is_null())
    return token


async def invite_again(viewer: Viewer, person: UUID, *, keys: Keys, now: datetime) -> str:
    """A new link for a staff member who has not joined yet. Raises NotFound or Refused."""
    _admin(viewer)
    async with DB.transaction():
        found = await _staff(person)
        if found.state != "invited":
            raise Refused
        token = await invitations.invite(person, by=viewer.person, now=now, keys=keys)
        await append([Event("staff-invited", actor=viewer.person, item=person, reason=found.role, at=now)])
    return token


async def close(viewer: Viewer, person: UUID, *, now: datetime) -> None:
    """Close an account; its sessions end at once. Raises Refused for one's own: somebody has to keep the keys."""
    _admin(viewer)
    await _staff(person)
    if person == viewer.person:
        raise Refused
    await people.close(person, now=now, by=viewer.person)


async def account(person: UUID) -> StaffAccount:
    """Raises NotFound."""
    return await _staff(person)


async def _staff(person: UUID) -> StaffAccount:
    found = await people.one_staff(person)
    if found is None:
        raise NotFound
    return found


async def programmes() -> list[Programme]:
    """Those that run, then those that have ended."""
    return [Programme(**row) for row in (await DB.run((_PROGRAMMES, {})))[0]]


async def programme(id: UUID) -> Programme:
    """Raises NotFound."""
    rows = (await DB.run((_ONE, {"id": id})))[0]
    if not rows:
        raise NotFound
    return Programme(**rows[0])


async def add_programme(
    viewer: Viewer, *, name: str, level: str, about: str, sud: bool, form_id: UUID, now: datetime
) -> None:
    """form_id becomes its id, so that a form sent twice adds one."""
    _admin(viewer)
    async with DB.transaction():
        if not await ProgrammeTable.exists().where(ProgrammeTable.id == form_id):
            await ProgrammeTable.insert(ProgrammeTable(id=form_id, name=name, level=level, about=about, sud=sud))
            await append([Event("programme-added", actor=viewer.person, item=form_id, at=now)])


async def change_programme(
    viewer: Viewer, id: UUID, *, name: str, level: str, about: str, sud: bool, now: datetime
) -> None:
    """Raises NotFound."""
    table = ProgrammeTable
    values = {table.name: name, table.level: level, table.about: about, table.sud: sud}
    await _change(viewer, id, values, "programme-changed", now)


async def end_programme(viewer: Viewer, id: UUID, *, ended: bool, now: datetime) -> None:
    """It takes nobody in any more; those in it stay. Or open it again."""
    action = "programme-ended" if ended else "programme-reopened"
    await _change(viewer, id, {ProgrammeTable.ended_at: now if ended else None}, action, now)


async def _change(viewer: Viewer, id: UUID, values: Mapping[Any, Any], action: str, now: datetime) -> None:
    _admin(viewer)
    async with DB.transaction():
        changed = ProgrammeTable.update(dict(values)).where(ProgrammeTable.id == id)
        if not await changed.returning(ProgrammeTable.id):
            raise NotFound
        await append([Event(action, actor=viewer.person, item=id, at=now)])


def _admin(viewer: Viewer) -> None:
    if viewer.role is not Role.ADMIN or not viewer.enabled:
        raise Refused

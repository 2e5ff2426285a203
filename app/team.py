"""A supervisor's view: the caseloads of their teams, and the people who have no case manager yet."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from app.access import Category, Desk, DeskListing, Role, Viewer
from app.access.log import Event, append, record
from app.data.engine import Row, Statement
from app.data.piccolo_conf import DB
from app.data.tables.care import CareTeam, Client
from app.data.tables.delivery import Outbox
from app.errors import NotFound, Refused
from app.language import initials, local

WEEK = timedelta(days=6)
PAGE = 50

CASELOADS = DeskListing(
    "team",
    Category.PLAN,
    """SELECT ct.staff, COUNT(DISTINCT c.id) AS clients,
           COUNT(DISTINCT CASE WHEN s.review_due <= {week} THEN c.id END) AS reviews,
           COUNT(DISTINCT CASE WHEN s.crisis_review_due IS NULL THEN c.id END) AS without_plan,
           COUNT(DISTINCT CASE WHEN s.waiting_since IS NOT NULL THEN c.id END) AS waiting
      FROM mine JOIN client c ON c.id = mine.client JOIN standing s ON s.id = c.id
      JOIN care_team ct ON ct.client = c.id AND ct.starts_at <= {now} AND (ct.ends_at IS NULL OR ct.ends_at > {now})
      JOIN staff x ON x.person = ct.staff JOIN team w ON w.id = x.team AND w.supervisor = {viewer}
     WHERE c.closed_at IS NULL GROUP BY ct.staff""",
    supervised=True,
)
_WORKERS = Statement("""SELECT s.person, p.called_name, s.role, w.name AS team, s.weekly_hours
    FROM team w JOIN staff s ON s.team = w.id JOIN person p ON p.id = s.person
   WHERE w.supervisor = {viewer} AND s.ended_at IS NULL AND s.role <> 'front_desk' AND s.role <> 'admin'
   ORDER BY w.name, p.called_name, s.person LIMIT 200""")
# Nobody is on their team, so the directory's rule holds: initials, how long, and which programme. `managed` alone keeps
# the list from walking over everybody who has a case manager; the care team and the clock decide.
_ALONE = """FROM client c JOIN person p ON p.id = c.person JOIN programme g ON g.id = c.programme
   WHERE c.closed_at IS NULL AND EXISTS (SELECT 1 FROM team w WHERE w.programme = c.programme AND w.supervisor = {viewer})
     AND NOT EXISTS (SELECT 1 FROM care_team ct WHERE ct.client = c.id AND ct.role = 'primary'
         AND ct.starts_at <= {now} AND (ct.ends_at IS NULL OR ct.ends_at > {now}))
     AND NOT EXISTS (SELECT 1 FROM block b WHERE b.client = c.id AND b.person = {viewer}
         AND b.starts_at <= {now} AND (b.until IS NULL OR b.until > {now}))"""
_WAITING = Statement(
    f"SELECT c.id, p.called_name, g.name AS programme, c.opened_at {_ALONE} AND c.managed = {{managed}} "
    "ORDER BY c.opened_at, c.id LIMIT {most} OFFSET {skip}"
)
_ONE = Statement(f"SELECT c.id, p.called_name, g.name AS programme, c.opened_at {_ALONE} AND c.id = {{client}}")
_TAKES = Statement("""SELECT s.person FROM staff s JOIN team w ON w.id = s.team
   WHERE s.person = {worker} AND w.supervisor = {viewer} AND s.ended_at IS NULL
     AND (s.role = 'case_manager' OR s.role = 'supervisor')
     AND NOT EXISTS (SELECT 1 FROM block b WHERE b.client = {client} AND b.person = {worker}
         AND b.starts_at <= {now} AND (b.until IS NULL OR b.until > {now}))""")

_PRIMARY = Statement("""SELECT ct.id FROM care_team ct JOIN staff s ON s.person = ct.staff JOIN team w ON w.id = s.team
   WHERE ct.client = {client} AND ct.staff = {worker} AND ct.role = 'primary' AND w.supervisor = {viewer}
     AND ct.starts_at <= {now} AND (ct.ends_at IS NULL OR ct.ends_at > {now})""")


@dataclass(frozen=True, slots=True)
class Caseload:
    """One worker: how many people, and of those how many need what."""

    worker: UUID
    called_name: str
    role: str
    team: str
    weekly_hours: int
    clients: int
    reviews: int
    without_plan: int
    waiting: int

    @property
    def takes_clients(self) -> bool:
        return self.role in (Role.CASE_MANAGER, Role.SUPERVISOR)


@dataclass(frozen=True, slots=True)
class Alone:
    """Somebody without a case manager, by their initials."""

    client: UUID
    initials: str
    programme: str
    days: int


async def caseloads(desk: Desk) -> list[Caseload]:
    """Every worker of the viewer's teams, by team and name, those without clients too."""
    rows = (await desk.read((CASELOADS, {"week": local(desk.now).date() + WEEK})))[0]
    workers = (await DB.run((_WORKERS, {"viewer": desk.viewer.person})))[0]
    counts = {row["staff"]: row for row in rows}
    return [_caseload(worker, counts.get(worker["person"])) for worker in workers]


def _caseload(worker: Row, counts: Row | None) -> Caseload:
    found = counts or {"clients": 0, "reviews": 0, "without_plan": 0, "waiting": 0}
    return Caseload(
        worker["person"],
        worker["called_name"],
        worker["role"],
        worker["team"],
        worker["weekly_hours"],
        found["clients"],
        found["reviews"],
        found["without_plan"],
        found["waiting"],
    )


async def alone(desk: Desk, page: int = 1) -> tuple[list[Alone], bool]:
    """People of the viewer's programmes without a case manager, longest first, and whether there are more. One look."""
    if desk.viewer.role is not Role.SUPERVISOR:
        return [], False
    values = {
        "viewer": desk.viewer.person,
        "now": desk.now,
        "most": PAGE + 1,
        "skip": (page - 1) * PAGE,
        "managed": False,
    }
    rows = (await DB.run((_WAITING, values)))[0]
    await record(
        Event(
            "list",
            actor=desk.viewer.person,
            acting_as=desk.viewer.role,
            category=Category.PROFILE_CONTACT.name.lower(),
            basis="role",
            reason="no case manager",
            request_id=desk.trace.request_id,
            address=desk.trace.address,
            session=desk.viewer.session,
            at=desk.now,
        )
    )
    return [_alone(row, desk.now) for row in rows[:PAGE]], len(rows) > PAGE


def _alone(row: Row, now: datetime) -> Alone:
    days = (local(now).date() - local(row["opened_at"]).date()).days
    return Alone(row["id"], initials(row["called_name"]), row["programme"], max(days, 0))


async def assign(viewer: Viewer, client: UUID, worker: UUID, *, now: datetime) -> None:
    """Make a worker of one's own team the client's case manager; both are told.

    Raises NotFound for a client who is not waiting, Refused for a worker who can't take them. Twice is once.
    """
    if viewer.role is not Role.SUPERVISOR or not viewer.enabled:
        raise NotFound
    values = {"viewer": viewer.person, "now": now, "client": client, "worker": worker}
    async with DB.transaction():
        waiting, takes, there = await DB.run((_ONE, values), (_TAKES, values), (_PRIMARY, values))
        if there:
            return
        if not waiting:
            raise NotFound
        if not takes:
            raise Refused
        place = CareTeam(id=uuid4(), client=client, staff=worker, role="primary", starts_at=now)
        await CareTeam.insert(place)
        changed: dict[Any, Any] = {Client.consent_epoch: Client.consent_epoch + 1, Client.managed: True}
        await Client.update(changed).where(Client.id == client)
        for recipient in {client, worker} - {viewer.person}:
            await _tell(recipient, client, place.id)
        await append([_event(viewer, client, place.id, now)])


async def _tell(recipient: UUID, client: UUID, place: UUID) -> None:
    key = f"care_team.assigned:{place}:{recipient}"
    payload = {"care_team": str(place)}
    await Outbox.insert(Outbox(key=key, kind="care_team.assigned", recipient=recipient, client=client, payload=payload))


def _event(viewer: Viewer, client: UUID, place: UUID, now: datetime) -> Event:
    return Event(
        "assign",
        actor=viewer.person,
        acting_as=viewer.role or "",
        client=client,
        category=Category.CARE_TEAM_NAMES.name.lower(),
        item=place,
        basis="supervisor",
        session=viewer.session,
        at=now,
    )

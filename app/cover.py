"""Cover: while a case manager is away somebody else of the supervisor's teams has their place, and loses it by the clock."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from app.access import Category, Desk, Role, Viewer
from app.access.log import Event, append
from app.data.engine import Statement
from app.data.piccolo_conf import DB
from app.data.tables.care import CareTeam, Client
from app.data.tables.delivery import Outbox
from app.errors import NotFound, Refused

LONGEST = timedelta(days=90)
_COVERS = Statement("""SELECT ct.staff, ct.covering_for, ct.starts_at, ct.ends_at, a.called_name AS who, f.called_name AS away,
      COUNT(ct.id) AS clients
    FROM team w JOIN staff s ON s.team = w.id JOIN care_team ct ON ct.covering_for = s.person AND ct.ends_at > {now}
    JOIN person a ON a.id = ct.staff JOIN person f ON f.id = ct.covering_for
   WHERE w.supervisor = {viewer}
   GROUP BY ct.staff, ct.covering_for, ct.starts_at, ct.ends_at, a.called_name, f.called_name
   ORDER BY ct.starts_at, a.called_name LIMIT 100""")
_WORKERS = Statement("""SELECT s.person, p.called_name
    FROM team w JOIN staff s ON s.team = w.id JOIN person p ON p.id = s.person
   WHERE w.supervisor = {viewer} AND s.ended_at IS NULL AND (s.role = 'case_manager' OR s.role = 'supervisor')
   ORDER BY p.called_name, s.person LIMIT 200""")
# The places of who is away; a client who keeps the other one out, or has them on the team for all that time, is left as is.
_PLACES = Statement("""SELECT ct.client FROM care_team ct JOIN client c ON c.id = ct.client
   WHERE ct.staff = {away} AND ct.role = 'primary' AND ct.covering_for IS NULL AND ct.starts_at <= {until}
     AND (ct.ends_at IS NULL OR ct.ends_at > {since}) AND c.closed_at IS NULL
     AND NOT EXISTS (SELECT 1 FROM block b WHERE b.client = ct.client AND b.person = {worker}
        AND b.starts_at <= {until} AND (b.until IS NULL OR b.until > {since}))
     AND NOT EXISTS (SELECT 1 FROM care_team x WHERE x.client = ct.client AND x.staff = {worker}
        AND x.starts_at <= {since} AND (x.ends_at IS NULL OR x.ends_at >= {until})) LIMIT 1000""")
_THEIR_ROWS = Statement("""SELECT ct.id, ct.client FROM care_team ct
   WHERE ct.covering_for = {away} AND ct.staff = {worker} AND ct.ends_at > {now} LIMIT 1000""")


@dataclass(frozen=True, slots=True)
class Cover:
    """Who stands in for whom, from and until when, and for how many people."""

    worker: UUID
    away: UUID
    worker_name: str
    away_name: str
    starts_at: datetime
    ends_at: datetime
    clients: int
    begun: bool


def _overseer(viewer: Viewer) -> None:
    if viewer.role is not Role.SUPERVISOR or not viewer.enabled:
        raise NotFound


async def covers(desk: Desk) -> list[Cover]:
    """Those that hold now or are still to come, over the workers of the viewer's teams. Raises NotFound."""
    _overseer(desk.viewer)
    rows = (await DB.run((_COVERS, {"viewer": desk.viewer.person, "now": desk.now})))[0]
    return [
        Cover(
            row["staff"],
            row["covering_for"],
            row["who"],
            row["away"],
            row["starts_at"],
            row["ends_at"],
            row["clients"],
            row["starts_at"] <= desk.now,
        )
        for row in rows
    ]


async def workers(desk: Desk) -> dict[UUID, str]:
    """Who can be away and who can stand in: the case managers of the viewer's teams. Raises NotFound."""
    _overseer(desk.viewer)
    rows = (await DB.run((_WORKERS, {"viewer": desk.viewer.person})))[0]
    return {row["person"]: row["called_name"] for row in rows}


async def begin(desk: Desk, away: UUID, worker: UUID, first: date, last: date, zone: str) -> int:
    """From the start of the first day, or now, until the end of the last one. How many people are covered.

    Raises NotFound, or Refused when one of the two is not of the viewer's teams, or nobody is there to be covered.
    """
    since = max(_midnight(first, zone), desk.now)
    until = _midnight(last + timedelta(days=1), zone)
    async with DB.transaction():
        if not {away, worker} <= (await workers(desk)).keys() or away == worker or until <= since:
            raise Refused
        values = {"away": away, "worker": worker, "since": since, "until": until}
        clients = {row["client"] for row in (await DB.run((_PLACES, values)))[0]}
        if not clients:
            raise Refused
        places = [
            CareTeam(
                id=uuid4(),
                client=client,
                staff=worker,
                role="temporary",
                starts_at=since,
                ends_at=until,
                covering_for=away,
            )
            for client in clients
        ]
        await CareTeam.insert(*places)
        await _changed(desk, "cover", [(place.id, place.client) for place in places], {away, worker})
    return len(clients)


async def end(desk: Desk, away: UUID, worker: UUID) -> None:
    """Now instead of by the clock. Raises NotFound where there is none of the viewer's teams."""
    async with DB.transaction():
        if away not in await workers(desk) and not any(one.away == away for one in await covers(desk)):
            raise NotFound
        rows = (await DB.run((_THEIR_ROWS, {"away": away, "worker": worker, "now": desk.now})))[0]
        if not rows:
            raise NotFound
        for row in rows:
            # One that has not begun never does: it is over before it starts.
            await CareTeam.update({CareTeam.ends_at: desk.now}).where(CareTeam.id == row["id"])
        await _changed(desk, "cover-ended", [(row["id"], row["client"]) for row in rows], {away, worker})


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))


async def _changed(desk: Desk, action: str, places: list[tuple[UUID, UUID]], told: set[UUID]) -> None:
    """Open pages notice, each record has its event, and both workers are told once."""
    clients = [client for _, client in places]
    await Client.update({Client.consent_epoch: Client.consent_epoch + 1}).where(Client.id.is_in(clients))
    for person in told - {desk.viewer.person}:
        key = f"care_team.{action}:{places[0][0]}:{person}"
        await Outbox.insert(Outbox(key=key, kind=f"care_team.{action}", recipient=person, due_at=desk.now))
    await append([_event(desk, action, place, client) for place, client in places])


def _event(desk: Desk, action: str, place: UUID, client: UUID) -> Event:
    return Event(
        action,
        actor=desk.viewer.person,
        acting_as=desk.viewer.role or "",
        client=client,
        category=Category.CARE_TEAM_NAMES.name.lower(),
        item=place,
        basis="supervisor",
        request_id=desk.trace.request_id,
        address=desk.trace.address,
        session=desk.viewer.session,
        at=desk.now,
    )

"""The front desk's day: when, where and with whom. What a visit is for is not asked for."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from app.access import Category, Desk, DeskListing
from app.errors import NotFound
from app.language import zone

MOST = 300
DAY = DeskListing(
    "visits of the day",
    Category.APPOINTMENTS,
    f"""SELECT t.id, t.client, t.starts_at, t.minutes, t.place, t.mode, t.state, t.confirmed_at,
           p.called_name, q.called_name AS staff
      FROM appointment t JOIN mine ON mine.client = t.client JOIN client c ON c.id = t.client
      JOIN person p ON p.id = t.client LEFT JOIN person q ON q.id = t.staff
     WHERE t.starts_at >= {{since}} AND t.starts_at < {{until}} AND {{item}} AND t.state <> 'cancelled'
       AND t.state <> 'proposed' ORDER BY t.starts_at, t.id LIMIT {MOST}""",  # noqa: S608
    front_desk=True,
)


@dataclass(frozen=True, slots=True)
class DayVisit:
    id: UUID
    client: UUID
    starts_at: datetime
    minutes: int
    place: str
    mode: str
    state: str
    confirmed: bool
    called_name: str
    staff: str


async def day_of(desk: Desk, day: date) -> list[DayVisit]:
    """The visits of one day in the reader's zone. Raises NotFound for everyone but the front desk."""
    if not desk.may(DAY):
        raise NotFound
    since = datetime.combine(day, time(), ZoneInfo(zone.get()))
    bounds = {"since": since.astimezone(UTC), "until": (since + timedelta(days=1)).astimezone(UTC)}
    return [
        DayVisit(
            row["id"],
            row["client"],
            row["starts_at"],
            row["minutes"],
            row["place"],
            row["mode"],
            row["state"],
            row["confirmed_at"] is not None,
            row["called_name"],
            row["staff"] or "",
        )
        for row in (await desk.read((DAY, bounds)))[0]
    ]

"""Visits as a viewer may see them: what is ahead and what was."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from app.access import Access, Category, Flag, Listing, Mask
from app.data.engine import Row
from app.language import _, lazy

MODES = {
    "in_person": lazy("In person"),
    "phone": lazy("By phone"),
    "video": lazy("By video"),
    "home": lazy("At my home"),
}
ROLES = {
    "case_manager": lazy("your case manager"),
    "clinician": lazy("your clinician"),
    "nurse": lazy("your nurse"),
    "peer": lazy("your peer supporter"),
    "supervisor": lazy("from your team"),
}
KINDS = {
    "case_management": lazy("Case management"),
    "therapy": lazy("Therapy"),
    "group": lazy("Group"),
    "medication": lazy("Medication visit"),
    "intake": lazy("First visit"),
    "review": lazy("Plan review"),
}
GOING_ON = timedelta(hours=1)  # a visit stays the next one until this long after it began

_SELECT = """SELECT t.id, t.starts_at, t.minutes, t.zone, t.staff, t.place, t.safe_label, t.kind, t.way, t.mode, t.state,
       t.confirmed_at, t.move_asked_at, t.move_reason, t.sequence, t.version, t.labels, t.flags, {mask} AS mask,
       p.called_name AS staff_name, s.role AS staff_role
  FROM appointment t LEFT JOIN person p ON p.id = t.staff LEFT JOIN staff s ON s.person = t.staff
 WHERE t.client = {client} AND {reach}"""
_OPEN = "(t.state = 'proposed' OR t.state = 'pending' OR t.state = 'booked' OR t.state = 'arrived')"


def _listing(rest: str) -> Listing:
    return Listing("appointment", Category.APPOINTMENTS, f"{_SELECT} {rest}", sealed=("way", "move_reason"))


AHEAD = _listing(f"AND {_OPEN} AND t.starts_at >= {{since}} ORDER BY t.starts_at, t.id LIMIT 50")
NEXT_ONE = _listing(
    "AND (t.state = 'booked' OR t.state = 'arrived') AND t.starts_at >= {since} ORDER BY t.starts_at, t.id LIMIT 1"
)
PAST = _listing(f"AND (t.starts_at < {{since}} OR NOT {_OPEN}) ORDER BY t.starts_at DESC, t.id LIMIT 50")
VISIT = _listing("AND t.id = {id}")


@dataclass(frozen=True, slots=True)
class Visit:
    """safe: the viewer may know when, where and with whom, and the safe label; what it is for stays blank.

    reason: the words with a wish to move it, or with the wish for a visit.
    """

    id: UUID
    starts_at: datetime
    minutes: int
    zone: str
    staff: UUID | None
    staff_name: str
    staff_role: str
    place: str
    safe_label: str
    state: str
    confirmed: bool
    version: int
    safe: bool = False
    kind: str = ""
    way: str = ""
    mode: str = ""
    move_asked: bool = False
    reason: str = ""
    confidential: bool = False

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def label(self) -> str:
        """What to call it, in the reader's language where it is a word of ours."""
        return _(KINDS.get(self.kind, self.safe_label or lazy("Visit")))


def visit_of(row: Row) -> Visit:
    whole = Visit(
        id=row["id"],
        starts_at=row["starts_at"],
        minutes=row["minutes"],
        zone=row["zone"],
        staff=row["staff"],
        staff_name=row["staff_name"] or "",
        staff_role=row["staff_role"] or "",
        place=row["place"],
        safe_label=row["safe_label"],
        state=row["state"],
        confirmed=row["confirmed_at"] is not None,
        version=row["version"],
        kind=row["kind"],
        way=row["way"] or "",
        mode=row["mode"],
        move_asked=row["move_asked_at"] is not None,
        reason=row["move_reason"] or "",
        confidential=bool(row["flags"] & Flag.CONFIDENTIAL),
    )
    if row["mask"] < Mask.SAFE:
        return whole
    return replace(whole, safe=True, kind="", way="", mode="", staff_role="", move_asked=False, reason="")


def since(access: Access) -> datetime:
    return access.now - GOING_ON


async def visits(access: Access) -> tuple[list[Visit], list[Visit]]:
    """Those ahead, soonest first, and those that were, latest first, as far as the viewer reaches."""
    when = {"since": since(access)}
    ahead, past = await access.read((AHEAD, when), (PAST, when))
    return [visit_of(row) for row in ahead], [visit_of(row) for row in past]


async def visit(access: Access, visit_id: UUID) -> Visit:
    """Raises NotFound."""
    return visit_of(await access.open(VISIT, visit_id))

"""The plan as a viewer may see it: what is in use, and the client's own unfinished change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.access import Access, Category, Listing
from app.crisis_plan.sections import SECTIONS, Section
from app.data.engine import Row

# A draft and an older version are the client's alone; what is in use is what everybody else may reach a part of.
PLANS = Listing(
    "crisis_plan",
    Category.CRISIS_PLAN,
    """SELECT t.id, t.number, t.state, t.version, t.activated_at, t.review_due FROM crisis_plan t
        WHERE t.client = {client} AND {reach} AND (t.state = 'active' OR t.state = 'draft') LIMIT 2""",
)
ENTRIES = Listing(
    "crisis_entry",
    Category.CRISIS_PLAN,
    """SELECT t.id, t.plan, t.section, t.position, t.text, t.about FROM crisis_entry t JOIN crisis_plan p ON p.id = t.plan
        WHERE t.client = {client} AND {reach} AND (p.state = 'active' OR p.state = 'draft') AND NOT t.proposed
        ORDER BY t.section, t.position, t.id LIMIT 600""",
    sealed=("text",),
    sections=True,
)


@dataclass(frozen=True, slots=True)
class Entry:
    id: UUID
    section: int
    text: str


@dataclass(frozen=True, slots=True)
class Plan:
    """stamp: what an edit was made from; it never repeats for a client."""

    id: UUID
    number: int
    version: int
    activated_at: datetime | None
    review_due: date | None
    entries: tuple[Entry, ...]

    @property
    def stamp(self) -> int:
        return self.number * 10_000 + self.version

    def lines(self, section: int) -> list[str]:
        return [entry.text for entry in self.entries if entry.section == section]

    @property
    def written(self) -> list[tuple[Section, list[str]]]:
        """The sections that hold something, in order."""
        return [(section, lines) for section in SECTIONS if (lines := self.lines(section.number))]


@dataclass(frozen=True, slots=True)
class Both:
    """The plan in use and the client's unfinished change of it, either of which may be absent."""

    active: Plan | None
    draft: Plan | None

    @property
    def newest(self) -> Plan | None:
        return self.draft or self.active

    @property
    def stamp(self) -> int:
        return self.newest.stamp if self.newest else 0


def _plan(rows: Sequence[Row], entries: Sequence[Row], state: str) -> Plan | None:
    row = next((row for row in rows if row["state"] == state), None)
    if row is None:
        return None
    mine = tuple(Entry(e["id"], e["section"], e["text"] or "") for e in entries if e["plan"] == row["id"])
    return Plan(row["id"], row["number"], row["version"], row["activated_at"], row["review_due"], mine)


async def plan(access: Access) -> Both:
    """What the viewer reaches; nothing of it at all is no error. A draft is shown to its client alone."""
    rows, entries = await access.read(PLANS, ENTRIES)
    return Both(_plan(rows, entries, "active"), _plan(rows, entries, "draft") if access.is_own else None)

"""A worker's day: who needs them, why, and in which order. One statement over indexed columns, however large the database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from app.access import Category, Desk, DeskListing, Role
from app.data.engine import Row
from app.errors import NotFound
from app.language import _, ago, clock, day, lazy, local, ngettext, short_day, when

SOON = timedelta(hours=2)
GOING_ON = timedelta(hours=1)  # so long after its start a visit is happening rather than past
WEEK = timedelta(days=6)
PAGE = 50
MOST = 500  # a caseload; whoever has more sees those with something today first, and is told

_FROM = """FROM mine JOIN client c ON c.id = mine.client JOIN person p ON p.id = c.person
      JOIN client_key k ON k.id = c.id JOIN standing s ON s.id = c.id LEFT JOIN goal t ON t.id = s.goal AND {item}"""
WORKLIST = DeskListing(
    "caseload",
    Category.PLAN,
    f"""SELECT c.id AS client, p.called_name, p.pronouns, k.wrapped, c.opened_at, s.last_contact_at, s.last_contact_mode,
           s.next_visit_at, s.waiting_since, s.step_due, s.review_due, s.crisis_review_due, s.steps_done, s.steps_total,
           t.id AS goal, t.title AS goal_title, e.contact_every_days
      {_FROM} LEFT JOIN episode_of_care e ON e.client = c.id AND e.state = 'active'
     WHERE c.closed_at IS NULL
     ORDER BY CASE WHEN s.waiting_since IS NOT NULL OR s.next_visit_at < {{soon}} THEN 0 ELSE 1 END,
           s.last_contact_at IS NOT NULL, s.last_contact_at, c.id LIMIT {MOST + 1}""",
    sealed={"goal_title": ("goal", "title", "goal")},
)
# A peer works with goals alone: nothing of visits, messages, contacts or the crisis plan is asked for.
GOALS_ONLY = DeskListing(
    "caseload",
    Category.GOALS,
    f"""SELECT c.id AS client, p.called_name, p.pronouns, k.wrapped, c.opened_at, t.id AS goal, t.title AS goal_title
      {_FROM} WHERE c.closed_at IS NULL ORDER BY p.called_name, c.id LIMIT {MOST + 1}""",
    sealed={"goal_title": ("goal", "title", "goal")},
)

# How a contact took place, said in the list and in the record.
MODES = {
    "visit": lazy("Visit"),
    "phone": lazy("Phone"),
    "message": lazy("Message"),
    "video": lazy("Video"),
    "home": lazy("Home visit"),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """rank: the place in the order of the day. link: where the verb leads, under the client's record."""

    rank: int
    group: str
    icon: str
    tone: str
    verb: str
    link: str


KINDS = {
    "visit_soon": Kind(1, "today", "calendar-clock", "", lazy("Prepare"), ""),
    "reply": Kind(2, "today", "message-circle", "soon", lazy("Reply"), "/messages"),
    "check_in": Kind(3, "today", "hand-heart", "soon", lazy("Check in"), "/appointments"),
    "visit_today": Kind(4, "today", "calendar-clock", "", lazy("Prepare"), ""),
    "review": Kind(5, "week", "file-check", "", lazy("Review"), "/goals"),
    "step": Kind(5, "week", "list-checks", "", lazy("See steps"), "/goals"),
    "crisis_missing": Kind(5, "week", "life-buoy", "", lazy("Start it"), "/crisis-plan"),
    "crisis_review": Kind(5, "week", "life-buoy", "", lazy("Review"), "/crisis-plan"),
    "plan_visit": Kind(6, "week", "calendar-plus", "", lazy("Plan visit"), "/appointments/new"),
    "contact": Kind(6, "week", "phone", "", lazy("Get in touch"), ""),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody is on the list. at: a moment, or the start of a due day; days and agreed: since the last contact."""

    name: str
    at: datetime
    now: datetime
    days: int | None = None
    agreed: int = 0

    @property
    def kind(self) -> Kind:
        return KINDS[self.name]

    @property
    def order(self) -> tuple[int, datetime]:
        return self.kind.rank, self.at

    @property
    def text(self) -> str:
        return _SAID[self.name](self)

    @property
    def detail(self) -> str:
        if self.name == "check_in":
            return _("Planned for %(when)s. How did it go?") % {"when": when(self.at)}
        if self.name == "plan_visit":
            return _since(self)
        if self.name == "contact":
            return ngettext("Agreed: every day", "Agreed: every %(num)d days", self.agreed) % {"num": self.agreed}
        return ""


def _visit(reason: Reason) -> str:
    if reason.at <= reason.now:
        return _("Visit now, since %(time)s") % {"time": clock(reason.at)}
    return _("Visit at %(time)s") % {"time": clock(reason.at)}


def _reply(reason: Reason) -> str:
    return _("Waiting for a reply since %(time)s") % {"time": ago(reason.at)}


def _due(ahead: str, past: str, reason: Reason) -> str:
    due = reason.at.date()
    if due < local(reason.now).date():
        return _(past) % {"day": short_day(due)}
    return _(ahead) % {"day": day(due)}


def _since(reason: Reason) -> str:
    if reason.days is None:
        return _("No contact yet")
    said = ngettext(
        "%(num)d day since contact, agreed %(agreed)d", "%(num)d days since contact, agreed %(agreed)d", reason.days
    )
    return said % {"num": reason.days, "agreed": reason.agreed}


def _quiet(reason: Reason) -> str:
    if reason.days is None:
        return _("No contact yet")
    return ngettext("%(num)d day since contact", "%(num)d days since contact", reason.days) % {"num": reason.days}


_SAID = {
    "visit_soon": _visit,
    "visit_today": _visit,
    "reply": _reply,
    "check_in": lambda reason: _("Check in after the visit"),
    "review": lambda reason: _due(lazy("Plan review due %(day)s"), lazy("Plan review was planned for %(day)s"), reason),
    "step": lambda reason: _due(lazy("A step is due %(day)s"), lazy("A step was planned for %(day)s"), reason),
    "crisis_missing": lambda reason: _("No crisis plan yet"),
    "crisis_review": lambda reason: _due(
        lazy("Crisis plan review due %(day)s"), lazy("Crisis plan review was planned for %(day)s"), reason
    ),
    "plan_visit": lambda reason: _("No visit planned yet"),
    "contact": _quiet,
}


def reasons(row: Row, now: datetime) -> list[Reason]:
    """Everything that puts somebody on the list at `now`, the most pressing first. Days are the reader's."""
    if "next_visit_at" not in row:
        return []
    found = [*_visits(row, now), *_waiting(row, now), *_week(row, now), *_silence(row, now)]
    return sorted(found, key=lambda reason: reason.order)


def reason(row: Row, now: datetime) -> Reason | None:
    """What it says beside their name; None when nothing is needed."""
    return next(iter(reasons(row, now)), None)


def _visits(row: Row, now: datetime) -> Iterable[Reason]:
    starts = row["next_visit_at"]
    if starts is None:
        return
    if starts + GOING_ON <= now:
        yield Reason("check_in", starts, now)
    elif starts <= now + SOON:
        yield Reason("visit_soon", starts, now)
    elif local(starts).date() == local(now).date():
        yield Reason("visit_today", starts, now)


def _waiting(row: Row, now: datetime) -> Iterable[Reason]:
    if row["waiting_since"] is not None:
        yield Reason("reply", row["waiting_since"], now)


def _week(row: Row, now: datetime) -> Iterable[Reason]:
    today = local(now).date()
    due = {"review": row["review_due"], "step": row["step_due"], "crisis_review": row["crisis_review_due"]}
    for name, of in due.items():
        if of is not None and of <= today + WEEK:
            yield Reason(name, _morning(of), now)
    if row["crisis_review_due"] is None:
        yield Reason("crisis_missing", _morning(today), now)


def _silence(row: Row, now: datetime) -> Iterable[Reason]:
    agreed, last = row["contact_every_days"], row["last_contact_at"]
    if not agreed:
        return
    days = (local(now).date() - local(last or row["opened_at"]).date()).days
    if days > agreed:
        name = "plan_visit" if row["next_visit_at"] is None else "contact"
        yield Reason(name, last or row["opened_at"], now, None if last is None else days, agreed)


def _morning(of: date) -> datetime:
    """A due day among moments, for the order; only its date is read."""
    return datetime.combine(of, time(), UTC)


@dataclass(frozen=True, slots=True)
class Person:
    """One line of the list. goal: the first active one that the viewer reaches."""

    client: UUID
    called_name: str
    pronouns: str
    reasons: tuple[Reason, ...]
    next_visit_at: datetime | None
    last_contact_at: datetime | None
    last_contact_mode: str
    goal: str
    done: int
    total: int

    @property
    def reason(self) -> Reason | None:
        return self.reasons[0] if self.reasons else None

    @property
    def group(self) -> str:
        return self.reason.kind.group if self.reason else "nothing"

    @property
    def detail(self) -> str:
        """The small line: more about the reason, or the next one."""
        if not self.reasons:
            return ""
        return self.reasons[0].detail or (self.reasons[1].text if len(self.reasons) > 1 else "")

    def has(self, *names: str) -> bool:
        return any(reason.name in names for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class Worklist:
    """people: one page of those asked for, in order. counts: how many each filter would show."""

    people: tuple[Person, ...]
    counts: dict[str, int]
    show: str
    page: int
    pages: int
    cut: bool

    def grouped(self) -> list[tuple[str, list[Person]]]:
        found = [(group, [p for p in self.people if p.group == group]) for group in ("today", "week", "nothing")]
        return [(group, people) for group, people in found if people]


FILTERS = {
    "needs": lambda person: bool(person.reasons),
    "visits": lambda person: person.has("visit_soon", "visit_today"),
    "waiting": lambda person: person.has("reply"),
    "reviews": lambda person: person.has("review", "crisis_review", "crisis_missing"),
    "everyone": lambda person: True,
}


async def worklist(desk: Desk, *, show: str = "needs", page: int = 1) -> Worklist:
    """The viewer's own clients: on their care team now, not closed, and not keeping the viewer out.

    Raises NotFound for those whose work has no caseload.
    """
    peer = desk.viewer.role is Role.PEER
    if not desk.may(GOALS_ONLY if peer else WORKLIST):
        raise NotFound
    rows = (await desk.read(GOALS_ONLY if peer else (WORKLIST, {"soon": desk.now + SOON})))[0]
    everyone = sorted(_people(rows[:MOST], desk.now), key=_order)
    chosen = [person for person in everyone if FILTERS[show](person)]
    counts = {name: sum(map(shown, everyone)) for name, shown in FILTERS.items()}
    pages = max(1, -(-len(chosen) // PAGE))
    page = min(page, pages)
    return Worklist(tuple(chosen[(page - 1) * PAGE : page * PAGE]), counts, show, page, pages, cut=len(rows) > MOST)


def _order(person: Person) -> tuple[tuple[int, datetime], str, UUID]:
    nothing = (99, datetime.max.replace(tzinfo=UTC))
    return person.reason.order if person.reason else nothing, person.called_name.casefold(), person.client


def _people(rows: list[Row], now: datetime) -> Iterable[Person]:
    """Two open episodes of one person are one line."""
    for row in {row["client"]: row for row in rows}.values():
        reached = row["goal"] is not None and "steps_total" in row
        yield Person(
            client=row["client"],
            called_name=row["called_name"],
            pronouns=row["pronouns"],
            reasons=tuple(reasons(row, now)),
            next_visit_at=row.get("next_visit_at"),
            last_contact_at=row.get("last_contact_at"),
            last_contact_mode=row.get("last_contact_mode", ""),
            goal=row["goal_title"] or "",
            done=row["steps_done"] if reached else 0,
            total=row["steps_total"] if reached else 0,
        )

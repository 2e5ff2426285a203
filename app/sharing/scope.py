"""What a consent opens, chosen by its client: kinds of things, what one may do with them, and until when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.access import Action, Category, Label
from app.data.engine import Row
from app.language import lazy

LONGEST = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing as it is offered. short: for a chip. also: what can be ticked beside seeing it."""

    name: str
    short: str
    example: str
    icon: str
    base: Action = Action.SEE
    also: Mapping[Action, str] = field(default_factory=dict)


# In the order of the page. A kind is offered once there is a page behind it.
OFFERED: dict[Category, Kind] = {
    Category.APPOINTMENTS: Kind(
        lazy("Visits"),
        lazy("Visits"),
        lazy("When and where your visits are, and with whom."),
        "calendar-days",
        also={Action.DETAILS: lazy("Also what each visit is for")},
    ),
    Category.GOALS: Kind(
        lazy("My plan"),
        lazy("Plan"),
        lazy("Your goals and steps, in your own words."),
        "list-checks",
        also={
            Action.COMMENT: lazy("They can write a word under a goal"),
            Action.PROPOSE: lazy("They can suggest goals and steps. You decide."),
        },
    ),
    Category.CRISIS_PLAN: Kind(
        lazy("Parts of my crisis plan"),
        lazy("Crisis plan"),
        lazy("Only the parts you tick, and only the plan in use."),
        "life-buoy",
    ),
    Category.MESSAGES: Kind(
        lazy("Messages"),
        lazy("Messages"),
        lazy("Only talks they take part in, from the day they join. Never your own talks with your team."),
        "message-circle",
        base=Action.SEE | Action.JOIN_THREAD,
        also={Action.MESSAGE: lazy("They can write in these talks")},
    ),
    Category.RESOURCES: Kind(lazy("Saved places"), lazy("Saved places"), lazy("Places for help that you keep."), "map"),
    Category.CARE_TEAM_NAMES: Kind(
        lazy("Names of my care team"), lazy("Team names"), lazy("Who works with you."), "users-round"
    ),
}
# Each needs a tick of its own: no kind of thing ever brings them with it.
SENSITIVE: dict[Label, str] = {
    Label.SUD: lazy("Alcohol or drugs"),
    Label.SEXUAL: lazy("Sexual health"),
    Label.HIV: lazy("HIV"),
    Label.VIOLENCE: lazy("Violence at home or sexual violence"),
    Label.SELF_HARM: lazy("Hurting myself"),
}


@dataclass(frozen=True, slots=True)
class Scope:
    """actions: by kind of thing, never empty for one that is in it. sections: bits of the crisis plan's parts.

    older: also what was there before the day of signing. keep: stays open if I am too unwell to decide.
    """

    actions: Mapping[Category, Action] = field(default_factory=dict)
    sections: int = 0
    labels: Label = Label(0)
    until: date | None = None
    older: bool = False
    keep: bool = False

    def within(self, other: "Scope") -> bool:
        """Nothing here that is not open in `other` already: no new signature is needed for it. What holds in illness is
        part of the signed text, so that it changes, to either side, with a new one."""
        return (
            all(not actions & ~other.actions.get(category, Action(0)) for category, actions in self.actions.items())
            and not self.sections & ~other.sections
            and not self.labels & ~other.labels
            and self.until is not None
            and other.until is not None
            and self.until <= other.until
            and (other.older or not self.older)
            and other.keep == self.keep
        )


def scope_of(grants: Iterable[Row], zone: str) -> Scope:
    """What these rows of consent_grant (with keep_if_unwell and until) open together."""
    rows = list(grants)
    actions: dict[Category, Action] = {}
    for row in rows:
        category = Category(row["category"])
        actions[category] = actions.get(category, Action(0)) | Action(row["actions"])
    ends = [last_day(row["until"], zone) for row in rows if row["until"]]
    return Scope(
        actions=actions,
        sections=_or(row["sections"] for row in rows),
        labels=Label(_or(row["labels"] for row in rows)),
        until=max(ends, default=None),
        older=bool(rows) and all(row["data_from"] is None for row in rows),
        keep=any(row["keep_if_unwell"] for row in rows),
    )


def _or(bits: Iterable[int]) -> int:
    found = 0
    for one in bits:
        found |= one
    return found


def end_of(day: date, zone: str) -> datetime:
    """The instant at which a last day is over, where the client lives."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)


def last_day(until: datetime, zone: str) -> date:
    return (until - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date()

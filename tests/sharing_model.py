"""What two of a client's people may see, in plain sets: written from the access table, and asking nothing of the application.

The tests of histories hold the application against it. Words stand for masks, so that a bit in the wrong place shows.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

HOME = ZoneInfo("America/New_York")
CATEGORIES = {
    "APPOINTMENTS": {"DETAILS"},
    "GOALS": {"COMMENT", "PROPOSE"},
    "CRISIS_PLAN": set(),
    "MESSAGES": {"MESSAGE"},
    "RESOURCES": set(),
    "CARE_TEAM_NAMES": set(),
}  # what can be offered, and what can be ticked beside seeing it
TICKABLE = ("SUD", "SEXUAL", "HIV", "VIOLENCE", "SELF_HARM")
NEVER = ("PSYCHOTHERAPY", "SUD_COUNSELLING", "STAFF_ONLY", "THIRD_PARTY")
FLAGS = ("CONFIDENTIAL", "CLIENT_PRIVATE", "MINE_ONLY", "NOT_IN_PORTAL")  # any of them keeps it from everybody let in
SECTIONS = (1, 2, 3)


@dataclass(frozen=True)
class Wish:
    """What a client ticks on one form. actions: by category, never empty."""

    actions: dict[str, frozenset[str]]
    sections: frozenset[int]
    labels: frozenset[str]
    last_day: date
    older: bool
    keep: bool

    @property
    def until(self) -> datetime:
        return datetime.combine(self.last_day + timedelta(days=1), time(), HOME).astimezone(UTC)


@dataclass
class Opening:
    """One category that is open to one person under a signed text. since: nothing older than this; None for everything."""

    actions: frozenset[str]
    labels: frozenset[str]
    sections: frozenset[int]
    since: datetime | None
    until: datetime
    keep: bool
    signed: datetime


@dataclass
class Draft:
    wish: Wish
    at: datetime
    since: dict[str, datetime] = field(default_factory=dict)


@dataclass
class Thing:
    """kind: goal, entry, visit, thread or message. detail: what only "details" opens (visits). home: a message's thread."""

    kind: str
    title: str
    labels: frozenset[str]
    flags: set[str]
    dated: datetime
    denied: set[int] = field(default_factory=set)
    section: int = 0
    detail: str = ""
    home: str = ""


@dataclass
class Person:
    tied: bool = True
    draft: Draft | None = None
    openings: dict[str, Opening] = field(default_factory=dict)
    paused: bool = False
    blocked: bool = False  # by the client
    barred: list[datetime] = field(default_factory=list)  # by the team or a court, until then
    seats: dict[str, datetime] = field(default_factory=dict)  # the threads they are in, and since when
    looks: dict[str, list[datetime]] = field(default_factory=dict)
    tries: int = 0

    def close(self) -> None:
        self.openings, self.draft, self.paused = {}, None, False


CATEGORY_OF = {
    "goal": "GOALS",
    "entry": "CRISIS_PLAN",
    "visit": "APPOINTMENTS",
    "thread": "MESSAGES",
    "message": "MESSAGES",
}


class Model:
    def __init__(self, now: datetime) -> None:
        self.now = now
        self.people = [Person(), Person()]
        self.things: dict[str, Thing] = {}
        self.plan_dated = now
        self.unwell = False
        self.part2 = False

    # What is open

    def kept_out(self, who: Person) -> bool:
        return who.blocked or any(self.now < until for until in who.barred)

    def opening(self, who: Person, category: str) -> Opening | None:
        """In force at this moment, or None."""
        found = who.openings.get(category)
        return found if found and not who.paused and self.holds(who, category, found) else None

    def holds(self, who: Person, category: str, opening: Opening) -> bool:
        """By everything but a pause, which a text that is only drafted does not know."""
        if not who.tied or self.kept_out(who) or self.now >= opening.until:
            return False
        if (self.unwell and not opening.keep) or (self.part2 and "SUD" not in opening.labels):
            return False
        return category != "CRISIS_PLAN" or bool(opening.sections)

    def as_drafted(self, who: Person) -> dict[str, Opening]:
        """What the draft would open if it were signed just as it stands."""
        drawn = self.drawn(who.draft) if who.draft else {}
        return {category: opening for category, opening in drawn.items() if self.holds(who, category, opening)}

    def may(self, who: Person, category: str, action: str) -> bool:
        found = self.opening(who, category)
        return found is not None and action in found.actions

    def anything(self, who: Person) -> bool:
        return any(self.opening(who, category) for category in CATEGORIES)

    # What is seen

    def covered(self, number: int, thing: Thing, opening: Opening) -> bool:
        """By itself: its marks, its age, and whom it is kept from."""
        hidden = thing.flags or number in thing.denied or not thing.labels <= opening.labels
        return not hidden and (opening.since is None or thing.dated >= opening.since)

    def reached(self, number: int, thing: Thing, opening: Opening | None = None) -> bool:
        who = self.people[number]
        opening = opening or self.opening(who, CATEGORY_OF[thing.kind])
        if opening is None or not self.covered(number, thing, opening):
            return False
        if thing.kind == "entry":
            return thing.section in opening.sections
        if thing.kind == "thread":
            return thing.title in who.seats
        if thing.kind == "message":
            return thing.home in who.seats and who.seats[thing.home] <= thing.dated
        return True

    def sight(self, number: int, openings: dict[str, Opening] | None = None) -> dict[str, set[str]]:
        """The titles that a person sees on each page. openings: as if these were what is open, in place of what is."""

        def of(kind: str) -> list[Thing]:
            instead = None if openings is None else openings.get(CATEGORY_OF[kind])
            if openings is not None and instead is None:
                return []
            return [t for t in self.things.values() if t.kind == kind and self.reached(number, t, instead)]

        visits = (self.people[number].openings if openings is None else openings).get("APPOINTMENTS")
        details = visits is not None and "DETAILS" in visits.actions
        threads = {t.title for t in of("thread")}
        return {
            "GOALS": {t.title for t in of("goal")},
            "CRISIS_PLAN": {t.title for t in of("entry")} if self.plan_reached(number, openings) else set(),
            "APPOINTMENTS": {t.title + (t.detail if details else "") for t in of("visit")},
            "MESSAGES": threads | {t.title for t in of("message") if t.home in threads},
        }

    def plan_reached(self, number: int, openings: dict[str, Opening] | None = None) -> bool:
        """The plan as a whole has an age too: only what is put to use after the signing is new."""
        own = openings is None
        opening = self.opening(self.people[number], "CRISIS_PLAN") if own else (openings or {}).get("CRISIS_PLAN")
        return opening is not None and (opening.since is None or self.plan_dated >= opening.since)

    def looked(self, number: int) -> set[str]:
        """The kinds of thing of which one round over all pages leaves a look: of which any row at all is in reach."""
        kinds = {CATEGORY_OF[t.kind] for t in self.things.values() if self.reached(number, t) and self.newest(t)}
        return kinds | ({"CRISIS_PLAN"} if self.plan_reached(number) else set())

    def newest(self, thing: Thing) -> bool:
        """A list of threads reads each thread's last message and no other."""
        if thing.kind != "message":
            return True
        return thing.dated == max(t.dated for t in self.things.values() if t.home == thing.home)

    # What is decided

    def begun(self, who: Person) -> dict[str, datetime]:
        """Since when each kind of thing that is open now has been shared."""
        return {c: o.since or o.signed for c, o in who.openings.items() if self.now < o.until}

    def drawn(self, draft: Draft) -> dict[str, Opening]:
        """The draft as it would stand open."""
        wish = draft.wish
        return {
            category: Opening(
                actions=actions,
                labels=wish.labels,
                sections=wish.sections if category == "CRISIS_PLAN" else frozenset(),
                since=None if wish.older else draft.since.get(category, draft.at),
                until=wish.until,
                keep=wish.keep,
                signed=self.now,
            )
            for category, actions in wish.actions.items()
        }

    def can_sign(self, who: Person) -> bool:
        return who.draft is not None and self.now < who.draft.wish.until and not self.kept_out(who)

    def sign(self, who: Person) -> None:
        """In place of all that was open. Without older things: what is new since it began to be shared."""
        assert who.draft is not None
        before = self.begun(who)
        who.openings = self.drawn(who.draft)
        for category, opening in who.openings.items():
            if opening.since is not None:
                opening.since = before.get(category, self.now)
        who.draft, who.paused = None, False

    def narrow(self, who: Person, wish: Wish) -> bool:
        """Whether anything closes."""
        who.draft = None
        live = {c: o for c, o in who.openings.items() if self.now < o.until}
        shut_older = bool(live) and all(o.since is None for o in live.values()) and not wish.older
        changed = False
        for category, old in live.items():
            new = Opening(
                actions=old.actions & wish.actions.get(category, frozenset()),
                labels=old.labels & wish.labels,
                sections=old.sections & wish.sections,
                since=old.signed if shut_older else old.since,
                until=min(old.until, wish.until),
                keep=old.keep,
                signed=old.signed,
            )
            changed = changed or new != old
            who.openings[category] = new
            if "SEE" not in new.actions or (category == "CRISIS_PLAN" and not new.sections):
                del who.openings[category]
        return changed

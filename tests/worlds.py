"""Random facts between one viewer and one client, and rows of the client's record, for the property tests of access."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from app.access.facts import (
    Action,
    AuthorityFact,
    BlockFact,
    Category,
    Flag,
    GlassFact,
    GrantFact,
    Item,
    Kind,
    Label,
    Role,
    TeamFact,
    Ties,
    Viewer,
)

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
# Moments on both sides of the clock's edges, and the edges themselves.
MOMENTS = [NOW + timedelta(seconds=s) for s in (-9_000_000, -86_400, -1, 0, 1, 86_400, 9_000_000)]
PAST = MOMENTS[:4]


@dataclass(frozen=True, slots=True)
class Place:
    """The viewer's place in one thread."""

    joined_at: datetime | None
    left_at: datetime | None


class World:
    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.client = self.id()
        self.stranger = self.id()

    def id(self) -> UUID:
        return UUID(int=self.dice.getrandbits(128), version=4)

    def maybe(self, chance: float) -> bool:
        return self.dice.random() < chance

    def when(self, none: float = 0.3) -> datetime | None:
        return None if self.maybe(none) else self.dice.choice(MOMENTS)

    def begun(self) -> datetime:
        return self.dice.choice(PAST) if self.maybe(0.85) else self.dice.choice(MOMENTS)

    def over(self) -> datetime | None:
        return self.dice.choice(MOMENTS[4:]) if self.maybe(0.7) else self.when(0.4)

    def labels(self, chance: float, among: Label | None = None) -> Label:
        found = Label(0)
        for label in Label:
            if (among is None or label in among) and self.maybe(chance):
                found |= label
        return found

    def actions(self) -> Action:
        found = Action.SEE
        for action in Action:
            if self.maybe(0.3):
                found |= action
        return found if self.maybe(0.9) else found & ~Action.SEE

    def categories(self) -> int:
        return sum(c.bit for c in Category if self.maybe(0.7))

    def viewer(self) -> Viewer:
        kind = self.dice.choice([Kind.CLIENT, Kind.SUPPORTER, Kind.SUPPORTER, Kind.EXTERNAL, Kind.STAFF, Kind.STAFF])
        own = kind is Kind.CLIENT and self.maybe(0.8)
        return Viewer(
            person=self.client if own else self.id(),
            kind=kind,
            enabled=self.maybe(0.96),
            role=self.dice.choice(list(Role)) if kind is Kind.STAFF else None,
            step_up=self.maybe(0.5),
        )

    def ties(self, viewer: Viewer) -> Ties:
        outsider = viewer.kind in (Kind.SUPPORTER, Kind.EXTERNAL)
        staff = viewer.kind is Kind.STAFF
        blocks = [BlockFact(self.id(), "client_block", self.begun(), self.over())] if self.maybe(0.12) else []
        return Ties(
            client=self.client,
            client_born=self.dice.choice(
                [date(2008, 3, 2), date(2008, 3, 3), date(1980, 1, 1), date(2012, 6, 1), None]
            ),
            client_zone="America/New_York",
            part2=self.maybe(0.15),
            same_programme=staff and self.maybe(0.5),
            lacks_capacity=outsider and self.maybe(0.25),
            relationship=self.id() if outsider else None,
            relationship_started_at=self.begun() if outsider else None,
            relationship_ended_at=self.over() if outsider and self.maybe(0.3) else None,
            relationship_kind="family" if outsider else "",
            blocks=tuple(blocks) if viewer.person != self.client else (),
            grants=tuple(self.grant() for _ in range(self.dice.randint(0, 6)))
            if outsider or viewer.role is Role.PEER
            else (),
            authorities=tuple(self.authority() for _ in range(self.dice.choice([0, 0, 1, 2]))) if outsider else (),
            team=tuple(self.member() for _ in range(self.dice.choice([0, 1, 1, 2]))) if staff else (),
            glass=tuple(self.glass() for _ in range(self.dice.choice([0, 0, 1, 2]))) if staff else (),
            supervision=tuple(
                GlassFact(self.id(), "review", self.begun(), self.dice.choice(MOMENTS))
                for _ in range(self.dice.choice([0, 1]))
            )
            if staff
            else (),
        )

    def grant(self) -> GrantFact:
        favourites = [Category.GOALS, Category.CRISIS_PLAN, Category.MESSAGES, Category.APPOINTMENTS]
        return GrantFact(
            id=self.id(),
            category=self.dice.choice(favourites if self.maybe(0.8) else list(Category)),
            actions=self.actions(),
            starts_at=self.begun(),
            until=self.over(),
            labels=self.labels(0.3),
            sections=sum(1 << s for s in range(1, 12) if self.maybe(0.4)) if self.maybe(0.8) else 0,
            data_from=self.when(0.6),
            suspended_reason="capacity_review" if self.maybe(0.08) else "",
            revoked_at=self.when(0.85),
            signed_at=self.begun() if self.maybe(0.93) else None,
            keep_if_unwell=self.maybe(0.5),
        )

    def authority(self) -> AuthorityFact:
        return AuthorityFact(
            id=self.id(),
            basis=self.dice.choice(["parental_responsibility", "guardianship_order", "health_poa"]),
            powers=self.actions(),
            categories=self.categories(),
            starts_at=self.begun(),
            ends_at=self.over(),
            labels=self.labels(0.4),
            disputed=self.dice.choice([0, 0, 0, Category.GOALS.bit, Category.MESSAGES.bit]),
            reviewed=self.maybe(0.9),
            springing=self.maybe(0.3),
            suspended_reason="identity_problem" if self.maybe(0.08) else "",
        )

    def member(self) -> TeamFact:
        return TeamFact(
            id=self.id(),
            role=self.dice.choice(["primary", "backup", "temporary", "clinician", "peer"]),
            starts_at=self.begun(),
            ends_at=self.over(),
            covering_for=self.id() if self.maybe(0.2) else None,
            supervised=self.maybe(0.35),
        )

    def glass(self) -> GlassFact:
        reason = self.dice.choice(["medical_emergency", "safety"])
        return GlassFact(self.id(), reason, self.begun(), self.dice.choice(MOMENTS), self.maybe(0.5))

    def item(self, category: Category, viewer: Viewer, place: Place | None = None) -> Item:
        flags = Flag(0)
        for flag in Flag:
            if self.maybe(0.1):
                flags |= flag
        return Item(
            client=self.client,
            category=category,
            labels=self.labels(0.08),
            flags=flags,
            dated=self.dice.choice(MOMENTS),
            author=viewer.person if self.maybe(0.3) else self.stranger,
            denied=frozenset([viewer.person] if self.maybe(0.08) else [self.stranger]),
            section=self.dice.randint(1, 11) if category is Category.CRISIS_PLAN else None,
            thread_kind="client" if category is Category.MESSAGES else None,
            thread_joined_at=place.joined_at if place else None,
            thread_left_at=place.left_at if place else None,
        )

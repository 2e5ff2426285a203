"""Goals, steps and comments as a viewer may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.access import Access, Category, Flag, Listing
from app.data.engine import Row

OPEN = ("proposed", "accepted", "active", "on-hold")

GOALS = Listing(
    "goal",
    Category.GOALS,
    """SELECT t.id, t.title, t.why, t.measure, t.domain, t.lifecycle, t.achievement, t.target, t.position,
              t.steps_done, t.steps_total, t.proposed_by, t.version, t.flags
         FROM goal t WHERE t.client = {client} AND {reach} AND t.lifecycle <> 'cancelled' AND t.lifecycle <> 'rejected'
         ORDER BY t.lifecycle, t.position, t.id LIMIT 100""",
    sealed=("title", "why", "measure"),
)
GOAL = Listing(
    "goal",
    Category.GOALS,
    """SELECT t.id, t.title, t.why, t.measure, t.domain, t.lifecycle, t.achievement, t.target, t.position,
              t.steps_done, t.steps_total, t.proposed_by, t.version, t.flags
         FROM goal t WHERE t.client = {client} AND t.id = {id} AND {reach}""",
    sealed=("title", "why", "measure"),
)
# A step is reached through its goal as well as by itself: a label on the goal covers what hangs under it.
_STEP = "SELECT t.id, t.goal, t.text, t.hint, t.owner, t.position, t.due, t.done_at, t.version FROM step t"
STEPS = Listing(
    "step",
    Category.GOALS,
    f"{_STEP} WHERE t.client = {{client}} AND {{reach}} AND NOT t.dropped ORDER BY t.goal, t.position, t.id LIMIT 500",
    sealed=("text", "hint"),
)
STEPS_OF = Listing(
    "step",
    Category.GOALS,
    f"{_STEP} WHERE t.client = {{client}} AND t.goal = {{goal}} AND {{reach}} AND NOT t.dropped"
    " ORDER BY t.position, t.id LIMIT 200",
    sealed=("text", "hint"),
)
STEP = Listing(
    "step",
    Category.GOALS,
    f"{_STEP} WHERE t.client = {{client}} AND t.id = {{id}} AND {{reach}} AND NOT t.dropped",
    sealed=("text", "hint"),
)
COMMENTS = Listing(
    "comment",
    Category.GOALS,
    """SELECT t.id, t.goal, t.text, t.dated, t.author, p.called_name AS author_name, p.kind AS author_kind
         FROM comment t JOIN person p ON p.id = t.author
         WHERE t.client = {client} AND t.goal = {goal} AND {reach} AND t.removed_at IS NULL
         ORDER BY t.dated, t.id LIMIT 100""",
    sealed=("text",),
)


@dataclass(frozen=True, slots=True)
class Step:
    id: UUID
    goal: UUID
    text: str
    hint: str
    owner: str
    due: date | None
    done_at: datetime | None
    version: int

    @property
    def done(self) -> bool:
        return self.done_at is not None


@dataclass(frozen=True, slots=True)
class Goal:
    id: UUID
    title: str
    why: str
    measure: str
    domain: str
    lifecycle: str
    achievement: str
    target: date | None
    done: int
    total: int
    version: int
    proposed_by: UUID | None
    private: bool = False
    steps: tuple[Step, ...] = ()

    @property
    def next_step(self) -> Step | None:
        return next((step for step in self.steps if not step.done), None)


@dataclass(frozen=True, slots=True)
class Comment:
    id: UUID
    text: str
    at: datetime
    author: UUID
    author_name: str
    author_kind: str


def step_of(row: Row) -> Step:
    return Step(
        row["id"], row["goal"], row["text"], row["hint"] or "", row["owner"], row["due"], row["done_at"], row["version"]
    )


def _goal(row: Row, steps: Sequence[Step] = ()) -> Goal:
    """The counts are those of the steps this viewer reaches: a kept counter would tell of the others."""
    return Goal(
        id=row["id"],
        title=row["title"] or "",
        why=row["why"] or "",
        measure=row["measure"] or "",
        domain=row["domain"],
        lifecycle=row["lifecycle"],
        achievement=row["achievement"],
        target=row["target"],
        done=sum(step.done for step in steps),
        total=len(steps),
        version=row["version"],
        proposed_by=row["proposed_by"],
        private=bool(row["flags"] & (Flag.CLIENT_PRIVATE | Flag.MINE_ONLY)),
        steps=tuple(steps),
    )


def grouped(goals: list[Row], steps: list[Row]) -> list[Goal]:
    """The goals with the steps that belong to them; a step of a goal out of reach falls away."""
    under: dict[UUID, list[Step]] = {row["id"]: [] for row in goals}
    for row in steps:
        if row["goal"] in under:
            under[row["goal"]].append(step_of(row))
    return [_goal(row, under[row["id"]]) for row in goals]


async def goals(access: Access) -> list[Goal]:
    """All open and completed goals that the viewer reaches, with their steps."""
    return grouped(*await access.read(GOALS, STEPS))


async def goal(access: Access, goal_id: UUID) -> tuple[Goal, list[Comment]]:
    """One goal and what was said under it. Raises NotFound."""
    row = await access.open(GOAL, goal_id)
    of_it = {"goal": goal_id}
    steps, comments = await access.read((STEPS_OF, of_it), (COMMENTS, of_it), looks=False)
    mine = [step_of(step) for step in steps]
    said = [Comment(c["id"], c["text"], c["dated"], c["author"], c["author_name"], c["author_kind"]) for c in comments]
    return _goal(row, mine), said

"""Goals in the client's own words, their steps, and what people say under them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from app.access import Access, Action, Category, Listing, Work
from app.data.engine import Row, Statement
from app.data.piccolo_conf import DB
from app.data.tables.care import Standing
from app.data.tables.goal import Comment as CommentTable
from app.data.tables.goal import Goal as GoalTable
from app.data.tables.goal import Step as StepTable
from app.errors import Refused

OPEN = ("proposed", "accepted", "active", "on-hold")

GOALS = Listing(
    "goal",
    Category.GOALS,
    """SELECT t.id, t.title, t.why, t.measure, t.domain, t.lifecycle, t.achievement, t.target, t.position,
              t.steps_done, t.steps_total, t.proposed_by, t.version
         FROM goal t WHERE t.client = {client} AND {reach} AND t.lifecycle <> 'cancelled' AND t.lifecycle <> 'rejected'
         ORDER BY t.lifecycle, t.position, t.id LIMIT 100""",
    sealed=("title", "why", "measure"),
)
GOAL = Listing(
    "goal",
    Category.GOALS,
    """SELECT t.id, t.title, t.why, t.measure, t.domain, t.lifecycle, t.achievement, t.target, t.position,
              t.steps_done, t.steps_total, t.proposed_by, t.version
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


def _step(row: Row) -> Step:
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
        steps=tuple(steps),
    )


def grouped(goals: list[Row], steps: list[Row]) -> list[Goal]:
    """The goals with the steps that belong to them; a step of a goal out of reach falls away."""
    under: dict[UUID, list[Step]] = {row["id"]: [] for row in goals}
    for row in steps:
        if row["goal"] in under:
            under[row["goal"]].append(_step(row))
    return [_goal(row, under[row["id"]]) for row in goals]


async def goals(access: Access) -> list[Goal]:
    """All open and completed goals that the viewer reaches, with their steps."""
    return grouped(*await access.read(GOALS, STEPS))


async def goal(access: Access, goal_id: UUID) -> tuple[Goal, list[Comment]]:
    """One goal and what was said under it. Raises NotFound."""
    row = await access.open(GOAL, goal_id)
    steps, comments = await access.read(STEPS, (COMMENTS, {"goal": goal_id}), looks=False)
    mine = [_step(step) for step in steps if step["goal"] == goal_id]
    said = [Comment(c["id"], c["text"], c["dated"], c["author"], c["author_name"], c["author_kind"]) for c in comments]
    return _goal(row, mine), said


async def propose(access: Access, *, title: str, why: str, form_id: UUID) -> UUID:
    """A new goal. From the client or a supporter it waits for a word with the team; from staff it is active at once.

    form_id becomes the goal's id, so that a repeated form makes one goal. Raises Refused.
    """
    own_plan = access.viewer.kind == "staff"
    async with access.write(Category.GOALS, Action.EDIT if own_plan else Action.PROPOSE) as work:
        if await GoalTable.exists().where(GoalTable.id == form_id, GoalTable.client == access.client):
            return form_id
        last = await GoalTable.count().where(GoalTable.client == access.client)
        row = GoalTable(
            id=form_id,
            client=access.client,
            lifecycle="active" if own_plan else "proposed",
            proposed_by=access.viewer.person,
            author=access.viewer.person,
            position=last,
        )
        await work.insert(row, texts={"title": title, "why": why or None}, action="propose")
        await keep_standing(work)
    return form_id


async def change(access: Access, goal_id: UUID, *, title: str, why: str, version: int) -> None:
    """New words for a goal. Raises Stale when somebody saved in between, with nothing written."""
    action = Action.PROPOSE if access.is_own else Action.EDIT
    async with access.write(Category.GOALS, action) as work:
        await work.open(GOAL, goal_id)
        await work.update(GoalTable, goal_id, texts={"title": title, "why": why or None}, version=version)


async def move(access: Access, goal_id: UUID, lifecycle: str) -> None:
    """Staff accept, pause, complete or reopen a goal; the client may pause and reopen their own."""
    allowed = LIFECYCLE_BY_CLIENT if access.is_own else LIFECYCLE_BY_STAFF
    async with access.write(Category.GOALS, Action.EDIT) as work:
        row = await work.open(GOAL, goal_id)
        if lifecycle not in allowed.get(row["lifecycle"], ()):
            raise Refused
        ended = access.now if lifecycle in ("completed", "cancelled") else None
        await work.update(
            GoalTable, goal_id, {GoalTable.lifecycle: lifecycle, GoalTable.ended_at: ended}, action=lifecycle
        )
        await keep_standing(work)


LIFECYCLE_BY_STAFF: dict[str, tuple[str, ...]] = {
    "proposed": ("accepted", "active", "rejected"),
    "accepted": ("active", "on-hold", "cancelled"),
    "active": ("on-hold", "completed", "cancelled"),
    "on-hold": ("active", "cancelled"),
    "completed": ("active",),
}
LIFECYCLE_BY_CLIENT: dict[str, tuple[str, ...]] = {
    "active": ("on-hold",),
    "on-hold": ("active",),
    "proposed": ("cancelled",),
}


async def tick(access: Access, step_id: UUID, *, done: bool) -> UUID:
    """Tick a step off, or untick it; the goal's id comes back. Doing it twice is doing it once.

    Clients tick their own plan; supporters only steps that are theirs, where proposing was granted.
    """
    action = Action.PROPOSE if access.viewer.kind == "supporter" else Action.EDIT
    async with access.write(Category.GOALS, action) as work:
        row = await work.open(STEP, step_id)
        await work.open(GOAL, row["goal"])
        if access.viewer.kind == "supporter" and row["owner"] != "supporter":
            raise Refused
        if (row["done_at"] is not None) != done:
            values = {
                StepTable.done_at: access.now if done else None,
                StepTable.done_by: access.viewer.person if done else None,
            }
            await work.update(StepTable, step_id, values, action="tick" if done else "untick")
            await _recount(row["goal"])
            await keep_standing(work)
    return row["goal"]


async def add_step(access: Access, goal_id: UUID, *, text: str, owner: str, due: date | None, form_id: UUID) -> None:
    """One more step at the end of a goal. form_id becomes its id."""
    action = Action.PROPOSE if access.is_own else Action.EDIT
    async with access.write(Category.GOALS, action) as work:
        await work.open(GOAL, goal_id)
        if await StepTable.exists().where(StepTable.id == form_id):
            return
        last = await StepTable.count().where(StepTable.goal == goal_id)
        row = StepTable(
            id=form_id,
            client=access.client,
            goal=goal_id,
            owner=owner,
            due=due,
            position=last,
            author=access.viewer.person,
        )
        await work.insert(row, texts={"text": text})
        await _recount(goal_id)
        await keep_standing(work)


async def comment(access: Access, goal_id: UUID, *, text: str, form_id: UUID) -> None:
    """Say something under a goal; it takes the goal's labels. Raises NotFound or Refused."""
    async with access.write(Category.GOALS, Action.COMMENT) as work:
        await work.open(GOAL, goal_id)
        said = await CommentTable.exists().where(
            CommentTable.author == access.viewer.person, CommentTable.form_id == form_id
        )
        if said:
            return
        shade = (await GoalTable.select(GoalTable.labels, GoalTable.flags).where(GoalTable.id == goal_id))[0]
        row = CommentTable(
            id=uuid4(),
            client=access.client,
            goal=goal_id,
            author=access.viewer.person,
            form_id=form_id,
            dated=datetime.now(UTC),
            labels=shade["labels"],
            flags=shade["flags"],
        )
        await work.insert(row, texts={"text": text}, action="comment")


_COUNTS = Statement("SELECT t.done_at FROM step t WHERE t.goal = {goal} AND NOT t.dropped")
_FIRST = Statement("""SELECT g.id, g.steps_done, g.steps_total FROM goal g
    WHERE g.client = {client} AND g.lifecycle = 'active' ORDER BY g.position, g.id LIMIT 1""")
_DUE = Statement("""SELECT s.due FROM step s JOIN goal g ON g.id = s.goal
    WHERE s.client = {client} AND s.done_at IS NULL AND NOT s.dropped AND s.due IS NOT NULL AND g.lifecycle = 'active'
    ORDER BY s.due LIMIT 1""")


async def _recount(goal_id: UUID) -> None:
    steps = (await DB.run((_COUNTS, {"goal": goal_id})))[0]
    await GoalTable.update(
        {GoalTable.steps_done: sum(s["done_at"] is not None for s in steps), GoalTable.steps_total: len(steps)}
    ).where(GoalTable.id == goal_id)


async def keep_standing(work: Work) -> None:
    """What the worklist shows of goals and steps, kept in the same transaction."""
    client = work.access.client
    first, due = await DB.run((_FIRST, {"client": client}), (_DUE, {"client": client}))
    head = first[0] if first else {"id": None, "steps_done": 0, "steps_total": 0}
    await Standing.update(
        {
            Standing.goal: head["id"],
            Standing.steps_done: head["steps_done"],
            Standing.steps_total: head["steps_total"],
            Standing.step_due: due[0]["due"] if due else None,
        }
    ).where(Standing.id == client)

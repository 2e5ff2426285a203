"""What is done to goals and steps, each act in one transaction with its events."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from app.access import Access, Action, Category, Kind
from app.data.engine import Row
from app.data.tables.goal import Comment as CommentTable
from app.data.tables.goal import Goal as GoalTable
from app.data.tables.goal import Step as StepTable
from app.errors import Refused
from app.goal.goals import GOAL, STEP
from app.goal.standing import keep_standing, recount

# FHIR's words for a goal's lifecycle: from where to where, by who moves it.
LIFECYCLE: dict[Kind, dict[str, tuple[str, ...]]] = {
    Kind.STAFF: {
        "proposed": ("accepted", "active", "rejected"),
        "accepted": ("active", "on-hold", "cancelled"),
        "active": ("on-hold", "completed", "cancelled"),
        "on-hold": ("active", "cancelled"),
        "completed": ("active",),
    },
    Kind.CLIENT: {
        "active": ("on-hold",),
        "on-hold": ("active",),
        "proposed": ("cancelled",),
    },
}


async def propose(access: Access, *, title: str, why: str, form_id: UUID) -> UUID:
    """A new goal. From the client or a supporter it waits for a word with the team; from staff it is active at once.

    form_id becomes the goal's id, so that a repeated form makes one goal. Raises Refused.
    """
    own_plan = access.viewer.kind == "staff"
    async with access.write(Category.GOALS, Action.EDIT if own_plan else Action.PROPOSE) as work:
        if made := await GoalTable.select(GoalTable.client).where(GoalTable.id == form_id):
            return _only_here(access, made[0], form_id)
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


def _only_here(access: Access, made: Row, form_id: UUID) -> UUID:
    """A form's id belongs to one person's record; brought to another's it makes nothing."""
    if made["client"] != access.client:
        raise Refused
    return form_id


async def change(access: Access, goal_id: UUID, *, title: str, why: str, version: int) -> None:
    """New words for a goal. Raises Stale when somebody saved in between, with nothing written."""
    action = Action.PROPOSE if access.is_own else Action.EDIT
    async with access.write(Category.GOALS, action) as work:
        await work.open(GOAL, goal_id)
        await work.update(GoalTable, goal_id, texts={"title": title, "why": why or None}, version=version)


async def move(access: Access, goal_id: UUID, lifecycle: str) -> None:
    """Staff accept, pause, complete or reopen a goal; the client may pause and reopen their own, and take a wish back."""
    allowed = LIFECYCLE.get(access.viewer.kind, {})
    async with access.write(Category.GOALS, Action.EDIT) as work:
        row = await work.open(GOAL, goal_id)
        if lifecycle not in allowed.get(row["lifecycle"], ()):
            raise Refused
        ended = access.now if lifecycle in ("completed", "cancelled") else None
        await work.update(
            GoalTable, goal_id, {GoalTable.lifecycle: lifecycle, GoalTable.ended_at: ended}, action=lifecycle
        )
        await keep_standing(work)


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
            await recount(row["goal"])
            await keep_standing(work)
    return row["goal"]


async def not_today(access: Access, step_id: UUID) -> None:
    """Put a step of one's own off until tomorrow, in the client's zone. Raises NotFound or Refused."""
    async with access.write(Category.GOALS, Action.EDIT) as work:
        row = await work.open(STEP, step_id)
        await work.open(GOAL, row["goal"])
        zone = ZoneInfo(access.loaded.ties.client_zone)
        tomorrow = work.access.now.astimezone(zone).date() + timedelta(days=1)
        await work.update(StepTable, step_id, {StepTable.due: tomorrow}, action="not_today")
        await keep_standing(work)


async def add_step(access: Access, goal_id: UUID, *, text: str, owner: str, due: date | None, form_id: UUID) -> None:
    """One more step at the end of a goal. form_id becomes its id."""
    action = Action.PROPOSE if access.is_own else Action.EDIT
    async with access.write(Category.GOALS, action) as work:
        await work.open(GOAL, goal_id)
        if made := await StepTable.select(StepTable.client).where(StepTable.id == form_id):
            _only_here(access, made[0], form_id)
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
        await recount(goal_id)
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

"""What staff do to the steps of a goal beyond ticking them: new words, another day, another place, away and back."""

from datetime import date
from uuid import UUID

from app.access import Access, Action, Category, Listing, Work
from app.data.engine import Row
from app.data.tables.goal import Step as StepTable
from app.errors import Refused
from app.goal.goals import GOAL, STEP, Step, step_of
from app.goal.standing import keep_standing, recount

OWNERS = ("client", "case_manager", "clinician", "supporter", "provider")

_DROPPED = Listing(
    "step",
    Category.GOALS,
    "SELECT t.id, t.goal FROM step t WHERE t.client = {client} AND t.id = {id} AND {reach} AND t.dropped",
)
_PLACES = Listing(
    "step",
    Category.GOALS,
    """SELECT t.id, t.position FROM step t WHERE t.client = {client} AND t.goal = {goal} AND {reach} AND NOT t.dropped
       ORDER BY t.position, t.id LIMIT 200""",
)


async def step(access: Access, step_id: UUID) -> Step:
    """Raises NotFound when it, or the goal it stands under, is absent or out of reach."""
    row = await access.open(STEP, step_id)
    await access.open(GOAL, row["goal"])
    return step_of(row)


async def rewrite_step(access: Access, step_id: UUID, *, text: str, owner: str, due: date | None, version: int) -> UUID:
    """New words, owner and day; the goal's id comes back. Raises Stale when somebody saved in between."""
    async with access.write(Category.GOALS, Action.EDIT) as work:
        row = await _step(work, step_id)
        if owner not in OWNERS:
            raise Refused
        values = {StepTable.owner: owner, StepTable.due: due}
        await work.update(StepTable, step_id, values, texts={"text": text}, version=version)
        await keep_standing(work)
    return row["goal"]


async def drop_step(access: Access, step_id: UUID) -> UUID:
    """Off the plan; nothing is deleted. The goal's id comes back."""
    async with access.write(Category.GOALS, Action.EDIT) as work:
        row = await _step(work, step_id)
        await _keep(work, row["goal"], step_id, dropped=True)
    return row["goal"]


async def restore_step(access: Access, step_id: UUID) -> UUID:
    """Undo a drop."""
    async with access.write(Category.GOALS, Action.EDIT) as work:
        row = await _step(work, step_id, _DROPPED)
        await _keep(work, row["goal"], step_id, dropped=False)
    return row["goal"]


async def shift_step(access: Access, step_id: UUID, *, up: bool) -> UUID:
    """One place up or down among the steps of its goal; at the end nothing happens. The goal's id comes back."""
    async with access.write(Category.GOALS, Action.EDIT) as work:
        row = await _step(work, step_id)
        rows = (await work.access.read((_PLACES, {"goal": row["goal"]}), looks=False))[0]
        await _renumber(work, rows, _swapped([one["id"] for one in rows], step_id, up))
    return row["goal"]


def _swapped(order: list[UUID], step: UUID, up: bool) -> list[UUID]:
    here = order.index(step)
    there = here - 1 if up else here + 1
    if 0 <= there < len(order):
        order[here], order[there] = order[there], order[here]
    return order


async def _renumber(work: Work, rows: list[Row], order: list[UUID]) -> None:
    before = {row["id"]: row["position"] for row in rows}
    for position, step in enumerate(order):
        if before[step] != position:
            await work.update(StepTable, step, {StepTable.position: position}, action="reorder")


async def _step(work: Work, step_id: UUID, listing: Listing = STEP) -> Row:
    """A step is reached through its goal as well as by itself."""
    row = await work.open(listing, step_id)
    await work.open(GOAL, row["goal"])
    return row


async def _keep(work: Work, goal: UUID, step: UUID, *, dropped: bool) -> None:
    await work.update(StepTable, step, {StepTable.dropped: dropped}, action="drop" if dropped else "restore")
    await recount(goal)
    await keep_standing(work)

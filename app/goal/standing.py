"""The counts that are kept with a goal, and what the worklist shows of goals and steps."""

from uuid import UUID

from app.access import Flag, Work
from app.data.engine import Statement
from app.data.piccolo_conf import DB
from app.data.tables.care import Standing
from app.data.tables.goal import Goal as GoalTable

_COUNTS = Statement("SELECT t.done_at FROM step t WHERE t.goal = {goal} AND NOT t.dropped")
# What the client keeps to themselves is no reason for the team to call.
_MINE = int(Flag.MINE_ONLY)
_FIRST = Statement(f"""SELECT g.id, g.steps_done, g.steps_total FROM goal g
    WHERE g.client = {{client}} AND g.lifecycle = 'active' AND (g.flags & {_MINE}) = 0 ORDER BY g.position, g.id LIMIT 1""")  # noqa: S608
_DUE = Statement(f"""SELECT s.due FROM step s JOIN goal g ON g.id = s.goal
    WHERE s.client = {{client}} AND s.done_at IS NULL AND NOT s.dropped AND s.due IS NOT NULL AND g.lifecycle = 'active'
      AND (s.flags & {_MINE}) = 0 AND (g.flags & {_MINE}) = 0
    ORDER BY s.due LIMIT 1""")  # noqa: S608


async def recount(goal_id: UUID) -> None:
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

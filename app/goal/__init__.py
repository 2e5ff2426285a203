"""Goals in the client's own words, their steps, and what people say under them."""

from app.goal.acts import LIFECYCLE, add_step, change, comment, move, not_today, propose, tick
from app.goal.goals import COMMENTS, GOAL, GOALS, OPEN, STEP, STEPS, Comment, Goal, Step, goal, goals, grouped
from app.goal.keeping import WHO, Kept, keep, kept
from app.goal.standing import keep_standing
from app.goal.steps import OWNERS, drop_step, restore_step, rewrite_step, shift_step, step

__all__ = [
    "COMMENTS", "GOAL", "GOALS", "LIFECYCLE", "OPEN", "OWNERS", "STEP", "STEPS", "WHO", "Comment", "Goal", "Kept", "Step",
    "add_step", "change", "comment", "drop_step", "goal", "goals", "grouped", "keep", "keep_standing", "kept", "move",
    "not_today", "propose", "restore_step", "rewrite_step", "shift_step", "step", "tick",
]  # fmt: skip

"""Goals in the client's own words, their steps, and what people say under them."""

from app.goal.acts import LIFECYCLE, add_step, change, comment, move, not_today, propose, tick
from app.goal.goals import COMMENTS, GOAL, GOALS, OPEN, STEP, STEPS, Comment, Goal, Step, goal, goals, grouped
from app.goal.standing import keep_standing

__all__ = [
    "COMMENTS", "GOAL", "GOALS", "LIFECYCLE", "OPEN", "STEP", "STEPS", "Comment", "Goal", "Step", "add_step", "change",
    "comment", "goal", "goals", "grouped", "keep_standing", "move", "not_today", "propose", "tick",
]  # fmt: skip

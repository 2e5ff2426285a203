"""The crisis plan: eleven sections in our own wording, drafts that only the client puts to use, versions that stay."""

from app.crisis_plan.drafts import activate, discard, save_section
from app.crisis_plan.plans import Both, Entry, Plan, plan
from app.crisis_plan.sections import BY_NUMBER, MOST, SECTIONS, Section, dialled, lines_of

__all__ = [
    "BY_NUMBER", "MOST", "SECTIONS", "Both", "Entry", "Plan", "Section", "activate", "dialled", "discard",
    "lines_of", "plan", "save_section",
]  # fmt: skip

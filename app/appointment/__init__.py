"""Visits: what is ahead and what was, and what the client, those they let in, and staff do about them."""

from app.appointment.acts import (
    NEXT,
    OUTCOMES,
    PARTS,
    ask,
    ask_to_move,
    book,
    cancel,
    confirm,
    rebook,
    restore,
    settle,
)
from app.appointment.day import DayVisit, day_of
from app.appointment.notices import ASKED, MOVE_ASKED, keep_standing
from app.appointment.visits import KINDS, MODES, NEXT_ONE, ROLES, Visit, since, visit, visit_of, visits

__all__ = [
    "ASKED", "KINDS", "MODES", "MOVE_ASKED", "NEXT", "NEXT_ONE", "OUTCOMES", "PARTS", "ROLES", "DayVisit",
    "Visit", "ask",
    "ask_to_move", "book", "cancel", "confirm", "day_of", "keep_standing", "rebook", "restore", "settle", "since", "visit",
    "visit_of", "visits",
]  # fmt: skip

"""Telling the team something from outside: anyone may, without consent, and no answer says whether somebody is a client here.

The words belong to no client until a supervisor says so, and lie under the organisation's own key. Put with a record they
move there: from then on that client's key alone opens them. They are in one place at any time.
"""

from app.telling.reading import Match, Taken, Telling, count, listed, matches, one, taken
from app.telling.receiving import LONGEST, Told, tell
from app.telling.settling import put_with, set_aside, undo
from app.telling.words import ANSWER, ASIDE, NEW, TAKEN, answer_in

__all__ = [
    "ANSWER", "ASIDE", "LONGEST", "NEW", "TAKEN", "Match", "Taken", "Telling", "Told", "answer_in", "count", "listed",
    "matches", "one", "put_with", "set_aside", "taken", "tell", "undo",
]  # fmt: skip

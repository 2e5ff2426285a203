"""What emergency access is: who may have it, for which reasons, for how long, and what its review can find."""

from datetime import timedelta

from app.access import Kind, Role, Viewer
from app.language import lazy

LASTS = timedelta(minutes=60)
REVIEWED_WITHIN = timedelta(hours=72)
SHORTEST, LONGEST = 20, 500
MEDICAL = "medical_emergency"  # the one reason that opens substance-use records, with the fields that Part 2 asks for
MAY_OPEN = (Role.CASE_MANAGER, Role.SUPERVISOR, Role.CLINICIAN, Role.NURSE)

REASONS = {
    MEDICAL: lazy("A medical emergency"),
    "risk_to_life": lazy("Their life may be in danger"),
    "client_asked_in_crisis": lazy("They asked for help in a crisis"),
    "others_at_risk": lazy("Someone else may be in danger"),
    "team_not_reached": lazy("It can’t wait, and nobody on their team can be reached"),
}
OUTCOMES = {
    "needed": lazy("It was needed"),
    "talk": lazy("I have questions and will talk with them"),
    "not_needed": lazy("It was not needed; I pass it on to the privacy officer"),
}
# The same, said to the client.
REVIEWED = {
    "needed": lazy("A supervisor looked it over: it was needed."),
    "talk": lazy("A supervisor looked it over and is talking with them about it."),
    "not_needed": lazy("A supervisor looked it over: it was not needed. The privacy officer was told."),
}


def may_open(viewer: Viewer) -> bool:
    """By role; a client may still keep this very person out."""
    return viewer.kind is Kind.STAFF and viewer.enabled and viewer.role in MAY_OPEN

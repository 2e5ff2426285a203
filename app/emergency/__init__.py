"""Emergency access: a record outside one's team, opened for an hour with a reason, looked over after, told to the client."""

from app.emergency.finding import SeveralFound, find, number_in
from app.emergency.opening import (
    Mine,
    Offer,
    Part2,
    Reason,
    ReviewWaits,
    begin,
    done,
    factor_shown,
    mine,
    offer,
    open_record,
    review_waits,
)
from app.emergency.review import Review, count, one, review, waiting
from app.emergency.told import Opened, news, read, seen_by_client
from app.emergency.words import LONGEST, MEDICAL, OUTCOMES, REASONS, REVIEWED, SHORTEST, may_open

__all__ = [
    "LONGEST", "MEDICAL", "OUTCOMES", "REASONS", "REVIEWED", "SHORTEST", "Mine", "Offer", "Opened", "Part2", "Reason",
    "Review", "ReviewWaits", "SeveralFound", "begin", "count", "done", "factor_shown", "find", "may_open", "mine", "news",
    "number_in", "offer", "one", "open_record", "read", "review", "review_waits", "seen_by_client", "waiting",
]  # fmt: skip

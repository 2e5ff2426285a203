"""A client's record as staff meet it: who they are, how to reach them, what comes next, what was; and logging a contact."""

from app.record.contacts import Contact, Outsider, contacts, log_contact
from app.record.rows import SEEN, TEAM_ROLES
from app.record.whole import Member, Record, Supporter, apart, enter, meets, record

__all__ = [
    "SEEN", "TEAM_ROLES", "Contact", "Member", "Outsider", "Record", "Supporter", "apart", "contacts", "enter", "log_contact",
    "meets", "record",
]  # fmt: skip

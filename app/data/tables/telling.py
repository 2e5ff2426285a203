"""What somebody outside told the team, before it is anybody's record."""

from piccolo.columns import UUID, Boolean, Varchar

from app.data.tables.base import Sealed, Table, key, moment, now


class Telling(Table):
    """state: new, taken (put with a client's record) or aside.

    id is the form's, so that a form sent twice is one row. The words are sealed with the organisation's own key, because
    they belong to no client yet; once taken they are gone from here, and the contact of that client's record holds them.
    """

    id = key()
    at = now()
    about = Sealed()
    text = Sealed()
    who = Sealed()
    reach = Sealed()
    in_confidence = Boolean(default=False)
    language = Varchar(length=10, default="en")
    state = Varchar(length=10, default="new")
    settled_by = UUID(default=None, null=True)
    settled_at = moment()
    reason = Sealed()  # why it was set aside
    client = UUID(default=None, null=True)
    contact = UUID(default=None, null=True)


__all__ = ["Telling"]

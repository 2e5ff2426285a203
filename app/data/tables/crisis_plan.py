"""The crisis plan: immutable versions, and their entries by section."""

from piccolo.columns import JSON, UUID, Boolean, Date, Integer, Varchar

from app.data.tables.base import Item, Sealed, Table, key, link, moment
from app.data.tables.care import Client


class CrisisPlan(Item, Table):
    """state: draft, active, under_review, superseded, withdrawn. number: 1, 2, 3... per client."""

    id = key()
    client = link(Client)
    number = Integer(default=1)
    state = Varchar(length=20, default="draft")
    language = Varchar(length=10, default="en")
    activated_at = moment()
    activated_by = UUID(default=None, null=True)
    review_due = Date(default=None, null=True)
    contacts_checked_at = moment()
    acknowledged = Varchar(length=20, default="")
    disagreement = Sealed()


class CrisisEntry(Item, Table):
    """section: 1 to 11, as in `app.crisis_plan`; section_bit: 1 << section, for the query. text holds the words;
    detail the other fields of the section, as sealed JSON."""

    id = key()
    client = link(Client)
    plan = link(CrisisPlan)
    section = Integer()
    section_bit = Integer()
    position = Integer(default=0)
    text = Sealed()
    detail = Sealed()
    about = UUID(default=None, null=True)  # the person this entry names
    proposed = Boolean(default=False)
    extra = JSON(default="{}")


__all__ = ["CrisisEntry", "CrisisPlan"]

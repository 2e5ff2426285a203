"""Visits."""

from piccolo.columns import UUID, Boolean, Integer, Timestamptz, Varchar

from app.data.tables.base import Item, Sealed, Table, key, link, moment
from app.data.tables.care import Client
from app.data.tables.people import Person


class Appointment(Item, Table):
    """state: proposed, pending, booked, arrived, fulfilled, cancelled, noshow. dated is when it starts.

    kind says what it is for ("therapy"); safe_label is all that a supporter without details, a calendar or a screen in a
    waiting room may say.
    """

    id = key()
    client = link(Client)
    staff = link(Person, null=True)
    starts_at = Timestamptz()
    minutes = Integer(default=45)
    zone = Varchar(length=60, default="America/New_York")
    kind = Varchar(length=40, default="case_management")
    safe_label = Varchar(length=60, default="")
    place = Varchar(length=200, default="")
    way = Sealed()  # how to get there, what to bring
    mode = Varchar(length=20, default="in_person")
    state = Varchar(length=20, default="booked")
    confirmed_at = moment()
    move_asked_at = moment()
    move_reason = Sealed()
    sequence = Integer(default=0)
    form_id = UUID(default=None, null=True)
    ride = Boolean(default=False)


__all__ = ["Appointment"]

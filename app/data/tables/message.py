"""Threads, who is in them, and what was written."""

from piccolo.columns import UUID, Boolean, Varchar

from app.data.tables.base import Item, Sealed, Table, key, link, moment
from app.data.tables.care import Client
from app.data.tables.people import Person


class Thread(Item, Table):
    """kind: client (client and team), family (with supporters), team (staff alone).

    waiting_since: the oldest message from the client or a supporter that staff have not answered.
    """

    id = key()
    client = link(Client)
    kind = Varchar(length=20, default="client")
    subject = Sealed()
    last_at = moment()
    waiting_since = moment()
    assigned_to = UUID(default=None, null=True)


class ThreadMember(Table):
    """The client and supporters of a thread; staff come by care team. read_at: seen up to here (staff rows too)."""

    id = key()
    thread = link(Thread)
    person = link(Person)
    joined_at = moment()
    left_at = moment()
    read_at = moment()


class Message(Item, Table):
    """dated is when it was sent; author who wrote it; form_id makes a repeated post write nothing."""

    id = key()
    client = link(Client)
    thread = link(Thread)
    text = Sealed()
    language = Varchar(length=10, default="en")
    form_id = UUID(default=None, null=True)
    from_staff = Boolean(default=False)


__all__ = ["Message", "Thread", "ThreadMember"]

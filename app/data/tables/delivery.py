"""What is to be sent, written in the transaction of the act that causes it."""

from piccolo.columns import JSON, UUID, Integer, Varchar

from app.data.tables.base import Table, link, moment, now
from app.data.tables.base import key as identity
from app.data.tables.people import Person


class Outbox(Table):
    """key: one send per (thing, window, channel, version). payload holds ids alone, never words."""

    id = identity()
    key = Varchar(length=160, unique=True)
    kind = Varchar(length=40)
    recipient = link(Person)
    client = UUID(default=None, null=True, index=True)
    payload = JSON(default="{}")
    due_at = now(index=True)
    locked_until = moment()
    attempts = Integer(default=0)
    done_at = moment()
    outcome = Varchar(length=40, default="")


__all__ = ["Outbox"]

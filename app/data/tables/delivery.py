"""What is to be sent, written in the transaction of the act that causes it."""

from piccolo.columns import JSON, UUID, Integer, Varchar

from app.data.tables.base import Sealed, Table, link, moment, now
from app.data.tables.base import key as identity
from app.data.tables.people import Person


class Outbox(Table):
    """key: one send per (thing, window, channel, version). payload holds ids alone, never words.

    channel: what carries it ("mail"); "" while nobody has decided that. address: where to, when that is not the recipient's
    own. lease: whose turn it is, until locked_until. handed_at: from here on it may have arrived. outcome: sent, dropped
    (nobody needs it any more), stuck (it does not get through) or unsure (we stopped while it was handed over).
    """

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
    channel = Varchar(length=20, default="")
    address = Sealed()
    lease = UUID(default=None, null=True)
    handed_at = moment()
    reason = Varchar(length=40, default="")


__all__ = ["Outbox"]

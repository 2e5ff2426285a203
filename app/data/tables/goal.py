"""Goals in the client's words, their steps, and what people say under them."""

from piccolo.columns import UUID, Boolean, Date, Integer, Varchar

from app.data.tables.base import Item, Sealed, Table, key, link, moment
from app.data.tables.care import Client


class Goal(Item, Table):
    """lifecycle: proposed, accepted, active, on-hold, completed, cancelled, rejected. achievement: FHIR's word, apart.

    steps_done and steps_total are kept by the writes of steps.
    """

    id = key()
    client = link(Client)
    title = Sealed()
    why = Sealed()
    measure = Sealed()
    domain = Varchar(length=40, default="")
    lifecycle = Varchar(length=20, default="active")
    achievement = Varchar(length=20, default="in-progress")
    target = Date(default=None, null=True)
    position = Integer(default=0)
    steps_done = Integer(default=0)
    steps_total = Integer(default=0)
    proposed_by = UUID(default=None, null=True)
    ended_at = moment()


class Step(Item, Table):
    """The smallest owned action under a goal. owner: client, case_manager, clinician, supporter or provider."""

    id = key()
    client = link(Client)
    goal = link(Goal)
    text = Sealed()
    hint = Sealed()
    owner = Varchar(length=20, default="client")
    position = Integer(default=0)
    due = Date(default=None, null=True)
    done_at = moment()
    done_by = UUID(default=None, null=True)
    dropped = Boolean(default=False)


class Comment(Item, Table):
    id = key()
    client = link(Client)
    goal = link(Goal)
    text = Sealed()
    form_id = UUID(default=None, null=True)  # one-time: a repeated post writes nothing
    removed_at = moment()


__all__ = ["Comment", "Goal", "Step"]

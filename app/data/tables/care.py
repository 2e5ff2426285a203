"""A client's time with the organisation: episode, team, tasks, contacts, and the standing that the worklist reads."""

from piccolo.columns import UUID, BigInt, Boolean, Date, Integer, Varchar

from app.data.tables.base import Item, Sealed, Table, key, link, moment, now
from app.data.tables.people import Person, Programme


class Client(Table):
    """id is the person's. consent_epoch rises with every change of who may reach what; open pages carry it.

    managed: a case manager is on the team and no end of that is set. Only where it is False is the care team looked at to
    find who has none, so whoever ends or dates a primary place has to set it.
    """

    id = UUID(primary_key=True)
    person = link(Person, unique=True)
    programme = link(Programme)
    consent_epoch = BigInt(default=1)
    opened_at = now()
    closed_at = moment()
    managed = Boolean(default=False)
    safe_contact = Sealed()  # how to reach this person safely: channels, hours, voicemail, what to say
    strengths = Sealed()
    preferences = Sealed()  # "what works with me"


class ClientKey(Table):
    """The client's data key, wrapped by the master key. Deleting the row makes all their text unreadable."""

    id = UUID(primary_key=True)  # the client's
    wrapped = Sealed(null=False, default=b"")


class EpisodeOfCare(Table):
    """state: planned, waitlist, active, onhold, finished, cancelled. severity: mild, moderate, severe."""

    id = key()
    client = link(Client, index=True)
    programme = link(Programme)
    state = Varchar(length=20, default="active")
    severity = Varchar(length=20, default="moderate")
    model = Varchar(length=40, default="strengths")
    level = Varchar(length=20, default="op")
    contact_every_days = Integer(default=14)
    review_every_days = Integer(default=90)
    review_due = Date(default=None, null=True)
    opened_at = now()
    closed_at = moment()


class CareTeam(Table):
    """One person's dated place on a client's team. role: primary, backup, temporary, clinician, nurse, peer."""

    id = key()
    client = link(Client)
    staff = link(Person)
    role = Varchar(length=20)
    starts_at = now()
    ends_at = moment()
    covering_for = UUID(default=None, null=True)


class Task(Item, Table):
    """Work for staff about a client. state: requested, accepted, in-progress, on-hold, completed, cancelled."""

    id = key()
    client = link(Client, index=True)
    owner = UUID(default=None, null=True)
    title = Sealed()
    state = Varchar(length=20, default="requested")
    due = Date(default=None, null=True)
    done_at = moment()


class Contact(Item, Table):
    """Any touch with a client or about them. mode: visit, phone, message, video, home; reached: it got through.

    id is the form's, so that a form sent twice is one contact. goal: what it served. outsider: for what came from outside
    (mode outside), who said it and about whom, as app.record.contacts.Outsider.
    """

    id = key()
    client = link(Client)
    mode = Varchar(length=20)
    reached = Boolean(default=True)
    minutes = Integer(default=0)
    text = Sealed()
    goal = UUID(default=None, null=True)
    entered_at = now()
    outsider = Sealed()


class Standing(Table):
    """What the worklist needs to know about one client, kept by every write that changes it. id is the client's.

    next_visit_at: the earliest booked visit that has no outcome yet, even when its time has passed.
    waiting_since: the oldest client or supporter message that no staff member has answered; unread counts those.
    step_due: the earliest due day among open steps of active goals. goal: the first active goal, with its steps counted.
    crisis_review_due: None while there is no active crisis plan.
    """

    id = UUID(primary_key=True)
    last_contact_at = moment()
    last_contact_mode = Varchar(length=20, default="")
    next_visit_at = moment()
    waiting_since = moment()
    unread = Integer(default=0)
    step_due = Date(default=None, null=True)
    review_due = Date(default=None, null=True)
    crisis_review_due = Date(default=None, null=True)
    goal = UUID(default=None, null=True)
    steps_done = Integer(default=0)
    steps_total = Integer(default=0)


__all__ = ["CareTeam", "Client", "ClientKey", "Contact", "EpisodeOfCare", "Standing", "Task"]

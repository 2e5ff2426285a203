"""Who may reach what: relationships, authority, consent and its grants, blocks, and the reasons staff give."""

from piccolo.columns import UUID, Boolean, Date, Integer, Varchar

from app.data.tables.base import Sealed, Table, key, link, moment, now
from app.data.tables.care import Client
from app.data.tables.people import Person


class Relationship(Table):
    """kind: family, friend, guardian, health_agent, outside_provider, agency. label: the client's word ("Mum")."""

    id = key()
    client = link(Client)
    person = link(Person)
    kind = Varchar(length=20)
    label = Varchar(length=60)
    started_at = now()
    ended_at = moment()
    ended_reason = Varchar(length=20, default="")
    verified_how = Varchar(length=60, default="")
    verified_by = UUID(default=None, null=True)


class Authority(Table):
    """What a representative may do, after staff reviewed the document. Bit masks as in `app.access.facts`.

    basis: parental_responsibility, guardianship_order, health_poa, court_other. springing: in force only while the client
    lacks capacity. disputed: categories that two representatives disagree about.
    """

    id = key()
    relationship = link(Relationship)
    basis = Varchar(length=30)
    powers = Integer(default=0)  # actions
    categories = Integer(default=0)
    labels = Integer(default=0)
    disputed = Integer(default=0)
    reviewed_by = UUID(default=None, null=True)
    starts_at = now()
    ends_at = moment()
    springing = Boolean(default=False)
    suspended_reason = Varchar(length=40, default="")


class Consent(Table):
    """A legal text; a draft until it is signed, immutable after. A change is a new version that names the prior one.

    wording: the text that was shown and signed, as JSON of its headed parts; text_hash: its SHA-256.
    """

    id = key()
    client = link(Client)
    version = Integer(default=1)
    prior = UUID(default=None, null=True)
    template = Varchar(length=80, default="")
    relationship = UUID(default=None, null=True)
    until = moment()
    wording = Sealed()
    text_hash = Varchar(length=64, default="")
    language = Varchar(length=10, default="en")
    jurisdiction = Varchar(length=20, default="")
    discloser = Varchar(length=100, default="")
    purpose = Varchar(length=40, default="support at home")
    signer = UUID(default=None, null=True)
    sign_method = Varchar(length=20, default="portal")
    signed_at = moment()
    witness = UUID(default=None, null=True)
    keep_if_unwell = Boolean(default=False)


class Grant(Table, tablename="consent_grant"):
    """What code reads of a consent: one grantee, one category. Bit masks as in `app.access.facts`."""

    id = key()
    consent = link(Consent)
    client = link(Client)
    grantee = link(Person)
    category = Integer()
    actions = Integer()
    labels = Integer(default=0)
    sections = Integer(default=0)  # of the crisis plan
    data_from = moment()  # None: everything, however old
    starts_at = now()
    until = moment()
    suspended_reason = Varchar(length=40, default="")
    revoked_at = moment()
    revoked_by = UUID(default=None, null=True)
    notify_grantee = Boolean(default=False)


class ItemDenial(Table):
    """One item that its client keeps from one person."""

    id = key()
    item = UUID()
    person = link(Person)


class Block(Table):
    """kind: client_block, no_contact_order, safeguarding_freeze. Beats every permission, break-glass too."""

    id = key()
    client = link(Client)
    person = link(Person)
    kind = Varchar(length=30)
    note = Sealed()
    starts_at = now()
    until = moment()


class BreakGlass(Table):
    """Emergency access by one staff member to one client. Read-only; ends by the clock.

    part2_fields: JSON of what 42 CFR 2.51 asks for: who receives it, their affiliation, the emergency's nature.
    client_read_at: when the client said that they have read of it.
    """

    id = key()
    client = link(Client)
    staff = link(Person)
    reason_code = Varchar(length=40)
    reason_text = Sealed()
    part2_fields = Sealed()
    starts_at = now()
    ends_at = moment()
    reauthenticated_at = now()
    reviewed_by = UUID(default=None, null=True)
    reviewed_at = moment()
    outcome = Varchar(length=40, default="")
    review_note = Sealed()
    client_read_at = moment()


class SupervisionReason(Table):
    """A supervisor's stated reason to read what the table masks for them. reason: its class; the words are sealed."""

    id = key()
    client = link(Client)
    staff = link(Person)
    reason = Varchar(length=200)
    reason_text = Sealed()
    starts_at = now()
    ends_at = moment()


class CapacityNote(Table):
    """finding: has, fluctuates or lacks, for one area of decision (here: sharing)."""

    id = key()
    client = link(Client)
    area = Varchar(length=40, default="sharing")
    finding = Varchar(length=20)
    assessed_by = UUID(default=None, null=True)
    assessed_at = now()
    review_at = Date(default=None, null=True)


__all__ = [
    "Authority", "Block", "BreakGlass", "CapacityNote", "Consent", "Grant", "ItemDenial", "Relationship",
    "SupervisionReason",
]  # fmt: skip

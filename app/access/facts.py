"""The words of access, and the facts that a decision is made from. No I/O.

Source: the access table and its decision order (docs/access.md). Masks are integers so that the same test can be written in
Python and in SQL: `labels & forbidden == 0`.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, IntEnum, IntFlag, StrEnum
from uuid import UUID


class Kind(StrEnum):
    CLIENT = "client"
    SUPPORTER = "supporter"
    STAFF = "staff"
    EXTERNAL = "external"


class Role(StrEnum):
    CASE_MANAGER = "case_manager"
    SUPERVISOR = "supervisor"
    CLINICIAN = "clinician"
    NURSE = "nurse"
    PEER = "peer"
    FRONT_DESK = "front_desk"
    ADMIN = "admin"


class Category(IntEnum):
    PROFILE_CONTACT = 0
    APPOINTMENTS = 1
    GOALS = 2
    PLAN = 3
    CRISIS_PLAN = 4
    RESOURCES = 5
    DOCUMENTS = 6
    MESSAGES = 7
    OUTCOMES = 8
    NOTES_SHARED = 9
    DIAGNOSES_MEDS = 10
    CARE_TEAM_NAMES = 11

    @property
    def bit(self) -> int:
        return 1 << self.value


class Action(IntFlag):
    SEE = 1
    DETAILS = 2  # what a visit is for, beyond its safe label
    COMMENT = 4
    PROPOSE = 8
    EDIT = 16
    MESSAGE = 32
    JOIN_THREAD = 64
    BOOK = 128
    PRINT = 256


class Label(IntFlag):
    SUD = 1
    SEXUAL = 2
    HIV = 4
    VIOLENCE = 8
    SELF_HARM = 16
    PSYCHOTHERAPY = 32
    SUD_COUNSELLING = 64
    STAFF_ONLY = 128
    THIRD_PARTY = 256


# A consent can tick these, one by one; a category never implies them.
TICKABLE = Label.SUD | Label.SEXUAL | Label.HIV | Label.VIOLENCE | Label.SELF_HARM
# Nobody's consent opens these in the portal.
NEVER_SHARED = Label.PSYCHOTHERAPY | Label.SUD_COUNSELLING | Label.STAFF_ONLY | Label.THIRD_PARTY
AUTHOR_ONLY = Label.PSYCHOTHERAPY | Label.SUD_COUNSELLING


class Flag(IntFlag):
    CONFIDENTIAL = 1  # set by staff: absent for everyone the client lets in
    CLIENT_PRIVATE = 2  # set by the client; the care team still sees it
    MINE_ONLY = 4  # set by the client; nobody else sees it
    NOT_IN_PORTAL = 8
    MINOR_CONSENTED = 16


class Mask(IntEnum):
    """How much of an item a viewer sees."""

    NONE = 0  # all of it
    SAFE = 1  # time, place, staff and the safe label; of a person, how to reach them safely
    EXISTS = 2  # that it is there, and when


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is looking: one live session. step_up: a factor was shown within the last ten minutes."""

    person: UUID
    kind: Kind
    enabled: bool = True
    role: Role | None = None
    step_up: bool = False
    called_name: str = ""
    session: UUID | None = None
    account: UUID | None = None
    zone: str = "UTC"
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Item:
    """What is looked at. thread_joined_at: since when the viewer has been in the message's thread, if they are."""

    client: UUID
    category: Category
    labels: Label = Label(0)
    flags: Flag = Flag(0)
    dated: datetime | None = None
    author: UUID | None = None
    denied: frozenset[UUID] = frozenset()
    section: int | None = None
    thread_kind: str | None = None
    thread_joined_at: datetime | None = None
    thread_left_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class BlockFact:
    id: UUID
    kind: str
    starts_at: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class GrantFact:
    id: UUID
    category: Category
    actions: Action
    starts_at: datetime
    until: datetime | None
    labels: Label = Label(0)
    sections: int = 0
    data_from: datetime | None = None
    suspended_reason: str = ""
    revoked_at: datetime | None = None
    signed_at: datetime | None = None
    keep_if_unwell: bool = False


@dataclass(frozen=True, slots=True)
class AuthorityFact:
    id: UUID
    basis: str
    powers: Action
    categories: int
    starts_at: datetime
    ends_at: datetime | None = None
    labels: Label = Label(0)
    disputed: int = 0
    reviewed: bool = True
    springing: bool = False
    suspended_reason: str = ""


@dataclass(frozen=True, slots=True)
class TeamFact:
    """One row of the care team: the viewer's own, or (for a supervisor) a supervised worker's."""

    id: UUID
    role: str
    starts_at: datetime
    ends_at: datetime | None = None
    covering_for: UUID | None = None
    supervised: bool = False


@dataclass(frozen=True, slots=True)
class GlassFact:
    id: UUID
    reason_code: str
    starts_at: datetime
    ends_at: datetime
    part2_fields: bool = False


@dataclass(frozen=True, slots=True)
class Ties:
    """Everything between one viewer and one client that a decision asks about, as the rows stand; the clock is applied later.

    part2: the whole organisation is a Part 2 programme. same_programme: the staff member works in the client's programme.
    """

    client: UUID
    epoch: int = 0
    client_born: date | None = None
    client_zone: str = "UTC"
    part2: bool = False
    same_programme: bool = False
    lacks_capacity: bool = False
    relationship: UUID | None = None
    relationship_started_at: datetime | None = None
    relationship_ended_at: datetime | None = None
    relationship_kind: str = ""
    blocks: tuple[BlockFact, ...] = ()
    grants: tuple[GrantFact, ...] = ()
    authorities: tuple[AuthorityFact, ...] = ()
    team: tuple[TeamFact, ...] = ()
    glass: tuple[GlassFact, ...] = ()
    supervision: tuple[GlassFact, ...] = ()


class Effect(Enum):
    ALLOW = "allow"
    DENY = "deny"


@dataclass(frozen=True, slots=True)
class Decision:
    """basis: what let the viewer in ("self", "grant", "authority", "team", "cover", "supervisor", "glass", "role")."""

    effect: Effect
    mask: Mask = Mask.NONE
    basis: str = ""
    basis_id: UUID | None = None

    @property
    def allowed(self) -> bool:
        return self.effect is Effect.ALLOW


DENY = Decision(Effect.DENY)

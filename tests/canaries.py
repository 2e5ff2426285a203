"""Two records in which every text is a canary: a word that stands in one column of one row and nowhere else.

What may be seen of it, and by whom, is written here from the access table; nothing of `app.access` decides it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib import import_module
from pkgutil import iter_modules
from typing import Any
from uuid import UUID, uuid4

import app.data.tables
from app.access import Action, Category, Flag, Label
from app.data.tables.appointment import Appointment
from app.data.tables.base import Sealed, Table
from app.data.tables.care import Client, Contact, Task
from app.data.tables.consent import Block, BreakGlass, Consent, Grant, ItemDenial, Relationship, SupervisionReason
from app.data.tables.crisis_plan import CrisisEntry, CrisisPlan
from app.data.tables.delivery import Outbox
from app.data.tables.goal import Comment, Goal, Step
from app.data.tables.identity import Account, Token
from app.data.tables.message import Message, Thread, ThreadMember
from app.data.tables.people import Person
from app.data.tables.resource import SavedResource
from tests.factories import (
    KEYS,
    SEALS,
    a_block,
    a_client,
    a_glass,
    a_grant,
    a_person,
    a_programme,
    a_relationship,
    a_service,
    a_staff,
    a_team,
    an_authority,
    an_organisation,
    hours,
    on_team,
)
from tests.identity import an_account

CATEGORY: dict[str, Category] = {
    "goal": Category.GOALS,
    "step": Category.GOALS,
    "comment": Category.GOALS,
    "appointment": Category.APPOINTMENTS,
    "crisis_plan": Category.CRISIS_PLAN,
    "crisis_entry": Category.CRISIS_PLAN,
    "thread": Category.MESSAGES,
    "message": Category.MESSAGES,
    "saved_resource": Category.RESOURCES,
    "contact": Category.NOTES_SHARED,
}
# How the rows of a record are marked. "kept": their client keeps them from each person they let in, by name.
SETS: dict[str, dict[str, int]] = {
    "plain": {},
    "kept": {},
    "sud": {"labels": int(Label.SUD)},
    "staff-only": {"labels": int(Label.STAFF_ONLY)},
    "third-party": {"labels": int(Label.THIRD_PARTY)},
    "counselling": {"labels": int(Label.PSYCHOTHERAPY)},
    "confidential": {"flags": int(Flag.CONFIDENTIAL)},
    "private": {"flags": int(Flag.CLIENT_PRIVATE)},
    "mine": {"flags": int(Flag.MINE_ONLY)},
    "unportal": {"flags": int(Flag.NOT_IN_PORTAL)},
    "minor": {"flags": int(Flag.MINOR_CONSENTED)},
}
SECTION = dict.fromkeys(SETS, 1)  # of the crisis plan; "section2" is one more row, plain but in another section
# Text that is not sealed, because it is asked for by the database or shown before anything is opened.
PLAIN_TEXT: dict[str, tuple[str, ...]] = {
    "person": ("called_name", "legal_name", "pronouns"),
    "relationship": ("label",),
    "appointment": ("safe_label", "place"),
}
# Columns of words of ours: codes, zones, languages, hashes. Nobody types into them.
CODES = {
    "person": {"kind", "zone", "language"},
    "relationship": {"kind", "ended_reason", "verified_how"},
    "appointment": {"zone", "kind", "mode", "state"},
    "consent": {"template", "text_hash", "language", "jurisdiction", "discloser", "purpose", "sign_method"},
    "consent_grant": {"suspended_reason"},
    "episode_of_care": {"state", "severity", "model", "level"},
    "care_team": {"role"},
    "task": {"state"},
    "contact": {"mode"},
    "block": {"kind"},
    "break_glass": {"reason_code", "outcome"},
    "supervision_reason": {"reason"},
    "capacity_note": {"area", "finding"},
    "crisis_plan": {"state", "language", "acknowledged"},
    "crisis_entry": {"extra"},
    "goal": {"domain", "lifecycle", "achievement"},
    "step": {"owner"},
    "thread": {"kind"},
    "message": {"language"},
}
# Texts that are kept as JSON.
STRUCTURED = {
    "consent.wording": '[["whose", "Whose information", ["%s"]]]',
    "break_glass.part2_fields": '{"receiver": "%s", "affiliation": "%s", "nature": "%s"}',
    "contact.outsider": '{"about": "%s", "who": "%s", "reach": "%s"}',
}
NOT_A_TEXT = {"client_key.wrapped"}
OF_NO_CLIENT = ("telling",)  # sealed with the organisation's own key, until staff have put them where they belong


@dataclass(frozen=True)
class Canary:
    """set: how its row is marked, or whose row it is. text: what to look for."""

    owner: str
    set: str
    table: str
    column: str
    text: str

    @property
    def where(self) -> str:
        return f"{self.table}.{self.column}"

    @property
    def category(self) -> Category | None:
        return CATEGORY.get(self.table)


@dataclass
class Record:
    """One client's. ids: by set, what stands for each parameter of a path."""

    owner: str
    client: UUID
    canaries: list[Canary] = field(default_factory=list)
    ids: dict[str, dict[str, UUID]] = field(default_factory=dict)

    def word(self, set: str, table: str, column: str) -> str:
        text = f"cnry{uuid4().hex[:14]}"
        self.canaries.append(Canary(self.owner, set, table, column, text))
        return text

    async def row(self, set: str, table: Any, **values: Any) -> Any:
        """A row with a canary in every text that it has."""
        row = table(**({"id": uuid4(), "client": self.client} | values))
        name = table._meta.tablename
        for column in sealed_columns(table):
            word = self.word(set, name, column)
            plain = STRUCTURED.get(f"{name}.{column}", "%s").replace("%s", word)
            setattr(row, column, SEALS[self.client].seal(name, column, row.id, plain))
        for column in PLAIN_TEXT.get(name, ()):
            setattr(row, column, self.word(set, name, column))
        await table.insert(row)
        return row


def tables() -> list[type[Table]]:
    for module in iter_modules(app.data.tables.__path__):
        import_module(f"app.data.tables.{module.name}")
    return [table for table in Table.__subclasses__() if table.__module__.startswith("app.data.tables.")]


async def of_no_client(record: Record) -> None:
    for table in tables():
        name = table._meta.tablename
        if name in OF_NO_CLIENT:
            row = table(id=uuid4())
            for column in sealed_columns(table):
                word = record.word("told", name, column)
                setattr(row, column, KEYS.own().seal(name, column, row.id, word))  # type: ignore[attr-defined]
            await table.insert(row)


def sealed_columns(table: Any) -> list[str]:
    return [column._meta.name for column in table._meta.columns if isinstance(column, Sealed)]


async def a_record(owner: str, programme: UUID, staff: UUID, members: Iterable[UUID]) -> Record:
    """A client with rows of every mark. members: who is in the family's threads, and from whom "kept" is kept."""
    record = Record(owner, await a_client("x", programme))
    await the_person(record, record.client, "client")
    columns = {column: record.word("plain", "client", column) for column in sealed_columns(Client)}
    seal = SEALS[record.client]
    sealed = {getattr(Client, c): seal.seal("client", c, record.client, word) for c, word in columns.items()}
    await Client.update(sealed).where(Client.id == record.client)
    at = hours(-3)
    plan = await record.row("plain", CrisisPlan, state="active", activated_at=at, dated=at)
    for name, marks in SETS.items():
        record.ids[name] = await the_items(record, name, marks, plan.id, staff, list(members))
    await record.row("section2", CrisisEntry, plan=plan.id, section=2, section_bit=1 << 2, dated=at)
    await record.row("plain", Task, owner=staff, dated=at)
    return record


async def the_person(record: Record, person: UUID, set: str) -> None:
    """A name, a number to call and a login that are canaries."""
    words = {column: record.word(set, "person", column) for column in PLAIN_TEXT["person"]}
    changes: dict[Any, Any] = {getattr(Person, column): word for column, word in words.items()}
    phone = record.word(set, "person", "phone")
    changes[Person.phone] = KEYS.own().seal("person", "phone", person, phone)
    await Person.update(changes).where(Person.id == person)
    account = await an_account(person, KEYS, record.word(set, "account", "login") + "@cairn.example")
    secret = KEYS.own().seal("account", "totp", account, record.word(set, "account", "totp"))
    await Account.update({Account.totp: secret}).where(Account.id == account)
    for table, row in (
        (Token, Token(purpose="reset", token=uuid4().hex, account=account, expires_at=hours(1))),
        (Outbox, Outbox(key=uuid4().hex, kind="account.notice", recipient=person, due_at=hours(9))),
    ):
        name = table._meta.tablename
        row.address = KEYS.own().seal(name, "address", row.id, record.word(set, name, "address"))
        await table.insert(row)


async def the_items(
    record: Record, name: str, marks: dict[str, int], plan: UUID, staff: UUID, members: list[UUID]
) -> dict[str, UUID]:
    marked: dict[str, Any] = {"dated": hours(-2), "author": record.client} | marks
    goal = await record.row(name, Goal, **marked)
    step = await record.row(name, Step, goal=goal.id, **marked)
    said = await record.row(name, Comment, goal=goal.id, **marked)
    visit = await record.row(name, Appointment, staff=staff, starts_at=hours(30), **(marked | {"dated": hours(30)}))
    contact = await record.row(name, Contact, mode="outside" if name == "third-party" else "visit", **marked)
    entry = await record.row(name, CrisisEntry, plan=plan, section=1, section_bit=2, **marked)
    thread = await record.row(name, Thread, kind="family", last_at=marked["dated"], **marked)
    message = await record.row(name, Message, thread=thread.id, **marked)
    for person in (record.client, *members):
        await ThreadMember.insert(ThreadMember(thread=thread.id, person=person, joined_at=hours(-4)))
    service = await a_service(f"Pantry {name}")
    told = {"recommended_by": staff, "recommended_at": hours(-2)}
    saved = await record.row(name, SavedResource, service=service, saved_at=hours(-2), **told, **marked)
    if name == "kept":
        rows = (goal, step, said, visit, entry, thread, message, saved, contact)
        await ItemDenial.insert(*[ItemDenial(item=row.id, person=person) for row in rows for person in members])
    return {"goal_id": goal.id, "step_id": step.id, "visit_id": visit.id, "thread_id": thread.id, "service_id": service}


# The people, and what each may see

OUTSIDERS = {
    "mother": {Category.GOALS},
    "aunt": {Category.APPOINTMENTS},
    "friend": {Category.CRISIS_PLAN},
    "father": set(Category),
    "doctor": {Category.GOALS, Category.APPOINTMENTS},
    "guardian": set(Category),
}
SHUT_OUT = ("revoked", "expired", "blocked", "paused", "left", "unsigned", "unwell")
STRANGERS = ("stranger", "leos-mother", "anonymous", "leo")
OFF_TEAM = ("off-team", "admin", "was-on-team")
STAFF = ("front-desk", "peer", "case-manager", "supervisor", "emergency", *OFF_TEAM)
PERSONAS = ("client", *OUTSIDERS, *SHUT_OUT, *STRANGERS, *STAFF)
NAMES = {"person.called_name", "person.pronouns"}
RECORD_ON_STAFF_SIDE = {"block", "break_glass", "supervision_reason", "task"}
SHOWN_TO_THE_DESK = {"appointment.safe_label", "appointment.place", "client.safe_contact", "person.phone"} | NAMES


def may_see(persona: str, canary: Canary) -> bool:
    """From the access table. A person's own account and name are theirs, whoever they are."""
    if canary.set == persona or (persona == "client" and canary.set == "client" and canary.owner == "maya"):
        return True
    if canary.owner == "leo":
        return persona == "leo" or (persona == "leos-mother" and _outsider("father", canary))
    if canary.set == "told":
        return persona in STAFF and persona != "admin"
    if canary.table in ("account", "token", "outbox"):
        return False
    if persona in OUTSIDERS:
        return _outsider(persona, canary)
    if persona in STAFF:
        return persona not in OFF_TEAM and _staff(persona, canary)
    if persona == "client":
        hidden = canary.set in ("staff-only", "third-party", "counselling", "unportal", "private", "mine")
        return not hidden and canary.table not in RECORD_ON_STAFF_SIDE
    return False


def _outsider(persona: str, canary: Canary) -> bool:
    """Nothing that is marked, of what was ticked alone, and of other people not so much as that they are there."""
    if canary.set == "client":
        return canary.where in NAMES
    if canary.set not in ("plain", "section2", "minor") or canary.category is None:
        return False
    if canary.category not in OUTSIDERS[persona] or (canary.set == "minor" and persona == "guardian"):
        return False
    if persona == "friend":
        return canary.set == "section2"
    return persona != "aunt" or canary.where in ("appointment.safe_label", "appointment.place")


def _staff(persona: str, canary: Canary) -> bool:
    if canary.set in ("mine", "counselling"):
        return False
    if persona == "case-manager":
        return canary.where != "person.totp"
    if canary.set == "sud":
        return False
    if persona == "front-desk":
        # What a visit is for, and everything of the client's people, stays on the team.
        return canary.where in SHOWN_TO_THE_DESK and (canary.set == "client" or canary.table != "person")
    if persona == "peer":
        shown = canary.category in (Category.GOALS, Category.RESOURCES)
        return shown or (canary.set == "client" and canary.where in NAMES)
    return canary.category is not Category.MESSAGES  # supervisor without a reason, and in an emergency


MUST_SEE: dict[str, set[str]] = {
    "client": {"goal", "step", "comment", "appointment", "crisis_entry", "thread", "message", "saved_resource", "relationship",
               "consent", "person"},
    "mother": {"goal", "step", "comment", "person"},
    "aunt": {"appointment"},
    "friend": {"crisis_entry"},
    "father": {"goal", "step", "comment", "appointment", "crisis_entry", "thread", "message", "saved_resource"},
    "doctor": {"goal", "step", "appointment"},
    "guardian": {"goal", "step", "appointment", "crisis_entry", "thread", "message", "saved_resource"},
    "leos-mother": {"goal", "appointment"},
    "leo": {"goal", "appointment"},
    "front-desk": {"appointment", "client", "person"},
    "peer": {"goal", "step", "saved_resource"},
    "case-manager": {"goal", "step", "comment", "appointment", "crisis_entry", "thread", "message", "saved_resource", "client",
                     "contact", "person", "relationship"},
    "supervisor": {"break_glass", "goal", "appointment", "crisis_entry", "client", "contact"},
    "emergency": {"goal", "appointment", "crisis_entry", "client"},
}  # fmt: skip


@dataclass
class World:
    """persons: by persona. ties: the relationship each comes by. records: Maya's, about whom it is, and Leo's."""

    persons: dict[str, UUID | None]
    ties: dict[str, UUID]
    maya: Record
    leo: Record
    more: dict[str, UUID]

    @property
    def canaries(self) -> list[Canary]:
        return self.maya.canaries + self.leo.canaries


async def a_world() -> World:
    await an_organisation()
    programme = await a_programme()
    boss = await a_staff("supervisor", "Priya")
    team = await a_team(programme, supervisor=boss)
    persons: dict[str, UUID | None] = {
        name: await a_person("x", "external" if name == "doctor" else "supporter")
        for name in (*OUTSIDERS, *SHUT_OUT, "stranger", "leos-mother")
    }
    persons |= {
        "anonymous": None,
        "supervisor": boss,
        "case-manager": await a_staff("case_manager", "Dana", team),
        "peer": await a_staff("peer", "Ray", team),
        "front-desk": await a_staff("front_desk", "Tessa"),
        "off-team": await a_staff("case_manager", "Marcus", await a_team(programme)),
        "was-on-team": await a_staff("clinician", "Noor", team),
        "admin": await a_staff("admin", "Abe"),
        "emergency": await a_staff("nurse", "Marta", await a_team(supervisor=await a_staff("supervisor", "Olga"))),
    }
    staff: UUID = persons["case-manager"]  # type: ignore[assignment]
    members: list[UUID] = [persons[name] for name in (*OUTSIDERS, *SHUT_OUT)]  # type: ignore[misc]
    maya = await a_record("maya", programme, staff, members)
    leo = await a_record(
        "leo", programme, await a_staff("case_manager", "Lea", await a_team(programme)), [persons["leos-mother"]]
    )  # type: ignore[list-item]
    persons |= {"client": maya.client, "leo": leo.client}
    world = World(persons, {}, maya, leo, {})
    await who_is_let_in(world)
    await who_works_here(world)
    await of_no_client(maya)
    return world


async def who_is_let_in(world: World) -> None:
    maya, leo, persons = world.maya, world.leo, world.persons
    for name in (*OUTSIDERS, *SHUT_OUT):
        person: UUID = persons[name]  # type: ignore[assignment]
        kind = {"guardian": "guardian", "doctor": "outside_provider"}.get(name, "family")
        tie = await maya.row(name, Relationship, person=person, kind=kind, started_at=hours(-24))
        world.ties[name] = tie.id
        await the_person(maya, person, name)
        if name == "guardian":
            await an_authority(tie.id, basis="parental_responsibility")
            await Person.update({Person.born: hours(-24 * 365 * 14).date()}).where(Person.id == maya.client)
            continue
        for category in OUTSIDERS.get(name, set(Category)):
            actions = Action.SEE if name == "aunt" else Action(sum(Action))
            sections = {"friend": 1 << 2, "father": 1 << 1 | 1 << 2}.get(name, 1 << 1)
            known = {"sections": sections if category is Category.CRISIS_PLAN else 0}
            await a_grant(maya.client, person, category, actions, **known)
    await leos_side(world, leo, persons["leos-mother"])  # type: ignore[arg-type]
    await what_ended(world)


async def leos_side(world: World, leo: Record, mother: UUID) -> None:
    tie = await a_relationship(leo.client, mother)
    world.ties["leos-mother"] = tie
    for category in Category:
        sections = {"sections": 1 << 1 | 1 << 2} if category is Category.CRISIS_PLAN else {}
        await a_grant(leo.client, mother, category, Action(sum(Action)), **sections)


async def what_ended(world: World) -> None:
    """Each of them had everything."""
    persons, client = world.persons, world.maya.client
    await Grant.update({Grant.revoked_at: hours(-1)}).where(Grant.grantee == persons["revoked"])
    await Grant.update({Grant.until: hours(-1)}).where(Grant.grantee == persons["expired"])
    await Grant.update({Grant.suspended_reason: "paused"}).where(Grant.grantee == persons["paused"])
    await Grant.update({Grant.suspended_reason: "capacity_review"}).where(Grant.grantee == persons["unwell"])
    ended: dict[Any, Any] = {Relationship.ended_at: hours(-1), Relationship.ended_reason: "supporter"}
    await Relationship.update(ended).where(Relationship.id == world.ties["left"])
    await a_block(client, persons["blocked"])  # type: ignore[arg-type]
    drafts = await Grant.select(Grant.consent).where(Grant.grantee == persons["unsigned"])
    await Consent.update({Consent.signed_at: None, Consent.relationship: world.ties["unsigned"]}).where(
        Consent.id.is_in([row["consent"] for row in drafts])
    )
    text = await world.maya.row(
        "plain", Consent, relationship=world.ties["father"], signed_at=hours(-24), signer=client
    )
    world.more["version"] = text.id


async def who_works_here(world: World) -> None:
    maya, persons = world.maya, world.persons
    for name, role in (("case-manager", "primary"), ("peer", "peer")):
        await on_team(maya.client, persons[name], role)  # type: ignore[arg-type]
    await on_team(maya.client, persons["was-on-team"], "clinician", ends_at=hours(-1))  # type: ignore[arg-type]
    nurse, boss = persons["emergency"], persons["supervisor"]
    await a_glass(maya.client, nurse)  # type: ignore[arg-type]
    known = {
        "reviewed_by": boss,
        "reviewed_at": hours(-30),
        "outcome": "right",
        "starts_at": hours(-50),
        "ends_at": hours(-49),
    }
    nia = await a_staff("nurse", "Nia")
    await maya.row("plain", BreakGlass, staff=nia, reason_code="safety", **known)
    waits = await maya.row("plain", BreakGlass, staff=nia, reason_code="safety", starts_at=hours(-5), ends_at=hours(-4))
    world.more["emergency_id"] = waits.id
    await maya.row(
        "plain", SupervisionReason, staff=await a_staff("supervisor", "Sol"), reason="review", ends_at=hours(-1)
    )
    await maya.row("plain", Block, person=await a_person("Vic"), kind="no_contact_order")

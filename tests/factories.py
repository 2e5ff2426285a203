"""People and records for tests. Each fills what its test does not care about; ids come back as the rows' own."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from app.access import Access, Action, Category, Kind, Role, Viewer, access_of
from app.data.sealing import Keys, Seal
from app.data.tables.appointment import Appointment
from app.data.tables.care import CareTeam, Client, ClientKey, Contact, EpisodeOfCare, Standing
from app.data.tables.consent import Authority, Block, BreakGlass, Consent, Grant, Relationship, SupervisionReason
from app.data.tables.crisis_plan import CrisisEntry, CrisisPlan
from app.data.tables.goal import Comment, Goal, Step
from app.data.tables.message import Message, Thread, ThreadMember
from app.data.tables.people import Organisation, Person, Programme, Staff, Team
from app.data.tables.resource import Directory, Phone, Service
from app.data.tables.telling import Telling
from app.resource.index import index

KEYS = Keys.from_seed(7)  # the same as the `keys` fixture
SEALS: dict[UUID, Seal] = {}
TEXTS: dict[type, tuple[str, ...]] = {
    Goal: ("title", "why", "measure"),
    Step: ("text", "hint"),
    Comment: ("text",),
    Contact: ("text",),
    Appointment: ("way", "move_reason"),
    CrisisPlan: ("disagreement",),
    CrisisEntry: ("text", "detail"),
    Thread: ("subject",),
    Message: ("text",),
}


def hours(n: float) -> datetime:
    """n hours from now; negative for the past."""
    return datetime.now(UTC) + timedelta(hours=n)


async def an_organisation(**values: Any) -> Organisation:
    row = Organisation(**({"name": "Harbor Street", "phone": "+1 555 0100", "zone": "America/New_York"} | values))
    await Organisation.insert(row)
    return row


async def a_person(called_name: str = "Ada", kind: str = "supporter", **values: Any) -> UUID:
    row = Person(kind=kind, called_name=called_name, **values)
    await Person.insert(row)
    return row.id


async def a_programme(**values: Any) -> UUID:
    row = Programme(**({"name": "Outpatient"} | values))
    await Programme.insert(row)
    return row.id


async def a_team(programme: UUID | None = None, **values: Any) -> UUID:
    row = Team(programme=programme or await a_programme(), **({"name": "Team A"} | values))
    await Team.insert(row)
    return row.id


async def a_staff(
    role: str = "case_manager", called_name: str = "Dana", team: UUID | None = None, **values: Any
) -> UUID:
    person = await a_person(called_name, "staff", **values)
    await Staff.insert(Staff(id=person, person=person, role=role, team=team))
    return person


async def a_client(called_name: str = "Maya", programme: UUID | None = None, **values: Any) -> UUID:
    """A client with a key, an episode and a standing; seal their texts with `SEALS[id]` or the factories below."""
    person = await a_person(called_name, "client", **({"born": date(1990, 5, 4)} | values))
    programme = programme or await a_programme()
    seal, wrapped = KEYS.new_client(person)
    SEALS[person] = seal
    await Client.insert(Client(id=person, person=person, programme=programme))
    await ClientKey.insert(ClientKey(id=person, wrapped=wrapped))
    await EpisodeOfCare.insert(EpisodeOfCare(client=person, programme=programme))
    await Standing.insert(Standing(id=person))
    return person


async def on_team(client: UUID, staff: UUID, role: str = "primary", **values: Any) -> UUID:
    row = CareTeam(client=client, staff=staff, role=role, **({"starts_at": hours(-24)} | values))
    await CareTeam.insert(row)
    return row.id


async def a_relationship(client: UUID, person: UUID, kind: str = "family", label: str = "Mum", **values: Any) -> UUID:
    row = Relationship(client=client, person=person, kind=kind, label=label, **({"started_at": hours(-24)} | values))
    await Relationship.insert(row)
    return row.id


async def a_grant(client: UUID, grantee: UUID, category: Category, actions: Action = Action.SEE, **values: Any) -> UUID:
    """A signed consent and its grant, in force from yesterday for a year."""
    consent = Consent(
        client=client, signed_at=hours(-24), signer=client, keep_if_unwell=values.pop("keep_if_unwell", False)
    )
    await Consent.insert(consent)
    row = Grant(
        consent=consent.id,
        client=client,
        grantee=grantee,
        category=int(category),
        actions=int(actions),
        **({"starts_at": hours(-24), "until": hours(24 * 365)} | values),
    )
    await Grant.insert(row)
    return row.id


async def an_authority(relationship: UUID, **values: Any) -> UUID:
    """Reviewed and in force, over everything, for seeing; sensitive labels not included."""
    everything = sum(category.bit for category in Category)
    defaults = {
        "basis": "guardianship_order",
        "powers": int(Action.SEE),
        "categories": everything,
        "reviewed_by": uuid4(),
        "starts_at": hours(-24),
    }
    row = Authority(relationship=relationship, **(defaults | values))
    await Authority.insert(row)
    return row.id


async def a_block(client: UUID, person: UUID, **values: Any) -> UUID:
    row = Block(client=client, person=person, **({"kind": "client_block", "starts_at": hours(-1)} | values))
    await Block.insert(row)
    return row.id


async def a_glass(client: UUID, staff: UUID, **values: Any) -> UUID:
    defaults = {"reason_code": "safety", "starts_at": hours(-0.1), "ends_at": hours(0.9)}
    row = BreakGlass(client=client, staff=staff, **(defaults | values))
    await BreakGlass.insert(row)
    return row.id


async def a_reason(client: UUID, staff: UUID, **values: Any) -> UUID:
    """A supervisor's reason, said just now, for an hour."""
    row = SupervisionReason(client=client, staff=staff, reason="supervision", **({"ends_at": hours(1)} | values))
    await SupervisionReason.insert(row)
    return row.id


async def a_row(table: Any, client: UUID, **values: Any) -> Any:
    """A row of a client's record, with its texts sealed."""
    texts = {name: values.pop(name) for name in TEXTS.get(table, ()) if name in values}
    row = table(client=client, **({"id": uuid4(), "dated": hours(-1)} | values))
    for name, text in texts.items():
        setattr(row, name, SEALS[client].seal(table._meta.tablename, name, row.id, text))
    await table.insert(row)
    return row


async def a_goal(client: UUID, title: str = "A place of my own", steps: tuple[str, ...] = (), **values: Any) -> Any:
    """An active goal with open steps."""
    goal = await a_row(Goal, client, title=title, steps_total=len(steps), **values)
    for position, text in enumerate(steps):
        await a_step(client, goal.id, text, position=position)
    return goal


async def a_step(client: UUID, goal: UUID, text: str = "Call the housing office", **values: Any) -> Any:
    return await a_row(Step, client, goal=goal, text=text, **values)


async def an_appointment(client: UUID, staff: UUID | None = None, **values: Any) -> Any:
    starts = values.pop("starts_at", hours(26))
    defaults = {"place": "Harbor Street Center", "kind": "therapy", "safe_label": "Visit"}
    return await a_row(Appointment, client, staff=staff, starts_at=starts, dated=starts, **(defaults | values))


async def a_thread(client: UUID, members: tuple[UUID, ...] = (), kind: str = "client", **values: Any) -> Any:
    """A thread with its members in it for a day; the client is one, except in a staff thread."""
    thread = await a_row(Thread, client, kind=kind, **({"dated": hours(-24), "last_at": hours(-24)} | values))
    for person in {*members, *({client} if kind != "team" else set())}:
        await ThreadMember.insert(ThreadMember(thread=thread.id, person=person, joined_at=hours(-24)))
    return thread


async def a_message(client: UUID, thread: UUID, author: UUID, text: str = "Hello", **values: Any) -> Any:
    return await a_row(Message, client, thread=thread, author=author, text=text, **values)


async def a_crisis_plan(client: UUID, entries: dict[int, tuple[str, ...]] | None = None, **values: Any) -> Any:
    """An active plan; entries: section number -> texts."""
    defaults = {"state": "active", "activated_at": hours(-24), "review_due": hours(24 * 60).date()}
    plan = await a_row(CrisisPlan, client, **(defaults | values))
    for section, texts in (entries or {1: ("I stop answering texts",), 2: ("Walk to the water",)}).items():
        for position, text in enumerate(texts):
            await a_row(
                CrisisEntry,
                client,
                plan=plan.id,
                section=section,
                section_bit=1 << section,
                position=position,
                text=text,
            )
    return plan


async def a_telling(about: str = "Maya", text: str = "She has stopped eating.", **values: Any) -> UUID:
    """Something told from outside just now, that nobody has read yet; who, reach: sealed as it is."""
    row = Telling(id=uuid4(), **({"at": hours(-1)} | {k: v for k, v in values.items() if k not in ("who", "reach")}))
    for column, words in {"about": about, "text": text, "who": None, "reach": None}.items():
        setattr(row, column, KEYS.own().seal("telling", column, row.id, values.get(column, words)))
    await Telling.insert(row)
    return row.id


async def access_for(
    person: UUID,
    *,
    client: UUID | None = None,
    relationship: UUID | None = None,
    now: datetime | None = None,
    **viewer: Any,
) -> Access:
    """The door as it stands open for this person: to their own record, by relationship, or to a client by id."""
    row = (await Person.select(Person.kind, Person.called_name, Person.zone).where(Person.id == person))[0]
    staff = await Staff.select(Staff.role).where(Staff.person == person)
    role = Role(staff[0]["role"]) if staff else None
    known = {"kind": Kind(row["kind"]), "role": role, "called_name": row["called_name"], "zone": row["zone"]}
    moment = now or datetime.now(UTC)
    return await access_of(Viewer(person, **(known | viewer)), KEYS, moment, client=client, relationship=relationship)


async def a_session(person: UUID, *, keys: Keys = KEYS, step_up: bool = False) -> tuple[str, str]:
    """A live session of a person, whose account is made if there is none: the cookie's value and a CSRF token for it.

    Staff get a passkey, without which they reach only the page to enrol one.
    """
    from app.gate import csrf_for
    from tests.identity import a_live_session

    cookie = await a_live_session(person, keys=keys, step_up=step_up)
    return cookie, csrf_for(cookie, keys)


async def a_service(name: str = "Harbor Pantry", **values: Any) -> UUID:
    """A listing with a number to call, in a directory of its own. sample: is that directory sample data."""
    number = await Service.count() + 1
    directory = Directory(name=f"town-{uuid4()}", sample=values.pop("sample", False))
    await Directory.insert(directory)
    known = {"directory": directory.id, "number": number, "source_id": str(number), "name": name, "search": "food"}
    row = Service(**(known | values))
    await Service.insert(row)
    call = {"number": "410.836.0123", "dial": "+14108360123", "extension": "7"}
    await Phone.insert(Phone(directory=directory.id, source_id="p", service=row.id, **call))
    await index()
    return row.id

"""Emergency access: how a record outside one's team is found and opened, what stays closed, who is told, who looks it over."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import unquote
from uuid import UUID, uuid4

import httpx
import pytest
from litestar import Litestar

from app import emergency
from app.access import Action, Category, Desk, Kind, Listing, Role, Viewer
from app.access.facts import Label
from app.access.log import LOOKS
from app.data.piccolo_conf import DB
from app.data.tables.audit import AccessEvent
from app.data.tables.consent import BreakGlass
from app.data.tables.delivery import Outbox
from app.data.tables.identity import Account, Session
from app.emergency import Part2, Reason
from app.emergency import opening as opening_module
from app.errors import NotFound, StepUpNeeded
from app.web.policy import handlers
from tests.factories import (
    KEYS,
    SEALS,
    a_block,
    a_client,
    a_crisis_plan,
    a_glass,
    a_goal,
    a_message,
    a_programme,
    a_service,
    a_staff,
    a_step,
    a_team,
    a_thread,
    access_for,
    an_appointment,
    an_organisation,
    hours,
    on_team,
)
from tests.http import goes_to, hidden
from tests.identity import an_account
from tests.smtp import Deliver, Post, deliver, post

__all__ = ["deliver", "post"]  # fixtures

pytestmark = pytest.mark.anyio
SignIn = Callable[..., Awaitable[httpx.AsyncClient]]
BORN = date(1991, 2, 3)
WHY = "She called from the bridge and then hung up."
FORM = {"reason": "risk_to_life", "text": WHY}
PART2 = {"part2": "1", "receiver": "Dr. Lee", "affiliation": "City Hospital", "nature": "Overdose, not awake"}
HERE = "/staff/emergency"


class World:
    """Maya with Dana on her team, Priya who oversees Dana, and Marcus, who works somewhere else."""

    async def make(self) -> "World":
        await an_organisation()
        self.programme = await a_programme()
        self.maya = await a_client("Maya", self.programme, legal_name="María Elena Reyes", born=BORN)
        self.priya = await a_staff("supervisor", "Priya")
        self.dana = await a_staff("case_manager", "Dana", await a_team(self.programme, supervisor=self.priya))
        await on_team(self.maya, self.dana)
        self.olga = await a_staff("supervisor", "Olga")
        self.marcus = await a_staff("case_manager", "Marcus", await a_team(supervisor=self.olga))
        self.record, self.offer = f"/staff/clients/{self.maya}", f"{HERE}/records/{self.maya}"
        return self


@pytest.fixture
async def world(app: Litestar) -> World:
    return await World().make()


def desk(person: UUID, role: str = "case_manager", now: datetime | None = None, session: UUID | None = None) -> Desk:
    return Desk(Viewer(person, Kind.STAFF, role=Role(role), session=session), KEYS, now or datetime.now(UTC))


async def show_a_factor(person: UUID) -> None:
    """What the page that asks for it does, in the person's newest session."""
    account = (await Account.select(Account.id).where(Account.person == person))[0]["id"]
    await Session.update({Session.step_up_at: datetime.now(UTC)}).where(Session.account == account)


async def asked(http: httpx.AsyncClient, world: World) -> str:
    """The address of the page with the reason, after somebody was sent to show a factor."""
    answer = await http.get(world.offer)
    assert goes_to(answer).startswith("/step-up?next="), answer.status_code
    return unquote(goes_to(answer).removeprefix("/step-up?next="))


async def offered(http: httpx.AsyncClient, world: World, person: UUID) -> httpx.Response:
    """The page with the reason, after a factor was shown."""
    url = await asked(http, world)
    await show_a_factor(person)
    answer = await http.get(url)
    assert answer.status_code == 200
    return answer


async def opened(
    http: httpx.AsyncClient, world: World, person: UUID, form: dict[str, str] | None = None
) -> httpx.Response:
    page = await offered(http, world, person)
    kept = {name: hidden(page, name) for name in ("form_id", "begun")}
    return await http.post(world.offer, data=(FORM if form is None else form) | kept)


async def events(*actions: str) -> list[dict[str, Any]]:
    found = await AccessEvent.select().order_by(AccessEvent.seq)
    return [event for event in found if not actions or event["action"] in actions]


# Finding


async def test_a_record_is_found_by_name_and_day_of_birth(world: World, sign_in: SignIn) -> None:
    marcus = await sign_in(world.marcus)
    for name in ("Maria Elena Reyes", "  MARÍA   elena reyes", "Maya Reyes"):
        answer = await marcus.post(HERE, data={"name": name, "born": str(BORN)})
        assert goes_to(answer) == world.offer, name


async def test_a_record_is_found_by_its_number_or_its_whole_address(world: World, sign_in: SignIn) -> None:
    marcus = await sign_in(world.marcus)
    for number in (str(world.maya), str(world.maya).upper(), f"https://localhost{world.record}"):
        assert goes_to(await marcus.post(HERE, data={"number": number})) == world.offer


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({}, "Write the record number, or the full name and the day of birth."),
        ({"name": "Maya Reyes"}, "Write the record number, or the full name and the day of birth."),
        ({"number": "17"}, "Copy the whole record number."),
        ({"number": str(UUID(int=5))}, "No record fits this."),
        ({"name": "Maya", "born": "1991-02-03"}, "No record fits this."),
        ({"name": "Reyes", "born": "1991-02-03"}, "No record fits this."),
        ({"name": "%", "born": "1991-02-03"}, "No record fits this."),
        ({"name": "Maya Reyes", "born": "1991-02-04"}, "No record fits this."),
        ({"name": "Maya Reyes", "born": "3.2.91"}, "Write a day, like May 14."),
    ],
)
async def test_what_fits_nobody_says_so_and_shows_nobody(
    world: World, sign_in: SignIn, form: dict[str, str], says: str
) -> None:
    answer = await (await sign_in(world.marcus)).post(HERE, data=form)
    assert answer.status_code == 422 and says in answer.text
    assert str(world.maya) not in answer.text and "Initials" not in answer.text


async def test_two_of_one_name_and_day_are_told_apart_by_number_alone(world: World, sign_in: SignIn) -> None:
    await a_client("Maya", world.programme, legal_name="Maya Reyes", born=BORN)
    answer = await (await sign_in(world.marcus)).post(HERE, data={"name": "Maya Reyes", "born": str(BORN)})
    assert answer.status_code == 422 and "More than one record fits." in answer.text


async def test_ten_misses_are_enough_for_a_quarter_of_an_hour(world: World) -> None:
    at = desk(world.marcus)
    for _ in range(10):
        with pytest.raises(NotFound):
            await emergency.find(at, number=uuid4())
    with pytest.raises(Exception) as waits:
        await emergency.find(at, number=world.maya)
    assert type(waits.value).__name__ == "Refused"
    later = desk(world.marcus, now=datetime.now(UTC) + timedelta(minutes=16))
    assert await emergency.find(later, number=world.maya) == world.maya
    misses = await events("emergency-search")
    assert len(misses) == 10 and all((e["effect"], e["client"]) == ("deny", None) for e in misses)


async def test_asking_shows_initials_and_goes_on_record_as_a_try(world: World, sign_in: SignIn) -> None:
    marcus = await sign_in(world.marcus)
    page = await offered(marcus, world, world.marcus)
    assert "This record is outside your team" in page.text and "Initials: M" in page.text
    assert "Maya" not in page.text and "Reyes" not in page.text
    (try_,) = await events("emergency-asked")
    assert (try_["actor"], try_["client"], try_["effect"]) == (world.marcus, world.maya, "deny")
    assert (await marcus.get(world.record)).status_code == 404, "nothing is open yet"


# Who may


@pytest.mark.parametrize("role", ["peer", "front_desk", "admin"])
async def test_some_work_has_no_emergency_access(world: World, sign_in: SignIn, role: str) -> None:
    person = await a_staff(role, "Ray")
    http = await sign_in(person, step_up=True)
    for answer in (
        await http.get(HERE),
        await http.post(HERE, data={"number": str(world.maya)}),
        await http.get(world.offer),
        await http.post(world.offer, data=FORM),
        await http.post(f"{HERE}/{uuid4()}/end"),
    ):
        assert answer.status_code == 404
    assert not await events("emergency-asked", "emergency-search") and not await BreakGlass.count()


@pytest.mark.parametrize("role", ["case_manager", "clinician", "nurse", "supervisor"])
async def test_those_who_care_for_people_may(world: World, sign_in: SignIn, role: str) -> None:
    person = await a_staff(role, "Ines", await a_team())
    http = await sign_in(person)
    assert goes_to(await opened(http, world, person)) == world.record
    assert (await http.get(world.record)).status_code == 200


async def test_a_block_is_not_lifted_and_looks_like_no_record_at_all(world: World, sign_in: SignIn) -> None:
    await a_block(world.maya, world.marcus)
    marcus = await sign_in(world.marcus, step_up=True)
    absent = await marcus.post(HERE, data={"number": str(uuid4())})
    kept_out = await marcus.post(HERE, data={"number": str(world.maya)})
    assert absent.status_code == kept_out.status_code == 422
    assert "No record fits this." in kept_out.text
    assert "No record fits" in (await marcus.post(HERE, data={"name": "Maya Reyes", "born": str(BORN)})).text
    assert (await marcus.get(world.offer)).status_code == 404
    assert (await marcus.post(world.offer, data=FORM)).status_code == 404


async def test_a_block_closes_what_is_open(world: World, sign_in: SignIn) -> None:
    marcus = await sign_in(world.marcus)
    await opened(marcus, world, world.marcus)
    assert (await marcus.get(world.record)).status_code == 200
    await a_block(world.maya, world.marcus)
    assert (await marcus.get(world.record)).status_code == 404


async def test_who_is_on_the_team_goes_to_the_record(world: World, sign_in: SignIn) -> None:
    for person in (world.dana, world.priya):
        http = await sign_in(person)
        assert goes_to(await http.get(world.offer)) == world.record
        assert goes_to(await http.post(world.offer, data=FORM)) == world.record
    assert not await BreakGlass.count()


async def test_signed_out_and_portal_people_find_no_such_page(
    world: World, sign_in: SignIn, http: httpx.AsyncClient
) -> None:
    assert goes_to(await http.get(HERE)) == "/sign-in" and goes_to(await http.get(world.offer)) == "/sign-in"
    maya = await sign_in(world.maya)
    assert (await maya.get(HERE)).status_code == 404 and (await maya.post(world.offer, data=FORM)).status_code == 404


# Opening


async def test_a_factor_from_before_the_act_is_not_enough(world: World, sign_in: SignIn) -> None:
    marcus = await sign_in(world.marcus, step_up=True)
    url = await asked(marcus, world)
    assert goes_to(await marcus.get(url)).startswith("/step-up"), "it was shown before the act began"
    stamp = url.partition("begun=")[2]
    answer = await marcus.post(world.offer, data=FORM | {"begun": stamp, "form_id": str(uuid4())})
    assert goes_to(answer).startswith("/step-up") and not await BreakGlass.count()


async def test_a_stamp_is_for_one_person_one_record_and_half_an_hour(world: World) -> None:
    stamp = emergency.begin(desk(world.marcus), world.maya)
    mine, later = desk(world.marcus), datetime.now(UTC) + timedelta(minutes=31)
    assert opening_module.begun(mine, world.maya, stamp)
    for other, client in (
        (desk(world.dana), world.maya),
        (mine, uuid4()),
        (desk(world.marcus, now=later), world.maya),
    ):
        assert opening_module.begun(other, client, stamp) is None
    for made_up in ("", "-", "1.0-0", stamp[:-1] + "x", stamp.replace(".", ".9")):
        assert opening_module.begun(mine, world.maya, made_up) is None


async def test_the_rule_itself_asks_for_the_factor(world: World) -> None:
    reason = Reason("risk_to_life", WHY)
    with pytest.raises(StepUpNeeded):
        await emergency.open_record(desk(world.marcus), world.maya, reason, stamp="", form_id=uuid4())
    assert not await BreakGlass.count()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": "curious"}, "reason"),
        ({"text": ""}, "text"),
        ({"text": "x" * 19}, "text"),
        ({"text": "x" * 501}, "text"),
        (PART2, "reason"),
        (PART2 | {"reason": "medical_emergency", "receiver": ""}, "receiver"),
        (PART2 | {"reason": "medical_emergency", "affiliation": " "}, "affiliation"),
        (PART2 | {"reason": "medical_emergency", "nature": ""}, "nature"),
    ],
)
async def test_what_is_missing_is_said_at_its_field(
    world: World, sign_in: SignIn, changes: dict[str, str], field: str
) -> None:
    answer = await opened(await sign_in(world.marcus), world, world.marcus, FORM | changes)
    assert answer.status_code == 422 and f'id="{field}-error"' in answer.text
    assert not await BreakGlass.count() and not await Outbox.count()


async def test_opening_seals_the_reason_ends_by_the_clock_and_tells_at_once(world: World, sign_in: SignIn) -> None:
    await opened(await sign_in(world.marcus), world, world.marcus)
    (row,) = await BreakGlass.select()
    assert (row["client"], row["staff"], row["reason_code"]) == (world.maya, world.marcus, "risk_to_life")
    assert row["ends_at"] - row["starts_at"] == timedelta(minutes=60)
    assert b"bridge" not in bytes(row["reason_text"]) and row["part2_fields"] is None
    seal = SEALS[world.maya]
    assert seal.open("break_glass", "reason_text", row["id"], row["reason_text"]) == WHY
    told = await Outbox.select()
    assert {one["recipient"] for one in told} == {world.priya, world.maya}, "her supervisor and she, not his"
    assert all(one["kind"] == "emergency.opened" and "bridge" not in str(one) for one in told)
    (event,) = await events("emergency-opened")
    assert (event["client"], event["item"], event["basis"]) == (world.maya, row["id"], "glass")
    assert (event["basis_id"], event["reason"]) == (row["id"], "risk_to_life")
    assert "bridge" not in str(event)


async def test_the_supervisors_letter_names_nobody_and_leaves_within_the_minute(
    world: World, sign_in: SignIn, post: Post, deliver: Deliver
) -> None:
    await an_account(world.priya, KEYS, "priya@example.org")
    await an_account(world.maya, KEYS, "maya@example.org")
    await opened(await sign_in(world.marcus), world, world.marcus)
    due = await Outbox.select(Outbox.due_at).where(Outbox.channel == "mail")
    assert all(row["due_at"] <= datetime.now(UTC) for row in due)
    await deliver()
    assert post.recipients == ["priya@example.org"], "the client is told on their own pages"
    letter = post.text(0)
    assert f"{HERE}/reviews" in letter and "within 72 hours" in letter
    assert not re.search("Maya|Marcus|Reyes|emergency access|record|bridge", letter)


async def test_no_letter_about_what_was_looked_over_meanwhile(
    world: World, sign_in: SignIn, post: Post, deliver: Deliver
) -> None:
    await an_account(world.priya, KEYS, "priya@example.org")
    await opened(await sign_in(world.marcus), world, world.marcus)
    (glass,) = await BreakGlass.select(BreakGlass.id)
    await emergency.review(desk(world.priya, "supervisor"), glass["id"], "needed", "")
    await deliver()
    assert post.recipients == []


@pytest.mark.parametrize("broken", ["log", "outbox"])
async def test_no_row_without_its_event_and_its_notices(
    world: World, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    marcus = await sign_in(world.marcus)
    page = await offered(marcus, world, world.marcus)

    async def fails(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(opening_module, "append" if broken == "log" else "_tell", fails)
    kept = {name: hidden(page, name) for name in ("form_id", "begun")}
    assert (await marcus.post(world.offer, data=FORM | kept)).status_code == 500
    assert not await BreakGlass.count() and not await Outbox.count() and not await events("emergency-opened")


async def test_the_form_sent_twice_opens_once(world: World, sign_in: SignIn) -> None:
    marcus = await sign_in(world.marcus)
    page = await offered(marcus, world, world.marcus)
    kept = {name: hidden(page, name) for name in ("form_id", "begun")}
    for _ in range(2):
        assert goes_to(await marcus.post(world.offer, data=FORM | kept)) == world.record
    assert await BreakGlass.count() == 1 and await Outbox.count() == 2


async def test_a_supervisor_who_opens_it_is_not_the_one_who_looks_it_over(world: World, sign_in: SignIn) -> None:
    alone = await a_client("Tom", await a_programme())
    nia = await a_staff("supervisor", "Nia", await a_team())
    access = await access_for(world.dana, client=world.maya)
    assert await opening_module.reviewers(access) == [world.priya]
    world.offer, world.record = f"{HERE}/records/{alone}", f"/staff/clients/{alone}"
    http = await sign_in(nia)
    assert goes_to(await opened(http, world, nia)) == world.record
    told = {row["recipient"] for row in await Outbox.select(Outbox.recipient)}
    assert told == {alone, world.priya, world.olga}, "nobody is near, so every other supervisor is told"
    (glass,) = await BreakGlass.select(BreakGlass.id)
    assert (await http.get(f"{HERE}/reviews/{glass['id']}")).status_code == 404
    assert (await (await sign_in(world.olga)).get(f"{HERE}/reviews/{glass['id']}")).status_code == 200


# What it opens, and for how long


async def reached(person: UUID, world: World, category: Category) -> bool:
    try:
        return (await access_for(person, client=world.maya)).may(category)
    except NotFound:
        return False


@pytest.mark.parametrize(("minutes", "opens"), [(0, True), (59, True), (60, False), (61, False)])
async def test_it_ends_by_the_clock_with_every_job_stopped(
    world: World, sign_in: SignIn, minutes: int, opens: bool
) -> None:
    start = datetime.now(UTC) - timedelta(minutes=minutes)
    await a_glass(world.maya, world.marcus, starts_at=start, ends_at=start + timedelta(minutes=60))
    assert await reached(world.marcus, world, Category.GOALS) is opens
    answer = await (await sign_in(world.marcus)).get(world.record)
    assert (answer.status_code == 200) is opens
    if opens:
        assert re.search(rf'<b class="num">{60 - minutes}</b>', answer.text) and 'data-seconds="' in answer.text


async def test_it_is_for_one_record_alone(world: World, sign_in: SignIn) -> None:
    leo = await a_client("Leo", world.programme)
    await a_glass(world.maya, world.marcus)
    marcus = await sign_in(world.marcus)
    assert (await marcus.get(f"/staff/clients/{leo}")).status_code == 404
    for listing in ("/staff/caseload?show=everyone", "/staff/messages", "/staff/team", "/staff/appointments"):
        assert "Maya" not in (await marcus.get(listing)).text, listing


async def test_messages_stay_closed_and_nothing_may_be_printed(world: World) -> None:
    await a_glass(world.maya, world.marcus, reason_code="medical_emergency", part2_fields=b"x")
    access = await access_for(world.marcus, client=world.maya)
    assert not access.may(Category.MESSAGES)
    for category in Category:
        assert [action for action in Action if action is not Action.SEE and access.may(category, action)] == []


@pytest.mark.parametrize(
    ("code", "fields", "opens"),
    [
        ("risk_to_life", None, False),
        ("risk_to_life", b"x", False),
        ("medical_emergency", None, False),
        ("medical_emergency", b"x", True),
    ],
)
async def test_substance_use_records_open_for_medical_care_with_its_fields_alone(
    world: World, code: str, fields: bytes | None, opens: bool
) -> None:
    await a_goal(world.maya, "Stay with the group", labels=int(Label.SUD))
    await a_goal(world.maya, "Counselling", labels=int(Label.SUD_COUNSELLING))
    await a_glass(world.maya, world.marcus, reason_code=code, part2_fields=fields)
    access = await access_for(world.marcus, client=world.maya)
    listing = Listing("goal", Category.GOALS, "SELECT t.id FROM goal t WHERE t.client = {client} AND {reach}")
    assert len((await access.read(listing))[0]) == int(opens)


async def test_the_three_fields_are_kept_sealed(world: World, sign_in: SignIn) -> None:
    form = FORM | PART2 | {"reason": "medical_emergency"}
    assert goes_to(await opened(await sign_in(world.marcus), world, world.marcus, form)) == world.record
    (row,) = await BreakGlass.select(BreakGlass.part2_fields)
    assert b"Lee" not in bytes(row["part2_fields"])
    found = await emergency.waiting(desk(world.priya, "supervisor"))
    assert found[0][0].part2 == Part2("Dr. Lee", "City Hospital", "Overdose, not awake")


async def test_every_page_of_the_record_says_so_and_has_the_way_out(
    world: World, sign_in: SignIn, app: Litestar
) -> None:
    ids = await some_record(world)
    await a_glass(world.maya, world.marcus)
    marcus = await sign_in(world.marcus)
    shown = 0
    for path, method in handlers(app):
        if method != "GET" or "{client:uuid}" not in path or path.endswith("/live"):
            continue
        answer = await marcus.get(address(path, ids))
        assert answer.status_code in (200, 303, 403, 404), path
        if answer.status_code == 200:
            shown += 1
            assert "I am done" in answer.text and "<time-left" in answer.text, path
            posts = [tag for tag in re.findall(r"<form[^>]*>", answer.text) if 'method="post"' in tag]
            assert not [tag for tag in posts if world.record in tag], f"{path} offers to write"
            assert not re.search(r"<print-page|/export|\.pdf", answer.text), path
    assert shown >= 6


async def some_record(world: World) -> dict[str, str]:
    goal = await a_goal(world.maya)
    step = await a_step(world.maya, goal.id)
    thread = await a_thread(world.maya)
    await a_message(world.maya, thread.id, world.maya)
    await a_crisis_plan(world.maya)
    visit = await an_appointment(world.maya, world.dana)
    ids = {"client": world.maya, "goal_id": goal.id, "step_id": step.id, "thread_id": thread.id, "visit_id": visit.id}
    return {name: str(id) for name, id in (ids | {"service_id": await a_service(), "person": world.maya}).items()}


def address(path: str, ids: dict[str, str]) -> str:
    return re.sub(r"\{([a-z_]+):[a-z]+\}", lambda found: ids.get(found[1]) or str(uuid4()), path)


async def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, but for the log of looks and what sessions keep of themselves."""
    from app.data.piccolo_app import APP_CONFIG

    left_out = ("access_event", "session", "account", "passkey")
    tables = [table for table in APP_CONFIG.table_classes if table._meta.tablename not in left_out]
    return {table._meta.tablename: sorted(await table.select(), key=str) for table in tables}


FULL = {
    "title": "A new title", "text": "New words", "why": "Because", "mode": "phone", "reached": "yes", "minutes": "5",
    "day": "2026-12-01", "time": "10:00", "clock": "10:00", "kind": "visit", "place": "Here", "staff": "", "label": "Mum",
    "name": "Rosa", "note": "Try this one", "lifecycle": "active", "to": "active", "done": "1", "outcome": "fulfilled",
    "version": "1", "owner": "client", "how": "photo_id", "reason": "A reason that is long enough to count", "place_": "1",
    "direction": "up", "language": "en", "called_name": "Rosa", "email": "rosa@example.org", "relation": "family",
}  # fmt: skip


async def test_no_route_of_the_record_writes_anything(world: World, sign_in: SignIn, app: Litestar) -> None:
    ids = await some_record(world)
    await a_glass(world.maya, world.marcus, reason_code="medical_emergency", part2_fields=b"x")
    marcus = await sign_in(world.marcus, step_up=True)
    assert (await marcus.get(world.record)).status_code == 200
    before, tried = await everything(), 0
    for path, method in handlers(app):
        if method == "GET" or "{client:uuid}" not in path:
            continue
        tried += 1
        answer = await marcus.request(method, address(path, ids), data=FULL | {"form_id": str(uuid4())})
        assert answer.status_code in (403, 404, 422), f"{method} {path}: {answer.status_code}"
    assert await everything() == before
    assert tried >= 20


async def test_the_same_forms_do_write_for_the_team(world: World, sign_in: SignIn, app: Litestar) -> None:
    """So that the test above proves something: what it sends is good enough for somebody who may."""
    ids = await some_record(world)
    dana = await sign_in(world.dana, step_up=True)
    wrote = []
    for path, method in handlers(app):
        if method == "GET" or "{client:uuid}" not in path:
            continue
        answer = await dana.request(method, address(path, ids), data=FULL | {"form_id": str(uuid4())})
        wrote += [path] if answer.status_code in (200, 303) else []
    assert len(wrote) >= 12, wrote


async def test_looks_name_the_emergency_as_what_let_them_in(world: World, sign_in: SignIn) -> None:
    await a_goal(world.maya)
    marcus = await sign_in(world.marcus)
    await opened(marcus, world, world.marcus)
    await marcus.get(world.record)
    (glass,) = await BreakGlass.select(BreakGlass.id)
    looks = await events("look")
    assert looks and all((e["basis"], e["basis_id"]) == ("glass", glass["id"]) for e in looks)


async def test_no_row_no_look(world: World, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    await a_glass(world.maya, world.marcus)
    marcus = await sign_in(world.marcus)

    async def broken(events: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(LOOKS, "_commit", broken)
    answer = await marcus.get(world.record)
    assert answer.status_code == 500 and "Maya" not in answer.text


# Being done


async def test_i_am_done_ends_it_at_once_and_once(world: World, sign_in: SignIn) -> None:
    marcus = await sign_in(world.marcus)
    await opened(marcus, world, world.marcus)
    (glass,) = await BreakGlass.select(BreakGlass.id)
    for _ in range(2):
        assert goes_to(await marcus.post(f"{HERE}/{glass['id']}/end")) == HERE
    assert (await marcus.get(world.record)).status_code == 404
    assert len(await events("emergency-ended")) == 1
    assert "Waits to be looked over" in (await marcus.get(HERE)).text


async def test_nobody_ends_anothers(world: World, sign_in: SignIn) -> None:
    glass = await a_glass(world.maya, world.marcus)
    for person in (world.dana, world.priya, world.maya):
        assert (await (await sign_in(person)).post(f"{HERE}/{glass}/end")).status_code == 404
    assert (await (await sign_in(world.marcus)).post(f"{HERE}/{uuid4()}/end")).status_code == 404
    assert await reached(world.marcus, world, Category.GOALS)


# Looking it over


@pytest.mark.parametrize(("age", "waits"), [(71.9, False), (72.1, True)])
async def test_what_was_not_looked_over_in_time_stands_in_the_way(
    world: World, sign_in: SignIn, age: float, waits: bool
) -> None:
    other = await a_client("Tom", world.programme)
    old = await a_glass(other, world.marcus, starts_at=hours(-age), ends_at=hours(1 - age))
    marcus = await sign_in(world.marcus)
    answer = await opened(marcus, world, world.marcus) if not waits else await offered(marcus, world, world.marcus)
    assert ("has waited for more than 72 hours" in answer.text) is waits
    assert (await BreakGlass.count() == 2) is not waits
    if not waits:
        return
    stamp = emergency.begin(desk(world.marcus), world.maya)
    await show_a_factor(world.marcus)
    late = await marcus.post(world.offer, data=FORM | {"begun": stamp, "form_id": str(uuid4())})
    assert late.status_code == 422 and await BreakGlass.count() == 1
    await emergency.review(desk(world.priya, "supervisor"), old, "needed", "")
    assert goes_to(await opened(marcus, world, world.marcus)) == world.record


async def test_the_supervisor_sees_why_and_what_was_opened(world: World, sign_in: SignIn) -> None:
    await a_goal(world.maya)
    marcus = await sign_in(world.marcus)
    await opened(marcus, world, world.marcus)
    await marcus.get(world.record)
    await marcus.get(world.record + "/goals")
    (glass,) = await BreakGlass.select(BreakGlass.id)
    priya = await sign_in(world.priya)
    assert "1 waits" in (await priya.get("/staff/team")).text
    queue = (await priya.get(f"{HERE}/reviews")).text
    assert "Marcus opened the record of M" in queue and "Maya" not in queue
    page = (await priya.get(f"{HERE}/reviews/{glass['id']}")).text
    assert WHY in page and "Their life may be in danger" in page
    assert re.search(r"goals and steps</span>\s*<span[^>]*>2 times", page), "the overview, and the plan"
    looks = [(event["actor"], event["reason"]) for event in await events("list")]
    assert (world.priya, "emergency access") in looks


async def test_looking_it_over_closes_it_with_a_sealed_note(world: World, sign_in: SignIn) -> None:
    glass = await a_glass(world.maya, world.marcus)
    priya, url = await sign_in(world.priya), f"{HERE}/reviews/{glass}"
    for form, says in (({}, "Say what you found."), ({"outcome": "talk"}, "Write a few words: what comes next?")):
        answer = await priya.post(url, data=form)
        assert answer.status_code == 422 and says in answer.text
    assert goes_to(await priya.post(url, data={"outcome": "talk", "note": "We meet on Monday"})) == f"{HERE}/reviews"
    await priya.post(url, data={"outcome": "needed"})
    (row,) = await BreakGlass.select()
    assert (row["reviewed_by"], row["outcome"]) == (world.priya, "talk"), "the first answer stays"
    assert b"Monday" not in bytes(row["review_note"])
    assert SEALS[world.maya].open("break_glass", "review_note", glass, row["review_note"]) == "We meet on Monday"
    (event,) = await events("emergency-reviewed")
    assert (event["client"], event["item"], event["reason"]) == (world.maya, glass, "talk")
    assert [row["recipient"] for row in await Outbox.select()] == [world.marcus]
    assert "Nothing waits for you." in (await priya.get(f"{HERE}/reviews")).text


async def test_what_waits_too_long_is_marked(world: World, sign_in: SignIn) -> None:
    glass = await a_glass(world.maya, world.marcus, starts_at=hours(-73), ends_at=hours(-72))
    priya = await sign_in(world.priya)
    assert "Was due" in (await priya.get(f"{HERE}/reviews")).text
    assert "can’t use emergency access again" in (await priya.get(f"{HERE}/reviews/{glass}")).text
    assert "Waits to be looked over since" in (await (await sign_in(world.marcus)).get(HERE)).text


async def test_only_supervisors_of_the_clients_people_look_it_over(world: World, sign_in: SignIn) -> None:
    glass = await a_glass(world.maya, world.marcus)
    for person in (world.olga, world.marcus, world.dana, await a_staff("admin", "Noor")):
        http = await sign_in(person)
        assert "opened the record" not in (await http.get(f"{HERE}/reviews")).text
        assert (await http.get(f"{HERE}/reviews/{glass}")).status_code == 404
        assert (await http.post(f"{HERE}/reviews/{glass}", data={"outcome": "needed"})).status_code == 404
    await a_block(world.maya, world.priya)
    assert (await (await sign_in(world.priya)).get(f"{HERE}/reviews/{glass}")).status_code == 404
    assert not (await BreakGlass.select(BreakGlass.reviewed_at))[0]["reviewed_at"]


# What the client is told


async def test_the_client_is_told_at_once_in_words(world: World, sign_in: SignIn) -> None:
    await a_goal(world.maya)
    marcus, maya = await sign_in(world.marcus), await sign_in(world.maya)
    assert "in an emergency" not in (await maya.get("/me/today")).text
    assert "Nobody has opened your record" in (await maya.get("/me/emergency")).text
    await opened(marcus, world, world.marcus)
    assert "Marcus is reading your record in an emergency" in (await maya.get("/me/today")).text
    assert "Opened in an emergency" in (await maya.get("/me/more")).text
    await marcus.get(world.record + "/goals")
    page = (await maya.get("/me/emergency")).text
    assert "Marcus" in page and "Case manager" in page and "Their life may be in danger" in page
    assert "goals and steps" in page and "bridge" not in page, "the class of the reason, not its words"
    (one,) = await emergency.seen_by_client(await access_for(world.maya))
    assert (one.person, one.reason, one.live, one.read) == (world.marcus, "risk_to_life", True, False)
    assert one.categories == (Category.GOALS,)
    assert goes_to(await maya.post(f"/me/emergency/{one.id}/read")) == "/me/emergency"
    assert "in an emergency" not in (await maya.get("/me/today")).text
    assert "Marcus" in (await maya.get("/me/emergency")).text, "the row stays"


async def test_the_client_reads_what_came_of_it(world: World, sign_in: SignIn) -> None:
    glass = await a_glass(world.maya, world.marcus, starts_at=hours(-5), ends_at=hours(-4))
    maya = await sign_in(world.maya)
    assert "looks it over within three days" in (await maya.get("/me/emergency")).text
    await emergency.review(desk(world.priya, "supervisor"), glass, "not_needed", "No call was made")
    page = (await maya.get("/me/emergency")).text
    assert "it was not needed. The privacy officer was told." in page and "No call was made" not in page


async def test_nobody_else_reads_it(world: World, sign_in: SignIn, http: httpx.AsyncClient) -> None:
    glass = await a_glass(world.maya, world.marcus)
    other = await sign_in(await a_client("Leo"))
    assert (await other.post(f"/me/emergency/{glass}/read")).status_code == 404
    assert "Marcus" not in (await other.get("/me/emergency")).text
    assert (await (await sign_in(world.dana)).get("/me/emergency")).status_code == 404
    assert goes_to(await http.get("/me/emergency")) == "/sign-in"
    assert await emergency.seen_by_client(await access_for(world.dana, client=world.maya)) == []
    assert (await BreakGlass.select(BreakGlass.client_read_at))[0]["client_read_at"] is None


async def test_the_pages_cost_the_same_for_one_and_for_twenty(world: World) -> None:
    spent = []
    for many in (1, 20):
        for _ in range(many):
            await a_glass(world.maya, world.marcus)
        before = DB.statements
        await emergency.seen_by_client(await access_for(world.maya))
        await emergency.waiting(desk(world.priya, "supervisor"))
        await emergency.mine(desk(world.marcus))
        spent.append(DB.statements - before)
    assert spent[0] == spent[1]


async def test_two_at_once_open_one(world: World, sign_in: SignIn) -> None:
    marcus = await sign_in(world.marcus)
    page = await offered(marcus, world, world.marcus)
    begun = hidden(page, "begun")
    forms = [FORM | {"begun": begun, "form_id": str(uuid4())} for _ in range(4)]
    await asyncio.gather(*(marcus.post(world.offer, data=form) for form in forms))
    assert await BreakGlass.count() == 1

"""The worklist: why somebody is on it, in which order, and whose it is."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from app import caseload, language
from app.access import Desk, Kind, Role, Viewer
from app.access.facts import Flag, Label
from app.caseload import reason, reasons, worklist
from app.data.piccolo_conf import DB
from app.data.tables.audit import AccessEvent
from app.data.tables.care import Client, Standing
from app.errors import NotFound
from tests.factories import (
    KEYS,
    a_block,
    a_client,
    a_goal,
    a_programme,
    a_staff,
    a_team,
    hours,
    on_team,
)

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("database")]

NOW = datetime(2030, 5, 14, 14, 0, tzinfo=UTC)  # a Tuesday


@pytest.fixture
def clock() -> Iterator[None]:
    """The reader is in London without summer time: UTC, at NOW."""
    at, zone = language.moment.set(NOW), language.zone.set("UTC")
    yield
    language.moment.reset(at)
    language.zone.reset(zone)


def a_standing(**values: Any) -> dict[str, Any]:
    """Somebody for whom nothing is needed."""
    quiet = {
        "opened_at": NOW - timedelta(days=100),
        "last_contact_at": NOW - timedelta(days=3),
        "next_visit_at": NOW + timedelta(days=3),
        "waiting_since": None,
        "step_due": None,
        "review_due": date(2030, 7, 1),
        "crisis_review_due": date(2030, 7, 1),
        "contact_every_days": 14,
    }
    return quiet | values


def at(**ago: float) -> datetime:
    return NOW - timedelta(**ago)


@pytest.mark.parametrize(
    ("standing", "name", "text"),
    [
        ({}, None, None),
        ({"next_visit_at": at(hours=-2)}, "visit_soon", "Visit at 4:00 PM"),
        ({"next_visit_at": at(hours=-2, seconds=-1)}, "visit_today", "Visit at 4:00 PM"),
        ({"next_visit_at": at(hours=-9, minutes=-59)}, "visit_today", "Visit at 11:59 PM"),
        ({"next_visit_at": at(hours=-10)}, None, None),
        ({"next_visit_at": at(minutes=30)}, "visit_soon", "Visit now, since 1:30 PM"),
        ({"next_visit_at": at(minutes=60)}, "check_in", "Check in after the visit"),
        ({"next_visit_at": at(days=2)}, "check_in", "Check in after the visit"),
        ({"waiting_since": at(hours=5, minutes=20)}, "reply", "Waiting for a reply since 8:40 AM"),
        ({"waiting_since": at(days=3)}, "reply", "Waiting for a reply since Sat, May 11"),
        ({"review_due": date(2030, 5, 17)}, "review", "Plan review due Friday"),
        ({"review_due": date(2030, 5, 20)}, "review", "Plan review due Monday"),
        ({"review_due": date(2030, 5, 21)}, None, None),
        ({"review_due": date(2030, 5, 3)}, "review", "Plan review was planned for Fri, May 3"),
        ({"review_due": None}, None, None),
        ({"step_due": date(2030, 5, 14)}, "step", "A step is due today"),
        ({"step_due": date(2030, 5, 13)}, "step", "A step was planned for yesterday"),
        ({"step_due": date(2030, 5, 21)}, None, None),
        ({"crisis_review_due": None}, "crisis_missing", "No crisis plan yet"),
        ({"crisis_review_due": date(2030, 5, 20)}, "crisis_review", "Crisis plan review due Monday"),
        ({"crisis_review_due": date(2030, 4, 1)}, "crisis_review", "Crisis plan review was planned for Mon, Apr 1"),
        ({"last_contact_at": at(days=14)}, None, None),
        ({"last_contact_at": at(days=15)}, "contact", "15 days since contact"),
        ({"last_contact_at": at(days=16), "next_visit_at": None}, "plan_visit", "No visit planned yet"),
        ({"last_contact_at": None}, "contact", "No contact yet"),
        ({"last_contact_at": None, "opened_at": at(days=3)}, None, None),
        ({"last_contact_at": at(days=40), "contact_every_days": None}, None, None),
    ],
)
@pytest.mark.usefixtures("clock")
def test_reason_says_why_somebody_is_on_the_list(standing: dict[str, Any], name: str | None, text: str | None) -> None:
    found = reason(a_standing(**standing), NOW)
    assert (found and found.name, found and found.text.replace("\u00a0", " ")) == (name, text)


@pytest.mark.usefixtures("clock")
def test_order_is_visit_reply_check_in_due_and_silence() -> None:
    everything = a_standing(
        waiting_since=at(hours=1), review_due=date(2030, 5, 15), last_contact_at=at(days=30), next_visit_at=at(hours=-1)
    )
    assert [found.name for found in reasons(everything, NOW)] == ["visit_soon", "reply", "review", "contact"]
    waited, waits = (reason(a_standing(waiting_since=since), NOW) for since in (at(hours=5), at(hours=1)))
    assert waited is not None and waits is not None and waited.order < waits.order
    missed = reason(a_standing(next_visit_at=at(days=1)), NOW)
    assert missed is not None and waits.order < missed.order


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("name", caseload.KINDS)
def test_no_reason_blames_anybody(name: str) -> None:
    said = caseload.Reason(name, at(days=9), NOW, 9, 7)
    for word in ("overdue", "no-show", "missed", "late", "failed"):
        assert word not in f"{said.text} {said.detail} {said.kind.verb}".lower().replace("late night", "")
    assert said.text and said.kind.icon


def test_days_are_the_readers_days() -> None:
    night = datetime(2030, 5, 15, 2, 0, tzinfo=UTC)  # 10 PM on the 14th in New York
    standing = a_standing(next_visit_at=night + timedelta(hours=3), last_contact_at=night - timedelta(days=1))
    names = {}
    for zone in ("America/New_York", "UTC"):
        token = language.zone.set(zone)
        names[zone] = [found.name for found in reasons(standing, night)]
        language.zone.reset(token)
    assert names == {"America/New_York": [], "UTC": ["visit_today"]}


def a_desk(person: UUID, role: Role = Role.CASE_MANAGER) -> Desk:
    return Desk(Viewer(person, Kind.STAFF, role=role), KEYS, datetime.now(UTC))


async def standing_of(client: UUID, **values: Any) -> None:
    quiet = {"crisis_review_due": hours(24 * 60).date(), "last_contact_at": hours(-24), "last_contact_mode": "phone"}
    await Standing.update(quiet | values).where(Standing.id == client)


async def a_caseload(worker: UUID, *names: str) -> list[UUID]:
    programme = await a_programme()
    clients = [await a_client(name, programme) for name in names]
    for client in clients:
        await on_team(client, worker)
        await standing_of(client)
    return clients


async def test_worklist_holds_my_clients_in_the_order_of_the_day() -> None:
    dana, other = await a_staff(), await a_staff(called_name="Omar")
    maya, lin, priya, sam = await a_caseload(dana, "Maya", "Lin", "Priya", "Sam")
    await a_caseload(other, "Nobody of mine")
    await standing_of(lin, waiting_since=hours(-3))
    await standing_of(maya, next_visit_at=hours(1))
    await standing_of(priya, review_due=hours(24).date())
    found = await worklist(a_desk(dana))
    assert [person.client for person in found.people] == [maya, lin, priya]
    assert found.counts == {"needs": 3, "visits": 1, "waiting": 1, "reviews": 1, "everyone": 4}
    everyone = await worklist(a_desk(dana), show="everyone")
    assert [person.client for person in everyone.people] == [maya, lin, priya, sam]
    assert [group for group, _ in everyone.grouped()] == ["today", "week", "nothing"]


async def test_worklist_ends_with_the_place_on_the_team_and_at_a_block() -> None:
    dana = await a_staff()
    former, future, closed, keeps_out, mine = [await a_client(str(n)) for n in range(5)]
    await on_team(former, dana, ends_at=hours(-1), starts_at=hours(-48))
    await on_team(future, dana, starts_at=hours(2))
    for client in (closed, keeps_out, mine):
        await on_team(client, dana)
    await Client.update({Client.closed_at: hours(-1)}).where(Client.id == closed)
    await a_block(keeps_out, dana)
    found = await worklist(a_desk(dana), show="everyone")
    assert [person.client for person in found.people] == [mine]


async def test_goal_stands_there_in_their_words_unless_it_is_out_of_reach() -> None:
    team = await a_team()
    dana = await a_staff(team=team)
    seen, private, apart = await a_caseload(dana, "A", "B", "C")
    for client, labels, flags in ((seen, 0, 0), (private, 0, int(Flag.MINE_ONLY)), (apart, int(Label.SUD), 0)):
        goal = await a_goal(client, "A place of my own", labels=labels, flags=flags)
        await standing_of(client, goal=goal.id, steps_done=1, steps_total=3)
    found = {person.client: person for person in (await worklist(a_desk(dana), show="everyone")).people}
    assert (found[seen].goal, found[seen].done, found[seen].total) == ("A place of my own", 1, 3)
    assert [(found[c].goal, found[c].total) for c in (private, apart)] == [("", 0), ("", 0)]


async def test_list_is_one_look_that_names_it() -> None:
    dana = await a_staff()
    await a_caseload(dana, "Maya", "Lin")
    await worklist(a_desk(dana))
    (event,) = await AccessEvent.select()
    assert (event["action"], event["reason"], event["client"], event["actor"]) == ("list", "caseload", None, dana)


async def test_peer_sees_names_and_goals_and_no_reason() -> None:
    peer = await a_staff("peer", "Pat")
    (maya,) = await a_caseload(peer, "Maya")
    goal = await a_goal(maya, "A place of my own")
    await standing_of(maya, goal=goal.id, waiting_since=hours(-3), crisis_review_due=None)
    (person,) = (await worklist(a_desk(peer, Role.PEER), show="everyone")).people
    assert (person.goal, person.reasons, person.last_contact_at) == ("A place of my own", (), None)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.FRONT_DESK])
async def test_work_without_a_caseload_has_no_list(role: Role) -> None:
    worker = await a_staff(role.value)
    await a_caseload(worker, "Maya")
    with pytest.raises(NotFound):
        await worklist(a_desk(worker, role), show="everyone")


async def test_list_pages_at_fifty_and_never_asks_more_statements() -> None:
    dana, busy = await a_staff(), await a_staff(called_name="Busy")
    await a_caseload(dana, "Maya")
    await a_caseload(busy, *(f"Client {n:02}" for n in range(60)))
    spent = []
    for worker in (dana, busy):
        before = DB.statements
        first = await worklist(a_desk(worker), show="everyone")
        spent.append(DB.statements - before)
    assert spent[0] == spent[1] <= 3  # the rows, and the look
    last = await worklist(a_desk(busy), show="everyone", page=99)
    assert (len(first.people), first.pages, last.page, len(last.people)) == (50, 2, 2, 10)


async def test_caseload_page_greets_with_the_list(sign_in: Any) -> None:
    dana = await a_staff()
    maya, _quiet = await a_caseload(dana, "Maya", "Quiet Quincy")
    await standing_of(maya, waiting_since=hours(-3))
    reply = await (await sign_in(dana)).get("/staff/caseload")
    assert reply.status_code == 200
    assert "Waiting for a reply since" in reply.text and f"/staff/clients/{maya}" in reply.text
    assert "Quiet Quincy" not in reply.text and "Show them" in reply.text
    everyone = await (await sign_in(dana)).get("/staff/caseload?show=everyone")
    assert "Quiet Quincy" in everyone.text


async def test_caseload_asks_for_sign_in(http: Any) -> None:
    reply = await http.get("/staff/caseload")
    assert (reply.status_code, reply.headers["location"]) == (303, "/sign-in")


async def test_caseload_is_not_there_for_a_client(sign_in: Any) -> None:
    reply = await (await sign_in(await a_client())).get("/staff/caseload")
    assert reply.status_code == 404


@pytest.mark.parametrize("query", ["show=nonsense", "page=0", "page=x", "page=-1", "show=&page=99999999999999999999"])
async def test_strange_query_gives_the_list_all_the_same(sign_in: Any, query: str) -> None:
    dana = await a_staff()
    (maya,) = await a_caseload(dana, "Maya")
    await standing_of(maya, waiting_since=hours(-1))
    reply = await (await sign_in(dana)).get(f"/staff/caseload?{query}")
    assert reply.status_code == 200 and str(maya) in reply.text

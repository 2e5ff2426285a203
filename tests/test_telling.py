"""Telling the team something from outside: what nobody learns by it, and what becomes of it."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from litestar import Litestar

from app import record, telling
from app.access import Action, Category, Desk, Kind, Role, Viewer, preview_of
from app.access.facts import Flag, Label
from app.access.log import LOOKS
from app.config import Config
from app.data.piccolo_conf import DB
from app.data.tables.audit import AccessEvent
from app.data.tables.care import Client, Contact, Standing
from app.data.tables.delivery import Outbox
from app.data.tables.identity import Attempt
from app.data.tables.telling import Telling
from app.errors import NotFound, Refused, Stale
from app.record.contacts import CONTACTS, FROM_OUTSIDE
from app.sharing.looks import looks
from app.telling import Told
from tests.factories import (
    KEYS,
    SEALS,
    a_block,
    a_client,
    a_grant,
    a_person,
    a_programme,
    a_relationship,
    a_staff,
    a_team,
    a_telling,
    access_for,
    an_authority,
    an_organisation,
    hours,
    on_team,
)
from tests.http import FRAGMENT, alike, goes_to, hidden
from tests.identity import an_account
from tests.smtp import Deliver, Post, deliver, post
from tests.test_sign_in import field

__all__ = ["deliver", "post"]  # fixtures
pytestmark = pytest.mark.anyio
SignIn = Callable[..., Awaitable[httpx.AsyncClient]]
Browser = Callable[[], httpx.AsyncClient]
HERE = "/staff/telling"
CANARY = "zebrafinch"
FORM = {
    "about": "Maya Reyes",
    "text": f"She gave her {CANARY} away.",
    "who": f"Rosa {CANARY}",
    "reach": f"{CANARY}@example.org",
    "language": "es",
}


class World:
    """Maya with Dana on her team, whom Priya oversees; Olga oversees somebody else's clients."""

    async def make(self) -> "World":
        await an_organisation()
        self.programme = await a_programme()
        self.maya = await a_client("Maya", self.programme, legal_name="María Elena Reyes")
        self.priya = await a_staff("supervisor", "Priya")
        self.dana = await a_staff("case_manager", "Dana", await a_team(self.programme, supervisor=self.priya))
        await on_team(self.maya, self.dana)
        self.olga = await a_staff("supervisor", "Olga")
        self.marcus = await a_staff("case_manager", "Marcus", await a_team(supervisor=self.olga))
        self.leo = await a_client("Leo")
        await on_team(self.leo, self.marcus)
        return self

    async def in_record(self, *, in_confidence: bool, client: UUID | None = None) -> UUID:
        told = await a_telling("Maya Reyes", FORM["text"], in_confidence=in_confidence, who=FORM["who"])
        await telling.put_with(desk(self.priya), told, client or self.maya, in_confidence=False)
        return told


@pytest.fixture
async def world(app: Litestar) -> World:
    return await World().make()


def desk(person: UUID, role: str = "supervisor", now: datetime | None = None) -> Desk:
    return Desk(Viewer(person, Kind.STAFF, role=Role(role)), KEYS, now or datetime.now(UTC))


async def sent(http: httpx.AsyncClient, form: dict[str, str] | None = None, **more: str) -> httpx.Response:
    """The form opened, filled and sent, as somebody without an account does."""
    page = await http.get("/tell")
    fields = {"_csrf": field(page, "_csrf"), "form_id": hidden(page, "form_id")}
    return await http.post("/tell", data=fields | (FORM if form is None else form) | more)


async def events(*actions: str) -> list[dict[str, Any]]:
    found = await AccessEvent.select().order_by(AccessEvent.seq)
    return [event for event in found if not actions or event["action"] in actions]


async def stored(id: UUID) -> dict[str, Any]:
    return (await Telling.select().where(Telling.id == id))[0]


# From outside


async def test_anyone_tells_the_team_something(world: World, http: httpx.AsyncClient) -> None:
    page = await http.get("/tell")
    assert page.status_code == 200
    assert "Nobody watches this page for emergencies." in page.text and 'href="tel:988"' in page.text
    assert "<script" not in page.text.split("<main")[1]
    assert goes_to(await sent(http, in_confidence="1")) == "/tell/thanks"
    assert "Thank you for telling us" in (await http.get("/tell/thanks")).text
    (row,) = await Telling.select()
    assert (row["state"], row["client"], row["in_confidence"], row["language"]) == ("new", None, True, "es")
    one = await telling.one(desk(world.priya), row["id"])
    assert {name: getattr(one, name) for name in ("about", "text", "who", "reach")} == {
        name: FORM[name] for name in ("about", "text", "who", "reach")
    }


async def test_the_way_there_is_on_the_pages_where_people_look_for_it(
    world: World, http: httpx.AsyncClient, sign_in: SignIn
) -> None:
    for path in ("/sign-in", "/crisis?in=en"):
        assert 'href="/tell"' in (await http.get(path)).text, path
    nothing = await (await sign_in(await a_person("Ines"))).get("/with")
    assert "There is nothing to see here right now" in nothing.text and 'href="/tell"' in nothing.text


async def test_the_answer_is_the_same_for_a_client_for_somebody_else_and_for_nonsense(
    world: World, http: httpx.AsyncClient, new_browser: Browser
) -> None:
    await a_person("Rosa Diaz", "supporter")
    answers, heads = [], []
    for about in ("María Elena Reyes", "Maya", str(world.maya), "Rosa Diaz", "Nobody Atall", "%' OR 1=1 --", "🐢🐢"):
        browser = new_browser()
        answer = await sent(browser, FORM | {"about": about})
        after = await browser.get(answer.headers["Location"])
        answers.append((alike(answer), alike(after)))
        heads.append({name for name in answer.headers if name not in ("date", "content-security-policy")})
    assert all(one == answers[0] for one in answers) and all(one == heads[0] for one in heads)
    assert answers[0][0][0] == 303 and answers[0][1][0] == 200
    assert len(await Telling.select()) == 7


async def test_nothing_is_looked_up_by_the_name(world: World, http: httpx.AsyncClient) -> None:
    """The same statements, whoever it is about: neither the time nor the work can tell."""
    counts = []
    for about in ("The first", "and second write letters", "María Elena Reyes", "Nobody Atall"):
        page = await http.get("/tell")
        fields = FORM | {"_csrf": field(page, "_csrf"), "form_id": hidden(page, "form_id"), "about": about}
        before = DB.statements
        await http.post("/tell", data=fields)
        counts.append(DB.statements - before)
    assert counts[2] == counts[3]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"about": ""}, "Write who this is about, as well as you can."),
        ({"text": " \n "}, "Write what you want the team to know."),
        ({"text": "x" * 8001}, "up to 8000 characters"),
        ({"about": "x" * 201}, "up to 200 characters"),
        ({"who": "x\u202ey"}, "There are hidden characters in here."),
        ({"language": "xx"}, "Choose one from the list."),
        ({"form_id": "17"}, "Please send this once more."),
    ],
)
async def test_what_is_missing_is_said_and_nothing_is_lost(
    world: World, http: httpx.AsyncClient, wrong: dict[str, str], says: str
) -> None:
    answer = await sent(http, FORM | wrong)
    assert answer.status_code == 422 and says in answer.text and "<title>Error: " in answer.text
    for name, words in FORM.items():
        assert name in wrong or words.replace("'", "&#39;") in answer.text, name
    assert await Telling.count() == 0 and await Attempt.count() == 0


async def test_eight_thousand_characters_fit(world: World, http: httpx.AsyncClient) -> None:
    assert goes_to(await sent(http, text="ñ🐢" * 4000)) == "/tell/thanks"
    assert await Telling.count() == 1


async def test_there_are_two_hours_to_write(http: httpx.AsyncClient) -> None:
    assert "Max-Age=7200" in (await http.get("/tell")).headers["set-cookie"]
    assert "Max-Age=600" in (await http.get("/sign-in")).headers["set-cookie"]


async def test_a_form_that_is_not_ours_is_not_taken(http: httpx.AsyncClient) -> None:
    assert (await http.post("/tell", data=FORM | {"form_id": str(uuid4())})).status_code == 403
    assert await Telling.count() == 0


async def test_a_form_sent_twice_is_one_row_with_one_answer(world: World, http: httpx.AsyncClient) -> None:
    page = await http.get("/tell")
    fields = FORM | {"_csrf": field(page, "_csrf"), "form_id": hidden(page, "form_id")}
    first, second = await http.post("/tell", data=fields), await http.post("/tell", data=fields | {"text": "Other"})
    assert alike(first) == alike(second)
    assert await Telling.count() == 1 and len(await events("told")) == 1
    assert (await telling.one(desk(world.priya), UUID(fields["form_id"]))).text == FORM["text"]


async def test_beyond_the_limit_of_an_address_nothing_is_kept_and_nothing_tells(
    world: World, http: httpx.AsyncClient
) -> None:
    answers = [await sent(http) for _ in range(12)]
    assert all(alike(one) == alike(answers[0]) for one in answers)
    assert await Telling.count() == 10 and len(await events("told")) == 10


async def test_the_limit_is_counted_in_the_database_by_address_and_ends_with_the_hour(world: World) -> None:
    now = datetime.now(UTC)

    async def tell(address: str, at: datetime) -> None:
        await telling.tell(KEYS, Told("Maya", "Words"), form_id=uuid4(), address=address, now=at)

    for _ in range(11):
        await tell("2001:db8:1:2::1", now)
    await tell("2001:db8:1:2:ffff::9", now)  # the same household
    assert await Telling.count() == 10
    await tell("2001:db8:1:3::1", now)
    assert await Telling.count() == 11
    await tell("2001:db8:1:2::1", now + timedelta(minutes=61))
    assert await Telling.count() == 12
    for n in range(2, 6):
        for _ in range(10):
            await tell("2001:db8:1:2::1", now + timedelta(minutes=61 * n))
    assert await Telling.count() == 12 + 29, "forty in a day"


async def test_the_log_names_neither_address_nor_words(world: World, http: httpx.AsyncClient) -> None:
    await sent(http)
    (event,) = await events("told")
    assert (event["actor"], event["client"], event["address"], event["reason"]) == (None, None, "", "")
    assert CANARY not in str(await events())


async def test_whoever_is_signed_in_tells_without_being_named(world: World, sign_in: SignIn) -> None:
    client = await sign_in(world.maya)
    page = await client.get("/tell")
    assert page.status_code == 200 and "Maya" not in page.text
    answer = await client.post("/tell", data=FORM | {"form_id": hidden(page, "form_id")})
    assert goes_to(answer) == "/tell/thanks"
    assert (await events("told"))[0]["actor"] is None


async def test_the_page_speaks_spanish(world: World, http: httpx.AsyncClient) -> None:
    page = await http.get("/tell", headers={"Accept-Language": "es"})
    assert '<html lang="es"' in page.text and "Nadie vigila esta página" in page.text
    assert re.search(r'<option value="es" selected>', page.text)


# At rest


async def plain_columns() -> str:
    """Every row of every table as it lies there."""
    from app.data.piccolo_app import APP_CONFIG

    return "".join([str(await table.select()) for table in APP_CONFIG.table_classes])


async def test_the_words_lie_sealed_wherever_they_are(world: World, http: httpx.AsyncClient) -> None:
    await sent(http)
    (row,) = await Telling.select()
    assert CANARY not in await plain_columns() and "Reyes'" in await plain_columns(), "the canary's own check"
    await telling.put_with(desk(world.priya), row["id"], world.maya, in_confidence=False)
    assert CANARY not in await plain_columns()
    await telling.undo(desk(world.priya), row["id"])
    await telling.set_aside(desk(world.priya), row["id"], f"Who is {CANARY}?")
    assert CANARY not in await plain_columns()


async def test_once_in_a_record_only_the_clients_key_opens_them(world: World) -> None:
    told = await world.in_record(in_confidence=False)
    row = await stored(told)
    assert (row["state"], row["client"], row["settled_by"]) == ("taken", world.maya, world.priya)
    assert [row[name] for name in ("about", "text", "who", "reach")] == [None] * 4
    contact = (await Contact.select().where(Contact.id == row["contact"]))[0]
    assert SEALS[world.maya].open("contact", "text", contact["id"], contact["text"]) == FORM["text"]
    assert CANARY in (SEALS[world.maya].open("contact", "outsider", contact["id"], contact["outsider"]) or "")


# Those who triage


async def test_supervisors_get_a_letter_without_a_word_of_it(
    world: World, http: httpx.AsyncClient, post: Post, deliver: Deliver
) -> None:
    await an_account(world.priya, KEYS, "priya@example.org")
    await an_account(world.olga, KEYS, "olga@example.org")
    await an_account(world.dana, KEYS, "dana@example.org")
    gone = await a_staff("supervisor", "Gone")
    await an_account(gone, KEYS, "gone@example.org")
    from app.data.tables.people import Staff

    await Staff.update({Staff.ended_at: hours(-1)}).where(Staff.person == gone)
    await sent(http)
    await deliver()
    assert sorted(post.recipients) == ["olga@example.org", "priya@example.org"]
    for number in range(2):
        letter = post.text(number) + str(post.received[number]["Subject"])
        assert post.path(number) == HERE
        assert not re.search(f"{CANARY}|Maya|Reyes|Rosa|client|record|worried", letter, re.I)
    assert CANARY not in str(await Outbox.select())


async def test_a_letter_an_hour_at_most_and_none_when_all_is_seen_to(world: World) -> None:
    noon = datetime(2026, 3, 2, 12, 10, tzinfo=UTC)

    async def tell(at: datetime, n: int) -> None:
        await telling.tell(KEYS, Told("Maya", "Words"), form_id=uuid4(), address=f"192.0.2.{n}", now=at)

    for n in range(5):
        await tell(noon + timedelta(minutes=n), n)
    mine = await Outbox.select().where(Outbox.recipient == world.priya).order_by(Outbox.due_at)
    assert [row["due_at"].replace(tzinfo=UTC) for row in mine] == [noon, noon.replace(hour=13, minute=0)]
    assert {row["kind"] for row in mine} == {"telling.received"} and {row["client"] for row in mine} == {None}


async def test_a_letter_is_not_sent_when_nothing_waits_any_more(
    world: World, http: httpx.AsyncClient, post: Post, deliver: Deliver
) -> None:
    await an_account(world.priya, KEYS, "priya@example.org")
    await sent(http)
    (row,) = await Telling.select()
    await telling.set_aside(desk(world.olga), row["id"], "Nobody we know")
    await deliver()
    assert post.recipients == []


async def test_a_supervisor_reads_what_waits(world: World, sign_in: SignIn) -> None:
    older = await a_telling("Leo", "First", at=hours(-5))
    newer = await a_telling("Maya Reyes", "Second", at=hours(-1), in_confidence=True)
    priya = await sign_in(world.priya)
    assert re.search(
        r'href="/staff/telling">Words from outside</a>\s*<span[^>]*>.*?2 wait', (await priya.get("/staff/team")).text
    )
    page = (await priya.get(HERE)).text
    assert page.index(str(older)) < page.index(str(newer)) and page.count("In confidence") == 1
    one = (await priya.get(f"{HERE}/{newer}")).text
    assert "Second" in one and "They did not say" in one
    assert "We can’t say whether anyone is with us. We read what you wrote. Thank you." in one
    seen = [
        (e["action"], e["actor"], e["item"])
        for e in await events("list", "look")
        if e["reason"] == "words from outside"
    ]
    assert seen == [("list", world.priya, None), ("look", world.priya, newer)]


async def test_the_only_sentence_to_answer_is_in_their_language(world: World, sign_in: SignIn) -> None:
    told = await a_telling("Maya", "Ya no come", language="es")
    page = (await (await sign_in(world.priya)).get(f"{HERE}/{told}")).text
    assert '<blockquote class="quote" lang="es">No podemos decir si alguien está con nosotros.' in page


async def test_an_empty_queue_says_so(world: World, sign_in: SignIn) -> None:
    priya = await sign_in(world.priya)
    for query, says in (
        ("", "Nothing waits for you."),
        ("?state=taken", "Nothing was put with a record of your teams yet."),
        ("?state=aside", "Nothing is set aside."),
        ("?state=nonsense", "Nothing waits for you."),
    ):
        answer = await priya.get(HERE + query)
        assert answer.status_code == 200 and says in answer.text, query


async def test_the_queue_has_pages(world: World, sign_in: SignIn) -> None:
    for n in range(51):
        await a_telling(f"Person {n:02}", "Words", at=hours(-100 + n))
    priya = await sign_in(world.priya)
    first, second = (await priya.get(HERE)).text, (await priya.get(f"{HERE}?page=2")).text
    assert "Person 49" in first and "Person 50" not in first and "page=2" in first
    assert "Person 50" in second and "Person 49" not in second


@pytest.mark.parametrize("role", ["case_manager", "clinician", "nurse", "peer", "front_desk", "admin"])
async def test_nobody_but_supervisors_reads_them(world: World, sign_in: SignIn, role: str) -> None:
    told = await a_telling()
    person = await a_staff(role, "Ray", await a_team(world.programme, supervisor=world.priya))
    http = await sign_in(person, step_up=True)
    for method, path in routes(told):
        answer = await http.request(method, path, data={} if method == "POST" else None)
        assert answer.status_code == 404 and "stopped eating" not in answer.text, path
    at = desk(person, role)
    for act in (
        telling.listed(at, telling.NEW),
        telling.taken(at),
        telling.one(at, told),
        telling.matches(at, "Maya"),
        telling.put_with(at, told, world.maya, in_confidence=False),
        telling.set_aside(at, told, "Mine"),
        telling.undo(at, told),
    ):
        with pytest.raises(NotFound):
            await act
    assert await telling.count(at) == 0 and (await stored(told))["state"] == "new"


def routes(told: UUID) -> list[tuple[str, str]]:
    one = f"{HERE}/{told}"
    posts = [("POST", f"{one}/{what}") for what in ("matches", "record", "aside", "undo")]
    return [("GET", HERE), ("GET", one), *posts]


async def test_signed_out_people_are_asked_who_they_are(world: World, http: httpx.AsyncClient) -> None:
    for path in (HERE, f"{HERE}/{await a_telling()}"):
        assert goes_to(await http.get(path)).startswith("/sign-in")


async def test_one_that_is_not_there_is_not_found(world: World, sign_in: SignIn) -> None:
    priya = await sign_in(world.priya)
    for method, path in routes(uuid4())[1:]:
        data = {"client": str(world.maya), "reason": "x", "name": "x"} if method == "POST" else None
        assert (await priya.request(method, path, data=data)).status_code == 404, path


# Whom it is about


async def test_those_who_may_be_meant_are_shown_at_once_and_by_name(world: World, sign_in: SignIn) -> None:
    told = await a_telling("Maria elena", "Words")
    priya = await sign_in(world.priya)
    assert str(world.maya) in (await priya.get(f"{HERE}/{told}")).text
    url = f"{HERE}/{told}/matches"
    for name in ("maya", "REYES", "  María   Rey "):
        answer = await priya.post(url, data={"name": name})
        assert answer.status_code == 200 and str(world.maya) in answer.text, name
    part = await priya.post(url, data={"name": "maya"}, headers=FRAGMENT)
    assert part.text.lstrip().startswith('<section id="matches"')
    for name in ("Leo", "Nobody", "%", "_", "m"):
        answer = await priya.post(url, data={"name": name})
        assert "Nobody in your teams has a name like this." in answer.text and 'name="client"' not in answer.text, name
    empty = await priya.post(url, data={"name": ""})
    assert empty.status_code == 422 and "Write a name." in empty.text
    assert {e["reason"] for e in await events("list") if e["category"] == "profile_contact"} == {"whom words are about"}


async def test_only_people_within_reach_are_found_and_the_best_fit_alone(world: World) -> None:
    other = await a_client("Maya", world.programme, legal_name="Maya Stone")
    await on_team(other, world.dana)
    at = desk(world.priya)
    assert {one.client for one in await telling.matches(at, "Maya")} == {world.maya, other}
    assert [one.client for one in await telling.matches(at, "Maya Stone, who lives by the water")] == [other]
    await a_block(other, world.priya)
    assert [one.client for one in await telling.matches(at, "Maya")] == [world.maya]
    await Client.update({Client.closed_at: hours(-1)}).where(Client.id == world.maya)
    assert await telling.matches(at, "Maya") == []
    assert [one.client for one in await telling.matches(desk(world.olga), "leo maya")] == [world.leo]


async def test_a_supervisors_own_clients_are_found_too(world: World) -> None:
    nia = await a_client("Nia")
    await on_team(nia, world.priya)
    assert [one.client for one in await telling.matches(desk(world.priya), "nia")] == [nia]
    told = await world.in_record(in_confidence=False, client=nia)
    assert [one.id for one in await telling.taken(desk(world.priya))] == [told]


# With a record


async def test_put_with_a_record_the_case_manager_sees_it_there(world: World, sign_in: SignIn) -> None:
    told = await a_telling("Maya Reyes", FORM["text"], who=FORM["who"], reach=FORM["reach"], at=hours(-30))
    before = await Standing.select().where(Standing.id == world.maya)
    priya = await sign_in(world.priya)
    answer = await priya.post(f"{HERE}/{told}/record", data={"client": str(world.maya)})
    assert goes_to(answer) == f"{HERE}/{told}"
    page = (await priya.get(goes_to(answer))).text
    assert "It is with the record of" in page and FORM["text"] in page and "Put it with this record" not in page
    assert str(told) in (await priya.get(f"{HERE}?state=taken")).text
    assert str(told) not in (await priya.get(HERE)).text
    for path in ("/contacts", ""):
        seen = (await (await sign_in(world.dana)).get(f"/staff/clients/{world.maya}{path}")).text
        assert "Words from outside" in seen and "put here by Priya" in seen, path
        assert FORM["text"] in seen and FORM["who"] in seen and FORM["reach"] in seen
        assert "In confidence" not in seen
    contact = (await Contact.select())[0]
    assert (contact["author"], contact["mode"]) == (world.priya, "outside")
    assert (contact["labels"], contact["flags"]) == (0, int(Flag.CONFIDENTIAL))
    assert before == await Standing.select().where(Standing.id == world.maya), "it is no contact with the client"
    assert [e["client"] for e in await events("telling-taken")] == [world.maya]


async def test_nothing_chosen_or_nobody_within_reach_puts_it_nowhere(world: World, sign_in: SignIn) -> None:
    told = await a_telling("Maya")
    priya = await sign_in(world.priya)
    url = f"{HERE}/{told}/record"
    none = await priya.post(url, data={"name": "maya"})
    assert (
        none.status_code == 422 and "Choose whose record it belongs to." in none.text and str(world.maya) in none.text
    )
    assert (await priya.post(url, data={"client": "17"})).status_code == 422
    outside, absent = (
        await priya.post(url, data={"client": str(world.leo)}),
        await priya.post(url, data={"client": str(uuid4())}),
    )
    assert alike(outside) == alike(absent) and outside.status_code == 404
    assert (await stored(told))["state"] == "new" and await Contact.count() == 0


async def test_put_twice_is_once_and_another_supervisor_comes_too_late(world: World) -> None:
    told = await world.in_record(in_confidence=False)
    await telling.put_with(desk(world.priya), told, world.maya, in_confidence=False)
    assert await Contact.count() == 1
    with pytest.raises(Stale):
        await telling.put_with(desk(world.olga), told, world.leo, in_confidence=False)
    with pytest.raises(Stale):
        await telling.set_aside(desk(world.olga), told, "Nobody we know")
    assert await Contact.count() == 1 and (await stored(told))["client"] == world.maya


async def test_at_the_same_moment_it_is_kept_once_and_settled_once(world: World) -> None:
    form_id, now = uuid4(), datetime.now(UTC)
    tells = [telling.tell(KEYS, Told("Maya", "Words"), form_id=form_id, address="192.0.2.1", now=now) for _ in range(4)]
    await asyncio.gather(*tells)
    assert await Telling.count() == 1 and len(await events("told")) == 1
    acts = [
        telling.put_with(desk(world.priya), form_id, world.maya, in_confidence=False),
        telling.put_with(desk(world.olga), form_id, world.leo, in_confidence=False),
        telling.set_aside(desk(world.olga), form_id, "Nobody we know"),
    ]
    outcomes = await asyncio.gather(*acts, return_exceptions=True)
    assert sum(isinstance(one, Stale) for one in outcomes) == 2, outcomes
    assert await Contact.count() == (0 if (await stored(form_id))["state"] == "aside" else 1)


async def test_in_a_record_it_is_out_of_reach_for_other_supervisors(world: World, sign_in: SignIn) -> None:
    told = await world.in_record(in_confidence=False)
    olga = await sign_in(world.olga)
    assert alike(await olga.get(f"{HERE}/{told}")) == alike(await olga.get(f"{HERE}/{uuid4()}"))
    assert (await olga.post(f"{HERE}/{told}/undo")).status_code == 404
    assert str(told) not in (await olga.get(f"{HERE}?state=taken")).text
    assert (await stored(told))["state"] == "taken"


async def test_undone_it_leaves_the_record_and_waits_again_with_all_its_words(world: World, sign_in: SignIn) -> None:
    told = await a_telling("Maya Reyes", FORM["text"], who=FORM["who"], in_confidence=True)
    before = await telling.one(desk(world.priya), told)
    priya = await sign_in(world.priya)
    await priya.post(f"{HERE}/{told}/record", data={"client": str(world.maya)})
    assert goes_to(await priya.post(f"{HERE}/{told}/undo")) == f"{HERE}/{told}"
    assert await Contact.count() == 0
    assert await telling.one(desk(world.priya), told) == before
    assert goes_to(await priya.post(f"{HERE}/{told}/undo")) == f"{HERE}/{told}", "twice is once"
    assert [e["client"] for e in await events("telling-undone")] == [world.maya]


async def test_set_aside_with_a_reason_and_taken_up_again(world: World, sign_in: SignIn) -> None:
    told = await a_telling("Nobody Atall")
    priya = await sign_in(world.priya)
    url = f"{HERE}/{told}/aside"
    bare = await priya.post(url, data={"reason": " "})
    assert bare.status_code == 422 and "Write why, in a few words." in bare.text
    assert (await priya.post(url, data={"reason": "x" * 501})).status_code == 422
    for _ in range(2):
        assert goes_to(await priya.post(url, data={"reason": "Nobody of this name"})) == f"{HERE}/{told}"
    olga = await sign_in(world.olga)
    assert "Nobody of this name" in (await olga.get(f"{HERE}?state=aside")).text
    assert "It is set aside." in (await olga.get(f"{HERE}/{told}")).text
    assert (await olga.post(f"{HERE}/{told}/record", data={"client": str(world.leo)})).status_code == 409
    await olga.post(f"{HERE}/{told}/undo")
    row = await stored(told)
    assert (row["state"], row["reason"], row["settled_by"], row["settled_at"]) == ("new", None, None, None)
    assert [e["actor"] for e in await events("telling-aside", "telling-undone")] == [world.priya, world.olga]


async def test_no_change_without_its_event(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    told = await a_telling("Maya")

    async def broken(*events: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("app.access.door.append", broken)
    monkeypatch.setattr("app.telling.settling.append", broken)
    monkeypatch.setattr("app.telling.receiving.append", broken)
    for act in (
        telling.put_with(desk(world.priya), told, world.maya, in_confidence=False),
        telling.set_aside(desk(world.priya), told, "Nobody"),
        telling.tell(KEYS, Told("Leo", "Words"), form_id=uuid4(), address="192.0.2.1", now=datetime.now(UTC)),
    ):
        with pytest.raises(OSError, match="full"):
            await act
    assert (await stored(told))["state"] == "new" and await Contact.count() == 0 and await Telling.count() == 1
    assert await Outbox.count() == 0


async def test_no_look_without_its_event(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    told = await a_telling("Maya")

    async def broken(*events: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(LOOKS, "record", broken)
    for act in (telling.listed(desk(world.priya), telling.NEW), telling.one(desk(world.priya), told)):
        with pytest.raises(OSError, match="full"):
            await act


# What the client and their people see


async def outsiders(world: World) -> dict[str, tuple[UUID, UUID]]:
    """A mother with a grant for notes and everything else, and a guardian over everything: person and relationship."""
    found = {}
    for name in ("mother", "guardian"):
        person = await a_person(name)
        tie = await a_relationship(world.maya, person, kind="guardian" if name == "guardian" else "family")
        found[name] = (person, tie)
    every = Action(sum(Action))
    labels = int(Label.SUD | Label.SEXUAL | Label.HIV | Label.VIOLENCE | Label.SELF_HARM | Label.THIRD_PARTY)
    for category in Category:
        await a_grant(world.maya, found["mother"][0], category, every, labels=labels, sections=2)
    await an_authority(found["guardian"][1], powers=int(every), labels=labels)
    return found


@pytest.mark.parametrize("in_confidence", [True, False])
async def test_nobody_the_client_lets_in_ever_sees_it(world: World, sign_in: SignIn, in_confidence: bool) -> None:
    people = await outsiders(world)
    told = await world.in_record(in_confidence=in_confidence)
    contact = (await stored(told))["contact"]
    for name, (person, tie) in people.items():
        access = await access_for(person, relationship=tie)
        assert access.may(Category.NOTES_SHARED), name
        assert (await access.read((CONTACTS, {"most": 9, "skip": 0})))[0] == []
        assert (await record.contacts(access))[0] == []
        with pytest.raises(NotFound):
            await access.open(FROM_OUTSIDE, contact)
        seen = await preview_of(Viewer(world.maya, Kind.CLIENT, step_up=True), KEYS, datetime.now(UTC), tie)
        assert (await seen.read((CONTACTS, {"most": 9, "skip": 0})))[0] == []
        http = await sign_in(person)
        for page in ("today", "goals", "messages", "crisis-plan", "appointments", "more", "sharing"):
            assert CANARY not in (await http.get(f"/with/{tie}/{page}")).text, page


@pytest.mark.parametrize(("in_confidence", "sees"), [(True, 0), (False, 1)])
async def test_the_client_reads_it_unless_it_was_told_in_confidence(
    world: World, sign_in: SignIn, in_confidence: bool, sees: int
) -> None:
    told = await world.in_record(in_confidence=in_confidence)
    contact = (await stored(told))["contact"]
    for step_up in (False, True):
        access = await access_for(world.maya, step_up=step_up)
        assert len((await record.contacts(access))[0]) == sees
        assert len((await access.read((FROM_OUTSIDE, {"id": contact})))[0]) == sees
        http = await sign_in(world.maya, step_up=step_up)
        for page in ("today", "goals", "messages", "crisis-plan", "appointments", "more", "sharing", "sharing/looks"):
            text = (await http.get(f"/me/{page}")).text
            assert not in_confidence or CANARY not in text, page
    staff = await access_for(world.dana, client=world.maya)
    (one,) = (await record.contacts(staff))[0]
    assert (one.text, one.in_confidence) == (FORM["text"], in_confidence)
    page = (await (await sign_in(world.dana)).get(f"/staff/clients/{world.maya}/contacts")).text
    assert ("In confidence: not for the client" in page) is in_confidence


async def test_a_supervisor_may_keep_it_from_the_client_by_their_own_judgement(world: World, sign_in: SignIn) -> None:
    told = await a_telling("Maya", FORM["text"])
    priya = await sign_in(world.priya)
    await priya.post(f"{HERE}/{told}/record", data={"client": str(world.maya), "in_confidence": "1"})
    assert (await record.contacts(await access_for(world.maya, step_up=True)))[0] == []
    assert (await telling.one(desk(world.priya), told)).in_confidence


async def test_what_was_told_in_confidence_stays_so_whatever_the_form_says(world: World, sign_in: SignIn) -> None:
    told = await a_telling("Maya", FORM["text"], in_confidence=True)
    priya = await sign_in(world.priya)
    await priya.post(f"{HERE}/{told}/record", data={"client": str(world.maya), "in_confidence": ""})
    assert (await record.contacts(await access_for(world.maya, step_up=True)))[0] == []


async def test_the_client_is_not_told_that_somebody_told_something(world: World) -> None:
    """Neither the log that they read nor anything sent to them says so."""
    mine = await access_for(world.maya)
    told = await world.in_record(in_confidence=True)
    assert await looks(mine) == ([], None)
    await telling.undo(desk(world.priya), told)
    found, _ = await looks(await access_for(world.maya))
    assert [one.what for one in found] == []
    assert await Outbox.select().where(Outbox.recipient == world.maya) == []


async def test_a_peer_on_the_team_does_not_read_it(world: World) -> None:
    ray = await a_staff("peer", "Ray", await a_team(world.programme))
    await on_team(world.maya, ray, "peer")
    await world.in_record(in_confidence=False)
    with pytest.raises((NotFound, Refused)):
        await record.contacts(await access_for(ray, client=world.maya))


async def test_the_time_to_write_is_for_the_anonymous_form_alone(config: Config, world: World, sign_in: SignIn) -> None:
    answer = await (await sign_in(world.dana)).get("/tell")
    assert "__Host-pre" not in answer.headers.get("set-cookie", "")

"""No text of a record is anywhere in an answer to somebody who may not see it: body, headers, errors, log, letters, database.

Every text of two records is a word that stands nowhere else. Each kind of person asks for every page there is, by the ids of
every kind of row. Those who may see something must find it, so that seeing nothing proves nothing.
"""

import re
from collections.abc import Awaitable, Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from litestar import Litestar
from piccolo.columns import JSON, ForeignKey, Text, Varchar

from app import goal
from app.config import Config
from app.data.sealing import Keys
from app.data.tables.audit import AccessEvent
from app.data.tables.delivery import Outbox
from app.delivery.letters import KINDS, NotNeeded, letter
from app.delivery.outbox import Due
from app.web.policy import handlers
from tests.canaries import (
    CODES,
    MUST_SEE,
    NOT_A_TEXT,
    PERSONAS,
    PLAIN_TEXT,
    SETS,
    Canary,
    World,
    a_world,
    may_see,
    sealed_columns,
    tables,
)
from tests.factories import hours
from tests.http import FRAGMENT

pytestmark = pytest.mark.anyio
SignIn = Callable[..., Awaitable[httpx.AsyncClient]]
Browser = Callable[[], httpx.AsyncClient]
OF_AN_ITEM = ("goal_id", "step_id", "visit_id", "thread_id", "service_id")
NAMED = ("person.called_name", "relationship.label")
FIXED = {"number": "1", "token": "unknown", "ticket": "unknown", "digest": "0", "name": "app.css", "code": "en"}


def filled(path: str, ids: dict[str, UUID]) -> str:
    def value(found: re.Match[str]) -> str:
        return str(ids.get(found[1]) or FIXED.get(found[1]) or uuid4())

    return re.sub(r"\{([a-z_]+):[a-z]+\}", value, path)


def addresses(world: World, persona: str, path: str) -> Iterator[str]:
    """The page of things of each mark, by the person's own tie and by somebody else's, and of both clients."""
    people = {
        "client": world.maya.client, "asked": world.maya.client, "person": world.maya.client, "waiting": world.maya.client,
        "tie": world.ties["father"], "preview": world.ties["father"], "away": world.persons["case-manager"],
        "worker": world.persons["case-manager"], **world.more,
    }  # fmt: skip
    own = world.leo if persona in ("leo", "leos-mother") else world.maya
    sides = [(world.ties.get(persona, world.ties["father"]), own)]
    if persona in world.ties and "{relationship" in path:
        sides.append((world.ties["father"], world.maya))  # by somebody else's tie
        sides.append((world.ties[persona], world.leo if own is world.maya else world.maya))  # the other client's things
    for tie, record in sides:
        marks = SETS if any(f"{{{name}:" in path for name in OF_AN_ITEM) else ("plain",)
        for mark in marks:
            yield filled(path, people | {"relationship": tie} | record.ids[mark])  # type: ignore[arg-type]


def held(answer: httpx.Response, canaries: list[Canary]) -> list[Canary]:
    """Those that are anywhere in an answer. One look over it for all of them."""
    whole = answer.text + "\n".join(f"{name}: {value}" for name, value in answer.headers.multi_items())
    words = set(re.findall(r"cnry[0-9a-f]{14}", whole))
    return [canary for canary in canaries if canary.text in words] if words else []


async def seen_by(
    world: World, persona: str, http: httpx.AsyncClient, routes: list[str]
) -> tuple[set[Canary], list[str]]:
    """What a person finds on all pages; and what they find that is not for them, with its address."""
    found: set[Canary] = set()
    wrong: list[str] = []
    for path in routes:
        # With somebody else's eyes the client sees what that person sees; around it stands their own name for them.
        eyes = "father" if "{preview" in path and persona == "client" else persona
        for url in addresses(world, persona, path):
            answer = await http.get(url)
            answers = [answer]
            if answer.status_code == 200 and persona != "anonymous":
                answers.append(await http.get(url, headers=FRAGMENT))
            for one in answers:
                assert one.status_code < 500, (persona, url)
                for canary in held(one, world.canaries):
                    found.add(canary)
                    named = eyes != persona and canary.set == eyes and canary.where in NAMED
                    if not (named or may_see(eyes, canary)):
                        wrong.append(f"{url}: {canary.owner}, {canary.set}, {canary.where}")
    return found, wrong


def pages(app: Litestar) -> list[str]:
    """The quick way out comes last, because it closes what was open."""
    found = [path for path, method in handlers(app) if method == "GET" and "/static/" not in path]
    return sorted((path for path in found if not path.endswith("/live")), key=lambda path: (path == "/leave", path))


@pytest.fixture
async def world(database: str) -> World:
    return await a_world()


async def browser_of(world: World, persona: str, new_browser: Browser, sign_in: SignIn) -> httpx.AsyncClient:
    person = world.persons[persona]
    return new_browser() if person is None else await sign_in(person)


@pytest.mark.parametrize("persona", PERSONAS)
async def test_nobody_finds_a_text_that_is_not_for_them_on_any_page(
    persona: str, world: World, app: Litestar, new_browser: Browser, sign_in: SignIn, capsys: pytest.CaptureFixture[str]
) -> None:
    http = await browser_of(world, persona, new_browser, sign_in)
    found, wrong = await seen_by(world, persona, http, pages(app))
    assert not wrong
    assert {canary.table for canary in found} >= MUST_SEE.get(persona, set())
    out, log = capsys.readouterr()
    assert log.count('"answer"') > 50
    assert "cnry" not in out + log


async def test_every_text_of_every_table_has_a_canary(world: World) -> None:
    """A new sealed column gets one by itself where its table has one; a new table or a new plain text fails here."""
    everything = {f"{table._meta.tablename}.{column}" for table in tables() for column in sealed_columns(table)}
    assert everything - {canary.where for canary in world.maya.canaries} == NOT_A_TEXT
    words = [canary.text for canary in world.canaries]
    assert len(set(words)) == len(words) > 300


def test_every_column_that_is_not_sealed_is_a_code_or_a_known_text() -> None:
    for table in tables():
        name = table._meta.tablename
        of_a_client = any(isinstance(c, ForeignKey) and c._meta.name == "client" for c in table._meta.columns)
        if of_a_client or name in PLAIN_TEXT:
            words = {c._meta.name for c in table._meta.columns if isinstance(c, Varchar | Text | JSON)}
            assert words == CODES.get(name, set()) | set(PLAIN_TEXT.get(name, ())), name


async def test_acts_leave_no_words_in_the_log_the_outbox_or_any_other_column(
    world: World, sign_in: SignIn, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is written on a page is sealed where it belongs and stands nowhere else, and the answers of others hold none."""
    maya = world.maya
    father, own = await sign_in(world.persons["father"]), await sign_in(maya.client, step_up=True)
    ids, tie = maya.ids["plain"], world.ties["father"]
    acts = (
        (own, f"/me/messages/{ids['thread_id']}", "text"),
        (father, f"/with/{tie}/messages/{ids['thread_id']}", "text"),
        (father, f"/with/{tie}/goals/{ids['goal_id']}/comments", "text"),
        (own, f"/me/appointments/{ids['visit_id']}/move", "reason"),
        (own, "/me/goals", "title"),
    )
    written = 0
    for http, url, name in acts:
        word = maya.word("act", "act", url)
        answer = await http.post(url, data={name: word, "form_id": str(uuid4())})
        written += answer.status_code == 303
    assert written >= 4
    assert (await own.post(f"/me/sharing/{tie}/end", data={"tell": "1"})).status_code == 303
    assert await Outbox.count().where(Outbox.kind == "sharing.changed") == 1
    await nothing_stands_open(world)
    assert "cnry" not in "".join(capsys.readouterr())


async def nothing_stands_open(world: World) -> None:
    """Every row of every table: a canary is in the one plain column that it was put in, and in no other in any form."""
    homes = {
        canary.text: canary.where for canary in world.canaries if canary.column in PLAIN_TEXT.get(canary.table, ())
    }
    rows = 0
    for table in tables():
        for row in await table.select():
            rows += 1
            for column, value in row.items():
                text = bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
                for word in re.findall(r"cnry[0-9a-f]{14}", text):
                    assert homes.get(word) == f"{table._meta.tablename}.{column}", (table, column)
    assert rows > 500 and await AccessEvent.count() and await Outbox.count() > 20


async def test_a_letter_names_nobody_and_nothing(world: World, keys: Keys, config: Config) -> None:
    """Each kind, to the client and to somebody they let in. It goes to the person's own address, which is a canary too."""
    sent = 0
    for persona in ("client", "father", "case-manager"):
        for kind in KINDS:
            payload = {"emergency": str(world.more["emergency_id"])}
            due = Due(uuid4(), uuid4(), kind, world.persons[persona], payload, None, 1, False)  # type: ignore[arg-type]
            try:
                made = await letter(due, keys, config, hours(0))
            except NotNeeded:
                continue
            assert "cnry" not in made.subject + made.text
            sent += 1
    assert sent >= 6


async def test_an_error_says_nothing_of_what_it_was_about(
    world: World, sign_in: SignIn, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault in the midst of somebody's texts: the page and the log have its kind and its place alone."""
    word = next(canary.text for canary in world.maya.canaries if canary.where == "goal.title")

    async def broken(access: Any) -> None:
        raise ValueError(f"could not read {word} of {access.loaded.called_name}")

    monkeypatch.setattr(goal, "goals", broken)
    for persona, url in (
        ("client", "/me/goals"),
        ("father", f"/with/{world.ties['father']}/goals"),
        ("case-manager", f"/staff/clients/{world.maya.client}/goals"),
    ):
        answer = await (await sign_in(world.persons[persona])).get(url)
        assert answer.status_code == 500
        assert word not in answer.text and persona
    log = capsys.readouterr().err
    assert log.count('"crash"') == 3 and "cnry" not in log


async def test_who_is_shut_out_finds_what_a_stranger_finds(
    world: World, app: Litestar, new_browser: Browser, sign_in: SignIn
) -> None:
    """By their own tie, each page of sharing is the page of what is not there."""
    for persona in ("revoked", "expired", "blocked", "paused", "left", "unsigned", "unwell"):
        http = await browser_of(world, persona, new_browser, sign_in)
        for path in pages(app):
            if path.startswith("/with/{"):
                answer = await http.get(filled(path, {"relationship": world.ties[persona]} | world.maya.ids["plain"]))
                assert answer.status_code == 404, (persona, path)

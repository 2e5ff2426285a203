"""Every route against every kind of person. `routes.txt` holds the whole matrix; a new route without its row fails.

Each cell is the status that this person meets with an empty form or a plain look. After a change that is meant:
`CAIRN_TEST_RECORD=1 ./dev test tests/test_routes.py`, and read the difference as carefully as the code.
"""

import os
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from litestar import Litestar

from app.access import Action, Category
from app.data.tables.consent import Grant
from app.web.policy import handlers
from tests.factories import (
    a_client,
    a_crisis_plan,
    a_glass,
    a_goal,
    a_grant,
    a_message,
    a_person,
    a_programme,
    a_reason,
    a_relationship,
    a_service,
    a_staff,
    a_step,
    a_team,
    a_telling,
    a_thread,
    an_appointment,
    an_organisation,
    hours,
    on_team,
)

pytestmark = pytest.mark.anyio
MATRIX = Path(__file__).parent / "routes.txt"
SignIn = Callable[..., Awaitable[httpx.AsyncClient]]
PERSONAS = (
    "anonymous", "client", "other-client", "mother", "stranger", "revoked",
    "case-manager", "other-case-manager", "supervisor", "clinician", "peer", "front-desk", "admin",
    "emergency", "supervisor-with-reason",
)  # fmt: skip
NOT_ON_THE_TEAM = ("other-case-manager", "admin")
PORTAL_ONLY = re.compile(r"^/(me|with)/(?!devices|security|notices)")


async def a_world() -> tuple[dict[str, UUID | None], dict[str, str]]:
    """The people of the matrix, and what stands in for each parameter of a path: all of it the client's own."""
    await an_organisation()
    programme = await a_programme()
    client, other = await a_client("Maya", programme), await a_client("Leo", programme)
    boss = await a_staff("supervisor", "Priya")
    team = await a_team(programme, supervisor=boss)
    people: dict[str, UUID | None] = {
        "anonymous": None,
        "client": client,
        "other-client": other,
        "mother": await a_person("Rosa"),
        "stranger": await a_person("Ines"),
        "revoked": await a_person("Victor"),
        "case-manager": await a_staff("case_manager", "Dana", team),
        "other-case-manager": await a_staff("case_manager", "Marcus", await a_team()),
        "supervisor": boss,
        "clinician": await a_staff("clinician", "Samuel", team),
        "peer": await a_staff("peer", "Ray", team),
        "front-desk": await a_staff("front_desk", "Tessa"),
        "admin": await a_staff("admin", "Noor"),
    }
    for role in ("case-manager", "clinician", "peer"):
        await on_team(client, people[role], "primary" if role == "case-manager" else role)  # type: ignore[arg-type]
    # Off the team, with the record open for an hour in an emergency; and a supervisor of the clinician, who said why.
    people["emergency"] = await a_staff("nurse", "Marta", await a_team(supervisor=await a_staff("supervisor", "Olga")))
    glass = await a_glass(client, people["emergency"])
    people["supervisor-with-reason"] = overseer = await a_staff("supervisor", "Ruth")
    sam = await a_staff("clinician", "Sam", await a_team(programme, supervisor=overseer))
    await on_team(client, sam, "clinician")
    await a_reason(client, overseer)
    relationship = await a_relationship(client, people["mother"])  # type: ignore[arg-type]
    past = await a_relationship(client, people["revoked"])  # type: ignore[arg-type]
    everything = Action(sum(Action))
    for category in Category:
        sections = {"sections": 1 << 1 | 1 << 2} if category is Category.CRISIS_PLAN else {}
        await a_grant(client, people["mother"], category, everything, **sections)  # type: ignore[arg-type]
    ended = await a_grant(client, people["revoked"], Category.GOALS)  # type: ignore[arg-type]
    await Grant.update({Grant.revoked_at: hours(-1)}).where(Grant.id == ended)
    goal = await a_goal(client)
    step = await a_step(client, goal.id)
    visit = await an_appointment(client, people["case-manager"])
    thread = await a_thread(client, (people["mother"],), kind="family")  # type: ignore[arg-type]
    await a_message(client, thread.id, client)
    await a_crisis_plan(client)
    ids = {
        "client": client, "goal_id": goal.id, "step_id": step.id, "visit_id": visit.id, "thread_id": thread.id,
        "relationship": relationship, "past": past, "tie": relationship,
        "preview": relationship, "programme_id": programme, "person": await a_staff("nurse", "Nia", team),
        "waiting": other, "service_id": await a_service(), "asked": client, "emergency_id": glass,
        "away": people["case-manager"], "worker": sam, "telling_id": await a_telling(),
    }  # fmt: skip
    return people, {name: str(value) for name, value in ids.items()}


def address(path: str, ids: dict[str, str], persona: str) -> str:
    """The path with ids in it. The revoked supporter comes by their own relationship."""
    known = dict(ids) | ({"relationship": ids["past"]} if persona == "revoked" else {})
    numbers = {"number": "1", "token": "unknown", "ticket": "unknown", "digest": "0", "name": "app.css", "code": "en"}

    def value(found: re.Match[str]) -> str:
        return known.get(found[1]) or numbers.get(found[1]) or str(uuid4())

    return re.sub(r"\{([a-z_]+):[a-z]+\}", value, path)


def how_final(path: str) -> int:
    """What ends sharing comes after everything that needs it, and what ends the relationship last of all."""
    return 2 if path.endswith(("/leave", "/remove")) else int(path.startswith("/me/sharing"))


async def met(
    app: Litestar, new_browser: Callable[[], httpx.AsyncClient], sign_in: SignIn
) -> dict[tuple[str, str], list[str]]:
    people, ids = await a_world()
    found: dict[tuple[str, str], list[str]] = {}
    for path, method in sorted(handlers(app), key=lambda one: (one[1] != "GET", how_final(one[0]), one[0])):
        cells = []
        for persona in PERSONAS:
            person = people[persona]
            http = new_browser() if person is None else await sign_in(person)
            url = address(path, ids, persona)
            if path.endswith("/live"):
                cells.append(await begins(http, url))
                continue
            answer = await http.request(method, url, data={} if method == "POST" else None)
            cells.append(told(answer))
        found[method, path] = cells
    return found


async def begins(http: httpx.AsyncClient, url: str) -> str:
    """A stream that begins would not end; that it begins is tested where it is built."""
    answer = await http.get(url.removesuffix("/live"))
    return "sse" if answer.status_code == 200 else told(answer)


def told(answer: httpx.Response) -> str:
    """The status; for a redirect also whether it asks who this is."""
    if answer.status_code == 303 and answer.headers["location"].startswith(("/sign-in", "/unlock", "/step-up")):
        return "in"
    return str(answer.status_code)


def written(rows: dict[tuple[str, str], list[str]]) -> str:
    width = max(len(path) for _, path in rows) + 6
    head = " " * width + " ".join(f"{name[:9]:>9}" for name in PERSONAS)
    lines = [
        f"{method + ' ' + path:{width}}" + " ".join(f"{cell:>9}" for cell in cells)
        for (method, path), cells in rows.items()
    ]
    return "\n".join([head, *lines]) + "\n"


def read() -> dict[tuple[str, str], list[str]]:
    rows = {}
    for line in MATRIX.read_text().splitlines()[1:]:
        method, path, *cells = line.split()
        rows[method, path] = cells
    return rows


async def test_every_route_answers_every_person_as_the_matrix_says(
    app: Litestar, new_browser: Callable[[], httpx.AsyncClient], sign_in: SignIn
) -> None:
    found = await met(app, new_browser, sign_in)
    if os.environ.get("CAIRN_TEST_RECORD"):
        MATRIX.write_text(written(found))
    wanted = read()
    assert sorted(found) == sorted(wanted), "a route without its row, or a row without its route"
    wrong = {
        f"{method} {path}": {
            p: f"{w} -> {f}" for p, w, f in zip(PERSONAS, wanted[method, path], cells, strict=True) if w != f
        }
        for (method, path), cells in found.items()
        if cells != wanted[method, path]
    }
    assert not wrong


def cells(persona: str) -> dict[str, str]:
    return {f"{method} {path}": row[PERSONAS.index(persona)] for (method, path), row in read().items()}


def test_no_cell_of_the_matrix_is_a_fault() -> None:
    for persona in PERSONAS:
        assert not {route: cell for route, cell in cells(persona).items() if cell.startswith("5")}


def test_strangers_find_nothing_of_a_client(app: Litestar) -> None:
    """Whoever is out of reach meets 404, the page of what is not there; nobody is told 403 about a client."""
    routes = handlers(app)
    for persona in ("stranger", "revoked", "other-client"):
        for route, cell in cells(persona).items():
            if "/with/{relationship" in route:
                assert cell == "404", (persona, route)
    for persona in (*NOT_ON_THE_TEAM, "mother", "client", "stranger"):
        for route, cell in cells(persona).items():
            if "/staff/clients/{client" in route:
                assert cell == "404", (persona, route)
    assert routes


def test_staff_find_no_portal_and_portal_people_no_staff_side() -> None:
    for persona in PERSONAS[6:]:
        for route, cell in cells(persona).items():
            if PORTAL_ONLY.match(route.split(" ")[1]):
                assert cell == "404", (persona, route)
    for persona in ("client", "mother"):
        for route, cell in cells(persona).items():
            if route.split(" ")[1].startswith("/staff"):
                assert cell == "404", (persona, route)


def test_emergency_access_reads_and_does_nothing_else() -> None:
    """Every act on the record is turned away; what is shown is the record's pages, without messages."""
    for route, cell in cells("emergency").items():
        method, path = route.split(" ")
        if method == "POST" and path.startswith("/staff/clients/{client"):
            assert cell in ("403", "404", "422"), route
        if "/messages" in path and path.startswith("/staff/clients/{client"):
            assert cell == "404", route


def test_an_administrator_reaches_accounts_and_programmes_alone() -> None:
    for route, cell in cells("admin").items():
        if route.split(" ")[1].startswith("/staff/") and cell not in ("404", "403"):
            assert "/staff/admin" in route or not re.search(r"client|caseload|message|team|visit", route), route


def test_signed_out_people_are_asked_who_they_are_wherever_it_is_not_public(app: Litestar) -> None:
    for (path, method), handler in handlers(app).items():
        if handler.opt["audience"] != "public":
            assert cells("anonymous")[f"{method} {path}"] == "in", path

"""The crisis plan: drafts, versions, and what the people around the client may see."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import httpx
import pytest

from app import crisis_plan
from app.access import Access, Action, Category
from app.access.facts import Flag
from app.data.piccolo_conf import DB
from app.data.tables.care import Standing
from app.data.tables.consent import ItemDenial
from app.data.tables.crisis_plan import CrisisEntry, CrisisPlan
from app.errors import NotFound, Refused, Stale
from tests.factories import (
    SEALS,
    a_client,
    a_crisis_plan,
    a_grant,
    a_person,
    a_relationship,
    a_row,
    a_staff,
    access_for,
    on_team,
)
from tests.http import alike, goes_to, hidden

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("database")]


async def a_mother(client: UUID, sections: int, actions: Action = Action.SEE, name: str = "Rosa") -> Access:
    mother = await a_person(name)
    await a_grant(client, mother, Category.CRISIS_PLAN, actions, sections=sections)
    return await access_for(mother, relationship=await a_relationship(client, mother))


async def states(client: UUID) -> dict[int, str]:
    rows = await CrisisPlan.select(CrisisPlan.number, CrisisPlan.state).where(CrisisPlan.client == client)
    return {row["number"]: row["state"] for row in rows}


def test_every_section_has_a_bit_of_its_own() -> None:
    assert [section.number for section in crisis_plan.SECTIONS] == list(range(1, 12))
    assert len({section.bit for section in crisis_plan.SECTIONS}) == 11


@pytest.mark.parametrize(
    ("typed", "lines"),
    [
        ("Walk\n\n  call   Jo \r", ["Walk", "call Jo"]),
        ("", []),
        ("  \n\t\n", []),
        ("Walk\nWalk", ["Walk"]),
    ],
)
def test_one_thing_stands_on_each_line(typed: str, lines: list[str]) -> None:
    assert crisis_plan.lines_of(typed) == lines


async def test_first_words_make_a_draft_that_nobody_else_sees() -> None:
    maya = await a_client()
    mother = await a_mother(maya, 1 << 2)
    access = await access_for(maya)
    await crisis_plan.save_section(access, 2, ["Walk to the water"], 0)
    both = await crisis_plan.plan(access)
    assert both.active is None and both.draft is not None and both.draft.lines(2) == ["Walk to the water"]
    assert (await crisis_plan.plan(mother)).newest is None
    assert (await Standing.select().where(Standing.id == maya))[0]["crisis_review_due"] is None


async def test_putting_a_draft_to_use_replaces_the_version_before_and_sets_the_review() -> None:
    maya = await a_client(zone="America/Chicago")
    old = await a_crisis_plan(maya, {1: ("I go quiet",), 2: ("Walk",)})
    access = await access_for(maya)
    await crisis_plan.save_section(access, 2, ["Walk", "Music"], (await crisis_plan.plan(access)).stamp)
    stamp = (await crisis_plan.plan(access)).stamp
    await crisis_plan.activate(access, stamp)
    await crisis_plan.activate(access, stamp)
    both = await crisis_plan.plan(access)
    assert both.draft is None and both.active is not None
    assert (both.active.lines(1), both.active.lines(2)) == (["I go quiet"], ["Walk", "Music"])
    assert await states(maya) == {1: "superseded", 2: "active"}
    due = access.now.astimezone(ZoneInfo("America/Chicago")).date() + timedelta(days=90)
    assert both.active.review_due == due
    assert (await Standing.select().where(Standing.id == maya))[0]["crisis_review_due"] == due
    texts = await CrisisEntry.select().where(CrisisEntry.plan == old.id)
    kept = {SEALS[maya].open("crisis_entry", "text", row["id"], row["text"]) for row in texts}
    assert kept == {"I go quiet", "Walk"}, "the version before stays as it was"


async def test_plan_in_use_stays_until_the_draft_is_put_to_use_or_left() -> None:
    maya = await a_client()
    await a_crisis_plan(maya, {2: ("Walk",)})
    access, mother = await access_for(maya), await a_mother(maya, 1 << 2)
    await crisis_plan.save_section(access, 2, ["Run"], (await crisis_plan.plan(access)).stamp)
    seen = (await crisis_plan.plan(mother)).active
    assert seen is not None and seen.lines(2) == ["Walk"]
    await crisis_plan.discard(access)
    await crisis_plan.discard(access)
    both = await crisis_plan.plan(access)
    assert both.draft is None and both.active is not None and both.active.lines(2) == ["Walk"]


async def test_edit_made_from_older_words_is_refused_and_writes_nothing() -> None:
    maya = await a_client()
    await a_crisis_plan(maya, {2: ("Walk",)})
    access = await access_for(maya)
    start = (await crisis_plan.plan(access)).stamp
    await crisis_plan.save_section(access, 2, ["Run"], start)
    with pytest.raises(Stale):
        await crisis_plan.save_section(access, 2, ["Swim"], start)
    newest = (await crisis_plan.plan(access)).newest
    assert newest is not None and newest.lines(2) == ["Run"]


async def test_line_that_stood_twice_goes_altogether() -> None:
    maya = await a_client()
    await a_crisis_plan(maya, {2: ("Walk", "Walk", "Music")})
    access = await access_for(maya)
    await crisis_plan.save_section(access, 2, ["Music"], (await crisis_plan.plan(access)).stamp)
    newest = (await crisis_plan.plan(access)).newest
    assert newest is not None and newest.lines(2) == ["Music"]


async def test_stamp_of_a_left_draft_never_fits_a_later_one() -> None:
    maya = await a_client()
    access = await access_for(maya)
    await crisis_plan.save_section(access, 2, ["Run"], 0)
    left = (await crisis_plan.plan(access)).stamp
    await crisis_plan.discard(access)
    await crisis_plan.save_section(access, 2, ["Swim"], 0)
    with pytest.raises(Stale):
        await crisis_plan.activate(access, left)


async def test_what_was_shown_is_what_is_put_to_use() -> None:
    maya = await a_client()
    access = await access_for(maya)
    await crisis_plan.save_section(access, 2, ["Run"], 0)
    shown = (await crisis_plan.plan(access)).stamp
    await crisis_plan.save_section(access, 7, ["My dog"], shown)
    with pytest.raises(Stale):
        await crisis_plan.activate(access, shown)
    assert await states(maya) == {1: "draft"}


async def test_empty_draft_cannot_be_put_to_use() -> None:
    maya = await a_client()
    access = await access_for(maya)
    await crisis_plan.save_section(access, 2, [], 0)
    with pytest.raises(Refused):
        await crisis_plan.activate(access, (await crisis_plan.plan(access)).stamp)


async def test_supporter_sees_the_ticked_sections_and_nothing_else() -> None:
    maya = await a_client()
    await a_crisis_plan(maya, {1: ("I go quiet",), 2: ("Walk",), 7: ("My brother",)})
    seen = (await crisis_plan.plan(await a_mother(maya, (1 << 1) | (1 << 8)))).active
    assert seen is not None and [(s.number, lines) for s, lines in seen.written] == [(1, ["I go quiet"])]


async def test_entry_kept_from_one_person_stays_kept_in_the_next_version() -> None:
    maya = await a_client()
    plan = await a_crisis_plan(maya, {4: ("Call Dad",)})
    entry = (await CrisisEntry.select(CrisisEntry.id).where(CrisisEntry.plan == plan.id))[0]["id"]
    mother, aunt = await a_mother(maya, 1 << 4), await a_mother(maya, 1 << 4, name="Pilar")
    await ItemDenial.insert(ItemDenial(item=entry, person=mother.viewer.person))
    access = await access_for(maya)
    await crisis_plan.save_section(access, 4, ["Call Dad", "Call Jo"], (await crisis_plan.plan(access)).stamp)
    await crisis_plan.activate(access, (await crisis_plan.plan(access)).stamp)
    hers = (await crisis_plan.plan(mother)).active
    aunts = (await crisis_plan.plan(aunt)).active
    assert hers is not None and hers.lines(4) == ["Call Jo"]
    assert aunts is not None and aunts.lines(4) == ["Call Dad", "Call Jo"]


async def test_private_entry_survives_an_edit_by_a_session_that_does_not_see_it() -> None:
    maya = await a_client()
    plan = await a_crisis_plan(maya, {2: ("Walk",)})
    await a_row(
        CrisisEntry,
        maya,
        plan=plan.id,
        section=2,
        section_bit=1 << 2,
        position=5,
        text="Private",
        flags=int(Flag.MINE_ONLY),
    )
    access = await access_for(maya)
    await crisis_plan.save_section(access, 2, ["Run"], (await crisis_plan.plan(access)).stamp)
    await crisis_plan.activate(access, (await crisis_plan.plan(access)).stamp)
    plain = (await crisis_plan.plan(access)).active
    stepped = (await crisis_plan.plan(await access_for(maya, step_up=True))).active
    assert plain is not None and plain.lines(2) == ["Run"]
    assert stepped is not None and stepped.lines(2) == ["Run", "Private"]


@pytest.mark.parametrize("who", ["supporter", "staff"])
async def test_nobody_but_the_client_changes_the_plan(who: str) -> None:
    maya, dana = await a_client(), await a_staff()
    await on_team(maya, dana)
    await a_crisis_plan(maya)
    supporter = await a_mother(maya, 1 << 2, Action.SEE | Action.EDIT)
    access = supporter if who == "supporter" else await access_for(dana, client=maya)
    for act in (
        crisis_plan.save_section(access, 2, ["Mine"], 10_001),
        crisis_plan.activate(access, 10_001),
        crisis_plan.discard(access),
    ):
        with pytest.raises(Refused):
            await act
    assert await states(maya) == {1: "active"}


async def test_no_such_section_is_not_found() -> None:
    maya = await a_client()
    with pytest.raises(NotFound):
        await crisis_plan.save_section(await access_for(maya), 12, ["x"], 0)


async def test_statements_do_not_grow_with_the_plan() -> None:
    few, many = await a_client(), await a_client("Sam")
    await a_crisis_plan(few, {1: ("One",)})
    await a_crisis_plan(many, {n: tuple(f"Line {m}" for m in range(8)) for n in range(1, 12)})
    counts = []
    for person in (few, many):
        access = await access_for(person)
        before = DB.statements
        await crisis_plan.plan(access)
        counts.append(DB.statements - before)
    assert counts == [2, 2]


SignIn = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.mark.parametrize(
    ("line", "numbers"),
    [
        ("Aunt Pilar, 555 555 0129", ["5555550129"]),
        ("+1 (555) 555-0129 or 555.555.0163", ["+15555550129", "5555550163"]),
        ("Room 12, after 5", []),
        ("2026-11-25 to 2026-11-30 and 12345678901234567890", ["20261125", "20261130"]),
        ("", []),
    ],
)
def test_numbers_in_a_line_can_be_dialled_and_no_word_is_lost(line: str, numbers: list[str]) -> None:
    pieces = crisis_plan.dialled(line)
    assert [number for _, number in pieces if number] == numbers
    assert "".join(words for words, _ in pieces) == line


async def test_calls_come_first_then_the_plan(sign_in: SignIn) -> None:
    maya = await a_client()
    await a_crisis_plan(maya, {1: ("I go quiet",), 4: ("Aunt Pilar, 555 555 0129",)})
    page = await (await sign_in(maya)).get("/me/crisis-plan")
    places = [page.text.index(words) for words in ('href="tel:988"', "I go quiet", 'href="tel:5555550129"')]
    assert page.status_code == 200 and places == sorted(places)


async def test_without_a_plan_the_calls_stay(sign_in: SignIn) -> None:
    page = await (await sign_in(await a_client())).get("/me/crisis-plan")
    assert 'href="tel:988"' in page.text and "can write your own plan. It takes about 20 minutes." in page.text


@pytest.mark.parametrize("path", ["", "/change", "/change/2"])
async def test_plan_asks_for_sign_in(http: httpx.AsyncClient, path: str) -> None:
    assert goes_to(await http.get("/me/crisis-plan" + path)) == "/sign-in"


async def test_supporters_page_never_tells_whether_there_is_a_plan(sign_in: SignIn) -> None:
    with_plan, without = await a_client("Maya"), await a_client("Maya")
    await a_crisis_plan(with_plan, {2: ("Walk to the water",)})
    pages = []
    for client in (with_plan, without):
        rosa = await a_person("Rosa")
        await a_grant(client, rosa, Category.APPOINTMENTS)
        await a_grant(client, rosa, Category.CRISIS_PLAN, sections=1 << 8)
        pages.append(await (await sign_in(rosa)).get(f"/with/{await a_relationship(client, rosa)}/crisis-plan"))
    assert pages[0].status_code == 200 and alike(pages[0]) == alike(pages[1])


async def test_supporter_reads_the_ticked_sections_and_cannot_change_them(sign_in: SignIn) -> None:
    maya = await a_client()
    await a_crisis_plan(maya, {1: ("I go quiet",), 7: ("My brother",)})
    rosa = await a_person("Rosa")
    await a_grant(maya, rosa, Category.CRISIS_PLAN, Action.SEE, sections=1 << 1)
    at = f"/with/{await a_relationship(maya, rosa)}/crisis-plan"
    her = await sign_in(rosa)
    page = await her.get(at)
    assert "I go quiet" in page.text and "My brother" not in page.text and "Change it" not in page.text
    assert alike(await her.get(at + "/change")) == alike(await her.get(f"/with/{uuid4()}/crisis-plan/change"))
    assert (await her.post("/me/crisis-plan/change/1", data={"lines": "Mine", "version": "0"})).status_code == 404


async def test_ended_relationship_has_no_crisis_page(sign_in: SignIn) -> None:
    maya, rosa = await a_client(), await a_person("Rosa")
    await a_crisis_plan(maya)
    tie = await a_relationship(maya, rosa)
    her = await sign_in(rosa)
    ended, never = await her.get(f"/with/{tie}/crisis-plan"), await her.get(f"/with/{uuid4()}/crisis-plan")
    assert ended.status_code == 404 and alike(ended) == alike(never)


async def test_client_writes_a_section_and_puts_the_plan_to_use(sign_in: SignIn) -> None:
    maya = await a_client()
    me = await sign_in(maya)
    form = await me.get("/me/crisis-plan/change/2")
    saved = await me.post("/me/crisis-plan/change/2", data={"lines": "Walk\nMusic", "version": hidden(form, "version")})
    assert goes_to(saved) == "/me/crisis-plan/change"
    assert "You have changes that are not in use yet." in (await me.get("/me/crisis-plan")).text
    version = hidden(await me.get("/me/crisis-plan/change"), "version")
    assert goes_to(await me.post("/me/crisis-plan/activation", data={"version": version})) == "/me/crisis-plan"
    page = await me.get("/me/crisis-plan")
    assert "<li>Music</li>" in page.text and "not in use yet" not in page.text


async def test_stale_section_shows_both_texts(sign_in: SignIn) -> None:
    me = await sign_in(await a_client())
    await me.post("/me/crisis-plan/change/2", data={"lines": "Saved first", "version": "0"})
    page = await me.post("/me/crisis-plan/change/2", data={"lines": "Written meanwhile", "version": "0"})
    assert page.status_code == 409
    assert "<li>Saved first</li>" in page.text and ">Written meanwhile</textarea>" in page.text
    again = await me.post(
        "/me/crisis-plan/change/2", data={"lines": "Written meanwhile", "version": hidden(page, "version")}
    )
    assert goes_to(again) == "/me/crisis-plan/change"


async def test_draft_can_be_left(sign_in: SignIn) -> None:
    maya = await a_client()
    await a_crisis_plan(maya, {2: ("Walk",)})
    me = await sign_in(maya)
    form = await me.get("/me/crisis-plan/change/2")
    await me.post("/me/crisis-plan/change/2", data={"lines": "Run", "version": hidden(form, "version")})
    assert goes_to(await me.post("/me/crisis-plan/discard", data={})) == "/me/crisis-plan"
    page = await me.get("/me/crisis-plan")
    assert "Walk" in page.text and "Run" not in page.text


@pytest.mark.parametrize(
    ("form", "kept"),
    [
        ({"lines": "\n".join(f"Line {n}" for n in range(21)), "version": "0"}, "Line 20"),
        ({"lines": "x" * 8001, "version": "0"}, "x" * 8001),
        ({"lines": "Walk", "version": "soon"}, "Walk"),
        ({"lines": "Walk"}, "Walk"),
        ({"lines": "Walk", "version": "-1"}, "Walk"),
    ],
)
async def test_section_that_cannot_be_saved_comes_back_as_typed(
    sign_in: SignIn, form: dict[str, str], kept: str
) -> None:
    page = await (await sign_in(await a_client())).post("/me/crisis-plan/change/2", data=form)
    assert page.status_code == 422 and kept in page.text and "<title>Error: " in page.text
    assert await CrisisPlan.count() == 0


@pytest.mark.parametrize("number", ["0", "12", "99999999999999999999", "two", "-1"])
async def test_no_such_section_has_no_page(sign_in: SignIn, number: str) -> None:
    me = await sign_in(await a_client())
    assert (await me.get(f"/me/crisis-plan/change/{number}")).status_code == 404
    answer = await me.post(f"/me/crisis-plan/change/{number}", data={"lines": "x", "version": "0"})
    assert answer.status_code == 404


async def test_the_general_crisis_page_leads_everybody_to_a_page_of_theirs(
    sign_in: Callable[..., Awaitable[httpx.AsyncClient]], http: httpx.AsyncClient
) -> None:
    assert 'href="/crisis/own"' in (await http.get("/crisis")).text
    assert goes_to(await http.get("/crisis/own")) == "/sign-in"
    assert goes_to(await (await sign_in(await a_client())).get("/crisis/own")) == "/me/crisis-plan"
    assert goes_to(await (await sign_in(await a_person())).get("/crisis/own")) == "/"
    assert goes_to(await (await sign_in(await a_staff())).get("/crisis/own")) == "/"

"""Every main page of each audience: nothing for axe-core to find in light and dark, no sideways scrolling on a narrow
phone, and the first Tab is the way past the bar."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from playwright.async_api import Page, expect

from app.access import Action, Category
from tests.browser.conftest import DESK, PHONE, OpenAs, Watch
from tests.factories import (
    a_client,
    a_crisis_plan,
    a_goal,
    a_grant,
    a_message,
    a_person,
    a_programme,
    a_relationship,
    a_service,
    a_staff,
    a_team,
    a_thread,
    an_appointment,
    an_organisation,
    hours,
    on_team,
)

pytestmark = pytest.mark.anyio
NARROW = {"width": 320, "height": 640}
RUN = """async (options) => (await axe.run(document, options)).violations.map((one) =>
    `${one.id}: ${one.nodes.map((node) => `${node.target.join(" ")} ${node.any[0]?.message ?? one.help}`).join("; ")}`)"""
TOO_WIDE = """() => [document.documentElement, document.querySelector("#main")]
    .filter((one) => one.scrollWidth > one.clientWidth)
    .map((one) => `${one.localName} scrolls sideways: ` + [...document.querySelectorAll("body *")]
        .filter((inner) => inner.getBoundingClientRect().right > innerWidth + 1)
        .slice(0, 3).map((inner) => inner.outerHTML.slice(0, 120)).join(" | "))"""


@dataclass(frozen=True)
class World:
    maya: UUID
    rosa: UUID
    dana: UUID
    goal: UUID
    thread: UUID
    tie: UUID
    pantry: UUID


async def a_world(**client: Any) -> World:
    """One client with something of everything, in long words too, for those make pages wide."""
    await an_organisation()
    programme = await a_programme(name="Outpatient and day treatment")
    maya = await a_client("Maximiliane-Alexandra", programme, **client)
    dana = await a_staff(team=await a_team(programme))
    await on_team(maya, dana)
    rosa = await a_person("Rosa")
    tie = await a_relationship(maya, rosa)
    for category in (Category.GOALS, Category.APPOINTMENTS, Category.MESSAGES, Category.RESOURCES):
        await a_grant(maya, rosa, category, Action.SEE | Action.MESSAGE | Action.BOOK)
    goal = await a_goal(maya, "A place of my own, near the Wohnungsgenossenschaftsverwaltung", steps=("Call", "Write"))
    await a_goal(maya, "See my brother more", lifecycle="proposed")
    await an_appointment(maya, dana, starts_at=hours(30))
    await an_appointment(maya, dana, starts_at=hours(-30), state="fulfilled")
    await a_crisis_plan(maya)
    thread = await a_thread(maya, waiting_since=hours(-20))
    await a_message(maya, thread.id, maya, "Is the bus running? https://example.org/a/very/long/address/" + "x" * 60)
    await a_message(maya, thread.id, dana, "Yes")
    return World(maya, rosa, dana, goal.id, thread.id, tie, await a_service())


async def faults_of(page: Page, axe: str, size: Any) -> list[str]:
    """What is wrong with the page that is open, in both colour schemes and on a narrow phone."""
    await page.evaluate(axe)
    found = await page.evaluate(RUN, {})
    await page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    found += [f"dark: {one}" for one in await page.evaluate(RUN, {"runOnly": ["color-contrast"]})]
    await page.emulate_media(color_scheme="light", reduced_motion="reduce")
    await page.set_viewport_size(NARROW)
    found += await page.evaluate(TOO_WIDE)
    await page.set_viewport_size(size)
    return found


async def first_tab_skips(page: Page) -> None:
    await page.keyboard.press("Tab")
    await expect(page.locator(":focus")).to_have_attribute("href", "#main")
    await expect(page.locator(":focus")).to_be_in_viewport()
    await page.keyboard.press("Enter")
    await expect(page.locator("#main")).to_be_focused()


async def nothing_is_wrong(page: Page, paths: Sequence[str], axe: str, size: Any = PHONE) -> None:
    found: dict[str, list[str]] = {}
    for path in paths:
        answer = await page.goto(path)
        assert answer is not None and answer.status == 200, path
        await first_tab_skips(page)
        if faults := await faults_of(page, axe, size):
            found[path] = faults
    assert found == {}


@pytest.mark.parametrize("demo", [True], ids=["sample"])
async def test_pages_of_everybody(open_as: OpenAs, axe: str) -> None:
    await an_organisation()
    page = await open_as(None, "/crisis")
    await nothing_is_wrong(
        page, ["/sign-in", "/forgot", "/forgot/sent", "/people", "/demo/mail", "/crisis", "/offline"], axe
    )


def pages_of_maya(world: World) -> list[str]:
    places = ("today", "goals", f"goals/{world.goal}", "appointments", "crisis-plan", "messages")
    more = (f"messages/{world.thread}", "more", "resources", f"resources/{world.pantry}", "devices", "security")
    return [f"/me/{place}" for place in (*places, *more)]


async def test_pages_of_a_client(open_as: OpenAs, axe: str) -> None:
    world = await a_world()
    await nothing_is_wrong(await open_as(world.maya), pages_of_maya(world), axe)


async def test_spanish_words_fit_a_narrow_phone(open_as: OpenAs) -> None:
    world = await a_world(language="es")
    page = await open_as(world.maya, viewport=NARROW)
    found: dict[str, list[str]] = {}
    for path in pages_of_maya(world):
        await page.goto(path)
        assert await page.evaluate("document.documentElement.lang") == "es"
        if wide := await page.evaluate(TOO_WIDE):
            found[path] = wide
    assert found == {}


async def test_page_that_came_back_with_things_to_change(open_as: OpenAs, axe: str, watch: Watch) -> None:
    world = await a_world()
    page = await open_as(world.maya, "/me/goals/new")
    watch.expect("status of 422")
    await page.get_by_role("button", name="Save it").click()
    await expect(page.get_by_role("alert")).to_be_focused()
    assert await faults_of(page, axe, PHONE) == []
    await page.get_by_role("alert").get_by_role("link").click()
    await expect(page.get_by_label("What do you want?")).to_be_focused()


async def test_page_that_is_not_there(open_as: OpenAs, axe: str, watch: Watch) -> None:
    world = await a_world()
    watch.expect("status of 404")
    page = await open_as(world.maya, f"/with/{world.tie}/goals")
    assert await faults_of(page, axe, PHONE) == []


async def test_pages_of_a_supporter(open_as: OpenAs, axe: str) -> None:
    world = await a_world()
    page = await open_as(world.rosa)
    places = ("today", "goals", f"goals/{world.goal}", "appointments", "messages", "more", "resources")
    await nothing_is_wrong(page, [f"/with/{world.tie}/{place}" for place in places], axe)


async def test_pages_of_a_case_manager(open_as: OpenAs, axe: str) -> None:
    world = await a_world()
    page = await open_as(world.dana, viewport=DESK)
    record = f"/staff/clients/{world.maya}"
    paths = ["/staff/caseload", "/staff/caseload?show=everyone", "/staff/messages", "/staff/resources", record]
    places = ("goals", f"goals/{world.goal}", "appointments/new", f"messages/{world.thread}", "contacts/new")
    await nothing_is_wrong(page, [*paths, *(f"{record}/{place}" for place in places)], axe, DESK)


async def test_page_of_ones_own_address(open_as: OpenAs, axe: str) -> None:
    world = await a_world()
    page = await open_as(world.maya, step_up=True)
    await nothing_is_wrong(page, ["/me/security/address", "/me/security/address/sent"], axe)


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("supervisor", "/staff/team"),
        ("supervisor", "/staff/recoveries"),
        ("admin", "/staff/admin"),
        ("admin", "/staff/admin/mail"),
    ],
)
async def test_first_page_of_those_who_oversee(open_as: OpenAs, axe: str, role: str, path: str) -> None:
    await a_world()
    team = await a_team()
    page = await open_as(await a_staff(role, "Lee", team), step_up=True, viewport=DESK)
    await nothing_is_wrong(page, [path], axe, DESK)

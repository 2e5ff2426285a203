"""Leave and Sign out: what the next person at this browser can find."""

import json
from uuid import UUID

import pytest
from playwright.async_api import Page, Route, expect

from tests.browser.conftest import OpenAs, Watch
from tests.factories import a_client, a_goal, a_message, a_thread, an_organisation

pytestmark = pytest.mark.anyio
PERSONAL = ("A place of my own", "Is the bus running", "Maya")
KEPT = """async () => {
    const names = await caches.keys()
    const pages = []
    for (const name of names) {
        const cache = await caches.open(name)
        for (const request of await cache.keys()) {
            const answer = await cache.match(request)
            pages.push([new URL(request.url).pathname, await answer.text()])
        }
    }
    const databases = (await indexedDB.databases()).map((one) => one.name)
    return { pages, databases, local: { ...localStorage }, session: { ...sessionStorage } }
}"""


async def maya_with_words() -> UUID:
    await an_organisation()
    maya = await a_client()
    await a_goal(maya)
    await a_message(maya, (await a_thread(maya)).id, maya, "Is the bus running?")
    return maya


async def weather_instead(page: Page) -> None:
    async def neutral(route: Route) -> None:
        await route.fulfill(body="<title>Weather</title><h1>Weather</h1>", content_type="text/html")

    await page.context.route("https://www.weather.gov/**", neutral)


async def gone_and_nothing_behind(page: Page) -> None:
    await page.wait_for_url("https://www.weather.gov/")
    await page.go_back()
    await expect(page.get_by_role("heading", name="Welcome back")).to_be_visible()
    words = await page.content()
    assert not [word for word in PERSONAL if word in words]
    await page.goto("/me/goals")
    await expect(page.get_by_role("heading", name="Welcome back")).to_be_visible()


async def test_leave_puts_a_neutral_page_here_and_back_shows_nothing(open_as: OpenAs) -> None:
    page = await open_as(await maya_with_words(), "/me/today")
    await page.get_by_role("link", name="My plan", exact=True).click()
    await expect(page.get_by_text("A place of my own")).to_be_visible()
    await weather_instead(page)
    await page.get_by_role("link", name="Leave", exact=True).click()
    await gone_and_nothing_behind(page)


async def test_shift_three_times_leaves_too(open_as: OpenAs) -> None:
    page = await open_as(await maya_with_words(), "/me/today")
    await page.goto("/me/goals")
    await expect(page.get_by_text("A place of my own")).to_be_visible()
    await weather_instead(page)
    for _ in range(3):
        await page.keyboard.press("Shift")
    await gone_and_nothing_behind(page)


async def test_back_shows_nothing_even_when_the_server_has_not_heard_of_leaving(open_as: OpenAs, watch: Watch) -> None:
    page = await open_as(await maya_with_words(), "/me/today")
    await page.goto("/me/goals")
    await weather_instead(page)

    async def lost(route: Route) -> None:
        await route.abort()

    await page.route("**/leave", lost, times=1)
    watch.expect("ERR_FAILED.*/leave")
    await page.get_by_role("link", name="Leave", exact=True).click()
    await gone_and_nothing_behind(page)


async def test_leave_works_without_script(open_as: OpenAs) -> None:
    page = await open_as(await maya_with_words(), "/me/goals", java_script_enabled=False)
    await weather_instead(page)
    await page.get_by_role("link", name="Leave", exact=True).click()
    await gone_and_nothing_behind(page)


async def test_sign_out_leaves_nothing_personal_in_the_browser(open_as: OpenAs) -> None:
    page = await open_as(await maya_with_words(), "/me/today", service_workers="allow")
    await page.evaluate("navigator.serviceWorker.ready")
    for place in ("My plan", "Messages", "More"):
        await page.get_by_role("navigation", name="Main").get_by_role("link", name=place).click()
        await expect(page.get_by_role("heading", level=1, name=place)).to_be_visible()
    before = await page.evaluate(KEPT)
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    after = await page.evaluate(KEPT)
    for kept in (before, after):
        assert not [word for word in PERSONAL if word in json.dumps(kept)]
        assert {path for path, _ in kept["pages"] if not path.startswith("/static/")} <= {"/crisis", "/offline"}
        assert (kept["databases"], kept["local"]) == ([], {})
        assert set(kept["session"]) <= {"htmx-current-path-for-history"}
    assert before["pages"]
    assert after["session"].get("htmx-current-path-for-history", "/sign-in") == "/sign-in"
    assert "__Host-sid" not in [one["name"] for one in await page.context.cookies()]
    await page.go_back()
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()

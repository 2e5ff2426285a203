"""No signal: the page that says so, and the crisis page all the same."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenAs, Watch
from tests.factories import a_client, a_goal, an_organisation

pytestmark = pytest.mark.anyio

IN_CHARGE = """() => new Promise((done) => {
    if (navigator.serviceWorker.controller) done()
    else navigator.serviceWorker.addEventListener("controllerchange", () => done(), { once: true })
})"""


async def test_without_signal_the_crisis_page_still_opens(open_as: OpenAs, watch: Watch) -> None:
    await an_organisation()
    maya = await a_client()
    await a_goal(maya)
    page = await open_as(maya, "/me/goals", service_workers="allow")
    await page.evaluate(IN_CHARGE)
    await page.context.set_offline(True)
    watch.expect("ERR_INTERNET_DISCONNECTED")
    await page.goto("/me/goals")
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    away = await page.get_by_role("heading", level=1).inner_text()
    assert "A place of my own" not in await page.content()
    await page.goto("/crisis")
    await expect(page.get_by_role("link", name="988").first).to_be_visible()
    await page.goto("/me/today")
    await expect(page.get_by_role("heading", level=1, name=away)).to_be_visible()
    await page.context.set_offline(False)
    await page.goto("/me/goals")
    await expect(page.get_by_text("A place of my own")).to_be_visible()

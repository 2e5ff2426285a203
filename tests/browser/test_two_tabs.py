"""The same words changed in two tabs: nothing is lost, and both texts stand before whoever came second."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenAs, Watch
from tests.factories import a_client, a_goal, an_organisation

pytestmark = pytest.mark.anyio


async def begin(page: Page, words: str) -> None:
    await page.get_by_text("Change the words").click()
    await page.get_by_label("What do you want?").fill(words)


async def save(page: Page) -> None:
    await page.get_by_role("button", name="Save", exact=True).click()


async def test_second_tab_shows_what_is_saved_and_what_was_typed(open_as: OpenAs, watch: Watch) -> None:
    await an_organisation()
    maya = await a_client()
    goal = await a_goal(maya, "A room")
    first = await open_as(maya, f"/me/goals/{goal.id}")
    second = await first.context.new_page()
    await second.goto(f"/me/goals/{goal.id}")
    await begin(first, "A room by the sea")
    await begin(second, "A room with a cat")
    await save(first)
    await expect(first.get_by_role("heading", name="“A room by the sea”")).to_be_visible()
    watch.expect("status of 409")
    await save(second)
    await expect(second.get_by_role("heading", name="“A room by the sea”")).to_be_visible()
    await expect(second.get_by_role("alert")).to_contain_text("Someone else changed these words")
    await expect(second.get_by_label("What do you want?")).to_have_value("A room with a cat")
    await save(second)
    await expect(second.get_by_role("heading", name="“A room with a cat”")).to_be_visible()

"""A client ticks a step, and takes it back, with script and without."""

from uuid import UUID

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenAs
from tests.factories import a_client, a_goal, an_organisation

pytestmark = pytest.mark.anyio


async def maya_with_steps() -> tuple[UUID, UUID]:
    await an_organisation()
    maya = await a_client()
    goal = await a_goal(maya, steps=("Call the housing office", "Find my papers"))
    return maya, goal.id


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
async def test_client_ticks_a_step_and_takes_it_back(open_as: OpenAs, script: bool) -> None:
    maya, goal = await maya_with_steps()
    page = await open_as(maya, f"/me/goals/{goal}", java_script_enabled=script)
    step = page.get_by_role("button", name="Call the housing office")
    await expect(step).to_have_attribute("aria-pressed", "false")
    await page.evaluate("document.body.id = 'drawn-once'")
    await step.click()
    await expect(step).to_have_attribute("aria-pressed", "true")
    assert (await page.locator("#drawn-once").count() == 1) is script  # in place, or a page anew
    await expect(page.get_by_role("button", name="Find my papers")).to_have_attribute("aria-pressed", "false")
    await step.click()
    await expect(step).to_have_attribute("aria-pressed", "false")
    await page.goto(f"/me/goals/{goal}")
    await expect(step).to_have_attribute("aria-pressed", "false")

"""Looking for help near me: in place with script, the same without."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenAs
from tests.factories import a_client, a_service, an_organisation

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
async def test_client_finds_a_service_and_keeps_it(open_as: OpenAs, script: bool) -> None:
    await an_organisation()
    maya = await a_client()
    await a_service()
    await a_service("Night Shelter")
    page = await open_as(maya, "/me/resources", java_script_enabled=script)
    await page.get_by_role("searchbox").fill("pantry")
    await page.get_by_role("searchbox").press("Enter")
    found = page.locator("#results")
    await expect(found.get_by_role("link", name="Harbor Pantry")).to_be_visible()
    await expect(found.get_by_role("link", name="Night Shelter")).to_have_count(0)
    await found.get_by_role("link", name="Harbor Pantry").click()
    await page.get_by_role("button", name="Save").first.click()
    await expect(page.get_by_role("button", name="Remove").first).to_be_visible()
    await page.goto("/me/resources")
    await expect(page.get_by_role("link", name="Harbor Pantry")).to_be_visible()

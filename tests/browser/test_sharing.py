"""What a supporter sees, and that an open page forgets it when sharing ends."""

from datetime import UTC, datetime

import pytest
from playwright.async_api import expect

from app.access import Category
from app.access.facts import Label
from app.data.tables.consent import Grant
from tests.browser.conftest import OpenAs, Watch
from tests.factories import a_client, a_goal, a_grant, a_person, a_relationship, an_organisation

pytestmark = pytest.mark.anyio


async def test_supporter_sees_shared_goals_until_sharing_ends(open_as: OpenAs, watch: Watch) -> None:
    await an_organisation()
    maya, rosa = await a_client(), await a_person("Rosa")
    tie = await a_relationship(maya, rosa)
    await a_grant(maya, rosa, Category.GOALS)
    await a_goal(maya, "A place of my own")
    await a_goal(maya, "Half as many drinks", labels=int(Label.SUD))
    page = await open_as(rosa, f"/with/{tie}/goals")
    await expect(page.get_by_text("A place of my own")).to_be_visible()
    assert "drinks" not in await page.content()
    await page.goto(f"/with/{tie}/today")
    assert "drinks" not in await page.content()
    await page.goto(f"/with/{tie}/goals")

    await Grant.update({Grant.revoked_at: datetime.now(UTC)}).where(Grant.client == maya)
    watch.expect("status of 404")
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # what the clock does every 15 seconds
    await expect(page.get_by_text("A place of my own")).to_have_count(0)
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert "A place of my own" not in await page.content()

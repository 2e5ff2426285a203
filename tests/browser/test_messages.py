"""What one writes stands on the other's open page."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import DESK, OpenAs
from tests.factories import a_client, a_message, a_programme, a_staff, a_team, a_thread, an_organisation, on_team

pytestmark = pytest.mark.anyio


async def test_message_arrives_on_the_clients_open_page(open_as: OpenAs) -> None:
    await an_organisation()
    programme = await a_programme()
    maya, dana = await a_client(programme=programme), await a_staff(team=await a_team(programme))
    await on_team(maya, dana)
    thread = await a_thread(maya)
    await a_message(maya, thread.id, maya, "Is the bus running?")
    hers = await open_as(maya, f"/me/messages/{thread.id}")
    await expect(hers.get_by_text("Is the bus running?")).to_be_visible()
    await hers.evaluate("window.drawn = 'once'")
    theirs = await open_as(dana, f"/staff/clients/{maya}/messages/{thread.id}", viewport=DESK)
    await theirs.get_by_label("message").last.fill("Yes, number 12 <b>runs</b>.")
    await theirs.get_by_role("button", name="Send").click()
    await expect(theirs.get_by_text("Yes, number 12 <b>runs</b>.")).to_be_visible()
    await expect(hers.get_by_text("Yes, number 12 <b>runs</b>.")).to_be_visible()
    assert await hers.evaluate("window.drawn") == "once"
    await hers.get_by_label("Your message").fill("Thank you")
    await hers.get_by_role("button", name="Send").click()
    await expect(hers.get_by_text("Thank you")).to_be_visible()
    await expect(hers.get_by_label("Your message")).to_have_value("")
    await expect(theirs.get_by_text("Thank you")).to_be_visible()

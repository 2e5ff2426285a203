"""A case manager's way: the worklist, a record, a visit."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import expect

from app.data.tables.appointment import Appointment
from tests.browser.conftest import DESK, OpenAs
from tests.factories import a_client, a_goal, a_programme, a_staff, a_team, an_organisation, on_team

pytestmark = pytest.mark.anyio
NEW_YORK = ZoneInfo("America/New_York")


async def test_case_manager_opens_a_record_from_the_worklist_and_books_a_visit(open_as: OpenAs) -> None:
    await an_organisation()
    programme = await a_programme()
    maya, dana = await a_client(programme=programme), await a_staff(team=await a_team(programme))
    await on_team(maya, dana)
    await a_goal(maya, steps=("Call the housing office",))
    page = await open_as(dana, viewport=DESK)
    await page.wait_for_url("**/staff/caseload")
    await page.get_by_role("link", name="Everyone").click()
    await page.get_by_role("rowheader", name="Maya").get_by_role("link").click()
    await expect(page.get_by_text("“A place of my own”")).to_be_visible()
    await page.get_by_role("link", name="Book a visit").click()
    day = (datetime.now(NEW_YORK) + timedelta(days=3)).date()
    await page.get_by_label("Day").fill(str(day))
    await page.get_by_label("Time", exact=True).fill("14:30")
    await page.get_by_label("Where?").fill("The library")
    await page.get_by_role("button", name="Book it").click()
    await expect(page.get_by_text("The library")).to_be_visible()
    await expect(page.get_by_role("heading", name="2:30 PM")).to_be_visible()
    (visit,) = await Appointment.select()
    assert visit["starts_at"].astimezone(NEW_YORK).isoformat().startswith(f"{day}T14:30")
    hers = await open_as(maya, "/me/appointments")
    await expect(hers.get_by_text("The library")).to_be_visible()

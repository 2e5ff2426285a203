"""The story of an emergency, with a real passkey: found, proven, said why, read for an hour, done; told, and looked over."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from playwright.async_api import Page, expect

from app.data.sealing import Keys
from app.data.tables.consent import BreakGlass
from app.data.tables.identity import Session
from tests.browser.conftest import DESK, PHONE, OpenAs, Watch
from tests.browser.test_every_page import nothing_is_wrong
from tests.browser.test_passkey import NO_OFFER, a_phone, an_invitation
from tests.factories import (
    a_client,
    a_glass,
    a_goal,
    a_programme,
    a_reason,
    a_staff,
    a_team,
    an_organisation,
    on_team,
)

pytestmark = pytest.mark.anyio
BORN = date(1991, 2, 3)


class World:
    """Maya with Dana on her team and Priya over Dana; Marcus works elsewhere."""

    async def make(self) -> "World":
        await an_organisation()
        programme = await a_programme()
        self.maya = await a_client("Maya", programme, legal_name="Maya Reyes", born=BORN)
        self.priya = await a_staff("supervisor", "Priya")
        dana = await a_staff("case_manager", "Dana", await a_team(programme, supervisor=self.priya))
        await on_team(self.maya, dana)
        await a_goal(self.maya, "A place of my own")
        self.marcus = await a_staff("case_manager", "Marcus", await a_team())
        return self


async def at_work(open_as: OpenAs, keys: Keys, person: UUID) -> Page:
    """Came by a link and made a passkey; that was some time ago."""
    page = await open_as(None, f"/join/{await an_invitation(person, keys)}", viewport=DESK)
    await a_phone(page)
    await page.get_by_label("Your e-mail address").fill("marcus@example.org")
    await page.get_by_role("button", name="Go on").click()
    await page.get_by_role("button", name="Add a passkey").click()
    await expect(page.get_by_role("button", name="Remove")).to_be_visible()
    await Session.update({Session.step_up_at: datetime.now(UTC) - timedelta(minutes=30)}, force=True)
    await page.context.add_init_script(NO_OFFER)
    return page


async def finds_and_proves(page: Page) -> None:
    await page.goto("/staff/caseload")
    await page.get_by_role("link", name="Open a record in an emergency").click()
    await page.get_by_label("Full name").fill("maya reyes")
    await page.get_by_label("Day of birth").fill(str(BORN))
    await page.get_by_role("button", name="Find the record").click()
    await expect(page.get_by_role("heading", name="Once more, please")).to_be_visible()
    await page.get_by_role("button", name="Use my passkey").click()
    await expect(page.get_by_role("heading", name="This record is outside your team")).to_be_visible()
    assert "Maya" not in await page.content()


async def test_a_record_is_opened_read_and_left(open_as: OpenAs, keys: Keys, watch: Watch) -> None:
    world = await World().make()
    page = await at_work(open_as, keys, world.marcus)
    await finds_and_proves(page)
    watch.expect("status of 422", "status of 404")
    await page.get_by_label("Their life may be in danger").check()
    await page.get_by_label("What is happening?").fill("Too short")
    await page.get_by_role("button", name="Open for 60 minutes").click()
    await expect(page.locator("#text-error")).to_contain_text("at least 20 characters")
    await page.get_by_label("What is happening?").fill("She called from the bridge and hung up.")
    await page.get_by_role("button", name="Open for 60 minutes").click()
    bar = page.locator("time-left")
    await expect(bar).to_contain_text("Emergency access")
    await expect(bar.locator("b")).to_have_text(re.compile("^(59|60)$"))
    await page.get_by_role("link", name="Plan", exact=True).click()
    await expect(page.get_by_text("A place of my own").first).to_be_visible()
    await expect(page.locator("time-left")).to_be_visible()

    maya = await open_as(world.maya, "/me/today", viewport=PHONE)
    await maya.get_by_role("link", name="See when, why and what they opened").click()
    await expect(maya.get_by_text("Their life may be in danger")).to_be_visible()
    await expect(maya.get_by_text("goals and steps")).to_be_visible()

    record = page.url
    await page.get_by_role("button", name="I am done").click()
    await expect(page.get_by_text("Waits to be looked over")).to_be_visible()
    await page.goto(record)
    await expect(page.get_by_role("heading", name="We can’t find that page")).to_be_visible()

    priya = await open_as(world.priya, "/staff/team", viewport=DESK)
    await priya.get_by_role("link", name="Emergency access to look over").click()
    await priya.get_by_role("link", name="Marcus opened the record of M").click()
    await expect(priya.get_by_text("She called from the bridge and hung up.")).to_be_visible()
    await priya.get_by_label("It was needed").check()
    await priya.get_by_role("button", name="Save it").click()
    await expect(priya.get_by_text("Nothing waits for you.")).to_be_visible()
    await maya.reload()
    await expect(maya.get_by_text("A supervisor looked it over: it was needed.")).to_be_visible()


async def test_the_page_clears_when_the_hour_is_over(open_as: OpenAs, watch: Watch) -> None:
    world = await World().make()
    glass = await a_glass(world.maya, world.marcus)
    page = await open_as(world.marcus, f"/staff/clients/{world.maya}", viewport=DESK)
    await expect(page.locator("time-left b")).to_have_text(re.compile("^5[3-5]$"))
    await page.clock.install()
    await page.reload()
    over: dict[Any, Any] = {BreakGlass.ends_at: datetime.now(UTC)}
    await BreakGlass.update(over).where(BreakGlass.id == glass)
    watch.expect("status of 404")
    await page.clock.run_for(timedelta(minutes=55).seconds * 1000)
    await expect(page.get_by_role("heading", name="We can’t find that page")).to_be_visible()


async def test_nothing_of_it_goes_on_paper(open_as: OpenAs) -> None:
    world = await World().make()
    await a_glass(world.maya, world.marcus)
    page = await open_as(world.marcus, f"/staff/clients/{world.maya}/goals", viewport=DESK)
    await expect(page.get_by_text("A place of my own").first).to_be_visible()
    await page.emulate_media(media="print")
    assert (await page.locator("#main").inner_text()).strip() == (
        "Emergency access is for reading on the screen. It can’t be printed."
    )


async def test_its_pages_are_good_pages(open_as: OpenAs, axe: str) -> None:
    world = await World().make()
    glass = await a_glass(world.maya, world.marcus)
    marcus = await open_as(world.marcus, "/staff/emergency", viewport=DESK)
    record = f"/staff/clients/{world.maya}"
    await nothing_is_wrong(marcus, ["/staff/emergency", record, f"{record}/goals"], axe, DESK)
    priya = await open_as(world.priya, "/staff/team", step_up=True, viewport=DESK)
    reviews = ["/staff/emergency/reviews", f"/staff/emergency/reviews/{glass}"]
    await nothing_is_wrong(priya, ["/staff/team", "/staff/team/cover", f"{record}/supervision", *reviews], axe, DESK)
    await a_reason(world.maya, world.priya)
    await nothing_is_wrong(priya, [record], axe, DESK)
    maya = await open_as(world.maya, "/me/today", viewport=PHONE)
    await nothing_is_wrong(maya, ["/me/today", "/me/more", "/me/emergency"], axe)

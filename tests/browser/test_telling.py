"""Telling the team something: from the page of anyone to the record, with and without script."""

import pytest
from playwright.async_api import expect

from app.telling import put_with, set_aside
from tests.browser.conftest import DESK, PHONE, OpenAs, Watch
from tests.browser.test_every_page import TOO_WIDE, faults_of, nothing_is_wrong
from tests.factories import a_telling
from tests.test_telling import World, desk

pytestmark = pytest.mark.anyio
LONG = "Wohnungsgenossenschaftsverwaltung" * 3


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
async def test_from_the_crisis_page_to_the_record(open_as: OpenAs, watch: Watch, script: bool) -> None:
    world = await World().make()
    page = await open_as(None, "/crisis", java_script_enabled=script)
    await page.get_by_role("link", name="Tell the team something").click()
    watch.expect("status of 422")
    await page.get_by_label("Who is it about?").fill("Maria Reyes")
    await page.get_by_role("button", name="Send it to the team").click()
    await expect(page.get_by_role("alert")).to_contain_text("Write what you want the team to know.")
    await expect(page.get_by_label("Who is it about?")).to_have_value("Maria Reyes")
    await page.get_by_label("What do you want the team to know?").fill("She gave her bird away.")
    await page.get_by_label("Please keep it to yourselves that it came from me").check()
    await page.get_by_role("button", name="Send it to the team").click()
    await expect(page.get_by_role("heading", name="Thank you for telling us")).to_be_visible()

    priya = await open_as(world.priya, "/staff/team", viewport=DESK, java_script_enabled=script)
    await priya.get_by_role("link", name="Words from outside").click()
    await priya.get_by_role("link", name="About Maria Reyes").click()
    await expect(priya.get_by_text("She gave her bird away.")).to_be_visible()
    await priya.get_by_label("Name").fill("nobody")
    await priya.get_by_role("button", name="Look for this name").click()
    await expect(priya.get_by_text("Nobody in your teams has a name like this.")).to_be_visible()
    await priya.get_by_label("Name").fill("maya")
    await priya.get_by_role("button", name="Look for this name").click()
    await priya.get_by_label("Maya").check()
    await priya.get_by_role("button", name="Put it with this record").click()
    await expect(priya.get_by_text("It is with the record of Maya.")).to_be_visible()

    dana = await open_as(world.dana, f"/staff/clients/{world.maya}/contacts", viewport=DESK)
    await expect(dana.get_by_text("She gave her bird away.")).to_be_visible()
    await expect(dana.get_by_text("In confidence: not for the client")).to_be_visible()
    await priya.get_by_role("button", name="Undo").click()
    await expect(priya.get_by_role("button", name="Put it with this record")).to_be_visible()
    await dana.reload()
    await expect(dana.get_by_text("No contact is written down yet.")).to_be_visible()


async def test_its_pages_are_good_pages(open_as: OpenAs, axe: str, watch: Watch) -> None:
    world = await World().make()
    new = await a_telling(f"Maya {LONG}", f"Words {LONG}", in_confidence=True, who=LONG, reach=LONG)
    taken, aside = await a_telling("Maya", LONG), await a_telling("Somebody", LONG)
    await put_with(desk(world.priya), taken, world.maya, in_confidence=True)
    await set_aside(desk(world.priya), aside, LONG)
    anyone = await open_as(None, "/tell", viewport=PHONE)
    await nothing_is_wrong(anyone, ["/tell", "/tell/thanks"], axe)
    watch.expect("status of 422")
    await anyone.goto("/tell")
    await anyone.get_by_role("button", name="Send it to the team").click()
    await expect(anyone.get_by_role("alert")).to_be_focused()
    assert await faults_of(anyone, axe, PHONE) == []
    priya = await open_as(world.priya, "/staff/telling", viewport=DESK)
    lists = ["/staff/telling", "/staff/telling?state=taken", "/staff/telling?state=aside"]
    ones = [f"/staff/telling/{one}" for one in (new, taken, aside)]
    await nothing_is_wrong(priya, [*lists, *ones, f"/staff/clients/{world.maya}/contacts"], axe, DESK)


async def test_spanish_words_fit_a_narrow_phone(open_as: OpenAs) -> None:
    await World().make()
    page = await open_as(None, "/tell", viewport={"width": 320, "height": 640}, locale="es-US")
    for path in ("/tell", "/tell/thanks"):
        await page.goto(path)
        assert await page.evaluate("document.documentElement.lang") == "es"
        assert await page.evaluate(TOO_WIDE) == []

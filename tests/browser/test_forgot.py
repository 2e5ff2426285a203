"""The whole way back: from the sign-in page through the mail to a new password, as somebody walks it."""

from dataclasses import replace

import pyotp
import pytest
from playwright.async_api import expect

from app.config import Config
from app.data.sealing import Keys
from app.delivery.worker import Worker, mail_of
from tests.browser.conftest import OpenAs, Watch
from tests.browser.test_password import SECRET, enter, maya_with_a_password
from tests.smtp import Post, post

__all__ = ["post"]  # a fixture
pytestmark = pytest.mark.anyio
NEW = "copper window gentle river"


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
async def test_a_forgotten_password_is_chosen_anew(
    open_as: OpenAs, site: str, config: Config, keys: Keys, watch: Watch, post: Post, script: bool
) -> None:
    await maya_with_a_password(keys)
    mailing = replace(config, public_url=site, mail_url=post.url, mail_from="no-reply@cairn.example")
    channel = mail_of(mailing)
    assert channel
    page = await open_as(None, "/sign-in", java_script_enabled=script)
    await page.get_by_role("link", name="Forgot your password?").click()
    await page.get_by_label("E-mail address").fill("maya@example.org")
    await page.get_by_role("button", name="Send me a link").click()
    await expect(page.get_by_role("heading", name="Now look into your mail")).to_be_visible()
    await Worker(channel, keys, mailing).turn()
    await page.goto(post.path())
    await page.get_by_role("button", name="Go on").click()
    await page.wait_for_url("**/reset")  # the token is not in the address any more
    watch.expect("status of 422")
    await page.get_by_label("Six digits from your app").fill("000000")
    await page.get_by_label("New password").fill("too short")
    await page.get_by_role("button", name="Save and sign in").click()
    await expect(page.get_by_role("link", name="Make it at least 12 characters long.")).to_be_visible()
    await page.get_by_label("Six digits from your app").fill(pyotp.TOTP(SECRET).now())
    await page.get_by_label("New password").fill(NEW)
    await page.get_by_role("button", name="Save and sign in").click()
    await page.wait_for_url("**/me/notices")
    await expect(page.get_by_text("A new password was chosen")).to_be_visible()
    await page.get_by_role("button", name="That’s fine, go on").click()
    await page.wait_for_url("**/me/today")


async def test_having_a_link_sent_takes_nothing_away(open_as: OpenAs, keys: Keys, watch: Watch) -> None:
    """The old way still works while nobody has gone the way back."""
    await maya_with_a_password(keys)
    page = await open_as(None, "/forgot")
    await page.get_by_label("E-mail address").fill("maya@example.org")
    await page.get_by_role("button", name="Send me a link").click()
    await page.get_by_role("link", name="Back to sign in").click()
    await enter(page, "lantern harbor quiet maple")
    await expect(page.get_by_role("heading", name="Now your code")).to_be_visible()

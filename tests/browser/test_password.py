"""Signing in with a password and the code from an app."""

from datetime import UTC, datetime
from uuid import UUID

import pyotp
import pytest
from playwright.async_api import Page, expect

from app.data.sealing import Keys
from app.data.tables.identity import Account
from app.identity import passwords
from tests.browser.conftest import OpenAs, Watch
from tests.factories import a_client, an_organisation
from tests.identity import an_account

pytestmark = pytest.mark.anyio
PASSWORD = "lantern harbor quiet maple"
SECRET = pyotp.random_base32()


async def maya_with_a_password(keys: Keys) -> UUID:
    await an_organisation()
    maya = await a_client()
    account = await an_account(maya, keys, "maya@example.org")
    factors = {
        Account.password: passwords.hash_password(keys, PASSWORD),
        Account.totp: keys.own().seal("account", "totp", account, SECRET),
        Account.totp_confirmed_at: datetime.now(UTC),
    }
    await Account.update(factors).where(Account.id == account)
    return maya


async def enter(page: Page, password: str) -> None:
    await page.get_by_label("E-mail address").fill("maya@example.org")
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in with password").click()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
async def test_password_and_code_lead_to_today(open_as: OpenAs, keys: Keys, watch: Watch, script: bool) -> None:
    await maya_with_a_password(keys)
    page = await open_as(None, "/sign-in", java_script_enabled=script)
    watch.expect("status of 422")
    await enter(page, "something else")
    await expect(page.get_by_role("link", name="These two don’t go together.")).to_be_visible()
    await enter(page, PASSWORD)
    code = page.get_by_label("Six digits from your app")
    await code.fill(pyotp.TOTP(SECRET).now())
    await page.get_by_role("button", name="Go on").click()
    await page.wait_for_url("**/me/today")
    (cookie,) = [one for one in await page.context.cookies() if one["name"] == "__Host-sid"]
    assert cookie["httpOnly"] and cookie["secure"] and cookie["sameSite"] == "Lax"

"""From an invitation to a passkey, out, and in again; and a passkey whose holder was not checked."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from playwright.async_api import CDPSession, Page, Route, expect

from app.data.sealing import Keys
from app.data.tables.identity import Passkey, Session
from tests.browser.conftest import OpenAs, Watch
from tests.factories import a_client, an_organisation

pytestmark = pytest.mark.anyio
PHONE_KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


async def a_phone(page: Page) -> tuple[CDPSession, str]:
    """The page's device can make and keep passkeys from here on."""
    cdp = await page.context.new_cdp_session(page)
    await cdp.send("WebAuthn.enable")
    made = await cdp.send("WebAuthn.addVirtualAuthenticator", {"options": PHONE_KEY})
    return cdp, made["authenticatorId"]


async def an_invitation(person: UUID, keys: Keys) -> str:
    from app.identity.invitations import invite

    return await invite(person, by=None, now=datetime.now(UTC), keys=keys)


async def enrolled(open_as: OpenAs, keys: Keys) -> tuple[Page, CDPSession, str]:
    """Maya came by her link, added a passkey, and is on the page that lists it."""
    await an_organisation()
    page = await open_as(None, f"/join/{await an_invitation(await a_client(), keys)}")
    cdp, device = await a_phone(page)
    await page.get_by_label("Your e-mail address").fill("maya@example.org")
    await page.get_by_role("button", name="Go on").click()
    await page.get_by_role("button", name="Add a passkey").click()
    await expect(page.get_by_role("button", name="Remove")).to_be_visible()
    return page, cdp, device


async def sign_out(page: Page) -> None:
    await page.goto("/me/more")
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


# The sign-in page offers passkeys in the field too; a made-up device would answer that offer by itself, without a tap.
NO_OFFER = "PublicKeyCredential.isConditionalMediationAvailable = async () => false"


async def test_invited_client_enrols_a_passkey_and_comes_back_with_it(open_as: OpenAs, keys: Keys) -> None:
    page, cdp, device = await enrolled(open_as, keys)
    held = await cdp.send("WebAuthn.getCredentials", {"authenticatorId": device})
    assert [one["isResidentCredential"] for one in held["credentials"]] == [True]
    await page.context.add_init_script(NO_OFFER)
    await sign_out(page)
    assert await Session.count() == 0
    await page.get_by_role("button", name="Use my passkey").click()
    await page.wait_for_url("**/me/*")
    await page.goto("/")
    await page.wait_for_url("**/me/today")
    await expect(page.get_by_role("heading", name="Maya")).to_be_visible()


async def test_passkey_is_offered_in_the_field_without_a_tap(open_as: OpenAs, keys: Keys) -> None:
    page, _cdp, _device = await enrolled(open_as, keys)
    await page.goto("/me/more")
    await page.get_by_role("button", name="Sign out").click()
    await page.wait_for_url("**/me/*")
    await page.goto("/")
    await page.wait_for_url("**/me/today")


async def test_passkey_whose_holder_was_not_checked_opens_nothing(open_as: OpenAs, keys: Keys, watch: Watch) -> None:
    page, cdp, device = await enrolled(open_as, keys)
    await page.context.add_init_script(NO_OFFER)
    await sign_out(page)
    await cdp.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})

    async def careless(route: Route) -> None:
        """As a page would ask that somebody tampered with: never mind who holds the phone."""
        answer = await route.fetch()
        asked: dict[str, Any] = await answer.json()
        assert asked["userVerification"] == "required"
        await route.fulfill(response=answer, json=asked | {"userVerification": "discouraged"})

    await page.route("**/sign-in/passkey/options", careless)
    watch.expect("status of 422")
    await page.get_by_role("button", name="Use my passkey").click()
    await expect(page.get_by_text("That passkey didn’t work here.")).to_be_visible()
    await page.goto("/me/today")
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    (row,) = await Passkey.select(Passkey.used_at)
    assert row["used_at"] is None

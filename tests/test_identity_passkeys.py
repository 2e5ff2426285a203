"""Passkeys: each thing that a proof must hold, broken one at a time."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.config import Config
from app.data.sealing import Keys
from app.data.tables.identity import Account, Ceremony, Notice, Passkey, Session
from app.errors import NotFound
from app.identity import accounts, passkeys
from app.identity.accounts import AccountFacts
from app.identity.passkeys import PasskeyRejected
from tests.factories import a_client, a_staff, an_organisation
from tests.identity import an_account
from tests.software_key import PRESENT, SoftwareKey

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
HERE = "this browser"


async def facts(keys: Keys, person: UUID, login: str = "maya@example.org") -> AccountFacts:
    """Of an account that holds no passkey yet."""
    account = await an_account(person, keys, login)
    await Passkey.delete().where(Passkey.account == account)
    found = await accounts.by_id(keys, account)
    assert found
    return found


async def enrolled(keys: Keys, config: Config, key: SoftwareKey, login: str = "maya@example.org") -> AccountFacts:
    owner = await facts(keys, await a_client(), login)
    options = await passkeys.options_to_add(owner, config, HERE, NOW)
    await passkeys.add(owner, config, HERE, key.made(options), "Phone", NOW, session=None)
    return owner


async def shown(keys: Keys, config: Config, key: SoftwareKey, now: datetime = NOW, **said: Any) -> AccountFacts:
    options = await passkeys.options_to_sign_in(config, HERE, now)
    return await passkeys.proven(keys, config, HERE, key.shown(options, **said), now)


async def test_a_passkey_opens_its_own_account(keys: Keys, config: Config) -> None:
    key = SoftwareKey()
    owner = await enrolled(keys, config, key)
    assert (await shown(keys, config, key)).id == owner.id
    (row,) = await Passkey.select(Passkey.used_at, Passkey.name)
    assert row == {"used_at": NOW, "name": "Phone"}


async def test_options_ask_for_the_holder_a_kept_key_and_no_attestation(keys: Keys, config: Config) -> None:
    owner = await facts(keys, await a_client())
    options = await passkeys.options_to_add(owner, config, HERE, NOW)
    wanted = options["authenticatorSelection"]
    assert (wanted["userVerification"], wanted["residentKey"], options["attestation"]) == ("required",) * 2 + ("none",)
    assert [one["alg"] for one in options["pubKeyCredParams"]] == [-7, -8, -257]
    assert len(owner.handle) == 32 and "maya" not in options["user"]["id"]
    again = await passkeys.options_to_sign_in(config, HERE, NOW)
    assert again["userVerification"] == "required" and again["rpId"] == "localhost"
    assert len(again["challenge"]) == 43, "32 random bytes"


@pytest.mark.parametrize(
    "lie",
    [
        {"flags": PRESENT},
        {"crossOrigin": True},
        {"challenge": "A" * 43},
        {"origin": "https://localhost.evil.example"},
        {"origin": "http://localhost"},
        {"type": "webauthn.create"},
        {"handle": b"somebody else's thirty-two bytes"},
        {"handle": b""},
    ],
    ids=["holder unchecked", "in a frame", "another challenge", "another site", "no TLS", "another ceremony",
         "another's handle", "no handle"],
)  # fmt: skip
async def test_a_proof_with_one_thing_wrong_opens_nothing(keys: Keys, config: Config, lie: dict[str, Any]) -> None:
    key = SoftwareKey()
    await enrolled(keys, config, key)
    with pytest.raises(PasskeyRejected):
        await shown(keys, config, key, **lie)
    assert (await shown(keys, config, key)).called_name == "Maya", "and the honest one still does"


@pytest.mark.parametrize("lie", [{"flags": PRESENT}, {"crossOrigin": True}, {"challenge": "A" * 43}])
async def test_a_new_passkey_with_one_thing_wrong_is_not_kept(keys: Keys, config: Config, lie: dict[str, Any]) -> None:
    owner = await facts(keys, await a_client())
    options = await passkeys.options_to_add(owner, config, HERE, NOW)
    with pytest.raises(PasskeyRejected):
        await passkeys.add(owner, config, HERE, SoftwareKey().made(options, **lie), "Phone", NOW, session=None)
    assert await Passkey.count() == 0


async def test_a_signature_of_another_key_opens_nothing(keys: Keys, config: Config) -> None:
    key, thief = SoftwareKey(), SoftwareKey()
    await enrolled(keys, config, key)
    thief.id, thief.handle = key.id, key.handle
    with pytest.raises(PasskeyRejected):
        await shown(keys, config, thief)


async def test_a_challenge_is_for_one_use_one_browser_and_five_minutes(keys: Keys, config: Config) -> None:
    key = SoftwareKey()
    await enrolled(keys, config, key)
    options = await passkeys.options_to_sign_in(config, HERE, NOW)
    proof = key.shown(options)
    with pytest.raises(PasskeyRejected):
        await passkeys.proven(keys, config, "another browser", proof, NOW)
    await passkeys.proven(keys, config, HERE, proof, NOW + timedelta(seconds=299))
    with pytest.raises(PasskeyRejected):
        await passkeys.proven(keys, config, HERE, proof, NOW)
    options = await passkeys.options_to_sign_in(config, HERE, NOW)
    with pytest.raises(PasskeyRejected):
        await passkeys.proven(keys, config, HERE, key.shown(options), NOW + timedelta(seconds=300))


async def test_a_challenge_is_gone_also_after_a_wrong_answer(keys: Keys, config: Config) -> None:
    key = SoftwareKey()
    await enrolled(keys, config, key)
    options = await passkeys.options_to_sign_in(config, HERE, NOW)
    for answer in (key.shown(options, flags=PRESENT), key.shown(options)):
        with pytest.raises(PasskeyRejected):
            await passkeys.proven(keys, config, HERE, answer, NOW)
    assert await Ceremony.count() == 0


async def test_a_challenge_for_signing_in_adds_no_passkey(keys: Keys, config: Config) -> None:
    owner = await facts(keys, await a_client())
    options = await passkeys.options_to_add(owner, config, HERE, NOW)
    other = await passkeys.options_to_sign_in(config, "elsewhere", NOW)
    with pytest.raises(PasskeyRejected):
        proof = SoftwareKey().made(options | {"challenge": other["challenge"]})
        await passkeys.add(owner, config, "elsewhere", proof, "Phone", NOW, session=None)


@pytest.mark.parametrize(("counts", "taken"), [((0, 0), True), ((1, 2), True), ((5, 5), False), ((5, 4), False),
                                               ((5, 0), False)])  # fmt: skip
async def test_a_counter_that_does_not_rise_means_a_copy(
    keys: Keys, config: Config, counts: tuple[int, int], taken: bool
) -> None:
    key = SoftwareKey()
    owner = await enrolled(keys, config, key)
    key.count = counts[0]
    await shown(keys, config, key)
    key.count = counts[1]
    if taken:
        assert await shown(keys, config, key)
        return
    with pytest.raises(PasskeyRejected):
        await shown(keys, config, key)
    told = await Notice.select(Notice.kind, Notice.detail).where(Notice.account == owner.id)
    assert told == [{"kind": "passkey_copied", "detail": "Phone"}]


async def test_one_passkey_belongs_to_one_account(keys: Keys, config: Config) -> None:
    key = SoftwareKey()
    await enrolled(keys, config, key)
    other = await facts(keys, await a_client("Leo"), "leo@example.org")
    options = await passkeys.options_to_add(other, config, HERE, NOW)
    with pytest.raises(PasskeyRejected):
        await passkeys.add(other, config, HERE, key.made(options), "Phone", NOW, session=None)


async def test_showing_a_factor_again_takes_only_ones_own_passkey(keys: Keys, config: Config) -> None:
    mine, theirs = SoftwareKey(), SoftwareKey()
    owner = await enrolled(keys, config, mine)
    await enrolled(keys, config, theirs, "leo@example.org")
    options = await passkeys.options_to_sign_in(config, HERE, NOW)
    with pytest.raises(PasskeyRejected):
        await passkeys.proven(keys, config, HERE, theirs.shown(options), NOW, account=owner.id)
    options = await passkeys.options_to_sign_in(config, HERE, NOW)
    assert await passkeys.proven(keys, config, HERE, mine.shown(options), NOW, account=owner.id)


async def test_a_closed_account_opens_by_no_passkey(keys: Keys, config: Config) -> None:
    key = SoftwareKey()
    owner = await enrolled(keys, config, key)
    await Account.update({Account.disabled_at: NOW}).where(Account.id == owner.id)
    with pytest.raises(PasskeyRejected):
        await shown(keys, config, key)


async def test_a_removed_passkey_opens_nothing(keys: Keys, config: Config) -> None:
    first, second = SoftwareKey(), SoftwareKey()
    owner = await enrolled(keys, config, first)
    options = await passkeys.options_to_add(owner, config, HERE, NOW)
    assert len(options["excludeCredentials"]) == 1
    await passkeys.add(owner, config, HERE, second.made(options), "Laptop", NOW, session=None)
    one = (await passkeys.held(owner.id))[0]
    assert await passkeys.remove(owner, one["id"], NOW, session=None)
    gone = first if one["name"] == "Phone" else second
    with pytest.raises(PasskeyRejected):
        await shown(keys, config, gone)
    with pytest.raises(NotFound):
        await passkeys.remove(owner, one["id"], NOW, session=None)


@pytest.mark.parametrize(("kind", "code", "removed"), [("client", False, False), ("client", True, True),
                                                       ("staff", True, False)])  # fmt: skip
async def test_the_last_way_in_stays(keys: Keys, config: Config, kind: str, code: bool, removed: bool) -> None:
    person = await (a_staff() if kind == "staff" else a_client())
    account = await facts(keys, person)
    account = replace(account, password="x" if code else "", has_code=code)
    options = await passkeys.options_to_add(account, config, HERE, NOW)
    await passkeys.add(account, config, HERE, SoftwareKey().made(options), "Phone", NOW, session=None)
    (one,) = await passkeys.held(account.id)
    assert await passkeys.remove(account, one["id"], NOW, session=None) is removed


async def test_ten_passkeys_are_the_most(keys: Keys, config: Config) -> None:
    owner = await facts(keys, await a_client())
    for number in range(10):
        await Passkey.insert(Passkey(account=owner.id, credential=f"k{number}", public_key=b"x", name="One"))
    with pytest.raises(PasskeyRejected):
        await passkeys.options_to_add(owner, config, HERE, NOW)


GARBAGE: list[Any] = [
    None, [], "x", 7, {}, {"id": 5}, {"id": "AAAA"}, {"id": "AAAA", "response": []}, {"id": "AAAA", "response": "x"},
    {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {"clientDataJSON": 5}},
    {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {"clientDataJSON": "W10"}},
    {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {"clientDataJSON": "!!", "attestationObject": None}},
    {"id": "AAAA", "rawId": "é", "type": "public-key", "response": {"clientDataJSON": "e30", "userHandle": ["x"]}},
]  # fmt: skip


@pytest.mark.parametrize("credential", GARBAGE, ids=repr)
async def test_no_credential_however_odd_is_a_fault(
    sign_in: Callable[..., Any], http: httpx.AsyncClient, keys: Keys, credential: Any
) -> None:
    await an_organisation()
    client = await a_client()
    mine = await sign_in(client, step_up=True)
    await Passkey.update({Passkey.credential: "AAAA"}).where(Passkey.name == "Test")
    for options, url in (
        ("/me/security/passkey/options", "/me/security/passkey"),
        ("/sign-in/passkey/options", "/sign-in/passkey"),
    ):
        assert (await mine.post(options, json={})).status_code == 200
        answer = await mine.post(url, json={"credential": credential, "next": ["x"], "own": "yes"})
        assert answer.status_code == 422 and answer.json()["error"]


async def test_the_whole_way_over_http(http: httpx.AsyncClient, keys: Keys, sign_in: Callable[..., Any]) -> None:
    await an_organisation()
    client, key = await a_client(), SoftwareKey()
    mine = await sign_in(client, step_up=True)
    options = (await mine.post("/me/security/passkey/options", json={})).json()
    answer = await mine.post("/me/security/passkey", json={"credential": key.made(options)})
    assert answer.json() == {"next": "/me/security"}
    token = (await http.get("/sign-in")).text.split('name="_csrf" value="')[1].split('"')[0]
    http.headers["X-CSRF-Token"] = token
    options = (await http.post("/sign-in/passkey/options", json={})).json()
    answer = await http.post("/sign-in/passkey", json={"credential": key.shown(options), "next": "/me/goals"})
    assert answer.json() == {"next": "/me/goals"}
    assert (await http.get("/me/goals")).status_code == 200
    (row,) = (
        await Session.select(Session.factors, Session.own_device).order_by(Session.created_at, ascending=False).limit(1)
    )
    assert row == {"factors": "passkey", "own_device": False}


async def test_a_passkey_unlocks_the_session_it_was_locked_in(sign_in: Callable[..., Any], keys: Keys) -> None:
    await an_organisation()
    key = SoftwareKey()
    http = await sign_in(await a_client(), step_up=True)
    options = (await http.post("/me/security/passkey/options", json={})).json()
    await http.post("/me/security/passkey", json={"credential": key.made(options)})
    await http.get("/leave")
    before = http.cookies["__Host-sid"]
    options = (await http.post("/sign-in/passkey/options", json={})).json()
    answer = await http.post("/sign-in/passkey", json={"credential": key.shown(options), "next": "/me/devices"})
    assert answer.json() == {"next": "/me/devices"}
    assert http.cookies["__Host-sid"] != before
    assert (await http.get("/me/devices")).status_code == 200
    assert await Session.count() == 1


async def test_adding_a_passkey_asks_for_a_factor_first(sign_in: Callable[..., Any]) -> None:
    await an_organisation()
    http = await sign_in(await a_client())
    asked = await http.post("/me/security/passkey/options", json={})
    assert asked.json() == {"next": "/step-up?next=/me/security"}
    assert await Ceremony.count() == 0

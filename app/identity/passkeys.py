"""Passkeys: the only module that speaks WebAuthn. User verification is always asked for, so a passkey is both factors."""

import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Any
from uuid import UUID

import webauthn
from webauthn.helpers import options_to_json_dict
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.access.log import Event, record
from app.config import Config
from app.data.sealing import Keys
from app.data.tables.identity import Passkey
from app.errors import DomainError, NotFound
from app.identity import accounts, ceremonies, sessions
from app.identity.accounts import AccountFacts
from app.identity.notices import tell

ALGORITHMS = [
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
MOST = 10
LONGEST_ID = 1400
# What a proof that is none can raise, in the library or here.
UNREADABLE = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError, RecursionError)


class PasskeyRejected(DomainError):
    """The answer of the authenticator does not prove what was asked."""

    status = 422


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


async def held(account: UUID) -> list[dict[str, Any]]:
    """The account's passkeys, oldest first."""
    columns = (Passkey.id, Passkey.credential, Passkey.name, Passkey.created_at, Passkey.used_at, Passkey.backed_up)
    mine = (Passkey.account == account) & Passkey.removed_at.is_null()
    return await Passkey.select(*columns).where(mine).order_by(Passkey.created_at).limit(MOST)


async def options_to_add(account: AccountFacts, config: Config, browser: str, now: datetime) -> dict[str, Any]:
    challenge = secrets.token_bytes(32)
    existing = await held(account.id)
    if len(existing) >= MOST:
        raise PasskeyRejected
    options = webauthn.generate_registration_options(
        rp_id=config.rp_id,
        rp_name="Cairn",
        user_id=account.handle,
        user_name=account.login or account.called_name,
        user_display_name=account.called_name,
        challenge=challenge,
        attestation=AttestationConveyancePreference.NONE,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        supported_pub_key_algs=ALGORITHMS,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=_bytes(one["credential"])) for one in existing],
        timeout=300_000,
    )
    await ceremonies.begin("passkey-add", browser, now, account=account.id, challenge=challenge)
    return options_to_json_dict(options)


async def add(
    account: AccountFacts,
    config: Config,
    browser: str,
    credential: dict[str, Any],
    name: str,
    now: datetime,
    *,
    session: UUID | None,
) -> None:
    """Raises PasskeyRejected. A credential id is unique over all accounts. session: the one that stays, on this passkey."""
    pending = await ceremonies.take("passkey-add", browser, now)
    if pending is None or pending.account != account.id:
        raise PasskeyRejected
    _own_frame(credential)
    try:
        proof = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=pending.challenge,
            expected_rp_id=config.rp_id,
            expected_origin=config.origin,
            require_user_verification=True,
            supported_pub_key_algs=ALGORITHMS,
        )
    except UNREADABLE as error:
        raise PasskeyRejected from error
    had_another_way = account.has_code or bool(await held(account.id))
    id_ = _text(proof.credential_id)
    if len(id_) > LONGEST_ID or await Passkey.exists().where(Passkey.credential == id_):
        raise PasskeyRejected
    await Passkey.insert(
        Passkey(
            account=account.id,
            credential=id_,
            public_key=proof.credential_public_key,
            sign_count=proof.sign_count,
            device_type=str(proof.credential_device_type.value),
            backed_up=proof.credential_backed_up,
            name=name,
            created_at=now,
        )
    )
    await sessions.end_others(account.id, now, but=session)
    if session:
        await sessions.proved_by_passkey(session)
    if had_another_way:
        await tell(account.id, "passkey_added", now, name)
    await record(Event("factor-added", actor=account.person, reason="passkey", at=now))


async def options_to_sign_in(config: Config, browser: str, now: datetime) -> dict[str, Any]:
    challenge = secrets.token_bytes(32)
    options = webauthn.generate_authentication_options(
        rp_id=config.rp_id,
        challenge=challenge,
        user_verification=UserVerificationRequirement.REQUIRED,
        timeout=300_000,
    )
    await ceremonies.begin("passkey-use", browser, now, challenge=challenge)
    return options_to_json_dict(options)


async def proven(
    keys: Keys, config: Config, browser: str, credential: dict[str, Any], now: datetime, *, account: UUID | None = None
) -> AccountFacts:
    """Whose passkey this is. account: it must be this one's (step-up, unlock). Raises PasskeyRejected."""
    pending = await ceremonies.take("passkey-use", browser, now)
    row, owner = await _stored(keys, str(credential.get("id", "")))
    if pending is None or owner.disabled or (account and owner.id != account):
        raise PasskeyRejected
    _own_frame(credential)
    try:
        proof = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=pending.challenge,
            expected_rp_id=config.rp_id,
            expected_origin=config.origin,
            credential_public_key=bytes(row["public_key"]),
            credential_current_sign_count=0,  # compared below, where the owner can be told
            require_user_verification=True,
        )
        handle = _bytes(credential["response"].get("userHandle") or "")
    except UNREADABLE as error:
        await record(Event("sign-in", actor=owner.person, effect="deny", reason="passkey", at=now))
        raise PasskeyRejected from error
    if not secrets.compare_digest(handle, owner.handle):
        raise PasskeyRejected
    if not await _counted(row["id"], proof.new_sign_count):
        await tell(owner.id, "passkey_copied", now, row["name"])
        await record(Event("sign-in", actor=owner.person, effect="deny", reason="passkey counter", at=now))
        raise PasskeyRejected
    await Passkey.update({Passkey.used_at: now, Passkey.backed_up: proof.credential_backed_up}).where(
        Passkey.id == row["id"]
    )
    return owner


async def _stored(keys: Keys, credential: str) -> tuple[dict[str, Any], AccountFacts]:
    query = Passkey.select().where(Passkey.credential == credential, Passkey.removed_at.is_null())
    row = await query.first()
    owner = await accounts.by_id(keys, row["account"]) if row else None
    if row is None or owner is None:
        raise PasskeyRejected
    return row, owner


async def _counted(passkey: UUID, count: int) -> bool:
    """A signature counter only ever rises; both zero is a passkey that keeps none, as synced ones do (A7).

    One statement, so that a copy that is used at the same moment is found out too.
    """
    one = Passkey.id == passkey
    rising = (Passkey.sign_count < count) if count else (Passkey.sign_count == 0)
    return bool(await Passkey.update({Passkey.sign_count: count}).where(one, rising).returning(Passkey.id))


def _own_frame(credential: dict[str, Any]) -> None:
    """A ceremony inside somebody else's frame is refused; the library does not look."""
    try:
        data = json.loads(_bytes(credential["response"]["clientDataJSON"]))
        embedded = bool(data.get("crossOrigin"))
    except UNREADABLE as error:
        raise PasskeyRejected from error
    if embedded:
        raise PasskeyRejected


async def rename(account: UUID, passkey: UUID, name: str) -> bool:
    """False when this account holds no such passkey."""
    mine = (Passkey.id == passkey) & (Passkey.account == account) & Passkey.removed_at.is_null()
    return bool(await Passkey.update({Passkey.name: name}).where(mine).returning(Passkey.id))


async def remove(account: AccountFacts, passkey: UUID, now: datetime, *, session: UUID | None) -> bool:
    """False for the last factor, which stays. Staff keep one passkey at least."""
    others = [one for one in await held(account.id) if one["id"] != passkey]
    by_password = bool(account.password and account.has_code)
    if not others and (account.kind == "staff" or not by_password):
        return False
    mine = (Passkey.id == passkey) & (Passkey.account == account.id) & Passkey.removed_at.is_null()
    gone = await Passkey.update({Passkey.removed_at: now}).where(mine).returning(Passkey.name)
    if not gone:
        raise NotFound
    await sessions.end_others(account.id, now, but=session)
    await tell(account.id, "passkey_removed", now, gone[0]["name"])
    await record(Event("factor-removed", actor=account.person, reason="passkey", at=now))
    return True

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
from app.errors import DomainError
from app.identity import accounts, ceremonies
from app.identity.accounts import AccountFacts

ALGORITHMS = [
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
MOST = 10


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
    account: AccountFacts, config: Config, browser: str, credential: dict[str, Any], name: str, now: datetime
) -> None:
    """Raises PasskeyRejected. A credential id is unique over all accounts."""
    pending = await ceremonies.take("passkey-add", browser, now)
    if pending is None or pending.account != account.id:
        raise PasskeyRejected
    try:
        proof = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=pending.challenge,
            expected_rp_id=config.rp_id,
            expected_origin=config.origin,
            require_user_verification=True,
            supported_pub_key_algs=ALGORITHMS,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise PasskeyRejected from error
    _not_embedded(credential)
    if await Passkey.exists().where(Passkey.credential == _text(proof.credential_id)):
        raise PasskeyRejected
    await Passkey.insert(
        Passkey(
            account=account.id,
            credential=_text(proof.credential_id),
            public_key=proof.credential_public_key,
            sign_count=proof.sign_count,
            device_type=str(proof.credential_device_type.value),
            backed_up=proof.credential_backed_up,
            name=name,
            created_at=now,
        )
    )
    await accounts.tell(account.id, "passkey_added", now)
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
    row = (
        await Passkey.select()
        .where(Passkey.credential == str(credential.get("id", "")), Passkey.removed_at.is_null())
        .first()
    )
    owner = await accounts.by_id(keys, row["account"]) if row else None
    if pending is None or row is None or owner is None or owner.disabled or (account and owner.id != account):
        raise PasskeyRejected
    try:
        proof = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=pending.challenge,
            expected_rp_id=config.rp_id,
            expected_origin=config.origin,
            credential_public_key=bytes(row["public_key"]),
            credential_current_sign_count=row["sign_count"],
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        await accounts.tell(owner.id, "passkey_refused", now)
        await record(Event("sign-in", actor=owner.person, effect="deny", reason="passkey", at=now))
        raise PasskeyRejected from error
    _not_embedded(credential)
    handle = (credential.get("response") or {}).get("userHandle")
    if not handle or _bytes(handle) != owner.handle:
        raise PasskeyRejected
    await Passkey.update({Passkey.sign_count: proof.new_sign_count, Passkey.used_at: now}).where(
        Passkey.id == row["id"]
    )
    return owner


def _not_embedded(credential: dict[str, Any]) -> None:
    """A ceremony inside somebody else's frame is refused; the library does not look."""

    try:
        data = json.loads(_bytes(credential["response"]["clientDataJSON"]))
    except (ValueError, KeyError, TypeError) as error:
        raise PasskeyRejected from error
    if data.get("crossOrigin"):
        raise PasskeyRejected


async def rename(account: UUID, passkey: UUID, name: str) -> None:
    await Passkey.update({Passkey.name: name}).where(Passkey.id == passkey, Passkey.account == account)


async def remove(account: AccountFacts, passkey: UUID, now: datetime) -> bool:
    """False for the last factor, which stays. Staff keep one passkey at least."""
    others = [one for one in await held(account.id) if one["id"] != passkey]
    by_password = bool(account.password and account.has_code)
    if not others and (account.kind == "staff" or not by_password):
        return False
    await Passkey.update({Passkey.removed_at: now}).where(Passkey.id == passkey, Passkey.account == account.id)
    await accounts.tell(account.id, "passkey_removed", now)
    await record(Event("factor-removed", actor=account.person, reason="passkey", at=now))
    return True

"""One-time codes (A8): 30-second steps, the one just before is taken too, a later one never, and none twice."""

import base64
import secrets
from datetime import datetime
from uuid import UUID

import pyotp
import segno

from app.data.sealing import Keys
from app.data.tables.identity import Account

STEP = 30


def new_secret() -> str:
    """160 random bits, base32."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def uri(secret: str, login: str, issuer: str) -> str:
    return pyotp.TOTP(secret, name=login, issuer=issuer).provisioning_uri()


def picture(text: str) -> str:
    """The text as a QR code, as a data: address of an SVG."""
    return segno.make(text, error="m").svg_data_uri(scale=4, border=2)


def matching_step(secret: str, typed: str, now: datetime) -> int | None:
    """The 30-second step whose code this is, the present or the one before; None when neither."""
    code = typed.replace(" ", "")
    if len(code) != 6 or not (code.isascii() and code.isdigit()):
        return None
    totp = pyotp.TOTP(secret)
    current = int(now.timestamp()) // STEP
    right = [step for step in (current, current - 1) if secrets.compare_digest(totp.generate_otp(step), code)]
    return right[0] if right else None


async def spend(account: UUID, keys: Keys, sealed: bytes | None, typed: str, now: datetime) -> bool:
    """Take a code; each works once, even when two requests bring it at the same moment."""
    if sealed is None:
        return False
    secret = keys.own().open("account", "totp", account, sealed) or ""
    step = matching_step(secret, typed, now)
    if step is None:
        return False
    took = (
        await Account.update({Account.totp_step: step})
        .where(Account.id == account, Account.totp_step < step)
        .returning(Account.id)
    )
    return bool(took)

"""Accounts and how they prove who they are: passwords, passkeys, one-time codes, sessions, invitations."""

from piccolo.columns import JSON, UUID, BigInt, Boolean, Bytea, Integer, Text, Timestamptz, Varchar

from app.data.tables.base import Sealed, Table, key, link, moment, now
from app.data.tables.people import Person


class Account(Table):
    """login_key: HMAC of the case-folded login, for look-up; login: the login itself, sealed.

    totp_step: the last 30-second step that was used, so that no code works twice. handle: 32 random bytes, for passkeys.
    """

    id = key()
    person = link(Person, unique=True)
    login_key = Varchar(length=64, unique=True)
    login = Sealed()
    password = Varchar(length=300, default="")
    password_changed_at = moment()
    totp = Sealed()
    totp_confirmed_at = moment()
    totp_step = BigInt(default=0)
    handle = Bytea(default=b"", index=True)
    disabled_at = moment()
    failures = Integer(default=0)  # in a row, over all devices: 100 close the password path
    created_at = now()
    recovered_at = moment()  # for a day after, what could do harm waits


class Passkey(Table):
    id = key()
    account = link(Account, index=True)
    credential = Varchar(length=1400, unique=True)  # base64url
    public_key = Bytea()
    sign_count = BigInt(default=0)
    device_type = Varchar(length=20, default="")
    backed_up = Boolean(default=False)
    transports = JSON(default="[]")
    name = Varchar(length=100, default="")
    created_at = now()
    used_at = moment()
    removed_at = moment()


class RecoveryCode(Table):
    id = key()
    account = link(Account, index=True)
    code = Varchar(length=300)
    used_at = moment()


class Session(Table):
    """One signed-in device. token: SHA-256 of the cookie. step_up_at: the last time a factor was shown."""

    id = key()
    token = Varchar(length=64, unique=True)
    account = link(Account, index=True)
    factors = Varchar(length=60, default="")
    own_device = Boolean(default=False)
    device = Varchar(length=200, default="")
    place = Varchar(length=64, default="")
    created_at = now()
    seen_at = Timestamptz()
    locked_at = moment()
    step_up_at = moment()
    expires_at = Timestamptz()
    notice = Varchar(length=200, default="")


class KnownDevice(Table):
    """A browser that signed in before: its own throttle counter, so that nobody elsewhere can lock its owner out."""

    id = key()
    account = link(Account, index=True)
    token = Varchar(length=64, unique=True)
    seen_at = now()


class Ceremony(Table):
    """One pending proof: a passkey challenge or the first half of a sign-in. Single use, bound to the browser."""

    id = key()
    purpose = Varchar(length=30)
    browser = Varchar(length=64)
    account = UUID(default=None, null=True)
    challenge = Bytea(default=b"")
    detail = JSON(default="{}")
    expires_at = Timestamptz()


class Attempt(Table):
    """Failures and mails counted per scope, so that a restart forgets nothing. scope: "account:<id>", "address:<ip>"..."""

    id = key()
    scope = Varchar(length=160, index=True)
    at = now(index=True)


class Token(Table):
    """A link that was sent: purpose reset, address or recovery. Only the SHA-256 of it is kept. address: the new one."""

    id = key()
    purpose = Varchar(length=20)
    token = Varchar(length=64, unique=True)
    account = UUID(default=None, null=True)
    expires_at = Timestamptz()
    used_at = moment()
    address = Sealed()


class Recovery(Table):
    """Somebody who lost every way in is helped by staff. how: the way their identity was checked; no words of any record.

    approved_by: the second person, for a staff account; a client's or supporter's needs none.
    """

    id = key()
    account = link(Account, index=True)
    how = Varchar(length=40)
    asked_by = UUID(default=None, null=True)
    asked_at = now()
    approved_by = UUID(default=None, null=True)
    approved_at = moment()
    ended_at = moment()  # a link was made, or it was let go


class Invitation(Table):
    """For whom an account is being made. The role and what comes with it are fixed here, never by the person invited."""

    id = key()
    token = Varchar(length=64, unique=True)
    person = link(Person, index=True)
    address_key = Varchar(length=64, default="")
    relationship = UUID(default=None, null=True)
    invited_by = UUID(default=None, null=True)
    created_at = now()
    expires_at = Timestamptz()
    accepted_at = moment()
    withdrawn_at = moment()


class Notice(Table):
    """Something an account holder is told about their own account."""

    id = key()
    account = link(Account, index=True)
    kind = Varchar(length=40)
    at = now()
    read_at = moment()
    detail = Text(default="")


__all__ = [
    "Account", "Attempt", "Ceremony", "Invitation", "KnownDevice", "Notice", "Passkey", "Recovery", "RecoveryCode",
    "Session", "Token",
]  # fmt: skip

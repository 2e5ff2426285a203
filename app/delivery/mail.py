"""Mail over SMTP. Away from this machine never without TLS."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from email.utils import format_datetime, parseaddr
from typing import Self
from urllib.parse import unquote, urlsplit

import aiosmtplib
from aiosmtplib import SMTP

from app.delivery.channel import Letter, NotEver, NotNow, Unreachable

LOOPBACK = ("localhost", "127.0.0.1", "::1")
SECONDS = 20.0


def sender(text: str) -> Address:
    """`Care team <no-reply@example.org>`, or the address alone. Raises ValueError."""
    name, spec = parseaddr(text)
    return Address(name, addr_spec=checked(spec))


def checked(spec: str) -> str:
    """An address that mail can go to. Raises ValueError."""
    try:
        address = Address(addr_spec=spec)
    except (MessageError, ValueError, IndexError):
        raise ValueError("not a mail address") from None
    if not address.username or ("." not in address.domain and address.domain not in LOOPBACK):
        raise ValueError("not a mail address")
    return spec


@dataclass(frozen=True, slots=True)
class Mail:
    host: str
    port: int
    user: str | None
    password: str | None
    tls: bool
    sender: Address
    own_name: str

    @classmethod
    def at(cls, url: str, sender_text: str, own_name: str = "localhost") -> Self:
        """url: smtp://user:password@host:587 or smtps://host. own_name: what we call ourselves. Raises ValueError."""
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path not in ("", "/"):
            raise ValueError("write an address such as smtp://user:password@mail.example.org:587")
        tls = parts.scheme == "smtps"
        user = unquote(parts.username) if parts.username else None
        password = unquote(parts.password) if parts.password else None
        port = parts.port or (465 if tls else 587)
        return cls(parts.hostname, port, user, password, tls, sender(sender_text), own_name)

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Line"]:
        client = SMTP(
            hostname=self.host,
            port=self.port,
            username=self.user,
            password=self.password,
            use_tls=self.tls,
            start_tls=None if self.tls or self.host in LOOPBACK else True,
            local_hostname=self.own_name,
            timeout=SECONDS,
        )
        try:
            await client.connect()
        except (aiosmtplib.SMTPException, OSError) as error:
            client.close()
            raise Unreachable(type(error).__name__) from error
        try:
            yield Line(client, self.sender, self.own_name)
        finally:
            with suppress(aiosmtplib.SMTPException, OSError):
                await client.quit()
            client.close()


@dataclass(frozen=True, slots=True)
class Line:
    client: SMTP
    sender: Address
    own_name: str

    async def send(self, letter: Letter) -> None:
        try:
            await self.client.send_message(written(letter, self.sender, self.own_name))
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _no(error.recipients[0].code) from error
        except aiosmtplib.SMTPSenderRefused as error:  # our own setting: once it is right, this letter can go
            raise NotNow(f"sender {error.code}") from error
        except (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPTimeoutError, OSError) as error:
            raise Unreachable(type(error).__name__) from error
        except aiosmtplib.SMTPResponseException as error:
            raise _no(error.code) from error
        except (aiosmtplib.SMTPException, ValueError) as error:
            raise NotEver(type(error).__name__) from error


def _no(code: int) -> NotNow | NotEver:
    return NotEver(str(code)) if code >= 500 else NotNow(str(code))


def written(letter: Letter, sender: Address, own_name: str) -> EmailMessage:
    """Raises ValueError for an address that is none, or a line break where none may be."""
    message = EmailMessage(policy=POLICY)
    message["From"] = sender
    message["To"] = Address(addr_spec=checked(letter.to))
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = f"<{letter.id}@{own_name}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    return message

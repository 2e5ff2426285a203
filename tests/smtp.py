"""A real mail server on loopback, for one test: it keeps what it was given, and says no when told to."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult

from app.config import Config
from app.data.sealing import Keys
from app.delivery.worker import Worker, mail_of

Deliver = Callable[..., Awaitable[int]]


class Post:
    """answers: what it says to the next letters' recipients, in turn; then 250. hold: keeps the end of DATA waiting."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.answers: list[str] = []
        self.data_answers: list[str] = []
        self.port = 0
        self.connections = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.answers and (answer := self.answers.pop(0)) != "250 OK":
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.data_answers:
            return self.data_answers.pop(0)
        self.recipients += envelope.rcpt_tos
        self.received.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
        return "250 OK"

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def text(self, number: int = -1) -> str:
        return self.received[number].get_content()

    def path(self, number: int = -1) -> str:
        """The address in the letter, without its origin."""
        found = re.search(r"https?://[^/\s]+(/\S*)", self.text(number))
        assert found
        return found[1]


@asynccontextmanager
async def post_office(**settings: Any) -> AsyncIterator[Post]:
    post = Post()

    def connected() -> SMTP:
        post.connections += 1
        return SMTP(post, hostname="post.example", **settings)

    server = await asyncio.get_running_loop().create_server(connected, "127.0.0.1", 0)
    post.port = server.sockets[0].getsockname()[1]
    try:
        yield post
    finally:
        server.close()
        await server.wait_closed()


def only(user: str, password: str) -> Any:
    """An authenticator that lets that one in."""

    def check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        right = (data.login, data.password) == (user.encode(), password.encode())
        return AuthResult(success=right, handled=False)

    return check


@pytest.fixture
async def post() -> AsyncIterator[Post]:
    async with post_office() as office:
        yield office


@pytest.fixture
def deliver(config: Config, keys: Keys, post: Post) -> Deliver:
    """Everything that waits leaves now."""
    mailing = replace(config, mail_url=post.url, mail_from="no-reply@cairn.example")
    channel = mail_of(mailing)
    assert channel
    return Worker(channel, keys, mailing).turn

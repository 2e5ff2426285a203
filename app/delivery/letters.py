"""What each letter says, decided at the moment it is sent: fixed sentences that name nobody, no place and no care (M6)."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.config import Config
from app.data.engine import Statement
from app.data.piccolo_conf import DB
from app.data.sealing import Keys
from app.delivery.channel import Letter
from app.delivery.outbox import Due
from app.identity import links
from app.language import _, chosen, language, lazy

_ACCOUNT = Statement("""SELECT a.id, a.login, a.login_key, a.disabled_at, p.language FROM account a
    JOIN person p ON p.id = a.person WHERE a.person = {person}""")
_LAST_UNREAD = Statement("""SELECT n.at FROM notice n WHERE n.account = {account} AND n.read_at IS NULL
    ORDER BY n.at DESC LIMIT 1""")
_ANY_NEW = Statement("SELECT t.id FROM telling t WHERE t.state = 'new' LIMIT 1")
_NOT_LOOKED_OVER = Statement("SELECT g.id FROM break_glass g WHERE g.id = {id} AND g.reviewed_at IS NULL")
NEWS_FOR = timedelta(days=7)

NOTICE = (
    lazy("You have a new notice"),
    lazy("There is something new about how you sign in. Open this page to read it:"),
    lazy("If something there was not you, tell the people who gave you this account."),
)
RESET = (
    lazy("The link you asked for"),
    lazy("With this link you can choose a new password. It works once, for 10 minutes. Have your code at hand."),
    lazy("If you did not ask for it, you can leave this letter. Nothing has changed."),
)
ADDRESS = (
    lazy("Is this your address?"),
    lazy("With this link you can sign in with this address from now on. It works once, for 10 minutes."),
    lazy("If you did not ask for it, you can leave this letter. Nothing changes."),
)
SHARING = (
    lazy("You have a new notice"),
    lazy("Something has changed in what is open to you. Open this page to see what is there now:"),
    lazy("You don’t need to do anything."),
)
EMERGENCY = (
    lazy("Something waits for you"),
    lazy("There is something for you to look over within 72 hours. Open this page to read it:"),
    lazy("If you have done that already, you can leave this letter."),
)
TELLING = (
    lazy("Something waits for you"),
    lazy("There is something new for you to read. Open this page to see it:"),
    lazy("If you have read it already, you can leave this letter."),
)


class NotNeeded(Exception):
    """Nobody needs this letter any more. The text says why, in a word or two."""


@dataclass(frozen=True, slots=True)
class Recipient:
    account: UUID
    login: str
    login_key: str
    language: str


async def letter(due: Due, keys: Keys, config: Config, now: datetime) -> Letter:
    """Raises NotNeeded."""
    to = await _recipient(due, keys)
    if due.kind not in KINDS:
        raise NotNeeded("unknown")
    if "until" in due.payload and now > datetime.fromisoformat(due.payload["until"]):
        raise NotNeeded("late")
    if due.payload.get("login", to.login_key) != to.login_key:
        raise NotNeeded("address changed")
    path = await KINDS[due.kind](due, to, keys, now)
    where = keys.own().open("outbox", "address", due.id, due.address) or to.login
    with speaking(chosen(to.language)):
        subject, text, otherwise = (_(words) for words in WORDS[due.kind])
    return Letter(due.id, where, subject, f"{text}\n\n{config.origin}{path}\n\n{otherwise}\n")


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """In the language of whom it is for, whoever caused it."""
    before = language.set(code)
    try:
        yield
    finally:
        language.reset(before)


async def _recipient(due: Due, keys: Keys) -> Recipient:
    rows = (await DB.run((_ACCOUNT, {"person": due.recipient})))[0]
    if not rows or rows[0]["disabled_at"] is not None:
        raise NotNeeded("closed")
    row = rows[0]
    login = keys.own().open("account", "login", row["id"], bytes(row["login"])) or ""
    return Recipient(row["id"], login, row["login_key"], row["language"])


async def _notice(due: Due, to: Recipient, keys: Keys, now: datetime) -> str:
    """Not when all was read meanwhile. One to an address that is not used any more goes in any case."""
    if due.address is None:
        rows = (await DB.run((_LAST_UNREAD, {"account": to.account})))[0]
        if not rows:
            raise NotNeeded("read")
        if rows[0]["at"] < now - NEWS_FOR:
            raise NotNeeded("late")
    return "/"


async def _reset(due: Due, to: Recipient, keys: Keys, now: datetime) -> str:
    return "/reset/" + await links.make(links.RESET, to.account, now)


async def _address(due: Due, to: Recipient, keys: Keys, now: datetime) -> str:
    new = keys.own().open("outbox", "address", due.id, due.address) or ""
    return "/address/" + await links.make(links.ADDRESS, to.account, now, keys=keys, address=new)


async def _sharing(due: Due, to: Recipient, keys: Keys, now: datetime) -> str:
    return "/"


async def _emergency(due: Due, to: Recipient, keys: Keys, now: datetime) -> str:
    """Not once somebody has looked it over."""
    if not (await DB.run((_NOT_LOOKED_OVER, {"id": UUID(due.payload["emergency"])})))[0]:
        raise NotNeeded("looked over")
    return "/staff/emergency/reviews"


async def _telling(due: Due, to: Recipient, keys: Keys, now: datetime) -> str:
    """Not once somebody has seen to all of them."""
    if not (await DB.run((_ANY_NEW, {})))[0]:
        raise NotNeeded("seen to")
    return "/staff/telling"


KINDS: dict[str, Callable[[Due, Recipient, Keys, datetime], Awaitable[str]]] = {
    "account.notice": _notice,
    "account.reset": _reset,
    "account.address": _address,
    "sharing.changed": _sharing,
    "emergency.opened": _emergency,
    "telling.received": _telling,
}
WORDS = {
    "account.notice": NOTICE,
    "account.reset": RESET,
    "account.address": ADDRESS,
    "sharing.changed": SHARING,
    "emergency.opened": EMERGENCY,
    "telling.received": TELLING,
}

"""Passwords: never the only factor. argon2id over an HMAC with a pepper that is not in the database (A9 to A12)."""

import asyncio
import gzip
import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.data.sealing import Keys
from app.errors import DomainError
from app.language import _

Result = TypeVar("Result")
HASHER = PasswordHasher(time_cost=2, memory_cost=47104, parallelism=1, hash_len=32, salt_len=16)
SHORTEST, LONGEST = 12, 256
# What belongs to this place and the roles in it: the first that anybody would try.
OURS = ("cairn", "password", "contraseña", "casemanager", "case manager", "supervisor", "administrator", "clinician")
AT_ONCE, WAITING = 2, 16
LIST = Path(__file__).parent / "common-passwords.txt.gz"
PHRASE = Path(__file__).parent / "phrase-words.txt"


class Busy(DomainError):
    """Too many people sign in at this moment; trying again in two seconds helps."""

    status = 503
    headers = {"Retry-After": "2"}


def _peppered(keys: Keys, password: str) -> bytes:
    """One NFC normalisation, so that phone and desktop keyboards agree, and nothing else."""
    return hmac.new(keys.pepper, unicodedata.normalize("NFC", password).encode(), hashlib.sha256).digest()


def hash_password(keys: Keys, password: str) -> str:
    """About 100 ms of one core. The pepper's version stands in front, for when it is changed."""
    return "1$" + HASHER.hash(_peppered(keys, password))


def verify(keys: Keys, stored: str, password: str) -> bool:
    """stored: as `hash_password` made it, or "" for an account without one, which takes as long and is never right."""
    hashed = stored.removeprefix("1$") if stored else _dummy()
    try:
        return HASHER.verify(hashed, _peppered(keys, password)) and bool(stored)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _dummy() -> str:
    return HASHER.hash(secrets.token_bytes(32))


def outdated(stored: str) -> bool:
    return bool(stored) and HASHER.check_needs_rehash(stored.removeprefix("1$"))


class Workers:
    """Two hashes at once, sixteen waiting; beyond that it is kinder to say so than to let everybody wait."""

    def __init__(self) -> None:
        self.waiting = 0
        self.free = asyncio.Semaphore(AT_ONCE)

    @contextmanager
    def place(self) -> Iterator[None]:
        """In line, from before anything is counted or written until all is. Raises Busy when the line is full."""
        if self.waiting >= AT_ONCE + WAITING:
            raise Busy
        self.waiting += 1
        try:
            yield
        finally:
            self.waiting -= 1

    async def at_work(self, work: Callable[..., Result], *args: Any) -> Result:
        """For somebody who has a place."""
        async with self.free:
            return await asyncio.to_thread(work, *args)

    async def run(self, work: Callable[..., Result], *args: Any) -> Result:
        with self.place():
            return await self.at_work(work, *args)


WORKERS = Workers()


async def hashed(keys: Keys, password: str) -> str:
    return await WORKERS.run(hash_password, keys, password)


async def verified(keys: Keys, stored: str, password: str) -> bool:
    """For somebody who has a place."""
    return await WORKERS.at_work(verify, keys, stored, password)


def problem(password: str, *, own_words: tuple[str, ...] = ()) -> str:
    """What is wrong with a new password, in words, or "". own_words: names and addresses it must not be made of."""
    if len(password) < SHORTEST:
        return _("Make it at least 12 characters long. A few words in a row work well.")
    if len(password) > LONGEST:
        return _("Make it at most 256 characters long.")
    plain = unicodedata.normalize("NFC", password).casefold()
    if hashlib.sha256(plain.encode()).digest()[:8] in common():
        return _("Many people use this one, so it is easy to guess. Pick another.")
    for word in (*OURS, *own_words):
        if len(word) >= 4 and word.casefold() in plain:
            return _("Leave your own name, address and the name of this place out of it.")
    return ""


@cache
def common() -> frozenset[bytes]:
    """Digests of the shipped list (LISTS.md says where it comes from)."""
    with gzip.open(LIST, "rt") as file:
        return frozenset(hashlib.sha256(line.strip().encode()).digest()[:8] for line in file)


@cache
def _words() -> tuple[str, ...]:
    """Without those that `problem` turns down: what is offered is always taken."""
    return tuple(word for word in PHRASE.read_text().split() if not any(ours in word for ours in OURS))


def phrase() -> str:
    """Four plain words to offer as a password."""
    return " ".join(secrets.choice(_words()) for _ in range(4))

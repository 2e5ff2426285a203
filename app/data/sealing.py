"""Encryption of free text at rest: a data key per client, wrapped by the master key.

AES-256-GCM with a random 96-bit nonce; the associated data is table|column|row|key version, so that a sealed text moved
to another place does not open. Deleting a client's key row makes all of their text unreadable, in backups too.
"""

import hashlib
import hmac
import json
import os
import secrets
import stat
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Self
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NAMES = ("master", "pepper", "index", "audit", "cookie")
VERSION = 1


class KeysMissing(Exception):
    """There is no usable key file; the text says why and what to do."""


class SealBroken(Exception):
    """A sealed text did not open: wrong key, changed bytes or wrong place. One error for all, on purpose."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The organisation's secrets, 256 bits each. Never in the database, a log or a backup of the data."""

    master: bytes
    pepper: bytes
    index: bytes
    audit: bytes
    cookie: bytes

    @classmethod
    def make(cls) -> Self:
        return cls(*(secrets.token_bytes(32) for _ in NAMES))

    @classmethod
    def from_seed(cls, seed: int) -> Self:
        """For sample data alone: the same seed gives the same keys."""
        return cls(*(hashlib.sha256(f"cairn sample {seed} {name}".encode()).digest() for name in NAMES))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Raises KeysMissing when the file is absent, readable by others, or incomplete."""
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
            if mode & 0o077:
                raise KeysMissing(f"{path}: others can read the key file; set its mode to 0600")
            held = json.loads(path.read_text())
            keys = cls(**{name: bytes.fromhex(held[name]) for name in NAMES})
        except FileNotFoundError:
            raise KeysMissing(f"{path}: no key file here; `cairn config keys` makes one") from None
        except (OSError, ValueError, KeyError, TypeError):
            raise KeysMissing(f"{path}: this is not a whole key file") from None
        if any(len(getattr(keys, name)) != 32 for name in NAMES) or len({keys.master, keys.pepper, keys.index}) < 3:
            raise KeysMissing(f"{path}: each key is 32 bytes of its own")
        return keys

    def save(self, path: Path) -> None:
        """Raises FileExistsError rather than overwrite keys, which would lose every sealed text."""
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            json.dump({name: getattr(self, name).hex() for name in NAMES}, file, indent=1)

    def blind(self, purpose: str, text: str) -> str:
        """A keyed digest for looking up by equality what is itself sealed. Hex, 64 characters."""
        return hmac.new(self.index, f"{purpose}|{text}".encode(), hashlib.sha256).hexdigest()

    def derived(self, purpose: str) -> bytes:
        """A 256-bit key for one purpose, from the master key."""
        return _derived(self.master, purpose)

    def own(self) -> "Seal":
        """The seal for what belongs to no client: logins, one-time-code secrets, phone numbers of persons."""
        return Seal(self.derived("own"))

    def new_client(self, client: UUID) -> tuple["Seal", bytes]:
        """A new data key and its wrapped form for the client's row in client_key."""
        data_key = secrets.token_bytes(32)
        return Seal(data_key), self._wrapping().seal_bytes("client_key", "wrapped", client, data_key)

    def of_client(self, client: UUID, wrapped: bytes) -> "Seal":
        """Raises SealBroken."""
        return Seal(self._wrapping().open_bytes("client_key", "wrapped", client, wrapped))

    def _wrapping(self) -> "Seal":
        return _seal_with(self.derived("wrap"))


@lru_cache(64)
def _derived(master: bytes, purpose: str) -> bytes:
    return hmac.new(master, f"cairn|{purpose}".encode(), hashlib.sha256).digest()


class Seal:
    """Seals and opens texts with one data key."""

    __slots__ = ("_cipher",)

    def __init__(self, data_key: bytes) -> None:
        self._cipher = AESGCM(data_key)

    def seal(self, table: str, column: str, row: UUID, text: str | None) -> bytes | None:
        return None if text is None else self.seal_bytes(table, column, row, text.encode())

    def open(self, table: str, column: str, row: UUID, sealed: bytes | None) -> str | None:
        """None for what was never written. Raises SealBroken."""
        return None if sealed is None else self.open_bytes(table, column, row, sealed).decode()

    def seal_bytes(self, table: str, column: str, row: UUID, plain: bytes) -> bytes:
        nonce = os.urandom(12)
        place = f"{table}|{column}|{row}|{VERSION}".encode()
        return bytes((VERSION,)) + nonce + self._cipher.encrypt(nonce, plain, place)

    def open_bytes(self, table: str, column: str, row: UUID, sealed: bytes) -> bytes:
        try:
            place = f"{table}|{column}|{row}|{sealed[0]}".encode()
            return self._cipher.decrypt(sealed[1:13], sealed[13:], place)
        except (InvalidTag, IndexError, ValueError):
            raise SealBroken("a sealed text did not open") from None


@lru_cache(8)
def _seal_with(key: bytes) -> Seal:
    return Seal(key)

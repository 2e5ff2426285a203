"""Every setting, read once from the environment. A wrong one stops the start and names itself."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

LOOPBACK = ("localhost", "127.0.0.1", "::1")


class WrongSetting(Exception):
    """A setting that cannot be used; the text names it and says what would do."""


def _flag(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError("write 1 for yes or 0 for no")
    return text == "1"


def _hosts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _setting(name: str, default: str, about: str, read: Any = str) -> Any:
    return field(default=read(default), metadata={"name": name, "default": default, "about": about, "read": read})


@dataclass(frozen=True, slots=True)
class Config:
    """The running values. Each can be set by the environment variable in its metadata."""

    database_url: str = _setting("CAIRN_DATABASE_URL", "sqlite:///cairn.db", "sqlite:///file or postgresql://...")
    public_url: str = _setting(
        "CAIRN_PUBLIC_URL", "http://localhost:8000", "the address people type; links are built from it"
    )
    keys: Path = _setting("CAIRN_KEYS", "cairn.keys", "the key file, mode 0600, kept apart from the database", Path)
    files: Path = _setting("CAIRN_FILES", "files", "the folder of sealed attachments", Path)
    trusted_proxies: tuple[str, ...] = _setting("CAIRN_TRUSTED_PROXIES", "", "addresses of proxies, by comma", _hosts)
    demo: bool = _setting("CAIRN_DEMO", "0", "1 only for the sample organisation: one-click sign-in", _flag)
    worker: bool = _setting("CAIRN_WORKER", "1", "0 takes the pages kept for no signal off every phone", _flag)
    mail_url: str = _setting("CAIRN_MAIL_URL", "", "smtp://user:password@host:587 or smtps://...; empty keeps all mail")
    mail_from: str = _setting("CAIRN_MAIL_FROM", "", "whom mail is from: Care team <no-reply@example.org>")
    sends: bool = _setting("CAIRN_SENDS", "1", "0 leaves sending to `cairn worker`", _flag)
    readers: int = _setting("CAIRN_READERS", "4", "reading connections on SQLite", int)

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Self:
        """Raises WrongSetting, naming the variable, for a value that cannot be used or a CAIRN_ name we do not know."""
        env = os.environ if env is None else env
        names = {f.metadata["name"]: f for f in fields(cls)}
        for name in env:
            if name.startswith("CAIRN_") and name not in names and not name.startswith("CAIRN_TEST_"):
                raise WrongSetting(f"{name}: there is no such setting; `cairn config` lists them")
        values: dict[str, Any] = {}
        for name, f in names.items():
            if name not in env:
                continue
            try:
                values[f.name] = f.metadata["read"](env[name])
            except ValueError as error:
                raise WrongSetting(f"{name}: {error}") from None
        config = cls(**values)
        config.check()
        return config

    def check(self) -> None:
        url = urlsplit(self.public_url)
        if url.scheme not in ("http", "https") or not url.hostname or url.path not in ("", "/"):
            raise WrongSetting("CAIRN_PUBLIC_URL: write an address such as https://cairn.example.org")
        if url.scheme == "http" and url.hostname not in LOOPBACK:
            raise WrongSetting("CAIRN_PUBLIC_URL: without https only a loopback address will do")
        if self.demo and url.hostname not in LOOPBACK:
            raise WrongSetting("CAIRN_DEMO: the sample organisation is never served on a public address")
        if urlsplit(self.database_url).scheme not in ("sqlite", "postgresql", "postgres"):
            raise WrongSetting("CAIRN_DATABASE_URL: an address starts with sqlite:/// or postgresql://")
        self._check_mail()
        if not 1 <= self.readers <= 32:
            raise WrongSetting("CAIRN_READERS: a number from 1 to 32")

    def _check_mail(self) -> None:
        from app.delivery.mail import Mail, sender

        if not self.mail_url:
            return
        try:
            sender(self.mail_from)
        except ValueError:
            raise WrongSetting("CAIRN_MAIL_FROM: write an address such as Care team <no-reply@example.org>") from None
        try:
            Mail.at(self.mail_url, self.mail_from)
        except ValueError:
            raise WrongSetting(
                "CAIRN_MAIL_URL: write an address such as smtp://user:password@mail.example.org:587"
            ) from None

    @property
    def origin(self) -> str:
        return self.public_url.rstrip("/")

    @property
    def host(self) -> str:
        """As it stands in the Host header."""
        return urlsplit(self.public_url).netloc

    @property
    def rp_id(self) -> str:
        """The passkeys' relying party: the host name alone."""
        return urlsplit(self.public_url).hostname or "localhost"

"""Columns that several subjects share."""

import uuid
from typing import Any

from piccolo.columns import UUID, BigInt, Bytea, ForeignKey, Integer, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.table import Table


class Sealed(Bytea):
    """Free text about a person, encrypted with that client's key; `app.data.sealing` writes and opens it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"default": None, "null": True} | kwargs))


def key() -> UUID:
    """A random 128-bit identity: nothing can be guessed from its neighbours."""
    return UUID(primary_key=True, default=uuid.uuid4)


def moment(**kwargs: Any) -> Timestamptz:
    """A time in UTC that may be absent."""
    return Timestamptz(**({"default": None, "null": True} | kwargs))


def now(**kwargs: Any) -> Timestamptz:
    return Timestamptz(default=TimestamptzNow(), **kwargs)


def link(to: Any, **kwargs: Any) -> ForeignKey:
    """A required reference; nothing that is referred to can be deleted."""
    settings: dict[str, Any] = {"null": False, "on_delete": OnDelete.restrict, "default": None}
    return ForeignKey(to, **(settings | kwargs))


class Item:
    """What `app.access` asks of every row that belongs to a client.

    labels, flags: bit masks of `app.access.facts.Label` and `Flag`. dated: the moment the row is about, which a grant's
    `data_from` is held against. author: who wrote it, for what only its author may read.
    """

    labels = Integer(default=0)
    flags = Integer(default=0)
    dated = now()
    author = UUID(default=None, null=True)
    version = BigInt(default=1)


__all__ = ["Item", "Sealed", "Table", "key", "link", "moment", "now"]

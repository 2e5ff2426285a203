"""The append-only log of looks and acts."""

from piccolo.columns import UUID, BigInt, Timestamptz, Varchar

from app.data.tables.base import Table


class AccessEvent(Table):
    """seq rises by one. hash: SHA-256 over the event before and this one's canonical bytes. No words of any record."""

    seq = BigInt(primary_key=True)
    at = Timestamptz()
    actor = UUID(default=None, null=True)
    acting_as = Varchar(length=30, default="")
    client = UUID(default=None, null=True)
    category = Varchar(length=30, default="")
    item = UUID(default=None, null=True)
    action = Varchar(length=40)
    effect = Varchar(length=10, default="allow")
    basis = Varchar(length=30, default="")
    basis_id = UUID(default=None, null=True)
    channel = Varchar(length=20, default="page")
    request_id = Varchar(length=32, default="")
    session = UUID(default=None, null=True)
    address = Varchar(length=64, default="")
    reason = Varchar(length=40, default="")
    hash = Varchar(length=64, default="")


__all__ = ["AccessEvent"]

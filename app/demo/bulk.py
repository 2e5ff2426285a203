"""Rows by the hundred thousand, into either engine, parents before children, all in one transaction."""

import os
from collections.abc import Sequence
from random import Random
from typing import Any

from piccolo.table import Table

from app.data.engine import PRAGMAS, Postgres, SQLite
from app.data.piccolo_conf import DB
from app.data.tables.appointment import Appointment
from app.data.tables.care import CareTeam, Client, ClientKey, Contact, EpisodeOfCare, Standing, Task
from app.data.tables.consent import Authority, Consent, Grant, ItemDenial, Relationship
from app.data.tables.crisis_plan import CrisisEntry, CrisisPlan
from app.data.tables.goal import Comment, Goal, Step
from app.data.tables.identity import Account
from app.data.tables.message import Message, Thread, ThreadMember
from app.data.tables.people import Organisation, Person, Programme, Staff, Team
from app.data.tables.resource import (
    Directory,
    Location,
    Organization,
    Phone,
    SavedResource,
    Schedule,
    Service,
    ServiceAtLocation,
)
from app.data.tables.telling import Telling

ORDER: tuple[type[Table], ...] = (
    Organisation, Programme, Person, Team, Staff, Account, Directory, Organization, Location, Service, ServiceAtLocation,
    Phone, Schedule, Client, ClientKey, EpisodeOfCare, CareTeam, Relationship, Authority, Consent, Grant, Goal, Step,
    Comment, Appointment, CrisisPlan, CrisisEntry, Thread, ThreadMember, Message, Task, Contact, SavedResource, ItemDenial,
    Standing, Telling,
)  # fmt: skip
PLAIN = (str, int, float, bool, bytes)
# KiB of page cache while many clients are written: the indexes have to fit, and no more than a quarter of the memory is used.
EACH = 64


def _defaults(table: type[Table]) -> dict[str, Any]:
    given = {column._meta.name: column._meta.params.get("default") for column in table._meta.columns}
    return {name: value if isinstance(value, PLAIN) else None for name, value in given.items()}


DEFAULTS = {table: _defaults(table) for table in ORDER}


def new_id(rng: Random) -> str:
    """A version 4 UUID in its usual spelling, from the seeded source."""
    bits = f"{rng.getrandbits(128):032x}"
    return f"{bits[:8]}-{bits[8:12]}-4{bits[13:16]}-{'89ab'[int(bits[16], 16) & 3]}{bits[17:20]}-{bits[20:]}"


class Sheet:
    """Rows that wait to be written. Ids are texts, which both engines take for UUIDs; times are aware."""

    def __init__(self) -> None:
        self.rows: dict[type[Table], list[tuple[Any, ...]]] = {table: [] for table in ORDER}

    def add(self, table: type[Table], **values: Any) -> None:
        """A column that is not named takes the table's default."""
        self.rows[table].append(tuple((DEFAULTS[table] | values).values()))

    async def pour(self) -> None:
        """Write everything, inside the transaction that is open, and be empty again."""
        batches = [(table, rows) for table, rows in self.rows.items() if rows]
        if isinstance(DB, SQLite):
            await DB.call(True, _insert, [(_sql(table), rows) for table, rows in batches])
        else:
            connection = DB.live().connection
            for table, rows in batches:
                name, columns = table._meta.tablename, list(DEFAULTS[table])
                await connection.copy_records_to_table(name, records=rows, columns=columns, timeout=600)
        self.rows = {table: [] for table in ORDER}


def _sql(table: type[Table]) -> str:
    columns = ", ".join(f'"{name}"' for name in DEFAULTS[table])
    places = ", ".join("?" * len(DEFAULTS[table]))
    return f'INSERT INTO "{table._meta.tablename}" ({columns}) VALUES ({places})'  # noqa: S608


def _insert(connection: Any, batches: Sequence[tuple[str, list[tuple[Any, ...]]]]) -> None:
    for sql, rows in batches:
        connection.executemany(sql, rows)


async def room(clients: int) -> None:
    """Inside the transaction: a page cache for so many clients while they are written; 0: the usual one."""
    if isinstance(DB, SQLite):
        quarter = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 4096
        await DB.call(True, _cache, -min(clients * EACH, quarter) if clients else PRAGMAS["cache_size"])


def _cache(connection: Any, size: int) -> None:
    connection.execute(f"PRAGMA cache_size={size}")


async def settle() -> None:
    """After the commit: the log folded into the file, or the planner told what there is now."""
    if isinstance(DB, SQLite):
        await DB.call(True, _fold)
    elif isinstance(DB, Postgres):
        await DB.run_ddl("ANALYZE")


def _fold(connection: Any) -> None:
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

"""The two engines behind one set of calls: SQLite tuned for many readers and one writer, PostgreSQL with a pool.

Piccolo opens a connection and a thread per query on SQLite, and its transactions lose connections when a commit fails or
a task is cancelled. The classes here keep long-lived connections, make nested transactions real savepoints, and refuse a
query from a child task of an open transaction.
"""

import asyncio
import contextlib
import os
import sqlite3
import string
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote, unquote, urlsplit

import aiosqlite
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction
from piccolo.engine.sqlite import SQLiteEngine, SQLiteTransaction, TransactionType

from app.data.lock import WriterLock
from app.data.values import register

Row = dict[str, Any]
register()

# synchronous=FULL: an acknowledged record survives a power cut. No mmap: a damaged page must be an error, not a signal.
PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "busy_timeout": 5000,
    "secure_delete": 1,
    "temp_store": 2,
    "trusted_schema": 0,
    "mmap_size": 0,
    "cache_size": -16000,
}
# A reader takes the file as the writer made it.
READING = {name: value for name, value in PRAGMAS.items() if name != "journal_mode"} | {"query_only": 1}


class Statement:
    """SQL compiled once for both engines. Placeholders are `{name}`; values are always bound, never written in.

    A name may stand several times. Booleans are written `WHERE active`, not `= 1`, which PostgreSQL refuses.
    aside: it may take more than a millisecond or two; on SQLite it is then read in a thread of its own.
    """

    __slots__ = ("aside", "lite", "lite_names", "names", "postgres")

    def __init__(self, sql: str, *, aside: bool = False) -> None:
        self.aside = aside
        lite: list[str] = []
        postgres: list[str] = []
        self.lite_names: list[str] = []
        self.names: list[str] = []
        for text, name, _, _ in string.Formatter().parse(sql):
            lite.append(text)
            postgres.append(text)
            if name is None:
                continue
            if name not in self.names:
                self.names.append(name)
            self.lite_names.append(name)
            lite.append("?")
            postgres.append(f"${self.names.index(name) + 1}")
        self.lite = "".join(lite)
        self.postgres = "".join(postgres)


Asked = tuple[Statement, Mapping[str, Any]]


class _Transaction:
    """What both engines' transactions share: a nested one is a savepoint, and no connection is ever lost."""

    owner: asyncio.Task[Any] | None = None
    done = False
    engine: Any
    connection: Any
    _parent: Any
    take: Any  # async, each engine's own: a connection that nobody else uses
    give: Any  # async, each engine's own: hand it back, or throw it away when it is broken

    async def __aenter__(self) -> Self:
        if self._parent is not None:
            self.savepoint = await self._parent.savepoint()
            return self._parent
        self.connection = await self.take()
        try:
            await self.begin()  # type: ignore[attr-defined]
        except BaseException:
            await asyncio.shield(self.give(True))
            raise
        self.owner = asyncio.current_task()
        self.context = self.engine.current_transaction.set(self)
        return self

    async def __aexit__(self, kind: Any, error: BaseException | None, trace: Any) -> bool:
        if self._parent is not None:
            if error is not None:
                await self.savepoint.rollback_to()
            await self.savepoint.release()
            return False
        self.done = True
        self.engine.current_transaction.reset(self.context)
        await asyncio.shield(self._end(error))
        return False

    async def _end(self, error: BaseException | None) -> None:
        broken = True
        try:
            if not (self._committed or self._rolled_back):  # type: ignore[attr-defined]
                await (self.commit() if error is None else self.rollback())  # type: ignore[attr-defined]
            broken = False
        finally:
            await self.give(broken)


class _Engine:
    """What both engines share. `statements` counts what was run, for the bound on statements per page."""

    statements = 0
    current_transaction: Any

    def live(self) -> Any:
        """The transaction this task is in, or None. Raises RuntimeError in a child task of one that is open."""
        transaction = self.current_transaction.get()
        if transaction is None or transaction.done:
            if transaction is not None:  # inherited by a task that outlived it
                self.current_transaction.set(None)
            return None
        if transaction.owner is not asyncio.current_task():
            raise RuntimeError("a query from a child task of an open transaction")
        return transaction

    def hold(self) -> None:
        """Be the one process that writes, until this one ends. Raises InUse when there is another (on SQLite alone)."""

    async def batch(self, *_: Any, **__: Any) -> Any:
        raise RuntimeError("batch() swallows errors: page by key instead")


class PostgresTx(_Transaction, PostgresTransaction):
    async def take(self) -> Any:
        connection = await self.get_connection()
        self.transaction = connection.transaction()
        return connection

    async def give(self, broken: bool) -> None:
        pool = self.engine.pool
        await (pool.release(self.connection) if pool else self.connection.close())


class Postgres(_Engine, PostgresEngine):
    postgres = True

    def __init__(self, url: str) -> None:
        self.url = url
        super().__init__(config={"dsn": url}, extensions=(), log_queries=False)

    async def check_version(self) -> None:
        """Piccolo connects when the engine is made, to look at the version; `cairn doctor` does that when asked."""

    def open_at(self, url: str) -> None:
        """Point the engine at another database; only while no pool is open."""
        self.url = url
        self.config = {"dsn": url}

    async def start_connection_pool(self, *, write: bool = True, **settings: Any) -> None:
        settings = {"min_size": 2, "max_size": 10, "command_timeout": 30} | settings
        await super().start_connection_pool(**settings)

    async def run_querystring(self, querystring: Any, in_pool: bool = True) -> Any:
        self.live()
        self.statements += 1
        return await super().run_querystring(querystring, in_pool)

    async def run_ddl(self, ddl: str, in_pool: bool = True) -> Any:
        self.live()
        return await super().run_ddl(ddl, in_pool)

    def transaction(self, allow_nested: bool = True, write: bool = True) -> Any:
        self.live()
        return PostgresTx(self, allow_nested)

    async def run(self, *asked: Asked) -> list[list[Row]]:
        """The rows of each statement, in order, over one connection (that of the open transaction, if there is one)."""
        self.statements += len(asked)
        if transaction := self.live():
            return [await self._fetch(transaction.connection, *one) for one in asked]
        if self.pool is None:
            connection = await self.get_new_connection()
            try:
                return [await self._fetch(connection, *one) for one in asked]
            finally:
                await connection.close()
        async with self.pool.acquire() as connection:
            return [await self._fetch(connection, *one) for one in asked]

    @staticmethod
    async def _fetch(connection: Any, statement: Statement, values: Mapping[str, Any]) -> list[Row]:
        return [dict(row) for row in await connection.fetch(statement.postgres, *[values[n] for n in statement.names])]


def _fetch(connection: Any, sql: str, values: Sequence[Any]) -> list[Row]:
    cursor = connection.execute(sql, values)
    rows = cursor.fetchall()
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in rows]


def _fetch_all(connection: Any, asked: Sequence[tuple[str, list[Any]]]) -> list[list[Row]]:
    return [_fetch(connection, sql, values) for sql, values in asked]


class LiteTx(_Transaction, SQLiteTransaction):
    write = True

    async def take(self) -> Any:
        return await self.engine.acquire(self.write)

    async def give(self, broken: bool) -> None:
        await self.engine.release(self.connection, self.write, broken)


class SQLite(_Engine, SQLiteEngine):
    """One writing connection and several that only read, all long-lived while the pool is open.

    What is found by an index in microseconds is read where the request is handled: a hop to another thread and back would
    cost several times the reading itself. Readers in WAL wait for nobody.
    """

    postgres = False

    def __init__(self, url: str, readers: int = 4) -> None:
        self.readers = readers
        self.loop: asyncio.AbstractEventLoop | None = None
        super().__init__(path=self._path(url), timeout=5.0)
        self.url = url
        self.lock = WriterLock(self.path)

    @staticmethod
    def _path(url: str) -> str:
        return unquote(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else url

    def open_at(self, url: str) -> None:
        """Point the engine at another file; only while no pool is open."""
        self.url = url
        self.path = self._path(url)
        self.connection_kwargs["database"] = self.path
        if self.lock.database != self.path:
            self.lock.give(self)
            self.lock = WriterLock(self.path)

    def exists(self) -> bool:
        return Path(self.path).exists()

    def hold(self) -> None:
        self.lock.take(self)

    async def get_connection(self, query_only: bool = False) -> Any:
        """Raises InUse when it is to write and another process does, FileNotFoundError when there is nothing to read."""
        connection: Any = aiosqlite.connect(**self._opened(query_only))
        connection._thread.daemon = True  # else a forgotten close hangs the interpreter at exit
        if not query_only:
            self.lock.take(connection)
        try:
            await connection
            for name, value in (READING if query_only else PRAGMAS).items():
                await connection.execute_fetchall(f"PRAGMA {name}={value}")
                rows = await connection.execute_fetchall(f"PRAGMA {name}")
                if rows and rows[0][0] != value and name != "mmap_size":
                    raise RuntimeError(f"SQLite did not accept {name}={value}")
            if not query_only:
                os.chmod(self.path, 0o600)  # noqa: PTH101
        except BaseException:
            await self._close(connection)
            raise
        return connection

    def _opened(self, query_only: bool) -> dict[str, Any]:
        """A reader's file is opened for reading alone, so that it never folds the log into it either."""
        if not query_only:
            return self.connection_kwargs
        if not self.exists():
            raise FileNotFoundError(f"{self.path}: there is no database yet; `cairn migrate` makes it")
        return self.connection_kwargs | {"database": f"file:{quote(self.path)}?mode=ro", "uri": True}

    async def _close(self, connection: Any) -> None:
        with contextlib.suppress(Exception):
            await connection.close()
        self.lock.give(connection)

    async def start_connection_pool(self, *, write: bool = True, **_: Any) -> None:
        """write=False: for a command that only reads, beside a server that runs."""
        self.writers: asyncio.LifoQueue[Any] = asyncio.LifoQueue()
        self.idle: asyncio.LifoQueue[Any] = asyncio.LifoQueue()
        self.all: list[Any] = []
        for number in range(0 if write else 1, self.readers + 1):  # the writer first: it makes the file WAL
            self.all.append(connection := await self.get_connection(query_only=number > 0))
            (self.idle if number else self.writers).put_nowait(connection)
        self.here = self._reader_here()
        self.loop = asyncio.get_running_loop()

    def _reader_here(self) -> sqlite3.Connection:
        connection = sqlite3.connect(**self._opened(True))
        for name, value in READING.items():
            connection.execute(f"PRAGMA {name}={value}")
        return connection

    async def close_connection_pool(self) -> None:
        self.loop = None
        self.here.close()
        for connection in sorted(self.all, key=self.lock.holders.__contains__):  # the writer last: it folds the log
            await self._close(connection)
        self.all = []

    async def acquire(self, write: bool) -> Any:
        if self.loop is not asyncio.get_running_loop():  # commands and migrations, outside the server
            return await self.get_connection(query_only=not write)
        if write and not self.lock.holders:
            raise RuntimeError("this pool was opened for reading alone")
        async with asyncio.timeout(15):
            return await (self.writers if write else self.idle).get()

    async def release(self, connection: Any, write: bool, broken: bool = False) -> None:
        if self.loop is not asyncio.get_running_loop() or connection not in self.all:
            await self._close(connection)
            return
        if broken:
            self.all.remove(connection)
            await self._close(connection)
            self.all.append(connection := await self.get_connection(query_only=not write))
        (self.writers if write else self.idle).put_nowait(connection)

    async def call(self, write: bool, work: Any, *args: Any) -> Any:
        """`work(raw connection, *args)` in the connection's thread: one hop, whatever it does there."""
        if transaction := self.live():
            return await transaction.connection._execute(work, transaction.connection._conn, *args)
        connection = await self.acquire(write)
        job = asyncio.ensure_future(connection._execute(work, connection._conn, *args))
        try:
            return await asyncio.shield(job)
        except asyncio.CancelledError:
            with contextlib.suppress(Exception):
                await job  # never hand on a connection that is still at work
            raise
        finally:
            await self.release(connection, write)

    async def run(self, *asked: Asked) -> list[list[Row]]:
        """The rows of each statement, in order, in one hop and over one connection."""
        self.statements += len(asked)
        bound = [(statement.lite, [values[n] for n in statement.lite_names]) for statement, values in asked]
        write = any(not statement.lite.lstrip()[:6].upper().startswith(("SELECT", "WITH")) for statement, _ in asked)
        aside = write or any(statement.aside for statement, _ in asked)
        if not aside and self.live() is None and self.loop is asyncio.get_running_loop():
            return _fetch_all(self.here, bound)
        return await self.call(write, _fetch_all, bound)

    async def run_querystring(self, querystring: Any, in_pool: bool = True) -> Any:
        self.statements += 1
        sql, values = querystring.compile_string(engine_type=self.engine_type)
        return await self.call(sql.lstrip()[:6].upper() != "SELECT", _fetch, sql, values)

    async def run_ddl(self, ddl: str, in_pool: bool = True) -> Any:
        return await self.call(True, _fetch, ddl, ())

    def transaction(self, transaction_type: Any = None, allow_nested: bool = True, write: bool = True) -> Any:
        """Writes are always IMMEDIATE: a deferred one that turns writer meets 'database is locked' under load."""
        self.live()
        transaction = LiteTx(self, TransactionType.immediate if write else TransactionType.deferred, allow_nested)
        transaction.write = write
        return transaction


def engine_for(url: str) -> SQLite | Postgres:
    """`sqlite:///relative/or//absolute/path` or `postgresql://...`. Raises ValueError for anything else."""
    scheme = urlsplit(url).scheme
    if scheme == "sqlite":
        return SQLite(url)
    if scheme in ("postgresql", "postgres"):
        return Postgres(url)
    raise ValueError("a database address starts with sqlite:/// or postgresql://")

"""The engines: nothing is lost between writers, nothing leaks from a transaction, on SQLite and on PostgreSQL."""

import asyncio
import contextlib
import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from app.data.engine import PRAGMAS, SQLite, Statement, engine_for
from app.data.lock import InUse
from app.data.piccolo_conf import DB
from app.data.tables.people import Programme, Team

pytestmark = pytest.mark.anyio
NAME = Statement("SELECT p.name FROM programme p WHERE p.id = {id}")


async def a_counter() -> Programme:
    row = Programme(name="0")
    await Programme.insert(row)
    return row


async def raise_by_one(counter: Programme, times: int) -> None:
    for _ in range(times):
        async with DB.transaction():
            lock = Statement("SELECT p.name FROM programme p WHERE p.id = {id} FOR UPDATE") if DB.postgres else NAME
            rows = (await DB.run((lock, {"id": counter.id})))[0]
            await Programme.update({Programme.name: str(int(rows[0]["name"]) + 1)}).where(Programme.id == counter.id)


async def held(counter: Programme) -> int:
    return int((await DB.run((NAME, {"id": counter.id})))[0][0]["name"])


async def test_sixteen_writers_at_once_lose_nothing(database: str) -> None:
    counter = await a_counter()
    await asyncio.gather(*(raise_by_one(counter, 20) for _ in range(16)))
    assert await held(counter) == 320


def another_process(database: str, body: str, *, write: bool) -> subprocess.Popen[str]:
    """Runs `body`, lines of an async function, with the pool open on the same database."""
    script = (
        "import asyncio, sys\n"
        "from types import SimpleNamespace\n"
        "from uuid import UUID\n"
        "from app.data.piccolo_conf import DB\n"
        "from tests.test_engine import held, raise_by_one\n"
        "async def main():\n"
        f"    await DB.start_connection_pool(write={write})\n"
        f"    {body}\n"
        "    await DB.close_connection_pool()\n"
        "asyncio.run(main())\n"
    )
    root = Path(__file__).parent.parent
    env = os.environ | {"CAIRN_DATABASE_URL": database, "PYTHONPATH": str(root)}
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-c", script], env=env, cwd=root, stdout=pipe, stderr=pipe, text=True)


async def said(process: subprocess.Popen[str]) -> tuple[str, str]:
    return await asyncio.to_thread(process.communicate, timeout=60)


def counting(counter: Programme, times: int = 10) -> str:
    return f"await asyncio.gather(*(raise_by_one(SimpleNamespace(id=UUID('{counter.id}')), {times}) for _ in range(5)))"


async def test_two_processes_write_to_postgres_and_lose_nothing(database: str) -> None:
    if not DB.postgres:
        pytest.skip("on SQLite one process writes")
    counter = await a_counter()
    other = another_process(database, counting(counter), write=True)
    await asyncio.gather(*(raise_by_one(counter, 10) for _ in range(5)))
    assert await said(other) == ("", "")
    assert await held(counter) == 100


async def test_a_second_process_may_read_a_sqlite_file_and_not_write_to_it(database: str) -> None:
    if DB.postgres:
        pytest.skip("PostgreSQL takes many writers")
    counter = await a_counter()
    writer = another_process(database, counting(counter), write=True)
    reader = another_process(database, f"print(await held(SimpleNamespace(id=UUID('{counter.id}'))))", write=False)
    sneak = another_process(database, counting(counter), write=False)
    await asyncio.gather(*(raise_by_one(counter, 10) for _ in range(5)))
    _, refused = await said(writer)
    assert f"InUse: another Cairn (process {os.getpid()}) is writing to" in refused
    seen, fault = await said(reader)
    assert 0 <= int(seen) <= 50 and fault == ""
    assert "opened for reading alone" in (await said(sneak))[1]
    assert await held(counter) == 50


async def test_a_process_that_is_killed_leaves_the_file_to_the_next(database: str) -> None:
    if DB.postgres:
        pytest.skip("PostgreSQL takes many writers")
    counter = await a_counter()
    await DB.close_connection_pool()
    body = counting(counter, 2) + "; print('written', flush=True); await asyncio.Event().wait()"
    with another_process(database, body, write=True) as other:
        try:
            assert other.stdout is not None
            assert await asyncio.to_thread(other.stdout.readline) == "written\n"
            with pytest.raises(InUse, match=f"process {other.pid}"):
                await DB.start_connection_pool()
        finally:
            other.kill()
    await DB.start_connection_pool()
    await raise_by_one(counter, 1)
    assert await held(counter) == 11
    assert stat.S_IMODE(DB.lock.path.stat().st_mode) == 0o600


async def test_closing_folds_the_log_into_the_file_and_lets_go_of_it(database: str) -> None:
    if DB.postgres:
        pytest.skip("PostgreSQL keeps a log of its own")
    await a_counter()
    log = Path(f"{DB.path}-wal")
    assert log.stat().st_size > 0 and DB.lock.holders
    await DB.close_connection_pool()
    assert not log.exists() and not DB.lock.holders
    await DB.start_connection_pool(write=False)
    with pytest.raises(RuntimeError, match="reading alone"):
        await a_counter()
    await DB.close_connection_pool()
    await DB.start_connection_pool()


async def test_an_inner_error_undoes_the_inner_part_alone(database: str) -> None:
    async with DB.transaction():
        await Programme.insert(Programme(name="outer"))
        with contextlib.suppress(ValueError):
            async with DB.transaction():
                await Programme.insert(Programme(name="inner"))
                raise ValueError
    assert [row["name"] for row in await Programme.select(Programme.name)] == ["outer"]


async def test_a_commit_that_cannot_be_leaves_nothing_held(database: str) -> None:
    with pytest.raises(Exception):  # noqa: B017  (each engine has its own word for a broken reference)
        async with DB.transaction():
            await Team.insert(Team(name="Nowhere", programme=uuid4()))
    for _ in range(12):  # more than the pool has connections
        await Programme.insert(Programme(name="still writing"))


async def test_a_cancelled_task_gives_its_connection_back(database: str) -> None:
    async def begun(started: asyncio.Event) -> None:
        async with DB.transaction():
            await Programme.insert(Programme(name="never"))
            started.set()
            await asyncio.Event().wait()

    for _ in range(12):
        started = asyncio.Event()
        task = asyncio.create_task(begun(started))
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    await Programme.insert(Programme(name="after"))
    assert [row["name"] for row in await Programme.select(Programme.name)] == ["after"]


async def test_a_child_task_may_not_use_its_parents_transaction(database: str) -> None:
    async with DB.transaction():
        with pytest.raises(RuntimeError, match="child task"):
            await asyncio.create_task(Programme.select().run())


async def test_swallowing_batches_are_not_to_be_had(database: str) -> None:
    with pytest.raises(RuntimeError, match="page by key"):
        await Programme.select().batch()


async def test_sqlite_runs_as_it_must(database: str) -> None:
    if not isinstance(DB, SQLite):
        pytest.skip("PostgreSQL has settings of its own")
    for name, value in PRAGMAS.items():
        if name != "mmap_size":
            assert DB.here.execute(f"PRAGMA {name}").fetchone()[0] == value, name
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        DB.here.execute("DELETE FROM programme")
    assert Path(DB.path).stat().st_mode & 0o077 == 0


def test_an_address_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="sqlite"):
        engine_for("mysql://localhost/cairn")


def test_a_statement_binds_each_name_on_both_engines() -> None:
    made = Statement("SELECT {a}, {b}, {a}")
    assert (made.lite, made.lite_names) == ("SELECT ?, ?, ?", ["a", "b", "a"])
    assert (made.postgres, made.names) == ("SELECT $1, $2, $1", ["a", "b"])

"""Bring the database to the newest shape, once, before anything else opens it."""

from piccolo.apps.migrations.commands.base import BaseMigrationManager
from piccolo.apps.migrations.commands.forwards import run_forwards
from piccolo.apps.migrations.tables import Migration

from app.data.engine import Postgres, SQLite
from app.data.piccolo_app import APP_CONFIG
from app.data.piccolo_conf import DB


class NewerDatabase(Exception):
    """The database was made by a newer Cairn than this one."""


def known() -> list[str]:
    """The ids of the migrations this version has, oldest first."""
    return sorted(BaseMigrationManager().get_migration_modules(str(APP_CONFIG.migrations_folder_path)))


async def pending() -> list[str]:
    """Migrations that are not in the database yet. Raises NewerDatabase if it holds one that we do not know."""
    here = known()
    if isinstance(DB, SQLite) and not DB.exists():
        return here
    exists = await Migration.table_exists()
    done = [row["name"] for row in await Migration.select(Migration.name)] if exists else []
    if strangers := sorted(set(done) - set(here)):
        raise NewerDatabase(strangers[-1])
    return [name for name in here if name not in done]


async def migrate() -> list[str]:
    """Run what is pending and return its ids. Raises RuntimeError when one fails; what ran before it stays. Raises InUse
    when there is something to run and another process writes to the file."""
    todo = await pending()
    if not todo:
        return []
    if isinstance(DB, Postgres):
        await _locked_forwards(DB)
    else:
        await _alone(DB)
    return todo


async def _forwards() -> None:
    result = await run_forwards("data")
    if not result.success:
        raise RuntimeError(result.message)


async def _alone(engine: SQLite) -> None:
    """From before the first migration to after the last, the file is there and nobody else writes to it."""
    writer = await engine.acquire(True)
    try:
        await _forwards()
    finally:
        await engine.release(writer, True)


async def _locked_forwards(engine: Postgres) -> None:
    """Two processes that start together must not both migrate."""
    connection = await engine.get_new_connection()
    try:
        await connection.execute("SELECT pg_advisory_lock(7239011)")
        await _forwards()
    finally:
        await connection.close()

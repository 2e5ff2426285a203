"""The lists of those without a case manager and of a day's visits, read in the order they are shown and no further."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-25T12:50:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "lists in the order they are shown"

STATEMENTS = (
    "DROP INDEX client_managed",
    "CREATE INDEX client_managed ON client (managed, closed_at, opened_at, id, programme)",
    "DROP INDEX appointment_starts",
    "CREATE INDEX appointment_starts ON appointment (starts_at, id)",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="data", description=DESCRIPTION)

    async def run():
        for sql in STATEMENTS:
            await engine_finder().run_ddl(sql)

    manager.add_raw(run)
    return manager

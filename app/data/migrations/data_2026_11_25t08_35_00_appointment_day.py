"""Visits by their time, for the day's list."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-25T08:35:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "visits by their time"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="data", description=DESCRIPTION)

    async def run():
        await engine_finder().run_ddl("CREATE INDEX appointment_starts ON appointment (starts_at)")

    manager.add_raw(run)
    return manager

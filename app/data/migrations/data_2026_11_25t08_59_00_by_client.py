"""Steps, crisis plan entries and messages by their client: what a page of one record asks for."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-25T08:59:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "steps, entries and messages by client"

INDEXES = (
    "CREATE INDEX step_client ON step (client, goal, position)",
    "CREATE INDEX crisis_entry_client ON crisis_entry (client, plan)",
    "CREATE INDEX message_client ON message (client, dated)",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="data", description=DESCRIPTION)

    async def run():
        for sql in INDEXES:
            await engine_finder().run_ddl(sql)

    manager.add_raw(run)
    return manager

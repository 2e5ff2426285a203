"""Who has no case manager, and staff by name: found by an index, however many clients and staff there are."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-25T10:50:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "clients without a case manager, staff by name"

STATEMENTS = (
    "ALTER TABLE client ADD COLUMN managed BOOLEAN NOT NULL DEFAULT false",
    """UPDATE client SET managed = true WHERE EXISTS (SELECT 1 FROM care_team ct WHERE ct.client = client.id
        AND ct.role = 'primary' AND ct.ends_at IS NULL AND ct.starts_at <= CURRENT_TIMESTAMP)""",
    "CREATE INDEX client_managed ON client (programme, managed, closed_at, opened_at, id)",
    "CREATE INDEX person_by_name ON person (kind, called_name, id)",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="data", description=DESCRIPTION)

    async def run():
        for sql in STATEMENTS:
            await engine_finder().run_ddl(sql)

    manager.add_raw(run)
    return manager

"""Consents name whom they are for and until when, and their wording is sealed; the log answers who looked at whom."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-25T10:45:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "whom a consent is for; who looked"

SQLITE = (
    'ALTER TABLE consent ADD COLUMN "relationship" UUID DEFAULT NULL',
    'ALTER TABLE consent ADD COLUMN "until" TIMESTAMPTZ DEFAULT NULL',
    'ALTER TABLE consent ADD COLUMN "wording" BLOB DEFAULT NULL',
    'ALTER TABLE consent DROP COLUMN "text"',
)
POSTGRES = (
    'ALTER TABLE consent ADD COLUMN "relationship" UUID DEFAULT NULL, ADD COLUMN "until" TIMESTAMPTZ DEFAULT NULL, '
    'ADD COLUMN "wording" BYTEA DEFAULT NULL, DROP COLUMN "text"',
)
BOTH = (
    "CREATE INDEX consent_relationship ON consent (relationship, signed_at)",
    "CREATE INDEX access_event_looks ON access_event (client, actor, seq)",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="data", description=DESCRIPTION)

    async def run():
        engine = engine_finder()
        for sql in (SQLITE if engine.engine_type == "sqlite" else POSTGRES) + BOTH:
            await engine.run_ddl(sql)

    manager.add_raw(run)
    return manager

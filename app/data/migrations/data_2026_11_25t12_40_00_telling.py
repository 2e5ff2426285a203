"""What somebody outside tells the team, and the contact it becomes."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-25T12:40:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "what somebody outside tells the team"

TABLE = """CREATE TABLE telling (
    "id" UUID PRIMARY KEY NOT NULL, "at" TIMESTAMPTZ NOT NULL,
    "about" {sealed} DEFAULT NULL, "text" {sealed} DEFAULT NULL, "who" {sealed} DEFAULT NULL, "reach" {sealed} DEFAULT NULL,
    "in_confidence" BOOLEAN NOT NULL DEFAULT false, "language" VARCHAR(10) NOT NULL DEFAULT 'en',
    "state" VARCHAR(10) NOT NULL DEFAULT 'new', "settled_by" UUID DEFAULT NULL, "settled_at" TIMESTAMPTZ DEFAULT NULL,
    "reason" {sealed} DEFAULT NULL, "client" UUID DEFAULT NULL, "contact" UUID DEFAULT NULL)"""
OTHERS = (
    'ALTER TABLE contact ADD COLUMN "outsider" {sealed} DEFAULT NULL',
    "CREATE INDEX telling_state ON telling (state, at)",
    "CREATE INDEX telling_client ON telling (client) WHERE client IS NOT NULL",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="data", description=DESCRIPTION)

    async def run():
        engine = engine_finder()
        sealed = "BLOB" if engine.engine_type == "sqlite" else "BYTEA"
        for sql in (TABLE, *OTHERS):
            await engine.run_ddl(sql.replace("{sealed}", sealed))

    manager.add_raw(run)
    return manager

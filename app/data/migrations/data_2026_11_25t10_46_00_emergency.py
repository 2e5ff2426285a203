"""Emergency access is looked over with a note, the client can say that they have read of it, and reasons are sealed."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-25T10:46:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "looking over emergency access; sealed reasons; people by their day of birth"

COLUMNS = (
    ("break_glass", "review_note", "sealed"),
    ("break_glass", "client_read_at", "TIMESTAMPTZ"),
    ("supervision_reason", "reason_text", "sealed"),
)
INDEXES = (
    "CREATE INDEX break_glass_waiting ON break_glass (starts_at) WHERE reviewed_at IS NULL",
    "CREATE INDEX break_glass_reviewed ON break_glass (reviewed_by, reviewed_at)",
    "CREATE INDEX break_glass_told ON break_glass (client, starts_at)",
    "CREATE INDEX person_born ON person (born)",
    "CREATE INDEX care_team_covering ON care_team (covering_for, ends_at) WHERE covering_for IS NOT NULL",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="data", description=DESCRIPTION)

    async def run():
        engine = engine_finder()
        sealed = "BLOB" if engine.engine_type == "sqlite" else "BYTEA"
        for table, column, kind in COLUMNS:
            kind = sealed if kind == "sealed" else kind
            await engine.run_ddl(f'ALTER TABLE {table} ADD COLUMN "{column}" {kind} DEFAULT NULL')
        for sql in INDEXES:
            await engine.run_ddl(sql)

    manager.add_raw(run)
    return manager

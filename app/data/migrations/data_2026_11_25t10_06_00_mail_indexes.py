"""What is to be sent by channel, and what waits for somebody."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-25T10:06:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes for sending and for the ways back"

INDEXES = (
    "CREATE INDEX outbox_channel ON outbox (channel, due_at, id) WHERE done_at IS NULL",
    "CREATE INDEX outbox_lease ON outbox (lease) WHERE lease IS NOT NULL",
    "CREATE INDEX outbox_recipient ON outbox (recipient) WHERE done_at IS NULL",
    "CREATE INDEX outbox_stuck ON outbox (done_at) WHERE outcome IN ('stuck', 'unsure')",
    "CREATE INDEX token_account ON token (account, purpose)",
    "CREATE INDEX recovery_open ON recovery (asked_at) WHERE ended_at IS NULL",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="data", description=DESCRIPTION)

    async def run():
        for sql in INDEXES:
            await engine_finder().run_ddl(sql)

    manager.add_raw(run)
    return manager

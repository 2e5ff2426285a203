"""The directory's full-text search on both engines, and a place for source columns of agencies and locations."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.column_types import JSON
from piccolo.columns.indexes import IndexMethod
from piccolo.engine import engine_finder

ID = "2026-11-25T07:50:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "full-text search of the directory"

# SQLite: an FTS5 index that reads its text from the service table itself, by service.number. Accents do not matter.
# Triggers cannot keep it (a virtual table in a trigger is refused under trusted_schema=OFF): app.resource.index does.
LITE = [
    """CREATE VIRTUAL TABLE service_fts USING fts5(name, search, content='service', content_rowid='number',
       tokenize='unicode61 remove_diacritics 2', prefix='2 3')""",
    "INSERT INTO service_fts(service_fts) VALUES ('rebuild')",
    # All that a search filters and sorts by, without reading past the long texts of each row.
    "CREATE INDEX service_card ON service (number, state, needs, languages, free, reports, assured, name, id)",
]

# PostgreSQL: a generated column. `unaccent` may not be installed and is not immutable; the letters of our languages are few.
ACCENTED = "áàâäãåāéèêëēíìîïīóòôöõōúùûüūñçýÿ"
BARE = "aaaaaaaeeeeeiiiiioooooouuuuuncyy"
FOLDED = "translate(lower({column}), '" + ACCENTED + "', '" + BARE + "')"
POSTGRES = [
    "ALTER TABLE service ADD COLUMN found_by tsvector GENERATED ALWAYS AS ("
    f"setweight(to_tsvector('simple', {FOLDED.format(column='name')}), 'A') || "
    f"setweight(to_tsvector('simple', {FOLDED.format(column='search')}), 'D')) STORED",
    "CREATE INDEX service_found_by ON service USING gin (found_by)",
]

BOTH = ["CREATE INDEX schedule_open ON schedule (weekday, opens, closes, service, location)"]


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="data", description=DESCRIPTION)
    for name, table in (("Organization", "organization"), ("Location", "location")):
        manager.add_column(
            table_class_name=name,
            tablename=table,
            column_name="extra",
            db_column_name="extra",
            column_class_name="JSON",
            column_class=JSON,
            params={
                "default": "{}",
                "null": False,
                "primary_key": False,
                "unique": False,
                "index": False,
                "index_method": IndexMethod.btree,
                "choices": None,
                "db_column_name": None,
                "secret": False,
            },
            schema=None,
        )

    async def run():
        engine = engine_finder()
        for sql in BOTH + (POSTGRES if engine.engine_type == "postgres" else LITE):
            await engine.run_ddl(sql)

    manager.add_raw(run)
    return manager

"""The full-text index of the directory. PostgreSQL keeps its own; SQLite's is made anew whenever listings were written."""

from app.data.engine import Statement
from app.data.piccolo_conf import DB

_REBUILD = Statement("INSERT INTO service_fts(service_fts) VALUES ('rebuild')")


async def index() -> None:
    """Whoever writes into `service` calls this in the same transaction; 5,000 listings take half a second."""
    if not DB.postgres:
        await DB.run((_REBUILD, {}))

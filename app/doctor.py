"""`cairn doctor`: what the running Cairn stands on."""

import asyncio
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

from app.config import Config
from app.data.sealing import Keys, KeysMissing

Finding = tuple[bool, str]


def examine(config: Config) -> list[Finding]:
    """One finding per thing looked at: whether it is well, and what was seen or what to do."""
    return [*_keys(config), *asyncio.run(_database(config)), *asyncio.run(_mail(config))]


def _keys(config: Config) -> list[Finding]:
    try:
        Keys.load(config.keys)
    except KeysMissing as error:
        return [(False, str(error))]
    return [(True, f"keys: {config.keys}")]


async def _database(config: Config) -> list[Finding]:
    from app.data.engine import SQLite
    from app.data.migrate import NewerDatabase, pending
    from app.data.piccolo_conf import DB

    try:
        waiting = await pending()
    except NewerDatabase as error:
        return [(False, f"database: made by a newer Cairn (it has {error})")]
    except Exception as error:
        return [(False, f"database: it does not open ({type(error).__name__})")]
    found = [(not waiting, f"migrations: {len(waiting)} to run; `cairn migrate`" if waiting else "migrations: all run")]
    if isinstance(DB, SQLite) and DB.exists():
        found += _sqlite(Path(DB.path))
    return found


def _sqlite(path: Path) -> list[Finding]:
    mode = stat.S_IMODE(path.stat().st_mode)
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        whole = connection.execute("PRAGMA quick_check").fetchone()[0]
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    return [
        (True, f"SQLite {sqlite3.sqlite_version}: one writer, so its WAL-reset fault cannot occur"),
        (not mode & 0o077, f"{path}: mode {mode:o}" + ("" if not mode & 0o077 else "; set it to 600")),
        (whole == "ok", f"structure: {whole}"),
        (not broken, f"references: {len(broken)} broken"),
    ]


async def _mail(config: Config) -> list[Finding]:
    """Asks the mail server to talk, and sends nothing."""
    from app.delivery.channel import Unreachable
    from app.delivery.worker import mail_of

    channel = mail_of(config)
    if channel is None:
        return [(True, "mail: off, what is to be sent is kept; CAIRN_MAIL_URL and CAIRN_MAIL_FROM turn it on")]
    try:
        async with channel.open():
            return [(True, "mail: the server answers")]
    except Unreachable as error:
        return [(False, f"mail: the server cannot be used ({error}); look at CAIRN_MAIL_URL")]

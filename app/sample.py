"""`cairn demo`: the sample organisation in a folder of its own, made anew from a seed and served on this machine alone."""

import asyncio
import contextlib
import io
import json
import os
import shutil
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from app.config import Config
from app.data.lock import InUse
from app.data.sealing import Keys
from app.server import listen, serve_app

LOCK = "cairn.db.lock"  # never removed: see app.data.lock
OURS = ("cairn.db", "cairn.db-wal", "cairn.db-shm", "people.json", "keys", "files")


def make(folder: Path, *, seed: int, clients: int, thin: bool = False, quiet: bool) -> None:
    """Raises ClickException when the folder holds something that is not a sample of ours."""
    if folder.exists() and (strange := [p.name for p in folder.iterdir() if p.name not in (*OURS, LOCK)]):
        raise click.ClickException(f"{folder}: there is something else here ({strange[0]}); name another folder")
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    claim(folder)
    for name in OURS:
        path = folder / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    (folder / "keys").mkdir(mode=0o700)
    keys = Keys.from_seed(seed)
    keys.save(folder / "keys" / "cairn.keys")
    people = asyncio.run(_fill(folder, keys, seed=seed, clients=clients, thin=thin, quiet=quiet))
    handle = os.open(folder / "people.json", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(people, file)


async def _fill(folder: Path, keys: Keys, *, seed: int, clients: int, thin: bool, quiet: bool) -> list[dict[str, Any]]:
    from app.data.migrate import migrate
    from app.data.piccolo_conf import DB
    from app.demo import build

    with contextlib.redirect_stdout(io.StringIO()):
        await migrate()
    await DB.start_connection_pool()
    try:
        with progress(clients, quiet) as step:
            cast = await build(keys, seed=seed, clients=clients, thin=thin, progress=step, now=datetime.now(UTC))
    finally:
        await DB.close_connection_pool()
    return [asdict(person) | {"person_id": str(person.person_id)} for person in cast.people]


@contextlib.contextmanager
def progress(clients: int, quiet: bool) -> Any:
    """A bar for long work; `step(done)` moves it to that many clients."""
    if quiet or clients <= 200:
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("Making clients"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, transient=True) as bar:
        task = bar.add_task("clients", total=clients)
        yield lambda done: bar.update(task, completed=done)


def claim(folder: Path) -> None:
    """Point the engine at the folder's database and keep every other process from it. Raises ClickException if one has it."""
    os.environ["CAIRN_DATABASE_URL"] = database_url(folder)
    from app.data.piccolo_conf import DB

    DB.open_at(database_url(folder))
    try:
        DB.hold()
    except InUse as error:
        raise click.ClickException(f"{error}. Stop that one, or name another folder with --dir") from None


def database_url(folder: Path) -> str:
    return f"sqlite:///{(folder / 'cairn.db').resolve()}"


def serve_sample(folder: Path, *, host: str, port: int, as_json: bool) -> None:
    claim(folder)
    sock = listen(host, port)
    origin = f"http://localhost:{sock.getsockname()[1]}"
    keys = Keys.load(folder / "keys" / "cairn.keys")
    config = Config(
        database_url=database_url(folder),
        public_url=origin,
        keys=folder / "keys" / "cairn.keys",
        files=folder / "files",
        demo=True,
    )
    config.check()
    cast = json.loads((folder / "people.json").read_text())
    people = [shown(person, origin, keys) for person in cast]
    if as_json:
        print(json.dumps({"url": origin, "people": people}), flush=True)
    else:
        print(
            f"\nThe sample organisation is at {origin}\nOpen it to choose who you are. Stop it with Ctrl-C.\n",
            file=sys.stderr,
        )
    serve_app(config, keys, sock, cast=cast)


def shown(person: dict[str, Any], origin: str, keys: Keys) -> dict[str, Any]:
    from app.identity.demo import ticket

    named = {name: person[name] for name in ("key", "name", "role", "login", "password", "totp_secret")}
    return named | {"one_click_url": f"{origin}/demo/as/{person['person_id']}/{ticket(keys, person['person_id'])}"}

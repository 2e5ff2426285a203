"""The one command, `cairn`. Each verb says what it did, and exits non-zero when it did not."""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import click

from app.config import Config, WrongSetting
from app.data.lock import InUse


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


def settled() -> Config:
    """The settings, or a plain message and exit 2. The engine reads the same environment when it is first imported."""
    try:
        config = Config.from_env()
    except WrongSetting as error:
        raise click.ClickException(str(error)) from None
    os.environ["CAIRN_DATABASE_URL"] = config.database_url
    return config


def load_keys(config: Config) -> Any:
    from app.data.sealing import Keys, KeysMissing

    try:
        return Keys.load(config.keys)
    except KeysMissing as error:
        raise click.ClickException(str(error)) from None


async def with_database(work: Callable[[], Coroutine[Any, Any, Any]], *, write: bool = True) -> Any:
    """write=False: the command only reads, and may run beside a server."""
    from app.data.piccolo_conf import DB

    await DB.start_connection_pool(write=write)
    try:
        return await work()
    finally:
        await DB.close_connection_pool()


class Cairn(click.Group):
    """Every error that a person can do something about is one line; the rest are faults of ours, and say so."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except InUse as error:
            raise click.ClickException(
                f"{error}, and one at a time may. Is that the server? Stop it first, or do this in its administration pages"
            ) from None
        except (OSError, ValueError) as error:
            raise click.ClickException(f"{type(error).__name__}: {error}") from error


@click.group(cls=Cairn, context_settings={"help_option_names": ["-h", "--help"]})
def cairn() -> None:
    """Cairn: mental-health case management, one plan made together."""


@cairn.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Where to listen; a proxy with HTTPS stands in front."
)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
def serve(host: str, port: int) -> None:
    """Serve the portal and the staff side."""
    config = settled()
    keys = load_keys(config)
    from app.data.migrate import NewerDatabase, pending
    from app.data.piccolo_conf import DB
    from app.server import listen, serve_app

    try:
        DB.hold()
        waiting = run(pending())
    except InUse as error:
        raise click.ClickException(
            f"{error}; a database has one server. Stop that one, or set CAIRN_DATABASE_URL"
        ) from None
    except NewerDatabase as error:
        raise click.ClickException(
            f"the database is newer than this Cairn (it has {error}); use a newer Cairn"
        ) from None
    if waiting:
        raise click.ClickException(f"{len(waiting)} migrations have not been run; `cairn migrate` runs them")
    sock = listen(host, port)
    click.echo(f"Cairn is at {config.origin}, listening on {host} port {sock.getsockname()[1]}", err=True)
    serve_app(config, keys, sock)


@cairn.command()
def migrate() -> None:
    """Bring the database to the newest shape."""
    config = settled()
    from app.data.migrate import NewerDatabase
    from app.data.migrate import migrate as forward

    try:
        done = run(_quietly(forward))
    except NewerDatabase as error:
        raise click.ClickException(f"the database is newer than this Cairn (it has {error})") from None
    except RuntimeError as error:
        raise click.ClickException(f"a migration did not run: {error}") from None
    click.echo(f"{len(done)} migrations run; {config.database_url.split('@')[-1]} is up to date")


async def _quietly(work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """Piccolo prints its progress; ours is one line at the end."""
    import contextlib
    import io

    with contextlib.redirect_stdout(io.StringIO()):
        return await work()


@cairn.group()
def config() -> None:
    """Settings and keys."""


@config.command("show")
def show_config() -> None:
    """Every setting, its value, where that comes from, and its default."""
    from dataclasses import fields

    current = settled()
    for f in fields(Config):
        name = f.metadata["name"]
        value = getattr(current, f.name)
        shown = ",".join(value) if isinstance(value, tuple) else str(value)
        if name in ("CAIRN_DATABASE_URL", "CAIRN_MAIL_URL") and "@" in shown:
            shown = shown.split("://")[0] + "://…@" + shown.split("@")[-1]
        origin = "environment" if name in os.environ else "default"
        click.echo(f"{name}={shown}\n    {f.metadata['about']} ({origin}; default {f.metadata['default'] or 'empty'})")


@config.command("keys")
def make_keys() -> None:
    """Make the key file. It never overwrites one: without its keys the records cannot be read again."""
    from app.data.sealing import Keys

    path = settled().keys
    try:
        Keys.make().save(path)
    except FileExistsError:
        raise click.ClickException(f"{path}: there is a key file already") from None
    click.echo(f"{path}: made, readable by this user alone. Keep a copy apart from the database's backups.")


@cairn.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--dir", "folder", default="demo", show_default=True, type=click.Path(path_type=Path, file_okay=False))
@click.option("--seed", default=1, show_default=True, help="The same seed makes the same people.")
@click.option("--clients", default=60, show_default=True, type=click.IntRange(60, 200_000))
@click.option("--thin", is_flag=True, help="Of more than 200 clients, each has a fourth of the rows.")
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON about the people, for scripts.")
@click.option("--host", default="127.0.0.1", hidden=True)
@click.option("--keep", is_flag=True, help="Serve the sample that is there instead of making it anew.")
@click.option("--no-serve", is_flag=True, help="Make the sample and stop.")
def demo(
    port: int, folder: Path, seed: int, clients: int, thin: bool, as_json: bool, host: str, keep: bool, no_serve: bool
) -> None:
    """Make a sample organisation anew and serve it, with a page that lists who you can be."""
    from app.config import LOOPBACK

    if host not in LOOPBACK:
        raise click.ClickException("the sample organisation is never served on a public address")
    from app.sample import make, serve_sample

    if not keep or not (folder / "people.json").exists():
        make(folder, seed=seed, clients=clients, thin=thin, quiet=as_json)
    if not no_serve:
        serve_sample(folder, host=host, port=port, as_json=as_json)


@cairn.command()
def doctor() -> None:
    """Look at what Cairn stands on and say what is not right."""
    from app.doctor import examine

    found = examine(settled())
    for well, text in found:
        click.echo(("ok    " if well else "WRONG ") + text)
    sys.exit(0 if all(well for well, _ in found) else 1)


def _more() -> None:
    from app.delivery.commands import worker
    from app.identity.commands import people
    from app.resource.commands import resources

    cairn.add_command(people)
    cairn.add_command(worker)
    cairn.add_command(resources)


_more()

if __name__ == "__main__":
    cairn()

"""`cairn people`: the first administrator, and who can sign in."""

from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import click

ROLES = ("case_manager", "supervisor", "clinician", "nurse", "peer", "front_desk", "admin")


def _run(work: Callable[[], Coroutine[Any, Any, Any]], *, write: bool = True) -> Any:
    from app.cli import run, with_database

    return run(with_database(work, write=write))


@click.group()
def people() -> None:
    """Who can sign in. The first administrator is made here; there are no default accounts."""


@people.command()
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default="admin", show_default=True)
@click.option("--login", default="", help="The address the link is for; the person must use it.")
def invite(name: str, role: str, login: str) -> None:
    """Make a link with which NAME sets up their own sign-in. It works once, for 72 hours."""
    from app.access.facts import Role
    from app.cli import load_keys, settled
    from app.identity.people import invite_staff

    config = settled()
    keys = load_keys(config)
    _, token = _run(lambda: invite_staff(name, Role(role), keys=keys, now=datetime.now(UTC), address=login))
    click.echo(f"{config.origin}/join/{token}")


@people.command("list")
def show() -> None:
    """Staff, their role and whether their account is open."""
    from app.cli import settled
    from app.identity.people import staff

    settled()
    for one in _run(lambda: staff(most=1000), write=False):
        click.echo(f"{one.called_name:30}  {one.role:14}  {one.team:20}  {one.state}")


@people.command()
@click.argument("login")
def recover(login: str) -> None:
    """Make a link with which the person of LOGIN sets up anew how they sign in. It works once, for 15 minutes.

    For the administrator whom nobody else can help; whoever can run this has looked who it is for.
    """
    from app.cli import load_keys, settled
    from app.errors import Refused
    from app.identity.assisted import link_from_the_server

    config = settled()
    keys = load_keys(config)
    try:
        token = _run(lambda: link_from_the_server(keys, login, datetime.now(UTC)))
    except Refused:
        raise click.ClickException("there is no open account with that login") from None
    click.echo(f"{config.origin}/recover/{token}")


@people.command()
@click.argument("login")
def disable(login: str) -> None:
    """Close the account of LOGIN; every session of it ends."""
    from app.cli import load_keys, settled
    from app.identity.people import close, person_with_login

    keys = load_keys(settled())

    async def work() -> bool:
        person = await person_with_login(keys, login)
        return person is not None and await close(person, now=datetime.now(UTC))

    if not _run(work):
        raise click.ClickException("there is no account with that login")
    click.echo("closed; every session of it has ended")

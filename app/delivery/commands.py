"""`cairn worker`: sending on its own, beside a server that leaves it alone (CAIRN_SENDS=0). PostgreSQL alone takes both."""

import asyncio
import signal

import click


@click.command()
def worker() -> None:
    """Send what is to be sent, until told to stop."""
    from app.cli import load_keys, run, settled, with_database
    from app.delivery.worker import Worker, mail_of
    from app.gate.logs import set_up

    config = settled()
    keys = load_keys(config)
    channel = mail_of(config)
    if channel is None:
        raise click.ClickException("mail is off; set CAIRN_MAIL_URL and CAIRN_MAIL_FROM")
    set_up()

    async def work() -> None:
        sender = Worker(channel, keys, config)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, sender.stopping.set)
        click.echo("sending; stop it with Ctrl-C", err=True)
        await sender.run()

    run(with_database(work))
    click.echo("stopped", err=True)

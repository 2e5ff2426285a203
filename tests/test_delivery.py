"""What is to be sent leaves once: the outbox, its leases, the worker, and mail over a real server."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from app.config import Config, WrongSetting
from app.data.piccolo_conf import DB
from app.data.sealing import Keys
from app.data.tables.delivery import Outbox
from app.data.tables.identity import Account, Notice
from app.data.tables.people import Person
from app.delivery import outbox
from app.delivery.channel import Letter, NotEver, NotNow, Unreachable
from app.delivery.mail import Mail, written
from app.delivery.mailbox import MAILBOX
from app.delivery.worker import Worker, mail_of, sending
from app.identity import notices
from tests.factories import KEYS, a_client, a_staff
from tests.identity import an_account
from tests.smtp import Post, only, post, post_office

__all__ = ["post"]  # a fixture
pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("database")]
ROOT = Path(__file__).parent.parent
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
FROM = "Care team <no-reply@cairn.example>"


@pytest.fixture
def mailing(config: Config, post: Post) -> Config:
    return replace(config, mail_url=post.url, mail_from=FROM)


def worker(config: Config) -> Worker:
    channel = mail_of(config)
    assert channel
    return Worker(channel, KEYS, config)


async def somebody(login: str = "maya@example.org", **person: str) -> UUID:
    """A person with an account, and their own address."""
    who = await a_client()
    await an_account(who, KEYS, login)
    if person:
        await Person.update(person).where(Person.id == who)
    return who


async def a_notice(who: UUID, now: datetime = NOW) -> UUID:
    """The outbox row of a notice about their account."""
    account = await Account.select(Account.id).where(Account.person == who).first()
    assert account
    await notices.tell(account["id"], "password_changed", now)
    return (await Outbox.select(Outbox.id).order_by(Outbox.due_at, ascending=False).first())["id"]  # type: ignore[index]


async def row(id: UUID) -> dict:
    found = await Outbox.select().where(Outbox.id == id).first()
    assert found
    return found


# A letter leaves


async def test_a_letter_leaves_and_names_nobody(mailing: Config, post: Post) -> None:
    id = await a_notice(await somebody())
    assert await worker(mailing).turn(NOW) == 1
    (letter,) = post.received
    assert post.recipients == ["maya@example.org"]
    assert letter["From"] == "Care team <no-reply@cairn.example>"
    assert letter["Message-ID"] == f"<{id}@localhost>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Subject"] == "You have a new notice"
    assert "https://localhost/" in post.text()
    for word in ("Maya", "password", "care", "health", "visit", "case manager"):
        assert word not in post.text() + letter["Subject"]
    assert (await row(id))["outcome"] == "sent"
    assert await worker(mailing).turn(NOW) == 0


async def test_a_letter_speaks_the_language_of_whom_it_is_for(mailing: Config, post: Post) -> None:
    await a_notice(await somebody(language="es"))
    await worker(mailing).turn(NOW)
    assert post.received[0]["Subject"] == "Tiene un aviso nuevo"


async def test_a_row_is_written_with_its_change_or_not_at_all() -> None:
    who = await somebody()
    with pytest.raises(RuntimeError):
        async with DB.transaction():
            await a_notice(who)
            raise RuntimeError
    assert await Outbox.count() == 0 and await Notice.count() == 0


async def test_notices_that_wait_together_make_one_letter(mailing: Config, post: Post) -> None:
    who = await somebody()
    await a_notice(who)
    await a_notice(who)
    await worker(mailing).turn(NOW)
    assert len(post.received) == 1
    await a_notice(who)
    await worker(mailing).turn(NOW)
    assert len(post.received) == 2, "one that comes later is told again"


async def test_a_key_is_sent_once() -> None:
    who = await somebody()
    await outbox.put("account.notice", who, NOW, key="once")
    with pytest.raises(Exception, match=r"(?i)unique"):
        await outbox.put("account.notice", who, NOW, key="once")


# Decided again when it is sent


async def test_nothing_goes_to_an_account_that_was_closed(mailing: Config, post: Post) -> None:
    id = await a_notice(await somebody())
    await Account.update({Account.disabled_at: NOW}, force=True)
    await worker(mailing).turn(NOW)
    assert post.received == []
    assert ((await row(id))["outcome"], (await row(id))["reason"]) == ("dropped", "closed")


async def test_a_notice_that_was_read_is_not_sent(mailing: Config, post: Post) -> None:
    id = await a_notice(await somebody())
    await Notice.update({Notice.read_at: NOW}, force=True)
    await worker(mailing).turn(NOW)
    assert (post.received, (await row(id))["reason"]) == ([], "read")


async def test_a_notice_from_before_mail_was_turned_on_is_old_by_then(mailing: Config, post: Post) -> None:
    id = await a_notice(await somebody())
    await worker(mailing).turn(NOW + timedelta(days=8))
    assert (post.received, (await row(id))["reason"]) == ([], "late")


async def test_a_kind_that_nobody_knows_is_dropped_and_stops_nothing(mailing: Config, post: Post) -> None:
    who = await somebody()
    await outbox.put("of-another-version", who, NOW - timedelta(hours=1), key="a")
    await a_notice(who)
    assert await worker(mailing).turn(NOW) == 2
    assert len(post.received) == 1


async def test_notices_of_a_record_are_nobodys_mail_yet(mailing: Config, post: Post) -> None:
    """They leave by a channel only once the person chose one; until then they are kept."""
    who = await somebody()
    await Outbox.insert(Outbox(key="message:1", kind="message", recipient=who, due_at=NOW))
    assert await worker(mailing).turn(NOW) == 0
    assert (await Outbox.select(Outbox.done_at))[0]["done_at"] is None


# Retries


async def test_a_no_for_now_is_tried_again_later_and_later(mailing: Config, post: Post) -> None:
    id = await a_notice(await somebody())
    post.answers = ["451 try later"] * 3
    waits, now = [], NOW
    for _ in range(3):
        await worker(mailing).turn(now)
        held = await row(id)
        waits.append(held["due_at"] - now)
        assert (held["reason"], held["done_at"]) == ("451", None)
        assert await worker(mailing).turn(now) == 0
        now = held["due_at"]
    assert [wait.total_seconds() for wait in waits] == [30, 60, 120]
    await worker(mailing).turn(now)
    assert len(post.received) == 1 and (await row(id))["outcome"] == "sent"


async def test_after_ten_tries_it_stays_for_somebody_to_look_at(mailing: Config, post: Post) -> None:
    id, now = await a_notice(await somebody()), NOW
    post.answers = ["451 try later"] * 10
    for _ in range(10):
        await worker(mailing).turn(now)
        now += timedelta(hours=1)
    held = await row(id)
    assert (held["outcome"], held["attempts"], held["reason"]) == ("stuck", 10, "451")
    assert await worker(mailing).turn(now) == 0
    (seen,) = await outbox.stuck()
    assert (seen.kind, seen.whose, seen.reason) == ("account.notice", "client", "451")
    assert await outbox.try_again(id, now)
    await worker(mailing).turn(now)
    assert len(post.received) == 1 and await outbox.stuck() == []


async def test_a_no_for_good_is_not_tried_again(mailing: Config, post: Post) -> None:
    id = await a_notice(await somebody())
    post.answers = ["550 no such person"]
    await worker(mailing).turn(NOW)
    assert ((await row(id))["outcome"], (await row(id))["attempts"], (await row(id))["reason"]) == ("stuck", 1, "550")


async def test_one_that_is_turned_down_does_not_hold_up_the_next(mailing: Config, post: Post) -> None:
    await a_notice(await somebody("gone@example.org"), NOW - timedelta(minutes=1))
    await a_notice(await somebody("here@example.org"))
    post.answers = ["550 no such person"]
    await worker(mailing).turn(NOW)
    assert post.recipients == ["here@example.org"]
    assert post.connections == 1, "one connection for what waits together"


async def test_a_no_after_the_words_is_heard_too(mailing: Config, post: Post) -> None:
    id = await a_notice(await somebody())
    post.data_answers = ["554 looks like spam"]
    await worker(mailing).turn(NOW)
    assert ((await row(id))["outcome"], (await row(id))["reason"]) == ("stuck", "554")


@pytest.mark.parametrize("login", ["maya", "Maya <maya@example.org>", "maya@example.org\r\nBcc: all@example.org"])
async def test_what_is_no_address_is_never_handed_to_the_server(mailing: Config, post: Post, login: str) -> None:
    id = await a_notice(await somebody(login))
    await worker(mailing).turn(NOW)
    assert (post.received, (await row(id))["outcome"]) == ([], "stuck")


async def test_a_server_that_cannot_be_reached_uses_nothing_up(config: Config) -> None:
    async with post_office() as office:
        gone = office.url
    id = await a_notice(await somebody())
    with pytest.raises(Unreachable):
        await worker(replace(config, mail_url=gone, mail_from=FROM)).turn(NOW)
    assert ((await row(id))["attempts"], (await row(id))["lease"]) == (0, None)


# Leases


async def test_a_row_that_one_worker_holds_is_not_given_to_another() -> None:
    await a_notice(await somebody())
    (mine,) = await outbox.take("mail", NOW, 20)
    assert await outbox.take("mail", NOW + timedelta(minutes=1), 20) == []
    assert await outbox.hand_over(mine, NOW + timedelta(minutes=1))


async def test_when_a_worker_is_gone_its_rows_go_to_the_next(mailing: Config, post: Post) -> None:
    id = await a_notice(await somebody())
    await outbox.take("mail", NOW, 20)  # and then it stops
    assert await worker(mailing).turn(NOW + timedelta(minutes=1)) == 0
    assert await worker(mailing).turn(NOW + outbox.LEASE + timedelta(seconds=1)) == 1
    assert len(post.received) == 1 and (await row(id))["attempts"] == 2


async def test_a_worker_that_was_asleep_does_not_send_what_is_no_longer_its_own() -> None:
    await a_notice(await somebody())
    (old,) = await outbox.take("mail", NOW, 20)
    later = NOW + outbox.LEASE + timedelta(seconds=1)
    assert not await outbox.hand_over(old, later), "its time was over"
    (new,) = await outbox.take("mail", later, 20)
    assert not await outbox.hand_over(old, NOW)
    assert await outbox.hand_over(new, later)
    assert not await outbox.hand_over(new, later), "once"
    await outbox.settle(old, "sent", later)
    assert (await row(new.id))["done_at"] is None


async def test_what_was_on_its_way_when_a_worker_stopped_is_not_sent_a_second_time(mailing: Config, post: Post) -> None:
    id = await a_notice(await somebody())
    (mine,) = await outbox.take("mail", NOW, 20)
    assert await outbox.hand_over(mine, NOW)  # and then it is killed
    await worker(mailing).turn(NOW + outbox.LEASE + timedelta(seconds=1))
    assert (post.received, (await row(id))["outcome"]) == ([], "unsure")
    assert [one.id for one in await outbox.stuck()] == [id]
    assert await outbox.let_go(id) and await outbox.stuck() == []
    assert not await outbox.let_go(uuid4())


async def test_two_workers_send_each_letter_once(mailing: Config, post: Post) -> None:
    for number in range(30):
        await a_notice(await somebody(f"m{number}@example.org"), NOW - timedelta(seconds=number))
    both = [worker(mailing), worker(mailing)]
    while any(await asyncio.gather(*(one.turn(NOW) for one in both))):
        pass
    assert len(post.recipients) == 30 and len(set(post.recipients)) == 30
    assert await Outbox.count().where(Outbox.outcome == "sent") == 30


# The worker beside the server


class Falling:
    """A channel that loses its connection at the second letter."""

    def __init__(self) -> None:
        self.sent = 0

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Falling"]:
        yield self

    async def send(self, letter: Letter) -> None:
        self.sent += 1
        if self.sent == 2:
            raise Unreachable("gone")


async def test_a_connection_that_breaks_leaves_the_rest_untouched(config: Config) -> None:
    ids = [await a_notice(await somebody(f"m{n}@example.org"), NOW - timedelta(seconds=9 - n)) for n in range(4)]
    with pytest.raises(Unreachable):
        await Worker(Falling(), KEYS, config).turn(NOW)
    rows = [await row(id) for id in ids]
    assert [(one["outcome"], one["attempts"]) for one in rows] == [("sent", 1), ("", 1), ("", 0), ("", 0)]
    assert all(one["lease"] is None and one["handed_at"] is None for one in rows[1:])


async def until_sent(count: int) -> None:
    async with asyncio.timeout(20):
        while await Outbox.count().where(Outbox.outcome == "sent") < count:
            await asyncio.sleep(0.02)


async def test_the_server_sends_by_itself_and_stops_at_once(mailing: Config, post: Post, keys: Keys) -> None:
    await a_notice(await somebody(), datetime.now(UTC))
    async with sending(mailing, keys):
        await until_sent(1)
    assert len(post.received) == 1


async def test_a_fault_does_not_end_the_worker(
    config: Config, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("app.delivery.worker.EVERY", 0.01)
    faults = [ValueError("maya@example.org"), Unreachable("ConnectionRefusedError")]

    class Broken(Falling):
        @asynccontextmanager
        async def open(self) -> AsyncIterator["Broken"]:
            if faults:
                raise faults.pop(0)
            yield self

        async def send(self, letter: Letter) -> None:
            pass

    await a_notice(await somebody(), datetime.now(UTC))
    one = Worker(Broken(), KEYS, config)
    task = asyncio.create_task(one.run())
    await until_sent(1)
    await one.stop(task)
    said = capsys.readouterr().err
    assert "ValueError" in said and "ConnectionRefusedError" in said and "maya" not in said


async def test_without_mail_everything_is_kept(config: Config, keys: Keys) -> None:
    id = await a_notice(await somebody())
    assert mail_of(config) is None
    async with sending(config, keys):
        pass
    assert (await row(id))["done_at"] is None
    count, first = await outbox.waiting()
    assert (count, first) == (1, NOW)


async def test_a_server_that_leaves_it_to_a_worker_sends_nothing(mailing: Config, post: Post, keys: Keys) -> None:
    await a_notice(await somebody(), datetime.now(UTC))
    async with sending(replace(mailing, sends=False), keys):
        await asyncio.sleep(0)
    assert post.connections == 0


async def test_the_sample_organisation_keeps_its_letters_to_itself(config: Config) -> None:
    MAILBOX.received.clear()
    demo = replace(config, demo=True)
    await a_notice(await somebody())
    await worker(demo).turn(NOW)
    assert [one.letter.to for one in MAILBOX.received] == ["maya@example.org"]


# The mail server


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
async def test_name_and_password_are_shown_to_the_server() -> None:
    settings = {"authenticator": only("cairn", "p@ss word"), "auth_required": True, "auth_require_tls": False}
    async with post_office(**settings) as office:
        url = f"smtp://cairn:p%40ss%20word@127.0.0.1:{office.port}"
        async with Mail.at(url, FROM).open() as line:
            await line.send(Letter(uuid4(), "maya@example.org", "Hello", "Text"))
        assert len(office.received) == 1
        with pytest.raises(Unreachable, match="SMTPAuthenticationError"):
            async with Mail.at(f"smtp://cairn:wrong@127.0.0.1:{office.port}", FROM).open():
                pass


async def test_away_from_this_machine_nothing_goes_without_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that offers no TLS is not used, whatever its name is."""
    async with post_office() as office:
        mail = Mail.at(f"smtp://mail.example.org:{office.port}", FROM)
        monkeypatch.setattr("app.delivery.mail.SMTP", _to_loopback)
        with pytest.raises(Unreachable, match="SMTPException"):
            async with mail.open():
                pass
        assert office.received == []


def _to_loopback(**settings: object) -> object:
    from aiosmtplib import SMTP

    return SMTP(**(settings | {"hostname": "127.0.0.1"}))  # type: ignore[arg-type]


@pytest.mark.parametrize("subject", ["Hello\r\nBcc: all@example.org", "Hello\nthere"])
def test_a_line_break_where_none_may_be_stops_the_letter(subject: str) -> None:
    sender = Mail.at("smtp://localhost", FROM).sender
    with pytest.raises(ValueError):
        written(Letter(uuid4(), "maya@example.org", subject, "Text"), sender, "localhost")


async def test_a_sender_that_the_server_turns_down_is_a_setting_to_repair(post: Post) -> None:
    async def no(*_: object) -> str:
        return "550 not from you"

    post.handle_MAIL = no  # type: ignore[attr-defined]
    async with Mail.at(post.url, FROM).open() as line:
        with pytest.raises(NotNow, match="sender 550"):
            await line.send(Letter(uuid4(), "maya@example.org", "Hello", "Text"))


async def test_a_server_that_says_no_for_good_is_believed(post: Post) -> None:
    post.answers = ["553 no"]
    async with Mail.at(post.url, FROM).open() as line:
        with pytest.raises(NotEver, match="553"):
            await line.send(Letter(uuid4(), "maya@example.org", "Hello", "Text"))


@pytest.mark.parametrize(("name", "value"), [
    ("CAIRN_MAIL_URL", "mail.example.org"),
    ("CAIRN_MAIL_URL", "https://mail.example.org"),
    ("CAIRN_MAIL_URL", "smtp://mail.example.org:99999"),
    ("CAIRN_MAIL_FROM", ""),
    ("CAIRN_MAIL_FROM", "nobody"),
    ("CAIRN_SENDS", "maybe"),
])  # fmt: skip
def test_a_wrong_setting_of_mail_names_itself(name: str, value: str) -> None:
    right = {"CAIRN_MAIL_URL": "smtp://u:p@mail.example.org", "CAIRN_MAIL_FROM": FROM}
    assert Config.from_env(right).mail_from == FROM
    with pytest.raises(WrongSetting, match=name):
        Config.from_env(right | {name: value})


@pytest.mark.parametrize(("url", "port", "tls"), [("smtp://h.example", 587, False), ("smtps://h.example", 465, True)])
def test_each_scheme_has_its_own_port(url: str, port: int, tls: bool) -> None:
    mail = Mail.at(url, FROM)
    assert (mail.port, mail.tls) == (port, tls)


async def test_staff_hear_of_their_own_account_too(mailing: Config, post: Post) -> None:
    dana = await a_staff()
    await an_account(dana, KEYS, "dana@example.org")
    await a_notice(dana)
    await worker(mailing).turn(NOW)
    assert post.recipients == ["dana@example.org"]


# The command


async def test_the_worker_command_sends_and_stops_when_told_to(mailing: Config, post: Post, tmp_path: Path) -> None:
    await a_notice(await somebody(), datetime.now(UTC))
    KEYS.save(tmp_path / "cairn.keys")
    settings = {
        "CAIRN_DATABASE_URL": mailing.database_url,
        "CAIRN_KEYS": str(tmp_path / "cairn.keys"),
        "CAIRN_MAIL_URL": post.url,
        "CAIRN_MAIL_FROM": FROM,
    }
    env = {name: value for name, value in os.environ.items() if not name.startswith("CAIRN_")} | settings
    await DB.close_connection_pool()  # on SQLite one process writes
    command = (sys.executable, "-m", "app.cli", "worker")
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=env, stderr=asyncio.subprocess.PIPE)
    async with asyncio.timeout(60):
        while not post.received:
            await asyncio.sleep(0.05)
    process.terminate()
    _, said = await asyncio.wait_for(process.communicate(), 30)
    await DB.start_connection_pool()
    assert process.returncode == 0 and b"stopped" in said
    assert await Outbox.count().where(Outbox.outcome == "sent") == 1


async def test_killed_at_any_moment_no_letter_is_sent_twice(mailing: Config, post: Post) -> None:
    """Cut off after every number of steps in turn; then the lease is over and the next worker goes on."""
    for steps in range(40):
        await a_notice(await somebody(f"m{steps}@example.org"))
        task = asyncio.create_task(worker(mailing).turn(NOW))
        for _ in range(steps * 3):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait({task})
        await worker(mailing).turn(NOW + outbox.LEASE + timedelta(seconds=1))
    assert len(post.recipients) == len(set(post.recipients))
    outcomes = [one["outcome"] for one in await Outbox.select(Outbox.outcome)]
    assert len(outcomes) == 40 and set(outcomes) <= {"sent", "unsure"}
    assert len(post.recipients) >= outcomes.count("sent") > 0

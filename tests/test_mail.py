"""What the administrator sees of sending, and the letters of the sample organisation."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from app import doctor
from app.config import Config
from app.data.sealing import Keys
from app.data.tables.delivery import Outbox
from app.delivery import outbox
from app.delivery.channel import Letter
from app.delivery.mailbox import MAILBOX
from app.main import create_app
from tests.factories import KEYS, a_client, a_staff
from tests.http import goes_to, served
from tests.identity import an_account
from tests.smtp import post_office

pytestmark = pytest.mark.anyio
HERE = "/staff/admin/mail"


async def a_letter(outcome: str = "", **values: object) -> Outbox:
    maya = await a_client("Maya")
    await an_account(maya, KEYS)
    row = Outbox(key=str(uuid4()), kind="account.reset", recipient=maya, channel="mail", outcome=outcome)
    for name, value in ({"done_at": datetime.now(UTC) if outcome else None} | values).items():
        setattr(row, name, value)
    await Outbox.insert(row)
    return row


async def an_admin(sign_in: Callable) -> httpx.AsyncClient:
    return await sign_in(await a_staff("admin", "Ines"))


async def test_the_page_says_that_mail_is_off_and_how_to_turn_it_on(sign_in: Callable) -> None:
    await a_letter()
    http = await an_admin(sign_in)
    assert HERE in (await http.get("/staff/admin")).text
    page = (await http.get(HERE)).text
    assert "Mail is off" in page and "CAIRN_MAIL_URL" in page
    assert '<dd class="num">1</dd>' in page and "Everything got through." in page


async def test_what_did_not_get_through_is_shown_without_whose_it_is(sign_in: Callable) -> None:
    await a_letter("stuck", reason="550", attempts=1)
    await a_letter("unsure")
    page = (await (await an_admin(sign_in)).get(HERE)).text
    for words in ("A link for a new password", "Tried 1 time. The mail server’s answer: 550", "probably arrived"):
        assert words in page
    assert "Maya" not in page and "cairn.example" not in page


async def test_the_administrator_sends_it_again_or_lets_it_go(sign_in: Callable) -> None:
    one, two = await a_letter("stuck", attempts=10), await a_letter("stuck")
    http = await an_admin(sign_in)
    assert goes_to(await http.post(f"{HERE}/{one.id}/again")) == HERE
    assert goes_to(await http.post(f"{HERE}/{two.id}/letting-go")) == HERE
    assert await outbox.due("mail", datetime.now(UTC))
    rows = {row["id"]: row for row in await Outbox.select().where(Outbox.id.is_in([one.id, two.id]))}
    assert (rows[one.id]["done_at"], rows[one.id]["attempts"]) == (None, 0)
    assert (rows[two.id]["outcome"], rows[two.id]["reason"]) == ("dropped", "let go")


@pytest.mark.parametrize("act", ["again", "letting-go"])
async def test_a_letter_that_is_not_stuck_is_not_there(sign_in: Callable, act: str) -> None:
    http = await an_admin(sign_in)
    for id in (uuid4(), (await a_letter()).id, (await a_letter("sent")).id):
        assert (await http.post(f"{HERE}/{id}/{act}")).status_code == 404


@pytest.mark.parametrize("role", ["supervisor", "case_manager", "front_desk"])
async def test_other_staff_find_no_such_page(sign_in: Callable, role: str) -> None:
    row = await a_letter("stuck")
    http = await sign_in(await a_staff(role))
    assert (await http.get(HERE)).status_code == 404
    assert (await http.post(f"{HERE}/{row.id}/again")).status_code == 404
    assert (await http.post(f"{HERE}/{row.id}/letting-go")).status_code == 404


async def test_who_is_signed_out_is_asked_who_they_are(http: httpx.AsyncClient) -> None:
    assert goes_to(await http.get(HERE)) == "/sign-in"


async def test_a_page_of_the_server_that_does_not_answer(config: Config, keys: Keys) -> None:
    """Mail that is on and waits for longer than sending takes."""
    from app.access import Kind, Role, Viewer
    from app.mail import standing

    await a_letter(due_at=datetime.now(UTC) - timedelta(minutes=11))
    viewer = Viewer(uuid4(), Kind.STAFF, role=Role.ADMIN)
    on = replace(config, mail_url="smtp://localhost", mail_from="no-reply@cairn.example")
    now = datetime.now(UTC)
    assert (await standing(viewer, on, now)).slow
    assert not (await standing(viewer, on, now - timedelta(minutes=5))).slow


# The sample organisation


@pytest.fixture
async def demo(config: Config, keys: Keys) -> AsyncIterator[httpx.AsyncClient]:
    MAILBOX.received.clear()
    built = create_app(replace(config, public_url="https://localhost", demo=True), keys=keys, own_pool=False)
    transport = served(built)
    async with built.lifespan(), httpx.AsyncClient(transport=transport, base_url="https://localhost") as client:
        yield client


async def test_the_sample_organisation_shows_its_letters_on_a_page(demo: httpx.AsyncClient) -> None:
    assert "No letters yet" in (await demo.get("/demo/mail")).text
    text = "With this link\n\nhttps://localhost/reset/abc\n\nIf <not>\n"
    await MAILBOX.send(Letter(uuid4(), "maya@example.org", "The link you asked for", text))
    page = (await demo.get("/demo/mail")).text
    assert '<a href="/reset/abc">https://localhost/reset/abc</a>' in page
    assert "maya@example.org" in page and "If &lt;not&gt;" in page
    assert "/demo/mail" in (await demo.get("/people")).text


async def test_that_page_is_nowhere_else(http: httpx.AsyncClient) -> None:
    assert (await http.get("/demo/mail")).status_code == 404


# What the command says


async def test_the_doctor_says_whether_the_mail_server_answers(config: Config, tmp_path: Path) -> None:
    assert (await doctor._mail(config))[0] == (
        True,
        "mail: off, what is to be sent is kept; CAIRN_MAIL_URL and CAIRN_MAIL_FROM turn it on",
    )
    async with post_office() as office:
        on = replace(config, mail_url=office.url, mail_from="no-reply@cairn.example")
        assert await doctor._mail(on) == [(True, "mail: the server answers")]
        assert office.received == []
    well, said = (await doctor._mail(on))[0]
    assert not well and "CAIRN_MAIL_URL" in said

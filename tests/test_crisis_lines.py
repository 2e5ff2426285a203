"""The crisis lines of the place: set by an administrator for each language, shown wherever somebody may need them."""

from typing import Any

import httpx
import pytest

from app import organisation
from app.data.tables.audit import AccessEvent
from app.gate import refusal
from app.language import language
from app.organisation import Help, Line
from tests.factories import a_client, a_staff

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("own_organisation")]
EN, ES = "/staff/admin/crisis-lines/en", "/staff/admin/crisis-lines/es"


@pytest.fixture
async def own_organisation(database: str) -> None:
    from app.data.tables.people import Organisation

    await Organisation.insert(Organisation(name="Tern House"))
    organisation.forget()


async def an_admin(sign_in: Any) -> httpx.AsyncClient:
    return await sign_in(await a_staff("admin"), step_up=True)


def typed(**values: str) -> dict[str, str]:
    """One line to call, one to text, one to chat, and two left empty."""
    given = {
        "emergency": "112",
        "label-1": "Call Harbor Line", "hint-1": "Day & night <b>100%", "way-1": "tel", "number-1": "(555) 555-0110",
        "label-2": "Text Harbor Line", "way-2": "sms", "number-2": "55 501", "word-2": "HELP",
        "label-3": "Chat", "way-3": "chat", "number-3": "https://chat.example.org/now",
        "way-4": "tel", "way-5": "tel",
    }  # fmt: skip
    return given | {name.replace("_", "-"): value for name, value in values.items()}


async def test_lines_that_are_set_stand_on_every_page_that_may_be_needed(http: httpx.AsyncClient, sign_in: Any) -> None:
    me = await sign_in(await a_client("Maya"))
    pages = {"/crisis": http, "/offline": http, "/sign-in": http, "/nowhere": http, "/me/crisis-plan": me}
    for path, client in pages.items():
        text = (await client.get(path)).text
        assert 'href="tel:988"' in text and 'href="sms:741741?body=HOME"' in text, path
    worker = (await http.get("/sw.js")).text
    assert (await (await an_admin(sign_in)).post(EN, data=typed())).status_code == 303
    for path, client in pages.items():
        text = (await client.get(path)).text
        assert 'href="tel:5555550110"' in text and 'href="sms:55501?body=HELP"' in text, path
        assert 'href="https://chat.example.org/now" rel="noopener noreferrer"' in text, path
        assert "988" not in text and "741741" not in text and "911" not in text, path
    for path in ("/crisis", "/offline", "/me/crisis-plan"):
        assert 'href="tel:112"' in (await pages[path].get(path)).text
    assert "Day &amp; night &lt;b&gt;100%" in (await http.get("/crisis")).text
    assert worker.splitlines()[0] != (await http.get("/sw.js")).text.splitlines()[0]  # phones fetch what they keep anew
    (event,) = await AccessEvent.select().where(AccessEvent.action == "crisis-lines-changed")
    assert event["reason"] == "en"


async def test_each_language_has_its_own_and_until_then_the_others(http: httpx.AsyncClient, sign_in: Any) -> None:
    spanish = (await http.get("/crisis?in=es")).text
    assert "Mande AYUDA al 741741" in spanish and 'href="sms:741741?body=AYUDA"' in spanish
    admin = await an_admin(sign_in)
    await admin.post(EN, data=typed())
    assert 'href="tel:5555550110"' in (await http.get("/crisis?in=es")).text
    assert "not set yet" in (await admin.get("/staff/admin")).text
    await admin.post(ES, data=typed(label_1="Llame a la línea", number_1="555 555 0111", emergency="113"))
    spanish, english = (await http.get("/crisis?in=es")).text, (await http.get("/crisis?in=en")).text
    assert "Llame a la línea" in spanish and 'href="tel:5555550111"' in spanish and 'href="tel:113"' in spanish
    assert 'href="tel:5555550110"' in english and 'href="tel:112"' in english
    assert "not set yet" not in (await admin.get("/staff/admin")).text
    for path in (EN, ES):
        assert (await admin.post(path, data={"unset": "1"})).status_code == 303
    assert 'href="tel:988"' in (await http.get("/crisis?in=en")).text


async def test_the_form_holds_what_is_shown_now(sign_in: Any) -> None:
    admin = await an_admin(sign_in)
    page = (await admin.get(EN)).text
    assert 'value="911"' in page and 'value="Call 988"' in page and 'value="741741"' in page and 'value="HOME"' in page
    assert 'value="AYUDA"' in (await admin.get(ES)).text
    await admin.post(EN, data=typed())
    page = (await admin.get(EN)).text
    assert 'value="5555550110"' in page and 'value="https://chat.example.org/now"' in page and "Day &amp; night" in page


@pytest.mark.parametrize(("wrong", "field"), [
    ({"emergency": ""}, "emergency"),
    ({"emergency": "nine"}, "emergency"),
    ({"number_1": "call us"}, "number-1"),
    ({"number_1": "5"}, "number-1"),
    ({"number_2": "555;ext=1"}, "number-2"),
    ({"label_1": ""}, "label-1"),
    ({"label_1": "x" * 61}, "label-1"),
    ({"way_1": "fax"}, "way-1"),
    ({"number_3": "http://chat.example.org"}, "number-3"),
    ({"number_3": "javascript:alert(1)"}, "number-3"),
    ({"number_3": "https://"}, "number-3"),
    ({"number_3": "https://[broken"}, "number-3"),
])  # fmt: skip
async def test_what_no_phone_could_use_is_not_kept(
    http: httpx.AsyncClient, sign_in: Any, wrong: dict[str, str], field: str
) -> None:
    reply = await (await an_admin(sign_in)).post(EN, data=typed(**wrong))
    assert reply.status_code == 422 and f'id="{field}-error"' in reply.text and "Day &amp; night" in reply.text
    assert 'href="tel:988"' in (await http.get("/crisis")).text


async def test_no_line_at_all_is_not_kept(sign_in: Any) -> None:
    assert (await (await an_admin(sign_in)).post(EN, data={"emergency": "112"})).status_code == 422


async def test_a_factor_is_asked_before_they_are_seen_or_changed(http: httpx.AsyncClient, sign_in: Any) -> None:
    admin = await sign_in(await a_staff("admin"))
    for reply in (await admin.get(EN), await admin.post(EN, data=typed())):
        assert (reply.status_code, reply.headers["location"]) == (303, f"/step-up?next={EN}")
    assert 'href="tel:988"' in (await http.get("/crisis")).text


async def test_a_language_that_is_not_spoken_here_has_no_page(sign_in: Any) -> None:
    admin = await an_admin(sign_in)
    assert (await admin.get("/staff/admin/crisis-lines/xx")).status_code == 404
    assert (await admin.post("/staff/admin/crisis-lines/xx", data=typed())).status_code == 404


async def test_the_gates_own_answers_name_the_lines_as_last_known(http: httpx.AsyncClient, sign_in: Any) -> None:
    await (await an_admin(sign_in)).post(EN, data=typed())
    await http.get("/crisis")
    told = refusal.page({"state": {}, "type": "http", "headers": []}, "Title", "Text").decode()  # type: ignore[typeddict-item]
    assert 'href="tel:5555550110"' in told and "988" not in told


def test_a_word_to_send_is_part_of_the_address_and_speaks_the_readers_language() -> None:
    line = Line("Text", "", sms="741741", body="HOME")
    assert line.href == "sms:741741?body=HOME"
    token = language.set("es")
    assert line.href == "sms:741741?body=AYUDA" and Line("T", "", sms="1", body="a b&c").href == "sms:1?body=a%20b%26c"
    language.reset(token)
    assert Help().emergency == "911"

"""What changes something must come from a page of ours, in this browser, in this session."""

import asyncio
import re
from itertools import product

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.data.sealing import Keys
from app.gate import csrf_for, reports
from app.gate.csrf import csrf_holds
from tests.gate_world import KEYS, ORIGIN, SID, browser, gate_app, raw
from tests.http import served

pytestmark = pytest.mark.anyio

OTHER = "b" * 43
APP = gate_app()


def good() -> str:
    return csrf_for(SID, KEYS)


SOURCES = {
    "same origin": ({"Sec-Fetch-Site": "same-origin"}, True),
    "same site": ({"Sec-Fetch-Site": "same-site"}, False),
    "cross site": ({"Sec-Fetch-Site": "cross-site"}, False),
    "typed in": ({"Sec-Fetch-Site": "none"}, False),
    "cross site with our origin": ({"Sec-Fetch-Site": "cross-site", "Origin": ORIGIN}, False),
    "only our origin": ({"Origin": ORIGIN}, True),
    "another origin": ({"Origin": "https://evil.test"}, False),
    "our origin with a port": ({"Origin": ORIGIN + ":444"}, False),
    "our origin without tls": ({"Origin": "http://cairn.test"}, False),
    "no origin": ({"Origin": "null"}, False),
    "nothing": ({}, False),
}
TOKENS = {
    "good": (good(), True),
    "of another session": (csrf_for(OTHER, KEYS), False),
    "of another server": (csrf_for(SID, Keys.from_seed(4)), False),
    "cut": (good()[:-1], False),
    "longer": (good() + "A", False),
    "swapped mask": (good()[22:44] + good()[22:], False),
    "empty": ("", False),
    "missing": (None, False),
}


@pytest.mark.parametrize(("source", "token", "place"), list(product(SOURCES, TOKENS, ("header", "field"))))
async def test_only_our_own_page_with_its_own_token_passes(source: str, token: str, place: str) -> None:
    (headers, from_us), (value, ours) = SOURCES[source], TOKENS[token]
    http = browser(gate_app(), token=False)
    del http.headers["Sec-Fetch-Site"]
    sent = dict(headers)
    form = {"text": "hello"}
    if value is not None and place == "header":
        sent["X-CSRF-Token"] = value
    elif value is not None:
        form["_csrf"] = value
    answer = await http.post("/save", headers=sent, data=form)
    assert answer.status_code == (303 if from_us and ours else 403)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_a_form_from_elsewhere_is_met_by_a_page_that_says_what_to_do(method: str) -> None:
    http = browser(gate_app(), token=False)
    answer = await http.request(method, "/thing", data={"text": "my secret words"})
    assert answer.status_code == 403
    assert "Load it again" in answer.text
    assert "secret" not in answer.text
    http.headers["X-CSRF-Token"] = good()
    assert (await http.request(method, "/thing", data={"text": "my words"})).status_code == 200


async def test_the_same_token_works_in_a_multipart_form_but_not_as_a_file() -> None:
    http = browser(gate_app(), token=False)
    as_text = await http.post("/upload", data={"_csrf": good()}, files={"file": ("a.txt", b"hello")})
    as_file = await http.post("/upload", files={"_csrf": ("a.txt", good().encode())})
    assert (as_text.status_code, as_file.status_code) == (200, 403)
    assert as_text.json()["file"] == 5


async def test_a_token_given_twice_is_no_token() -> None:
    http = browser(gate_app(), token=False)
    body = f"_csrf={good()}&_csrf={good()}&text=a"
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await http.post("/save", content=body, headers=kind)).status_code == 400


async def test_without_any_cookie_no_token_passes() -> None:
    http = browser(gate_app(), signed_in=False)
    for bound in ("", SID):
        http.headers["X-CSRF-Token"] = csrf_for(bound, KEYS)
        assert (await http.post("/save", data={"text": "a"})).status_code == 403


async def test_a_page_with_a_form_gives_a_stranger_a_cookie_for_ten_minutes() -> None:
    http = browser(gate_app(), signed_in=False)
    page = await http.get("/form")
    (cookie,) = page.headers.get_list("set-cookie")
    assert re.fullmatch(r"__Host-pre=[A-Za-z0-9_-]{43}; Path=/; Max-Age=600; Secure; HttpOnly; SameSite=Lax", cookie)
    first, second = page.text.split()
    assert first == second
    assert (await http.post("/save", data={"text": "a", "_csrf": first})).status_code == 303


async def test_a_strangers_cookie_is_kept_while_pages_are_open_and_replaced_when_it_is_none_of_ours() -> None:
    http = browser(gate_app(), signed_in=False)
    first = (await http.get("/form")).text.split()[0]
    held = http.cookies["__Host-pre"]
    await http.get("/form")
    assert http.cookies["__Host-pre"] == held
    assert (await http.post("/save", data={"_csrf": first})).status_code == 303
    odd = browser(gate_app(), signed_in=False, Cookie="__Host-pre=chosen")
    assert "chosen" not in (await odd.get("/form")).headers["set-cookie"]


async def test_pages_without_a_form_and_people_with_a_session_get_no_such_cookie() -> None:
    assert "set-cookie" not in (await browser(gate_app(), signed_in=False).get("/page")).headers
    assert "set-cookie" not in (await browser(gate_app()).get("/form")).headers


async def test_odd_cookies_of_others_do_not_stand_in_the_way() -> None:
    http = browser(gate_app(), signed_in=False, Cookie=f'a[b]="x; =; p=;;__Host-sid={SID}; z')
    assert (await http.post("/save", data={"_csrf": good()})).status_code == 303


async def test_a_strangers_token_ends_with_the_sign_in() -> None:
    http = browser(gate_app(), signed_in=False)
    token = (await http.get("/form")).text.split()[0]
    http.cookies.set("__Host-sid", SID, domain="cairn.test")
    assert (await http.post("/save", data={"_csrf": token})).status_code == 403


async def test_the_handler_reads_the_form_that_the_gate_has_read() -> None:
    http = browser(gate_app(), token=False)
    answer = await http.post("/save", data={"_csrf": good(), "text": "line one\r\nline two\rline three ¿ñ?"})
    assert answer.content.decode() == "line one\nline two\nline three ¿ñ?"


async def test_reading_needs_no_token_and_tells_no_source() -> None:
    http = browser(gate_app(), signed_in=False)
    http.headers["Sec-Fetch-Site"] = "cross-site"
    assert (await http.get("/page")).status_code == 200


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=80), st.text(alphabet="AZaz09-_=é\ud800", min_size=65, max_size=65)))
def test_no_text_is_taken_for_a_token(token: str) -> None:
    assert not csrf_holds(token, SID, KEYS)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 64), st.characters(codec="utf-8"))
def test_a_token_with_one_other_character_does_not_hold(at: int, other: str) -> None:
    token = good()
    changed = token[:at] + other + token[at + 1 :]
    assert csrf_holds(changed, SID, KEYS) == (changed == token)


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=60))
def test_a_token_holds_for_its_own_session_alone(session: str) -> None:
    token = csrf_for(session, KEYS)
    assert csrf_holds(token, session, KEYS)
    assert not csrf_holds(token, session + "x", KEYS)


def test_each_token_looks_different() -> None:
    assert len({csrf_for(SID, KEYS) for _ in range(50)}) == 50


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=90))
def test_no_bytes_in_the_token_header_break_the_server(value: bytes) -> None:
    headers = [(b"host", b"cairn.test"), (b"sec-fetch-site", b"same-origin"), (b"x-csrf-token", value)]
    headers.append((b"cookie", f"__Host-sid={SID}".encode()))
    status, _ = asyncio.run(raw(APP, "POST", "/save", headers))
    assert status == 403


async def test_a_report_of_the_browser_needs_no_token_and_leaves_only_the_rule(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "_window", {"minute": 0, "seen": 0})
    http = httpx.AsyncClient(transport=served(gate_app()), base_url=ORIGIN)
    old = b'{"csp-report": {"effective-directive": "script-src-elem", "document-uri": "https://cairn.test/me/MARK"}}'
    new = b'[{"type": "csp-violation", "body": {"effectiveDirective": "img-src", "sample": "MARK"}}]'
    odd = [
        b"",
        b"\xff",
        b"[]",
        b"[" * 4000,
        b'{"csp-report": {"effective-directive": "MARK MARK"}}',
        b'{"csp-report": 1}',
    ]
    for body in (old, new, *odd):
        assert (await http.post("/csp-report", content=body)).status_code == 204
    for _ in range(40):
        await http.post("/csp-report", content=old)
    told = capsys.readouterr().err
    assert '"directive":"script-src-elem"' in told
    assert '"directive":"img-src"' in told
    assert "MARK" not in told
    assert told.count('"event":"policy"') == reports.PER_MINUTE

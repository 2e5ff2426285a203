"""Only well-formed text comes in, each name once, and no input breaks anything."""

import asyncio
import json

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.gate_world import browser, gate_app, raw

pytestmark = pytest.mark.anyio

APP = gate_app()
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
BAD_TEXT = ["%00", "%FF", "%C3", "%C3%28", "%ED%A0%80", "%C0%AF", "%F8%88%80%80%80", "%1B", "%7F", "%C2%85", "%C2%9F"]
GOOD_TEXT = ["a", "%C3%B1", "%F0%9F%98%80", "%E2%80%8D", "%D7%A9", "%25", "a+b", "%22%3Cscript%3E", "%zz"]


@pytest.mark.parametrize("text", BAD_TEXT)
async def test_what_is_no_text_is_refused_wherever_it_stands(text: str) -> None:
    http = browser(APP)
    assert (await http.get(f"/crash/{text}")).status_code == 400
    assert (await http.get(f"/search?q={text}")).status_code == 400
    assert (await http.get(f"/search?{text}=q")).status_code == 400
    assert (await http.post("/save", content=f"text={text}", headers=FORM)).status_code == 400
    assert (await http.post("/save", content=f"{text}=a", headers=FORM)).status_code == 400


@pytest.mark.parametrize("text", GOOD_TEXT)
async def test_what_people_write_passes(text: str) -> None:
    http = browser(APP)
    assert (await http.get(f"/search?q={text}")).status_code == 200
    assert (await http.post("/save", content=f"text={text}", headers=FORM)).status_code == 303


@pytest.mark.parametrize("text", ["%0A", "%09", "%0D"])
async def test_line_ends_and_tabs_are_for_text_not_for_addresses(text: str) -> None:
    http = browser(APP)
    assert (await http.get(f"/crash/a{text}b")).status_code == 400
    assert (await http.post("/save", content=f"text=a{text}b", headers=FORM)).status_code == 303


async def test_raw_bytes_in_a_form_are_text_or_refused() -> None:
    http = browser(APP)
    assert (await http.post("/save", content="text=año".encode(), headers=FORM)).content == "año".encode()
    for body in (b"text=\xff", b"text=\x00", b"text=\xed\xa0\x80"):
        assert (await http.post("/save", content=body, headers=FORM)).status_code == 400


async def test_a_name_comes_once_unless_the_handler_takes_many() -> None:
    http = browser(APP)
    assert (await http.get("/search?q=a&q=b")).status_code == 400
    assert (await http.get("/search?need=a&need=b&q=c")).json() == {"need": ["a", "b"], "q": ["c"]}
    assert (await http.post("/tick", content="labels=a&labels=b&title=c", headers=FORM)).json() == ["a", "b"]
    assert (await http.post("/tick", content="labels=a", headers=FORM)).json() == ["a"]
    assert (await http.post("/tick", content="title=a&title=b", headers=FORM)).status_code == 400
    assert (await http.post("/tick", content="title=a&%74itle=b", headers=FORM)).status_code == 400
    assert (await http.post("/upload", files=[("x", (None, b"1")), ("x", (None, b"2"))])).status_code == 400


async def test_a_form_has_at_most_two_hundred_fields_and_an_upload_fifty_parts() -> None:
    http = browser(APP)
    for count, status in ((200, 303), (201, 400)):
        assert (await http.post("/save", data={f"f{n}": "1" for n in range(count)})).status_code == status
        parts = [(f"f{n}", (None, b"1")) for n in range(count)]
        assert (await http.post("/save", files=parts)).status_code == status
    for count, status in ((50, 200), (51, 400)):
        parts = [(f"f{n}", (None, b"1")) for n in range(count)]
        assert (await http.post("/upload", files=parts)).status_code == status
    assert (await http.post("/save", content="&" * 200, headers=FORM)).status_code == 400
    assert (await http.get("/search?" + "&".join(f"f{n}=1" for n in range(201)))).status_code == 400


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/x-www-form-urlencoded", 303),
        ("application/x-www-form-urlencoded; charset=utf-8", 303),
        ("Application/X-WWW-Form-Urlencoded", 303),
        ("text/plain", 415),
        ("application/xml", 415),
        ("application/x-msgpack", 415),
        ("", 415),
        ("nonsense", 415),
    ],
)
async def test_only_forms_and_json_are_taken(kind: str, status: int) -> None:
    answer = await browser(APP).post("/save", content=b"text=a", headers={"Content-Type": kind})
    assert answer.status_code == status


async def test_a_post_without_a_body_needs_no_kind() -> None:
    assert (await browser(APP).post("/tick")).json() == []


async def test_json_is_taken_whole_or_not_at_all() -> None:
    http = browser(APP)

    def nested(levels: int) -> bytes:
        return b"[" * levels + b"1" + b"]" * levels

    async def status(body: bytes) -> int:
        return (await http.post("/json", content=body, headers={"Content-Type": "application/json"})).status_code

    assert await status(json.dumps({"a": ["ñ\n", None, 1.5]}).encode()) == 200
    assert await status(nested(19)) == 200
    assert await status(nested(21)) == 400
    assert await status(nested(200_000)) == 400
    assert await status(b'{"a":' * 21 + b"1" + b"}" * 21) == 400
    for body in (b"{", b"\xff", b'"\x00"', b'"\\u0000"', b'"\\ud800"', b'{"\\u0001": 1}', b"NaN", b'["\xed\xa0\x80"]'):
        assert await status(body) == 400


async def test_a_handler_that_wants_json_finds_none_in_a_form() -> None:
    assert (await browser(APP).post("/json", content="{", headers=FORM)).json() is None


def multipart(head: bytes, value: bytes = b"hello", kind: str = "multipart/form-data; boundary=XX") -> httpx.Response:
    body = b"--XX\r\n" + head + b"\r\n\r\n" + value + b"\r\n--XX--\r\n"

    async def ask() -> httpx.Response:
        return await browser(APP).post("/upload", content=body, headers={"Content-Type": kind})

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b'Content-Disposition: form-data; name="a"', 200),
        ('Content-Disposition: form-data; name="f"; filename="año.pdf"'.encode(), 200),
        ('Content-Disposition: form-data; name="f"; filename="a\u202efdp.exe"'.encode(), 400),
        ('Content-Disposition: form-data; name="f"; filename="a\u2066b"'.encode(), 400),
        (b'Content-Disposition: form-data; name="f"; filename="a\x01b"', 400),
        (b'Content-Disposition: form-data; name="f"; filename="a%0Ab"', 400),
        (b'Content-Disposition: form-data; name="a\x01"', 400),
        (b"Content-Disposition: form-data", 200),
        (b'Content-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset=nonsense', 400),
        (b'Content-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset=rot13', 400),
        (b'Content-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset=utf-16', 400),
        (b"no header at all", 400),
    ],
)
def test_parts_are_named_plainly(head: bytes, status: int) -> None:
    assert multipart(head).status_code == status


@pytest.mark.parametrize("value", [b"\xff", b"\x00", b"\xed\xa0\x80"])
def test_a_part_that_is_no_text_is_refused_but_a_file_may_be_anything(value: bytes) -> None:
    assert multipart(b'Content-Disposition: form-data; name="a"', value).status_code == 400
    assert multipart(b'Content-Disposition: form-data; name="a"; filename="a.bin"', value).status_code == 200


@pytest.mark.parametrize(
    "kind", ["multipart/form-data", 'multipart/form-data; boundary=""', "multipart/form-data; boundary=YY"]
)
def test_a_boundary_that_fits_nothing_is_refused(kind: str) -> None:
    assert multipart(b'Content-Disposition: form-data; name="a"', kind=kind).status_code == 400


@settings(max_examples=400, deadline=None)
@given(
    st.binary(max_size=120), st.sampled_from(["/save", "/upload", "/json", "/tick", "/csp-report"]), st.integers(0, 2)
)
def test_no_body_breaks_the_server(body: bytes, path: str, kind: int) -> None:
    kinds = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=XX", "application/json")
    framed = b'--XX\r\nContent-Disposition: form-data; name="a"' + body if kind == 1 else body

    async def ask() -> int:
        answer = await browser(APP).post(path, content=framed, headers={"Content-Type": kinds[kind]})
        return answer.status_code

    assert asyncio.run(ask()) < 500


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60), st.binary(max_size=60))
def test_no_address_breaks_the_server(path: bytes, query: bytes) -> None:
    text = path.decode("utf-8", "replace")
    more = {"raw_path": b"/" + path, "query_string": query}
    status, _ = asyncio.run(raw(APP, "GET", "/search" if not text else f"/{text}", [(b"host", b"cairn.test")], **more))
    assert status < 500

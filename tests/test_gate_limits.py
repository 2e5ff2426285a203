"""The right host, and no more than a person would send."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.gate import csrf_for, limits
from tests.gate_world import KEYS, SID, browser, gate_app, raw

pytestmark = pytest.mark.anyio

HOST = (b"host", b"cairn.test")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([HOST], 200),
        ([(b"host", b"CAIRN.test")], 200),
        ([], 400),
        ([(b"host", b"")], 400),
        ([(b"host", b"cairn.test:8000")], 400),
        ([(b"host", b"cairn.test.")], 400),
        ([(b"host", b"evil.test")], 400),
        ([(b"host", b"cairn.test.evil.test")], 400),
        ([HOST, HOST], 400),
        ([HOST, (b"host", b"evil.test")], 400),
        ([(b"host", b"evil.test"), (b"x-forwarded-host", b"cairn.test")], 400),
        ([HOST, (b"x-forwarded-host", b"evil.test"), (b"forwarded", b"host=evil.test")], 200),
        ([HOST, (b"origin", b"a"), (b"origin", b"b")], 400),
        ([HOST, (b"content-type", b"a"), (b"content-type", b"b")], 400),
        ([HOST, (b"cookie", b"a=1"), (b"cookie", b"b=2")], 200),
        ([HOST, (b"content-encoding", b"gzip")], 415),
        ([HOST, (b"content-encoding", b"identity")], 415),
    ],
)
async def test_the_outer_form_of_a_request(headers: list[tuple[bytes, bytes]], status: int) -> None:
    assert (await raw(gate_app(), "GET", "/page", headers))[0] == status


@pytest.mark.parametrize("method", ["TRACE", "OPTIONS", "CONNECT", "PROPFIND", "get"])
async def test_other_methods_are_not_allowed_and_the_answer_says_which_are(method: str) -> None:
    status, headers = await raw(gate_app(), method, "/page", [HOST])
    assert status == 405
    assert headers[b"allow"] == b"GET, HEAD, POST"


async def test_a_long_address_is_refused() -> None:
    http = browser(gate_app())
    assert (await http.get("/page?q=" + "a" * (4096 - 7))).status_code == 200
    assert (await http.get("/page?q=" + "a" * (4096 - 6))).status_code == 414
    assert (await http.get("/" + "a" * 4096)).status_code == 414


async def test_many_or_large_headers_are_refused() -> None:
    app = gate_app()
    lines = [HOST] + [(b"x-%d" % n, b"1") for n in range(99)]
    assert (await raw(app, "GET", "/page", lines))[0] == 200
    assert (await raw(app, "GET", "/page", [*lines, (b"x-more", b"1")]))[0] == 431
    room = 16 * 1024 - len(b"hostcairn.testx-large")
    assert (await raw(app, "GET", "/page", [HOST, (b"x-large", b"a" * room)]))[0] == 200
    assert (await raw(app, "GET", "/page", [HOST, (b"x-large", b"a" * (room + 1))]))[0] == 431


@pytest.mark.parametrize(("path", "limit"), [("/small", 4 * 1024), ("/save", 512 * 1024)])
async def test_a_body_larger_than_its_route_takes_is_refused(path: str, limit: int) -> None:
    http = browser(gate_app(), **FORM)
    assert (await http.post(path, content=b"a=" + b"a" * (limit - 2))).status_code in (200, 303)
    assert (await http.post(path, content=b"a=" + b"a" * (limit - 1))).status_code == 413


@pytest.mark.parametrize(("path", "limit"), [("/small", 4 * 1024), ("/save", 512 * 1024)])
async def test_a_body_without_a_length_is_counted_while_it_comes(path: str, limit: int) -> None:
    asked = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal asked
        while True:
            asked += 1
            yield b"a" * 1024

    http = browser(gate_app(), **FORM)
    assert (await http.post(path, content=endless())).status_code == 413
    assert asked == limit // 1024 + 1


async def test_an_upload_may_be_eleven_megabytes() -> None:
    http = browser(gate_app())
    fits = await http.post("/upload", files={"file": ("a.bin", b"\0" * (11 * 1024 * 1024 - 1024))})
    assert fits.json() == {"file": 11 * 1024 * 1024 - 1024}
    assert (await http.post("/upload", files={"file": ("a.bin", b"\0" * (11 * 1024 * 1024))})).status_code == 413
    assert (await http.post("/save", files={"file": ("a.bin", b"\0" * (512 * 1024))})).status_code == 413


async def test_size_is_refused_before_anybody_is_recognised() -> None:
    seen: list[str] = []

    def recognise(app: Any) -> Any:
        async def middleware(scope: Any, receive: Any, send: Any) -> None:
            seen.append(scope["path"])
            await app(scope, receive, send)

        return middleware

    http = browser(gate_app(middleware=[recognise]), **FORM)
    await http.post("/small", content=b"a" * 5000)
    await http.get("/page")
    assert seen == ["/page"]


@pytest.mark.parametrize("length", [b"-1", b"1e3", b"", b"9" * 30, "٣".encode()])
async def test_a_length_that_is_no_number_is_refused(length: bytes) -> None:
    headers = [HOST, (b"sec-fetch-site", b"same-origin"), (b"content-length", length)]
    assert (await raw(gate_app(), "POST", "/save", headers))[0] == 400


async def post_slowly(messages: list[Any]) -> int:
    """A post whose body comes as `messages`, and then no more."""
    status: list[int] = []

    async def receive() -> Any:
        return messages.pop(0) if messages else await asyncio.get_running_loop().create_future()

    async def send(message: Any) -> None:
        status.append(message.get("status", 0))

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/save",
        "raw_path": b"/save",
        "query_string": b"",
        "headers": [
            HOST,
            (b"sec-fetch-site", b"same-origin"),
            (b"cookie", f"__Host-sid={SID}".encode()),
            (b"x-csrf-token", csrf_for(SID, KEYS).encode()),
            (b"content-type", b"application/x-www-form-urlencoded"),
            (b"content-length", b"100"),
        ],
        "client": None,
    }
    await gate_app()(scope, receive, send)
    return status[0]


async def test_a_body_that_does_not_come_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BODY_SECONDS", 0.02)
    assert await post_slowly([]) == 408
    assert await post_slowly([{"type": "http.request", "body": b"text=a", "more_body": True}]) == 408


async def test_a_person_who_hangs_up_is_no_error_of_ours(capsys: pytest.CaptureFixture[str]) -> None:
    begun = {"type": "http.request", "body": b"text=a", "more_body": True}
    assert await post_slowly([begun, {"type": "http.disconnect"}]) == 400
    assert "crash" not in capsys.readouterr().err


def test_the_limits_are_those_of_the_bar() -> None:
    assert limits.BODY_BYTES == {"small": 4096, "form": 524288, "upload": 11534336}
    assert (limits.URL_BYTES, limits.HEADER_BYTES, limits.HEADER_LINES) == (4096, 16384, 100)
    assert (limits.FIELDS, limits.PARTS, limits.JSON_DEPTH, limits.BODY_SECONDS) == (200, 50, 20, 30)

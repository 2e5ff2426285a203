"""Every answer carries the security headers, whoever made it."""

import re

import httpx
import pytest
from litestar import Request, get
from litestar.datastructures import State
from litestar.exceptions import ImproperlyConfiguredException

from app.config import Config, WrongSetting
from app.gate import Cairn
from tests.gate_world import KEYS, browser, gate_app, raw, save

pytestmark = pytest.mark.anyio

EXPECTED = {
    "strict-transport-security": "max-age=63072000; includeSubDomains",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), "
    "publickey-credentials-get=(self), publickey-credentials-create=(self)",
}
POLICY = (
    "default-src 'none'; script-src 'nonce-{n}'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; object-src 'none'; report-uri /csp-report"
)


def nonce_of(answer: httpx.Response) -> str:
    found = re.search(r"'nonce-([A-Za-z0-9_-]{22})'", answer.headers["content-security-policy"])
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/page", 200),
        ("POST", "/save", 303),
        ("GET", "/nowhere", 404),
        ("POST", "/page", 405),
        ("TRACE", "/page", 405),
        ("OPTIONS", "/page", 405),
        ("GET", "/crash/word", 500),
        ("GET", "/trouble", 503),
        ("GET", "/bad%00path", 400),
    ],
)
async def test_every_answer_is_protected(method: str, path: str, status: int) -> None:
    answer = await browser(gate_app()).request(method, path)
    assert answer.status_code == status
    for name, value in EXPECTED.items():
        assert answer.headers.get_list(name) == [value]
    assert answer.headers.get_list("content-security-policy") == [POLICY.format(n=nonce_of(answer))]
    assert answer.headers["cache-control"] == "no-store"
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", answer.headers["x-request-id"])
    assert "server" not in answer.headers
    assert "access-control-allow-origin" not in answer.headers


async def test_a_file_keeps_its_own_policy_and_caching_and_nothing_else() -> None:
    answer = await browser(gate_app()).get("/file")
    assert answer.headers.get_list("content-security-policy") == ["sandbox; default-src 'none'"]
    assert answer.headers["cache-control"] == "public, max-age=31536000"
    assert answer.headers.get_list("x-frame-options") == ["DENY"]
    assert "server" not in answer.headers
    assert "vary" not in answer.headers


async def test_the_nonce_of_the_page_is_the_nonce_of_the_policy_and_new_each_time() -> None:
    http = browser(gate_app())
    first, second = await http.get("/page"), await http.get("/page")
    assert first.text == f"<p>{nonce_of(first)}</p>"
    assert nonce_of(first) != nonce_of(second)
    assert first.headers["x-request-id"] != second.headers["x-request-id"]


async def test_a_reference_sent_by_the_browser_is_not_taken_over() -> None:
    answer = await browser(gate_app(), **{"X-Request-Id": "chosen"}).get("/page")
    assert "chosen" not in str(answer.headers)


async def test_pages_vary_by_fragment_and_by_cookie() -> None:
    http = browser(gate_app())
    assert (await http.get("/page")).headers["vary"] == "HX-Request, Cookie"
    assert (await http.get("/form")).headers["vary"] == "Cookie, HX-Request"


async def test_the_last_resort_answers_when_the_error_page_itself_breaks() -> None:
    def broken(request: Request, error: Exception) -> None:
        raise RuntimeError("no template")

    answer = await browser(gate_app(exception_handlers={Exception: broken})).get("/crash/Maya")
    assert answer.status_code == 500
    assert answer.headers["x-request-id"] in answer.text
    assert "988" in answer.text
    assert "no template" not in answer.text
    assert "Maya" not in answer.text
    assert answer.headers["x-frame-options"] == "DENY"


async def test_a_plain_refusal_has_no_body_for_head() -> None:
    answer = await browser(gate_app(), Host="elsewhere.test").head("/page")
    assert (answer.status_code, answer.content) == (400, b"")


async def test_web_sockets_are_closed() -> None:
    sent = []

    async def send(message: dict) -> None:
        sent.append(message)

    await gate_app()({"type": "websocket", "path": "/page"}, None, send)
    assert sent == [{"type": "websocket.close", "code": 1008}]


async def test_the_server_hands_over_no_state_and_is_answered_all_the_same() -> None:
    status, headers = await raw(gate_app(), "GET", "/page", [(b"host", b"cairn.test")])
    assert status == 200
    assert headers[b"x-content-type-options"] == b"nosniff"


async def test_no_handler_goes_around_the_gate() -> None:
    async def mine(request: Request) -> None:
        return None

    @get("/around", audience="public", before_request=mine)
    async def around() -> str:
        return ""

    with pytest.raises(ImproperlyConfiguredException, match="around the gate"):
        gate_app(around)


async def test_a_size_that_does_not_exist_stops_the_start() -> None:
    @get("/odd", audience="public", body="huge")
    async def odd() -> str:
        return ""

    with pytest.raises(ImproperlyConfiguredException, match="small, form, upload"):
        gate_app(odd)


async def test_a_proxy_that_is_no_address_stops_the_start() -> None:
    config = Config(trusted_proxies=("proxy.example",))
    with pytest.raises(WrongSetting, match="CAIRN_TRUSTED_PROXIES"):
        Cairn([save], state=State({"config": config, "keys": KEYS}))

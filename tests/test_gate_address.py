"""Who is asking, and where it is safe to send them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.config import Config
from app.gate import client_address, network_of, safe_path


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "expected"),
    [
        ("203.0.113.9", [], (), "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.1"], (), "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.1"], ("10.0.0.2",), "203.0.113.9"),
        ("10.0.0.2", ["198.51.100.1"], ("10.0.0.2",), "198.51.100.1"),
        ("10.0.0.2", ["192.0.2.66, 198.51.100.1"], ("10.0.0.2",), "198.51.100.1"),
        ("10.0.0.2", ["198.51.100.1, 10.0.0.3"], ("10.0.0.0/24",), "198.51.100.1"),
        ("10.0.0.2", ["192.0.2.66", "198.51.100.1"], ("10.0.0.2",), "198.51.100.1"),
        ("10.0.0.2", [], ("10.0.0.2",), "10.0.0.2"),
        ("10.0.0.2", ["unknown"], ("10.0.0.2",), "10.0.0.2"),
        ("10.0.0.2", ["198.51.100.1, <script>"], ("10.0.0.2",), "10.0.0.2"),
        ("10.0.0.2", ["10.0.0.2"], ("10.0.0.2",), "10.0.0.2"),
        ("::1", ["2001:db8::7"], ("::1",), "2001:db8::7"),
        ("::ffff:10.0.0.2", ["::ffff:198.51.100.1"], ("10.0.0.2",), "198.51.100.1"),
    ],
)
def test_the_last_address_that_is_no_proxy_of_ours(
    peer: str, forwarded: list[str], proxies: tuple[str, ...], expected: str
) -> None:
    scope: Any = {"client": (peer, 1), "headers": [(b"x-forwarded-for", line.encode()) for line in forwarded]}
    assert client_address(scope, Config(trusted_proxies=proxies)) == expected


def test_a_socket_without_an_address_is_nobody() -> None:
    scope: Any = {"client": None, "headers": []}
    assert client_address(scope, Config()) == ""


@pytest.mark.parametrize(
    ("address", "network"),
    [("203.0.113.9", "203.0.113.0"), ("2001:db8:1:2::7", "2001:db8:1::"), ("", ""), ("unix", "")],
)
def test_the_log_keeps_the_network_alone(address: str, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.parametrize(
    "path", ["/", "/me/goals", "/me/goals?page=2#step", "/with/a-b/today", "/a//b", "/%2f%2fevil.test"]
)
def test_a_path_on_this_site_is_kept(path: str) -> None:
    assert safe_path(path) == path


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "me",
        "//evil.test",
        "///evil.test",
        "/\\evil.test",
        "\\\\evil.test",
        "/\t/evil.test",
        "/\n/evil.test",
        " /me",
        "/me\x00",
        "https://evil.test",
        "https:/evil.test",
        "javascript:alert(1)",
        "/\ud800",
        "/" + "a" * 2000,
        "/[::1",
    ][:-1],
)
def test_anything_else_leads_to_the_start_page(text: str | None) -> None:
    assert safe_path(text) == "/"


@given(st.text())
def test_a_safe_path_never_leaves_the_site(text: str) -> None:
    found = safe_path(text)
    assert found.startswith("/")
    assert not found.startswith(("//", "/\\"))

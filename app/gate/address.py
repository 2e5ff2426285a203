"""Who is asking, as far as the network tells, and where it is safe to send them."""

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from litestar.types import Scope

from app.config import Config, WrongSetting

_UNSAFE = re.compile(r"[\x00-\x20\x7f-\x9f\\\ud800-\udfff]")


def client_address(scope: Scope, config: Config) -> str:
    """The socket's other end, or, when that is a trusted proxy, the last address it was told that is not one itself."""
    peer = (scope.get("client") or ("",))[0]
    if not config.trusted_proxies or not _is_trusted(peer, config.trusted_proxies):
        return peer
    for told in reversed(_forwarded(scope)):
        address = _address(told)
        if address is None:
            return peer
        if not _is_trusted(str(address), config.trusted_proxies):
            return str(address)
    return peer


def check_proxies(config: Config) -> None:
    """Raises WrongSetting."""
    try:
        _networks(config.trusted_proxies)
    except ValueError:
        raise WrongSetting(
            "CAIRN_TRUSTED_PROXIES: write addresses such as 10.0.0.2, or networks such as 10.0.0.0/24"
        ) from None


def network_of(address: str) -> str:
    """The network an address is in (/24, IPv6 /48): enough to see a flood, too little to see a person."""
    head, dot, _ = address.rpartition(".")
    if dot and ":" not in address:
        return f"{head}.0"
    found = _address(address)
    return "" if found is None else str(ip_network(f"{found}/{24 if found.version == 4 else 48}", strict=False)[0])


def safe_path(text: str | None) -> str:
    """`text` if it is a plain path on this site, else the start page."""
    if not text or not text.startswith("/") or text.startswith("//") or len(text) > 2000 or _UNSAFE.search(text):
        return "/"
    parts = urlsplit(text)
    return "/" if parts.scheme or parts.netloc else text


def _forwarded(scope: Scope) -> list[str]:
    lines = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
    return [part.strip() for line in lines for part in line.split(",")]


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


@lru_cache(1024)
def _is_trusted(text: str, proxies: tuple[str, ...]) -> bool:
    address = _address(text)
    return address is not None and any(address in network for network in _networks(proxies))


@lru_cache(8)
def _networks(proxies: tuple[str, ...]) -> list[IPv4Network | IPv6Network]:
    return [ip_network(proxy, strict=False) for proxy in proxies]

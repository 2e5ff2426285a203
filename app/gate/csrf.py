"""The token that shows a form came from our own page, bound to the browser's session.

A token is a random mask and an HMAC over mask and session cookie, so it differs on every page and is worth nothing in another
browser. Somebody without a session gets a cookie that exists for this alone, and only when a page with a form asks for it.
"""

import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from functools import lru_cache
from typing import Any

from litestar import Request
from litestar.types import Scope

from app.data.sealing import Keys

SESSION = "__Host-sid"
PRE_SESSION = "__Host-pre"
PRE_SESSION_SECONDS, LONG_FORM_SECONDS = 600, 7200
HEADER = b"x-csrf-token"
FIELD = "_csrf"

_MASK = 22  # 128 random bits in base64url
_OPAQUE = re.compile(r"[A-Za-z0-9_-]{43}\Z")


def csrf_for(cookie_token: str, keys: Keys) -> str:
    """A new token for the browser that holds this session (or pre-session) cookie. 65 ASCII characters."""
    return _signed(secrets.token_urlsafe(16), cookie_token, keys).decode()


def csrf_holds(token: str, cookie_token: str, keys: Keys) -> bool:
    given = token.encode(errors="replace")
    return hmac.compare_digest(given, _signed(given[:_MASK].decode("latin-1"), cookie_token, keys))


def csrf_token(request: Request[Any, Any, Any]) -> str:
    """The token of this page; the same each time one page asks. Asked for without a session, the answer sets `__Host-pre`."""
    state = request.scope["state"]
    if "csrf_token" not in state:
        state["csrf_token"] = csrf_for(_bound_to(request), request.app.state["keys"])
    return state["csrf_token"]


def csrf_matches(request: Request[Any, Any, Any], token: object) -> bool:
    """Whether `token` (whatever came in: a text, a file, nothing) was made for this browser."""
    bound = cookie(request.scope, SESSION) or cookie(request.scope, PRE_SESSION)
    return bool(bound) and isinstance(token, str) and csrf_holds(token, bound or "", request.app.state["keys"])


def cookie(scope: Scope, name: str) -> str | None:
    """One cookie of the request. Others, however odd, do not stand in its way."""
    wanted = name.encode()
    for header, line in scope["headers"]:
        if header == b"cookie":
            for part in line.split(b";"):
                key, _, value = part.strip().partition(b"=")
                if key == wanted:
                    return value.decode("latin-1")
    return None


def pre_session(scope: Scope) -> str | None:
    """The Set-Cookie line that this answer owes to a person without a session, if a token was asked for."""
    value = scope["state"].get("pre_session")
    if value is None:
        return None
    seconds = scope["state"].get("pre_session_seconds", PRE_SESSION_SECONDS)
    return f"{PRE_SESSION}={value}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax"


def time_to_write(scope: Scope) -> None:
    """This page holds a long form for somebody without a session: two hours to write, instead of ten minutes."""
    scope["state"]["pre_session_seconds"] = LONG_FORM_SECONDS


def _bound_to(request: Request[Any, Any, Any]) -> str:
    if session := cookie(request.scope, SESSION):
        return session
    held = cookie(request.scope, PRE_SESSION) or ""
    value = held if _OPAQUE.match(held) else secrets.token_urlsafe(32)
    request.scope["state"]["pre_session"] = value
    return value


def _signed(mask: str, cookie_token: str, keys: Keys) -> bytes:
    mac = hmac.digest(_key(keys.cookie), f"{mask}|{cookie_token}".encode(errors="surrogatepass"), "sha256")
    return mask.encode("latin-1") + urlsafe_b64encode(mac).rstrip(b"=")


@lru_cache(4)
def _key(cookie_key: bytes) -> bytes:
    return hmac.digest(cookie_key, b"cairn|csrf", hashlib.sha256)

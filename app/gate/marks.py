"""What marks one answer: the nonce its scripts carry, and the reference a person can read to us on the phone."""

import secrets
from base64 import b32encode

from litestar.types import Scope

# Crockford's alphabet: nothing in it is mistaken for something else when read aloud.
_CROCKFORD = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789ABCDEFGHJKMNPQRSTVWXYZ")


def csp_nonce(scope: Scope) -> str:
    """128 random bits, made when first asked for; new for each answer."""
    state = scope.setdefault("state", {})
    if "csp_nonce" not in state:
        state["csp_nonce"] = secrets.token_urlsafe(16)
    return state["csp_nonce"]


def request_id(scope: Scope) -> str:
    """The reference on error pages and in the log, such as K7QF-3M2P. Never what the browser sent."""
    state = scope.setdefault("state", {})
    if "request_id" not in state:
        code = b32encode(secrets.token_bytes(5)).translate(_CROCKFORD).decode()
        state["request_id"] = f"{code[:4]}-{code[4:]}"
    return state["request_id"]

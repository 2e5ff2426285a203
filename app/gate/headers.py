"""What every answer carries, whoever made it: pages, errors, redirects, files."""

from collections.abc import Iterable

from litestar.types import Scope

from app.gate.csrf import pre_session
from app.gate.marks import csp_nonce, request_id

Headers = list[tuple[bytes, bytes]]

_POLICY_START = b"default-src 'none'; script-src 'nonce-"
_POLICY_END = (
    b"'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
    b"worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; "
    b"report-uri /csp-report"
)
FIXED: Headers = [
    (b"strict-transport-security", b"max-age=63072000; includeSubDomains"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (
        b"permissions-policy",
        b"camera=(), microphone=(), geolocation=(), payment=(), usb=(), "
        b"publickey-credentials-get=(self), publickey-credentials-create=(self)",
    ),
]
# Nobody below may weaken the fixed ones, and no answer says what serves it.
_OURS = frozenset([name for name, _ in FIXED] + [b"server", b"x-request-id"])
_VARY = (b"HX-Request", b"Cookie")


def protected(scope: Scope, headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """`headers` with what security asks for. A handler's own content policy (a file's sandbox) and its own caching stay."""
    kept = [header for header in headers if header[0].lower() not in _OURS]
    named = {name.lower(): value for name, value in kept}
    if named.get(b"content-type", b"").startswith(b"text/html"):
        kept = _varied(kept, named.get(b"vary", b""))
    if b"content-security-policy" not in named:
        kept.append((b"content-security-policy", _POLICY_START + csp_nonce(scope).encode() + _POLICY_END))
    if b"cache-control" not in named:
        kept.append((b"cache-control", b"no-store"))
    if cookie := pre_session(scope):
        kept.append((b"set-cookie", cookie.encode()))
    kept.append((b"x-request-id", request_id(scope).encode()))
    kept += FIXED
    return kept


def _varied(headers: Headers, told: bytes) -> Headers:
    """The same page is a fragment for htmx, and another page for somebody else."""
    if not told:
        return [*headers, (b"vary", b"HX-Request, Cookie")]
    missing = [name for name in _VARY if name.lower() not in told.lower()]
    return [h for h in headers if h[0].lower() != b"vary"] + [(b"vary", b", ".join([told, *missing]))]

"""What every request and every answer passes.

A handler says in its decorator what it needs: `body="small"` (sign-in, 4 KiB) or `body="upload"` (11 MiB) instead of the
512 KiB of a form, and `many={"labels"}` for the fields and query names that may come more than once.
"""

from app.gate.address import client_address, network_of, safe_path
from app.gate.boundary import checked
from app.gate.csrf import FIELD, PRE_SESSION, SESSION, cookie, csrf_for, csrf_token, time_to_write
from app.gate.marks import csp_nonce, request_id
from app.gate.outer import Cairn
from app.gate.refusal import PageTooOld

__all__ = [
    "FIELD",
    "PRE_SESSION",
    "SESSION",
    "Cairn",
    "PageTooOld",
    "checked",
    "client_address",
    "cookie",
    "csp_nonce",
    "csrf_for",
    "csrf_token",
    "network_of",
    "request_id",
    "safe_path",
    "time_to_write",
]

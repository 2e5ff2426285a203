"""What every request and every answer passes."""

from app.gate.csrf import FIELD, HEADER, PRE_SESSION, SESSION, csrf_for, csrf_token
from app.gate.marks import csp_nonce, request_id

__all__ = ["FIELD", "HEADER", "PRE_SESSION", "SESSION", "csp_nonce", "csrf_for", "csrf_token", "request_id"]

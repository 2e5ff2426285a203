"""What may come in at all, before any handler looks at it: well-formed text, each name once, and a form that is ours.

The form is read here, not by Litestar: its reader replaces wrong bytes silently and keeps the last 1,024 bodies in memory.
What was read is put where `request.form()` and `request.query_params` look, with one kind of line end.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any
from urllib.parse import unquote_to_bytes

import msgspec
from litestar import Request
from litestar.datastructures import UploadFile
from litestar.exceptions import ClientException, HTTPException
from litestar.types import Scope
from litestar.utils.scope.state import ScopeState

from app.forms import BIDI, CONTROLS
from app.gate.csrf import FIELD, HEADER, csrf_matches
from app.gate.limits import FIELDS, JSON_DEPTH, PARTS, REPORTS, SAFE
from app.gate.refusal import PageTooOld

Pair = tuple[str, str | UploadFile]

_PLAIN_PATH = re.compile(rb"[!-$&-~]*\Z")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_FORM, _MULTIPART, _JSON = b"application/x-www-form-urlencoded", b"multipart/form-data", b"application/json"


async def checked(request: Request[Any, Any, Any]) -> None:
    """Runs before every handler: whatever changes something must come from a form of ours and be well-formed."""
    if request.scope["method"] in SAFE or request.scope["path"] == REPORTS:
        return
    token = request.scope["state"]["named"].get(HEADER)
    if token is not None and not csrf_matches(request, token.decode("latin-1")):
        raise PageTooOld
    fields = await _read(request)
    if token is None and not csrf_matches(request, fields.get(FIELD)):
        raise PageTooOld


def path_is_text(raw: bytes) -> bool:
    if _PLAIN_PATH.match(raw):
        return True
    try:
        return not _CONTROLS.search(unquote_to_bytes(raw).decode())
    except UnicodeDecodeError:
        return False


def read_query(scope: Scope) -> None:
    """Raises ClientException for a query that is no text or says one thing twice."""
    pairs = list(_pairs(scope["query_string"]))
    _grouped(pairs, _many(scope))
    ScopeState.from_scope(scope).parsed_query = tuple(pairs)


async def _read(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """The fields of the form, none for JSON. Raises ClientException, or 415 for a kind of content we do not take."""
    found = ScopeState.from_scope(request.scope)
    named = request.scope["state"]["named"]
    kind = named.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if kind == _FORM:
        pairs: list[Pair] = list(_pairs(await request.body()))
    elif kind == _MULTIPART:
        pairs = await _parts(request)
    elif kind == _JSON:
        found.json = _checked_json(await request.body())
        return {}
    elif kind or named.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in named:
        raise HTTPException(status_code=415)
    else:
        return {}
    found.json = None  # a handler that asks for JSON gets none, not a form that it cannot read
    found.form = _grouped(pairs, _many(request.scope))
    return found.form


def _pairs(encoded: bytes) -> Iterator[tuple[str, str]]:
    if encoded.count(b"&") >= FIELDS:
        raise ClientException
    for pair in encoded.split(b"&"):
        if pair:
            name, _, value = pair.partition(b"=")
            yield _words(name), _words(value)


def _words(encoded: bytes) -> str:
    if b"%" in encoded or b"+" in encoded:
        encoded = unquote_to_bytes(encoded.replace(b"+", b" "))
    try:
        return _clean(encoded.decode())
    except UnicodeDecodeError:
        raise ClientException from None


def _clean(text: str) -> str:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if CONTROLS.search(text):
        raise ClientException
    return text


async def _parts(request: Request[Any, Any, Any]) -> list[Pair]:
    # A request of its own: the handler's has not read the form yet and will find the cleaned one.
    reader: Request[Any, Any, Any] = Request(request.scope, request.receive)
    try:
        parts = list((await reader.form()).items())
    except (ValueError, LookupError):  # a part in an encoding that is none, or not in the one it names
        raise ClientException from None
    limit = PARTS if _is_upload(request.scope) else FIELDS
    if len(parts) > limit:
        raise ClientException
    return [(_clean(name), _clean(value) if isinstance(value, str) else _named(value)) for name, value in parts]


def _named(file: UploadFile) -> UploadFile:
    if BIDI.search(file.filename) or _CONTROLS.search(file.filename):
        raise ClientException
    return file


def _grouped(pairs: Iterable[Pair], many: Collection[str]) -> dict[str, Any]:
    """Each name with its value; those that may repeat with the list of theirs."""
    fields: dict[str, Any] = {}
    for name, value in pairs:
        if name in many:
            fields.setdefault(name, []).append(value)
        elif name in fields:
            raise ClientException
        else:
            fields[name] = value
    return fields


def _many(scope: Scope) -> Collection[str]:
    return scope["route_handler"].opt.get("many", ())


def _is_upload(scope: Scope) -> bool:
    return scope["route_handler"].opt.get("body") == "upload"


def _checked_json(body: bytes) -> Any:
    try:
        value = msgspec.json.decode(body or b"null")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ClientException from None
    level = [value]
    for _ in range(JSON_DEPTH):
        level = [item for value in level for item in _inside(value)]
        if not level:
            return value
    raise ClientException


def _inside(value: Any) -> Iterable[Any]:
    """What a JSON value holds. Raises ClientException for a text that is none."""
    if isinstance(value, str):
        _clean(value)
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    return value if isinstance(value, list) else ()

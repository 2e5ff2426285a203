"""Styles, scripts and icons, served from memory under names that change with their content.

The style sheets and the scripts are put together when the server starts, in the order that main.css and app.js name; no build
step, no bundler. `/static/<hash>/<name>` may be kept for a year; what is asked for under an old hash gets the current file.
"""

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import brotli
from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from markupsafe import Markup

from app.web.folders import STATIC

TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    name: str
    digest: str
    media_type: str
    plain: bytes
    br: bytes
    gz: bytes


def _css() -> bytes:
    """main.css with each `@import url("x.css") layer(y);` replaced by that file inside its layer."""
    text = (STATIC / "css" / "main.css").read_text()

    def inlined(found: re.Match[str]) -> str:
        return f"@layer {found[2]} {{\n{(STATIC / 'css' / found[1]).read_text()}}}\n"

    return re.sub(r'@import url\("([^"]+)"\) layer\(([a-z]+)\);\n?', inlined, text).encode()


def _js() -> bytes:
    parts = sorted((STATIC / "js" / "elements").glob("*.js"))
    return "".join("{\n" + part.read_text() + "}\n" for part in parts).encode()


def _asset(name: str, body: bytes) -> Asset:
    media = TYPES.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    squeezed = media.startswith(("text/", "image/svg", "application/json"))
    return Asset(
        name,
        hashlib.sha256(body).hexdigest()[:12],
        media,
        body,
        brotli.compress(body) if squeezed else b"",
        gzip.compress(body, mtime=0) if squeezed else b"",
    )


@cache
def assets() -> dict[str, Asset]:
    """Every asset by its name: app.css, app.js, htmx.js, icons.svg and the pictures."""
    found = [_asset("app.css", _css()), _asset("app.js", _js())]
    found += [_asset(path.name, path.read_bytes()) for path in sorted((STATIC / "vendor").glob("*.js"))]
    found += [_asset(path.name, path.read_bytes()) for path in sorted((STATIC / "icons").glob("*.[ps][nv]g"))]
    return {one.name: one for one in found}


def asset(name: str) -> str:
    """The address of an asset. Raises KeyError for a name that is not there."""
    return f"/static/{assets()[name].digest}/{name}"


@cache
def symbol(name: str) -> Markup:
    """The shapes of one icon, for a page that must be whole without a second file. Raises KeyError."""
    found = re.findall(r'<symbol id="i-([^"]+)"[^>]*>(.*?)</symbol>', assets()["icons.svg"].plain.decode())
    return Markup(dict(found)[name])  # noqa: S704 - our own file


def sent(request: Request[Any, Any, Any], one: Asset, caching: str) -> Response[bytes]:
    """The asset in the smallest form the browser takes; 304 when it has it."""
    headers = {"Cache-Control": caching, "ETag": f'"{one.digest}"', "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == f'"{one.digest}"':
        return Response(b"", status_code=304, headers=headers)
    accepted = request.headers.get("accept-encoding", "")
    body = one.plain
    for code, smaller in (("br", one.br), ("gzip", one.gz)):
        if smaller and code in accepted:
            body, headers["Content-Encoding"] = smaller, code
            break
    return Response(body, media_type=one.media_type, headers=headers)


@get("/static/{digest:str}/{name:str}", audience="public", impersonal=True, name="static")
async def static(request: Request, digest: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    one = assets().get(name)
    if one is None:
        raise NotFoundException
    return sent(request, one, YEAR if digest == one.digest else "no-cache")


@get("/favicon.ico", audience="public", impersonal=True)
async def favicon(request: Request) -> Response[bytes]:
    return sent(request, assets()["icon.svg"], "public, max-age=86400")


ROUTES: list[Any] = [static, favicon]

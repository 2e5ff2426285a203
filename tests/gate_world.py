"""A small application behind the gate, with a handler for each thing the gate does."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
from litestar import Request, Response, get, post, route
from litestar.datastructures import State, UploadFile
from litestar.exceptions import HTTPException
from litestar.params import FromPath

from app.config import Config
from app.data.sealing import Keys
from app.forms import NOTE, Form
from app.gate import Cairn, csp_nonce, csrf_for, csrf_token
from tests.http import served

KEYS = Keys.from_seed(3)
SID = "a" * 43
ORIGIN = "https://cairn.test"
HTML = "text/html"


@get("/page", audience="public")
async def a_page(request: Request) -> Response[str]:
    return Response(f"<p>{csp_nonce(request.scope)}</p>", media_type=HTML)


@get("/form", audience="public")
async def a_form(request: Request) -> Response[str]:
    return Response(csrf_token(request) + " " + csrf_token(request), media_type=HTML, headers={"Vary": "Cookie"})


@get("/file", audience="public")
async def a_file() -> Response[bytes]:
    headers = {"Content-Security-Policy": "sandbox; default-src 'none'", "Cache-Control": "public, max-age=31536000"}
    return Response(
        b"x", media_type="application/pdf", headers=headers | {"X-Frame-Options": "ALLOWALL", "Server": "x"}
    )


@get("/crash/{word:str}", audience="public")
async def a_crash(word: FromPath[str]) -> None:
    raise ValueError(f"unexpected {word}")


@get("/trouble", audience="public")
async def trouble() -> None:
    raise HTTPException(status_code=503, headers={"Retry-After": "2"})


@get("/search", audience="public", many={"need"})
async def a_search(request: Request) -> dict[str, list[str]]:
    return {name: request.query_params.getall(name) for name in request.query_params}


@post("/save", audience="public", status_code=303)
async def save(request: Request) -> Response[bytes]:
    form = Form(await request.form())
    text = form.text("text", NOTE)
    return Response(text.encode(), status_code=303, headers={"Location": "/page"})


@post("/small", audience="public", body="small", status_code=200)
async def small(request: Request) -> str:
    return str(len(await request.form()))


@post("/tick", audience="public", many={"labels"}, status_code=200)
async def tick(request: Request) -> list[str]:
    return (await request.form()).getall("labels", [])


@post("/upload", audience="public", body="upload", status_code=200)
async def upload(request: Request) -> dict[str, Any]:
    form = await request.form()
    return {
        name: len(await value.read()) if isinstance(value, UploadFile) else value for name, value in form.multi_items()
    }


@post("/json", audience="public", status_code=200)
async def take_json(request: Request) -> Any:
    return await request.json()


@route("/thing", http_method=["POST", "PUT", "PATCH", "DELETE"], audience="public", status_code=200)
async def thing() -> str:
    return "done"


ROUTES = [thing, a_page, a_form, a_file, a_crash, trouble, a_search, save, small, tick, upload, take_json]


def gate_app(*more: Any, proxies: tuple[str, ...] = (), **settings: Any) -> Cairn:
    config = Config(public_url=ORIGIN, trusted_proxies=proxies)
    state = State({"config": config, "keys": KEYS})
    return Cairn([*ROUTES, *more], state=state, openapi_config=None, logging_config=None, **settings)


def browser(app: Cairn, *, signed_in: bool = True, token: bool = True, **headers: str) -> httpx.AsyncClient:
    """A client that says what a browser says; with a session, and with the token of a page of ours, unless told not to."""
    client = httpx.AsyncClient(
        transport=served(app), base_url=ORIGIN, headers={"Sec-Fetch-Site": "same-origin"} | headers
    )
    if signed_in:
        client.cookies.set("__Host-sid", SID, domain="cairn.test")
    if signed_in and token:
        client.headers["X-CSRF-Token"] = csrf_for(SID, KEYS)
    return client


async def raw(app: Callable[..., Any], method: str, path: str, headers: list[tuple[bytes, bytes]], **more: Any) -> Any:
    """One request as the server would hand it over, for what no well-meaning client can send. Gives status and headers."""
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": headers,
        "client": ("192.0.2.7", 4000),
        "server": ("cairn.test", 443),
        "scheme": "https",
        "http_version": "1.1",
        "root_path": "",
    } | more
    sent: list[Any] = []

    async def receive() -> Any:
        await asyncio.get_running_loop().create_future()

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent[0]["status"], dict(sent[0]["headers"])

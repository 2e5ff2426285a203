"""What the server sends beside its pages: one style sheet, one script, the pictures, and what a phone may keep."""

import gzip
import hashlib
import json
import re
import struct
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import brotli
import httpx
import pytest

from app import organisation
from app.config import Config
from app.data.sealing import Keys
from app.web.assets import asset, assets, symbol
from tests.http import served

pytestmark = pytest.mark.anyio
STATIC = Path(__file__).parent.parent / "static"
TEMPLATES = sorted((STATIC.parent / "templates").rglob("*.html"))
SHEETS = sorted((STATIC / "css").rglob("*.css"))


def name(path: Path) -> str:
    return path.relative_to(STATIC.parent).as_posix()


def test_the_style_sheet_is_one_file_whose_layers_are_in_order() -> None:
    css = assets()["app.css"].plain.decode()
    order = ("reset", "tokens", "base", "layout", "components", "utilities")
    assert css.startswith(f"@layer {', '.join(order)};\n") and "@import" not in css
    found = re.findall(r"^@layer ([a-z]+) \{", css, re.M)
    assert list(dict.fromkeys(found)) == list(order) and found == sorted(found, key=order.index)


def test_every_sheet_is_part_of_it() -> None:
    imported = set(re.findall(r'url\("([^"]+)"\)', (STATIC / "css" / "main.css").read_text()))
    assert imported == {path.relative_to(STATIC / "css").as_posix() for path in SHEETS} - {"main.css"}


@pytest.mark.parametrize(("file", "most"), [("app.css", 16_000), ("app.js", 10_000), ("htmx.js", 18_000)])
def test_files_stay_within_their_budget(file: str, most: int) -> None:
    assert len(assets()[file].br) <= most


@pytest.mark.parametrize("path", SHEETS, ids=name)
def test_styles_know_no_left_or_right_and_no_raw_colour(path: Path) -> None:
    rules = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
    side, size = "left|right|top|bottom", "(?:min-|max-)?(?:width|height)"
    sided = rf"(?<![-\w])(?:(?:margin|padding|border)-(?:{side})|{side}|float(?!\s*:\s*inline-)|{size})\s*:"
    assert not re.findall(sided, re.sub(r"@media[^{]*", "", rules))
    if path.name != "tokens.css":
        assert not re.findall(r"#[0-9a-f]{3,8}\b", rules)


def luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


PAIRS = [
    *(
        (text, ground, 4.5)
        for text in ("ink", "ink-2", "ink-3", "accent")
        for ground in ("canvas", "surface", "sunken")
    ),
    *((text, f"{text}-soft", 4.5) for text in ("good", "warn", "bad", "calm")),
    *((text, "canvas", 4.5) for text in ("good", "warn", "bad", "calm", "accent-ink")),
    ("accent-ink", "accent-soft", 7),
    ("on-accent", "accent", 7),
    ("on-accent", "accent-strong", 9),
    ("on-crisis", "crisis", 14),
    *((edge, ground, 3) for edge in ("edge", "focus") for ground in ("canvas", "surface")),
]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground", "least"), PAIRS)
def test_colours_can_be_told_apart(text: str, ground: str, least: float, scheme: int) -> None:
    block = (STATIC / "css" / "tokens.css").read_text().split("prefers-color-scheme: dark")[scheme]
    colours = dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6})", block))
    assert contrast(colours[text], colours[ground]) >= least


def test_paper_is_never_dark() -> None:
    css = assets()["app.css"].plain.decode()
    assert css.count("prefers-color-scheme") == css.count("@media screen and (prefers-color-scheme: dark)") == 1


async def test_a_file_may_be_kept_for_a_year_under_the_name_of_its_content(http: httpx.AsyncClient) -> None:
    answer = await http.get(asset("app.css"), headers={"Accept-Encoding": "identity"})
    assert answer.status_code == 200 and answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert hashlib.sha256(answer.content).hexdigest().startswith(asset("app.css").split("/")[2])


async def test_what_the_browser_has_is_not_sent_again(http: httpx.AsyncClient) -> None:
    first = await http.get(asset("app.js"))
    again = await http.get(asset("app.js"), headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304 and not again.content and again.headers["etag"] == first.headers["etag"]


@pytest.mark.parametrize(("accepted", "sent"), [("gzip, br", "br"), ("gzip", "gzip"), ("identity", None)])
async def test_a_file_goes_in_the_smallest_form_that_is_taken(app: Any, accepted: str, sent: str | None) -> None:
    transport = served(app)
    async with (
        httpx.AsyncClient(transport=transport, base_url="https://localhost") as client,
        client.stream("GET", asset("app.js"), headers={"Accept-Encoding": accepted}) as answer,
    ):
        raw = b"".join([part async for part in answer.aiter_raw()])
    assert answer.headers.get("content-encoding") == sent and answer.headers["vary"] == "Accept-Encoding"
    body = {"br": brotli.decompress, "gzip": gzip.decompress}.get(sent or "", bytes)(raw)
    assert body == assets()["app.js"].plain


async def test_a_name_of_earlier_content_gets_the_present_file_which_is_not_kept(http: httpx.AsyncClient) -> None:
    answer = await http.get("/static/000000000000/app.css")
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path", ["main.css", "README.md", "build.py", "..%2F..%2Fpyproject.toml", "names.txt", "sw.js"]
)
async def test_nothing_else_of_the_folder_is_served(http: httpx.AsyncClient, path: str) -> None:
    assert (await http.get(f"/static/000000000000/{path}")).status_code == 404


def test_scripts_of_others_are_as_they_were_published() -> None:
    table = (STATIC / "vendor" / "README.md").read_text()
    noted = dict(re.findall(r"^\| (\S+\.js) \|.*\| ([0-9a-f]{64}) \|$", table, re.M))
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (STATIC / "vendor").glob("*.js")}
    assert noted == files


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    named = {icon for path in TEMPLATES for icon in re.findall(r"(?:icon|picture)\(\"([a-z0-9-]+)\"", path.read_text())}
    assert len(named) > 20
    for icon in named:
        assert symbol(icon)


def drawer() -> Any:
    spec = spec_from_file_location("icons", STATIC / "icons" / "build.py")
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_applications_icon_is_drawn_by_its_script() -> None:
    build = drawer()
    assert (STATIC / "icons" / "icon.svg").read_text() == build.drawing()
    assert build.png(8) == build.png(8) != build.png(8, whole=True)


async def test_the_name_on_the_home_screen_tells_nothing(http: httpx.AsyncClient) -> None:
    answer = await http.get("/manifest.webmanifest")
    manifest = answer.json()
    assert answer.headers["content-type"] == "application/manifest+json" and manifest["display"] == "standalone"
    assert not re.search("crisis|mental|health|plan", json.dumps(manifest).lower())
    for icon in manifest["icons"]:
        file = await http.get(icon["src"])
        assert file.status_code == 200 and file.headers["content-type"] == icon["type"]
        if icon["type"] == "image/png":
            assert "{}x{}".format(*struct.unpack(">II", file.content[16:24])) == icon["sizes"]


async def shell(http: httpx.AsyncClient) -> list[str]:
    found = re.search(r"^const SHELL = (\[.*\])$", (await http.get("/sw.js")).text, re.M)
    assert found is not None
    return list(json.loads(found[1]))


async def test_the_worker_keeps_files_of_the_year_and_the_pages_about_nobody(http: httpx.AsyncClient) -> None:
    kept = await shell(http)
    assert {path for path in kept if not path.startswith("/static/")} == {
        "/crisis?in=en", "/crisis?in=es", "/offline?in=en", "/offline?in=es",
    }  # fmt: skip
    for path in kept:
        answer = await http.get(path)
        assert answer.status_code == 200
        if path.startswith("/static/"):
            assert "immutable" in answer.headers["cache-control"]


async def test_a_kept_page_is_the_same_for_everybody(http: httpx.AsyncClient, sign_in: Any) -> None:
    from tests.factories import a_client

    signed_in = await sign_in(await a_client("Maya"))
    for path in ("/crisis?in=en", "/offline?in=en"):
        texts = [re.sub(r'nonce="[^"]*"', "", (await client.get(path)).text) for client in (http, signed_in)]
        assert texts[0] == texts[1] and "Maya" not in texts[0] and "_csrf" not in texts[0]


async def test_a_changed_line_makes_phones_fetch_the_kept_pages_anew() -> None:
    from portal.crisis import version

    line = organisation.Line("Call", "Any time", tel="+15555550100")
    assert (
        version(organisation.UNSET)
        == version(organisation.UNSET)
        != version(replace(organisation.UNSET, help={"en": organisation.Help("911", (line,))}))
    )


async def test_the_operator_can_take_the_worker_off_every_phone(config: Config, keys: Keys) -> None:
    from app.main import create_app

    app = create_app(replace(config, worker=False), keys=keys, own_pool=False)
    async with (
        app.lifespan(),
        httpx.AsyncClient(transport=served(app), base_url="https://localhost") as client,
    ):
        script = (await client.get("/sw.js")).text
    assert "registration.unregister()" in script and "caches.delete" in script and '"fetch"' not in script


@pytest.mark.parametrize(("path", "first"), [("/crisis", "not alone"), ("/offline", "no signal")])
async def test_the_crisis_page_is_whole_by_itself(http: httpx.AsyncClient, path: str, first: str) -> None:
    page = (await http.get(path)).text
    assert first in page and 'href="tel:988"' in page and 'href="sms:988"' in page and 'href="tel:911"' in page
    assert 'href="/leave"' in page and "<form" not in page and "icons.svg" not in page
    assert len(page.encode()) < 30_000


async def test_the_crisis_page_speaks_the_language_of_its_address(http: httpx.AsyncClient) -> None:
    page = (await http.get("/crisis?in=es")).text
    assert '<html lang="es"' in page and 'href="/crisis?in=en" lang="en"' in page
    assert '<html lang="en"' in (await http.get("/crisis?in=xx")).text


@pytest.mark.parametrize("path", ["/nowhere", "/static/0/nothing.css"])
async def test_an_address_that_is_nobodys_still_has_the_lines_and_the_readers_language(
    http: httpx.AsyncClient, path: str
) -> None:
    answer = await http.get(path, headers={"Accept-Language": "es"})
    assert answer.status_code == 404 and '<html lang="es"' in answer.text
    assert 'href="tel:988"' in answer.text and 'href="/leave"' in answer.text and 'href="/crisis"' in answer.text

"""The macros that pages are made of, looked at where all of them stand: in the gallery."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest

from app.config import Config
from app.data.sealing import Keys
from app.web.answers import KNOWN
from tests.http import served

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).parent.parent / "templates"
COMPONENTS = sorted((ROOT / "components").glob("*.html"))
MACROS = [(path.name, macro) for path in COMPONENTS for macro in re.findall(r"\{% macro (\w+)\(", path.read_text())]


class Elements(HTMLParser):
    """Every element as (tag, attributes), and the text of each button and link."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag in ("a", "button"):
            self.words.append("")

    def handle_data(self, data: str) -> None:
        if self.words:
            self.words[-1] += data.strip()

    def all(self, *tags: str) -> list[dict[str, str | None]]:
        return [attrs for tag, attrs in self.found if tag in tags]


@pytest.fixture
async def demo(config: Config, keys: Keys) -> AsyncIterator[httpx.AsyncClient]:
    from app.main import create_app

    app = create_app(replace(config, demo=True), keys=keys, own_pool=False)
    transport = served(app)
    async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url="https://localhost") as client:
        yield client


@pytest.fixture
async def gallery(demo: httpx.AsyncClient) -> str:
    answer = await demo.get("/gallery")
    assert answer.status_code == 200
    return answer.text


async def test_the_gallery_is_part_of_the_demo_alone(http: httpx.AsyncClient) -> None:
    assert (await http.get("/gallery")).status_code == 404


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.name)
def test_a_component_names_its_macros_in_its_first_line(path: Path) -> None:
    first = path.read_text().splitlines()[0]
    assert first.startswith("{#") and first.endswith("#}")
    for macro in re.findall(r"\{% macro (\w+)\(", path.read_text()):
        asked = rf'from "components/{path.name}" import [^%]*\b{macro}\b'
        if any(re.search(asked, other.read_text()) for other in ROOT.rglob("*.html")):
            assert macro in first


@pytest.mark.parametrize(("file", "macro"), MACROS, ids="-".join)
def test_a_component_is_used(file: str, macro: str) -> None:
    others = [path.read_text() for path in ROOT.rglob("*.html") if path.parent != ROOT / "components"]
    own = (ROOT / "components" / file).read_text()
    beside = [path.read_text() for path in COMPONENTS if path.name != file]
    assert any(re.search(rf"\b{macro}\b", text) for text in others + beside) or own.count(f"{macro}(") > 1


async def test_every_control_has_a_name(gallery: str) -> None:
    elements = Elements(gallery)
    labelled = {label.get("for") for label in elements.all("label")}
    for field in elements.all("input", "select", "textarea"):
        if field.get("type") in ("hidden", "checkbox", "radio"):  # the last two stand inside their labels
            continue
        assert field["id"] in labelled, field
    assert all(elements.words), "a button or link without words"


async def test_hint_and_error_are_tied_to_their_field(gallery: str) -> None:
    elements = Elements(gallery)
    ids = [attrs["id"] for _, attrs in elements.found if attrs.get("id")]
    assert len(ids) == len(set(ids))
    phone = next(field for field in elements.all("input") if field.get("name") == "phone")
    assert phone["aria-describedby"] == "phone-hint phone-error" and phone["aria-invalid"] == "true"
    name = next(field for field in elements.all("input") if field.get("name") == "name")
    assert name["aria-describedby"] == "name-hint" and "aria-invalid" not in name
    for _, attrs in elements.found:
        for tie in ("aria-describedby", "aria-labelledby"):
            assert set((attrs.get(tie) or "").split()) <= set(ids)


async def test_the_summary_links_to_each_field(gallery: str) -> None:
    ids = {attrs.get("id") for _, attrs in Elements(gallery).found}
    summary = gallery.split("<error-summary>")[1].split("</error-summary>")[0]
    links = re.findall(r'href="#([^"]+)"', summary)
    assert links == ["phone", "kind"] and set(links) <= ids


async def test_what_was_typed_is_shown_as_text(gallery: str) -> None:
    assert "Something &lt;b&gt;typed&lt;/b&gt;" in gallery and "<b>typed" not in gallery


async def test_pictures_are_hidden_from_readers(gallery: str) -> None:
    icons = Elements(gallery).all("svg")
    assert icons and all(icon.get("aria-hidden") == "true" for icon in icons)


async def test_no_face_is_chosen_unless_it_was(demo: httpx.AsyncClient) -> None:
    from app.pages import environment

    macro = environment(ROOT).get_template("components/choice.html").module.faces  # type: ignore[attr-defined]
    assert "checked" not in macro("mood", "How is today?")
    assert re.findall(r'value="(\d)" checked', macro("mood", "How is today?", 4)) == ["4"]


async def test_the_page_turns_for_those_who_read_from_the_right(demo: httpx.AsyncClient) -> None:
    assert '<html lang="en" dir="rtl">' in (await demo.get("/gallery?dir=rtl")).text
    assert '<html lang="en" dir="ltr">' in (await demo.get("/gallery?dir=other")).text


@pytest.mark.parametrize("status", KNOWN)
async def test_every_error_page_says_what_to_do_and_shows_the_lines(status: int) -> None:
    from app.organisation import UNSET
    from app.pages import environment

    env = environment(ROOT)
    page = env.get_template("errors/page.html").render(
        status=status, reference="Q6DS-XBGP", organisation=UNSET, lang="en", dir="ltr", languages={"en": "English"},
        demo=False, path="/", csrf_field=str, csp_nonce=str,
    )  # fmt: skip
    assert len(re.findall("<h1>", page)) == 1 and 'href="tel:988"' in page and 'href="/"' in page
    assert ("Q6DS-XBGP" in page) == (status >= 500)
    assert not re.search("invalid|denied|failed|error|forbidden", re.sub(r"<[^>]*>", "", page).lower())

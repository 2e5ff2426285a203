"""The walls of the house: who may import whom, and what no template may hold."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [path for side in ("portal", "staff") for path in sorted((ROOT / side).rglob("*.py"))]
CORE = sorted((ROOT / "app").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_a_page_imports_no_table_and_no_other_side(path: Path) -> None:
    other = "staff" if path.is_relative_to(ROOT / "portal") else "portal"
    for module in imported(path):
        assert module.split(".")[0] not in ("piccolo", other), module
        assert not module.startswith("app.data"), module
        assert module != "app.access.ties", "facts are loaded by the door alone"


@pytest.mark.parametrize("path", CORE, ids=name)
def test_the_core_draws_no_page(path: Path) -> None:
    for module in imported(path):
        if name(path) != "app/main.py":
            assert module.split(".")[0] not in ("portal", "staff"), module


# A module here may ask the tables of a client's record without the door, for the reason beside it.
DOORS = {
    "app/access": "is the door",
    "app/data": "is the tables",
    "app/demo": "fills an empty database",
}
RECORD = ("goal", "appointment", "crisis_plan", "message")


@pytest.mark.parametrize("path", CORE, ids=name)
def test_a_record_is_selected_only_through_the_door(path: Path) -> None:
    """`Goal.select()` and its like read without a decision; rules read `Listing`s and write through `Work`."""
    if any(name(path).startswith(door) for door in DOORS):
        return
    tree = ast.parse(path.read_text())
    tables = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").rpartition(".")[2] in RECORD
        and (node.module or "").startswith("app.data.tables")
        for alias in node.names
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and node.attr in ("objects", "delete", "raw")
            and isinstance(node.value, ast.Name)
        ):
            assert node.value.id not in tables, f"{name(path)}:{node.lineno} reads {node.value.id} past the door"


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_template_holds_nothing_that_the_content_policy_forbids(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>\s*\S", text), "inline script"
    assert not re.search(r"""\son[a-z]+=["']|\sstyle=["']|<style\b""", text), "inline handler or style"
    assert not re.search(r"https?://(?!www\.w3\.org)[^\"'{ ]+\.(js|css|woff2?|png|svg)", text), (
        "an asset from elsewhere"
    )
    assert "|safe" not in text.replace(" ", ""), "text that is not escaped"
    assert "hx-on" not in text and "js:" not in text


@pytest.mark.parametrize("path", [p for p in TEMPLATES if p.name.startswith("_")], ids=name)
def test_a_fragment_has_one_root_whose_id_is_its_name(path: Path) -> None:
    text = re.sub(r"{#.*?#}|{%.*?%}", "", path.read_text(), flags=re.S).strip()
    wanted = path.stem[1:].replace("_", "-")
    first = re.match(r"<[a-z-]+[^>]*\bid=\"([^\"]+)\"", text)
    assert first and first[1] == wanted, f"the root of {path.name} is #{wanted}"


def test_no_source_asks_for_something_to_be_done_later() -> None:
    for path in [*PAGES, *CORE, *TEMPLATES]:
        assert not re.search(r"\b(TODO|FIXME|XXX|HACK)\b", path.read_text()), name(path)

"""Every word that people read is in the catalogues, says what it should in both languages, and is kind."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from app.pages import environment
from app.words import update

ROOT = Path(__file__).parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
MODULES = sorted(
    path
    for folder in ("app", "portal", "staff")
    for path in (ROOT / folder).rglob("*.py")
    if not {"data", "words"} & set(path.relative_to(ROOT).parts[1:-1])
)
LANGUAGES = sorted(path.stem for path in update.WORDS.glob("*.po"))
MARKERS = {"_": 1, "gettext": 1, "lazy": 1, "ngettext": 2, "pgettext": 2}

# Names, and words that are no words: they read the same in every language.
UNTRANSLATED = {"Cairn", "Dana Ortiz", "English", "Español", "PIN"}

# What no page ever says, however it is meant (English, then Spanish).
AVOIDED = {
    "en": r"""no[- ]?show(s|ed)? non-?complian\w* refus\w* fail\w* resist\w* unmotivated overdue invalid denied denies
        suffer\w* committed clean dirty prox(y|ies) frequent\w* frequent[ ]flyers? abus\w* addict\w* mentally[ ]ill
        please[ ]note simply slots? encounters? illegal forbidden""",
    "es": r"""no[ ]se[ ]present(ó|aron) inasistenc\w* incumpl\w* rechaz\w* falló fallid\w* fallas? fracas\w* resisten\w*
        desmotivad\w* vencid\w* atrasad\w* inválid\w* denegad\w* negad\w* sufr\w* padece\w* cometi\w* limpi[oa]s? sucio\w*
        adict\w* abus\w* paciente\w* ilegal\w* prohibid\w* tenga[ ]en[ ]cuenta simplemente tú tu tus contigo ti""",
}
PLACEHOLDER = re.compile(r"%\((\w+)\)([sd])|(%%)|(%)")


@pytest.fixture(scope="module")
def found() -> Catalog:
    return update.words_in_code()


@pytest.fixture(scope="module")
def jinja() -> Environment:
    return environment(ROOT / "templates")


def catalogue(code: str) -> Catalog:
    with (update.WORDS / f"{code}.po").open("rb") as file:
        return read_po(file, locale=code)


def forms(text: object) -> tuple[str, ...]:
    return tuple(text) if isinstance(text, (tuple, list)) else (str(text),)


def entries(words: Catalog) -> list[Message]:
    return [one for one in words if one.id]


def keys(words: Catalog) -> set[tuple[str | None, tuple[str, ...]]]:
    return {(one.context, forms(one.id)) for one in entries(words)}


# The catalogue and the code hold the same words


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_marked_text_is_in_the_catalogue_and_no_other(code: str, found: Catalog) -> None:
    held, wanted = keys(catalogue(code)), keys(found)
    assert not wanted - held, "run `python app/words/update.py`, then translate"
    assert not held - wanted, "run `python app/words/update.py`"


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_text_has_a_translation(code: str) -> None:
    assert len(entries(catalogue(code))) > 500
    assert update.untranslated(catalogue(code)) == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_updating_an_up_to_date_catalogue_changes_nothing(code: str, found: Catalog) -> None:
    assert update.merged(code, found) == (update.WORDS / f"{code}.po").read_bytes()


def test_an_update_keeps_translations_and_drops_words_that_are_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "es.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "Kept"\nmsgstr "Queda"\n\nmsgid "Gone"\nmsgstr "Se va"\n'
    )
    monkeypatch.setattr(update, "WORDS", tmp_path)
    now = Catalog()
    now.add("Kept"), now.add("Kept!")
    (tmp_path / "es.po").write_bytes(update.merged("es", now))
    assert {one.id: one.string for one in entries(catalogue("es"))} == {"Kept": "Queda", "Kept!": ""}
    assert update.untranslated(catalogue("es")) == ["Kept!"]


# What the extraction reads is all there is


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_text_that_python_marks_is_found(path: Path, found: Catalog) -> None:
    """The extraction reads tokens: what stands in an f-string, or is chosen inside the call, escapes it."""
    missing = [text for text in _marked_in_python(ast.parse(path.read_text())) if text not in _ids(found)]
    assert not missing, "write it outside the f-string; choose between whole calls"


def _marked_in_python(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKERS:
            for argument in node.args[: MARKERS[node.func.id]]:
                texts = [one.value for one in ast.walk(argument) if isinstance(one, ast.Constant)]
                if isinstance(argument, (ast.Constant, ast.IfExp, ast.BinOp, ast.JoinedStr, ast.BoolOp)):
                    yield from (text for text in texts if isinstance(text, str))


def _ids(words: Catalog) -> set[str]:
    return {text for one in entries(words) for text in (*forms(one.id), one.context or "")}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_each_text_that_a_template_marks_is_found(path: Path, found: Catalog, jinja: Environment) -> None:
    ids = _ids(found)
    for call in jinja.parse(path.read_text()).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in MARKERS:
            for argument in call.args[: MARKERS[call.node.name]]:
                inner = [argument] if isinstance(argument, nodes.Const) else list(argument.find_all(nodes.Const))
                chosen = isinstance(argument, (nodes.Const, nodes.CondExpr, nodes.Concat, nodes.BinExpr))
                missing = [one.value for one in inner if chosen and one.value not in ids]
                assert not missing, f"line {call.lineno}: choose between whole calls"


# A template says nothing outside the catalogue


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_a_template_shows_no_word_outside_the_catalogue(path: Path, jinja: Environment) -> None:
    source = path.read_text()
    assert list(_bare_words(source)) == []
    assert list(_bare_literals(jinja, source)) == []


READ_ALOUD = re.compile(r"""(?<![\w-])(?:alt|aria-label|aria-description|placeholder|title|label|data-(?:done|lost|otherwise))=
    (?:"([^"]*)"|'([^']*)')""", re.X)  # fmt: skip


def _bare_words(source: str) -> Iterator[str]:
    """Runs of letters that reach the reader as they stand: in text, or in an attribute that is shown or read aloud."""
    source = re.sub(r"\{#.*?#\}", "", source, flags=re.S)
    source = re.sub(r"\{%-?\s*trans\b.*?\bendtrans\s*-?%\}", "", source, flags=re.S)
    source = re.sub(r"\{%-?\s*block kind\b.*?\bendblock.*?%\}", "", source, flags=re.S)  # names a style, not words
    source = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "\0", source, flags=re.S)
    for attribute in READ_ALOUD.finditer(source):
        yield from _words(attribute[1] or attribute[2] or "")
    for block in re.findall(r"<script\b.*?</script>|<style\b.*?</style>", source, flags=re.S):
        source = source.replace(block, "\0")
    source = re.sub(r"<[^>]*>", "\0", source)
    source = re.sub(r'[a-z-]+="[^"]*"', "\0", source)  # a macro that writes attributes
    for text in source.split("\0"):
        yield from _words(re.sub(r"&#?\w+;", " ", text))


def _words(text: str) -> Iterator[str]:
    text = " ".join(text.replace("\0", " ").split())
    if re.search(r"[^\W\d_]{2,}", text) and text.strip(" .,:;–—") not in UNTRANSLATED:
        yield text


SENTENCE = re.compile(r"\s*[A-ZÁÉÍÓÚ][a-záéíóúñ’']+\b")


def _bare_literals(jinja: Environment, source: str) -> Iterator[str]:
    """Sentences in quotes inside an expression that no marker wraps: mostly what is given to a macro."""
    tree = jinja.parse(source)
    marked = {
        id(const)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in MARKERS
        for const in call.find_all(nodes.Const)
    }
    for const in tree.find_all(nodes.Const):
        text = const.value
        if isinstance(text, str) and id(const) not in marked and text not in UNTRANSLATED and SENTENCE.match(text):
            yield text


@pytest.mark.parametrize(
    "source",
    [
        "<p>Good morning</p>",
        "<p>{{ _('Hello') }} there</p>",
        "<button title='Send it'></button>",
        '<input placeholder="Your name">',
        '<img alt="A heart">',
        '{{ button("Send") }}',
        '{{ name or "Nobody" }}',
        '{% set title = "Your visits" %}',
    ],
)
def test_a_bare_word_does_not_slip_through(source: str, jinja: Environment) -> None:
    assert [*_bare_words(source), *_bare_literals(jinja, source)]


@pytest.mark.parametrize(
    "source",
    [
        "{# A comment #}<p class='note wide'>{{ _('Hello') }}</p>",
        '{{ icon("chevron-left") }}{% if state == "booked" %}2 · 3{% endif %}',
    ],
)
def test_what_is_marked_or_no_word_may_stand(source: str, jinja: Environment) -> None:
    assert [*_bare_words(source), *_bare_literals(jinja, source)] == []


# Both languages say the same, and say it kindly


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_translation_fills_in_the_same_names(code: str) -> None:
    for one in entries(catalogue(code)):
        wanted = {tuple(_placeholders(text)) for text in forms(one.id)}
        # One form may leave out the number it stands for ("One thing to change"), as the English one does.
        allowed = wanted | ({()} if isinstance(one.id, tuple) else set())
        for text in forms(one.string):
            assert tuple(_placeholders(text)) in allowed, f"{one.id!r}: {text!r}"


def _placeholders(text: str) -> list[str]:
    """In order of name; a bare per cent sign breaks the filling in, so it counts as a mistake."""
    found = [(match[1], match[2], match[4]) for match in PLACEHOLDER.finditer(text)]
    assert not [one for one in found if one[2] and any(each[0] for each in found)], f"a bare % in {text!r}"
    return sorted({f"{name}:{kind}" for name, kind, _bare in found if name})


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_translation_keeps_the_spaces_at_its_ends(code: str) -> None:
    for one in entries(catalogue(code)):
        said = forms(one.id)[0]
        for text in forms(one.string):
            assert text[: len(text) - len(text.lstrip())] == said[: len(said) - len(said.lstrip())], one.id
            assert text[len(text.rstrip()) :] == said[len(said.rstrip()) :], one.id


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_plural_has_as_many_forms_as_the_language(code: str) -> None:
    words = catalogue(code)
    for one in entries(words):
        if isinstance(one.id, tuple):
            assert len(forms(one.string)) == words.num_plurals, one.id


def _avoided(code: str) -> re.Pattern[str]:
    alternatives = "|".join(re.split(r"\s+(?![^\[]*\])", AVOIDED[code].strip()))
    return re.compile(rf"\b(?:{alternatives})\b", re.I)


def test_no_english_text_uses_a_word_that_blames(found: Catalog) -> None:
    said = [text for one in entries(found) for text in forms(one.id)]
    assert [text for text in said if _avoided("en").search(text) or "!" in text] == []


def test_no_spanish_text_uses_a_word_that_blames_or_tutea() -> None:
    said = [text for one in entries(catalogue("es")) for text in forms(one.string)]
    assert [text for text in said if _avoided("es").search(text) or "!" in text] == []


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "Overdue since Monday"),
        ("en", "The login failed."),
        ("en", "He was a no-show"),
        ("en", "A frequent flyer"),
        ("en", "Please note the time"),
        ("es", "La fecha está vencida"),
        ("es", "No se presentó"),
        ("es", "Tu plan"),
    ],
)
def test_words_to_avoid_are_known_when_seen(code: str, text: str) -> None:
    assert _avoided(code).search(text)

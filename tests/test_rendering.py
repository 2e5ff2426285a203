"""The plainer code of the templates says what Jinja's own says, and SQLite's values are what Piccolo makes of them."""

import sqlite3
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from jinja2 import DictLoader, Environment, StrictUndefined, UndefinedError, pass_context
from markupsafe import Markup, escape
from piccolo.engine import sqlite as piccolo

from app.data import values
from app.pages import translated
from app.web.rendering import KEPT, PlainEnvironment, ask_for_nothing, escaped

TEMPLATES = {
    "layout": "<title>{% block title %}none{% endblock %}</title>{% block main %}{% endblock %}",
    "parts": (
        "{% macro tag(text, kind='plain', more=none) %}<b class='{{ kind }}'>{{ text }}{{ more if more }}</b>{% endmacro %}"
        "{% macro box(title) %}<div>{{ title }}: {{ caller() }}</div>{% endmacro %}"
        "{% macro all(first) %}{{ first }}{{ varargs|join(',') }}{{ kwargs.items()|list }}{% endmacro %}"
    ),
    "row": "[{{ one.name }}|{{ loop_name }}]",
    "page": (
        "{% extends 'layout' %}{% from 'parts' import tag, box, all %}{% set own = who == 'me' %}"
        "{% block title %}{{ super() }}{{ who }}{% endblock %}"
        "{% block main %}{{ tag(who) }}{{ tag(who, more=1) }}{{ tag(kind='k', text=html) }}{{ tag(*['a', 'b']) }}"
        "{% call box(who ~ '!') %}{{ safe }}{% endcall %}{{ all(1, 2, 3, x=4) }}"
        "{% for one in rows %}{% set loop_name = loop.index %}{% include 'row' %}{{ one.items }}{{ one['name'] }}"
        "{{ one.nothing|default('-') }}{% endfor %}{{ thing.name }}{{ thing.shout('x', end='?') }}"
        "{% set words %}{{ who }}<i>{% endset %}{{ words }}{{ 1.5 }}{{ none }}{{ id }}{{ own }}"
        "{{ rows|map(attribute='name')|join }}"
        "{% macro local(n) %}{{ n + 1 }}{% endmacro %}{{ local(1) }}{% endblock %}"
    ),
}


class Thing:
    name = "<thing>"

    def shout(self, text: str, end: str = "!") -> str:
        return text + end


VALUES: dict[str, Any] = {
    "who": "<Maya & 'Ana'>",
    "html": "<script>",
    "safe": Markup("<em>safe</em>"),
    "rows": [{"name": "a<b", "items": "its own"}, {"name": Markup("<u>"), "items": 3}],
    "thing": Thing(),
    "id": UUID(int=7),
}


def test_the_same_page_from_the_same_template() -> None:
    plain = PlainEnvironment(loader=DictLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    own = Environment(loader=DictLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    # The one difference that is wanted: a column named like a method of dictionaries is the column.
    said = own.from_string(TEMPLATES["page"].replace("one.items", "one['items']")).render(VALUES)
    assert plain.get_template("page").render(VALUES) == said
    assert "&lt;script&gt;" in said and "its own" in said


@pytest.mark.parametrize("value", ["<a href='x'>&\"", Markup("<b>"), 12, -3, 1.5, None, True, UUID(int=9), Thing.name])
def test_what_goes_into_the_page_is_escaped_as_ever(value: Any) -> None:
    assert escaped(value) == str(escape(value))


def test_a_name_that_a_page_forgot_is_an_error() -> None:
    env = PlainEnvironment(autoescape=True, undefined=StrictUndefined)
    for text in ("{{ absent }}", "{{ row.absent }}", "{{ absent() }}", "{{ thing.absent }}"):
        with pytest.raises(UndefinedError):
            env.from_string(text).render(row={}, thing=Thing())


def test_a_macro_given_what_it_does_not_take_is_an_error() -> None:
    env = PlainEnvironment(autoescape=True)
    start = "{% macro one(a) %}{{ a }}{% endmacro %}"
    for call in ("one(1, 2)", "one(b=1)", "one(1, a=2)"):
        with pytest.raises(TypeError):
            env.from_string(start + "{{ " + call + " }}").render()


def test_a_function_that_asks_for_the_context_stops_the_start() -> None:
    @pass_context
    def greedy(context: Any) -> str:
        return ""

    env = PlainEnvironment()
    env.globals["greedy"] = greedy
    with pytest.raises(TypeError, match="greedy"):
        ask_for_nothing(env)


def test_what_is_kept_is_kept_apart_by_language_and_by_what_it_was_given() -> None:
    from app.language import language

    assert "icon" in KEPT
    env = PlainEnvironment(autoescape=True)
    env.globals["word"] = language.get
    template = env.from_string(
        "{% macro icon(n, m=0) %}{{ n }}{{ m }}{{ word() }}{% endmacro %}{{ icon(1) }}{{ icon(1, m=2) }}"
    )
    said = []
    for code in ("en", "es", "en"):
        token = language.set(code)
        said.append(template.render())
        language.reset(token)
    assert said == ["10en12en", "10es12es", "10en12en"]


@pytest.mark.parametrize(
    ("ours", "theirs", "raw"),
    [
        (values.uuid, piccolo.convert_uuid_out, b"123e4567-e89b-12d3-a456-426614174000"),
        (values.moment, piccolo.convert_timestamptz_out, b"2026-11-25 09:59:27.123456+00:00"),
        (values.moment, piccolo.convert_timestamptz_out, b"2026-11-25 09:59:27+00:00"),
        (values.boolean, piccolo.convert_boolean_out, b"1"),
        (values.boolean, piccolo.convert_boolean_out, b"0"),
        (int, piccolo.convert_int_out, b"-9223372036854775808"),
    ],
)
def test_a_value_out_of_sqlite_is_what_piccolo_makes_of_it(ours: Any, theirs: Any, raw: bytes) -> None:
    mine, other = ours(raw), theirs(raw)
    assert mine == other and type(mine) is type(other) and hash(mine) == hash(other) and str(mine) == str(other)


def test_a_value_makes_the_way_in_and_out_again() -> None:
    """Both converters are in use at once: ours for the columns, Piccolo's adapters on the way in."""
    connection = sqlite3.connect(":memory:", detect_types=sqlite3.PARSE_DECLTYPES)
    connection.execute("CREATE TABLE t (a UUID, b TIMESTAMPTZ, c BOOLEAN, d INTEGER)")
    row = (UUID(int=5), datetime(2026, 3, 8, 2, 30, 0, 5, tzinfo=UTC), True, 2**62)
    connection.execute("INSERT INTO t VALUES (?, ?, ?, ?)", row)
    assert connection.execute("SELECT * FROM t").fetchone() == row
    connection.close()


def test_words_that_are_not_ours_are_escaped_whatever_function_they_pass() -> None:
    """A page may hand a variable to `_`; only what stands in the catalogue is taken for safe."""
    env = PlainEnvironment(autoescape=True)
    env.globals["_"] = translated
    said = env.from_string("{{ _(text) }}|{{ _('Until %(day)s', day=text) }}|{{ _(text, day=1) }}").render(text="<b>%s")
    assert said == "&lt;b&gt;%s|Until &lt;b&gt;%s|&lt;b&gt;%s"

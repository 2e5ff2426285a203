"""What was typed is kept, read, and met with a sentence where something is missing."""

from datetime import date, time
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import MultiDict

from app.errors import Invalid
from app.forms import GOAL, MESSAGE, NAME, NOTE, SEARCH, TITLE, Form

ID = "0b9c1a52-7d0e-4c1f-9a3b-5f6e7d8c9b0a"


def test_a_line_is_trimmed_composed_and_on_one_line() -> None:
    form = Form({"name": "  Zoe\u0308\n\u00a0 Ma\u00f1ana \t"})
    assert form.line("name", NAME) == "Zo\u00eb Ma\u00f1ana"
    assert form.values["name"] == "  Zoe\u0308\n\u00a0 Ma\u00f1ana \t"
    assert not form.errors


def test_a_text_keeps_its_lines() -> None:
    assert Form({"note": " one\r\ntwo\rthree\n\tfour \n"}).text("note", NOTE) == "one\ntwo\nthree\n\tfour"


@pytest.mark.parametrize("typed", ["", "   ", "\u200b\u00a0", "\u2060", None])
def test_an_empty_field_asks_for_words_only_where_they_are_needed(typed: str | None) -> None:
    form = Form({} if typed is None else {"title": typed})
    assert form.line("title", TITLE) == ""
    assert not form.errors
    assert form.text("title", TITLE, required="Write a goal.") == ""
    assert form.errors == {"title": "Write a goal."}


def test_length_is_counted_in_characters_not_bytes() -> None:
    form = Form({"fits": "😀" * 10, "long": "😀" * 11})
    assert form.line("fits", 10) == "😀" * 10
    form.line("long", 10)
    assert form.errors == {"long": "This can be up to 10 characters. It has 11 now."}
    assert form.values["long"] == "😀" * 11


@pytest.mark.parametrize("hidden", ["\u202e", "\u202a", "\u2066", "\u2069"])
def test_a_line_that_would_read_as_something_else_is_not_taken(hidden: str) -> None:
    form = Form({"name": f"Maya{hidden}x"})
    assert form.line("name", NAME) == ""
    assert "hidden characters" in form.errors["name"]


def test_controls_are_not_taken_even_from_a_form_that_passed_no_gate() -> None:
    form = Form({"a": "x\x00y", "b": "x\ud800y"})
    assert (form.line("a", NAME), form.text("b", NOTE)) == ("", "")
    assert set(form.errors) == {"a", "b"}


def test_a_file_in_the_place_of_a_text_is_nothing() -> None:
    assert Form({"title": object()}).line("title", TITLE) == ""


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"day": "2026-05-14"}, date(2026, 5, 14)),
        ({"day": " 2026-05-14 "}, date(2026, 5, 14)),
        ({"day-year": "2026", "day-month": "5", "day-day": "4"}, date(2026, 5, 4)),
        ({"day": "2026-02-30"}, None),
        ({"day": "20260514"}, None),
        ({"day": "2026-W20-4"}, None),
        ({"day": "٢٠٢٦-٠٥-١٤"}, None),
        ({"day": "0001-01-01"}, None),
        ({"day": "99999-01-01"}, None),
        ({"day-year": "2026", "day-month": "5"}, None),
    ],
)
def test_a_day(typed: dict[str, str], expected: date | None) -> None:
    form = Form(typed)
    assert form.day("day") == expected
    assert bool(form.errors) == (expected is None)


def test_a_day_stays_within_its_bounds() -> None:
    form = Form({"soon": "2026-05-14", "late": "2026-05-14", "within": "2026-05-14"})
    assert form.day("soon", earliest=date(2026, 5, 15)) is None
    assert form.day("late", latest=date(2026, 5, 13)) is None
    assert form.day("within", earliest=date(2026, 5, 14), latest=date(2026, 5, 14)) == date(2026, 5, 14)
    assert form.errors == {"soon": "Choose a later day.", "late": "Choose an earlier day."}


def test_no_day_is_no_error_unless_one_is_needed() -> None:
    form = Form({})
    assert form.day("day") is None
    assert form.clock("at") is None
    assert form.number("count", 1, 5) is None
    assert not form.errors
    form.day("day", required="Choose a day.")
    form.clock("at", required="Choose a time.")
    form.number("count", 1, 5, required="Write how many.")
    assert form.errors == {"day": "Choose a day.", "at": "Choose a time.", "count": "Write how many."}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("14:30", time(14, 30)),
        ("00:00", time(0)),
        ("14:30:00", time(14, 30)),
        ("24:00", None),
        ("2:30", None),
        ("x", None),
    ],
)
def test_a_time_of_day(typed: str, expected: time | None) -> None:
    form = Form({"at": typed})
    assert form.clock("at") == expected
    assert bool(form.errors) == (expected is None)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("1", 1),
        ("5", 5),
        (" 3 ", 3),
        ("0", None),
        ("6", None),
        ("3.0", None),
        ("٣", None),
        ("1e1", None),
        ("9" * 5000, None),
    ],
)
def test_a_number_within_its_range(typed: str, expected: int | None) -> None:
    form = Form({"count": typed})
    assert form.number("count", 1, 5) == expected
    assert form.errors["count"] == ("" if expected else "Write a number from 1 to 5.")


def test_a_choice_is_one_of_those_offered() -> None:
    form = Form({"kind": "call", "odd": "else"})
    assert form.choice("kind", ("call", "visit")) == "call"
    assert form.choice("odd", ("call", "visit")) == ""
    assert form.choice("none", ("call", "visit")) == ""
    assert form.errors == {"odd": "Choose one from the list."}


def test_several_choices_come_in_the_order_they_were_offered() -> None:
    form = Form(MultiDict([("labels", "b"), ("labels", "a"), ("odd", "z"), ("odd", "a")]))
    assert form.choices("labels", ("a", "b", "c")) == ["a", "b"]
    assert form.choices("absent", ("a",)) == []
    assert form.choices("odd", ("a",)) == ["a"]
    assert form.errors == {"odd": "Choose from the list."}


@pytest.mark.parametrize(("typed", "on"), [("on", True), ("1", True), ("", False), ("0", False), (None, False)])
def test_a_box_is_ticked_or_not(typed: str | None, on: bool) -> None:
    assert Form({} if typed is None else {"done": typed}).flag("done") is on


def test_an_id_has_one_written_form() -> None:
    assert Form({"form_id": ID}).form_id() == UUID(ID)
    for typed in (ID.upper(), ID.replace("-", ""), "{" + ID + "}", "urn:uuid:" + ID, "1", ""):
        form = Form({"form_id": typed})
        assert form.form_id() is None
        assert form.errors["form_id"]


def test_the_first_error_of_a_field_stays_and_check_tells_all() -> None:
    form = Form({"when": "x"})
    form.check()
    form.day("when")
    form.wrong("when", "Choose another day.")
    form.wrong("title", "Write a goal.")
    with pytest.raises(Invalid) as raised:
        form.check()
    assert raised.value.errors == {"when": "Write a day, like May 14.", "title": "Write a goal."}


def test_a_new_form_can_be_filled_with_what_is_known() -> None:
    form = Form.filled(title="A place of my own", why=None)
    assert (form.values["title"], form.values["why"], form.errors["title"]) == ("A place of my own", "", "")


def test_limits_are_those_of_the_bar() -> None:
    assert (NAME, TITLE, GOAL, MESSAGE, NOTE, SEARCH) == (100, 200, 500, 8_000, 20_000, 200)


@given(st.text(max_size=60))
def test_every_reading_takes_any_text(typed: str) -> None:
    form = Form({"x": typed})
    form.line("x", 20)
    form.text("x", 20)
    form.day("x")
    form.clock("x")
    form.number("x", -5, 5)
    form.choice("x", ("a",))
    form.uuid("x")
    assert form.values["x"] == typed

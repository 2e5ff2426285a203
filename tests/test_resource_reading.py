"""Hours, telephones, costs, languages and kinds of help, as people write them; files as they break."""

import json
from datetime import date
from pathlib import Path

import pytest

from app.resource.hours import Hours, minutes, read_hours, weekdays
from app.resource.hsds import NothingHere, Source, read
from app.resource.languages import languages_of
from app.resource.listing import Listing
from app.resource.needs import needs_of
from app.resource.phones import dialled, read_phones
from app.resource.service import is_free

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("9:00", 540), ("09:00", 540), ("17:30:00", 1050), ("9 AM", 540), ("5pm", 1020), ("12:15 a.m.", 15), ("noon", 720),
        ("midnight", 1440), ("24:00", 1440), ("0:00", 0),
        ("9", None), ("25:00", None), ("9:75", None), ("13 PM", None), ("morning", None), ("", None), ("9-5", None),
    ],
)  # fmt: skip
def test_a_time_is_read_only_when_it_is_plain(written: str, found: int | None) -> None:
    assert minutes(written) == found


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("Monday", [1]),
        ("mon", [1]),
        ("TH,FR", [4, 5]),
        ("7", [7]),
        ("Weekdays", []),
        ("1MO", []),
        ("MO,xx", []),
        ("", []),
    ],
)
def test_weekdays_are_read_all_or_not_at_all(written: str, days: list[int]) -> None:
    assert weekdays(written) == days


def test_plain_hours_and_closed_days_are_read() -> None:
    assert read_hours({"weekday": "Monday", "opens_at": "9:00", "closes_at": "17:00"}, TODAY) == [Hours(1, 540, 1020)]
    (closed,) = read_hours({"weekday": "Sunday", "opens_at": "", "closes_at": ""}, TODAY)
    assert closed.closed
    assert read_hours({"weekday": "Friday", "opens_at": "18:00", "closes_at": "0:00"}, TODAY) == [Hours(5, 1080, 1440)]


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ({"weekday": "Monday", "opens_at": "10:00", "closes_at": "4:00"}, "Monday 10:00–4:00"),
        ({"weekday": "Monday", "opens_at": "9:00", "closes_at": ""}, "Monday 9:00"),
        ({"weekday": "Every day", "opens_at": "9:00", "closes_at": "17:00"}, "Every day 9:00–17:00"),
        ({"opens_at": "9:00", "closes_at": "17:00"}, "9:00–17:00"),
        ({"freq": "MONTHLY", "byday": "MO", "opens_at": "9:00", "closes_at": "17:00"}, "MO 9:00–17:00"),
        ({"freq": "WEEKLY", "interval": "2", "byday": "MO", "opens_at": "9:00", "closes_at": "17:00"}, "MO 9:00–17:00"),
        (
            {"byday": "MO", "opens_at": "9:00", "closes_at": "17:00", "until": "2026-12-31"},
            "MO 9:00–17:00 (– 2026-12-31)",
        ),
        ({"byday": "MO", "opens_at": "9:00", "closes_at": "17:00", "description": "Ring first"}, ""),
    ],
)
def test_hours_that_are_not_a_plain_week_stay_text(row: dict[str, str], text: str) -> None:
    (hours,) = read_hours(row, TODAY)
    if text:
        assert (hours.weekday, hours.opens, hours.text) == (None, None, text)
        assert hours.problem
    else:
        assert (hours.weekday, hours.opens, hours.text) == (1, 540, "Ring first")


def test_hours_that_begin_later_are_not_shown_as_hours_of_today() -> None:
    row = {"byday": "MO", "opens_at": "9:00", "closes_at": "17:00", "valid_from": "2026-12-01"}
    assert read_hours(row, TODAY)[0].weekday is None
    assert read_hours(row, date(2026, 12, 1))[0].weekday == 1


@pytest.mark.parametrize(
    ("written", "dial", "extension"),
    [
        ("(410) 836-0123", "+14108360123", ""),
        ("618.594.6615", "+16185946615", ""),
        ("773. 271. 0899", "+17732710899", ""),
        ("1-866-843-2572", "+18668432572", ""),
        ("(312) 773-1068 ext. 321", "+13127731068", "321"),
        ("312-346-9766 x 715", "+13123469766", "715"),
        ("(800) 370-LEAD", "+18003705323", ""),
        ("1-800-LAW-REP-4", "+18005297374", ""),
        ("(888) CHI-MES4", "+18882446374", ""),
        ("844-RIGHTS-9 (844-744-4879)", "+18447444879", ""),
        ("217-525-5297 (LAWS)", "+12175255297", ""),
        ('"+44 1234 234567"', "+441234234567", ""),
        ("(311)    -", "", ""),
        ("(   ) 911-", "", ""),
        ("(410) 526-985", "", ""),
        ("(F41) 396-5550", "", ""),
        ("no phone", "", ""),
        ("938-2106", "", ""),
    ],
)
def test_a_number_is_dialled_only_when_it_is_written_out(written: str, dial: str, extension: str) -> None:
    (found,) = read_phones(written)
    assert (found.dial, found.extension) == (dial, extension)
    assert found.number == written.strip('"')


def test_two_numbers_in_one_cell_are_two_numbers() -> None:
    assert [one.dial for one in read_phones("(618) 453-3217; (618) 536-7711")] == ["+16184533217", "+16185367711"]
    assert [one.dial for one in read_phones("(618) 394-7300 or (877) 342-7891")] == ["+16183947300", "+18773427891"]
    assert [one.number for one in read_phones("(618) 453-3217; ask for Jo")] == ["(618) 453-3217; ask for Jo"]
    assert dialled("(618) 453-3217; ask for Jo") == ""


@pytest.mark.parametrize(
    ("fees", "free"),
    [
        ("None.", True), ("Free to everyone", True), ("No fees.", True), ("0.00", True),
        ("None. Voluntary donations accepted.", True), ("", False), ("None if eligible. MCHP Premium is $45.", False),
        ("Free, except for materials", False), ("Sliding fee scale.", False), ("$50", False), ("See notes.", False),
    ],
)  # fmt: skip
def test_only_what_plainly_costs_nothing_is_free(fees: str, free: bool) -> None:
    assert is_free(fees) is free


def test_languages_and_needs_are_read_out_of_words() -> None:
    assert languages_of("Spanish and limited A.S.L.") == ["ase", "es"]
    assert languages_of("es", "en-US", "vie") == ["en", "es", "vi"]
    assert languages_of("Accommodations possible.", "None.") == []
    assert needs_of("Eastside Food Pantry", "") == ["food"]
    assert needs_of("Helping Hands", "Runs a soup kitchen. Not a shelter.") == ["food"]
    assert needs_of("Helping Hands", "") == []


def put(folder: Path, **files: str | bytes) -> Path:
    for name, text in files.items():
        path = folder / (name.replace("__", ".") if "__" in name else f"{name}.csv")
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def listed(folder: Path) -> tuple[Source, Listing]:
    source = read(folder)
    return source, Listing(source, TODAY)


def test_a_row_whose_quotes_do_not_close_costs_that_row_alone(tmp_path: Path) -> None:
    put(tmp_path, services='id,name,description\n1,A,"fine\nand long"\n2,B,"broken\n3,C,"after"\n4,D,plain\n')
    source, listing = listed(tmp_path)
    assert [e.values["name"] for e in listing.entries["services"].values()] == ["A", "C", "D"]
    assert [(r.line, r.kept[:7]) for r in source.repairs] == [(4, "skipped")]
    assert "services" not in source.whole
    assert source.read["services"] == 4
    assert source.skipped["services"] == 1


def test_rows_too_long_or_too_short_are_listed(tmp_path: Path) -> None:
    put(tmp_path, services="id,name,url\n1,A,\n2,B\n3,C,,x\n4,D,,\n")
    source, listing = listed(tmp_path)
    assert list(listing.entries["services"]) == ["1", "4"]
    assert [r.line for r in source.repairs] == [3, 4]


def test_other_encodings_are_read_and_said(tmp_path: Path) -> None:
    put(tmp_path, services=b"id,name\n1,Caf\xe9\n2,Plain\n", organizations="id,name\n7,Büro\n".encode("utf-16"))
    source, listing = listed(tmp_path)
    assert listing.entries["services"]["1"].values["name"] == "Café"
    assert listing.entries["organizations"]["7"].values["name"] == "Büro"
    assert [(r.line, r.problem) for r in source.repairs] == [(2, "the line is not UTF-8")]


def test_a_missing_column_is_one_repair_and_the_rest_is_read(tmp_path: Path) -> None:
    put(tmp_path, services="id,title\n1,A\n2,B\n", organizations="\ufeffid,name\n1,Org\n", menu="id\n1\n")
    source, listing = listed(tmp_path)
    assert list(listing.entries["organizations"]) == ["1"]
    assert not listing.entries["services"]
    assert source.skipped["services"] == 2
    assert {r.problem for r in source.repairs} == {"there is no column name", "not a table of HSDS that we know"}


def test_dangling_references_are_listed_and_the_row_is_kept(tmp_path: Path) -> None:
    put(
        tmp_path,
        services="id,organization_id,name\n1,9,A\n",
        locations="id,organization_id,name\n5,9,Place\n",
        service_at_location='id,service_id,location_id\n,"1,77",5\n,77,5\n',
        phones="id,service_id,organization_id,number\n1,1,9,(410) 836-0123\n2,77,9,(410) 836-0123\n",
    )
    source, listing = listed(tmp_path)
    assert listing.entries["services"]["1"].refs == {}
    assert listing.entries["phones"]["1"].refs == {"service": "1"}
    assert list(listing.entries["phones"]) == ["1"]
    assert list(listing.places) == [("1", "5")]
    assert {r.where for r in source.repairs} == {
        "services.csv:2", "locations.csv:2", "service_at_location.csv:2", "service_at_location.csv:3", "phones.csv:2",
        "phones.csv:3",
    }  # fmt: skip


def test_rows_without_ids_have_the_same_ids_next_time(tmp_path: Path) -> None:
    rows = (
        "id,service_id,weekday,opens_at,closes_at\n,1,Monday,9:00,12:00\n,1,Monday,13:00,17:00\n,1,Monday,9:00,12:00\n"
    )
    put(tmp_path, services="id,name\n1,A\n", schedules=rows)
    first, again = listed(tmp_path)[1], listed(tmp_path)[1]
    assert list(first.entries["schedules"]) == list(again.entries["schedules"])
    assert len(first.entries["schedules"]) == 2
    assert [e.digest for e in first.entries["schedules"].values()] == [
        e.digest for e in again.entries["schedules"].values()
    ]


def test_two_names_for_one_table_are_read_once(tmp_path: Path) -> None:
    rows = "service_id,weekday,opens_at,closes_at\n1,Monday,9:00,12:00\n"
    put(tmp_path, services="id,name\n1,A\n", schedules=rows, regular_schedules=rows)
    source, listing = listed(tmp_path)
    assert len(listing.entries["schedules"]) == 1
    assert source.skipped["schedules"] == 1


def test_addresses_that_a_browser_must_not_open_are_no_links(tmp_path: Path) -> None:
    put(tmp_path, services="id,name,url\n1,A,javascript:alert(1)\n2,B,example.org/x\n3,C,https://example.org\n")
    source, listing = listed(tmp_path)
    assert [e.values["url"] for e in listing.entries["services"].values()] == [
        "",
        "http://example.org/x",
        "https://example.org",
    ]
    assert json.loads(listing.entries["services"]["1"].values["extra"])["url"] == "javascript:alert(1)"
    assert len(source.repairs) == 1


def test_json_that_breaks_off_gives_what_stands_before(tmp_path: Path) -> None:
    put(tmp_path, services__json='[{"id": "1", "name": "A"}, {"id": "2", "name": "B"}, {"id": "3", "na')
    source, listing = listed(tmp_path)
    assert list(listing.entries["services"]) == ["1", "2"]
    assert "2 records" in source.repairs[0].kept
    assert not source.whole


@pytest.mark.parametrize(
    "text", ["[" * 20_000, "12", "null", '{"id": 3}', '[[1], "x", {"name": 5, "phones": [1]}]', b"\xff\xfe\x00"]
)
def test_json_of_another_kind_is_set_aside(tmp_path: Path, text: str | bytes) -> None:
    put(tmp_path, services__json='[{"id": "1", "name": "A"}]', strange__json=text)
    source, listing = listed(tmp_path)
    assert list(listing.entries["services"]) == ["1"]
    assert source.repairs


def test_a_folder_without_a_directory_says_what_was_looked_for(tmp_path: Path) -> None:
    put(tmp_path, notes="a,b\n1,2\n")
    with pytest.raises(NothingHere, match="no HSDS tables"):
        read(tmp_path)
    put(tmp_path, services="id,name\n")
    with pytest.raises(NothingHere, match="no services"):
        read(tmp_path)

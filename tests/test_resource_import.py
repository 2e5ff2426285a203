"""Importing a directory: the preview is what happens, twice is once, and real files give the counts they hold."""

import asyncio
import csv
import json
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.cli import cairn
from app.data.piccolo_conf import DB
from app.data.tables.resource import Directory, Location, Organization, Phone, Schedule, Service, ServiceAtLocation
from app.errors import Stale
from app.resource.changes import Plan, apply, preview
from app.resource.commands import report, write_repairs
from app.resource.export import export
from app.resource.hsds import read
from app.resource.listing import TABLES

pytestmark = pytest.mark.anyio
DATA = Path(__file__).parent.parent.parent / "shared" / "data"
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def real(name: str) -> Path:
    if not (DATA / name).is_dir():
        pytest.skip(f"the data set {name} is not beside this repository")
    return DATA / name


async def planned(folder: Path, name: str = "", sample: bool = False) -> Plan:
    return await preview(read(folder, name), now=NOW, sample=sample)


async def imported(folder: Path, name: str = "", at: datetime = NOW) -> Plan:
    plan = await planned(folder, name)
    await apply(plan, now=at)
    return plan


def counts(plan: Plan, *names: str) -> dict[str, tuple[int, ...]]:
    found = {table: tuple(getattr(count, name) for name in names) for table, count in plan.counts.items()}
    return {table: numbers for table, numbers in found.items() if any(numbers)}


async def stored() -> dict[str, list[tuple[str, ...]]]:
    """Every row of the directory, without our own ids."""
    found = {}
    for name, table in TABLES.items():
        rows = await table.select(table.source_id, table.digest).order_by(table.source_id)  # type: ignore[attr-defined]
        found[name] = [tuple(row.values()) for row in rows]
    found["places"] = [()] * await ServiceAtLocation.count()
    return found


async def test_the_baltimore_directory(database: str) -> None:
    folder = real("hsds-baltimore")
    first = await imported(folder)
    assert first.dialect == "Ohana (HSDS 1.0)"
    assert counts(first, "read", "new", "skipped") == {
        "organizations": (748, 748, 0), "locations": (1482, 1482, 0), "services": (1876, 1876, 0), "phones": (7157, 7157, 0),
        "addresses": (1482, 0, 0), "contacts": (737, 0, 0), "mail_addresses": (1874, 0, 393),
        "taxonomy_terms": (517, 0, 517), "service_at_location": (0, 1875, 0),
    }  # fmt: skip
    assert len(first.repairs) == 436
    assert await Service.count() == 1876
    assert await Phone.count().where(Phone.dial == "") == 41
    assert await Schedule.count() == 0

    again = await planned(folder)
    assert again.steps == 0
    assert counts(again, "new", "changed", "gone") == {}


async def test_the_illinois_directory(database: str) -> None:
    folder = real("hsds-illinois-legal")
    first = await imported(folder)
    assert counts(first, "read", "new", "joined", "skipped") == {
        "organizations": (33, 33, 0, 0), "locations": (520, 520, 0, 0), "services": (430, 429, 0, 1),
        "phones": (982, 966, 0, 19), "schedules": (4984, 2492, 0, 2492), "service_at_location": (520, 425, 0, 185),
        "eligibilities": (520, 0, 335, 185), "mail_addresses": (33, 0, 33, 0),
    }  # fmt: skip
    assert len(first.repairs) == 1292
    problems = [repair.problem.split(",")[-1].strip() for repair in first.repairs if repair.file == "locations.csv"]
    assert problems == ["which is not here"] * 448
    assert await Schedule.count().where(Schedule.weekday.is_null()) == 29
    assert await Schedule.count().where(Schedule.opens.is_null(), Schedule.weekday.is_not_null()) == 665

    again = await planned(folder)
    assert again.steps == 0
    assert len(again.repairs) == 1292


@pytest.mark.parametrize(("kind", "repairs"), [("csv", 10), ("json", 7)])
async def test_the_examples_of_the_standard(database: str, kind: str, repairs: int) -> None:
    folder = real("hsds-3.0-spec") / kind
    first = await imported(folder)
    assert counts(first, "new") == dict.fromkeys([*TABLES, "service_at_location"], (1,))
    assert (await planned(folder)).steps == 0
    service = (await Service.objects())[0]
    assert service.name == "Community Counselling"
    assert service.assured.isoformat() == "2005-01-01"
    assert "35 GBP per 1 hour session" in service.fees
    assert service.languages == "pl ur"
    phone, schedule, place = (await Phone.objects())[0], (await Schedule.objects())[0], (await Location.objects())[0]
    assert (phone.dial, phone.extension) == ("+441234234567", "100")
    assert (schedule.weekday, schedule.opens) == (None, None)
    assert schedule.text.startswith("The service is available from 10 am to 6pm weekdays.")
    assert (place.city, place.latitude) == ("MyCity", None)
    assert len(first.repairs) == repairs


SMALL = {
    "organizations": "id,name\no1,Harbor House\n",
    "services": "id,organization_id,name,description\ns1,o1,Pantry,Food\ns2,o1,Beds,Shelter\n",
    "locations": "id,name\nl1,Front door\n",
    "service_at_location": "service_id,location_id\ns1,l1\n",
    "phones": "id,service_id,number\np1,s1,(410) 836-0123\n",
}


def folder_of(path: Path, **changes: str) -> Path:
    for name, text in (SMALL | changes).items():
        (path / f"{name}.csv").write_text(text)
    return path


async def test_one_changed_row_is_one_change(database: str, tmp_path: Path) -> None:
    await imported(folder_of(tmp_path), "small")
    before = (await Service.objects().where(Service.source_id == "s1"))[0]
    folder_of(tmp_path, phones="id,service_id,number\np1,s1,(410) 836-0199\n")
    plan = await planned(tmp_path, "small")
    assert counts(plan, "new", "changed", "gone") == {"phones": (0, 1, 0)}
    await apply(plan, now=NOW + timedelta(hours=1))
    assert (await Phone.objects())[0].dial == "+14108360199"
    after = (await Service.objects().where(Service.source_id == "s1"))[0]
    assert (before.id, before.number) == (after.id, after.number)


async def test_a_renamed_agency_is_found_by_its_new_name(database: str, tmp_path: Path) -> None:
    await imported(folder_of(tmp_path), "small")
    folder_of(tmp_path, organizations="id,name\no1,Tidewater\n")
    plan = await planned(tmp_path, "small")
    assert counts(plan, "new", "changed", "gone") == {"organizations": (0, 1, 0)}
    await apply(plan, now=NOW + timedelta(hours=1))
    assert await Service.count().where(Service.search.like("%Tidewater%")) == 2
    assert (await planned(tmp_path, "small")).steps == 0


async def test_a_service_that_vanished_stays_unlisted_and_may_come_back(database: str, tmp_path: Path) -> None:
    await imported(folder_of(tmp_path), "small")
    folder_of(
        tmp_path, services="id,organization_id,name,description\ns2,o1,Beds,Shelter\n", phones="id,service_id,number\n"
    )
    (tmp_path / "service_at_location.csv").write_text("service_id,location_id\n")
    plan = await imported(tmp_path, "small", NOW + timedelta(hours=1))
    assert plan.counts["services"].gone == 1
    assert (await Service.objects().where(Service.source_id == "s1"))[0].state == "inactive"
    assert (await planned(tmp_path, "small")).steps == 0
    plan = await imported(folder_of(tmp_path), "small", NOW + timedelta(hours=2))
    assert (await Service.objects().where(Service.source_id == "s1"))[0].state == "active"
    assert await Service.count() == 2


async def test_a_damaged_file_takes_nothing_for_gone(database: str, tmp_path: Path) -> None:
    await imported(folder_of(tmp_path), "small")
    folder_of(tmp_path, services='id,organization_id,name,description\ns1,o1,"Pan\ns2,o1,Beds,Shelter\n')
    plan = await imported(tmp_path, "small", NOW + timedelta(hours=1))
    assert plan.counts["services"].gone == 0
    assert (await Service.objects().where(Service.source_id == "s1"))[0].state == "active"


async def test_a_plan_that_another_import_overtook_writes_nothing(database: str, tmp_path: Path) -> None:
    first, second = await planned(folder_of(tmp_path), "small"), await planned(tmp_path, "small")
    await apply(first, now=NOW)
    with pytest.raises(Stale):
        await apply(second, now=NOW)
    assert await Service.count() == 2


async def test_a_plan_that_cannot_be_finished_leaves_nothing(database: str, tmp_path: Path) -> None:
    plan = await planned(folder_of(tmp_path), "small")

    def stumble(done: int) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await apply(plan, now=NOW, step=stumble)
    assert await Directory.count() == 0
    assert await Organization.count() == 0


async def test_sample_data_stays_sample_data(database: str, tmp_path: Path) -> None:
    await apply(await planned(folder_of(tmp_path), "small", sample=True), now=NOW)
    assert (await planned(tmp_path, "small")).sample is True


CELL = st.text(st.sampled_from("aä ,;\"'\n\r\x00é&<0123456789()-:"), max_size=12)
IDS = st.sampled_from(["", "1", "2", "3", "1,2", "x" * 130])
TIMES = st.sampled_from(["", "9:00", "17:00", "5 pm", "soon", "0:00"])


@st.composite
def directories(draw: st.DrawFn) -> dict[str, list[list[str]]]:
    def rows(*cells: st.SearchStrategy[str]) -> list[list[str]]:
        return draw(st.lists(st.tuples(*cells).map(list), max_size=5))

    return {
        "organizations": [["id", "name"], *rows(IDS, CELL)],
        "services": [["id", "organization_id", "location_id", "name", "fees"], ["1", "1", "2", "Kept", ""],
                     *rows(IDS, IDS, IDS, CELL, CELL)],
        "locations": [["id", "organization_id", "name", "latitude", "longitude"], *rows(IDS, IDS, CELL, CELL, CELL)],
        "phones": [["id", "service_id", "location_id", "number"], *rows(IDS, IDS, IDS, CELL)],
        "schedules": [["service_id", "location_id", "weekday", "opens_at", "closes_at"],
                      *rows(IDS, IDS, st.sampled_from(["", "Monday", "MO,TU", "x"]), TIMES, TIMES)],
        "service_at_location": [["service_id", "location_id"], *rows(IDS, IDS)],
    }  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=directories(), second=directories(), broken=st.booleans())
async def test_what_is_applied_is_what_was_previewed(
    database: str, first: dict[str, list[list[str]]], second: dict[str, list[list[str]]], broken: bool
) -> None:
    """Whatever the files hold: each table grows by what was counted as new, and the second preview finds nothing to do."""
    await emptied()
    with tempfile.TemporaryDirectory() as name:
        for at, tables in enumerate((first, second)):
            for table, rows in tables.items():
                with (Path(name) / f"{table}.csv").open("w", newline="") as file:
                    csv.writer(file).writerows(rows)
                    file.write('"' if broken and at else "")
            before = await stored()
            plan = await preview(read(Path(name), "made"), now=NOW)
            await apply(plan, now=NOW + timedelta(hours=at))
            after = await stored()
            for table in TABLES:
                count = plan.counts.get(table)
                new = count.new if count else 0
                gone = count.gone if count and table in ("phones", "schedules") else 0
                assert len(after[table]) == len(before[table]) + new - gone
                assert len(plan.new.get(table, [])) == new
            assert (await preview(read(Path(name), "made"), now=NOW)).steps == 0


async def emptied() -> None:
    for table in (Schedule, Phone, ServiceAtLocation, Service, Location, Organization, Directory):
        await table.delete(force=True)


async def test_what_is_written_out_can_be_read_in(database: str, tmp_path: Path) -> None:
    (source := tmp_path / "in").mkdir()
    (out := tmp_path / "out").mkdir()
    hours = "service_id,weekday,opens_at,closes_at\ns1,Monday,9:00,17:00\ns1,Sunday,,\ns2,Monday,late,later\n"
    await imported(folder_of(source, schedules=hours), "small")
    written = await export(out, "small")
    assert (written["services.csv"], written["phones.csv"], written["schedules.csv"]) == (2, 1, 3)
    await emptied()
    plan = await imported(out, "again")
    assert plan.repairs == [repair for repair in plan.repairs if repair.file == "schedules.csv"]
    monday = (await Schedule.objects().where(Schedule.weekday == 1))[0]
    assert (monday.opens, monday.closes) == (540, 1020)
    assert await Schedule.count().where(Schedule.weekday == 7, Schedule.opens.is_null()) == 1
    assert await Schedule.count().where(Schedule.text == "Monday late–later") == 1
    assert (await Phone.objects())[0].dial == "+14108360123"


async def test_the_report_names_lines_and_the_list_holds_every_repair(database: str, tmp_path: Path) -> None:
    folder = folder_of(tmp_path, services="id,organization_id,name\ns1,nope,Pantry\ns2,nope,Beds\ns3,o1,\n")
    plan = await planned(folder, "small")
    text = "\n".join(report(plan, dry_run=True))
    assert "services.csv: 2 rows (2, 3): it names organization nope, which is not here" in text
    assert "services.csv:4: it has no name; skipped" in text
    assert "Nothing was written" in text
    write_repairs(plan.repairs, tmp_path / "list.csv")
    assert len((tmp_path / "list.csv").read_text().splitlines()) == len(plan.repairs) + 1
    assert await Service.count() == 0


async def test_the_command_imports_and_leaves_with_one_when_there_is_nothing(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await DB.close_connection_pool()
    monkeypatch.setenv("CAIRN_DATABASE_URL", database)
    (tmp_path / "csv").mkdir()

    async def run(*words: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, cairn, ["resources", *words])

    folder_of(tmp_path / "csv")
    nothing = await run("import", str(tmp_path))
    assert (nothing.exit_code, "look in csv" in nothing.output) == (1, True)
    assert (await run("import", str(tmp_path / "none"))).exit_code == 2
    dry = await run("import", str(tmp_path / "csv"), "--dry-run", "--json")
    assert (dry.exit_code, json.loads(dry.output)["applied"]) == (0, False)
    done = await run("import", str(tmp_path / "csv"), "--sample", "--repairs", str(tmp_path / "repairs.csv"))
    assert (done.exit_code, "6 rows written" in done.output) == (0, True)
    assert "Nothing had changed" in (await run("import", str(tmp_path / "csv"))).output
    assert (await run("export", str(tmp_path / "out"))).exit_code == 0
    assert (await run("export", str(tmp_path / "out"))).exit_code == 1
    await DB.start_connection_pool()
    assert await Service.count() == 2


async def test_the_preview_can_be_had_as_json(database: str, tmp_path: Path) -> None:
    told = json.loads(json.dumps((await planned(folder_of(tmp_path), "small")).told()))
    assert told["tables"]["services"] == {
        "read": 2, "new": 2, "changed": 0, "same": 0, "skipped": 0, "joined": 0, "gone": 0,
    }  # fmt: skip
    assert told["repairs"] == []

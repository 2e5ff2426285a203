"""Every statement that reads a record or a list finds its rows by an index, however large the database is."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest

import app
from app.access import DeskListing, Listing
from app.access.reach import Lane, bindings
from app.data.engine import SQLite, Statement
from app.data.piccolo_conf import DB

pytestmark = pytest.mark.anyio

# Small by nature, whatever the number of clients: one row, one per team, one per member of staff.
SMALL = {"organisation", "o", "team", "w", "programme", "staff", "s", "st", "mine", "constant", "directory"}


def modules() -> Iterator[object]:
    for found in pkgutil.walk_packages(app.__path__, "app."):
        if not found.name.startswith(("app.demo", "app.data.migrations", "app.words", "app.resource.commands")):
            yield importlib.import_module(found.name)


def statements() -> dict[str, Statement]:
    """Each by module and name; a Listing as its plainest lane makes it."""
    found: dict[str, Statement] = {}
    for module in modules():
        for name, value in vars(module).items():
            where = f"{module.__name__}.{name}"  # type: ignore[attr-defined]
            if isinstance(value, Statement):
                found[where] = value
            elif isinstance(value, Listing):
                found[where] = value.statement((Lane(),))
            elif isinstance(value, DeskListing):
                found[where] = value.statement(False)
    return found


def some(name: str) -> object:
    known = {
        "before": datetime.now(UTC),
        "now": datetime.now(UTC),
        "since": datetime.now(UTC),
        "most": 10,
        "skip": 0,
        "n": 10,
    }
    return known.get(name, bindings((Lane(),)).get(name, str(UUID(int=1))))


async def test_lists_over_everybody_are_walked_in_the_order_they_are_shown(database: str) -> None:
    if not isinstance(DB, SQLite):
        pytest.skip("plans are asked of SQLite, which explains without statistics")
    for where, index in (
        ("app.team._WAITING", "client_managed (managed=? AND closed_at=?)"),
        ("app.identity.people._STAFF", "person_by_name (kind=?)"),
        ("app.appointment.day.DAY", "appointment_starts (starts_at>? AND starts_at<?)"),
    ):  # fmt: skip
        plan = await explained(statements()[where])
        assert any(index in line for line in plan) and not [line for line in plan if "B-TREE" in line], plan


async def explained(statement: Statement) -> list[str]:
    asked = Statement("SELECT 1")
    asked.lite, asked.lite_names = "EXPLAIN QUERY PLAN " + statement.lite, statement.lite_names
    rows = (await DB.run((asked, {name: some(name) for name in statement.lite_names})))[0]
    return [row["detail"] for row in rows]


async def test_no_statement_reads_a_whole_table(database: str) -> None:
    if not isinstance(DB, SQLite):
        pytest.skip("plans are asked of SQLite, which explains without statistics")
    scans = {}
    for where, statement in statements().items():
        if statement.lite.lstrip()[:6].upper() not in ("SELECT", "WITH M"):
            continue
        try:
            plan = await explained(statement)
        except Exception as error:
            if "no such" in str(error) or "FOR" in str(error) or "near" in str(error):  # the other engine's
                continue
            raise
        if where.endswith("._PROGRAMMES"):  # all of them, and they are few
            continue
        tables = [m[1] for line in plan if (m := re.match(r"SCAN (\w+)(?! USING (COVERING )?INDEX)", line))]
        if bad := [table for table in tables if table not in SMALL]:
            scans[where] = bad
    assert not scans, "\n".join(f"{where}: {tables}" for where, tables in scans.items())

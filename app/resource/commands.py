"""`cairn resources`: bring a directory in, and take it out again."""

import csv
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from app.resource.changes import Plan
    from app.resource.rows import Repair

COLUMNS = ("read", "new", "changed", "same", "joined", "skipped", "gone")
SHOWN = 5  # line numbers of one kind of repair


@click.group()
def resources() -> None:
    """The directory of help: bring HSDS files in, write them out."""


@resources.command("import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--name", default="", help="The directory's name here; the folder's name if not given.")
@click.option("--sample", is_flag=True, help="Mark every listing as sample data, not help to count on.")
@click.option(
    "--repairs", "list_to", type=click.Path(dir_okay=False, path_type=Path), help="Write the repair list there, as CSV."
)
@click.option("--json", "as_json", is_flag=True, help="Print the whole preview as JSON.")
def import_directory(path: Path, dry_run: bool, name: str, sample: bool, list_to: Path | None, as_json: bool) -> None:
    """Read HSDS 1.x, Ohana or 3.0 tables, or 3.0 JSON, from a folder or a file.

    The second import of the same files changes nothing. Listings that are gone from the files stay, but are not found
    any more.
    """
    from app.cli import run, settled, with_database
    from app.errors import Stale
    from app.resource.hsds import NothingHere

    settled()
    try:
        plan = run(with_database(lambda: _import(path, name, sample, dry_run, quiet=as_json), write=not dry_run))
    except NothingHere as error:
        raise click.ClickException(str(error)) from None
    except Stale:
        raise click.ClickException("another import of this directory came between; run this one again") from None
    if list_to:
        write_repairs(plan.repairs, list_to)
    if as_json:
        click.echo(json.dumps(plan.told() | {"applied": not dry_run}, ensure_ascii=False))
    else:
        click.echo("\n".join(report(plan, dry_run)))


async def _import(path: Path, name: str, sample: bool, dry_run: bool, *, quiet: bool) -> "Plan":
    from app.resource.changes import apply, preview
    from app.resource.hsds import read

    now = datetime.now(UTC)
    with progress(quiet) as (told, begin):
        plan = await preview(read(path, name, told), now=now, sample=sample)
        if not dry_run:
            await apply(plan, now=now, step=begin(plan.steps))
    return plan


@contextmanager
def progress(quiet: bool) -> Iterator[Any]:
    """A bar on a terminal: first the name of the file being read, then the rows written."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as bar:
        task = bar.add_task("Reading", total=None)

        def begin(total: int) -> Any:
            bar.update(task, description="Writing", total=total, completed=0)
            return lambda done: bar.advance(task, done)

        yield lambda file: bar.update(task, description=f"Reading {file}"), begin


def report(plan: "Plan", dry_run: bool) -> Iterator[str]:
    """What is or would be done, by table, then the repair list by kind with the first lines it is about."""
    yield f"{plan.name} ({plan.dialect}{', sample data' if plan.sample else ''})"
    yield f"{'':26}" + "".join(f"{name:>9}" for name in COLUMNS)
    for table, count in plan.counts.items():
        yield f"{table:26}" + "".join(f"{getattr(count, name) or '-':>9}" for name in COLUMNS)
    if plan.repairs:
        yield f"\n{len(plan.repairs)} repairs (--repairs FILE lists every one)"
    yield from _grouped(plan.repairs)
    if dry_run:
        yield "\nNothing was written: this is what the import would do."
    elif plan.steps:
        yield f"\n{plan.steps} rows written."
    else:
        yield "\nNothing had changed; nothing was written."


def _grouped(repairs: "Sequence[Repair]") -> Iterator[str]:
    def kind(repair: "Repair") -> tuple[str, str, str]:
        shape = " ".join(word for word in repair.problem.split() if not any(c.isdigit() for c in word))
        return repair.file, shape, repair.kept.split(":")[0]

    for _, group in groupby(sorted(repairs, key=kind), key=kind):
        found = list(group)
        first = found[0]
        if len(found) == 1:
            yield f"  {first.where}: {first.problem}; {first.kept}"
            continue
        lines = ", ".join(str(repair.line or repair.place) for repair in found[:SHOWN])
        more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        yield f"  {first.file}: {len(found)} rows ({lines}{more}): {first.problem}; {first.kept}"


def write_repairs(repairs: "Sequence[Repair]", path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("file", "line", "place", "problem", "kept"))
        writer.writerows((r.file, r.line or "", r.place, r.problem, r.kept) for r in repairs)


@resources.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--name", default="", help="One directory only; all of them if not given.")
def export_directory(folder: Path, name: str) -> None:
    """Write the directory as HSDS 3.0 tables into a new or empty folder."""
    from app.cli import run, settled, with_database
    from app.resource.export import export

    settled()
    if folder.exists() and any(folder.iterdir()):
        raise click.ClickException(f"{folder}: there is something in this folder already")
    folder.mkdir(parents=True, exist_ok=True)
    written = run(with_database(lambda: export(folder, name), write=False))
    if not written.get("services.csv"):
        raise click.ClickException(f"there is no directory named {name}" if name else "there are no services here yet")
    for file, rows in written.items():
        click.echo(f"{folder / file}: {rows} rows")

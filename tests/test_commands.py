"""The one command, as it is called: what it says, and how it exits."""

import json
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parent.parent


def environment(folder: Path, **settings: str) -> dict[str, str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith("CAIRN_")}
    return (
        env
        | {
            "CAIRN_DATABASE_URL": f"sqlite:///{folder / 'cairn.db'}",
            "CAIRN_KEYS": str(folder / "cairn.keys"),
        }
        | settings
    )


def cairn(*arguments: str, folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    command, env = [sys.executable, "-m", "app.cli", *arguments], environment(folder, **settings)
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)


def test_from_nothing_to_a_first_administrator(tmp_path: Path) -> None:
    refused = cairn("serve", folder=tmp_path)
    assert refused.returncode != 0 and "cairn config keys" in refused.stderr
    assert cairn("config", "keys", folder=tmp_path).returncode == 0
    assert stat.S_IMODE((tmp_path / "cairn.keys").stat().st_mode) == 0o600
    again = cairn("config", "keys", folder=tmp_path)
    assert again.returncode != 0 and "already" in again.stderr
    early = cairn("serve", folder=tmp_path)
    assert early.returncode != 0 and "cairn migrate" in early.stderr
    assert "up to date" in cairn("migrate", folder=tmp_path).stdout
    assert "0 migrations run" in cairn("migrate", folder=tmp_path).stdout
    link = cairn("people", "invite", "Noor Haddad", folder=tmp_path).stdout
    assert link.startswith("http://localhost:8000/join/")
    assert "Noor Haddad" in cairn("people", "list", folder=tmp_path).stdout
    unknown = cairn("people", "disable", "nobody@example.org", folder=tmp_path)
    assert unknown.returncode != 0 and "no account" in unknown.stderr
    well = cairn("doctor", folder=tmp_path)
    assert well.returncode == 0, well.stdout
    (tmp_path / "cairn.keys").chmod(0o644)
    assert cairn("doctor", folder=tmp_path).returncode == 1
    assert stat.S_IMODE((tmp_path / "cairn.db").stat().st_mode) == 0o600


@contextmanager
def running(*arguments: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A server, once it has said its first line on standard error."""
    command = [sys.executable, "-m", "app.cli", *arguments]
    with subprocess.Popen(command, cwd=ROOT, env=environment(folder), stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stderr is not None and server.stderr.readline()
            yield server
        finally:
            server.kill()


def test_one_process_writes_and_the_commands_that_read_run_beside_it(tmp_path: Path) -> None:
    listings = tmp_path / "listings"
    listings.mkdir()
    (listings / "organizations.csv").write_text("id,name\n1,Harbor Pantry\n")
    (listings / "services.csv").write_text("id,organization_id,name,status\n1,1,Food,active\n")
    assert cairn("people", "list", folder=tmp_path).returncode != 0  # there is no database, and looking makes none
    assert not (tmp_path / "cairn.db").exists()
    cairn("config", "keys", folder=tmp_path)
    cairn("migrate", folder=tmp_path)
    with running("serve", "--port", "0", folder=tmp_path) as server:
        second = cairn("serve", "--port", "0", folder=tmp_path)
        assert (second.returncode, f"process {server.pid}" in second.stderr) == (1, True)
        assert "one server" in second.stderr and "Traceback" not in second.stderr
        for writing in (("people", "invite", "Noor Haddad"), ("resources", "import", str(listings))):
            told = cairn(*writing, folder=tmp_path)
            assert told.returncode == 1 and "Stop it first, or do this in its administration pages" in told.stderr
        dry = ("resources", "import", str(listings), "--dry-run")
        for reading in (("people", "list"), dry, ("doctor",), ("config", "show"), ("migrate",)):
            told = cairn(*reading, folder=tmp_path)
            assert told.returncode == 0, (reading, told.stdout, told.stderr)
        server.kill()
        assert server.stderr is not None and f'"database":"SQLite {sqlite3.sqlite_version}"' in server.stderr.read()
    assert cairn("people", "invite", "Noor Haddad", folder=tmp_path).returncode == 0


def test_a_sample_that_is_being_served_is_not_made_anew(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    assert cairn("demo", "--dir", str(folder), "--no-serve", folder=tmp_path).returncode == 0
    made = (folder / "people.json").stat().st_mtime_ns
    with running("demo", "--keep", "--port", "0", "--dir", str(folder), folder=tmp_path):
        again = cairn("demo", "--dir", str(folder), "--no-serve", folder=tmp_path)
    assert again.returncode == 1 and "--dir" in again.stderr
    assert (folder / "people.json").stat().st_mtime_ns == made


@pytest.mark.parametrize(("name", "value"), [
    ("CAIRN_PUBLIC_URL", "http://cairn.example.org"),
    ("CAIRN_PUBLIC_URL", "cairn.example.org"),
    ("CAIRN_DATABASE_URL", "mysql://localhost/cairn"),
    ("CAIRN_READERS", "many"),
    ("CAIRN_DEMO", "yes"),
    ("CAIRN_NO_SUCH_THING", "1"),
])  # fmt: skip
def test_a_wrong_setting_stops_the_start_and_names_itself(tmp_path: Path, name: str, value: str) -> None:
    stopped = cairn("config", "show", folder=tmp_path, **{name: value})
    assert stopped.returncode != 0
    assert name in stopped.stderr and "Traceback" not in stopped.stderr


def test_config_shows_where_each_value_comes_from_and_no_secret(tmp_path: Path) -> None:
    shown = cairn("config", "show", folder=tmp_path, CAIRN_DATABASE_URL="postgresql://cairn:hush@db.local/cairn").stdout
    assert "CAIRN_PUBLIC_URL=http://localhost:8000" in shown and "(default;" in shown and "(environment;" in shown
    assert "hush" not in shown


def test_a_database_of_a_newer_cairn_is_not_served(tmp_path: Path) -> None:
    cairn("config", "keys", folder=tmp_path)
    cairn("migrate", folder=tmp_path)
    with sqlite3.connect(tmp_path / "cairn.db") as connection:
        connection.execute(
            "INSERT INTO migration (name, app_name, ran_on) VALUES ('2999-01-01T00:00:00:000000', 'data', '')"
        )
    stopped = cairn("serve", folder=tmp_path)
    assert stopped.returncode != 0 and "newer" in stopped.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "::"])
def test_the_sample_is_never_served_on_a_public_address(tmp_path: Path, host: str) -> None:
    refused = cairn("demo", "--host", host, "--dir", str(tmp_path / "demo"), folder=tmp_path)
    assert refused.returncode != 0 and "never" in refused.stderr
    assert not (tmp_path / "demo").exists()


def test_a_folder_of_somebodys_own_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    refused = cairn("demo", "--dir", str(tmp_path), "--no-serve", folder=tmp_path)
    assert refused.returncode != 0 and "thesis.txt" in refused.stderr
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_the_demo_prints_one_line_of_json_and_serves_everyone_in_it(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "app.cli", "demo", "--port", "0", "--dir", str(tmp_path / "demo"), "--json"]
    env = {k: v for k, v in os.environ.items() if not k.startswith("CAIRN_")}
    with subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        try:
            assert server.stdout is not None
            said = json.loads(server.stdout.readline())
            assert {"client", "mother", "father", "second-client", "teen", "guardian", "case-manager", "admin"} <= {
                person["key"] for person in said["people"]
            }
            for person in said["people"]:
                assert set(person) == {"key", "name", "role", "login", "password", "totp_secret", "one_click_url"}
                with httpx.Client(follow_redirects=True, timeout=20) as http:
                    page = http.get(person["one_click_url"])
                    # A cookie that asks for https is kept by browsers on localhost, and not by this client.
                    assert page.status_code == 200, person["key"]
            assert httpx.get(said["url"] + "/", timeout=20).status_code == 200
        finally:
            server.terminate()
            assert server.wait(15) is not None


@pytest.mark.anyio
async def test_one_click_sign_in_is_not_there_outside_the_demo(app: object) -> None:
    from app.web.policy import handlers

    assert not [path for path, _ in handlers(app) if "demo" in path or path == "/people"]  # type: ignore[arg-type]


def test_the_settings_are_shown_without_the_words_that_open_things(tmp_path: Path) -> None:
    settings = {"CAIRN_MAIL_URL": "smtp://cairn:s3cret@mail.example.org", "CAIRN_MAIL_FROM": "no-reply@example.org"}
    shown = cairn("config", "show", folder=tmp_path, **settings)
    assert shown.returncode == 0 and "smtp://…@mail.example.org" in shown.stdout
    assert "s3cret" not in shown.stdout

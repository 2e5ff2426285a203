"""What each page costs, on a sample of any size, beside the hand-written peer. Run by hand; nothing here is a test.

    cairn demo --clients 20000 --dir /tmp/sample --no-serve
    python benchmarks/pages.py /tmp/sample [--peers ../shared/tools/peers]

Needs wrk. CPU is user and system time of the server's process tree over the requests it answered; it holds on a busy machine,
requests per second and latencies do not. With --peers, `limit-litestar` (same machine, same run, pages in turn) stands beside.
"""

import argparse
import asyncio
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
TICK = os.sysconf("SC_CLK_TCK")
PAGES = {
    "P1": "Today", "P2": "Goals", "P3": "a supporter's Goals", "P4": "caseload", "P5": "client record",
    "P6": "thread", "P6POST": "post a message", "P7": "resource search",
    "D1": "a supervisor's teams", "D2": "the front desk's day", "D3": "staff accounts",
}  # fmt: skip
DESKS = {
    "D1": ("supervisor", "/staff/team"), "D2": ("front_desk", "/staff/appointments"), "D3": ("admin", "/staff/admin"),
}  # fmt: skip
SEARCHES = ("food", "housing help", "therapy", "bus pass", "job", "legal", "pantry", "shelter")


def cpu(pid: int) -> float:
    """Seconds of CPU of a process and all that came from it."""
    total, todo = 0.0, [pid]
    while todo:
        one = todo.pop()
        try:
            stat = Path(f"/proc/{one}/stat").read_text()
            children = Path(f"/proc/{one}/task/{one}/children").read_text().split()
        except OSError:
            continue
        fields = stat[stat.rindex(")") + 2 :].split()
        total += (int(fields[11]) + int(fields[12])) / TICK
        todo += map(int, children)
    return total


def settled(pid: int) -> float:
    before = cpu(pid)
    for _ in range(50):
        time.sleep(0.1)
        now = cpu(pid)
        if now - before <= 0.011:
            return now
        before = now
    return before


def memory(pid: int) -> int:
    """Resident megabytes of the process tree, without shared file pages counted twice."""
    total, todo = 0, [pid]
    while todo:
        one = todo.pop()
        try:
            found = re.search(r"Pss:\s+(\d+)", Path(f"/proc/{one}/smaps_rollup").read_text())
            todo += map(int, Path(f"/proc/{one}/task/{one}/children").read_text().split())
        except OSError:
            continue
        total += int(found[1]) if found else 0
    return total // 1024


def loaded(pid: int, url: str, requests: list[tuple[str, ...]], conns: int, seconds: int) -> dict[str, float]:
    with tempfile.NamedTemporaryFile("w", suffix=".tsv", delete=False) as file:
        file.writelines("\t".join(one) + "\n" for one in requests)
    command = ["wrk", "-t1", f"-c{conns}", f"-d{seconds}s", "--latency", "-s", str(ROOT / "benchmarks/replay.lua"), url]
    start = settled(pid)
    said = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"CAIRN_REQUESTS": file.name})
    end = settled(pid)
    Path(file.name).unlink()
    found = re.search(r"JSON(\{.*\})", said.stdout)
    if not found:
        raise SystemExit(said.stdout + said.stderr)
    got = json.loads(found[1])
    served = got["requests"] + conns
    return {
        "rps": got["requests"] / (got["us"] / 1e6),
        "cpu": (end - start) * 1e3 / served,
        "p50": got["p50"] / 1e3,
        "p99": got["p99"] / 1e3,
        "kb": got["bytes"] / max(got["requests"], 1) / 1e3,
        "bad": got["bad"],
    }


async def sessions(folder: Path, many: int) -> dict[str, Any]:
    """Live sessions in the sample's database, and what each person's pages are about."""
    url = f"sqlite:///{(folder / 'cairn.db').resolve()}"
    os.environ["CAIRN_DATABASE_URL"] = url
    sys.path.insert(0, str(ROOT))
    from datetime import UTC, datetime

    from app.data.engine import Statement
    from app.data.piccolo_conf import DB
    from app.data.sealing import Keys
    from app.gate import csrf_for
    from app.identity.sessions import open_session

    keys = Keys.load(folder / "keys" / "cairn.keys")
    DB.open_at(url)
    await DB.start_connection_pool()

    async def rows(sql: str) -> list[dict[str, Any]]:
        return (await DB.run((Statement(sql), {"many": many})))[0]

    async def cookie(account: Any) -> str:
        now = datetime.now(UTC)
        return await open_session(
            account, factors="demo", own_device=True, device="bench", address="127.0.0.1", now=now
        )

    clients = await rows(
        "SELECT a.id AS account, c.id AS client, t.id AS thread FROM client c JOIN account a ON a.person = c.id "
        "JOIN thread t ON t.client = c.id AND t.kind = 'client' GROUP BY c.id ORDER BY c.id LIMIT {many}"
    )
    family = await rows(
        "SELECT a.id AS account, r.id AS relationship FROM consent_grant g JOIN relationship r ON r.client = g.client "
        "AND r.person = g.grantee JOIN account a ON a.person = r.person WHERE g.category = 2 AND g.revoked_at IS NULL "
        "AND r.ended_at IS NULL GROUP BY r.id ORDER BY r.id LIMIT {many}"
    )
    staff = await rows(
        "SELECT a.id AS account, ct.staff, MIN(ct.client) AS client FROM care_team ct JOIN account a ON a.person = ct.staff "
        "WHERE ct.role = 'primary' AND ct.ends_at IS NULL GROUP BY ct.staff HAVING COUNT(*) >= 20 "
        "ORDER BY ct.staff LIMIT {many}"
    )
    by_role = (
        "SELECT a.id AS account FROM staff s JOIN account a ON a.person = s.person WHERE s.role = '{}' LIMIT {{many}}"
    )
    desks = [(role, await rows(by_role.format(role))) for role in ("supervisor", "front_desk", "admin")]
    found: dict[str, Any] = {}
    for group, people in (("clients", clients), ("family", family), ("staff", staff), *desks):
        found[group] = []
        for person in people:
            token = await cookie(person["account"])
            found[group].append(
                {k: str(v) for k, v in person.items()} | {"cookie": token, "csrf": csrf_for(token, keys)}
            )
    await DB.close_connection_pool()
    return found


def requests_for(page: str, people: dict[str, Any]) -> list[tuple[str, ...]]:
    def look(path: str, person: dict[str, str]) -> tuple[str, ...]:
        return ("GET", path, f"__Host-sid={person['cookie']}", "", "")

    clients, family, staff = people["clients"], people["family"], people["staff"]
    if page == "P1":
        return [look("/me/today", p) for p in clients]
    if page == "P2":
        return [look("/me/goals", p) for p in clients]
    if page == "P3":
        return [look(f"/with/{p['relationship']}/goals", p) for p in family]
    if page == "P4":
        return [look("/staff/caseload", p) for p in staff]
    if page == "P5":
        return [look(f"/staff/clients/{p['client']}", p) for p in staff]
    if page == "P6":
        return [look(f"/me/messages/{p['thread']}", p) for p in clients]
    if page in DESKS:
        role, path = DESKS[page]
        return [look(path, p) for p in people[role]]
    if page == "P7":
        return [look("/me/resources?words=" + SEARCHES[n % 8].replace(" ", "+"), p) for n, p in enumerate(clients)]
    headers = "Sec-Fetch-Site: same-origin;;Content-Type: application/x-www-form-urlencoded;;X-CSRF-Token: "
    body = "text=Thanks%2C+see+you+on+Tuesday&form_id={form}"
    return [
        ("POST", f"/me/messages/{p['thread']}", f"__Host-sid={p['cookie']}", headers + p["csrf"], body) for p in clients
    ]


class Ours:
    name = "cairn"

    def __init__(self, folder: Path) -> None:
        self.people = asyncio.run(sessions(folder, 100))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [
            sys.executable,
            "-m",
            "app.cli",
            "demo",
            "--keep",
            "--json",
            "--dir",
            str(folder),
            "--port",
            str(self.port),
        ]
        env = {k: v for k, v in os.environ.items() if not k.startswith("CAIRN_")}
        began = time.perf_counter()
        self.process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert self.process.stdout is not None
        self.process.stdout.readline()
        self.url = f"http://localhost:{self.port}"
        subprocess.run(["curl", "-s", "-o", "/dev/null", self.url + "/sign-in"], check=True)
        self.cold = time.perf_counter() - began

    def measure(self, page: str, conns: int, seconds: int) -> dict[str, float]:
        return loaded(self.process.pid, self.url, requests_for(page, self.people), conns, seconds)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(15)


class Peer:
    """`limit-litestar` of the peers' folder, with its own data set of the same size."""

    name = "limit-litestar"

    def __init__(self, folder: Path) -> None:
        sys.path.insert(0, str(folder))
        import bench  # type: ignore[import-not-found]
        import targets  # type: ignore[import-not-found]

        self.bench, self.target = bench, targets.TARGETS["limit-litestar"]
        self.fixture = bench.fixture("M")
        self.server = bench.Server(self.target, "M").ready(self.target.requests("P1", self.fixture)[0])
        self.writer = bench.Server(self.target, "M", post=True).ready(self.target.requests("P1", self.fixture)[0])

    def measure(self, page: str, conns: int, seconds: int) -> dict[str, float]:
        server = self.writer if page == "P6POST" else self.server
        got = self.bench.measure(server, page, self.fixture, conns, seconds)
        return {
            "rps": got["rps"],
            "cpu": got["cpu"],
            "p50": got["p50"],
            "p99": got["p99"],
            "bad": got["err"],
            "kb": got["size"] / 1e3,
        }

    def stop(self) -> None:
        self.server.stop()
        self.writer.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--conns", type=int, default=8)
    parser.add_argument("--pages", nargs="*", default=list(PAGES))
    asked = parser.parse_args()
    targets: list[Any] = [Ours(asked.folder)] + ([Peer(asked.peers)] if asked.peers else [])
    print(f"cairn: start to first page {targets[0].cold:.2f} s, memory then {memory(targets[0].process.pid)} MB")
    rows: dict[tuple[str, str], list[dict[str, float]]] = {}
    for _ in range(asked.rounds):
        for page in asked.pages:
            for target in targets[:1] if page in DESKS else targets:  # the peer has no such pages
                rows.setdefault((page, target.name), []).append(target.measure(page, asked.conns, asked.seconds))
    print(f"| page | target | requests/s | CPU ms | p50 ms | p99 ms | kB | not 2xx/3xx |\n|{'---|' * 8}")
    for (page, name), got in rows.items():
        mid = {key: statistics.median(one[key] for one in got) for key in got[0]}
        print(
            f"| {PAGES[page]} | {name} | {mid['rps']:.0f} | {mid['cpu']:.2f} | {mid['p50']:.1f} | {mid['p99']:.1f} "
            f"| {mid['kb']:.1f} | {sum(one['bad'] for one in got):.0f} |"
        )
    print(f"cairn: memory after {memory(targets[0].process.pid)} MB")
    for target in targets:
        target.stop()


if __name__ == "__main__":
    main()

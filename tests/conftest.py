"""A fresh migrated database for every test, on the engine that `--engine` names."""

import os
import shutil
import sys
import tempfile
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from litestar import Litestar

    from app.config import Config
    from app.data.sealing import Keys
    from tests.databases import Databases

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engine", choices=("sqlite", "postgres"), default="sqlite")
    parser.addoption("--long", action="store_true", help="run the property tests at full length")


def pytest_configure(config: pytest.Config) -> None:
    # The engine's kind is fixed when the tables are imported; which database it opens is chosen per test.
    for name in [n for n in os.environ if n.startswith("CAIRN_") and not n.startswith("CAIRN_TEST_")]:
        del os.environ[name]
    postgres = config.getoption("--engine") == "postgres"
    os.environ["CAIRN_DATABASE_URL"] = "postgresql://nowhere/none" if postgres else "sqlite:///unopened.db"


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def scratch() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="cairn-test-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
async def template(request: pytest.FixtureRequest, anyio_backend: str, scratch: Path) -> AsyncIterator["Databases"]:
    from tests.databases import Postgres, SQLite

    kind = Postgres if request.config.getoption("--engine") == "postgres" else SQLite
    databases = kind(scratch)
    await databases.prepare()
    yield databases
    await databases.close()


@pytest.fixture
async def database(template: "Databases") -> AsyncIterator[str]:
    """The address of a fresh database; the engine's pool is open on it."""
    from app.data.piccolo_conf import DB

    url = await template.fresh()
    DB.open_at(url)
    await DB.start_connection_pool()
    yield url
    await DB.close_connection_pool()
    await template.drop(url)


@pytest.fixture(scope="session")
def keys() -> "Keys":
    from app.data.sealing import Keys

    return Keys.from_seed(7)


@pytest.fixture
def config(database: str, scratch: Path) -> "Config":
    from app.config import Config

    files = scratch / uuid.uuid4().hex
    return Config(database_url=database, public_url="https://localhost", files=files)


@pytest.fixture
async def app(config: "Config", keys: "Keys") -> AsyncIterator["Litestar"]:
    """The whole application with its lifespan running, on the test's database."""
    from app.main import create_app

    built = create_app(config, keys=keys, own_pool=False)
    async with built.lifespan():
        yield built


@pytest.fixture
async def new_browser(app: "Litestar") -> AsyncIterator[Callable[[], httpx.AsyncClient]]:
    """Anonymous HTTP clients, each with cookies of its own, that say what a browser says about where a request comes from."""
    from tests.http import served

    opened: list[httpx.AsyncClient] = []

    def make() -> httpx.AsyncClient:
        client = httpx.AsyncClient(
            transport=served(app),
            base_url="https://localhost",
            headers={"Sec-Fetch-Site": "same-origin", "Accept": "text/html"},
        )
        opened.append(client)
        return client

    yield make
    for client in opened:
        await client.aclose()


@pytest.fixture
def http(new_browser: Callable[[], httpx.AsyncClient]) -> httpx.AsyncClient:
    return new_browser()


@pytest.fixture
def sign_in(new_browser: Callable[[], httpx.AsyncClient], keys: "Keys") -> Callable[..., Awaitable[httpx.AsyncClient]]:
    """`await sign_in(person_id, step_up=False)`: an HTTP client with that person's live session.

    Its `csrf` header is set, so that `await client.post(url, data={...})` is accepted.
    """
    from tests.factories import a_session

    async def sign(person: uuid.UUID, *, step_up: bool = False) -> httpx.AsyncClient:
        client = new_browser()
        cookie, csrf = await a_session(person, keys=keys, step_up=step_up)
        client.cookies.set("__Host-sid", cookie, domain="localhost.local")
        client.headers["X-CSRF-Token"] = csrf
        return client

    return sign

"""The application in a real browser: served on the test's own loop and database, watched for every fault the browser sees."""

import asyncio
import contextlib
import os
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
import uvicorn
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

if TYPE_CHECKING:
    from app.config import Config
    from app.data.sealing import Keys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
VIOLATION = """document.addEventListener("securitypolicyviolation", (event) =>
    console.error(`content policy: ${event.effectiveDirective} ${event.blockedURI}`))"""
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
OpenAs = Callable[..., Awaitable[Page]]


def chromium() -> str | None:
    return os.environ.get("CHROMIUM_PATH") or next((path for name in NAMES if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
async def browser(anyio_backend: str) -> AsyncIterator[Browser]:
    path = chromium()
    if path is None:
        pytest.skip(f"no browser: set CHROMIUM_PATH, or install one of {', '.join(NAMES)}")
    args = ["--no-sandbox"] if hasattr(os, "getuid") and os.getuid() == 0 else []
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=path, args=args)
        yield opened
        await opened.close()


class Server(uvicorn.Server):
    """Leaves the signals to pytest."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@pytest.fixture
def demo() -> bool:
    """True serves the sample organisation's pages too; a test asks for it by parametrising."""
    return False


@pytest.fixture
async def site(config: "Config", keys: "Keys", demo: bool) -> AsyncIterator[str]:
    """The origin of the application, served on this loop with the test's database."""
    from app.main import create_app
    from app.server import listen

    sock = listen("127.0.0.1", 0)
    origin = f"http://localhost:{sock.getsockname()[1]}"
    cast = [{"person_id": UUID(int=1), "name": "Maya", "about": "A client"}] if demo else []
    built = create_app(replace(config, public_url=origin, demo=demo), keys=keys, own_pool=False, cast=cast)
    server = Server(
        uvicorn.Config(built, http="httptools", lifespan="on", log_config=None, timeout_graceful_shutdown=2)
    )
    serving = asyncio.create_task(server.serve(sockets=[sock]))
    yield origin
    server.should_exit = True
    await serving
    sock.close()


@dataclass
class Watch:
    """What went wrong in any page of the test. `expected`: patterns of what this story brings about itself."""

    faults: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def expect(self, *patterns: str) -> None:
        self.expected += patterns

    def told(self, fault: str) -> None:
        self.faults.append(fault)

    def unexpected(self) -> list[str]:
        return [fault for fault in self.faults if not any(re.search(one, fault) for one in self.expected)]

    def over(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.told(f"error: {error}"))
        page.on("console", lambda said: said.type == "error" and self.told(f"{said.text} ({said.location.get('url')})"))
        page.on("request", lambda request: request.url.endswith("/csp-report") and self.told("a policy report"))


@pytest.fixture
def watch() -> Iterator[Watch]:
    seen = Watch()
    yield seen
    assert seen.unexpected() == []


@pytest.fixture
async def new_context(browser: Browser, site: str, watch: Watch) -> AsyncIterator[Callable[..., Any]]:
    """`await new_context(**playwright's options)`: somebody else's browser, from a phone's size on, all of it watched."""
    opened: list[BrowserContext] = []

    async def make(**options: Any) -> BrowserContext:
        defaults = {"viewport": PHONE, "reduced_motion": "reduce", "locale": "en-US", "service_workers": "block"}
        context = await browser.new_context(base_url=site, **(defaults | options))
        opened.append(context)
        context.set_default_timeout(10_000)
        await context.add_init_script(VIOLATION)
        context.on("page", watch.over)
        return context

    yield make
    for context in opened:
        await context.close()


@pytest.fixture
def open_as(new_context: Callable[..., Any], site: str, keys: "Keys") -> OpenAs:
    """`await open_as(person, "/me/today", **playwright's options)`: a page in that person's own browser; None: nobody's."""

    async def opened(person: UUID | None, path: str = "/", *, step_up: bool = False, **options: Any) -> Page:
        from tests.factories import a_session

        context = await new_context(**options)
        page = await context.new_page()
        if person:
            value, _ = await a_session(person, keys=keys, step_up=step_up)
            session = await context.new_cdp_session(page)
            given = {"name": "__Host-sid", "value": value, "url": "https://localhost/", "secure": True, "path": "/"}
            await session.send("Network.setCookie", given | {"httpOnly": True, "sameSite": "Lax"})
        await page.goto(path)
        return page

    return opened


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe-core."""
    import axe_playwright_python

    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()

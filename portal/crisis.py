"""The generic crisis page and what a phone keeps of us: nothing personal, no sign-in, readable without signal."""

import hashlib
import json
from functools import cache
from typing import Annotated

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.plugins.htmx import HTMXRequest

from app import language
from app.access import Kind, Viewer
from app.language import CATALOGUES, LANGUAGES
from app.organisation import Organisation, organisation
from app.pages import Reply, page, see_other
from app.web.assets import asset, assets
from app.web.folders import STATIC, TEMPLATES

SHELL = ("app.css", "app.js", "htmx.js", "icons.svg", "icon.svg")
# In each language by its own address, so that the worker can keep them all and the switch works without signal.
KEPT = tuple(f"{path}?in={code}" for path in ("/crisis", "/offline") for code in LANGUAGES)
Wanted = Annotated[str, QueryParameter(name="in")]


class Crisis(Controller):
    @get("/crisis", audience="public", passive=True, name="crisis")
    async def crisis(self, request: HTMXRequest, wanted: Wanted = "") -> Reply:
        return kept(request, "crisis/show", wanted)

    @get("/crisis/own", audience="account", name="crisis.own")
    async def own(self, request: HTMXRequest, viewer: NamedDependency[Viewer]) -> Reply:
        """From the page that knows nobody to the plan of whoever is signed in; for others, to their first page."""
        return see_other(request, "/me/crisis-plan" if viewer.kind is Kind.CLIENT else "/")

    @get("/offline", audience="public", passive=True, name="offline")
    async def offline(self, request: HTMXRequest, wanted: Wanted = "") -> Reply:
        return kept(request, "crisis/offline", wanted)

    @get("/sw.js", audience="public", passive=True)
    async def worker(self, request: HTMXRequest) -> Response[bytes]:
        """The service worker with the list of what it may keep, or the one that takes itself away when it is switched off."""
        source = "sw.js" if request.app.state.config.worker else "sw-away.js"
        paths = [*map(asset, SHELL), *KEPT]
        head = f"const VERSION = {json.dumps(version(await organisation()))}\nconst SHELL = {json.dumps(paths)}\n"
        body = head.encode() + (STATIC / source).read_bytes()
        return Response(body, media_type="text/javascript", headers={"Cache-Control": "no-cache"})

    @get("/manifest.webmanifest", audience="public", passive=True)
    async def manifest(self, request: HTMXRequest) -> Response[bytes]:
        """A neutral name and picture: nothing on a home screen says what this is for."""
        about = await organisation()
        body = {
            "name": about.name,
            "short_name": about.name,
            "start_url": "/",
            "display": "standalone",
            "background_color": "#f4f6f7",
            "theme_color": "#f4f6f7",
            "icons": [
                {"src": asset("icon.svg"), "sizes": "any", "type": "image/svg+xml"},
                *(
                    {"src": asset(f"icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
                    for size in (192, 512)
                ),
                {"src": asset("icon-maskable.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
            ],
        }
        return Response(json.dumps(body).encode(), media_type="application/manifest+json")


def kept(request: HTMXRequest, name: str, wanted: str) -> Reply:
    if wanted in LANGUAGES:
        language.language.set(wanted)
    return page(request, name)


def version(about: Organisation) -> str:
    """Changes with anything the kept files and pages are made of, so that no phone keeps a number that is no longer right."""
    return hashlib.sha256(f"{_sources()}{about}".encode()).hexdigest()[:12]


@cache
def _sources() -> str:
    folders = (*(TEMPLATES / name for name in ("crisis", "layouts", "components")), CATALOGUES)
    files = (path for folder in folders for path in sorted(folder.glob("*.*")))
    return "".join(
        [one.digest for one in assets().values()] + [hashlib.sha256(p.read_bytes()).hexdigest() for p in files]
    )


ROUTES = [Crisis]

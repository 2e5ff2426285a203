"""The generic crisis page and the offline page: nothing personal, no sign-in, kept on the phone by the worker."""

from litestar import Controller, Response, get
from litestar.plugins.htmx import HTMXRequest

from app.organisation import organisation
from app.pages import Reply, page


class Crisis(Controller):
    @get("/crisis", audience="public", name="crisis")
    async def crisis(self, request: HTMXRequest) -> Reply:
        return page(request, "crisis/show")

    @get("/offline", audience="public", name="offline")
    async def offline(self, request: HTMXRequest) -> Reply:
        return page(request, "crisis/offline")

    @get("/manifest.webmanifest", audience="public", background=True)
    async def manifest(self, request: HTMXRequest) -> Response[dict[str, object]]:
        """A neutral name and picture: nothing on a home screen says what this is for."""
        about = await organisation()
        icons = [{"src": "/favicon.ico", "sizes": "any", "type": "image/svg+xml", "purpose": "any maskable"}]
        body: dict[str, object] = {
            "name": about.name,
            "short_name": about.name[:12],
            "start_url": "/",
            "display": "standalone",
            "background_color": "#f4f6f7",
            "theme_color": "#f4f6f7",
            "icons": icons,
        }
        return Response(body, media_type="application/manifest+json")


ROUTES = [Crisis]

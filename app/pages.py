"""Pages and their fragments, from the same templates."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Request, Response
from litestar.plugins.htmx import HTMXRequest
from markupsafe import Markup, escape

from app import language
from app.gate import FIELD, csp_nonce, csrf_token
from app.language import LANGUAGES
from app.organisation import known
from app.web.assets import asset, symbol
from app.web.rendering import PlainEnvironment, ask_for_nothing, marked

FILTERS = {
    "day": language.day,
    "full_day": language.full_day,
    "short_day": language.short_day,
    "clock": language.clock,
    "when": language.when,
    "ago": language.ago,
    "initials": language.initials,
    "local": language.local,
}

Reply = Response[Any]


def wants_fragment(request: HTMXRequest) -> bool:
    return bool(request.htmx) and not request.htmx.boosted and not request.htmx.history_restore_request


def page(request: HTMXRequest, name: str, *, fragment: str | None = None, status: int = 200, **context: Any) -> Reply:
    """Render page `name` ("portal/goal/list"), or `_<fragment>.html` beside it for htmx."""
    if fragment and wants_fragment(request):
        name = f"{name.rpartition('/')[0]}/_{fragment}"
    context = surroundings(request) | context
    if "access" in context:
        context["base"] = context["access"].base
    return rendered(request, name, context, status)


def rendered(
    request: Request[Any, Any, Any],
    name: str,
    context: dict[str, Any],
    status: int,
    headers: dict[str, str] | None = None,
) -> Reply:
    text = request.app.template_engine.engine.get_template(f"{name}.html").render(context)  # type: ignore[union-attr]
    return Response(text.encode(), media_type="text/html; charset=utf-8", status_code=status, headers=headers)


def see_other(request: HTMXRequest, url: str) -> Response[Any]:
    """After a POST: go there. htmx follows a header instead of the redirect, so that the address changes too."""
    if wants_fragment(request):
        return Response(b"", status_code=200, headers={"HX-Redirect": url})
    return Response(b"", status_code=303, headers={"Location": url})


def surroundings(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """What every layout asks for."""
    return {
        "request": request,
        "viewer": request.scope.get("user"),
        "organisation": request.scope["state"].get("organisation") or known(),
        "lang": language.language.get(),
        "dir": "ltr",  # our languages are all written from the left; the layouts keep to logical sides for those that are not
        "languages": LANGUAGES,
        "csrf_field": lambda: hidden(FIELD, csrf_token(request)),
        "csrf_token": lambda: csrf_token(request),
        "csp_nonce": lambda: csp_nonce(request.scope),
        "path": request.url.path,
        "demo": request.app.state.config.demo,
    }


def hidden(name: str, value: str) -> Markup:
    return Markup('<input type="hidden" name="{}" value="{}">').format(name, value)


@lru_cache(4096)
def _said(code: str, text: str) -> Markup:
    return marked(language.catalogue(code).gettext(text))  # our own words; values are escaped as they go in


@lru_cache(4096)
def _said_whole(code: str, text: str) -> Markup:
    return _said(code, text) % {}


def translated(text: str, **values: Any) -> Markup:
    """`_` for templates: the same as Jinja's own, looked up and marked once per language instead of once per use.

    Only what stands in the catalogue is ours and safe; what a variable brought that is somebody's words is escaped.
    """
    if text not in language.ours():
        return escape(text)
    code = language.language.get()
    return _said(code, text) % values if values else _said_whole(code, text)


def counted(singular: str, plural: str, num: int, **values: Any) -> Markup:
    """`ngettext` for templates."""
    return marked(language.ngettext(singular, plural, num)) % ({"num": num} | values)


def meant(context: str, text: str, **values: Any) -> Markup:
    """`pgettext` for templates."""
    return marked(language.pgettext(context, text)) % values


def environment(folder: Path) -> Environment:
    """Autoescape everywhere; a name that a page forgot to give is an error, not an empty space."""
    env = PlainEnvironment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.filters.update(FILTERS)
    env.globals |= {"_": translated, "ngettext": counted, "pgettext": meant, "asset": asset, "symbol": symbol}
    ask_for_nothing(env)
    return env

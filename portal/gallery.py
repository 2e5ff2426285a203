"""Every component in every state on one page, to look at: light, dark, forced colours, large text, from right to left.

Shown in the demo alone.
"""

from datetime import timedelta
from types import SimpleNamespace
from typing import Annotated, Any

from litestar import Controller, get
from litestar.params import QueryParameter
from litestar.plugins.htmx import HTMXRequest

from app.forms import Form
from app.language import _, moment
from app.pages import Reply, page

Side = Annotated[str, QueryParameter(name="dir")]


class Gallery(Controller):
    @get("/gallery", audience="public", name="gallery")
    async def gallery(self, request: HTMXRequest, side: Side = "ltr") -> Reply:
        return page(request, "portal/gallery/show", dir="rtl" if side == "rtl" else "ltr", **sample())


def sample() -> dict[str, Any]:
    now = moment.get()
    assert now is not None
    wrong = Form.filled(phone="555", words="Something <b>typed</b>")
    wrong.wrong("phone", _("This phone number needs 10 digits."))
    wrong.wrong("kind", _("Choose one."))
    steps = [
        SimpleNamespace(text=text, hint=hint, due=due, done=done)
        for text, hint, due, done in (
            (_("Call the housing office"), _("Ask if they have your form. It takes about 5 minutes."), now, False),
            (_("Find the letter"), None, None, True),
        )
    ]
    messages = [
        SimpleNamespace(
            mine=mine, author_name=name, author_kind=kind, role="case_manager", at=at, language="en", text=text
        )
        for mine, name, kind, at, text in (
            (False, "Dana Ortiz", "staff", now - timedelta(days=1), _("I found two places near the 12 bus.")),
            (True, "Maya Reyes", "client", now, _("Thank you. Can we look at them together today?")),
        )
    ]
    return {"form": Form(), "wrong": wrong, "steps": steps, "messages": messages}


ROUTES = [Gallery]

"""The crisis lines of the place, one language at a time. They stand where nobody has signed in, so a factor is asked first."""

import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.plugins.htmx import HTMXRequest

from app import crisis_lines
from app.access import Viewer
from app.errors import NotFound
from app.forms import NAME, TITLE, Form
from app.language import LANGUAGES, _, catalogue, lazy
from app.organisation import Help, Line, organisation
from app.pages import Reply, page, see_other

HERE = "/staff/admin/crisis-lines/{code:str}"
SLOTS = (1, 2, 3, 4, 5)
WAYS = {"tel": lazy("Call"), "sms": lazy("Text"), "chat": lazy("Chat on a website")}
NUMBER = re.compile(r"\+?[0-9*#]{2,20}\Z")


class CrisisLines(Controller):
    @get(HERE, audience="admin", name="staff.crisis_lines.show")
    async def show(self, request: HTMXRequest, viewer: NamedDependency[Viewer], code: FromPath[str]) -> Reply:
        known = spoken(code)
        if not viewer.step_up:
            return see_other(request, f"/step-up?next=/staff/admin/crisis-lines/{known}")
        return asking(request, known, filled(known, (await organisation()).help_in(known)))

    @post(HERE, audience="admin", name="staff.crisis_lines.keep")
    async def keep(self, request: HTMXRequest, viewer: NamedDependency[Viewer], code: FromPath[str]) -> Reply:
        known, form = spoken(code), Form(await request.form())
        if not viewer.step_up:
            return see_other(request, f"/step-up?next=/staff/admin/crisis-lines/{known}")
        help = None if form.flag("unset") else understood(form)
        if form.errors:
            return asking(request, known, form, status=422)
        await crisis_lines.keep(viewer, known, help, now=datetime.now(UTC))
        return see_other(request, "/staff/admin#crisis-lines")


def spoken(code: str) -> str:
    if code not in LANGUAGES:
        raise NotFound
    return code


def asking(request: HTMXRequest, code: str, form: Form, status: int = 200) -> Reply:
    ways = [(way, _(words)) for way, words in WAYS.items()]
    named = LANGUAGES[code]
    return page(
        request, "staff/admin/crisis_lines", status=status, form=form, code=code, named=named, ways=ways, slots=SLOTS
    )


def filled(code: str, help: Help) -> Form:
    """The lines as readers of that language see them, whatever the administrator's own is."""
    said, values = catalogue(code).gettext, {"emergency": help.emergency}
    for n, line in zip(SLOTS, help.lines, strict=False):
        way = "chat" if line.chat else "tel" if line.tel else "sms"
        texts = {"label": line.label, "hint": line.hint, "word": line.body}
        values |= {f"{name}-{n}": text and said(text) for name, text in texts.items()}
        values |= {f"way-{n}": way, f"number-{n}": getattr(line, way)}
    return Form.filled(**values)


def understood(form: Form) -> Help:
    emergency = number(form, "emergency", _("Write the number that sends help, like 911."))
    lines = tuple(line for n in SLOTS if (line := one_line(form, n)))
    if not lines:
        form.wrong("label-1", _("Write at least one line."))
    return Help(emergency, lines)


def one_line(form: Form, n: int) -> Line | None:
    """The line of one slot; None for an empty one."""
    label, hint, word = form.line(f"label-{n}", 60), form.line(f"hint-{n}", NAME), form.line(f"word-{n}", 20)
    way = form.choice(f"way-{n}", WAYS)
    if not (label or hint or word or form.line(f"number-{n}", TITLE)):
        return None
    if not label:
        form.wrong(f"label-{n}", _("Write what people read, like “Call 988”."))
    if way == "chat":
        return Line(label, hint, chat=address(form, f"number-{n}"))
    to = number(form, f"number-{n}", _("Write a number that a phone can dial."))
    return Line(label, hint, sms=to, body=word) if way == "sms" else Line(label, hint, tel=to)


def number(form: Form, name: str, wrong: str) -> str:
    """As a phone dials it, without the signs that only help the eye."""
    found = re.sub(r"[ ().\-\u2010-\u2013\u00a0]", "", form.line(name, TITLE))
    if not NUMBER.match(found):
        form.wrong(name, wrong)
    return found


def address(form: Form, name: str) -> str:
    text = form.line(name, TITLE)
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme != "https" or not parts.hostname:
        form.wrong(name, _("Write the address of the chat, beginning with https://."))
    return text


ROUTES = [CrisisLines]

"""Emergency access: finding one record outside one's team, saying why, being done, and looking it over afterwards."""

from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.plugins.htmx import HTMXRequest

from app import emergency
from app.access import Desk
from app.emergency import MEDICAL, OUTCOMES, REASONS, Part2, Reason
from app.errors import NotFound, Refused, StepUpNeeded
from app.forms import NAME, TITLE, Form
from app.language import _
from app.organisation_admin import ROLES
from app.pages import Reply, page, see_other
from app.record import SEEN

HERE, REVIEWS = "/staff/emergency", "/staff/emergency/reviews"
RECORD = HERE + "/records/{asked:uuid}"


class Emergency(Controller):
    @get(HERE, audience="staff", name="staff.emergency.start")
    async def start(self, request: HTMXRequest, desk: NamedDependency[Desk]) -> Reply:
        return await starting(request, desk, Form())

    @post(HERE, audience="staff", name="staff.emergency.find")
    async def find(self, request: HTMXRequest, desk: NamedDependency[Desk]) -> Reply:
        await emergency.mine(desk)  # NotFound for whose work has no emergency access
        form = Form(await request.form())
        found = await looked_for(form, desk)
        if found is None:
            return await starting(request, desk, form, status=422)
        return see_other(request, f"{HERE}/records/{found}")

    @get(RECORD, audience="staff", name="staff.emergency.offer")
    async def offer(self, request: HTMXRequest, desk: NamedDependency[Desk], asked: FromPath[UUID]) -> Reply:
        stamp = request.query_params.get("begun", "")
        shown = await emergency.factor_shown(desk, asked, stamp)
        offer = await emergency.offer(desk, asked, first=not shown)
        if offer.open_anyway:
            return see_other(request, offer.base)
        if not shown:
            return prove_first(request, desk, asked)
        return await offering(request, desk, offer, stamp, Form(), uuid4())

    @post(RECORD, audience="staff", name="staff.emergency.open")
    async def open(self, request: HTMXRequest, desk: NamedDependency[Desk], asked: FromPath[UUID]) -> Reply:
        form = Form(await request.form())
        stamp, form_id = form.line("begun", TITLE), form.form_id()
        shown = await emergency.factor_shown(desk, asked, stamp)
        offer = await emergency.offer(desk, asked, first=not shown)
        if offer.open_anyway:
            return see_other(request, offer.base)
        if not shown:
            return prove_first(request, desk, asked)
        reason = understood(form)
        if form.errors or form_id is None:
            return await offering(request, desk, offer, stamp, form, form_id or uuid4(), status=422)
        try:
            await emergency.open_record(desk, asked, reason, stamp=stamp, form_id=form_id)
        except StepUpNeeded:
            return prove_first(request, desk, asked)
        except emergency.ReviewWaits:
            return await offering(request, desk, offer, stamp, form, form_id, status=422)
        return see_other(request, offer.base)

    @post(HERE + "/{emergency_id:uuid}/end", audience="staff", name="staff.emergency.end")
    async def end(self, request: HTMXRequest, desk: NamedDependency[Desk], emergency_id: FromPath[UUID]) -> Reply:
        await emergency.done(desk, emergency_id)
        return see_other(request, HERE)


class Reviews(Controller):
    @get(REVIEWS, audience="supervisor", name="staff.emergency.reviews")
    async def reviews(self, request: HTMXRequest, desk: NamedDependency[Desk]) -> Reply:
        waiting, done = await emergency.waiting(desk)
        return page(request, "staff/emergency/reviews", waiting=waiting, done=done, **words())

    @get(REVIEWS + "/{emergency_id:uuid}", audience="supervisor", name="staff.emergency.review")
    async def review(self, request: HTMXRequest, desk: NamedDependency[Desk], emergency_id: FromPath[UUID]) -> Reply:
        return await reviewing(request, desk, emergency_id, Form())

    @post(REVIEWS + "/{emergency_id:uuid}", audience="supervisor", name="staff.emergency.look_over")
    async def look_over(self, request: HTMXRequest, desk: NamedDependency[Desk], emergency_id: FromPath[UUID]) -> Reply:
        form = Form(await request.form())
        outcome = form.choice("outcome", OUTCOMES, required=_("Say what you found."))
        note = form.text("note", emergency.LONGEST)
        if outcome not in ("", "needed") and not note and "note" not in form.errors:
            form.wrong("note", _("Write a few words: what comes next?"))
        if form.errors:
            return await reviewing(request, desk, emergency_id, form, status=422)
        await emergency.review(desk, emergency_id, outcome, note)
        return see_other(request, REVIEWS)


async def looked_for(form: Form, desk: Desk) -> UUID | None:
    """The record that the form describes; None with a word in the form otherwise."""
    typed, name, born = form.line("number", TITLE), form.line("name", NAME), form.day("born")
    number = emergency.number_in(typed)
    if typed and number is None:
        form.wrong("number", _("Copy the whole record number. It is the last part of the record’s address."))
    elif not typed and not (name and born):
        form.wrong("number", _("Write the record number, or the full name and the day of birth."))
    if form.errors:
        return None
    try:
        return await emergency.find(desk, number=number, name=name, born=born)
    except emergency.SeveralFound:
        form.wrong("number", _("More than one record fits. Use the record number."))
    except NotFound:
        form.wrong("number", _("No record fits this. Check the spelling and the day, or ask for the record number."))
    except Refused:
        form.wrong("number", _("That was ten tries without a match. Wait a quarter of an hour, or call the team."))
    return None


def understood(form: Form) -> Reason:
    """Why, in a class and in words; in a medical emergency also what Part 2 asks for, if those records are needed."""
    code = form.choice("reason", REASONS, required=_("Choose the reason."))
    text = form.text("text", emergency.LONGEST, required=_("Write in a sentence or two what is happening."))
    if text and len(text) < emergency.SHORTEST:
        form.wrong("text", _("A little more, please: at least %(num)s characters.") % {"num": emergency.SHORTEST})
    if not form.flag("part2"):
        return Reason(code, text)
    if code and code != MEDICAL:
        form.wrong(
            "reason", _("Substance-use records open in a medical emergency only. Choose that, or leave them out.")
        )
    return Reason(
        code,
        text,
        Part2(
            form.line("receiver", NAME, required=_("Write who receives this.")),
            form.line("affiliation", NAME, required=_("Write where they work, like the hospital’s name.")),
            form.line("nature", TITLE, required=_("Write what the emergency is.")),
        ),
    )


def prove_first(request: HTMXRequest, desk: Desk, asked: UUID) -> Reply:
    """A factor is shown for this very act, whenever the last one was."""
    goto = f"{HERE}/records/{asked}?begun={emergency.begin(desk, asked)}"
    return see_other(request, f"/step-up?next={quote(goto, safe='/')}")


async def starting(request: HTMXRequest, desk: Desk, form: Form, status: int = 200) -> Reply:
    mine = await emergency.mine(desk)
    return page(request, "staff/emergency/start", status=status, form=form, mine=mine, **words())


async def offering(
    request: HTMXRequest,
    desk: Desk,
    offer: emergency.Offer,
    stamp: str,
    form: Form,
    form_id: UUID,
    status: int = 200,
) -> Reply:
    return page(
        request,
        "staff/emergency/offer",
        status=status,
        offer=offer,
        here=f"{HERE}/records/{offer.client}",
        stamp=stamp,
        form=form,
        form_id=form_id,
        waits=await emergency.review_waits(desk, desk.now),
        reasons=[(code, _(said)) for code, said in REASONS.items()],
        longest=emergency.LONGEST,
    )


async def reviewing(request: HTMXRequest, desk: Desk, id: UUID, form: Form, status: int = 200) -> Reply:
    found, opened = await emergency.one(desk, id)
    return page(
        request,
        "staff/emergency/review",
        status=status,
        review=found,
        opened=opened,
        seen=SEEN,
        form=form,
        choices=[(code, _(said)) for code, said in OUTCOMES.items()],
        **words(),
    )


def words() -> dict[str, Any]:
    return {"reasons": REASONS, "outcomes": OUTCOMES, "roles": ROLES}


ROUTES = [Emergency, Reviews]

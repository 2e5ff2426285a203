"""Sharing: what a client signs, narrows, pauses and ends; what their people see of it; who looked; and looking as somebody."""

import re
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from app import goal, sharing
from app.access import Access, Action, Category, Label, preview_of
from app.access.door import Trace
from app.data.tables.audit import AccessEvent
from app.data.tables.care import Client
from app.data.tables.consent import Block, Consent, Grant, Relationship
from app.data.tables.delivery import Outbox
from app.data.tables.identity import Account, Invitation
from app.errors import NotFound, Refused, StepUpNeeded
from app.language import language
from app.sharing import NotAsRead, Scope
from app.sharing.wording import REQUIRED, Part, gaps
from tests.factories import (
    KEYS,
    a_block,
    a_client,
    a_crisis_plan,
    a_goal,
    a_grant,
    a_person,
    a_relationship,
    a_staff,
    a_team,
    access_for,
    an_appointment,
    an_organisation,
    hours,
    on_team,
)
from tests.http import goes_to

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("database")]
SignIn = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """What is signed is in the reader's language; another test's may still be set where this one runs."""
    before = language.set("en")
    yield
    language.reset(before)


SOON = date.today() + timedelta(days=90)
VISITS = Scope({Category.APPOINTMENTS: Action.SEE}, until=SOON, older=True)
GOALS = Scope({Category.APPOINTMENTS: Action.SEE, Category.GOALS: Action.SEE | Action.COMMENT}, until=SOON, older=True)


async def a_pair() -> tuple[UUID, UUID, UUID]:
    """A client, their mother to whom nothing is open yet, and what ties them."""
    await an_organisation()
    maya, rosa = await a_client(), await a_person("Rosa")
    return maya, rosa, await a_relationship(maya, rosa)


async def own(client: UUID) -> Access:
    """The client's own door, a factor shown just now."""
    return await access_for(client, step_up=True)


async def signed(client: UUID, tie: UUID, scope: Scope) -> None:
    access = await own(client)
    await sharing.draft(access, tie, scope)
    offer = await sharing.offer(access, await sharing.chosen(access, tie))
    assert offer is not None
    await sharing.sign(access, tie, read=sharing.digest(offer.parts))


async def sees(person: UUID, tie: UUID) -> set[Category]:
    try:
        access = await access_for(person, relationship=tie)
    except NotFound:
        return set()
    return {category for category in Category if access.may(category)}


async def epoch(client: UUID) -> int:
    return (await Client.select(Client.consent_epoch).where(Client.id == client))[0]["consent_epoch"]  # type: ignore[no-any-return]


async def test_a_draft_opens_nothing_and_a_signature_opens_exactly_what_it_says() -> None:
    maya, rosa, tie = await a_pair()
    access = await own(maya)
    await sharing.draft(access, tie, GOALS)
    assert await sees(rosa, tie) == set()
    before = await epoch(maya)
    await signed(maya, tie, GOALS)
    assert await sees(rosa, tie) == {Category.APPOINTMENTS, Category.GOALS}
    hers = await access_for(rosa, relationship=tie)
    assert hers.may(Category.GOALS, Action.COMMENT) and not hers.may(Category.GOALS, Action.PROPOSE)
    assert not hers.may(Category.APPOINTMENTS, Action.DETAILS)
    assert await epoch(maya) == before + 1


async def test_signing_needs_a_factor_shown_just_now() -> None:
    maya, rosa, tie = await a_pair()
    access = await access_for(maya)
    await sharing.draft(access, tie, VISITS)
    offer = await sharing.offer(access, await sharing.chosen(access, tie))
    assert offer is not None
    with pytest.raises(StepUpNeeded):
        await sharing.sign(access, tie, read=sharing.digest(offer.parts))
    assert await sees(rosa, tie) == set()


async def test_what_was_signed_is_kept_word_for_word_with_its_hash() -> None:
    maya, _, tie = await a_pair()
    await signed(maya, tie, GOALS)
    access = await own(maya)
    (one,) = await sharing.signed(access, await sharing.chosen(access, tie))
    row = (await Consent.select().where(Consent.id == one.id))[0]
    assert row["text_hash"] == sharing.digest(one.parts) and row["signer"] == maya and row["version"] == 1
    text = " ".join(line for part in one.parts for line in part.lines)
    assert "Harbor Street" in text and "Rosa (Mum)" in text and str(SOON.year) in text and "goals" in text
    assert b"Rosa" not in bytes(row["wording"])


async def test_a_text_that_changed_since_it_was_read_is_not_signed() -> None:
    maya, rosa, tie = await a_pair()
    access = await own(maya)
    await sharing.draft(access, tie, VISITS)
    read = sharing.digest((await sharing.offer(access, await sharing.chosen(access, tie))).parts)  # type: ignore[union-attr]
    await sharing.draft(access, tie, GOALS)  # in another tab
    with pytest.raises(NotAsRead):
        await sharing.sign(access, tie, read=read)
    assert await sees(rosa, tie) == set()


@pytest.mark.parametrize("row", REQUIRED)
def test_a_text_with_an_empty_row_has_a_gap(row: str) -> None:
    parts = [Part(name, name, ("",) if name == row else ("words",)) for name in REQUIRED]
    assert gaps(parts) == [row]
    assert gaps([part for part in parts if part.row != row]) == [row]


async def test_an_organisation_without_a_name_can_take_no_signature() -> None:
    await an_organisation(name=" ")
    maya, rosa = await a_client(), await a_person("Rosa")
    tie = await a_relationship(maya, rosa)
    access = await own(maya)
    await sharing.draft(access, tie, VISITS)
    offer = await sharing.offer(access, await sharing.chosen(access, tie))
    assert offer is not None and offer.missing == ("from",)
    with pytest.raises(Refused):
        await sharing.sign(access, tie, read=sharing.digest(offer.parts))
    assert await sees(rosa, tie) == set()


async def test_an_empty_scope_and_one_without_an_end_are_no_drafts() -> None:
    maya, _, tie = await a_pair()
    for scope in (Scope(until=SOON), Scope({Category.GOALS: Action.SEE})):
        with pytest.raises(Refused):
            await sharing.draft(await own(maya), tie, scope)
    assert await Consent.count() == 0


async def test_more_is_a_new_version_that_takes_the_place_of_the_old() -> None:
    maya, rosa, tie = await a_pair()
    await signed(maya, tie, VISITS)
    await signed(maya, tie, GOALS)
    access = await own(maya)
    newest, first = await sharing.signed(access, await sharing.chosen(access, tie))
    assert (newest.version, first.version) == (2, 1)
    live = await Grant.count().where(Grant.grantee == rosa, Grant.revoked_at.is_null())
    assert live == 2 and await sees(rosa, tie) == {Category.APPOINTMENTS, Category.GOALS}


async def test_only_what_is_new_from_the_day_of_signing_unless_older_things_were_ticked() -> None:
    maya, rosa, tie = await a_pair()
    await a_goal(maya, "From before", dated=hours(-48))
    await signed(maya, tie, Scope({Category.GOALS: Action.SEE}, until=SOON))
    await a_goal(maya, "From after", dated=hours(1))
    found = await goal.goals(await access_for(rosa, relationship=tie))
    assert [one.title for one in found] == ["From after"]
    await signed(maya, tie, GOALS)
    assert len(await goal.goals(await access_for(rosa, relationship=tie))) == 2


async def test_signing_again_without_older_things_leaves_what_is_new_since_sharing_began() -> None:
    maya, rosa, tie = await a_pair()
    await a_goal(maya, "From before", dated=hours(-48))
    await signed(maya, tie, GOALS)
    await a_goal(maya, "From between", dated=datetime.now(UTC))
    access = await own(maya)
    await sharing.draft(access, tie, Scope({Category.GOALS: Action.SEE | Action.PROPOSE}, until=SOON))
    draft = await sharing.offer(access, await sharing.chosen(access, tie))
    assert draft is not None
    assert "since I began to share it" in " ".join(line for part in draft.parts for line in part.lines)
    before = await preview_of(access.viewer, KEYS, datetime.now(UTC), draft.id)
    assert [one.title for one in await goal.goals(before)] == ["From between"]
    await sharing.sign(access, tie, read=sharing.digest(draft.parts))
    assert [one.title for one in await goal.goals(await access_for(rosa, relationship=tie))] == ["From between"]


async def test_a_signature_is_no_way_around_what_somebody_else_suspended() -> None:
    maya, rosa, tie = await a_pair()
    await signed(maya, tie, VISITS)
    await Grant.update({Grant.suspended_reason: "capacity_review"}).where(Grant.client == maya)
    await signed(maya, tie, GOALS)
    assert await sees(rosa, tie) == set()


async def test_for_a_day_after_coming_back_nothing_more_is_opened_and_less_still_works(sign_in: SignIn) -> None:
    maya, rosa, tie = await a_pair()
    await signed(maya, tie, GOALS)
    http = await sign_in(maya, step_up=True)
    await Account.update({Account.recovered_at: hours(-1)}).where(Account.person == maya)
    more = {"see": ["APPOINTMENTS", "GOALS", "RESOURCES"], "until": SOON.isoformat(), "older": "1"}
    review = goes_to(await http.post(f"/me/sharing/{tie}/change", data=more))
    page = await http.get(review)
    assert "You got back into your account" in page.text and "Sign and share" not in page.text
    read = sharing.digest((await sharing.offer(await own(maya), await sharing.chosen(await own(maya), tie))).parts)  # type: ignore[union-attr]
    answer = await http.post(review, data={"read": read})
    assert answer.status_code == 403 and "You got back into your account" in answer.text
    assert Category.RESOURCES not in await sees(rosa, tie)
    await http.post("/me/sharing/pause")
    assert await sees(rosa, tie) == set()
    assert (await http.post("/me/sharing/resume")).status_code == 403
    assert "Share again" not in (await http.get("/me/sharing")).text
    await Account.update({Account.recovered_at: hours(-25)}).where(Account.person == maya)
    await http.post("/me/sharing/resume")
    assert await sees(rosa, tie) == {Category.APPOINTMENTS, Category.GOALS}


async def test_stopping_one_kind_of_thing_works_at_once_without_signature_or_factor() -> None:
    maya, rosa, tie = await a_pair()
    await signed(maya, tie, GOALS)
    before = await epoch(maya)
    await sharing.stop(await access_for(maya), tie, Category.GOALS)
    assert await sees(rosa, tie) == {Category.APPOINTMENTS}
    assert await epoch(maya) == before + 1
    assert await Consent.count() == 1
    ended = await Grant.select().where(Grant.category == int(Category.GOALS))
    assert [row["revoked_by"] for row in ended] == [maya] and not ended[0]["notify_grantee"]


async def test_narrowing_ends_a_grant_and_puts_a_smaller_one_under_the_same_text() -> None:
    maya, rosa, tie = await a_pair()
    wide = Scope(
        {Category.GOALS: Action.SEE | Action.COMMENT, Category.CRISIS_PLAN: Action.SEE},
        sections=1 << 1 | 1 << 2,
        labels=Label.SUD,
        until=SOON,
        older=True,
    )
    await signed(maya, tie, wide)
    less = Scope(
        {Category.GOALS: Action.SEE, Category.CRISIS_PLAN: Action.SEE},
        sections=1 << 2,
        until=SOON - timedelta(days=30),
        older=True,
    )
    assert less.within(wide) and not wide.within(less)
    await sharing.narrow(await access_for(maya), tie, less)
    now = (await sharing.chosen(await own(maya), tie)).scope
    assert (now.actions, now.sections, now.labels, now.until) == (less.actions, 1 << 2, Label(0), less.until)
    assert len({row["consent"] for row in await Grant.select(Grant.consent)}) == 1
    assert not (await access_for(rosa, relationship=tie)).may(Category.GOALS, Action.COMMENT)


@pytest.mark.parametrize(
    "more",
    [
        {"actions": {Category.GOALS: Action.SEE | Action.COMMENT | Action.PROPOSE}},
        {"actions": {Category.MESSAGES: Action.SEE}},
        {"labels": Label.HIV},
        {"sections": 1 << 3},
        {"until": SOON + timedelta(days=1)},
        {"keep": True},
    ],
)
def test_anything_more_is_not_within(more: dict[str, Any]) -> None:
    base = {"actions": GOALS.actions, "until": SOON, "older": True}
    assert Scope(**base).within(GOALS)  # type: ignore[arg-type]
    assert not Scope(**(base | more)).within(GOALS)  # type: ignore[arg-type]
    assert not GOALS.within(Scope(GOALS.actions, until=SOON))


async def test_ending_closes_all_of_it_and_tells_nobody_unless_asked() -> None:
    maya, rosa, tie = await a_pair()
    await signed(maya, tie, GOALS)
    await Outbox.insert(Outbox(key="message:x", kind="message", recipient=rosa, client=maya))
    await sharing.end(await access_for(maya), tie)
    assert await sees(rosa, tie) == set()
    assert await Outbox.count() == 0
    events = await AccessEvent.select().where(AccessEvent.action == "consent-end")
    assert [row["actor"] for row in events] == [maya]


async def test_a_notice_that_is_asked_for_names_nothing() -> None:
    maya, rosa, tie = await a_pair()
    await signed(maya, tie, VISITS)
    from tests.factories import a_session

    await a_session(rosa)
    await sharing.end(await access_for(maya), tie, tell=True)
    (letter,) = await Outbox.select().where(Outbox.kind == "sharing.changed")
    assert letter["recipient"] == rosa and letter["client"] is None and letter["payload"] in ("{}", {})


async def test_an_invitation_that_was_not_used_ends_with_the_sharing() -> None:
    maya, rosa, tie = await a_pair()
    await signed(maya, tie, VISITS)
    from app import invitation

    await invitation.invite_again(await access_for(maya), rosa)
    await sharing.end(await access_for(maya), tie)
    assert await Invitation.count().where(Invitation.withdrawn_at.is_null()) == 0


async def test_a_pause_stops_everybody_chosen_and_goes_on_only_with_a_factor() -> None:
    maya, rosa, tie = await a_pair()
    jo = await a_person("Jo")
    other = await a_relationship(maya, jo, "friend", "Friend")
    await signed(maya, tie, GOALS)
    await signed(maya, other, VISITS)
    await sharing.pause(await access_for(maya))
    assert await sees(rosa, tie) == set() == await sees(jo, other)
    assert (await sharing.chosen(await own(maya), tie)).paused
    with pytest.raises(StepUpNeeded):
        await sharing.resume(await access_for(maya))
    await sharing.resume(await own(maya))
    assert await sees(jo, other) == {Category.APPOINTMENTS}


async def test_a_pause_leaves_what_somebody_else_suspended_as_it_was() -> None:
    maya, rosa, tie = await a_pair()
    await signed(maya, tie, VISITS)
    await Grant.update({Grant.suspended_reason: "safeguarding_freeze"}).where(Grant.client == maya)
    await sharing.pause(await access_for(maya))
    await sharing.resume(await own(maya))
    assert await sees(rosa, tie) == set()


async def test_a_block_beats_what_is_signed_later_and_only_the_clients_own_can_be_lifted() -> None:
    maya, rosa, tie = await a_pair()
    await signed(maya, tie, VISITS)
    await sharing.block(await access_for(maya), tie)
    assert await sees(rosa, tie) == set()
    await sharing.draft(await own(maya), tie, VISITS)
    offer = await sharing.offer(await own(maya), await sharing.chosen(await own(maya), tie))
    assert offer is not None
    with pytest.raises(Refused):
        await sharing.sign(await own(maya), tie, read=sharing.digest(offer.parts))
    with pytest.raises(StepUpNeeded):
        await sharing.unblock(await access_for(maya), tie)
    await a_block(maya, rosa, kind="no_contact_order")
    await sharing.unblock(await own(maya), tie)
    assert await Block.count().where(Block.until.is_null()) == 1
    assert await sees(rosa, tie) == set()


async def test_taken_off_the_list_everything_is_over() -> None:
    maya, rosa, tie = await a_pair()
    await signed(maya, tie, VISITS)
    await sharing.remove(await access_for(maya), tie)
    assert await sharing.people(await own(maya)) == []
    assert await sees(rosa, tie) == set()
    (row,) = await Relationship.select().where(Relationship.id == tie)
    assert row["ended_reason"] == "client"


async def test_a_supporter_steps_back_and_sees_nothing_from_then_on() -> None:
    maya, rosa, tie = await a_pair()
    await signed(maya, tie, VISITS)
    before = await epoch(maya)
    await sharing.leave(await access_for(rosa, relationship=tie))
    assert await sees(rosa, tie) == set() and await epoch(maya) == before + 1
    (row,) = await Relationship.select().where(Relationship.id == tie)
    assert row["ended_reason"] == "supporter"
    with pytest.raises(NotFound):
        await sharing.leave(await access_for(maya))


async def test_nobody_but_the_client_reads_or_changes_who_is_let_in() -> None:
    maya, rosa, tie = await a_pair()
    await signed(maya, tie, GOALS)
    worker = await a_staff(team=await a_team())
    await on_team(maya, worker)
    for access in (await access_for(rosa, relationship=tie, step_up=True), await access_for(worker, client=maya)):
        for act in (
            sharing.team(access), sharing.chosen(access, tie), sharing.looks(access),
            sharing.draft(access, tie, GOALS), sharing.end(access, tie), sharing.pause(access), sharing.block(access, tie),
            sharing.sign(access, tie, read=""), sharing.resume(access), sharing.remove(access, tie),
        ):  # fmt: skip
            with pytest.raises(NotFound):
                await act
    with pytest.raises(NotFound):
        await sharing.people(await access_for(rosa, relationship=tie, step_up=True))
    assert await sees(rosa, tie) == {Category.APPOINTMENTS, Category.GOALS}


async def test_another_clients_person_is_nobody_here() -> None:
    maya, _, tie = await a_pair()
    leo = await a_client("Leo")
    for act in (sharing.end, sharing.block, sharing.remove, sharing.unblock):
        with pytest.raises(NotFound):
            await act(await own(leo), tie)
    with pytest.raises(NotFound):
        await sharing.draft(await own(leo), tie, VISITS)
    assert await Relationship.count().where(Relationship.ended_at.is_not_null()) == 0
    assert maya


async def test_somebody_new_is_made_once_and_sees_nothing() -> None:
    await an_organisation()
    maya = await a_client()
    form_id = uuid4()
    about = {"called_name": "Ines", "kind": "family", "label": "Aunt", "form_id": form_id}
    tie = await sharing.new_person(await own(maya), **about)  # type: ignore[arg-type]
    assert await sharing.new_person(await own(maya), **about) == tie  # type: ignore[arg-type]
    assert await sees(form_id, tie) == set()
    with pytest.raises(Refused):
        await sharing.new_person(await own(await a_client("Leo")), **about)  # type: ignore[arg-type]
    with pytest.raises(Refused):  # nobody lets themselves in
        await sharing.new_person(await own(maya), **(about | {"form_id": maya}))  # type: ignore[arg-type]


async def test_who_looked_is_told_in_groups_and_never_the_clients_own() -> None:
    maya, rosa, tie = await a_pair()
    await signed(maya, tie, GOALS)
    await a_goal(maya)
    for _ in range(3):
        await goal.goals(await access_for(rosa, relationship=tie))
    await goal.goals(await own(maya))
    await sharing.end(await access_for(maya), tie)
    with pytest.raises(NotFound):
        await access_for(rosa, relationship=tie)
    tried, saw = (await sharing.looks(await own(maya)))[0]
    assert (tried.what, tried.called_name, tried.category) == ("tried", "Rosa", "")
    assert (saw.what, saw.category, saw.times) == ("saw", "goals", 3)
    who = await sharing.chosen(await own(maya), tie)
    assert who.looks == 3 and who.last_look is not None


async def test_a_long_log_comes_in_pages_that_end_between_two_days(monkeypatch: pytest.MonkeyPatch) -> None:
    from app.access.log import Event, record

    maya, rosa, _ = await a_pair()
    monkeypatch.setattr(import_module("app.sharing.looks"), "PAGE", 5)
    for day in (3, 2, 1):
        events = [
            Event("look", actor=rosa, acting_as="supporter", client=maya, category="goals", at=hours(-24 * day))
            for _ in range(3)
        ]
        await record(*events)
    first, more = await sharing.looks(await own(maya))
    assert [one.times for one in first] == [3] and more is not None
    second, more = await sharing.looks(await own(maya), more)
    third, last = await sharing.looks(await own(maya), more)
    assert [one.times for one in second + third] == [3, 3] and last is None


# Pages


async def test_sharing_with_somebody_from_the_name_to_the_link(sign_in: SignIn) -> None:
    await an_organisation()
    maya = await a_client()
    http = await sign_in(maya, step_up=True)
    form = {"name": "Ines", "label": "My aunt", "kind": "family", "form_id": str(uuid4())}
    at = goes_to(await http.post("/me/sharing/new", data=form))
    ticks = {"see": ["APPOINTMENTS"], "until": SOON.isoformat(), "older": "1"}
    review = goes_to(await http.post(at, data=ticks))
    page = await http.get(review)
    assert page.status_code == 200 and "Ines (My aunt)" in page.text
    read = re.search(r'name="read" value="([0-9a-f]{64})"', page.text)
    assert read is not None
    person = goes_to(await http.post(review, data={"read": read[1]})).removesuffix("#link")
    link = await http.post(f"{person}/invitation")
    assert link.status_code == 200 and "/join/" in link.text
    assert "Visits" in (await http.get("/me/sharing")).text
    assert "Until" in (await http.get("/me/sharing/info")).text
    text = re.search(rf"{person}/text/[0-9a-f-]+", (await http.get(person)).text)
    assert text is not None and "Ines (My aunt)" in (await http.get(text[0])).text


async def test_signing_without_a_factor_asks_for_one_and_signs_nothing(sign_in: SignIn) -> None:
    maya, rosa, tie = await a_pair()
    access = await own(maya)
    await sharing.draft(access, tie, VISITS)
    read = sharing.digest((await sharing.offer(access, await sharing.chosen(access, tie))).parts)  # type: ignore[union-attr]
    http = await sign_in(maya)
    there = goes_to(await http.post(f"/me/sharing/{tie}/review", data={"read": read}))
    assert there == f"/step-up?next=/me/sharing/{tie}/review"
    assert await sees(rosa, tie) == set()


async def test_a_tampered_or_old_text_gives_the_page_back_with_the_new_one(sign_in: SignIn) -> None:
    maya, rosa, tie = await a_pair()
    await sharing.draft(await own(maya), tie, VISITS)
    http = await sign_in(maya, step_up=True)
    answer = await http.post(f"/me/sharing/{tie}/review", data={"read": "0" * 64})
    assert answer.status_code == 409 and "Nothing was shared" in answer.text
    assert await sees(rosa, tie) == set()


@pytest.mark.parametrize(
    ("ticks", "said"),
    [
        ({"until": SOON.isoformat()}, "Tick at least one thing"),
        ({"see": "GOALS"}, "Choose a last day"),
        ({"see": "GOALS", "until": (date.today() - timedelta(days=2)).isoformat()}, "Choose a later day"),
        ({"see": "GOALS", "until": (date.today() + timedelta(days=500)).isoformat()}, "Choose an earlier day"),
        ({"see": "CRISIS_PLAN", "until": SOON.isoformat()}, "Tick which parts"),
        ({"see": "NOTES_SHARED", "until": SOON.isoformat()}, "Choose from the list"),
        ({"see": "GOALS", "label": "32", "until": SOON.isoformat()}, "Choose from the list"),
    ],
)
async def test_ticks_that_cannot_be_used_come_back_with_a_word_and_share_nothing(
    ticks: dict[str, str], said: str, sign_in: SignIn
) -> None:
    maya, rosa, tie = await a_pair()
    http = await sign_in(maya)
    answer = await http.post(f"/me/sharing/{tie}/change", data=ticks)
    assert answer.status_code == 422 and said in answer.text
    if ticks.get("see") == "GOALS":
        assert re.search(r'value="GOALS" checked', answer.text)
    assert await Consent.count() == 0 and await sees(rosa, tie) == set()


async def test_fewer_ticks_work_at_once_and_more_go_to_the_text(sign_in: SignIn) -> None:
    maya, rosa, tie = await a_pair()
    await signed(maya, tie, GOALS)
    http = await sign_in(maya)
    fewer = {"see": ["APPOINTMENTS"], "until": SOON.isoformat(), "older": "1"}
    assert goes_to(await http.post(f"/me/sharing/{tie}/change", data=fewer)) == f"/me/sharing/{tie}"
    assert await sees(rosa, tie) == {Category.APPOINTMENTS}
    more = {"see": ["APPOINTMENTS", "MESSAGES"], "until": SOON.isoformat(), "older": "1"}
    assert goes_to(await http.post(f"/me/sharing/{tie}/change", data=more)).endswith("/review")
    assert await sees(rosa, tie) == {Category.APPOINTMENTS}


async def test_each_way_to_close_by_its_button(sign_in: SignIn) -> None:
    maya, rosa, tie = await a_pair()
    await signed(maya, tie, GOALS)
    http = await sign_in(maya, step_up=True)
    at = f"/me/sharing/{tie}"
    await http.post(f"{at}/stop", data={"category": "GOALS"})
    assert await sees(rosa, tie) == {Category.APPOINTMENTS}
    assert (await http.post(f"{at}/stop", data={"category": "NONSENSE"})).status_code == 404
    await http.post("/me/sharing/pause")
    assert await sees(rosa, tie) == set() and "paused" in (await http.get("/me/sharing")).text
    await http.post("/me/sharing/resume")
    assert await sees(rosa, tie) == {Category.APPOINTMENTS}
    await http.post(f"{at}/end")
    assert await sees(rosa, tie) == set()
    await http.post(f"{at}/block")
    assert "Kept out" in (await http.get(at)).text
    assert (await http.post(f"{at}/invitation")).status_code == 403
    await http.post(f"{at}/unblock")
    assert "Kept out" not in (await http.get(at)).text
    assert goes_to(await http.post(f"{at}/remove")) == "/me/sharing"
    assert (await http.get(at)).status_code == 404


async def test_a_supporter_reads_what_they_have_and_leaves(sign_in: SignIn) -> None:
    maya, rosa, tie = await a_pair()
    await signed(maya, tie, VISITS)
    http = await sign_in(rosa)
    page = await http.get(f"/with/{tie}/sharing")
    assert "Visits" in page.text and "My plan" not in page.text
    assert goes_to(await http.post(f"/with/{tie}/leave")) == "/with"
    assert (await http.get(f"/with/{tie}/sharing")).status_code == 404
    assert (await http.get("/me/sharing")).status_code == 404


# Looking with somebody else's eyes

PLACES = ("/today", "/goals", "/appointments", "/crisis-plan", "/messages", "/resources", "/more", "/sharing")


def plain(text: str, base: str) -> str:
    """A page without what differs by session, and without the banner of the preview."""
    text = re.sub(r'<aside class="eyes".*?</aside>\n?', "", text, flags=re.S)
    text = text.replace(base, "BASE")
    return re.sub(r'nonce="[^"]*"|name="_csrf" value="[^"]*"|name="form_id" value="[^"]*"', "", text)


@pytest.mark.parametrize(
    "scope",
    [
        VISITS,
        GOALS,
        Scope({Category.CRISIS_PLAN: Action.SEE}, sections=1 << 2, until=SOON, older=True),
        Scope(
            dict.fromkeys(sharing.OFFERED, Action.SEE),
            sections=1 << 1 | 1 << 2,
            labels=Label.SUD,
            until=SOON,
            older=True,
        ),
    ],
    ids=["visits", "goals", "crisis plan", "everything"],
)
async def test_the_preview_and_the_real_page_differ_in_nothing_but_the_banner(scope: Scope, sign_in: SignIn) -> None:
    maya, rosa, tie = await a_pair()
    worker = await a_staff(team=await a_team())
    await on_team(maya, worker)
    home = await a_goal(maya, "A place of my own", steps=("Call the office",))
    await a_goal(maya, "Half as many drinks", labels=int(Label.SUD))
    visit = await an_appointment(maya, worker, starts_at=hours(30))
    await a_crisis_plan(maya, {1: ("Not sleeping",), 2: ("Walk by the river",)})
    await signed(maya, tie, scope)
    hers, own_eyes = await sign_in(rosa), await sign_in(maya)
    real, preview = f"/with/{tie}", f"/me/sharing/{tie}/as"
    compared = 0
    for place in (*PLACES, f"/goals/{home.id}", f"/appointments/{visit.id}"):
        a, b = await hers.get(real + place), await own_eyes.get(preview + place)
        assert a.status_code == b.status_code, place
        if a.status_code == 200:
            assert 'class="eyes"' in b.text and 'class="eyes"' not in a.text
            assert plain(a.text, real) == plain(b.text, preview), place
            compared += 1
    assert compared >= 3


async def test_the_draft_is_seen_before_it_is_signed_and_instead_of_what_is_open(sign_in: SignIn) -> None:
    maya, rosa, tie = await a_pair()
    await a_goal(maya, "A place of my own")
    await signed(maya, tie, VISITS)
    access = await own(maya)
    await sharing.draft(access, tie, Scope({Category.GOALS: Action.SEE}, until=SOON, older=True))
    draft = await sharing.offer(access, await sharing.chosen(access, tie))
    assert draft is not None
    http = await sign_in(maya)
    assert "A place of my own" in (await http.get(f"/me/sharing/{draft.id}/as/goals")).text
    assert (await http.get(f"/me/sharing/{draft.id}/as/appointments")).status_code == 404
    assert (await http.get(f"/me/sharing/{tie}/as/goals")).status_code == 404
    assert await sees(rosa, tie) == {Category.APPOINTMENTS}


async def test_looking_as_somebody_writes_nothing_down_and_changes_nothing(sign_in: SignIn) -> None:
    maya, rosa, tie = await a_pair()
    home = await a_goal(maya)
    await signed(maya, tie, GOALS)
    before = await AccessEvent.count()
    http = await sign_in(maya)
    assert (await http.get(f"/me/sharing/{tie}/as/goals/{home.id}")).status_code == 200
    assert (await http.get(f"/me/sharing/{tie}/as/goals/{uuid4()}")).status_code == 404
    looks = AccessEvent.action.is_in(["look", "open"])
    assert await AccessEvent.count().where(looks) == 0 and before
    access = await preview_of((await own(maya)).viewer, KEYS, hours(0), tie, trace=Trace(), base="")
    with pytest.raises(Refused):
        async with access.write(Category.GOALS, Action.COMMENT):
            pass
    with pytest.raises(NotFound):
        await sharing.leave(access)
    assert (await http.post(f"/me/sharing/{tie}/as/goals/{home.id}/comments", data={"text": "x"})).status_code in (
        404,
        405,
    )
    assert rosa


async def test_only_the_client_looks_with_their_peoples_eyes(sign_in: SignIn) -> None:
    maya, rosa, tie = await a_pair()
    await signed(maya, tie, GOALS)
    worker = await a_staff(team=await a_team())
    await on_team(maya, worker)
    for person in (rosa, worker, await a_client("Leo")):
        http = await sign_in(person)
        assert (await http.get(f"/me/sharing/{tie}/as/goals")).status_code == 404


async def test_a_grant_of_old_without_a_text_is_listed_and_can_be_stopped() -> None:
    await an_organisation()
    maya, rosa = await a_client(), await a_person("Rosa")
    tie = await a_relationship(maya, rosa)
    await a_grant(maya, rosa, Category.GOALS)
    (who,) = await sharing.people(await own(maya))
    assert who.sees == [Category.GOALS]
    await sharing.stop(await access_for(maya), tie, Category.GOALS)
    assert await sees(rosa, tie) == set()


async def test_the_team_sees_the_map_and_their_look_is_written_down(sign_in: SignIn) -> None:
    maya, rosa, tie = await a_pair()
    await signed(maya, tie, Scope({Category.GOALS: Action.SEE}, labels=Label.SUD, until=SOON))
    worker, peer = await a_staff(team=await a_team()), await a_staff("peer")
    await on_team(maya, worker)
    await on_team(maya, peer, "peer")
    page = await (await sign_in(worker)).get(f"/staff/clients/{maya}/sharing")
    assert page.status_code == 200 and "Rosa" in page.text and "Alcohol or drugs" in page.text
    looks = AccessEvent.select().where(AccessEvent.actor == worker, AccessEvent.action == "look")
    assert [row["category"] for row in await looks] == ["profile_contact"]
    for stranger in (peer, await a_staff(), await a_staff("front_desk"), await a_staff("admin"), rosa, maya):
        assert (await (await sign_in(stranger)).get(f"/staff/clients/{maya}/sharing")).status_code == 404


async def test_the_notice_about_passing_on_stands_wherever_alcohol_or_drugs_may_show(sign_in: SignIn) -> None:
    maya, rosa, tie = await a_pair()
    http = await sign_in(rosa)
    await signed(maya, tie, GOALS)
    assert "42 CFR part 2" not in (await http.get(f"/with/{tie}/goals")).text
    await signed(maya, tie, Scope(GOALS.actions, labels=Label.SUD, until=SOON, older=True))
    for place in ("/today", "/goals", "/appointments", "/more", "/sharing"):
        assert "42 CFR part 2 prohibits" in (await http.get(f"/with/{tie}{place}")).text, place
    assert "42 CFR part 2" not in (await (await sign_in(maya)).get("/me/goals")).text


async def test_where_the_whole_organisation_is_a_part_2_programme_every_shared_page_has_the_notice(
    sign_in: SignIn,
) -> None:
    await an_organisation(part2=True)
    maya, rosa = await a_client(), await a_person("Rosa")
    tie = await a_relationship(maya, rosa)
    await signed(maya, tie, GOALS)
    http = await sign_in(rosa)
    assert (await http.get(f"/with/{tie}/goals")).status_code == 404  # attending is itself protected: it needs the tick
    await signed(maya, tie, Scope(GOALS.actions, labels=Label.SUD, until=SOON, older=True))
    assert "42 CFR part 2 prohibits" in (await http.get(f"/with/{tie}/goals")).text

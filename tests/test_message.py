"""Messages on both sides: who reads what, what a message sets in motion, and what each form answers."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import UUID, uuid4

import httpx
import pytest

from app import message
from app.access import Access, Action, Category, Desk, Kind, Role, Viewer, access_of
from app.data.piccolo_conf import DB
from app.data.tables.care import Standing
from app.data.tables.consent import Grant
from app.data.tables.delivery import Outbox
from app.data.tables.message import Message, Thread, ThreadMember
from app.delivery.live import BELLS
from app.errors import NotFound, Refused
from app.web.streams import _events
from tests.factories import (
    KEYS,
    a_client,
    a_grant,
    a_message,
    a_person,
    a_relationship,
    a_staff,
    a_thread,
    hours,
    on_team,
)

pytestmark = pytest.mark.anyio
SignIn = Callable[..., Awaitable[httpx.AsyncClient]]


async def door(person: UUID, kind: Kind, role: Role | None = None, **where: UUID) -> Access:
    return await access_of(Viewer(person, kind, role=role), KEYS, datetime.now(UTC), **where)


async def standing(client: UUID) -> dict:
    return await Standing.select().where(Standing.id == client).first()


async def worker_of(client: UUID) -> UUID:
    worker = await a_staff()
    await on_team(client, worker)
    return worker


async def mum_in(client: UUID, thread: UUID, actions: Action = Action.SEE | Action.MESSAGE) -> tuple[UUID, UUID, UUID]:
    mum = await a_person("Rosa")
    relationship = await a_relationship(client, mum)
    grant = await a_grant(client, mum, Category.MESSAGES, actions)
    await ThreadMember.insert(ThreadMember(thread=thread, person=mum, joined_at=hours(-2)))
    return mum, relationship, grant


async def test_a_question_waits_until_the_team_answers(database: str) -> None:
    client = await a_client()
    worker = await worker_of(client)
    thread = await message.start(await door(client, Kind.CLIENT), text="Is the bus running?", form_id=uuid4())
    before = await standing(client)
    assert before["unread"] == 1 and before["waiting_since"] is not None
    await message.post(await door(client, Kind.CLIENT), thread, text="Hello?", form_id=uuid4())
    later = await standing(client)
    assert (later["unread"], later["waiting_since"]) == (2, before["waiting_since"])
    await message.post(
        await door(worker, Kind.STAFF, Role.CASE_MANAGER, client=client), thread, text="Yes", form_id=uuid4()
    )
    answered = await standing(client)
    assert (answered["unread"], answered["waiting_since"]) == (0, None)


async def test_a_message_tells_everyone_else_by_ids_alone(database: str) -> None:
    client = await a_client()
    worker = await worker_of(client)
    thread = await a_thread(client)
    mum, _, _ = await mum_in(client, thread.id)
    await message.post(await door(client, Kind.CLIENT), thread.id, text="A secret wish", form_id=uuid4())
    rows = await Outbox.select()
    assert {row["recipient"] for row in rows} == {worker, mum}
    assert all("wish" not in str(row["payload"]) for row in rows)


async def test_the_same_form_sent_twice_is_one_message(database: str) -> None:
    client = await a_client()
    thread = await a_thread(client)
    form_id = uuid4()
    for _ in range(2):
        await message.post(await door(client, Kind.CLIENT), thread.id, text="Once", form_id=form_id)
    assert await Message.count() == 1


async def test_the_first_message_makes_one_thread_and_the_next_uses_it(database: str) -> None:
    client = await a_client()
    first = await message.start(await door(client, Kind.CLIENT), text="Hello", form_id=uuid4())
    assert await message.start(await door(client, Kind.CLIENT), text="Again", form_id=uuid4()) == first
    assert await Thread.count() == 1


async def test_a_client_never_sees_the_teams_own_thread(database: str) -> None:
    client = await a_client()
    worker = await worker_of(client)
    secret = await a_thread(client, kind="team")
    await a_message(client, secret.id, worker, "Between us")
    mine = await door(client, Kind.CLIENT)
    assert await message.threads(mine) == []
    with pytest.raises(NotFound):
        await message.thread(mine, secret.id)
    seen = await message.threads(await door(worker, Kind.STAFF, Role.CASE_MANAGER, client=client))
    assert [one.kind for one in seen] == ["team"]


async def test_a_supporter_reads_from_joining_on_and_nothing_once_gone(database: str) -> None:
    client = await a_client()
    thread = await a_thread(client, kind="family")
    mum, relationship, _ = await mum_in(client, thread.id)
    await a_message(client, thread.id, client, "Before she came", dated=hours(-3))
    await a_message(client, thread.id, client, "After she came", dated=hours(-1))
    access = await door(mum, Kind.SUPPORTER, relationship=relationship)
    _, found, _ = await message.thread(access, thread.id)
    assert [one.text for one in found] == ["After she came"]
    await ThreadMember.update({ThreadMember.left_at: hours(0)}).where(ThreadMember.person == mum)
    assert await message.threads(access) == []
    with pytest.raises(NotFound):
        await message.thread(access, thread.id)


async def test_a_supporter_writes_only_where_that_was_granted(database: str) -> None:
    client = await a_client()
    thread = await a_thread(client, kind="family")
    mum, relationship, _ = await mum_in(client, thread.id, Action.SEE)
    with pytest.raises(Refused):
        access = await door(mum, Kind.SUPPORTER, relationship=relationship)
        await message.post(access, thread.id, text="Hello", form_id=uuid4())
    assert await Message.count() == 0


async def test_unread_counts_only_what_the_viewer_can_reach(database: str) -> None:
    client = await a_client()
    worker = await worker_of(client)
    thread = await a_thread(client)
    other = await a_thread(client, kind="team")
    await a_message(client, thread.id, worker)
    await a_message(client, other.id, worker)
    mine = await door(client, Kind.CLIENT)
    assert await message.unread(mine) == 1
    await message.read_up_to(mine, thread.id)
    assert await message.unread(mine) == 0


async def test_the_inbox_puts_the_longest_wait_first_and_holds_no_client_of_others(database: str) -> None:
    worker = await a_staff()
    for name, since in (("Ann", hours(-1)), ("Ben", hours(-5)), ("Cat", None)):
        client = await a_client(name)
        await on_team(client, worker)
        thread = await a_thread(client, waiting_since=since)
        await a_message(client, thread.id, client, f"From {name}", dated=thread.last_at)
    stranger = await a_client("Dot")
    await a_thread(stranger, waiting_since=hours(-9))
    desk = Desk(Viewer(worker, Kind.STAFF, role=Role.CASE_MANAGER), KEYS, datetime.now(UTC))
    found = await message.inbox(desk)
    assert [one.called_name for one in found] == ["Ben", "Ann", "Cat"]
    assert found[0].text == "From Ben"


async def test_a_thread_costs_the_same_for_one_message_and_for_two_hundred(database: str) -> None:
    client = await a_client()
    thread = await a_thread(client)
    access = await door(client, Kind.CLIENT)
    await a_message(client, thread.id, client)
    before = DB.statements
    await message.thread(access, thread.id)
    one = DB.statements - before
    for n in range(200):
        await a_message(client, thread.id, client, str(n), dated=hours(-1 + n / 1000))
    before = DB.statements
    _, found, earlier = await message.thread(access, thread.id)
    assert (DB.statements - before, len(found), earlier) == (one, 30, True)


async def test_earlier_messages_are_paged_even_when_many_came_at_one_moment(database: str) -> None:
    client = await a_client()
    thread = await a_thread(client)
    at = hours(-1)
    for n in range(40):
        await a_message(client, thread.id, client, str(n), dated=at)
    access = await door(client, Kind.CLIENT)
    _, last, earlier = await message.thread(access, thread.id)
    _, first, more = await message.thread(access, thread.id, last[0].id)
    assert (len(last), earlier, len(first), more) == (30, True, 10, False)
    assert {one.text for one in last + first} == {str(n) for n in range(40)}


async def test_many_hands_at_once_make_one_message_and_one_thread(database: str) -> None:
    client = await a_client()
    form_id = uuid4()
    doors = [await door(client, Kind.CLIENT) for _ in range(6)]
    await asyncio.gather(*(message.start(access, text="Hello", form_id=form_id) for access in doors))
    assert (await Thread.count(), await Message.count()) == (1, 1)
    (thread,) = await message.threads(doors[0])
    await asyncio.gather(*(message.read_up_to(access, thread.id) for access in doors))


# The pages.


async def test_the_client_writes_and_the_team_answers(sign_in: SignIn) -> None:
    client = await a_client()
    worker = await worker_of(client)
    hers, theirs = await sign_in(client), await sign_in(worker)
    made = await hers.post("/me/messages", data={"text": "Can we meet?", "form_id": str(uuid4())})
    assert made.status_code == 303
    thread = made.headers["location"].rpartition("/")[2]
    inbox = await theirs.get("/staff/messages")
    assert "Can we meet?" in inbox.text and f"/staff/clients/{client}/messages/{thread}" in inbox.text
    url = f"/staff/clients/{client}/messages/{thread}"
    sent = await theirs.post(url, data={"text": "Yes, on Tuesday.", "form_id": str(uuid4())})
    assert sent.status_code == 303
    page = await hers.get(f"/me/messages/{thread}")
    assert "Yes, on Tuesday." in page.text and "case manager" in page.text
    assert '<span class="count">1' in (await hers.get("/me/goals")).text
    await hers.post(f"/me/messages/{thread}/read")
    assert '<span class="count">' not in (await hers.get("/me/goals")).text


async def test_a_fragment_is_the_pages_own_part(sign_in: SignIn) -> None:
    client = await a_client()
    thread = await a_thread(client)
    http = await sign_in(client)
    headers = {"HX-Request": "true"}
    url = f"/me/messages/{thread.id}"
    part = await http.post(url, data={"text": "Hi", "form_id": str(uuid4())}, headers=headers)
    assert part.text.lstrip().startswith('<section id="talk"') and "<html" not in part.text
    again = await http.get(url, headers=headers)
    assert again.text.lstrip().startswith('<section id="messages"')
    assert "<html" in (await http.get(url)).text


@pytest.mark.parametrize("text", ["", "   ", "x" * 8001, "hidden\u0000control"])
async def test_what_cannot_be_sent_comes_back_with_what_was_typed(sign_in: SignIn, text: str) -> None:
    client = await a_client()
    thread = await a_thread(client)
    http = await sign_in(client)
    for url in (f"/me/messages/{thread.id}", "/me/messages"):
        answer = await http.post(url, data={"text": text, "form_id": str(uuid4())})
        assert answer.status_code in (400, 422)
        if answer.status_code == 422:
            assert "Error: " in answer.text and text.strip() in answer.text
    assert await Message.count() == 0


async def test_signed_out_people_are_sent_to_sign_in(http: httpx.AsyncClient) -> None:
    for url in ("/me/messages", f"/me/messages/{uuid4()}", "/staff/messages", f"/me/messages/{uuid4()}/live"):
        assert (await http.get(url)).headers["location"] == "/sign-in"


async def test_a_foreign_and_an_absent_thread_are_the_same_page(sign_in: SignIn) -> None:
    client, stranger = await a_client(), await a_client("Leo")
    foreign = await a_thread(stranger)
    await a_message(stranger, foreign.id, stranger, "not for you")
    http = await sign_in(client)
    for tail in ("", "/live"):
        outside = await http.get(f"/me/messages/{foreign.id}{tail}")
        missing = await http.get(f"/me/messages/{uuid4()}{tail}")
        assert outside.status_code == missing.status_code == 404
        assert alike(outside) == alike(missing)
    post = await http.post(f"/me/messages/{foreign.id}", data={"text": "hi", "form_id": str(uuid4())})
    assert post.status_code == 404
    assert await Message.count() == 1


def alike(answer: httpx.Response) -> str:
    import re

    return re.sub(r'(nonce|value)="[^"]*"|[0-9a-f]{8}-[0-9a-f-]{27}', "", answer.text)


async def test_staff_outside_the_team_find_no_thread(sign_in: SignIn) -> None:
    client = await a_client()
    thread = await a_thread(client)
    http = await sign_in(await a_staff())
    assert (await http.get(f"/staff/clients/{client}/messages/{thread.id}")).status_code == 404
    assert (await http.get(f"/staff/clients/{client}/messages")).status_code == 404


# The stream.


async def next_event(stream: object) -> str:
    async with asyncio.timeout(5):
        event = await anext(stream)  # type: ignore[call-overload]
    return event.event or event.data or f"({event.comment})"


async def live_token(person: UUID) -> str:
    from tests.identity import a_live_session

    return await a_live_session(person, keys=KEYS)


async def test_a_stream_tells_of_an_arrival_without_a_word_of_it(database: str) -> None:
    client = await a_client()
    worker = await worker_of(client)
    thread = await a_thread(client)
    stream = _events(await door(client, Kind.CLIENT), thread.id, await live_token(client), "")
    assert await next_event(stream) == "(here)"
    waiting = asyncio.create_task(next_event(stream))
    await asyncio.sleep(0)
    access = await door(worker, Kind.STAFF, Role.CASE_MANAGER, client=client)
    await message.post(access, thread.id, text="Hello", form_id=uuid4())
    assert await waiting == "new"
    await stream.aclose()
    assert BELLS.listening == {}


async def test_a_stream_resumes_from_what_was_last_seen(database: str) -> None:
    client = await a_client()
    thread = await a_thread(client)
    await a_message(client, thread.id, client)
    stream = _events(await door(client, Kind.CLIENT), thread.id, await live_token(client), str(uuid4()))
    assert await next_event(stream) == "new"
    await stream.aclose()


async def test_a_stream_stays_open_on_a_thread_where_nothing_can_be_seen_yet(database: str) -> None:
    client = await a_client()
    thread = await a_thread(client, kind="family")
    mum, relationship, _ = await mum_in(client, thread.id)
    await a_message(client, thread.id, client, "Before she came", dated=hours(-9))
    stream = _events(await door(mum, Kind.SUPPORTER, relationship=relationship), thread.id, await live_token(mum), "")
    assert await next_event(stream) == "(here)"
    waiting = asyncio.create_task(next_event(stream))
    await asyncio.sleep(0)
    BELLS.ring(thread.id)
    assert await waiting == "(still here)"
    await stream.aclose()


async def test_a_stream_ends_when_access_is_revoked(database: str) -> None:
    client = await a_client()
    thread = await a_thread(client, kind="family")
    mum, relationship, grant = await mum_in(client, thread.id)
    access = await door(mum, Kind.SUPPORTER, relationship=relationship)
    stream = _events(access, thread.id, await live_token(mum), "")
    await next_event(stream)
    waiting = asyncio.create_task(next_event(stream))
    await asyncio.sleep(0)
    await Grant.update({Grant.revoked_at: hours(0)}).where(Grant.id == grant)
    BELLS.ring(thread.id)
    assert await waiting == "gone"
    with pytest.raises(StopAsyncIteration):
        await anext(stream)


async def test_a_stream_ends_when_the_session_does(database: str) -> None:
    from app.data.tables.identity import Session

    client = await a_client()
    thread = await a_thread(client)
    stream = _events(await door(client, Kind.CLIENT), thread.id, await live_token(client), "")
    await next_event(stream)
    waiting = asyncio.create_task(next_event(stream))
    await asyncio.sleep(0)
    await Session.delete(force=True)
    BELLS.ring(thread.id)
    assert await waiting == "gone"


async def test_an_open_page_of_a_supporter_asks_whether_sharing_still_stands(sign_in: SignIn) -> None:
    client = await a_client()
    thread = await a_thread(client, kind="family")
    mum, relationship, grant = await mum_in(client, thread.id)
    http = await sign_in(mum)
    url = f"/live/epoch/with/{relationship}"
    assert (await http.get(url)).text == "1"
    await Grant.update({Grant.revoked_at: hours(0)}).where(Grant.id == grant)
    assert (await http.get(url)).status_code == 404

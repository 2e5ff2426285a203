"""The door: fetched and recorded in one act, decided again in the transaction that writes."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from app import goal
from app.access import Access, Action, Category, Kind, Label, Listing, Role, Viewer, access_of
from app.access.log import LOOKS, Event, digest_of
from app.data.piccolo_conf import DB
from app.data.tables.audit import AccessEvent
from app.data.tables.consent import Grant
from app.data.tables.goal import Comment, Goal
from app.errors import NotFound, Refused, Stale
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
    an_authority,
    hours,
    on_team,
)

pytestmark = pytest.mark.anyio


async def door(person: UUID, kind: Kind, role: Role | None = None, **where: UUID) -> Access:
    return await access_of(Viewer(person, kind, role=role), KEYS, datetime.now(UTC), **where)


async def own(client: UUID) -> Access:
    return await door(client, Kind.CLIENT)


async def events() -> list[dict]:
    return await AccessEvent.select().order_by(AccessEvent.seq)


async def mum_of(
    client: UUID, category: Category = Category.GOALS, actions: Action = Action.SEE
) -> tuple[UUID, UUID, UUID]:
    mum = await a_person("Rosa")
    relationship = await a_relationship(client, mum)
    return mum, relationship, await a_grant(client, mum, category, actions)


async def test_a_clients_own_look_is_not_on_record(database: str) -> None:
    client = await a_client()
    await a_goal(client, steps=("Call",))
    found = await goal.goals(await own(client))
    assert [(g.title, g.total) for g in found] == [("A place of my own", 1)]
    assert await events() == []


async def test_a_supporters_look_is_on_record_with_the_grant_that_let_them_in(database: str) -> None:
    client = await a_client()
    await a_goal(client)
    mum, relationship, grant = await mum_of(client)
    assert len(await goal.goals(await door(mum, Kind.SUPPORTER, relationship=relationship))) == 1
    (event,) = await events()
    assert (event["actor"], event["client"], event["category"], event["action"]) == (mum, client, "goals", "look")
    assert (event["basis"], event["basis_id"]) == ("grant", grant)


async def test_no_row_no_look(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    client = await a_client()
    await a_goal(client)
    mum, relationship, _ = await mum_of(client)
    access = await door(mum, Kind.SUPPORTER, relationship=relationship)

    async def broken(events: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(LOOKS, "_commit", broken)
    with pytest.raises(OSError, match="disk full"):
        await goal.goals(access)


async def test_what_is_out_of_reach_is_not_found_and_the_attempt_is_on_record(database: str) -> None:
    client = await a_client()
    hidden = await a_goal(client, labels=int(Label.SUD))
    mum, relationship, _ = await mum_of(client)
    access = await door(mum, Kind.SUPPORTER, relationship=relationship)
    with pytest.raises(NotFound):
        await goal.goal(access, hidden.id)
    with pytest.raises(NotFound):
        await goal.goal(access, uuid4())
    assert [(e["action"], e["effect"]) for e in await events()] == [("open", "deny"), ("open", "deny")]


async def test_the_door_does_not_open_once_everything_was_revoked(database: str) -> None:
    client = await a_client()
    mum, relationship, grant = await mum_of(client)
    await door(mum, Kind.SUPPORTER, relationship=relationship)
    await Grant.update({Grant.revoked_at: hours(0)}).where(Grant.id == grant)
    with pytest.raises(NotFound):
        await door(mum, Kind.SUPPORTER, relationship=relationship)
    assert (await events())[-1]["effect"] == "deny"


async def test_one_supporter_never_enters_by_anothers_relationship(database: str) -> None:
    client = await a_client()
    _, relationship, _ = await mum_of(client)
    guardian = await a_relationship(client, await a_person("Lena"), kind="guardian")
    await an_authority(guardian)
    stranger, _, _ = await mum_of(client)
    for of_another in (relationship, guardian):
        with pytest.raises(NotFound):
            await door(stranger, Kind.SUPPORTER, relationship=of_another)


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.ADMIN, Role.PEER])
async def test_staff_outside_the_team_find_no_door(database: str, role: Role) -> None:
    client = await a_client()
    with pytest.raises(NotFound):
        await door(await a_staff(role), Kind.STAFF, role, client=client)


async def test_a_write_is_decided_again_inside_its_transaction(database: str) -> None:
    """The supporter's page was open when the client revoked; what they post then writes nothing."""
    client = await a_client()
    mine = await a_goal(client)
    mum, relationship, grant = await mum_of(client, actions=Action.SEE | Action.COMMENT)
    access = await door(mum, Kind.SUPPORTER, relationship=relationship)
    await Grant.update({Grant.revoked_at: hours(0)}).where(Grant.id == grant)
    with pytest.raises(NotFound):
        await goal.comment(access, mine.id, text="Proud of you", form_id=uuid4())
    assert await Comment.count() == 0


async def test_a_write_without_its_tick_is_refused(database: str) -> None:
    client = await a_client()
    mine = await a_goal(client)
    mum, relationship, _ = await mum_of(client)
    access = await door(mum, Kind.SUPPORTER, relationship=relationship)
    with pytest.raises(Refused):
        await goal.comment(access, mine.id, text="Proud of you", form_id=uuid4())
    assert await Comment.count() == 0


async def test_a_write_and_its_event_are_one(database: str) -> None:
    client = await a_client()
    mine = await a_goal(client)
    form_id = uuid4()
    access = await own(client)
    await goal.comment(access, mine.id, text="Slow, but moving", form_id=form_id)
    await goal.comment(access, mine.id, text="Slow, but moving", form_id=form_id)  # sent twice by a bad network
    assert await Comment.count() == 1
    assert [(e["action"], e["actor"]) for e in await events()] == [("comment", client)]


async def test_a_stale_save_writes_nothing(database: str) -> None:
    client = await a_client()
    mine = await a_goal(client)
    access = await own(client)
    await goal.change(access, mine.id, title="My own place", why="", version=1)
    with pytest.raises(Stale):
        await goal.change(access, mine.id, title="Older words", why="", version=1)
    assert (await goal.goal(access, mine.id))[0].title == "My own place"


async def test_texts_are_sealed_at_rest_and_open_only_with_their_own_key(database: str) -> None:
    client = await a_client()
    mine = await a_goal(client, "A quiet room")
    raw = (await Goal.select(Goal.title).where(Goal.id == mine.id))[0]["title"]
    assert b"quiet" not in bytes(raw)


async def test_a_representative_enters_by_reviewed_authority(database: str) -> None:
    client = await a_client()
    await a_goal(client)
    guardian = await a_person("Lena")
    relationship = await a_relationship(client, guardian, kind="guardian")
    authority = await an_authority(relationship)
    access = await door(guardian, Kind.SUPPORTER, relationship=relationship)
    assert len(await goal.goals(access)) == 1
    assert (await events())[0]["basis_id"] == authority


async def test_a_block_closes_the_door_to_staff_too(database: str) -> None:
    client = await a_client()
    worker = await a_staff()
    await on_team(client, worker)
    await door(worker, Kind.STAFF, Role.CASE_MANAGER, client=client)
    await a_block(client, worker)
    with pytest.raises(NotFound):
        await door(worker, Kind.STAFF, Role.CASE_MANAGER, client=client)


async def test_substance_use_items_are_masked_for_a_worker_of_another_programme(database: str) -> None:
    client = await a_client()
    await a_goal(client, "Stay with the group", labels=int(Label.SUD))
    await a_goal(client)
    worker = await a_staff(team=await a_team())
    await on_team(client, worker)
    access = await door(worker, Kind.STAFF, Role.CASE_MANAGER, client=client)
    assert [g.title for g in await goal.goals(access)] == ["A place of my own"]
    bare = Listing("goal", Category.GOALS, "SELECT t.id FROM goal t WHERE t.client = {client} AND {reach}")
    assert len(await access.masked(bare)) == 2  # what exists: both; what may be read: one


async def test_only_ticked_sections_come_out(database: str) -> None:
    from app.data.tables.consent import Grant as GrantTable

    client = await a_client()
    await a_crisis_plan(client, {1: ("I stop answering",), 2: ("Walk",), 6: ("Medicines",)})
    mum, relationship, grant = await mum_of(client, Category.CRISIS_PLAN)
    await GrantTable.update({GrantTable.sections: 1 << 1 | 1 << 2}).where(GrantTable.id == grant)
    entries = Listing(
        "crisis_entry",
        Category.CRISIS_PLAN,
        "SELECT t.id, t.section, t.text FROM crisis_entry t WHERE t.client = {client} AND {reach} ORDER BY t.section",
        sealed=("text",),
        sections=True,
    )
    (rows,) = await (await door(mum, Kind.SUPPORTER, relationship=relationship)).read(entries)
    assert [row["text"] for row in rows] == ["I stop answering", "Walk"]


async def test_looks_that_wait_share_commits_and_the_chain_holds(database: str) -> None:
    client = await a_client()
    mum, relationship, _ = await mum_of(client)
    await a_goal(client)
    doors = [await door(mum, Kind.SUPPORTER, relationship=relationship) for _ in range(20)]
    await asyncio.gather(*(goal.goals(access) for access in doors))
    rows = await events()
    assert [row["seq"] for row in rows] == list(range(1, 21))
    digest = ""
    for row in rows:
        values = [row[name] for name in row if name != "hash"]
        digest = digest_of(digest, values)
        assert row["hash"] == digest


async def test_the_log_only_grows(database: str) -> None:
    await LOOKS.record(Event(action="look"))
    with pytest.raises(Exception, match="only grows"):
        await AccessEvent.update({AccessEvent.action: "nothing"}, force=True)
    with pytest.raises(Exception, match="only grows"):
        await AccessEvent.delete(force=True)


async def test_a_page_of_goals_costs_the_same_for_one_goal_and_for_thirty(database: str) -> None:
    client = await a_client()
    await a_goal(client, steps=("Call",))
    access = await own(client)
    before = DB.statements
    await goal.goals(access)
    one = DB.statements - before
    for _ in range(30):
        await a_goal(client, steps=("Call", "Visit", "Write"))
    before = DB.statements
    assert len(await goal.goals(access)) == 31
    assert DB.statements - before == one == 2

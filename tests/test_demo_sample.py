"""The sample organisation as it stands in the database: whole, consistent, and shared as its story says."""

from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pyotp
import pytest
from piccolo.columns import ForeignKey

from app.access.facts import Category
from app.appointment import visits
from app.crisis_plan import plan
from app.data.engine import Statement
from app.data.piccolo_conf import DB
from app.data.sealing import Keys
from app.data.tables.appointment import Appointment
from app.data.tables.base import Sealed
from app.data.tables.care import CareTeam, Client, ClientKey, EpisodeOfCare, Standing
from app.data.tables.consent import Authority, Relationship
from app.data.tables.goal import Goal, Step
from app.data.tables.identity import Account
from app.data.tables.message import Message, Thread
from app.data.tables.people import Person, Staff, Team
from app.data.tables.resource import SavedResource, Service
from app.demo import Cast, build
from app.demo.bulk import ORDER
from app.demo.record import HOME
from app.errors import NotFound
from app.goal.goals import goals
from app.identity.accounts import by_login
from app.identity.passwords import verify
from app.identity.totp import matching_step
from tests.databases import Databases
from tests.demo_standing import recomputed, unanswered
from tests.factories import access_for

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 5, 14, 15, 20, tzinfo=UTC)  # a Thursday, 11:20 in the organisation's zone


@pytest.fixture(scope="module")
async def cast(template: Databases, keys: Keys) -> AsyncIterator[Cast]:
    """Built once: no test here writes."""
    url = await template.fresh()
    DB.open_at(url)
    await DB.start_connection_pool()
    yield await build(keys, seed=4, now=NOW)
    await DB.close_connection_pool()
    await template.drop(url)


async def relationship(cast: Cast, person: str, client: str) -> UUID:
    ours = (Relationship.person == cast[person].person_id) & (Relationship.client == cast[client].person_id)
    return (await Relationship.select(Relationship.id).where(ours))[0]["id"]


async def seen_by(cast: Cast, person: str, client: str) -> Any:
    return await access_for(cast[person].person_id, relationship=await relationship(cast, person, client), now=NOW)


async def test_sixty_clients_with_twelve_staff_in_three_teams(cast: Cast) -> None:
    assert (await Client.count(), await Staff.count(), await Team.count()) == (60, 12, 3)
    assert await EpisodeOfCare.count().where(EpisodeOfCare.state == "active") == 60
    assert await Account.count() == await Person.count()
    for row in await Goal.select(Goal.client, Goal.id):
        assert await Step.count().where(Step.goal == row["id"]) or row["client"] == cast["client"].person_id


async def test_what_the_worklist_reads_is_what_the_rows_say(cast: Cast) -> None:
    supposed = await recomputed()
    kept = {row.pop("id"): row for row in await Standing.select()}
    assert kept == supposed
    assert any(row["waiting_since"] for row in kept.values())
    assert any(row["crisis_review_due"] is None for row in kept.values())
    assert any(row["crisis_review_due"] and row["crisis_review_due"] < NOW.date() for row in kept.values())
    assert any(row["next_visit_at"] and row["next_visit_at"].date() == NOW.date() for row in kept.values())


async def test_counts_and_waiting_times_kept_with_goals_and_threads_hold(cast: Cast) -> None:
    steps: dict[UUID, list[Any]] = defaultdict(list)
    for row in await Step.select():
        steps[row["goal"]].append(row["done_at"])
    for goal in await Goal.select():
        done = [at for at in steps[goal["id"]] if at]
        assert (goal["steps_done"], goal["steps_total"]) == (len(done), len(steps[goal["id"]]))
        assert all(at < NOW for at in done)
    waiting = await unanswered()
    newest: dict[UUID, datetime] = {}
    staff = {row["id"] for row in await Staff.select(Staff.id)}
    for row in await Message.select().order_by(Message.dated):
        newest[row["thread"]] = row["dated"]
        assert row["from_staff"] == (row["author"] in staff)
        assert row["dated"] <= NOW
    for thread in await Thread.select():
        times = waiting[thread["client"]][thread["id"]]
        assert thread["waiting_since"] == (times[0] if times else None)
        assert thread["last_at"] == newest[thread["id"]]


async def test_every_sealed_text_opens_in_its_place(cast: Cast, keys: Keys) -> None:
    seals = {row["id"]: keys.of_client(row["id"], bytes(row["wrapped"])) for row in await ClientKey.select()}
    own, opened = keys.own(), 0
    for table in ORDER:
        columns = [c._meta.name for c in table._meta.columns if isinstance(c, Sealed) and table is not ClientKey]
        for row in await table.select() if columns else []:
            client = row["id"] if table is Client else row.get("client")
            seal = seals[client] if client else own
            for column in columns:
                text = seal.open(table._meta.tablename, column, row["id"], row[column] and bytes(row[column]))
                assert text is None or (text and "{" not in text.removeprefix("{"))
                opened += text is not None
    assert opened > 4000


async def test_every_reference_leads_to_a_row(cast: Cast) -> None:
    checked = 0
    for table in ORDER:
        for column in (c for c in table._meta.columns if isinstance(c, ForeignKey)):
            name, to = column._meta.name, column._foreign_key_meta.resolved_references._meta.tablename
            lost = Statement(
                f'SELECT COUNT(*) AS lost FROM "{table._meta.tablename}" t LEFT JOIN "{to}" o ON o.id = t."{name}" '
                f'WHERE t."{name}" IS NOT NULL AND o.id IS NULL'
            )
            assert (await DB.run((lost, {})))[0][0]["lost"] == 0, (table, name)
            checked += 1
    assert checked > 40


async def test_the_database_finds_nothing_wrong_with_itself(cast: Cast) -> None:
    if DB.postgres:  # it checks every row as it comes
        assert (await DB.run((Statement("SELECT COUNT(*) AS n FROM pg_constraint WHERE NOT convalidated"), {})))[0][0][
            "n"
        ] == 0
        return
    assert await DB.call(False, lambda c: c.execute("PRAGMA foreign_key_check").fetchall()) == []
    assert await DB.call(False, lambda c: c.execute("PRAGMA integrity_check").fetchall()) == [("ok",)]


async def test_the_page_cache_is_the_usual_one_again(cast: Cast) -> None:
    if not DB.postgres:
        sizes = (
            await DB.call(True, lambda c: c.execute("PRAGMA cache_size").fetchall()),
            await DB.call(True, lambda c: c.execute("PRAGMA trusted_schema").fetchall()),
        )
        assert sizes == ([(-16000,)], [(0,)])


async def test_each_of_the_cast_can_prove_who_they_are(cast: Cast, keys: Keys) -> None:
    assert [person.key for person in cast.people] == [
        "client", "mother", "father", "second-client", "teen", "guardian", "case-manager", "other-case-manager", "supervisor",
        "clinician", "front-desk", "peer", "admin",
    ]  # fmt: skip
    roles = {row["id"]: row["role"] for row in await Staff.select()}
    kinds = {row["id"]: row["kind"] for row in await Person.select()}
    for person in cast.people:
        account = await by_login(keys, person.login)
        assert account and account.person == person.person_id and account.has_code
        assert verify(keys, account.password, person.password)
        secret = keys.own().open("account", "totp", account.id, account.totp)
        assert secret == person.totp_secret
        assert matching_step(secret, pyotp.TOTP(secret).at(NOW), NOW)
        assert person.role == roles.get(person.person_id, kinds[person.person_id])


async def test_caseloads(cast: Cast) -> None:
    async def of(key: str) -> set[UUID]:
        rows = await CareTeam.select(CareTeam.client, CareTeam.role).where(CareTeam.staff == cast[key].person_id)
        return {row["client"] for row in rows}

    three = {cast[key].person_id for key in ("client", "second-client", "teen")}
    assert len(await of("case-manager")) == 28 and three < await of("case-manager")
    assert await of("other-case-manager") and not three & await of("other-case-manager")
    assert cast["client"].person_id in await of("clinician") & await of("peer")
    managed = {row["client"] for row in await CareTeam.select().where(CareTeam.role == "primary")}
    assert await Client.count() - len(managed) == 3
    supervised = await Team.select(Team.supervisor).where(Team.supervisor == cast["supervisor"].person_id)
    assert len(supervised) == 2


async def test_the_client_has_a_full_life(cast: Cast) -> None:
    maya = await access_for(cast["client"].person_id, now=NOW, step_up=True)
    theirs = await goals(maya)
    assert {goal.lifecycle for goal in theirs} == {"active", "completed", "proposed"}
    assert (theirs[0].title, theirs[0].done, theirs[0].total) == ("A place of my own", 2, 5)
    ahead, past = await visits(maya)
    assert ahead[0].starts_at.astimezone(HOME).date() in (NOW.date(), NOW.date() + timedelta(days=1))
    assert len(ahead) > 4 and len(past) > 4
    assert len((await plan(maya)).active.written) == 11
    newest = (
        await Message.select().where(Message.client == maya.client).order_by(Message.dated, ascending=False).first()
    )
    unread = Statement("SELECT m.read_at FROM thread_member m WHERE m.thread = {thread} AND m.person = {person}")
    seen = (await DB.run((unread, {"thread": newest["thread"], "person": maya.client})))[0][0]["read_at"]
    assert newest["from_staff"] and seen < newest["dated"]
    assert (
        await SavedResource.count().where(
            SavedResource.client == maya.client, SavedResource.recommended_by.is_not_null()
        )
        == 2
    )


async def test_the_mother_sees_of_each_what_each_lets_her_see(cast: Cast) -> None:
    of_maya, of_leo = await seen_by(cast, "mother", "client"), await seen_by(cast, "mother", "second-client")
    hers = {goal.title for goal in await goals(of_maya)}
    assert "A place of my own" in hers
    assert not hers & {"Stay off pills, one week at a time", "Decide about my father"}
    ahead, _ = await visits(of_maya)
    assert ahead and all(visit.safe and not visit.confidential and not visit.kind for visit in ahead)
    everything, _ = await visits(await access_for(cast["client"].person_id, now=NOW, step_up=True))
    assert len(everything) - len(ahead) == 3  # the confidential one, the group, and the one kept from her
    assert {entry.section for entry in (await plan(of_maya)).active.entries} == {1, 2, 8}
    assert await goals(of_leo) == []
    assert (await plan(of_leo)).active is None
    ahead, _ = await visits(of_leo)
    assert ahead and all(visit.kind and not visit.safe for visit in ahead)


async def test_what_was_shared_with_the_father_is_over(cast: Cast) -> None:
    father = await access_for(
        cast["father"].person_id,
        relationship=await relationship(cast, "father", "client"),
        now=NOW - timedelta(days=40),
    )
    assert await goals(father)
    try:
        now = await seen_by(cast, "father", "client")
    except NotFound:
        return
    assert not any(now.may(category) for category in Category)


async def test_the_guardian_does_not_see_what_is_the_teenagers_alone(cast: Cast) -> None:
    born = (await Person.select(Person.born).where(Person.id == cast["teen"].person_id))[0]["born"]
    assert date(born.year + 17, born.month, 28) < NOW.date() < born.replace(year=born.year + 18, day=1)
    guardian = await seen_by(cast, "guardian", "teen")
    zoe = await access_for(cast["teen"].person_id, now=NOW, step_up=True)
    theirs, hers = {goal.title for goal in await goals(guardian)}, {goal.title for goal in await goals(zoe)}
    assert theirs == {"Go to school four days a week", "Handle panic when it comes"} and len(hers) == 4
    ahead, all_ahead = (await visits(guardian))[0], (await visits(zoe))[0]
    assert len(all_ahead) - len(ahead) == 1
    assert await Authority.count() == 1


async def test_visits_lie_in_working_hours(cast: Cast) -> None:
    for row in await Appointment.select():
        start = row["starts_at"].astimezone(HOME)
        assert 9 <= start.hour < 18
        assert start.weekday() < 5
        assert row["dated"] == row["starts_at"]
        assert row["state"] in ("booked", "proposed") or row["starts_at"] < NOW


async def test_nobody_has_two_clients_at_once_ahead(cast: Cast) -> None:
    seen = set()
    for row in await Appointment.select().where(Appointment.kind.is_in(["case_management", "review"])):
        if row["starts_at"] > NOW and row["state"] == "booked" and row["client"] != cast["client"].person_id:
            when = (row["staff"], row["starts_at"])
            assert when not in seen or row["client"] in {cast[key].person_id for key in ("second-client", "teen")}
            seen.add(when)


async def test_the_directory_is_searched_like_any_other(cast: Cast) -> None:
    assert await Service.count() == 59
    if DB.postgres:
        found = Statement("SELECT s.name FROM service s WHERE s.found_by @@ to_tsquery('simple', 'vivienda')")
    else:
        found = Statement(
            "SELECT f.name FROM service_fts f WHERE f.service_fts MATCH 'vivienda'".replace(
                "f.service_fts", "service_fts"
            )
        )
    names = {row["name"] for row in (await DB.run((found, {})))[0]}
    assert {"Night shelter", "Help to find an apartment"} <= names and "Food box" not in names

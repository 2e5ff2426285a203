"""The decision and its twin for queries say the same, over generated facts and real rows."""

from collections.abc import Iterable
from uuid import UUID, uuid4

import pytest

from app.access.decision import decide
from app.access.door import Listing
from app.access.facts import Action, Category, Item, Ties, Viewer
from app.access.reach import bindings, reach
from app.data.piccolo_conf import DB
from app.data.tables.care import Client
from app.data.tables.consent import ItemDenial
from app.data.tables.crisis_plan import CrisisEntry, CrisisPlan
from app.data.tables.goal import Goal
from app.data.tables.message import Message, Thread, ThreadMember
from app.data.tables.people import Person
from tests.factories import a_programme
from tests.worlds import NOW, Place, World

pytestmark = pytest.mark.anyio

GOALS = Listing("goal", Category.GOALS, "SELECT t.id, {mask} AS mask FROM goal t WHERE t.client = {client} AND {reach}")
ENTRIES = Listing(
    "crisis_entry",
    Category.CRISIS_PLAN,
    "SELECT t.id, {mask} AS mask FROM crisis_entry t WHERE t.client = {client} AND {reach}",
    sections=True,
)
MESSAGES = Listing(
    "message",
    Category.MESSAGES,
    "SELECT t.id, {mask} AS mask FROM message t WHERE t.client = {client} AND {reach}",
    thread="thread",
)
# The rows of goal stand in for every category that asks nothing of its own.
LIKE_GOALS = [c for c in Category if c not in (Category.CRISIS_PLAN, Category.MESSAGES)]


class Rows:
    """One client's rows in the database, and the same rows as items."""

    def __init__(self, world: World, viewer: Viewer) -> None:
        self.world = world
        self.viewer = viewer
        self.items: dict[Category, dict[UUID, Item]] = {}

    async def fill(self) -> None:
        world, client = self.world, self.world.client
        people = {client: "client", world.stranger: "staff", self.viewer.person: self.viewer.kind.value}
        await Person.insert(*[Person(id=person, kind=kind, called_name="x") for person, kind in people.items()])
        await Client.insert(Client(id=client, person=client, programme=await a_programme()))
        plan = CrisisPlan(client=client)
        await CrisisPlan.insert(plan)
        threads = {t.id: t for t in [Thread(client=client), Thread(client=client), Thread(client=client)]}
        await Thread.insert(*threads.values())
        places = dict(zip(threads, [Place(NOW, None), Place(world.when(0), world.when(0.7)), None], strict=True))
        await ThreadMember.insert(
            *[
                ThreadMember(thread=t, person=self.viewer.person, joined_at=p.joined_at, left_at=p.left_at)
                for t, p in places.items()
                if p
            ]
        )
        await self.insert(Goal, [(uuid4(), world.item(Category.GOALS, self.viewer)) for _ in range(25)])
        await self.insert(
            CrisisEntry, [(uuid4(), world.item(Category.CRISIS_PLAN, self.viewer)) for _ in range(20)], plan=plan.id
        )
        for thread, place in places.items():
            found = [(uuid4(), world.item(Category.MESSAGES, self.viewer, place)) for _ in range(8)]
            await self.insert(Message, found, thread=thread)

    async def insert(self, table: type, found: list[tuple[UUID, Item]], **values: UUID) -> None:
        rows, denials = [], []
        for id, item in found:
            section = {"section": item.section, "section_bit": 1 << item.section} if item.section else {}
            rows.append(
                table(
                    id=id,
                    client=self.world.client,
                    labels=int(item.labels),
                    flags=int(item.flags),
                    dated=item.dated,
                    author=item.author,
                    **values,
                    **section,
                )
            )
            denials += [ItemDenial(item=id, person=person) for person in item.denied]
            self.items.setdefault(item.category, {})[id] = item
        await table.insert(*rows)  # type: ignore[attr-defined]
        await ItemDenial.insert(*denials)


async def reached(listing: Listing, viewer: Viewer, ties: Ties, action: Action, category: Category) -> dict[UUID, int]:
    lanes = reach(viewer, ties, category, action, NOW)
    if not lanes:
        return {}
    values = {"client": ties.client, "viewer": viewer.person, "now": NOW} | bindings(lanes)
    rows = (await DB.run((listing.statement(lanes), values)))[0]
    return {row["id"]: row["mask"] for row in rows}


def decided(items: Iterable[tuple[UUID, Item]], viewer: Viewer, ties: Ties, action: Action) -> dict[UUID, int]:
    answers = {id: decide(viewer, ties, item, action, NOW) for id, item in items}
    return {id: int(answer.mask) for id, answer in answers.items() if answer.allowed}


async def compare(seed: int) -> tuple[int, int]:
    """How many cases were compared, and how many of them were reached."""
    world = World(seed)
    viewer = world.viewer()
    rows = Rows(world, viewer)
    await rows.fill()
    cases = hits = 0
    for _ in range(6):  # other ties between the same two, over the same rows
        ties = world.ties(viewer)
        for action in (Action.SEE, world.dice.choice(list(Action))):
            for listing, category in (
                (GOALS, Category.GOALS),
                (GOALS, world.dice.choice(LIKE_GOALS)),
                (ENTRIES, Category.CRISIS_PLAN),
                (MESSAGES, Category.MESSAGES),
            ):
                source = rows.items[
                    category if category in (Category.CRISIS_PLAN, Category.MESSAGES) else Category.GOALS
                ]
                items = [(id, as_category(item, category)) for id, item in source.items()]
                found = await reached(listing, viewer, ties, action, category)
                wanted = decided(items, viewer, ties, action)
                assert found == wanted, f"seed {seed}: {viewer}, {ties}, {category!r}, {action!r}"
                cases += len(items)
                hits += len(wanted)
    return cases, hits


def as_category(item: Item, category: Category) -> Item:
    if item.category is category:
        return item
    return Item(item.client, category, item.labels, item.flags, item.dated, item.author, item.denied)


@pytest.mark.parametrize("block", range(4))
async def test_decision_and_query_agree_on_generated_facts(
    database: str, block: int, request: pytest.FixtureRequest
) -> None:
    """Over 10,000 cases a run (81,216), of which a fair part is allowed: a test over denials alone proves little."""
    worlds = 200 if request.config.getoption("--long") else 18
    cases = hits = 0
    for n in range(worlds):
        more, reached_more = await compare(block * 1000 + n)
        cases += more
        hits += reached_more
    assert cases > 10_000 / 4
    assert hits > cases / 20

"""Whom a goal is for: the client's own word on it, over everything they signed. What hangs under the goal goes with it."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from app.access import Access, Action, Category, Flag, raise_epoch
from app.data.engine import Statement
from app.data.piccolo_conf import DB
from app.data.tables.consent import ItemDenial
from app.data.tables.goal import Goal as GoalTable
from app.errors import NotFound, Refused
from app.goal.goals import GOAL
from app.goal.standing import keep_standing
from app.language import lazy

_OWN = Flag.CLIENT_PRIVATE | Flag.MINE_ONLY
WHO = {
    "shared": lazy("Everyone who sees my plan"),
    "team": lazy("Only my care team and me"),
    "mine": lazy("Only me"),
}
_FLAG = {"shared": Flag(0), "team": Flag.CLIENT_PRIVATE, "mine": Flag.MINE_ONLY}
_KEPT = Statement("SELECT t.flags FROM goal t WHERE t.id = {goal} AND t.client = {client}")
_DENIED = Statement("SELECT d.person FROM item_denial d WHERE d.item = {goal} LIMIT 100")
_PEOPLE = Statement("""SELECT r.person, p.called_name FROM relationship r JOIN person p ON p.id = r.person
    WHERE r.client = {client} AND (r.ended_at IS NULL OR r.ended_at > {now}) ORDER BY p.called_name, r.id LIMIT 100""")


@dataclass(frozen=True, slots=True)
class Kept:
    """who: a key of WHO. people: everyone in the client's life, by id, with the name and whether this is kept from them."""

    who: str
    people: dict[UUID, tuple[str, bool]]


async def kept(access: Access, goal_id: UUID) -> Kept:
    """For the client alone; ask after the goal itself was opened."""
    if not access.is_own:
        raise NotFound
    values = {"goal": goal_id, "client": access.client, "now": access.now}
    flags, denied, people = await DB.run((_KEPT, values), (_DENIED, values), (_PEOPLE, values))
    if not flags:
        raise NotFound
    out = {row["person"] for row in denied}
    own = flags[0]["flags"] & _OWN
    who = next(name for name, flag in _FLAG.items() if own & flag or (not own and not flag))
    return Kept(who, {row["person"]: (row["called_name"], row["person"] in out) for row in people})


async def keep(access: Access, goal_id: UUID, *, who: str, without: Collection[UUID]) -> None:
    """who: a key of WHO. without: people of the client's whom it is kept from, whatever they see otherwise.

    Raises NotFound, Refused for anyone but the client and for a person who is none of theirs.
    """
    async with access.write(Category.GOALS, Action.EDIT) as work:
        await work.open(GOAL, goal_id)
        if not access.is_own or not set(without) <= set((await kept(work.access, goal_id)).people):
            raise Refused
        before = (await GoalTable.select(GoalTable.flags).where(GoalTable.id == goal_id))[0]["flags"]
        flags = int(before & ~_OWN | _FLAG[who])
        await work.update(GoalTable, goal_id, {GoalTable.flags: flags}, action="keep")
        await ItemDenial.delete().where(ItemDenial.item == goal_id)
        if without:
            await ItemDenial.insert(*[ItemDenial(item=goal_id, person=person) for person in without])
        await keep_standing(work)
        await raise_epoch(access.client)

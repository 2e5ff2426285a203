"""Changing the plan: a draft that only the client writes and puts to use; versions that were in use stay as they were."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from app.access import Access, Action, Category, Work
from app.crisis_plan.plans import ENTRIES, Plan, plan
from app.crisis_plan.sections import BY_NUMBER
from app.data.tables.care import Standing
from app.data.tables.consent import ItemDenial
from app.data.tables.crisis_plan import CrisisEntry, CrisisPlan
from app.errors import NotFound, Refused, Stale

REVIEW = timedelta(days=90)


async def save_section(access: Access, section: int, lines: Sequence[str], version: int) -> None:
    """Write one section into the draft, which begins as a copy of the plan in use. version: the stamp of the form.

    Lines that stay keep what belongs to them (who may not see them, how old they are). Raises Stale when the plan has
    changed in between, NotFound for a section that there is not, Refused for anyone but the client.
    """
    if section not in BY_NUMBER:
        raise NotFound
    async with _own(access) as work:
        now = await plan(work.access)
        if now.stamp != version:
            raise Stale
        draft = now.draft.id if now.draft else await _begin(work, now.active)
        await _replace(work, draft, section, lines)
        if now.draft:
            await work.update(CrisisPlan, draft, version=now.draft.version, action="draft")


async def activate(access: Access, version: int) -> None:
    """Put the draft to use; the version before it is kept as it was. Only the client does this.

    Twice is once. Raises Stale when the draft is not the one that was shown, Refused for an empty one.
    """
    async with _own(access) as work:
        now = await plan(work.access)
        if now.draft is None and now.active and version // 10_000 == now.active.number:
            return
        if now.draft is None or now.stamp != version:
            raise Stale
        if not now.draft.entries:
            raise Refused
        if now.active:
            await work.update(CrisisPlan, now.active.id, {CrisisPlan.state: "superseded"}, action="supersede")
        at = work.access.now
        due = at.astimezone(ZoneInfo(access.loaded.ties.client_zone)).date() + REVIEW
        values: dict[Any, Any] = {
            CrisisPlan.state: "active",
            CrisisPlan.activated_at: at,
            CrisisPlan.activated_by: access.viewer.person,
            CrisisPlan.review_due: due,
        }
        await work.update(CrisisPlan, now.draft.id, values, action="activate")
        await Standing.update({Standing.crisis_review_due: due}).where(Standing.id == access.client)


async def discard(access: Access) -> None:
    """Leave the plan as it is in use. The draft is kept, out of sight; twice is once."""
    async with _own(access) as work:
        now = await plan(work.access)
        if now.draft:
            await work.update(CrisisPlan, now.draft.id, {CrisisPlan.state: "withdrawn"}, action="discard")


@asynccontextmanager
async def _own(access: Access) -> AsyncIterator[Work]:
    async with access.write(Category.CRISIS_PLAN, Action.EDIT) as work:
        if not access.is_own:
            raise Refused
        yield work


async def _begin(work: Work, active: Plan | None) -> UUID:
    """A draft that holds all of the plan in use, also what its reader keeps out of sight."""
    client = work.access.client
    numbers = await CrisisPlan.select(CrisisPlan.number).where(CrisisPlan.client == client)
    draft = CrisisPlan(
        id=uuid4(),
        client=client,
        number=max((row["number"] for row in numbers), default=0) + 1,
        state="draft",
        language=work.access.viewer.language,
        author=work.access.viewer.person,
    )
    # Two first edits at once: one draft comes of it, and the other edit is shown both texts.
    if not await CrisisPlan.insert(draft).on_conflict(action="DO NOTHING").returning(CrisisPlan.id):
        raise Stale
    work.note("draft", draft.id)
    if active:
        await _copy(work, active.id, draft.id)
    return draft.id


async def _copy(work: Work, plan_id: UUID, draft: UUID) -> None:
    """Each entry under a new id, sealed anew, with the denials that hang on it."""
    old = await CrisisEntry.select().where(CrisisEntry.plan == plan_id)
    if not old:
        return
    fresh = {row["id"]: uuid4() for row in old}
    copies = []
    for row in old:
        kept = row | {"id": fresh[row["id"]], "plan": draft}
        for column in ("text", "detail"):
            kept[column] = work.seal.seal(
                "crisis_entry", column, kept["id"], work.seal.open("crisis_entry", column, row["id"], row[column])
            )
        copies.append(CrisisEntry(**kept))
    await CrisisEntry.insert(*copies)
    denied = await ItemDenial.select().where(ItemDenial.item.is_in(list(fresh)))
    if denied:
        await ItemDenial.insert(*(ItemDenial(item=fresh[row["item"]], person=row["person"]) for row in denied))


async def _replace(work: Work, draft: UUID, section: int, lines: Sequence[str]) -> None:
    rows = (await work.access.read(ENTRIES))[0]
    mine = [row for row in rows if row["plan"] == draft and row["section"] == section]
    held = {row["text"]: row["id"] for row in mine}
    kept, new = set(), []
    for position, line in enumerate(lines):
        if entry := held.pop(line, None):
            kept.add(entry)
            await CrisisEntry.update({CrisisEntry.position: position}).where(CrisisEntry.id == entry)
        else:
            new.append(_entry(work, draft, section, position, line))
    for row in mine:
        if row["id"] not in kept:
            await work.remove(CrisisEntry, row["id"])
    if new:
        await CrisisEntry.insert(*new)
    work.note("edit_section", draft)


def _entry(work: Work, draft: UUID, section: int, position: int, line: str) -> CrisisEntry:
    access = work.access
    entry = CrisisEntry(id=uuid4(), client=access.client, plan=draft, author=access.viewer.person, dated=access.now)
    entry.section, entry.section_bit, entry.position = section, BY_NUMBER[section].bit, position
    entry.text = work.seal.seal_bytes("crisis_entry", "text", entry.id, line.encode())
    return entry

"""What a client decides about their people: a draft, a signature, less, a pause, an end, a block.

Less works at once and asks for nothing. More is a new version with a new signature, after showing a factor again. A signed
text never changes. Every act raises the consent epoch in its own transaction, so that open pages notice.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from app.access import Access, Action, Category, Work, raise_epoch
from app.access.log import append
from app.data.engine import Row
from app.data.piccolo_conf import DB
from app.data.tables.consent import Block, Consent, Grant, Relationship
from app.data.tables.delivery import Outbox
from app.data.tables.identity import Invitation
from app.data.tables.people import Person
from app.delivery import outbox
from app.errors import DomainError, NotFound, Refused, StepUpNeeded
from app.identity.hold import held
from app.language import language
from app.sharing.people import GRANTS_TO, PAUSED, Chosen, chosen, offer
from app.sharing.scope import OFFERED, Scope, end_of
from app.sharing.wording import TEMPLATE, as_json, digest


class Held(DomainError):
    """For a day after somebody came back into this account, nothing more is opened from it (R6)."""

    status = 403


class NotAsRead(DomainError):
    """The text is not the one that was read: it changed in another tab, or on its way."""

    status = 409


@asynccontextmanager
async def deciding(access: Access, *, more: bool = False) -> AsyncIterator[Work]:
    """One transaction in which the client says who reaches their record; all of it holds or none of it.

    more: it opens something, so a factor must have been shown in the last minutes. Raises NotFound for anyone but the client,
    StepUpNeeded, Held.
    """
    if not access.is_own:
        raise NotFound
    if more and not access.viewer.step_up:
        raise StepUpNeeded
    if more and await held_until(access):
        raise Held
    async with DB.transaction():
        work = Work(await access.again(), Category.PROFILE_CONTACT, Action.EDIT)
        yield work
        if work.events:
            await raise_epoch(access.client)
        await append(work.events)


async def held_until(access: Access) -> datetime | None:
    """Until when nothing more can be opened from this account; None when it can."""
    account = access.viewer.account
    return await held(account, access.now) if account else None


async def new_person(access: Access, *, called_name: str, kind: str, label: str, form_id: UUID) -> UUID:
    """Somebody new among the client's people, to whom nothing is open yet: their relationship. The same form again is the
    same person. Raises Refused for a form id that is somebody else's."""
    async with deciding(access) as work:
        mine = (Relationship.client == access.client) & (Relationship.person == form_id)
        if found := await Relationship.select(Relationship.id).where(mine):
            return found[0]["id"]
        if await Person.exists().where(Person.id == form_id):
            raise Refused
        tie = Relationship(
            client=access.client,
            person=form_id,
            kind=kind,
            label=label,
            started_at=work.access.now,
            verified_how="client",
        )
        await Person.insert(Person(id=form_id, kind="supporter", called_name=called_name))
        await Relationship.insert(tie)
        work.note("sharing-person", form_id)
        return tie.id


async def draft(access: Access, tie: UUID, scope: Scope) -> None:
    """Keep what was ticked, to be read and signed; an earlier draft for this person goes. Opens nothing."""
    if not scope.actions or scope.until is None or (Category.CRISIS_PLAN in scope.actions and not scope.sections):
        raise Refused
    async with deciding(access) as work:
        who = await chosen(work.access, tie)
        await _drop_draft(access.client, tie)
        until = end_of(scope.until, access.loaded.ties.client_zone)
        row = Consent(
            id=uuid4(),
            client=access.client,
            relationship=tie,
            template=TEMPLATE,
            until=until,
            keep_if_unwell=scope.keep,
            language=language.get(),
        )
        await Consent.insert(row)
        since = _begun(await _open_grants(work.access, who.person))
        starts = {category: None if scope.older else since.get(category, access.now) for category in scope.actions}
        await Grant.insert(*[_grant(access, who, row, category, scope, starts[category]) for category in scope.actions])


def _begun(before: list[Row]) -> dict[Category, datetime]:
    """Since when each kind of thing has been shared: what is new since then stays open when older things are not ticked."""
    return {Category(row["category"]): row["data_from"] or row["signed_at"] for row in before}


def _grant(
    access: Access, who: Chosen, consent: Consent, category: Category, scope: Scope, data_from: datetime | None
) -> Grant:
    return Grant(
        consent=consent.id,
        client=access.client,
        grantee=who.person,
        category=int(category),
        actions=int(scope.actions[category] | OFFERED[category].base),
        labels=int(scope.labels),
        sections=scope.sections if category is Category.CRISIS_PLAN else 0,
        data_from=data_from,
        starts_at=access.now,
        until=consent.until,
    )


async def _drop_draft(client: UUID, tie: UUID) -> None:
    mine = (Consent.client == client) & (Consent.relationship == tie) & Consent.signed_at.is_null()
    for row in await Consent.select(Consent.id).where(mine):
        await Grant.delete().where(Grant.consent == row["id"])
        await Consent.delete().where(Consent.id == row["id"])


async def sign(access: Access, tie: UUID, *, read: str) -> None:
    """Sign the draft. read: the digest of the text that was on the page. What it opens is open when this returns.

    Raises StepUpNeeded, NotFound without a draft, NotAsRead when the text is another by now, Refused when a row that the law
    asks for is empty.
    """
    async with deciding(access, more=True) as work:
        who = await chosen(work.access, tie)
        waiting = await offer(work.access, who)
        if waiting is None:
            raise NotFound
        if digest(waiting.parts) != read:
            raise NotAsRead
        if waiting.missing or who.blocked:
            raise Refused
        now = work.access.now
        before = await _open_grants(work.access, who.person)
        earlier = await Consent.select(Consent.id, Consent.version).where(
            Consent.relationship == tie, Consent.signed_at.is_not_null()
        ).order_by(Consent.version, ascending=False).limit(1)  # fmt: skip
        await _revoke(before, access, now)
        await _put_in_force(waiting.id, before, now)
        await Consent.update(
            {
                Consent.signed_at: now,
                Consent.signer: access.viewer.person,
                Consent.sign_method: "portal",
                Consent.version: earlier[0]["version"] + 1 if earlier else 1,
                Consent.prior: earlier[0]["id"] if earlier else None,
                Consent.discloser: next(part.lines[0] for part in waiting.parts if part.row == "from"),
                Consent.text_hash: read,
                Consent.wording: work.seal.seal("consent", "wording", waiting.id, as_json(waiting.parts)),
            }
        ).where(Consent.id == waiting.id, Consent.signed_at.is_null())
        work.note("consent-sign", waiting.id)


async def _put_in_force(consent: UUID, before: list[Row], now: datetime) -> None:
    """From the moment of signing on. What somebody else suspended stays suspended: a signature is no way around them."""
    since = _begun(before)
    kept = next((row["suspended_reason"] for row in before if row["suspended_reason"] not in ("", PAUSED)), "")
    rows = await Grant.select(Grant.id, Grant.category, Grant.data_from).where(Grant.consent == consent)
    for row in rows:
        start = None if row["data_from"] is None else since.get(Category(row["category"]), now)
        values: dict[Any, Any] = {Grant.starts_at: now, Grant.data_from: start, Grant.suspended_reason: kept}
        await Grant.update(values).where(Grant.id == row["id"])


async def _open_grants(access: Access, person: UUID) -> list[Row]:
    rows = (await DB.run((GRANTS_TO, {"client": access.client, "now": access.now, "person": person})))[0]
    return [row for row in rows if row["signed_at"] is not None]


async def _revoke(grants: list[Row], access: Access, now: datetime, *, notify: bool = False) -> None:
    for row in grants:
        ended: dict[Any, Any] = {
            Grant.revoked_at: now,
            Grant.revoked_by: access.viewer.person,
            Grant.notify_grantee: notify,
        }
        await Grant.update(ended).where(Grant.id == row["id"], Grant.revoked_at.is_null())


async def narrow(access: Access, tie: UUID, scope: Scope) -> None:
    """Leave open what is open and in `scope`; the rest closes with this. No signature, no factor."""
    async with deciding(access) as work:
        who = await chosen(work.access, tie)
        await _drop_draft(access.client, tie)
        rows = await _open_grants(work.access, who.person)
        newer = not scope.older and all(row["data_from"] is None for row in rows)
        for row in rows:
            await _narrow_one(work, row, scope, newer=newer)


async def _narrow_one(work: Work, row: Row, scope: Scope, *, newer: bool) -> None:
    """A grant never changes: it ends, and a smaller one under the same signed text takes its place. newer: what was there
    before the signing closes too."""
    category = Category(row["category"])
    actions = Action(row["actions"]) & scope.actions.get(category, Action(0))
    sections = row["sections"] & scope.sections if category is Category.CRISIS_PLAN else row["sections"]
    until = min(row["until"], end_of(scope.until, work.access.loaded.ties.client_zone)) if scope.until else row["until"]
    since = row["signed_at"] if newer else row["data_from"]
    less = {"actions": int(actions), "labels": row["labels"] & scope.labels, "sections": sections, "until": until}
    less["data_from"] = since
    if all(row[name] == value for name, value in less.items()):
        return
    now = work.access.now
    await _revoke([row], work.access, now)
    if actions & Action.SEE and (sections or category is not Category.CRISIS_PLAN):
        kept = {name: row[name] for name in ("consent", "grantee", "category", "suspended_reason")}
        await Grant.insert(Grant(client=work.access.client, starts_at=now, **(kept | less)))
    work.note("consent-narrow", row["consent"], category)


async def stop(access: Access, tie: UUID, category: Category) -> None:
    """One kind of thing closes, at once."""
    who = await chosen(access, tie)
    left = {kind: actions for kind, actions in who.scope.actions.items() if kind is not category}
    await narrow(access, tie, replace(who.scope, actions=left, until=None))


async def end(access: Access, tie: UUID, *, tell: bool = False) -> None:
    """Everything closes for this person at once, without a reason. tell: they get a notice that names nothing."""
    async with deciding(access) as work:
        who = await chosen(work.access, tie)
        await _close(work, tie, who.person, tell=tell)
        if tell and who.joined:
            await outbox.put("sharing.changed", who.person, work.access.now, key=f"sharing:{tie}:{uuid4()}")
        work.note("consent-end", tie)


async def _close(work: Work, tie: UUID, person: UUID, *, tell: bool = False) -> None:
    """Grants, drafts, links that were not used yet, and what was still to be sent to them about this client."""
    access, now = work.access, work.access.now
    await _drop_draft(access.client, tie)
    await _revoke(await _open_grants(access, person), access, now, notify=tell)
    unused = (Invitation.person == person) & Invitation.accepted_at.is_null() & Invitation.withdrawn_at.is_null()
    await Invitation.update({Invitation.withdrawn_at: now}).where(unused, Invitation.relationship == tie)
    unsent = (Outbox.recipient == person) & (Outbox.client == access.client) & Outbox.done_at.is_null()
    await Outbox.delete().where(unsent)


async def remove(access: Access, tie: UUID) -> None:
    """They are no longer among the client's people; whatever was open closes with it."""
    async with deciding(access) as work:
        who = await chosen(work.access, tie)
        await _close(work, tie, who.person)
        over: dict[Any, Any] = {Relationship.ended_at: work.access.now, Relationship.ended_reason: "client"}
        await Relationship.update(over).where(Relationship.id == tie, Relationship.client == access.client)
        work.note("sharing-remove", who.person)


async def pause(access: Access) -> None:
    """Nobody the client chose sees anything from now on, until they go on with it. Nobody is told."""
    async with deciding(access) as work:
        await _suspend(access, "", PAUSED)
        work.note("sharing-pause")


async def resume(access: Access) -> None:
    """What was paused is open again, as it was signed. Raises StepUpNeeded."""
    async with deciding(access, more=True) as work:
        await _suspend(access, PAUSED, "")
        work.note("sharing-resume")


async def _suspend(access: Access, before: str, after: str) -> None:
    """What is signed alone: a draft opens what it says when it is signed, whatever was paused while it waited."""
    signed = Consent.select(Consent.id).where(Consent.client == access.client, Consent.signed_at.is_not_null())
    chosen_ones = Relationship.select(Relationship.person).where(Relationship.client == access.client)
    for person in {row["person"] for row in await chosen_ones}:
        theirs = (Grant.client == access.client) & (Grant.grantee == person) & Grant.revoked_at.is_null()
        stands = (Grant.suspended_reason == before) & Grant.consent.is_in(signed)
        await Grant.update({Grant.suspended_reason: after}).where(theirs, stands)


async def block(access: Access, tie: UUID) -> None:
    """They reach nothing whatever else is signed, and the links that were sent to them end."""
    async with deciding(access) as work:
        who = await chosen(work.access, tie)
        if not who.blocked:
            await _close(work, tie, who.person)
            row = Block(client=access.client, person=who.person, kind="client_block", starts_at=work.access.now)
            await Block.insert(row)
            work.note("block", who.person)


async def unblock(access: Access, tie: UUID) -> None:
    """Only what the client set themselves; a court's or the team's block stays. Raises StepUpNeeded."""
    async with deciding(access, more=True) as work:
        who = await chosen(work.access, tie)
        own = (Block.client == access.client) & (Block.person == who.person) & (Block.kind == "client_block")
        await Block.update({Block.until: work.access.now}).where(own, Block.until.is_null())
        work.note("unblock", who.person)


async def leave(access: Access) -> None:
    """A supporter steps back: their relationship ends, and with it everything that hangs on it, for good."""
    if access.is_own or access.preview or access.relationship is None:
        raise NotFound
    async with DB.transaction():
        now = await access.again()
        work = Work(now, Category.PROFILE_CONTACT, Action.SEE)
        await _close(work, access.relationship, access.viewer.person)
        over: dict[Any, Any] = {Relationship.ended_at: now.now, Relationship.ended_reason: "supporter"}
        theirs = (Relationship.id == access.relationship) & (Relationship.person == access.viewer.person)
        await Relationship.update(over).where(theirs, Relationship.ended_at.is_null())
        work.note("sharing-leave", access.relationship)
        await raise_epoch(access.client)
        await append(work.events)

"""The decision: may this viewer do this to this item, now? Pure; the first rule that answers wins.

Its twin for queries is `reach.py`, written apart on purpose: a property test holds the two together.
"""

from collections.abc import Callable
from datetime import datetime

from app.access.clock import authority_holds, blocked, glass_holds, grant_holds, team_holds
from app.access.facts import (
    AUTHOR_ONLY,
    DENY,
    NEVER_SHARED,
    Action,
    Category,
    Decision,
    Effect,
    Flag,
    GrantFact,
    Item,
    Kind,
    Label,
    Mask,
    Role,
    Ties,
    Viewer,
)

Rule = Callable[[Viewer, Ties, Item, Action, datetime], Decision | None]


def allow(basis: str, basis_id: object = None, mask: Mask = Mask.NONE) -> Decision:
    return Decision(Effect.ALLOW, mask, basis, basis_id)  # type: ignore[arg-type]


def is_outsider(viewer: Viewer) -> bool:
    return viewer.kind in (Kind.SUPPORTER, Kind.EXTERNAL)


def effective_labels(viewer: Viewer, ties: Ties, item: Item) -> Label:
    """Where the whole organisation is a Part 2 programme, being a client at all is substance-use information."""
    return item.labels | Label.SUD if ties.part2 and is_outsider(viewer) else item.labels


def in_thread(item: Item) -> bool:
    """Messages are reached from the moment one joined, and no longer once one has left."""
    if item.thread_joined_at is None or item.thread_left_at is not None:
        return False
    return item.dated is None or item.thread_joined_at <= item.dated


def disabled(viewer: Viewer, ties: Ties, item: Item, action: Action, now: datetime) -> Decision | None:
    return None if viewer.enabled else DENY


def hard_stop(viewer: Viewer, ties: Ties, item: Item, action: Action, now: datetime) -> Decision | None:
    if item.client != ties.client or viewer.role is Role.ADMIN:
        return DENY
    if viewer.kind is not Kind.STAFF:
        return DENY if item.labels & NEVER_SHARED or item.flags & Flag.NOT_IN_PORTAL else None
    return DENY if item.labels & AUTHOR_ONLY and item.author != viewer.person else None


def block(viewer: Viewer, ties: Ties, item: Item, action: Action, now: datetime) -> Decision | None:
    return DENY if blocked(ties.blocks, now) else None


def kept_private(viewer: Viewer, ties: Ties, item: Item, action: Action, now: datetime) -> Decision | None:
    if viewer.person == ties.client:
        return None
    if item.flags & Flag.MINE_ONLY:
        return DENY
    if not is_outsider(viewer):
        return None
    hidden = item.flags & (Flag.CONFIDENTIAL | Flag.CLIENT_PRIVATE) or viewer.person in item.denied
    return DENY if hidden else None


def own_record(viewer: Viewer, ties: Ties, item: Item, action: Action, now: datetime) -> Decision | None:
    if viewer.person != ties.client or viewer.kind is not Kind.CLIENT:
        return None
    if item.flags & (Flag.CLIENT_PRIVATE | Flag.MINE_ONLY) and not viewer.step_up:
        return DENY
    if item.category is Category.MESSAGES and not in_thread(item):
        return DENY
    return allow("self")


def staff(viewer: Viewer, ties: Ties, item: Item, action: Action, now: datetime) -> Decision | None:
    """Of several ways in, the one that shows most. What is masked may be seen to exist and nothing else."""
    if viewer.kind is not Kind.STAFF:
        return None
    ways = [way(viewer, ties, item, action, now) for way in (team, supervisor, break_glass, desk, directory)]
    found = [d for d in ways if d is not None and (d.mask is Mask.NONE or action in _MASKED_ACTIONS[d.mask])]
    return min(found, key=lambda d: d.mask, default=DENY)


_MASKED_ACTIONS = {Mask.SAFE: Action.SEE | Action.BOOK, Mask.EXISTS: Action.SEE}
PEER_ACTIONS = {
    Category.GOALS: Action.SEE | Action.COMMENT,
    Category.RESOURCES: Action.SEE | Action.PROPOSE,
    Category.MESSAGES: Action.SEE | Action.MESSAGE,
}


def team(viewer: Viewer, ties: Ties, item: Item, action: Action, now: datetime) -> Decision | None:
    """On the team, or covering for somebody who is, from and until the minute the row says."""
    if viewer.role is Role.FRONT_DESK:
        return None
    for member in ties.team:
        if member.supervised or not team_holds(member, now):
            continue
        basis = "cover" if member.covering_for else "team"
        if viewer.role is Role.PEER or member.role == "peer":
            return peer(viewer, ties, item, action, now, basis)
        masked = item.labels & Label.SUD and not ties.same_programme
        return allow(basis, member.id, Mask.EXISTS if masked else Mask.NONE)
    return None


def peer(viewer: Viewer, ties: Ties, item: Item, action: Action, now: datetime, basis: str) -> Decision | None:
    if item.labels & Label.SUD:
        return None
    if item.category is Category.CRISIS_PLAN:
        return sections_ticked(viewer, ties, item, action, now)
    if action not in PEER_ACTIONS.get(item.category, Action(0)):
        return None
    if item.category is Category.MESSAGES and not in_thread(item):
        return None
    return allow(basis)


def sections_ticked(viewer: Viewer, ties: Ties, item: Item, action: Action, now: datetime) -> Decision | None:
    """A peer sees the sections of the crisis plan that the client ticked for them; no relationship row is needed."""
    for grant in ties.grants:
        if _stands(grant, now) and grant.category is item.category and covers(grant, viewer, ties, item, action):
            return allow("grant", grant.id)
    return None


def _stands(grant: GrantFact, now: datetime) -> bool:
    over = grant.until is None or now >= grant.until or (grant.revoked_at is not None and grant.revoked_at <= now)
    signed = grant.signed_at is not None and grant.signed_at <= now and grant.starts_at <= now
    return signed and not over and not grant.suspended_reason


def supervisor(viewer: Viewer, ties: Ties, item: Item, action: Action, now: datetime) -> Decision | None:
    if viewer.role is not Role.SUPERVISOR or not any(m.supervised and team_holds(m, now) for m in ties.team):
        return None
    reason = any(glass_holds(reason, now) for reason in ties.supervision)
    sensitive = item.category is Category.MESSAGES or bool(item.labels & Label.SUD)
    return allow("supervisor", None, Mask.EXISTS if sensitive and not reason else Mask.NONE)


def break_glass(viewer: Viewer, ties: Ties, item: Item, action: Action, now: datetime) -> Decision | None:
    """Read-only. Substance-use records open only for a medical emergency with the fields that Part 2 asks for."""
    if action is not Action.SEE or viewer.role in (Role.FRONT_DESK, Role.PEER):
        return None
    for glass in ties.glass:
        if not glass_holds(glass, now):
            continue
        if item.labels & Label.SUD and not (glass.reason_code == "medical_emergency" and glass.part2_fields):
            continue
        return allow("glass", glass.id, Mask.EXISTS if item.category is Category.MESSAGES else Mask.NONE)
    return None


def desk(viewer: Viewer, ties: Ties, item: Item, action: Action, now: datetime) -> Decision | None:
    if viewer.role is not Role.FRONT_DESK or item.labels & Label.SUD:
        return None
    if item.category is Category.APPOINTMENTS and action in Action.SEE | Action.BOOK:
        return allow("role", None, Mask.SAFE)
    if item.category is Category.PROFILE_CONTACT and action is Action.SEE:
        return allow("role", None, Mask.SAFE)  # how to reach them safely, and nothing else of them
    return None


def directory(viewer: Viewer, ties: Ties, item: Item, action: Action, now: datetime) -> Decision | None:
    """Initials in the directory, for those whose work is to find and hand over clients."""
    if viewer.role not in (Role.CASE_MANAGER, Role.SUPERVISOR) or item.labels & Label.SUD:
        return None
    return allow("role", None, Mask.EXISTS) if item.category is Category.PROFILE_CONTACT else None


def representative(viewer: Viewer, ties: Ties, item: Item, action: Action, now: datetime) -> Decision | None:
    if not is_outsider(viewer) or item.flags & Flag.MINOR_CONSENTED:
        return None
    labels = effective_labels(viewer, ties, item)
    for authority in ties.authorities:
        if not authority_holds(authority, ties, now) or action not in authority.powers:
            continue
        if not authority.categories & item.category.bit or authority.disputed & item.category.bit:
            continue
        if labels & ~authority.labels or (item.category is Category.MESSAGES and not in_thread(item)):
            continue
        return allow("authority", authority.id)
    return None


def granted(viewer: Viewer, ties: Ties, item: Item, action: Action, now: datetime) -> Decision | None:
    """A grant must cover category and action and every label, and the item must not be older than it reaches back."""
    if not is_outsider(viewer) or any(a.disputed & item.category.bit for a in ties.authorities):
        return None
    if item.flags & Flag.MINOR_CONSENTED and any(a.basis == "parental_responsibility" for a in ties.authorities):
        return None  # whatever broader access exists
    found = [
        allow("grant", grant.id, Mask.NONE if _detailed(grant) else Mask.SAFE)
        for grant in ties.grants
        if grant.category is item.category
        and grant_holds(grant, ties, now)
        and covers(grant, viewer, ties, item, action)
    ]
    return min(found, key=lambda d: d.mask, default=None)


def _detailed(grant: GrantFact) -> bool:
    return grant.category is not Category.APPOINTMENTS or Action.DETAILS in grant.actions


def covers(grant: GrantFact, viewer: Viewer, ties: Ties, item: Item, action: Action) -> bool:
    if action not in grant.actions or effective_labels(viewer, ties, item) & ~grant.labels:
        return False
    if grant.data_from is not None and (item.dated is None or item.dated < grant.data_from):
        return False
    if item.category is Category.CRISIS_PLAN:
        wanted = grant.sections if item.section is None else 1 << item.section
        return bool(grant.sections & wanted)
    return item.category is not Category.MESSAGES or in_thread(item)


ORDER: tuple[Rule, ...] = (disabled, hard_stop, block, kept_private, own_record, staff, representative, granted)


def decide(viewer: Viewer, ties: Ties, item: Item, action: Action, now: datetime) -> Decision:
    """The one decision behind every page, fragment, search, count, file, feed, notice and job.

    ties: between this viewer and `ties.client`, as the rows stand. An item of another client is denied.
    """
    for rule in ORDER:
        answer = rule(viewer, ties, item, action, now)
        if answer is not None:
            return answer
    return DENY

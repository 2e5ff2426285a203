"""The decision's twin for queries: which rows of a category a viewer reaches, as SQL over the columns every item has.

A viewer's reach is a few lanes. A row is reached if all that one lane asks holds for it. Values are bound; the text of
a query depends only on the shape of its lanes, so it is compiled once per shape.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.access.clock import authority_holds, blocked, glass_holds, grant_holds, team_holds
from app.access.facts import (
    AUTHOR_ONLY,
    NEVER_SHARED,
    Action,
    Category,
    Flag,
    GrantFact,
    Kind,
    Label,
    Mask,
    Role,
    Ties,
    Viewer,
)


@dataclass(frozen=True, slots=True)
class Lane:
    """no_labels, no_flags: bits that keep a row out. own: label bits that only the row's author reaches.

    sections: bits of the crisis plan's sections, None for all. joined: only in threads the viewer is in, from when they
    joined. heed_denials: leave out what the client keeps from this very person.
    """

    mask: Mask = Mask.NONE
    no_labels: int = 0
    no_flags: int = 0
    own: int = 0
    since: datetime | None = None
    sections: int | None = None
    joined: bool = False
    heed_denials: bool = False
    basis: str = ""
    basis_id: UUID | None = None

    @property
    def shape(self) -> tuple[Any, ...]:
        return (self.mask, bool(self.own), self.since is None, self.sections is None, self.joined, self.heed_denials)


def reach(viewer: Viewer, ties: Ties, category: Category, action: Action, now: datetime) -> tuple[Lane, ...]:
    """The lanes of one viewer into one category of `ties.client`, the least masked first. Empty: nothing within reach."""
    if not viewer.enabled or viewer.role is Role.ADMIN or blocked(ties.blocks, now):
        return ()
    lanes = {Kind.CLIENT: _client, Kind.STAFF: _staff}.get(viewer.kind, _outsider)(viewer, ties, category, action, now)
    return tuple(sorted(lanes, key=lambda lane: lane.mask))


def _client(viewer: Viewer, ties: Ties, category: Category, action: Action, now: datetime) -> Iterator[Lane]:
    if viewer.person != ties.client:
        return
    private = Flag(0) if viewer.step_up else Flag.CLIENT_PRIVATE | Flag.MINE_ONLY
    yield Lane(
        no_labels=NEVER_SHARED,
        no_flags=Flag.NOT_IN_PORTAL | private,
        joined=category is Category.MESSAGES,
        basis="self",
    )


def _staff(viewer: Viewer, ties: Ties, category: Category, action: Action, now: datetime) -> Iterator[Lane]:
    common: dict[str, Any] = {"no_flags": int(Flag.MINE_ONLY), "own": int(AUTHOR_ONLY)}
    seen = action is Action.SEE
    sud = int(Label.SUD)
    member = next((m for m in ties.team if not m.supervised and team_holds(m, now)), None)
    if viewer.role is Role.FRONT_DESK:
        booking = category is Category.APPOINTMENTS and action in Action.SEE | Action.BOOK
        if booking or (category is Category.PROFILE_CONTACT and seen):
            yield Lane(**common, mask=Mask.SAFE, no_labels=sud, basis="role")
        return
    if member is not None:
        basis = "cover" if member.covering_for else "team"
        if viewer.role is Role.PEER or member.role == "peer":
            yield from _peer(viewer, ties, category, action, now, basis, common)
        else:
            plain = 0 if ties.same_programme else sud
            yield Lane(**common, no_labels=plain, basis=basis, basis_id=member.id)
            if plain and seen:
                yield Lane(**common, mask=Mask.EXISTS, basis=basis, basis_id=member.id)
    if viewer.role is Role.SUPERVISOR and any(m.supervised and team_holds(m, now) for m in ties.team):
        if any(glass_holds(reason, now) for reason in ties.supervision):
            yield Lane(**common, basis="supervisor")
        else:
            if category is not Category.MESSAGES:
                yield Lane(**common, no_labels=sud, basis="supervisor")
            if seen:
                yield Lane(**common, mask=Mask.EXISTS, basis="supervisor")
    if seen and viewer.role is not Role.PEER:
        mask = Mask.EXISTS if category is Category.MESSAGES else Mask.NONE
        for glass in (g for g in ties.glass if glass_holds(g, now)):
            medical = glass.reason_code == "medical_emergency" and glass.part2_fields
            yield Lane(**common, mask=mask, no_labels=0 if medical else sud, basis="glass", basis_id=glass.id)
    if seen and category is Category.PROFILE_CONTACT and viewer.role in (Role.CASE_MANAGER, Role.SUPERVISOR):
        yield Lane(**common, mask=Mask.EXISTS, no_labels=sud, basis="role")


def _peer(
    viewer: Viewer, ties: Ties, category: Category, action: Action, now: datetime, basis: str, common: dict[str, Any]
) -> Iterator[Lane]:
    allowed = {
        Category.GOALS: Action.SEE | Action.COMMENT,
        Category.RESOURCES: Action.SEE | Action.PROPOSE,
        Category.MESSAGES: Action.SEE | Action.MESSAGE,
    }
    if category is Category.CRISIS_PLAN:
        for grant in ties.grants:
            live = (
                grant.signed_at is not None
                and grant.signed_at <= now
                and grant.starts_at <= now
                and grant.until is not None
                and now < grant.until
                and (grant.revoked_at is None or now < grant.revoked_at)
                and not grant.suspended_reason
            )
            if live and grant.category is category and action in grant.actions:
                lane = _grant_lane(grant, Mask.NONE, int(Label.SUD), int(Flag.MINE_ONLY), denials=False)
                yield from (lane,) if lane.sections else ()
    elif action in allowed.get(category, Action(0)):
        yield Lane(**common, no_labels=int(Label.SUD), joined=category is Category.MESSAGES, basis=basis)


def _grant_lane(grant: GrantFact, mask: Mask, no_labels: int, no_flags: int, *, denials: bool) -> Lane:
    crisis = grant.category is Category.CRISIS_PLAN
    return Lane(
        mask=mask,
        no_labels=(_ALL_LABELS & ~grant.labels) | no_labels,
        no_flags=no_flags,
        own=int(AUTHOR_ONLY),
        since=grant.data_from,
        sections=grant.sections if crisis else None,
        joined=grant.category is Category.MESSAGES,
        heed_denials=denials,
        basis="grant",
        basis_id=grant.id,
    )


_ALL_LABELS = sum(int(label) for label in Label)
_HIDDEN = int(Flag.CONFIDENTIAL | Flag.CLIENT_PRIVATE | Flag.MINE_ONLY | Flag.NOT_IN_PORTAL)


def _outsider(viewer: Viewer, ties: Ties, category: Category, action: Action, now: datetime) -> Iterator[Lane]:
    for authority in ties.authorities:
        opens = authority.categories & category.bit and not authority.disputed & category.bit
        if not (opens and action in authority.powers and authority_holds(authority, ties, now)):
            continue
        if ties.part2 and not authority.labels & Label.SUD:
            continue
        yield Lane(
            no_labels=(_ALL_LABELS & ~authority.labels) | NEVER_SHARED,
            no_flags=_HIDDEN | Flag.MINOR_CONSENTED,
            joined=category is Category.MESSAGES,
            heed_denials=True,
            basis="authority",
            basis_id=authority.id,
        )
    if any(a.disputed & category.bit for a in ties.authorities):
        return
    parental = any(a.basis == "parental_responsibility" for a in ties.authorities)
    for grant in ties.grants:
        if grant.category is not category or action not in grant.actions or not grant_holds(grant, ties, now):
            continue
        if (ties.part2 and not grant.labels & Label.SUD) or (category is Category.CRISIS_PLAN and not grant.sections):
            continue
        safe = category is Category.APPOINTMENTS and Action.DETAILS not in grant.actions
        flags = _HIDDEN | (Flag.MINOR_CONSENTED if parental else 0)
        yield _grant_lane(grant, Mask.SAFE if safe else Mask.NONE, int(NEVER_SHARED), flags, denials=True)


def conditions(lanes: tuple[Lane, ...], *, sections: bool, thread: str) -> list[str]:
    """One SQL condition per lane over the alias `t`, with `{name}` placeholders.

    sections: the table has a section_bit. thread: the column that names the thread, where the rows are messages or threads.
    """
    found = []
    for n, lane in enumerate(lanes):
        parts = [f"(t.labels & {{no_labels{n}}}) = 0", f"(t.flags & {{no_flags{n}}}) = 0"]
        if lane.own:
            parts.append(f"((t.labels & {{own{n}}}) = 0 OR t.author = {{viewer}})")
        if lane.since is not None:
            parts.append(f"t.dated >= {{since{n}}}")
        if lane.sections is not None and sections:
            parts.append(f"(t.section_bit & {{sections{n}}}) <> 0")
        if lane.joined and thread:
            dated = "" if thread == "id" else " AND m.joined_at <= t.dated"
            parts.append(
                f"EXISTS (SELECT 1 FROM thread_member m WHERE m.thread = t.{thread} AND m.person = {{viewer}}"
                f" AND m.joined_at IS NOT NULL AND m.left_at IS NULL{dated})"
            )
        if lane.heed_denials:
            parts.append("NOT EXISTS (SELECT 1 FROM item_denial d WHERE d.item = t.id AND d.person = {viewer})")
        found.append(" AND ".join(parts))
    return found


def bindings(lanes: tuple[Lane, ...]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for n, lane in enumerate(lanes):
        values[f"no_labels{n}"] = int(lane.no_labels)
        values[f"no_flags{n}"] = int(lane.no_flags)
        values[f"own{n}"] = int(lane.own)
        values[f"since{n}"] = lane.since
        values[f"sections{n}"] = lane.sections
    return values

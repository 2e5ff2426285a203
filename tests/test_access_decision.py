"""The access table and the decision order, line by line."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from app.access.clock import majority
from app.access.decision import decide
from app.access.facts import (
    NEVER_SHARED,
    Action,
    AuthorityFact,
    BlockFact,
    Category,
    Flag,
    GlassFact,
    GrantFact,
    Item,
    Kind,
    Label,
    Mask,
    Role,
    TeamFact,
    Ties,
    Viewer,
)

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
CLIENT, PERSON, OTHER = UUID(int=1), UUID(int=2), UUID(int=3)
ALL = sum(category.bit for category in Category)
EVERY_ACTION = Action(sum(Action))


def item(category: Category = Category.GOALS, **values: object) -> Item:
    defaults = {"dated": NOW - DAY, "author": OTHER}
    if category is Category.CRISIS_PLAN:
        defaults |= {"section": 2}  # type: ignore[dict-item]
    if category is Category.MESSAGES:
        defaults |= {"thread_kind": "client", "thread_joined_at": NOW - 2 * DAY}  # type: ignore[dict-item]
    return Item(client=CLIENT, category=category, **(defaults | values))  # type: ignore[arg-type]


def grant(category: Category = Category.GOALS, **values: object) -> GrantFact:
    defaults = {
        "id": UUID(int=10),
        "actions": Action.SEE,
        "starts_at": NOW - DAY,
        "until": NOW + DAY,
        "signed_at": NOW - DAY,
        "sections": 1 << 2 if category is Category.CRISIS_PLAN else 0,
    }
    return GrantFact(category=category, **(defaults | values))  # type: ignore[arg-type]


def authority(**values: object) -> AuthorityFact:
    defaults = {
        "id": UUID(int=11),
        "basis": "guardianship_order",
        "powers": Action.SEE,
        "categories": ALL,
        "starts_at": NOW - DAY,
    }
    return AuthorityFact(**(defaults | values))  # type: ignore[arg-type]


def member(**values: object) -> TeamFact:
    return TeamFact(**({"id": UUID(int=12), "role": "primary", "starts_at": NOW - DAY} | values))  # type: ignore[arg-type]


def glass(**values: object) -> GlassFact:
    defaults = {"id": UUID(int=13), "reason_code": "safety", "starts_at": NOW - SECOND, "ends_at": NOW + SECOND}
    return GlassFact(**(defaults | values))  # type: ignore[arg-type]


SELF = Viewer(CLIENT, Kind.CLIENT)
MUM = Viewer(PERSON, Kind.SUPPORTER)
RELATED = Ties(client=CLIENT, relationship=UUID(int=9), relationship_started_at=NOW - DAY, client_born=date(2010, 1, 1))
ON_TEAM = Ties(client=CLIENT, team=(member(),), same_programme=True)
SUPERVISED = Ties(client=CLIENT, team=(member(supervised=True),))


def staff(role: Role) -> Viewer:
    return Viewer(PERSON, Kind.STAFF, role=role)


WORKER = staff(Role.CASE_MANAGER)


def letter(viewer: Viewer, ties: Ties, what: Item, action: Action = Action.SEE) -> str:
    """A allowed, S the safe part, M masked, D denied: as the table writes it."""
    decision = decide(viewer, ties, what, action, NOW)
    return {Mask.NONE: "A", Mask.SAFE: "S", Mask.EXISTS: "M"}[decision.mask] if decision.allowed else "D"


# The columns: appointments, goals, crisis plan, messages, documents, outcomes, SUD-labelled, psychotherapy notes.
COLUMNS = (
    item(Category.APPOINTMENTS),
    item(Category.GOALS),
    item(Category.CRISIS_PLAN),
    item(Category.MESSAGES),
    item(Category.DOCUMENTS),
    item(Category.OUTCOMES),
    item(Category.GOALS, labels=Label.SUD),
    item(Category.NOTES_SHARED, labels=Label.PSYCHOTHERAPY),
)
EVERY_GRANT = tuple(grant(category) for category in Category)
ROWS = [
    ("client", SELF, Ties(client=CLIENT), "AAAAAAAD"),
    ("family, a grant for every category", MUM, replace(RELATED, grants=EVERY_GRANT), "SAAAAADD"),
    ("family, a grant for goals alone", MUM, replace(RELATED, grants=(grant(),)), "DADDDDDD"),
    ("family, no grant", MUM, RELATED, "DDDDDDDD"),
    (
        "guardian of a minor",
        MUM,
        replace(RELATED, authorities=(authority(basis="parental_responsibility"),)),
        "AAAAAADD",
    ),
    ("health agent, springing not met", MUM, replace(RELATED, authorities=(authority(springing=True),)), "DDDDDDDD"),
    ("care team", WORKER, ON_TEAM, "AAAAAAAD"),
    ("care team of another programme", WORKER, replace(ON_TEAM, same_programme=False), "AAAAAAMD"),
    ("staff covering", WORKER, replace(ON_TEAM, team=(member(covering_for=OTHER),)), "AAAAAAAD"),
    ("supervisor", staff(Role.SUPERVISOR), SUPERVISED, "AAAMAAMD"),
    ("supervisor with a reason", staff(Role.SUPERVISOR), replace(SUPERVISED, supervision=(glass(),)), "AAAAAAAD"),
    ("supervisor of nobody there", staff(Role.SUPERVISOR), Ties(client=CLIENT), "DDDDDDDD"),
    ("staff not on the team", WORKER, Ties(client=CLIENT), "DDDDDDDD"),
    ("staff off the team", WORKER, Ties(client=CLIENT, team=(member(ends_at=NOW),)), "DDDDDDDD"),
    ("break-glass", WORKER, Ties(client=CLIENT, glass=(glass(),)), "AAAMAADD"),
    (
        "break-glass, medical emergency",
        WORKER,
        Ties(client=CLIENT, glass=(glass(reason_code="medical_emergency", part2_fields=True),)),
        "AAAMAAAD",
    ),
    ("front desk", staff(Role.FRONT_DESK), Ties(client=CLIENT), "SDDDDDDD"),
    ("administrator, even on a team", staff(Role.ADMIN), ON_TEAM, "DDDDDDDD"),
    ("peer on the team", staff(Role.PEER), ON_TEAM, "DADADDDD"),
]


@pytest.mark.parametrize(("who", "viewer", "ties", "letters"), ROWS, ids=[row[0] for row in ROWS])
def test_the_table(who: str, viewer: Viewer, ties: Ties, letters: str) -> None:
    assert "".join(letter(viewer, ties, column) for column in COLUMNS) == letters


def test_nothing_is_reached_by_default() -> None:
    for kind in Kind:
        for category in Category:
            assert not decide(Viewer(PERSON, kind), Ties(client=CLIENT), item(category), Action.SEE, NOW).allowed


def test_a_disabled_account_reaches_nothing() -> None:
    assert letter(replace(SELF, enabled=False), Ties(client=CLIENT), item()) == "D"


def test_an_item_of_another_client_is_out_of_reach() -> None:
    assert letter(SELF, Ties(client=CLIENT), replace(item(), client=OTHER)) == "D"
    assert letter(WORKER, ON_TEAM, replace(item(), client=OTHER)) == "D"


@pytest.mark.parametrize("kind", ["client_block", "no_contact_order", "safeguarding_freeze"])
@pytest.mark.parametrize(
    ("viewer", "ties"),
    [
        (MUM, replace(RELATED, grants=(grant(),))),
        (MUM, replace(RELATED, authorities=(authority(),))),
        (WORKER, ON_TEAM),
        (WORKER, Ties(client=CLIENT, glass=(glass(),))),
        (staff(Role.FRONT_DESK), Ties(client=CLIENT)),
    ],
)
def test_a_block_beats_every_permission(viewer: Viewer, ties: Ties, kind: str) -> None:
    what = item(Category.APPOINTMENTS) if viewer.role is Role.FRONT_DESK else item()
    assert letter(viewer, ties, what) != "D"
    assert letter(viewer, replace(ties, blocks=(BlockFact(UUID(int=5), kind, NOW),)), what) == "D"
    over = BlockFact(UUID(int=5), kind, NOW - DAY, NOW)
    assert letter(viewer, replace(ties, blocks=(over,)), what) != "D"


@pytest.mark.parametrize(
    ("flag", "own", "own_stepped_up", "family", "team"),
    [
        (Flag.CONFIDENTIAL, "A", "A", "D", "A"),
        (Flag.CLIENT_PRIVATE, "D", "A", "D", "A"),
        (Flag.MINE_ONLY, "D", "A", "D", "D"),
        (Flag.NOT_IN_PORTAL, "D", "D", "D", "A"),
        (Flag.MINOR_CONSENTED, "A", "A", "A", "A"),
    ],
)
def test_flags(flag: Flag, own: str, own_stepped_up: str, family: str, team: str) -> None:
    what = item(flags=flag)
    assert letter(SELF, Ties(client=CLIENT), what) == own
    assert letter(replace(SELF, step_up=True), Ties(client=CLIENT), what) == own_stepped_up
    assert letter(MUM, replace(RELATED, grants=(grant(),)), what) == family
    assert letter(WORKER, ON_TEAM, what) == team


def test_what_a_minor_consented_to_alone_stays_from_the_guardian_whatever_was_granted() -> None:
    guardian = replace(RELATED, authorities=(authority(basis="parental_responsibility"),), grants=(grant(),))
    assert letter(MUM, guardian, item()) == "A"
    assert letter(MUM, guardian, item(flags=Flag.MINOR_CONSENTED)) == "D"


def test_an_item_kept_from_one_person_is_absent_for_them_alone() -> None:
    ties = replace(RELATED, grants=(grant(),))
    assert letter(MUM, ties, item(denied=frozenset([PERSON]))) == "D"
    assert letter(MUM, ties, item(denied=frozenset([OTHER]))) == "A"


@pytest.mark.parametrize("label", list(Label))
def test_a_label_needs_its_own_tick_and_some_can_never_be_ticked(label: Label) -> None:
    what = item(labels=label)
    assert letter(MUM, replace(RELATED, grants=(grant(),)), what) == "D"
    ticked = replace(RELATED, grants=(grant(labels=label),), authorities=(authority(labels=label),))
    assert letter(MUM, ticked, what) == ("D" if label in NEVER_SHARED else "A")


def test_every_label_on_an_item_must_be_ticked() -> None:
    ties = replace(RELATED, grants=(grant(labels=Label.SUD), grant(labels=Label.HIV)))
    assert letter(MUM, ties, item(labels=Label.SUD | Label.HIV)) == "D"
    assert (
        letter(MUM, replace(ties, grants=(grant(labels=Label.SUD | Label.HIV),)), item(labels=Label.SUD | Label.HIV))
        == "A"
    )


def test_a_part_2_organisation_asks_for_the_substance_use_tick_everywhere() -> None:
    ties = replace(RELATED, part2=True, grants=(grant(),))
    assert letter(MUM, ties, item()) == "D"
    assert letter(MUM, replace(ties, grants=(grant(labels=Label.SUD),)), item()) == "A"
    assert letter(WORKER, replace(ON_TEAM, part2=True), item()) == "A"


@pytest.mark.parametrize(
    ("change", "reached"),
    [
        ({}, True),
        ({"starts_at": NOW}, True),
        ({"starts_at": NOW + SECOND}, False),
        ({"until": NOW}, False),
        ({"until": NOW + SECOND}, True),
        ({"until": None}, False),
        ({"revoked_at": NOW}, False),
        ({"revoked_at": NOW + SECOND}, True),
        ({"suspended_reason": "safeguarding_freeze"}, False),
        ({"signed_at": None}, False),
        ({"signed_at": NOW + SECOND}, False),
        ({"category": Category.OUTCOMES}, False),
        ({"data_from": NOW - DAY}, True),
        ({"data_from": NOW - DAY + SECOND}, False),
        ({"actions": Action.COMMENT}, False),
    ],
)
def test_a_grant_holds_to_the_second(change: dict[str, object], reached: bool) -> None:
    ties = replace(RELATED, grants=(replace(grant(), **change),))  # type: ignore[arg-type]
    assert (letter(MUM, ties, item()) == "A") is reached


@pytest.mark.parametrize(
    ("ended_at", "reached"), [(None, True), (NOW + SECOND, True), (NOW, False), (NOW - DAY, False)]
)
def test_everything_closes_the_instant_a_relationship_ends(ended_at: datetime | None, reached: bool) -> None:
    ties = replace(RELATED, grants=(grant(),), authorities=(authority(),), relationship_ended_at=ended_at)
    assert decide(MUM, ties, item(), Action.SEE, NOW).allowed is reached


def test_lost_capacity_suspends_what_the_client_did_not_say_to_keep() -> None:
    unwell = replace(RELATED, lacks_capacity=True, grants=(grant(),))
    assert letter(MUM, unwell, item()) == "D"
    assert letter(MUM, replace(unwell, grants=(grant(keep_if_unwell=True),)), item()) == "A"
    agent = replace(unwell, grants=(), authorities=(authority(basis="health_poa", springing=True),))
    assert letter(MUM, agent, item()) == "A"
    assert letter(MUM, replace(agent, lacks_capacity=False), item()) == "D"


@pytest.mark.parametrize(
    ("change", "reached"),
    [
        ({"reviewed": False}, False),
        ({"starts_at": NOW + SECOND}, False),
        ({"ends_at": NOW}, False),
        ({"ends_at": NOW + SECOND}, True),
        ({"suspended_reason": "dispute_between_representatives"}, False),
        ({"categories": Category.OUTCOMES.bit}, False),
        ({"disputed": Category.GOALS.bit}, False),
        ({"powers": Action.MESSAGE}, False),
    ],
)
def test_authority(change: dict[str, object], reached: bool) -> None:
    ties = replace(RELATED, authorities=(authority(**change),))
    assert decide(MUM, ties, item(), Action.SEE, NOW).allowed is reached


def test_a_disputed_category_is_closed_even_to_a_grant() -> None:
    ties = replace(RELATED, authorities=(authority(disputed=Category.GOALS.bit),), grants=(grant(),))
    assert letter(MUM, ties, item()) == "D"


def test_parental_authority_ends_at_local_midnight_of_the_birthday() -> None:
    midnight = majority(date(2008, 3, 2), "America/New_York")
    assert midnight == datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
    assert majority(date(2008, 2, 29), "UTC") == datetime(2026, 3, 1, tzinfo=UTC)
    teen = replace(
        RELATED,
        client_born=date(2008, 3, 2),
        client_zone="America/New_York",
        authorities=(authority(basis="parental_responsibility", starts_at=midnight - DAY),),
    )
    assert decide(MUM, teen, item(), Action.SEE, midnight - SECOND).allowed
    assert not decide(MUM, teen, item(), Action.SEE, midnight).allowed
    assert decide(MUM, replace(teen, authorities=(authority(),)), item(), Action.SEE, midnight + DAY).allowed


def test_an_act_needs_its_own_tick() -> None:
    for action in Action:
        ties = replace(RELATED, grants=(grant(actions=Action.SEE),))
        assert decide(MUM, ties, item(), action, NOW).allowed is (action is Action.SEE)


def test_a_visit_shows_its_safe_label_unless_details_are_granted() -> None:
    visit = item(Category.APPOINTMENTS)
    plain = replace(RELATED, grants=(grant(Category.APPOINTMENTS),))
    assert letter(MUM, plain, visit) == "S"
    more = replace(plain, grants=(*plain.grants, grant(Category.APPOINTMENTS, actions=Action.SEE | Action.DETAILS)))
    assert letter(MUM, more, visit) == "A"


def test_only_ticked_sections_of_the_crisis_plan() -> None:
    ties = replace(RELATED, grants=(grant(Category.CRISIS_PLAN, sections=1 << 2),))
    assert letter(MUM, ties, item(Category.CRISIS_PLAN, section=2)) == "A"
    assert letter(MUM, ties, item(Category.CRISIS_PLAN, section=6)) == "D"
    none = replace(RELATED, grants=(grant(Category.CRISIS_PLAN, sections=0),))
    assert letter(MUM, none, item(Category.CRISIS_PLAN, section=None)) == "D"


@pytest.mark.parametrize(
    ("joined", "left", "reached"),
    [
        (None, None, False),
        (NOW - DAY, None, True),
        (NOW - DAY + SECOND, None, False),
        (NOW - 2 * DAY, NOW - SECOND, False),
    ],
)
def test_messages_are_reached_from_joining_until_leaving(
    joined: datetime | None, left: datetime | None, reached: bool
) -> None:
    said = item(Category.MESSAGES, thread_joined_at=joined, thread_left_at=left)
    ties = replace(RELATED, grants=(grant(Category.MESSAGES),))
    assert decide(MUM, ties, said, Action.SEE, NOW).allowed is reached
    assert decide(SELF, Ties(client=CLIENT), said, Action.SEE, NOW).allowed is reached


@pytest.mark.parametrize(("starts_at", "ends_at", "reached"), [
    (NOW, None, True), (NOW + SECOND, None, False), (NOW - DAY, NOW, False), (NOW - DAY, NOW + SECOND, True),
])  # fmt: skip
def test_a_place_on_the_team_holds_to_the_second(starts_at: datetime, ends_at: datetime | None, reached: bool) -> None:
    ties = replace(ON_TEAM, team=(member(starts_at=starts_at, ends_at=ends_at),))
    assert decide(WORKER, ties, item(), Action.SEE, NOW).allowed is reached


def test_only_its_author_reads_a_psychotherapy_note() -> None:
    note = item(Category.NOTES_SHARED, labels=Label.PSYCHOTHERAPY)
    assert letter(WORKER, ON_TEAM, note) == "D"
    assert letter(WORKER, ON_TEAM, replace(note, author=PERSON)) == "A"


def test_what_is_masked_can_be_seen_to_exist_and_nothing_else() -> None:
    elsewhere = replace(ON_TEAM, same_programme=False)
    for action in Action:
        assert letter(WORKER, elsewhere, item(labels=Label.SUD), action) == ("M" if action is Action.SEE else "D")


def test_break_glass_reads_one_client_and_writes_nothing() -> None:
    ties = Ties(client=CLIENT, glass=(glass(),))
    for action in Action:
        assert decide(WORKER, ties, item(), action, NOW).allowed is (action is Action.SEE)
    assert letter(WORKER, replace(ties, glass=(glass(ends_at=NOW),)), item()) == "D"
    assert letter(staff(Role.FRONT_DESK), ties, item()) == "D"


def test_initials_in_the_directory_for_those_who_find_clients() -> None:
    profile = item(Category.PROFILE_CONTACT)
    letters = {role: letter(staff(role), Ties(client=CLIENT), profile) for role in Role}
    assert letters == dict.fromkeys(Role, "D") | {
        Role.CASE_MANAGER: "M",
        Role.SUPERVISOR: "M",
        Role.FRONT_DESK: "S",  # how to reach them, and nothing else
    }

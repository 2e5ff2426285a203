"""The front page of one client."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.access import Access, Category, Mask
from app.access.clock import majority
from app.access.log import record as record_look
from app.appointment import Visit, since, visit_of
from app.appointment.visits import AHEAD
from app.data.engine import Row, Statement
from app.data.piccolo_conf import DB
from app.errors import NotFound
from app.goal import GOALS, STEPS, Goal, grouped
from app.record.contacts import CONTACTS, Contact, contact_of
from app.record.rows import APART, CRISIS, MEETS, PROFILE, SUPPORTERS, TEAM

_STANDING = Statement("SELECT s.waiting_since, s.review_due FROM standing s WHERE s.id = {client}")


@dataclass(frozen=True, slots=True)
class Supporter:
    """joined: they have an account. sees: what they were given to see and may see now."""

    relationship: UUID
    person: UUID
    called_name: str
    label: str
    joined: bool
    sees: tuple[Category, ...]


@dataclass(frozen=True, slots=True)
class Member:
    person: UUID
    called_name: str
    role: str
    ends_at: datetime | None
    covering: bool


@dataclass(frozen=True, slots=True)
class Record:
    """The front page of one client, as far as the viewer reaches. apart: things that they may know exist and no more."""

    goals: list[Goal] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    team: list[Member] = field(default_factory=list)
    supporters: list[Supporter] = field(default_factory=list)
    strengths: str = ""
    preferences: str = ""
    safe_contact: str = ""
    phone: str = ""
    born: date | None = None
    language: str = ""
    joined: bool = False
    opened_at: datetime | None = None
    crisis_since: datetime | None = None
    crisis_review: date | None = None
    waiting_since: datetime | None = None
    review_due: date | None = None
    apart: int = 0


async def enter(access: Access) -> None:
    """Staff who may know no more than initials have no business on the record. Raises NotFound; the try is on record."""
    if not any(access.may(category) for category in Category):
        await record_look(access.event("open", effect="deny"))
        raise NotFound


async def record(access: Access) -> Record:
    """Everything the front page shows, in a fixed number of statements. Raises NotFound."""
    await enter(access)
    profile, goals, steps, ahead, contacts, team, supporters = await access.read(
        PROFILE, GOALS, STEPS, (AHEAD, {"since": since(access)}), (CONTACTS, {"most": 5, "skip": 0}), TEAM, SUPPORTERS
    )
    crisis = (await access.read(CRISIS, looks=False))[0]
    standing = (await DB.run((_STANDING, {"client": access.client})))[0][0]
    return Record(
        goals=grouped(goals, steps),
        visits=[visit_of(row) for row in ahead[:5]],
        contacts=[contact_of(row) for row in contacts],
        team=[_member(row) for row in team],
        supporters=_supporters(access, supporters),
        crisis_since=crisis[0]["activated_at"] if crisis else None,
        crisis_review=crisis[0]["review_due"] if crisis else None,
        waiting_since=standing["waiting_since"] if access.may(Category.MESSAGES) else None,
        review_due=standing["review_due"] if access.may(Category.PLAN) else None,
        apart=await apart(access),
        **(_profile(access, profile[0]) if profile else {}),
    )


async def apart(access: Access) -> int:
    """How many things lie where this staff member may know of them and no more."""
    return sum([len(await access.masked(listing)) for listing in APART])


async def meets(access: Access) -> list[Member]:
    """Those on the team, for whoever books a visit with one of them."""
    return [_member(row) for row in (await access.read(MEETS, looks=False))[0]]


def _profile(access: Access, row: Row) -> dict[str, Any]:
    phone = access.keys.own().open("person", "phone", row["id"], row["phone"]) if row["phone"] else ""
    whole = row["mask"] < Mask.SAFE
    return {
        "strengths": (whole and row["strengths"]) or "",
        "preferences": (whole and row["preferences"]) or "",
        "safe_contact": row["safe_contact"] or "",
        "phone": phone or "",
        "born": row["born"] if whole else None,
        "language": row["language"],
        "joined": row["account"] is not None,
        "opened_at": row["opened_at"],
    }


def _member(row: Row) -> Member:
    return Member(row["staff"], row["called_name"], row["role"], row["ends_at"], row["covering_for"] is not None)


def _supporters(access: Access, rows: list[Row]) -> list[Supporter]:
    """One line for each person, with all that they may see now, by consent or by authority."""
    people: dict[UUID, Row] = {row["id"]: row for row in rows}
    sees: dict[UUID, set[Category]] = {tie: set() for tie in people}
    grown = _of_age(access)
    for row in rows:
        if row["signed"] is not None and (row["category"] != Category.CRISIS_PLAN or row["sections"]):
            sees[row["id"]].add(Category(row["category"]))
        if row["categories"] and not (grown and row["basis"] == "parental_responsibility"):
            sees[row["id"]] |= {category for category in Category if row["categories"] & category.bit}
    return [
        Supporter(
            tie, row["person"], row["called_name"], row["label"], row["account"] is not None, tuple(sorted(sees[tie]))
        )
        for tie, row in people.items()
    ]


def _of_age(access: Access) -> bool:
    ties = access.loaded.ties
    return ties.client_born is None or majority(ties.client_born, ties.client_zone) <= access.now

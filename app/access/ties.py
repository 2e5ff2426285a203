"""Loading the facts between one viewer and one client: two statements, one hop. The clock is applied to them afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from app.access.facts import (
    Action,
    AuthorityFact,
    BlockFact,
    Category,
    GlassFact,
    GrantFact,
    Kind,
    Label,
    TeamFact,
    Ties,
    Viewer,
)
from app.data.engine import Asked, Row, Statement
from app.data.piccolo_conf import DB

_HEAD = """
    c.id AS client, c.consent_epoch, c.programme, p.called_name, p.pronouns, p.born, p.zone, p.language, k.wrapped,
    o.part2, b.id AS block, b.kind AS block_kind, b.starts_at AS block_starts, b.until AS block_until
"""
_HEAD_FROM = """
    JOIN person p ON p.id = c.person JOIN client_key k ON k.id = c.id
    LEFT JOIN organisation o ON o.id IS NOT NULL
    LEFT JOIN block b ON b.client = c.id AND b.person = {viewer}
"""
SELF = Statement(f"SELECT {_HEAD} FROM client c {_HEAD_FROM} WHERE c.id = {{viewer}}")
STAFF = Statement(
    f"SELECT {_HEAD}, w.programme AS works_in FROM client c {_HEAD_FROM} "
    "LEFT JOIN staff s ON s.person = {viewer} LEFT JOIN team w ON w.id = s.team WHERE c.id = {client}"
)
STAFF_PLACES = Statement("""
    SELECT ct.id, ct.role AS word, ct.starts_at, ct.ends_at, ct.covering_for, 'team' AS what, 0 AS part2
      FROM care_team ct WHERE ct.client = {client} AND ct.staff = {viewer}
    UNION ALL SELECT ct.id, ct.role, ct.starts_at, ct.ends_at, ct.covering_for, 'supervised', 0
      FROM care_team ct JOIN staff s ON s.person = ct.staff JOIN team w ON w.id = s.team
      WHERE ct.client = {client} AND w.supervisor = {viewer}
    UNION ALL SELECT g.id, g.reason_code, g.starts_at, g.ends_at, g.reviewed_by, 'glass',
      CASE WHEN g.part2_fields IS NULL THEN 0 ELSE 1 END
      FROM break_glass g WHERE g.client = {client} AND g.staff = {viewer}
    UNION ALL SELECT r.id, r.reason, r.starts_at, r.ends_at, NULL, 'supervision', 0
      FROM supervision_reason r WHERE r.client = {client} AND r.staff = {viewer}
""")
SUPPORTER = Statement(
    f"SELECT {_HEAD}, r.id AS relationship, r.started_at, r.ended_at, r.kind AS relation, "
    "a.id AS authority, a.basis, a.powers, a.categories, a.labels, a.disputed, a.reviewed_by, "
    "a.starts_at, a.ends_at, a.springing, a.suspended_reason, "
    "(SELECT n.finding FROM capacity_note n WHERE n.client = c.id AND n.area = 'sharing' "
    " ORDER BY n.assessed_at DESC, n.id LIMIT 1) AS finding "
    f"FROM relationship r JOIN client c ON c.id = r.client {_HEAD_FROM} "
    "LEFT JOIN authority a ON a.relationship = r.id WHERE r.id = {relationship} AND r.person = {viewer}"
)
_GRANTS = """
    SELECT g.id, g.category, g.actions, g.labels, g.sections, g.data_from, g.starts_at, g.until, g.suspended_reason,
           g.revoked_at, s.signed_at, s.keep_if_unwell
      FROM consent_grant g JOIN consent s ON s.id = g.consent WHERE g.grantee = {viewer} AND g.client =
"""
SUPPORTER_GRANTS = Statement(
    _GRANTS + " (SELECT r.client FROM relationship r WHERE r.id = {relationship} AND r.person = {viewer})"
)
STAFF_GRANTS = Statement(_GRANTS + " {client}")
# One of the client's people, by the relationship or by a consent for them that is not signed yet.
EYES = Statement("""SELECT r.id AS relationship, r.person, p.kind, p.called_name, s.id AS draft
    FROM relationship r JOIN person p ON p.id = r.person
    LEFT JOIN consent s ON s.relationship = r.id AND s.client = r.client AND s.signed_at IS NULL AND s.id = {of}
    WHERE r.client = {client} AND (r.id = {of} OR s.id = {of}) LIMIT 1""")


@dataclass(frozen=True, slots=True)
class Loaded:
    """The facts, and what else the client's row brings: their name to use and their wrapped data key."""

    ties: Ties
    called_name: str
    pronouns: str
    language: str
    wrapped: bytes


def asked_for(viewer: Viewer, *, client: UUID | None = None, relationship: UUID | None = None) -> list[Asked]:
    """The statements that load what lies between the viewer and one client: their own, by relationship, or by id."""
    values: Mapping[str, Any] = {"viewer": viewer.person, "client": client, "relationship": relationship}
    if viewer.kind is Kind.CLIENT:
        return [(SELF, values)]
    if viewer.kind is Kind.STAFF:
        return [(STAFF, values), (STAFF_PLACES, values), (STAFF_GRANTS, values)][: 3 if viewer.role == "peer" else 2]
    return [(SUPPORTER, values), (SUPPORTER_GRANTS, values)]


async def load(viewer: Viewer, *, client: UUID | None = None, relationship: UUID | None = None) -> Loaded | None:
    """None when there is no such client or relationship for this viewer. Within an open transaction it reads in it."""
    answers = await DB.run(*asked_for(viewer, client=client, relationship=relationship))
    return understood(viewer, answers)


async def through_the_eyes_of(client: UUID, of: UUID, now: datetime) -> tuple[Viewer, Loaded] | None:
    """One of the client's people as a viewer, and what lies between them; a draft counts as signed, in place of what it
    would supersede. None when `of` is nobody of this client's."""
    rows = (await DB.run((EYES, {"client": client, "of": of})))[0]
    if not rows:
        return None
    eyes = Viewer(person=rows[0]["person"], kind=Kind(rows[0]["kind"]), called_name=rows[0]["called_name"])
    loaded = await load(eyes, relationship=rows[0]["relationship"])
    if loaded is None or rows[0]["draft"] is None:
        return None if loaded is None else (eyes, loaded)
    drafted = tuple(
        replace(grant, signed_at=now, starts_at=min(grant.starts_at, now))
        for grant in loaded.ties.grants
        if grant.signed_at is None
    )
    return eyes, replace(loaded, ties=replace(loaded.ties, grants=drafted))


def understood(viewer: Viewer, answers: list[list[Row]]) -> Loaded | None:
    head = answers[0]
    if not head:
        return None
    first = head[0]
    if viewer.kind is Kind.STAFF:
        more = _staff_ties(first, answers)
    elif viewer.kind is Kind.CLIENT:
        more = {}
    else:
        more = _supporter_ties(head, answers[1])
    ties = Ties(
        client=first["client"],
        epoch=first["consent_epoch"],
        client_born=first["born"],
        client_zone=first["zone"],
        part2=bool(first["part2"]),
        blocks=tuple(
            BlockFact(row["block"], row["block_kind"], row["block_starts"], row["block_until"])
            for row in {row["block"]: row for row in head if row["block"]}.values()
        ),
        **more,
    )
    return Loaded(ties, first["called_name"], first["pronouns"], first["language"], bytes(first["wrapped"]))


def _staff_ties(first: Row, answers: list[list[Row]]) -> dict[str, Any]:
    places = answers[1]
    return {
        "same_programme": first["works_in"] is not None and first["works_in"] == first["programme"],
        "team": tuple(
            TeamFact(r["id"], r["word"], r["starts_at"], r["ends_at"], r["covering_for"], r["what"] == "supervised")
            for r in places
            if r["what"] in ("team", "supervised")
        ),
        "glass": tuple(_glass(r) for r in places if r["what"] == "glass"),
        "supervision": tuple(_glass(r) for r in places if r["what"] == "supervision"),
        "grants": tuple(_grant(r) for r in answers[2]) if len(answers) > 2 else (),
    }


def _glass(row: Row) -> GlassFact:
    return GlassFact(row["id"], row["word"], row["starts_at"], row["ends_at"] or row["starts_at"], bool(row["part2"]))


def _supporter_ties(head: list[Row], grants: list[Row]) -> dict[str, Any]:
    first = head[0]
    return {
        "relationship": first["relationship"],
        "relationship_started_at": first["started_at"],
        "relationship_ended_at": first["ended_at"],
        "relationship_kind": first["relation"],
        "lacks_capacity": first["finding"] == "lacks",
        "authorities": tuple(
            _authority(row) for row in {row["authority"]: row for row in head if row["authority"]}.values()
        ),
        "grants": tuple(_grant(row) for row in grants),
    }


def _authority(row: Row) -> AuthorityFact:
    return AuthorityFact(
        id=row["authority"],
        basis=row["basis"],
        powers=Action(row["powers"]),
        categories=row["categories"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        labels=Label(row["labels"]),
        disputed=row["disputed"],
        reviewed=row["reviewed_by"] is not None,
        springing=row["springing"],
        suspended_reason=row["suspended_reason"],
    )


def _grant(row: Row) -> GrantFact:
    return GrantFact(
        id=row["id"],
        category=Category(row["category"]),
        actions=Action(row["actions"]),
        starts_at=row["starts_at"],
        until=row["until"],
        labels=Label(row["labels"]),
        sections=row["sections"],
        data_from=row["data_from"],
        suspended_reason=row["suspended_reason"],
        revoked_at=row["revoked_at"],
        signed_at=row["signed_at"],
        keep_if_unwell=row["keep_if_unwell"],
    )

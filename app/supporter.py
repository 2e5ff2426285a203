"""Whose plans a supporter may enter now. Never merged: each is a place of its own."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.access.facts import Action, Category, Viewer
from app.access.reach import reach
from app.access.ties import asked_for, understood
from app.data.engine import Statement
from app.data.piccolo_conf import DB

_RELATIONSHIPS = Statement("""SELECT r.id FROM relationship r
    WHERE r.person = {viewer} AND (r.ended_at IS NULL OR r.ended_at > {now}) ORDER BY r.started_at, r.id LIMIT 20""")


@dataclass(frozen=True, slots=True)
class Shared:
    """One open door: the relationship's id and the name to use of the client behind it."""

    relationship: UUID
    called_name: str


async def shared_with(viewer: Viewer, now: datetime) -> list[Shared]:
    """What has ended, been revoked or suspended is simply not there."""
    rows = (await DB.run((_RELATIONSHIPS, {"viewer": viewer.person, "now": now})))[0]
    if not rows:
        return []
    pairs = [asked_for(viewer, relationship=row["id"]) for row in rows]
    answers = await DB.run(*[one for pair in pairs for one in pair])
    found = []
    for n, row in enumerate(rows):
        loaded = understood(viewer, answers[2 * n : 2 * n + 2])
        if loaded and any(reach(viewer, loaded.ties, category, Action.SEE, now) for category in Category):
            found.append(Shared(row["id"], loaded.called_name))
    return found

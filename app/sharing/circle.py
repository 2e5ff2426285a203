"""Who sees what, in the client's own eyes: the people they let in, and what of theirs each can see at this moment."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.access import Access, Category
from app.data.engine import Row, Statement
from app.data.piccolo_conf import DB
from app.language import _, lazy, listed

THINGS = {
    Category.APPOINTMENTS: lazy("visits"),
    Category.GOALS: lazy("goals and steps"),
    Category.CRISIS_PLAN: lazy("chosen parts of the crisis plan"),
    Category.MESSAGES: lazy("messages that they are part of"),
}

_TIED = """JOIN person p ON p.id = r.person
     WHERE r.client = {client} AND r.started_at <= {now} AND (r.ended_at IS NULL OR r.ended_at > {now})
       AND NOT EXISTS (SELECT 1 FROM block b WHERE b.client = r.client AND b.person = r.person
             AND b.starts_at <= {now} AND (b.until IS NULL OR b.until > {now}))"""
_GRANTED = Statement(f"""
    SELECT p.id AS person, p.called_name, g.category, g.sections FROM consent_grant g JOIN consent s ON s.id = g.consent
      JOIN relationship r ON r.client = g.client AND r.person = g.grantee {_TIED}
       AND s.signed_at <= {{now}} AND g.starts_at <= {{now}} AND g.until > {{now}} AND g.suspended_reason = ''
       AND (g.revoked_at IS NULL OR g.revoked_at > {{now}})
     ORDER BY p.called_name, p.id LIMIT 200""")  # noqa: S608
_REPRESENTED = Statement(f"""
    SELECT p.id AS person, p.called_name, a.categories FROM authority a
      JOIN relationship r ON r.id = a.relationship {_TIED}
       AND a.reviewed_by IS NOT NULL AND a.starts_at <= {{now}} AND (a.ends_at IS NULL OR a.ends_at > {{now}})
       AND a.suspended_reason = '' AND NOT a.springing
     ORDER BY p.called_name, p.id LIMIT 200""")  # noqa: S608
_TEAM = Statement("""
    SELECT p.called_name, ct.role FROM care_team ct JOIN person p ON p.id = ct.staff
     WHERE ct.client = {client} AND ct.starts_at <= {now} AND (ct.ends_at IS NULL OR ct.ends_at > {now})
     ORDER BY ct.starts_at DESC, ct.id LIMIT 20""")


@dataclass(frozen=True, slots=True)
class Circle:
    """worker: the case manager's name, "" while there is none. seen_by: names by what they can see of the client."""

    worker: str = ""
    seen_by: dict[Category, tuple[str, ...]] | None = None

    def names(self, category: Category) -> tuple[str, ...]:
        return (self.seen_by or {}).get(category, ())

    @property
    def people(self) -> dict[str, list[Category]]:
        """What each person sees, by name, of the things in THINGS."""
        found: dict[str, list[Category]] = {}
        for category in THINGS:
            for name in self.names(category):
                found.setdefault(name, []).append(category)
        return found

    def seeing(self, category: str) -> str:
        """The names of those who see it, in one phrase; "" for nobody. For the templates."""
        return listed(self.names(Category[category]))

    def in_words(self) -> list[str]:
        """One sentence for each person, for the client to read where the things are."""
        return [
            _("%(name)s can see your %(things)s.") % {"name": name, "things": listed([_(THINGS[c]) for c in seen])}
            for name, seen in self.people.items()
        ]


async def circle(access: Access) -> Circle:
    """One hop. A supporter learns the worker's name where team names were shared with them, and nothing of other people."""
    values = {"client": access.client, "now": access.now}
    if access.is_own:
        team, granted, represented = await DB.run((_TEAM, values), (_GRANTED, values), (_REPRESENTED, values))
        return Circle(_worker(team), _seen_by(granted, represented))
    if access.may(Category.CARE_TEAM_NAMES):
        return Circle(_worker((await DB.run((_TEAM, values)))[0]))
    return Circle()


def _worker(team: Iterable[Row]) -> str:
    return next((row["called_name"] for row in team if row["role"] == "primary"), "")


def _seen_by(granted: Iterable[Row], represented: Iterable[Row]) -> dict[Category, tuple[str, ...]]:
    found: dict[Category, dict[object, str]] = {}
    for row in granted:
        if row["category"] != Category.CRISIS_PLAN or row["sections"]:
            found.setdefault(Category(row["category"]), {})[row["person"]] = row["called_name"]
    for row in represented:
        for category in THINGS:
            if row["categories"] & category.bit:
                found.setdefault(category, {})[row["person"]] = row["called_name"]
    return {category: tuple(names.values()) for category, names in found.items()}

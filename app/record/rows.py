"""What the record page asks for, and the words for it."""

from app.access import Category, Label, Listing
from app.language import lazy

# Rows without labels of their own, made to look like the items that the door knows how to hold back.
_BARE = "0 AS labels, 0 AS flags, CAST(NULL AS uuid) AS author"
PROFILE = Listing(
    "client",
    Category.PROFILE_CONTACT,
    f"""SELECT t.id, t.strengths, t.preferences, t.safe_contact, t.opened_at, p.phone, p.language, p.born, a.id AS account,
           {{mask}} AS mask
      FROM (SELECT id, strengths, preferences, safe_contact, opened_at, opened_at AS dated, {_BARE} FROM client) t
      JOIN person p ON p.id = t.id LEFT JOIN account a ON a.person = t.id WHERE t.id = {{client}} AND {{reach}}""",  # noqa: S608
    sealed=("strengths", "preferences", "safe_contact"),
)
_MEMBERS = f"""SELECT t.id, t.staff, t.role, t.starts_at, t.ends_at, t.covering_for, p.called_name
      FROM (SELECT id, client, staff, role, starts_at, ends_at, covering_for, starts_at AS dated, {_BARE} FROM care_team) t
      JOIN person p ON p.id = t.staff
     WHERE t.client = {{client}} AND {{reach}} AND t.starts_at <= {{now}} AND (t.ends_at IS NULL OR t.ends_at > {{now}})
     ORDER BY t.starts_at, t.id LIMIT 30"""  # noqa: S608
TEAM = Listing("care_team", Category.CARE_TEAM_NAMES, _MEMBERS)
MEETS = Listing("care_team", Category.APPOINTMENTS, _MEMBERS)  # whoever books must know with whom
_LET_IN = """NOT EXISTS (SELECT 1 FROM block b WHERE b.client = t.client AND b.person = t.person
        AND b.starts_at <= {now} AND (b.until IS NULL OR b.until > {now}))"""
SUPPORTERS = Listing(
    "relationship",
    Category.PROFILE_CONTACT,
    f"""SELECT t.id, t.person, t.label, t.kind, p.called_name, a.id AS account, g.category, g.sections, s.id AS signed,
           h.categories, h.basis
      FROM (SELECT id, client, person, label, kind, started_at, ended_at, started_at AS dated, {_BARE} FROM relationship) t
      JOIN person p ON p.id = t.person LEFT JOIN account a ON a.person = t.person
      LEFT JOIN consent_grant g ON g.client = t.client AND g.grantee = t.person AND g.starts_at <= {{now}} AND g.until > {{now}}
       AND g.suspended_reason = '' AND (g.revoked_at IS NULL OR g.revoked_at > {{now}}) AND {_LET_IN}
      LEFT JOIN consent s ON s.id = g.consent AND s.signed_at <= {{now}}
      LEFT JOIN authority h ON h.relationship = t.id AND h.reviewed_by IS NOT NULL AND h.starts_at <= {{now}}
       AND (h.ends_at IS NULL OR h.ends_at > {{now}}) AND h.suspended_reason = '' AND NOT h.springing AND {_LET_IN}
     WHERE t.client = {{client}} AND {{reach}} AND {{mask}} = 0 AND t.started_at <= {{now}}
       AND (t.ended_at IS NULL OR t.ended_at > {{now}}) ORDER BY t.started_at, t.id LIMIT 400""",  # noqa: S608
)
CRISIS = Listing(
    "crisis_plan",
    Category.CRISIS_PLAN,
    """SELECT t.id, t.activated_at, t.review_due FROM crisis_plan t
        WHERE t.client = {client} AND {reach} AND t.state = 'active' LIMIT 1""",
)


def _apart(table: str, category: Category) -> Listing:
    """The rows of a table that only those of the client's own programme may open, by id and time alone."""
    sud = int(Label.SUD)
    return Listing(
        table,
        category,
        f"""SELECT t.id, t.dated FROM {table} t
             WHERE t.client = {{client}} AND {{reach}} AND (t.labels & {sud}) <> 0 LIMIT 20""",  # noqa: S608
    )


APART = (
    _apart("goal", Category.GOALS),
    _apart("appointment", Category.APPOINTMENTS),
    _apart("contact", Category.NOTES_SHARED),
)
# What people were given to see, in words for the team.
SEEN = {
    Category.APPOINTMENTS: lazy("visits"),
    Category.GOALS: lazy("goals and steps"),
    Category.CRISIS_PLAN: lazy("parts of the crisis plan"),
    Category.MESSAGES: lazy("messages they are part of"),
    Category.RESOURCES: lazy("resources"),
    Category.DOCUMENTS: lazy("documents"),
    Category.OUTCOMES: lazy("check-ins"),
    Category.NOTES_SHARED: lazy("shared notes"),
    Category.PLAN: lazy("the plan"),
    Category.CARE_TEAM_NAMES: lazy("who is on the team"),
    Category.PROFILE_CONTACT: lazy("contact details"),
    Category.DIAGNOSES_MEDS: lazy("medicines"),
}
TEAM_ROLES = {
    "primary": lazy("Case manager"),
    "backup": lazy("Stands in"),
    "temporary": lazy("For the time being"),
    "clinician": lazy("Clinician"),
    "nurse": lazy("Nurse"),
    "peer": lazy("Peer supporter"),
}

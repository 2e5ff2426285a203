"""The text that a client signs, in plain words: every row that the law asks for, or it cannot be signed.

Rows after 42 CFR 2.31 and 45 CFR 164.508(c). Fixed parts stand here; what the client chose fills the rest.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from app.access import Category, Label
from app.crisis_plan import SECTIONS
from app.data.sealing import Seal
from app.language import _, dated, listed
from app.sharing.scope import OFFERED, SENSITIVE, Scope

TEMPLATE = "family-1"
# Without any one of these nothing can be signed.
REQUIRED = ("whose", "from", "to", "what", "why", "until", "stop", "seen", "free", "onward", "copy")


@dataclass(frozen=True, slots=True)
class Part:
    """One row of the text. lines: sentences, or the items of a list."""

    row: str
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sides:
    """client: the name on the text. discloser: who keeps the record. label: the client's word for the recipient."""

    client: str
    discloser: str
    recipient: str
    label: str


def wording(sides: Sides, scope: Scope, *, part2: bool = False) -> tuple[Part, ...]:
    """The whole text in the reader's language. part2: attending at all is information about alcohol or drugs here."""
    return (
        Part("whose", _("Whose information"), (sides.client,)),
        Part("from", _("Who shares it"), (sides.discloser,)),
        Part("to", _("Who gets to see it"), (_named(sides),)),
        Part("what", _("What they will see"), tuple(_things(scope))),
        Part("not", _("What stays out"), tuple(_left_out(scope))),
        Part("why", _("What it is for"), (_("Support in daily life, because I ask for it."),)),
        Part("until", _("Until when"), tuple(_until(scope))),
        Part("stop", _("I can stop this at any time"), tuple(_stopping(sides))),
        Part("seen", _("What stopping can’t do"), (_("Stopping can’t take back what was seen or used before."),)),
        Part("free", _("It is my choice"), (_("My care does not depend on this. I can say no and nothing changes."),)),
        Part("onward", _("What could happen with it"), tuple(_onward(scope, part2))),
        Part("copy", _("My copy"), (_("I can read this text again at any time, print it and keep a copy."),)),
    )


def gaps(parts: Sequence[Part]) -> list[str]:
    """The rows that are missing or empty; with any of them the text is refused."""
    filled = {part.row for part in parts if any(line.strip() for line in part.lines)}
    return [row for row in REQUIRED if row not in filled]


def as_json(parts: Sequence[Part]) -> str:
    return json.dumps([[part.row, part.title, list(part.lines)] for part in parts], ensure_ascii=False)


def digest(parts: Sequence[Part]) -> str:
    """Hex SHA-256 of the text as it was shown."""
    return hashlib.sha256(as_json(parts).encode()).hexdigest()


def read(seal: Seal, consent: object, wording: bytes | None) -> tuple[Part, ...]:
    """The text that was signed, as it stood; () for an old row without one."""
    if wording is None:
        return ()
    found = json.loads(seal.open_bytes("consent", "wording", consent, wording))  # type: ignore[arg-type]
    return tuple(Part(row, title, tuple(lines)) for row, title, lines in found)


def _named(sides: Sides) -> str:
    return f"{sides.recipient} ({sides.label})" if sides.label else sides.recipient


def _things(scope: Scope) -> list[str]:
    found = []
    for category, kind in OFFERED.items():
        if actions := scope.actions.get(category):
            said = [_(kind.name) + ": " + _(kind.example)]
            said += [_(words) for action, words in kind.also.items() if action & actions]
            if category is Category.CRISIS_PLAN:
                said.append(_("These parts: %(parts)s.") % {"parts": listed(_sections(scope))})
            found.append(" ".join(text if text.endswith(".") else text + "." for text in said))
    if labels := [_(words) for label, words in SENSITIVE.items() if label & scope.labels]:
        found.append(_("Also things about: %(things)s.") % {"things": listed(labels)})
    return found


def _sections(scope: Scope) -> list[str]:
    return [_(section.title) for section in SECTIONS if scope.sections & section.bit]


def _left_out(scope: Scope) -> list[str]:
    found = []
    if kinds := [_(kind.name) for category, kind in OFFERED.items() if category not in scope.actions]:
        found.append(_("Not shared: %(things)s.") % {"things": listed(kinds)})
    if labels := [_(words) for label, words in SENSITIVE.items() if not label & scope.labels]:
        found.append(_("Nothing about: %(things)s.") % {"things": listed(labels)})
    found.append(_("Never shared: what I mark as private, and notes that my team keeps for itself."))
    return found


def _until(scope: Scope) -> list[str]:
    if scope.until is None:
        return []
    found = [_("It ends by itself after %(day)s.") % {"day": dated(scope.until)}]
    newer = _("Only what is new since I began to share it with them.")
    older = _("What was there before today is included.") if scope.older else newer
    keep = (
        _("It stays open if I am too unwell to decide.")
        if scope.keep
        else _("It pauses if I am too unwell to decide, until somebody looks at it with me.")
    )
    return [*found, older, keep]


def _stopping(sides: Sides) -> list[str]:
    return [
        _("In the app: More, then “Who can see what”. One tap, no reason needed. It works at once."),
        _("Or in writing to %(who)s.") % {"who": sides.discloser},
        _("They are not told, unless I ask for it."),
    ]


def _onward(scope: Scope, part2: bool) -> list[str]:
    said = [_("Who sees it may tell others. The law may then no longer protect it.")]
    if part2 or scope.labels & Label.SUD:
        said.append(
            _(
                "Federal law (42 CFR Part 2) protects information about alcohol or drug treatment. "
                "Please do not pass it on unless the law allows it or I say yes in writing."
            )
        )
    return said


__all__ = ["REQUIRED", "TEMPLATE", "Part", "Sides", "as_json", "digest", "gaps", "read", "wording"]

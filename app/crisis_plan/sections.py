"""The sections of the plan, in our own wording. Their order is fixed; every one may be left out."""

import re
from dataclasses import dataclass

from app.language import lazy

MOST = 20  # lines in one section


@dataclass(frozen=True, slots=True)
class Section:
    """title, hint: ours; translate them where they are shown."""

    number: int
    title: str
    hint: str

    @property
    def bit(self) -> int:
        return 1 << self.number


SECTIONS = (
    Section(1, lazy("How I know a hard time is starting"), lazy("Thoughts, feelings, things I do or stop doing.")),
    Section(2, lazy("Things I can do by myself"), lazy("Small things that have helped before.")),
    Section(
        3,
        lazy("People and places that take my mind off it"),
        lazy("No need to explain anything there. A number helps, if there is one."),
    ),
    Section(4, lazy("People I can ask for help"), lazy("Their name and number, and the best way to reach them.")),
    Section(5, lazy("Professionals and services I can call"), lazy("Name, number and hours.")),
    Section(
        6,
        lazy("Making my space safer"),
        lazy(
            "What some people do is ask somebody to keep things for a while. Write what would help you, and who helps."
        ),
    ),
    Section(7, lazy("My reasons to keep going"), lazy("People, animals, plans, anything that matters to you.")),
    Section(8, lazy("What helps, and what does not"), lazy("For the people around you.")),
    Section(
        9,
        lazy("If I have to go to a hospital"),
        lazy("What you want and do not want, allergies, and who speaks for you."),
    ),
    Section(10, lazy("Home, children, pets and work"), lazy("Who looks after what, and who should be told.")),
    Section(11, lazy("Afterwards"), lazy("How to ease back in, and who checks in with you.")),
)
BY_NUMBER = {section.number: section for section in SECTIONS}


def lines_of(text: str) -> list[str]:
    """One thing on each line, as typed; empty lines fall away, and a line stands once."""
    return list(dict.fromkeys(line for raw in text.split("\n") if (line := " ".join(raw.split()))))


_NUMBER = re.compile(r"\+?\(?[0-9][0-9 ().\-\u00a0]{5,}[0-9]")


def dialled(line: str) -> list[tuple[str, str]]:
    """The line in pieces: (words, number to dial), where the number is "" for words that are none."""
    pieces, at = [], 0
    for found in _NUMBER.finditer(line):
        digits = re.sub(r"[^0-9+]", "", found.group())
        if 7 <= len(digits.lstrip("+")) <= 15:
            pieces += [(line[at : found.start()], ""), (found.group(), digits)]
            at = found.end()
    return [piece for piece in [*pieces, (line[at:], "")] if piece[0]]

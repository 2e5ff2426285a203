"""How the sample is made: the same from the same seed, kind words, numbers that ring nowhere, sizes as promised."""

import ast
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.data.sealing import Keys
from app.data.tables.appointment import Appointment
from app.data.tables.care import Contact
from app.data.tables.goal import Goal, Step
from app.data.tables.message import Message
from app.data.tables.people import Staff
from app.demo import Making, build, words
from app.demo.bulk import DEFAULTS, ORDER
from app.demo.plans import workday
from app.demo.stories import next_visit
from app.demo.town import LISTINGS, opening
from app.resource.languages import CODES
from app.resource.needs import NEEDS

NOW = datetime(2026, 5, 14, 15, 20, tzinfo=UTC)
DEMO = Path(__file__).parent.parent / "app" / "demo"
AVOIDED = re.compile(
    r"\b(no-?shows?|non-?complian\w*|refus\w*|fail\w*|resistan\w*|unmotivated|frequent\w*|suffer\w*|committ?ed|clean|dirty"
    r"|proxy|overdue|invalid|denied|session|encounter|addict\w*|junkie|schizophrenics?|bipolars?|manipulative)\b",
    re.IGNORECASE,
)


def texts() -> list[str]:
    """Every string that stands in the sample's source."""
    found = []
    for path in sorted(DEMO.glob("*.py")):
        tree = ast.parse(path.read_text())
        found += [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return [text for text in found if text != "noshow"]


@cache
def made(seed: int, clients: int = 60, some: int = 60) -> dict[str, list[tuple[Any, ...]]]:
    """The rows by table, without what sealing and hashing make random."""
    making = Making(Keys.from_seed(7), seed, clients, NOW)
    for n in range(some):
        making.client(n)
    making.accounts.open_all(making.sheet)
    return {table.__name__: [plain(row) for row in making.sheet.rows[table]] for table in ORDER}


def plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(None if isinstance(value, bytes) or str(value).startswith("1$$argon2") else value for value in row)


def test_the_same_seed_and_time_make_the_same_rows() -> None:
    first = made(3)
    made.cache_clear()
    assert made(3) == first
    assert made(5)["Person"] != first["Person"]


def test_no_word_that_hurts_is_anywhere() -> None:
    for text in texts():
        assert not AVOIDED.search(text), AVOIDED.search(text)


def test_every_telephone_number_rings_nowhere() -> None:
    numbers = [number for text in texts() for number in re.findall(r"\(\d{3}\) ?[\d-]*|\+1\d{5,}", text)]
    assert len(numbers) > 20
    for number in numbers:
        assert re.match(r"(\(207\) 555-01|\+120755501)", number), number


def test_both_languages_have_words_for_everything() -> None:
    for name in ("GOALS", "SUD_GOALS", "TALKS", "FAMILY", "COMMENTS", "CRISIS", "STRENGTHS", "PREFERENCES", "SAFE_CONTACT",
                 "WAYS", "MOVES", "SUBJECTS", "RECOMMEND", "RELATIONS", "FAMILY_SUBJECT"):  # fmt: skip
        pool = getattr(words, name)
        assert set(pool) == {"en", "es"} and all(pool.values()), name
    for language in ("en", "es"):
        assert set(words.CRISIS[language]) == {str(section) for section in range(1, 12)}
        for goal in words.GOALS[language]:
            assert goal.title and goal.why and goal.measure and len(goal.steps) >= 4
            assert {owner for owner, _, _ in goal.steps} & {"client"}


def test_names_to_use_are_not_those_of_the_staff() -> None:
    assert len(set(words.CALLED)) == len(words.CALLED) > 90
    assert not {"Dana", "Marcus", "Elena", "Kofi", "Priya", "Samuel", "Hana", "Ines", "Ray"} & set(words.CALLED)


def test_a_client_of_the_large_sample_has_as_much_as_promised() -> None:
    rows = made(1, 1000, 64)

    def most(table: type) -> Counter[str]:
        at = list(DEFAULTS[table]).index("client")
        return Counter(row[at] for row in rows[table.__name__])

    for table, count in ((Goal, 5), (Step, 20), (Appointment, 12), (Message, 60), (Contact, 25)):
        assert Counter(most(table).values())[count] >= 61, table


def test_there_is_a_case_manager_for_every_forty_clients() -> None:
    at = list(DEFAULTS[Staff]).index("role")
    roles = Counter(row[at] for row in made(1, 1000, 1)["Staff"])
    assert roles["case_manager"] == 4 + 24
    assert roles["supervisor"] == 2 + 3
    assert roles["clinician"] == 2 + 12


@pytest.mark.anyio
async def test_fewer_than_sixty_clients_are_not_made() -> None:
    with pytest.raises(ValueError, match="sixty"):
        await build(Keys.from_seed(7), seed=1, clients=59, now=NOW)


@pytest.mark.parametrize("month", [1, 3, 7, 11])
def test_the_clients_next_visit_is_today_or_tomorrow_in_working_hours(month: int) -> None:
    zone = ZoneInfo("America/New_York")
    for hour in range(24 * 9):
        now = datetime(2026, month, 1, tzinfo=UTC) + timedelta(hours=hour, minutes=17)
        visit, local = next_visit(now).astimezone(zone), now.astimezone(zone)
        assert now < next_visit(now)
        assert visit.date() in (local.date(), local.date() + timedelta(days=1))
        assert 9 <= visit.hour < 17


def test_working_days_are_counted_without_weekends() -> None:
    thursday, saturday = NOW.date(), NOW.date() + timedelta(days=2)
    assert [workday(thursday, n).isoformat()[5:] for n in (-4, -1, 0, 1, 2, 10)] == [
        "05-08", "05-13", "05-14", "05-15", "05-18", "05-28",
    ]  # fmt: skip
    assert [workday(saturday, n).isoformat()[5:] for n in (-1, 0, 1)] == ["05-15", "05-18", "05-19"]


def test_listings_use_the_directorys_own_words() -> None:
    lines = [line for block in LISTINGS.strip().split("\n\n") for line in block.splitlines()[1:]]
    used = set()
    for line in lines:
        parts = [part.strip() for part in line.split("|")]
        assert len(parts) == 9 and parts[0] and all(parts[6:]), line
        assert set(parts[1].split()) <= set(NEEDS), line
        assert set(parts[2].split()) <= set(CODES), line
        assert all(1 <= day <= 7 and opens < closes <= 1440 for day, opens, closes in opening(parts[4])), line
        used |= set(parts[1].split())
    assert used == set(NEEDS)


def test_opening_hours_are_read_as_written() -> None:
    assert opening("1-2 9-17; 6 10:30-14") == [(1, 540, 1020), (2, 540, 1020), (6, 630, 840)]

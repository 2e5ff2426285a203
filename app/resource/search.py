"""Finding a service by words, kind of help, language, cost and whether it is open now. The directory is nobody's secret.

A page takes four statements in two hops, however large the directory is: the listings, then their numbers and hours.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from app.data.engine import Statement
from app.data.piccolo_conf import DB
from app.resource.found import FROM, SHOWN, Found, dressed
from app.resource.languages import CODES
from app.resource.needs import NEEDS

PAGE = 20
WORDS = 12  # of a query; more of them find nothing more
DEEPEST = 250  # pages
OLD = timedelta(days=3 * 365)  # vouched for longer ago than this, a listing sinks like one with a report

_WORD = re.compile(r"[^\W_]+")
_SMALL = frozenset(
    """a an and are at can do for from get help how i in is me my near need of on or the to want where with
    al con de del el en la las lo los mi necesito para por que un una y""".split()  # noqa: SIM905
)
_OPEN = "h.weekday = {weekday} AND h.opens <= {minute} AND h.closes > {minute}"
# A service's own hours are the ones that count; the place's hours count for a service that gives none.
_OPEN_NOW = f"""(s.id IN (SELECT h.service FROM schedule h WHERE h.service IS NOT NULL AND {_OPEN})
    OR (s.id NOT IN (SELECT h.service FROM schedule h WHERE h.service IS NOT NULL)
        AND s.id IN (SELECT sl.service FROM service_at_location sl JOIN schedule h ON h.location = sl.location
                     WHERE h.service IS NULL AND {_OPEN})))"""
_STALE = "(1 + s.reports + CASE WHEN s.assured < {old} THEN 1 ELSE 0 END)"


@dataclass(frozen=True, slots=True)
class Query:
    """What a person asks for. `words` as typed; need and language: codes, "" for any."""

    words: str = ""
    need: str = ""
    language: str = ""
    free: bool = False
    open_now: bool = False
    page: int = 1

    @property
    def narrowed(self) -> bool:
        """Anything at all was asked."""
        return bool(self.words.strip() or self.need or self.language or self.free or self.open_now)

    def params(self, **changes: Any) -> dict[str, str]:
        """For a link to the same search, changed."""
        asked = replace(self, **{"page": 1, **changes})
        texts = {"q": asked.words, "need": asked.need, "language": asked.language, "free": "1" if asked.free else ""}
        texts |= {"open": "1" if asked.open_now else "", "page": str(asked.page) if asked.page > 1 else ""}
        return {name: text for name, text in texts.items() if text}


@dataclass(frozen=True, slots=True)
class Results:
    query: Query
    listings: list[Found] = field(default_factory=list)
    total: int = 0

    @property
    def pages(self) -> int:
        return min(-(-self.total // PAGE), DEEPEST)


async def search(query: Query, *, now: datetime, zone: str) -> Results:
    """One page of what was asked for, best first; what was reported wrong sinks. Nothing typed can break it."""
    query = tidy(query)
    tokens = words(query.words)
    if query.words.strip() and not tokens:
        return Results(query)
    asked = (bool(tokens), bool(query.need), bool(query.language), query.free, query.open_now)
    values = _values(query, tokens, now, zone)
    rows = (await DB.run((_statement(DB.postgres, *asked), values)))[0]
    if not rows:
        return Results(query)
    return Results(query, await dressed(rows, now=now, zone=zone), rows[0]["total"])


def tidy(query: Query) -> Query:
    """Filters that we know, and a page that can exist."""
    return replace(
        query,
        words=query.words[:200],
        need=query.need if query.need in NEEDS else "",
        language=query.language if query.language in CODES else "",
        page=min(max(query.page, 1), DEEPEST),
    )


def words(typed: str) -> list[str]:
    """The words that count, without accents. Small words count only when there are no others."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", typed.lower()) if not unicodedata.combining(c))
    found = _WORD.findall(bare)
    telling = [word for word in found if word not in _SMALL]
    return list(dict.fromkeys(telling or found))[:WORDS]


def _terms(tokens: Sequence[str]) -> list[tuple[str, bool]]:
    """(word, is a beginning): the last one is still being typed; a plural also finds its singular."""
    last = len(tokens) - 1
    plural = [len(word) > 3 and word.endswith("s") and not word.endswith("ss") for word in tokens]
    return [
        (word[:-1] if many else word, many or number == last)
        for number, (word, many) in enumerate(zip(tokens, plural, strict=True))
    ]


def match(tokens: Sequence[str], postgres: bool) -> str:
    """The full-text query of each engine. Tokens are letters and digits alone, so nothing in them is syntax."""
    if postgres:
        return " & ".join(f"{word}:*" if start else word for word, start in _terms(tokens))
    return " ".join(f'"{word}"*' if start else f'"{word}"' for word, start in _terms(tokens))


def _values(query: Query, tokens: Sequence[str], now: datetime, zone: str) -> dict[str, Any]:
    local = now.astimezone(ZoneInfo(zone))
    return {
        "match": match(tokens, DB.postgres) if tokens else "",
        "need": f"% {query.need} %",
        "language": f"% {query.language} %",
        "weekday": local.isoweekday(),
        "minute": local.hour * 60 + local.minute,
        "old": (now - OLD).date(),
        "limit": PAGE,
        "skip": (query.page - 1) * PAGE,
    }


@cache
def _statement(postgres: bool, by_words: bool, need: bool, language: bool, free: bool, open_now: bool) -> Statement:
    narrowed = ["s.state = 'active'"]
    narrowed += ["(' ' || s.needs || ' ') LIKE {need}"] if need else []
    narrowed += ["(' ' || s.languages || ' ') LIKE {language}"] if language else []
    narrowed += ["s.free"] if free else []
    narrowed += [_OPEN_NOW] if open_now else []
    where = " AND ".join(narrowed)
    if not by_words:
        return _page(f"{_STALE} AS rank FROM service s WHERE {where}")
    if postgres:
        rank = f"-ts_rank(s.found_by, to_tsquery('simple', {{match}})) / {_STALE} AS rank"
        return _page(f"{rank} FROM service s WHERE {where} AND s.found_by @@ to_tsquery('simple', {{match}})")
    # bm25 is negative, lower is better; it cannot stand beside a window function, hence the first step.
    hits = """WITH f AS MATERIALIZED (SELECT rowid AS number, bm25(service_fts, 10.0, 1.0) AS score
        FROM service_fts WHERE service_fts MATCH {match}) """
    return _page(f"f.score / {_STALE} AS rank FROM f CROSS JOIN service s WHERE s.number = f.number AND {where}", hits)


def _page(ranked: str, before: str = "") -> Statement:
    """The long texts are fetched for the listings of the page alone."""
    return Statement(
        f"""{before}SELECT {SHOWN}, p.total FROM
        (SELECT s.id AS id, lower(s.name) AS name, COUNT(*) OVER () AS total, {ranked}
         ORDER BY rank, lower(s.name), s.id LIMIT {{limit}} OFFSET {{skip}}) p
        JOIN {FROM.replace("service s", "service s ON s.id = p.id", 1)} ORDER BY p.rank, p.name, p.id""",
        aside=True,
    )

"""One service as the directory shows it, and the words it is found by."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from app.resource.cells import Parts, day, web_address
from app.resource.languages import languages_of
from app.resource.needs import ALSO, needs_of
from app.resource.rows import Repairs, Row, line

STATES = {
    "": "active",
    "active": "active",
    "inactive": "inactive",
    "defunct": "inactive",
    "temporarily closed": "closed",
}
WORDS = 50_000  # characters of a listing that it can be found by
_FREE = re.compile(
    r"(none|free|no (fees?|charges?|costs?)|there (is|are) no (fees?|charges?|costs?))\b|[$£€]?0(\.00)?\.?\Z", re.I
)
_NOT_FREE = re.compile(r"[$£€]\s*[1-9]|\d%|premium|\bexcept|\bbut\b|unless|however|\bsome\b|\bmost\b|if eligible", re.I)


def service_values(
    row: Row, parts: Parts, terms: Sequence[str], extra: dict[str, Any], repairs: Repairs
) -> dict[str, Any]:
    headline = " ".join((row.get("name"), row.get("alternate_name"), row.get("keywords")))
    fees = _fees(row, parts)
    return {
        "name": line(row.get("name", "alternate_name")),
        "description": row.get("description"),
        "eligibility": _joined(row.get("eligibility_description"), parts.get("eligibilities", ()), "eligibility"),
        "how_to_apply": row.get("application_process"),
        "fees": fees,
        "free": is_free(fees),
        "needs": " ".join(needs_of(headline, row.get("description"), terms)),
        "languages": " ".join(_languages(row, parts)),
        "url": web_address(row, extra, repairs),
        "email": row.get("email"),
        "area": line(_joined(row.get("service_areas"), parts.get("service_areas", ()), "name", "description")),
        "state": _state(row, repairs),
        "assured": day(row, "assured_date", repairs),
    }


def service_words(row: Row, values: Mapping[str, Any], terms: Sequence[str], agency: str, places: Sequence[str]) -> str:
    """Everything a person may type to find it. The kind of help counts in both languages."""
    kinds = [ALSO[need] for need in values["needs"].split()]
    told = (row.get("alternate_name"), row.get("keywords"), agency, *places, *terms, values["area"])
    return " ".join(part for part in (*told, values["description"], values["eligibility"], *kinds) if part)[:WORDS]


def is_free(fees: str) -> bool:
    """Only what says plainly that nothing is asked; a doubt is not free."""
    return bool(_FREE.match(fees)) and not _NOT_FREE.search(fees)


def _fees(row: Row, parts: Parts) -> str:
    said = row.get("fees_description", "fees")
    costs = [_cost(part) for part in parts.get("cost_options", ())]
    return line(" · ".join(text for text in (said, *costs) if text))


def _cost(part: Row) -> str:
    amount = " ".join(
        text for text in (part.get("amount"), part.get("currency").upper(), part.get("amount_description")) if text
    )
    return ": ".join(text for text in (part.get("option"), amount) if text)


def _joined(own: str, rows: Sequence[Row], *columns: str) -> str:
    said = [own, *(row.get(*columns) for row in rows)]
    return "\n".join(dict.fromkeys(text for text in said if text))


def _languages(row: Row, parts: Parts) -> list[str]:
    listed = [part.get(column) for part in parts.get("languages", ()) for column in ("code", "language", "name")]
    return languages_of(row.get("languages"), row.get("interpretation_services"), *listed)


def _state(row: Row, repairs: Repairs) -> str:
    written = row.get("status").lower()
    if written not in STATES:
        repairs.at(row, f"the status {written[:40]} is not one of HSDS", "taken as active")
    return STATES.get(written, "active")

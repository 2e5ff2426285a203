"""Searching the directory, on either engine: what is found, in what order, and at a constant cost."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.data.piccolo_conf import DB
from app.data.tables.resource import Directory, Location, Organization, Phone, Schedule, Service, ServiceAtLocation
from app.resource.found import Found
from app.resource.index import index
from app.resource.search import PAGE, Query, search, words

pytestmark = pytest.mark.anyio
ZONE = "America/Chicago"
MONDAY_NOON = datetime(2026, 11, 23, 18, tzinfo=UTC)  # in Chicago
_NUMBERS = count(1)


async def a_directory(**values: Any) -> UUID:
    row = Directory(**({"name": f"town-{next(_NUMBERS)}"} | values))
    await Directory.insert(row)
    return row.id


async def a_service(directory: UUID, name: str, **values: Any) -> UUID:
    number = next(_NUMBERS)
    row = Service(directory=directory, name=name, number=number, source_id=str(number), **values)
    await Service.insert(row)
    await index()
    return row.id


async def a_place(directory: UUID, service: UUID, **values: Any) -> UUID:
    row = Location(directory=directory, source_id=str(next(_NUMBERS)), **values)
    await Location.insert(row)
    await ServiceAtLocation.insert(ServiceAtLocation(service=service, location=row.id))
    return row.id


async def hours(directory: UUID, weekday: int, opens: int, closes: int, **of: UUID) -> None:
    row = Schedule(
        directory=directory, source_id=str(next(_NUMBERS)), weekday=weekday, opens=opens * 60, closes=closes * 60, **of
    )
    await Schedule.insert(row)


async def find(typed: str = "", at: datetime = MONDAY_NOON, **asked: Any) -> list[Found]:
    return (await search(Query(typed, **asked), now=at, zone=ZONE)).listings


async def names(typed: str = "", at: datetime = MONDAY_NOON, **asked: Any) -> list[str]:
    return [one.name for one in await find(typed, at, **asked)]


async def test_words_are_found_in_any_order_without_accents_and_while_typing(database: str) -> None:
    town = await a_directory()
    await a_service(town, "Despensa de la Compañía", search="Alimentos para familias, José Martí")
    await a_service(town, "Harbor Food Pantry", search="Groceries on Tuesdays")
    assert await names("compania") == ["Despensa de la Compañía"]
    assert await names("JOSÉ alimentos") == ["Despensa de la Compañía"]
    assert await names("grocer") == ["Harbor Food Pantry"]
    assert await names("grocer pantry") == []
    assert await names("pantries") == []
    assert await names("where is the pantry") == ["Harbor Food Pantry"]
    assert await names("tuesday") == ["Harbor Food Pantry"]
    assert await names("pantrys") == ["Harbor Food Pantry"]


async def test_a_name_counts_for_more_than_a_description(database: str) -> None:
    town = await a_directory()
    await a_service(town, "Library", search="Legal clinic once a month in the reading room")
    await a_service(town, "Legal clinic", search="Lawyers")
    assert await names("legal clinic") == ["Legal clinic", "Library"]


async def test_what_was_reported_wrong_or_is_old_sinks(database: str) -> None:
    town = await a_directory()
    for name, values in {"A": {"reports": 3}, "B": {"assured": date(2015, 1, 1)}, "C": {}}.items():
        await a_service(town, f"Meals {name}", search="meals", **values)
    assert await names("meals") == ["Meals C", "Meals B", "Meals A"]
    assert await names() == ["Meals C", "Meals B", "Meals A"]


async def test_filters_narrow_by_need_language_and_cost(database: str) -> None:
    town = await a_directory()
    await a_service(town, "Both", needs="housing food", languages="es vi", free=True)
    await a_service(town, "Housing", needs="housing", languages="ase")
    assert await names(need="housing") == ["Both", "Housing"]
    assert await names(need="food") == ["Both"]
    assert await names(language="es") == ["Both"]
    assert await names(language="as") == ["Both", "Housing"]  # no language of ours: no filter
    assert await names(free=True) == ["Both"]
    assert await names("housing", need="housing", free=True) == []
    assert await names(need="%") == ["Both", "Housing"]


async def test_only_listed_services_are_found(database: str) -> None:
    town = await a_directory()
    await a_service(town, "Gone", state="inactive")
    await a_service(town, "Shut", state="closed")
    assert await names() == []


async def test_open_now_goes_by_the_clock_of_the_place(database: str) -> None:
    town = await a_directory()
    desk = await a_service(town, "Desk")
    await hours(town, 1, 9, 17, service=desk)
    assert await names(open_now=True) == ["Desk"]
    assert (await find())[0].until == 17 * 60
    closing = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)  # 5 PM in Chicago
    assert await names(at=closing, open_now=True) == []
    assert (await find(at=closing))[0].until is None
    assert await names(at=datetime(2026, 11, 24, 3, tzinfo=UTC), open_now=True) == []  # 9 PM, still Monday there


async def test_a_services_own_hours_count_before_those_of_its_place(database: str) -> None:
    town = await a_directory()
    clinic, library = await a_service(town, "Clinic"), await a_service(town, "Library")
    for service, place in ((clinic, await a_place(town, clinic)), (library, await a_place(town, library))):
        await hours(town, 1, 9, 21, location=place)
        if service == clinic:
            await hours(town, 2, 9, 12, service=clinic)
    assert await names(open_now=True) == ["Library"]
    listings = {one.name: one.until for one in await find()}
    assert listings == {"Clinic": None, "Library": 21 * 60}


async def test_hours_that_are_only_text_are_never_open(database: str) -> None:
    town = await a_directory()
    service = await a_service(town, "By appointment")
    await Schedule.insert(Schedule(directory=town, source_id="x", service=service, text="Monday 9–17"))
    assert await names(open_now=True) == []


async def test_the_number_shown_is_one_to_call(database: str) -> None:
    town = await a_directory(sample=True)
    agency = Organization(directory=town, source_id="o", name="Agency")
    await Organization.insert(agency)
    service = await a_service(town, "Desk", organization=agency.id)
    place = await a_place(town, service, address="1 Main St", city="Harbor")
    for source, values in enumerate(
        (
            {"organization": agency.id, "number": "3", "dial": "+13"},
            {"location": place, "number": "2", "dial": "+12"},
            {"service": service, "number": "fax", "dial": "+10", "kind": "fax"},
            {"service": service, "number": "call us"},
        )
    ):
        await Phone.insert(Phone(directory=town, source_id=str(source), **values))
    (desk,) = await find()
    assert desk.phone is not None
    assert desk.phone.dial == "+12"
    assert (desk.agency, desk.place, desk.sample) == ("Agency", "1 Main St, Harbor", True)
    await Phone.insert(Phone(directory=town, source_id="x", service=service, number="1", dial="+11"))
    assert (await find())[0].phone.dial == "+11"  # type: ignore[union-attr]


async def test_pages_hold_twenty_and_cost_the_same(database: str) -> None:
    town = await a_directory()
    await Service.insert(
        *(
            Service(directory=town, name=f"Meals {n:03}", number=n, source_id=str(n), search="meals")
            for n in range(1, 46)
        )
    )
    await index()
    seen: list[str] = []
    costs = set()
    for page in (1, 2, 3):
        before = DB.statements
        results = await search(Query("meals", page=page), now=MONDAY_NOON, zone=ZONE)
        costs.add(DB.statements - before)
        seen += [one.name for one in results.listings]
    assert (results.total, results.pages, len(set(seen)), len(results.listings)) == (45, 3, 45, 5)
    assert costs == {4}
    assert len(await find("meals")) == PAGE
    assert await names("meals", page=10**9) == []
    assert len(await find("meals", page=-5)) == PAGE


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.one_of(st.text(max_size=60), st.text("\"'*()&|!:<->^{}%_\\ abNEAROR\x00\ud800", max_size=40)))
async def test_nothing_that_is_typed_breaks_the_search(database: str, typed: str) -> None:
    results = await search(Query(typed, need=typed, language=typed), now=MONDAY_NOON, zone=ZONE)
    assert results.listings == []
    assert all(word.isalnum() for word in words(typed))


def test_a_link_to_the_same_search_keeps_what_was_asked() -> None:
    query = Query("food", need="food", free=True, page=3)
    assert query.params(open_now=True) == {"q": "food", "need": "food", "free": "1", "open": "1"}
    assert query.params(page=2)["page"] == "2"
    assert not Query().narrowed

"""Help near me: what a client keeps, what the team suggests, what is reported, and the pages that show it."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from app.access import Action, Category
from app.data.piccolo_conf import DB
from app.data.tables.audit import AccessEvent
from app.data.tables.resource import (
    Location,
    Phone,
    ResourceReport,
    SavedResource,
    Schedule,
    Service,
    ServiceAtLocation,
)
from app.errors import NotFound, Refused
from app.resource import saved
from app.resource.detail import detail
from tests.factories import (
    a_client,
    a_goal,
    a_grant,
    a_person,
    a_relationship,
    a_service,
    a_staff,
    access_for,
    on_team,
)
from tests.http import FRAGMENT, goes_to, hidden

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("database")]
SignIn = Callable[..., Awaitable[httpx.AsyncClient]]
ZONE = "America/New_York"


async def a_case_manager(client: UUID) -> UUID:
    dana = await a_staff("case_manager", "Dana")
    await on_team(client, dana)
    return dana


async def on_list(person: UUID, **where: Any) -> dict[str, str]:
    """What stands on the list, as this viewer sees it: name -> note."""
    shelf = await saved.shelf(await access_for(person, **where), zone=ZONE)
    return {one.listing.name: one.note for one in (*shelf.suggested, *shelf.found)}


# The rules


async def test_saving_removing_and_undoing_are_each_done_once() -> None:
    maya, pantry = await a_client(), await a_service()
    access = await access_for(maya)
    for kept in (True, True, False, False, True):
        await saved.keep(access, pantry, kept=kept)
    assert await on_list(maya) == {"Harbor Pantry": ""}
    assert await SavedResource.count() == 1
    acts = [row["action"] for row in await AccessEvent.select(AccessEvent.action).order_by(AccessEvent.seq)]
    assert acts == ["save", "remove", "save"]


async def test_a_suggestion_carries_its_note_and_who_made_it() -> None:
    maya, pantry = await a_client(), await a_service()
    dana = await a_case_manager(maya)
    await saved.suggest(await access_for(dana, client=maya), pantry, note="Kind in the mornings")
    shelf = await saved.shelf(await access_for(maya), zone=ZONE)
    assert [(one.suggested_by, one.note, one.saved) for one in shelf.suggested] == [
        ("Dana", "Kind in the mornings", False)
    ]
    row = (await SavedResource.objects())[0]
    assert b"Kind" not in row.note

    await saved.keep(await access_for(maya), pantry, kept=False)
    assert await on_list(maya) == {}
    await saved.keep(await access_for(maya), pantry, kept=True)
    assert await on_list(maya) == {"Harbor Pantry": "Kind in the mornings"}


async def test_a_suggestion_taken_back_leaves_what_the_client_saved() -> None:
    maya, pantry, beds = await a_client(), await a_service(), await a_service("Beds")
    access = await access_for(await a_case_manager(maya), client=maya)
    await saved.keep(await access_for(maya), pantry, kept=True)
    for service in (pantry, beds):
        await saved.suggest(access, service, note="Look")
        await saved.withdraw(access, service)
    assert await on_list(maya) == {"Harbor Pantry": ""}
    with pytest.raises(NotFound):
        await saved.withdraw(access, beds)


async def test_only_the_client_saves_and_only_the_team_suggests() -> None:
    maya, pantry = await a_client(), await a_service()
    dana, rosa = await a_case_manager(maya), await a_person("Rosa")
    tie = await a_relationship(maya, rosa)
    await a_grant(maya, rosa, Category.RESOURCES, Action.SEE | Action.PROPOSE | Action.EDIT)
    with pytest.raises(Refused):
        await saved.keep(await access_for(dana, client=maya), pantry, kept=True)
    with pytest.raises(Refused):
        await saved.suggest(await access_for(rosa, relationship=tie), pantry, note="")
    with pytest.raises(NotFound):
        await saved.keep(await access_for(maya), uuid4(), kept=True)
    assert await SavedResource.count() == 0


async def test_a_supporter_sees_the_list_only_where_it_was_granted() -> None:
    maya, pantry = await a_client(), await a_service()
    await saved.keep(await access_for(maya), pantry, kept=True)
    rosa, ines = await a_person("Rosa"), await a_person("Ines")
    await a_grant(maya, rosa, Category.RESOURCES)
    await a_grant(maya, ines, Category.GOALS)
    assert await on_list(rosa, relationship=await a_relationship(maya, rosa)) == {"Harbor Pantry": ""}
    assert await on_list(ines, relationship=await a_relationship(maya, ines)) == {}


async def test_one_person_sinks_a_listing_once_and_may_take_it_back() -> None:
    maya, leo, pantry = await a_client(), await a_client("Leo"), await a_service()
    viewer, other = (await access_for(maya)).viewer, (await access_for(leo)).viewer

    async def reports() -> int:
        rows = await Service.select(Service.reports).where(Service.id == pantry)
        return rows[0]["reports"]

    await saved.report(viewer, pantry, "dead_number")
    await saved.report(viewer, pantry, "full")
    await saved.report(other, pantry, "full")
    assert await reports() == 2
    assert await saved.my_report(viewer, pantry) == "full"
    await saved.take_back(viewer, pantry, now=datetime.now(UTC))
    assert (await reports(), await saved.my_report(viewer, pantry)) == (1, "")
    with pytest.raises(Refused):
        await saved.settle(viewer, pantry, now=datetime.now(UTC))
    dana = (await access_for(await a_case_manager(maya), client=maya)).viewer
    await saved.settle(dana, pantry, now=datetime(2026, 11, 25, 12, tzinfo=UTC))
    assert await reports() == 0
    row = (await Service.objects().where(Service.id == pantry))[0]
    assert row.assured.isoformat() == "2026-11-25"
    assert await ResourceReport.count().where(ResourceReport.resolved_at.is_null()) == 0


async def test_the_first_kinds_of_help_are_those_of_the_plan() -> None:
    maya = await a_client()
    await a_goal(maya, domain="work", position=1)
    await a_goal(maya, domain="housing", position=0)
    assert await saved.usual_needs(await access_for(maya)) == ["housing", "employment", "food"]
    assert await saved.usual_needs(await access_for(await a_client("Leo"))) == ["housing", "food", "transport"]


async def test_the_detail_puts_a_number_to_call_first_and_keeps_hours_as_words() -> None:
    pantry = await a_service()
    town = (await Service.select(Service.directory).where(Service.id == pantry))[0]["directory"]
    place = Location(directory=town, source_id="l", name="Hall", address="1 Main St", city="Wren", postcode="21201")
    await Location.insert(place)
    await ServiceAtLocation.insert(ServiceAtLocation(service=pantry, location=place.id))
    await Phone.insert(
        Phone(directory=town, source_id="f", service=pantry, number="fax", dial="+14108360124", kind="fax"),
        Phone(directory=town, source_id="d", service=pantry, number="410 836 0123", dial="+14108360123", extension="7"),
        Phone(directory=town, source_id="o", location=place.id, number="x", dial="+14108360125"),
    )
    await Schedule.insert(
        Schedule(directory=town, source_id="1", location=place.id, weekday=3, opens=540, closes=1020),
        Schedule(directory=town, source_id="2", location=place.id, weekday=7),
        Schedule(directory=town, source_id="3", location=place.id, text="Monday 10–4, or so"),
    )
    found = await detail(pantry, now=datetime(2026, 11, 25, 17, tzinfo=UTC), zone=ZONE)
    assert [(one.dial, one.kind) for one in found.numbers] == [("+14108360123", "voice"), ("+14108360124", "fax")]
    assert found.places[0].town == "Wren 21201"
    assert found.places[0].hours.days == ((3, ((540, 1020),)), (7, ()))
    assert found.places[0].hours.notes == ("Monday 10–4, or so",)
    assert found.until == 1020
    with pytest.raises(NotFound):
        await detail(uuid4(), now=datetime.now(UTC), zone=ZONE)


# The client's pages


async def test_client_searches_saves_and_undoes(sign_in: SignIn) -> None:
    maya = await a_client()
    pantry = await a_service(description="Bread & more", free=True, sample=True)
    http = await sign_in(maya)
    page = await http.get("/me/resources")
    assert (page.status_code, "Nothing saved yet" in page.text) == (200, True)
    page = await http.get("/me/resources", params={"q": "food"})
    assert "1 place" in page.text
    assert "Bread &amp; more" in page.text
    assert 'href="tel:+14108360123;ext=7"' in page.text
    assert "(410) 836-0123, extension 7" in page.text
    assert "Sample data" in page.text
    answer = await http.post(f"/me/resources/{pantry}/saved", data={"back": "list"})
    assert goes_to(answer) == "/me/resources#kept"
    page = await http.get("/me/resources?q=food")
    assert "On your list" in page.text
    answer = await http.post(f"/me/resources/{pantry}/removal", data={"back": "list"})
    page = await http.get(goes_to(answer).split("#")[0])
    assert "Removed from your list." in page.text
    assert f'action="/me/resources/{pantry}/saved"' in page.text


async def test_the_search_answers_a_fragment_to_htmx_and_a_page_without(sign_in: SignIn) -> None:
    await a_service()
    http = await sign_in(await a_client())
    fragment = await http.get("/me/resources?q=food", headers=FRAGMENT)
    assert fragment.text.lstrip().startswith('<section id="results"')
    assert "<html" in (await http.get("/me/resources?q=food")).text


@pytest.mark.parametrize(
    ("query", "status"),
    [("q=%22%27%28%2A", 200), ("q=zebra", 200), ("need=nothing&language=xx&page=-3", 200), ("page=99999&free=1", 200),
     ("q=" + "x" * 300, 422)],
)  # fmt: skip
async def test_hostile_searches_give_the_page_back(sign_in: SignIn, query: str, status: int) -> None:
    await a_service()
    page = await (await sign_in(await a_client())).get(f"/me/resources?{query}")
    assert page.status_code == status
    assert 'role="search"' in page.text
    assert ("Error: " in page.text) == (status == 422)


async def test_the_service_page_shows_what_is_known_and_takes_a_report(sign_in: SignIn) -> None:
    pantry = await a_service(
        how_to_apply="Walk in.", fees="Free", free=True, languages="es ase", needs="food", url="https://pantry.example",
        extra='{"required_documents": [{"document": "A letter"}], "languages": "Limited Spanish."}', sample=True,
    )  # fmt: skip
    http = await sign_in(await a_client())
    page = await http.get(f"/me/resources/{pantry}")
    for words in (
        "Walk in.",
        "A letter",
        "Limited Spanish.",
        "American Sign Language",
        "sample data",
        "https://pantry.example",
    ):
        assert words in page.text
    wrong = await http.post(f"/me/resources/{pantry}/reports", data={"kind": "rude"})
    assert (wrong.status_code, "Choose one from the list." in wrong.text) == (422, True)
    assert (await http.post(f"/me/resources/{pantry}/reports", data={})).status_code == 422
    answer = await http.post(f"/me/resources/{pantry}/reports", data={"kind": "dead_number"})
    page = await http.get(goes_to(answer).split("#")[0])
    assert "You told us: “The number does not work”" in page.text
    answer = await http.post(f"/me/resources/{pantry}/reports/withdrawal", data={})
    assert "You told us" not in (await http.get(goes_to(answer).split("#")[0])).text


async def test_saving_by_htmx_swaps_the_buttons(sign_in: SignIn) -> None:
    pantry = await a_service()
    http = await sign_in(await a_client())
    kept = await http.post(f"/me/resources/{pantry}/saved", data={}, headers=FRAGMENT)
    assert kept.text.lstrip().startswith('<div id="keep"')
    assert "On your list. Remove it" in kept.text
    gone = await http.post(f"/me/resources/{pantry}/removal", data={}, headers=FRAGMENT)
    assert "Removed from your list." in gone.text
    assert goes_to(await http.post(f"/me/resources/{pantry}/removal", data={})).endswith("?removed=1")


async def test_saving_from_a_search_goes_back_to_that_search(sign_in: SignIn) -> None:
    pantry = await a_service()
    http = await sign_in(await a_client())
    page = await http.get("/me/resources?q=food&free=0&page=1")
    answer = await http.post(f"/me/resources/{pantry}/saved", data={"back": "list", "search": hidden(page, "search")})
    assert goes_to(answer) == f"/me/resources?q=food#s-{pantry}"
    strange = await http.post(f"/me/resources/{pantry}/saved", data={"search": "//evil.example?need=x&%zz"})
    assert goes_to(strange) == f"/me/resources/{pantry}"


async def test_unknown_services_are_the_not_found_page(sign_in: SignIn) -> None:
    http = await sign_in(await a_client())
    assert (await http.get(f"/me/resources/{uuid4()}")).status_code == 404
    assert (await http.get("/me/resources/1")).status_code == 404
    for path in ("saved", "removal", "reports", "reports/withdrawal"):
        assert (await http.post(f"/me/resources/{uuid4()}/{path}", data={"kind": "full"})).status_code == 404
    assert await SavedResource.count() == 0
    assert (await http.get("/me/resources?removed=nonsense")).status_code == 200


async def test_a_listing_that_is_gone_says_so_to_those_who_kept_it(sign_in: SignIn) -> None:
    maya, pantry = await a_client(), await a_service(state="inactive")
    await saved.keep(await access_for(maya), pantry, kept=True)
    http = await sign_in(maya)
    assert "Not listed any more" in (await http.get("/me/resources")).text
    assert "This is not listed any more" in (await http.get(f"/me/resources/{pantry}")).text


async def test_a_supporter_searches_but_changes_nothing(sign_in: SignIn) -> None:
    maya, pantry, rosa = await a_client(), await a_service(), await a_person("Rosa")
    tie = await a_relationship(maya, rosa)
    await a_grant(maya, rosa, Category.RESOURCES)
    http = await sign_in(rosa)
    page = await http.get(f"/with/{tie}/resources?q=food")
    assert "Harbor Pantry" in page.text
    assert "/saved" not in page.text
    assert (await http.post(f"/with/{tie}/resources/{pantry}/saved", data={})).status_code == 403
    assert (await http.get(f"/with/{tie}/resources/{pantry}")).status_code == 200


# The staff's pages


async def test_case_manager_suggests_a_place_and_the_client_reads_it_first(sign_in: SignIn) -> None:
    maya, pantry = await a_client(), await a_service()
    dana = await a_case_manager(maya)
    http = await sign_in(dana)
    base = f"/staff/clients/{maya}/resources"
    assert "Harbor Pantry" in (await http.get(f"{base}?q=food")).text
    answer = await http.post(f"{base}/{pantry}/suggestion", data={"note": "Ask for Jo <3"})
    assert goes_to(answer) == f"{base}#kept"
    assert "Suggested by Dana" in (await http.get(base)).text
    assert "Take the suggestion back" in (await http.get(f"{base}/{pantry}")).text
    page = await (await sign_in(maya)).get("/me/resources")
    assert "Suggested to you" in page.text
    assert "Ask for Jo &lt;3" in page.text
    assert goes_to(await http.post(f"{base}/{pantry}/withdrawal", data={})) == f"{base}/{pantry}"
    too_long = await http.post(f"{base}/{pantry}/suggestion", data={"note": "x" * 5000})
    assert (too_long.status_code, "x" * 5000 in too_long.text) == (422, True)


async def test_staff_settle_what_was_reported(sign_in: SignIn) -> None:
    maya, pantry = await a_client(), await a_service()
    await saved.report((await access_for(maya)).viewer, pantry, "wrong_hours")
    http = await sign_in(await a_case_manager(maya))
    page = await http.get(f"/staff/resources/{pantry}")
    assert "The hours are wrong, " in page.text
    assert "Maya" not in page.text
    answer = await http.post(f"/staff/resources/{pantry}/check", data={})
    page = await http.get(goes_to(answer))
    assert "Nobody has told us" in page.text
    assert "Last checked today" in page.text
    assert goes_to(await http.post(f"/staff/resources/{pantry}/reports", data={"kind": "full"}))
    assert (await http.post(f"/staff/resources/{pantry}/reports", data={})).status_code == 422
    assert "1 place" in (await http.get("/staff/resources?q=pantry")).text


async def test_a_client_elsewhere_is_not_found(sign_in: SignIn) -> None:
    maya, pantry = await a_client(), await a_service()
    http = await sign_in(await a_staff("case_manager", "Marcus"))
    base = f"/staff/clients/{maya}/resources"
    for answer in (
        await http.get(base),
        await http.get(f"{base}/{pantry}"),
        await http.post(f"{base}/{pantry}/suggestion", data={}),
    ):
        assert answer.status_code == 404


async def test_pages_cost_the_same_however_much_is_kept(sign_in: SignIn) -> None:
    maya = await a_client()
    access = await access_for(maya)
    http = await sign_in(maya)
    costs = []
    for more in (1, 12):
        for _ in range(more):
            await saved.keep(access, await a_service(), kept=True)
        await http.get("/me/resources?q=food")
        before = DB.statements
        await http.get("/me/resources?q=food")
        costs.append(DB.statements - before)
    assert costs[0] == costs[1] < 25

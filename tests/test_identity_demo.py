"""Being somebody with one click is there in the sample organisation alone."""

from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID, uuid4

import httpx
import pytest
from litestar import Litestar

from app.config import Config, WrongSetting
from app.data.sealing import Keys
from app.data.tables.identity import Session
from app.identity.demo import ticket
from app.web.policy import handlers
from tests.factories import a_client, a_person, an_organisation
from tests.http import goes_to, hidden, served
from tests.identity import an_account

pytestmark = pytest.mark.anyio


@pytest.fixture
async def sample(config: Config, keys: Keys) -> AsyncIterator[httpx.AsyncClient]:
    """A browser at the sample organisation."""
    from app.main import create_app

    built = create_app(replace(config, public_url="https://localhost", demo=True), keys=keys, own_pool=False)
    async with built.lifespan():
        transport = served(built)
        headers = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
        async with httpx.AsyncClient(transport=transport, base_url="https://localhost", headers=headers) as client:
            yield client


async def someone(keys: Keys) -> UUID:
    await an_organisation()
    client = await a_client()
    await an_account(client, keys)
    return client


async def test_one_click_signs_in_where_the_sample_is_served(sample: httpx.AsyncClient, keys: Keys) -> None:
    client = await someone(keys)
    assert goes_to(await sample.get(f"/demo/as/{client}/{ticket(keys, client)}")) == "/"
    assert goes_to(await sample.get("/")) == "/me/today"


async def test_a_button_signs_in_where_the_sample_is_served(sample: httpx.AsyncClient, keys: Keys) -> None:
    client = await someone(keys)
    csrf = hidden(await sample.get("/sign-in"), "_csrf")
    assert goes_to(await sample.post("/demo/sign-in", data={"_csrf": csrf, "person": str(client)})) == "/"
    assert (await Session.select(Session.factors))[0]["factors"] == "demo"


async def test_a_ticket_is_for_one_person_of_one_sample(sample: httpx.AsyncClient, keys: Keys) -> None:
    client = await someone(keys)
    other = await a_person("Rosa")
    for wrong in ("0" * 32, "é", ticket(keys, other), ticket(Keys.from_seed(8), client)):
        assert (await sample.get(f"/demo/as/{client}/{wrong}")).status_code == 404
    assert (await sample.get(f"/demo/as/{other}/{ticket(keys, other)}")).status_code == 404, "who has no account"
    for wrong in ("", "x", str(uuid4())):
        csrf = hidden(await sample.get("/sign-in"), "_csrf")
        assert (await sample.post("/demo/sign-in", data={"_csrf": csrf, "person": wrong})).status_code == 404
    assert await Session.count() == 0


async def test_nowhere_else_is_there_such_a_way_in(app: Litestar, http: httpx.AsyncClient, keys: Keys) -> None:
    client = await someone(keys)
    assert not [path for path, _ in handlers(app) if "demo" in path or path == "/people"]
    absent = await http.get("/nowhere")
    one_click = await http.get(f"/demo/as/{client}/{ticket(keys, client)}")
    assert one_click.status_code == absent.status_code == 404
    csrf = hidden(await http.get("/sign-in"), "_csrf")
    assert (await http.post("/demo/sign-in", data={"_csrf": csrf, "person": str(client)})).status_code == 404
    assert await Session.count() == 0


def test_the_sample_is_never_served_on_a_public_address(config: Config) -> None:
    with pytest.raises(WrongSetting):
        replace(config, public_url="https://cairn.example.org", demo=True).check()

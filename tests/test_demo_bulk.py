"""The sample with more clients than are held at once."""

from datetime import UTC, datetime

import pytest

from app.data.sealing import Keys
from app.data.tables.care import CareTeam, Client, Standing
from app.data.tables.message import Message
from app.data.tables.people import Staff
from app.demo import build
from tests.demo_standing import recomputed

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 5, 16, 3, 20, tzinfo=UTC)  # a Friday, near midnight in the organisation's zone


async def test_many_clients_are_written_in_pieces(database: str, keys: Keys) -> None:
    told: list[int] = []
    await build(keys, seed=2, clients=520, progress=told.append, now=NOW)
    assert told == [500, 520]
    assert await Client.count() == 520
    managers = await Staff.count().where(Staff.role == "case_manager")
    assert managers == 4 + 12
    managed = {row["client"] for row in await CareTeam.select().where(CareTeam.role == "primary")}
    assert managed == {row["id"] for row in await Client.select().where(Client.managed.eq(True))}
    assert 0 < len(managed) < 520
    assert {row.pop("id"): row for row in await Standing.select()} == await recomputed()


async def test_a_thin_sample_has_everybody_and_less_of_each(database: str, keys: Keys) -> None:
    await build(keys, seed=2, clients=210, thin=True, now=NOW)
    assert await Client.count() == 210
    messages = await Message.count()
    assert 210 * 10 < messages < 210 * 20
    assert {row.pop("id"): row for row in await Standing.select()} == await recomputed()

"""What people meet when something is not to be."""

import httpx
import pytest

pytestmark = pytest.mark.anyio


async def test_htmx_is_sent_to_sign_in_as_a_whole_page(http: httpx.AsyncClient) -> None:
    answer = await http.get("/me/goals", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"], answer.text) == (401, "/sign-in", "")


@pytest.mark.parametrize("language", ["en", "es"])
async def test_a_page_that_is_not_there_says_so_kindly_and_shows_the_crisis_line(
    http: httpx.AsyncClient, language: str
) -> None:
    answer = await http.get("/nowhere", headers={"Accept-Language": language})
    assert answer.status_code == 404
    assert f'<html lang="{language}"' in answer.text
    assert 'href="tel:988"' in answer.text
    assert "no-store" in answer.headers["cache-control"]


async def test_a_crash_shows_a_reference_and_nothing_else(
    app: object, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("secret words of a record")

    monkeypatch.setattr("portal.sign_in.ceremonies.look", broken)
    answer = await http.get("/sign-in/code")
    assert answer.status_code == 500
    assert "secret words" not in answer.text and "RuntimeError" not in answer.text
    assert "this number helps" in answer.text


async def test_waiting_too_long_for_the_database_is_said_as_being_busy(
    app: object, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stuck(*_: object) -> None:
        raise TimeoutError

    monkeypatch.setattr("portal.sign_in.ceremonies.look", stuck)
    answer = await http.get("/sign-in/code")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert "very busy" in answer.text


async def test_nothing_personal_is_ever_kept_by_a_browser(http: httpx.AsyncClient) -> None:
    for url in ("/sign-in", "/", "/me/goals", "/nowhere"):
        answer = await http.get(url)
        assert answer.headers["cache-control"] == "no-store", url
        assert "cookie" in answer.headers.get("vary", "").lower() or answer.status_code == 303, url

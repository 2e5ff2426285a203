"""The log tells what happened, and nothing about anybody."""

import asyncio
import json
import logging
from collections.abc import Iterator

import pytest
from litestar import Request, Response

from app.gate import logs
from tests.gate_world import browser, gate_app

pytestmark = pytest.mark.anyio

MARK = "M4rk3r"


@pytest.fixture
def library_logs() -> Iterator[None]:
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    loggers = [logging.getLogger(name) for name in ("uvicorn.error", "uvicorn.access", "httpx", "httpcore")]
    before = [(one, one.level, one.disabled) for one in loggers]
    logs.set_up()
    yield
    root.handlers[:] = kept
    root.setLevel(level)
    for one, was, off in before:
        one.setLevel(was)
        one.disabled = off


async def test_nothing_a_person_sends_reaches_the_log(capfd: pytest.CaptureFixture[str]) -> None:
    http = browser(gate_app(), **{"User-Agent": MARK, "X-Custom": MARK, "Referer": f"https://cairn.test/{MARK}"})
    http.cookies.set("note", MARK, domain="cairn.test")
    await http.get(f"/search?q={MARK}")
    await http.get(f"/crash/{MARK}")
    await http.get(f"/{MARK}")
    await http.get(f"/search?q={MARK}%00")
    await http.request(f"{MARK}".upper(), "/page")
    await http.get("/page", headers={"Host": MARK})
    await http.post("/save", data={"text": MARK, MARK: "a"})
    await http.post("/upload", data={"a": MARK}, files={"f": (MARK, MARK.encode())})
    await http.post("/json", content=json.dumps({MARK: MARK}), headers={"Content-Type": "application/json"})
    await http.post("/json", content=f"[{MARK}", headers={"Content-Type": "application/json"})
    await http.post("/save", data={"text": MARK}, headers={"X-CSRF-Token": MARK})
    out, err = capfd.readouterr()
    assert len(err.splitlines()) == 12  # one for each answer, one for the crash
    assert MARK.lower() not in (out + err).lower()
    assert "a" * 43 not in err  # the session cookie


async def test_one_line_for_each_answer_with_the_pattern_of_its_route(capsys: pytest.CaptureFixture[str]) -> None:
    answer = await browser(gate_app()).get("/crash/Maya")
    crash, line = [json.loads(text) for text in capsys.readouterr().err.splitlines()]
    assert {**line, "at": "", "ms": 0} == {
        "event": "answer",
        "level": "info",
        "method": "GET",
        "route": "/crash/{word}",
        "status": 500,
        "id": answer.headers["x-request-id"],
        "net": "127.0.0.0",
        "at": "",
        "ms": 0,
    }
    assert crash["id"] == line["id"]
    assert crash["error"] == "ValueError"
    assert crash["places"][-1].startswith("tests/gate_world.py:")
    assert crash["places"][-1].endswith(" a_crash")


async def test_an_error_that_the_error_page_tells_too_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    def answer(request: Request, error: Exception) -> Response[str]:
        logs.log_crash(request.scope, error)
        return Response("", status_code=500)

    await browser(gate_app(exception_handlers={Exception: answer})).get("/crash/Maya")
    assert capsys.readouterr().err.count('"event":"crash"') == 1


async def test_an_unknown_address_is_not_written_down(capsys: pytest.CaptureFixture[str]) -> None:
    await browser(gate_app()).get("/records/of/Maya")
    assert json.loads(capsys.readouterr().err)["route"] == "-"


def test_an_error_is_told_with_its_causes_and_without_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        try:
            int(MARK)
        except ValueError as cause:
            raise LookupError(MARK) from cause
    except LookupError as error:
        logs.log_crash({"type": "http"}, error)
    told = capsys.readouterr().err
    assert json.loads(told)["error"] == "LookupError from ValueError"
    assert MARK not in told


def test_what_libraries_log_becomes_a_line_without_arguments(
    library_logs: None, capsys: pytest.CaptureFixture[str]
) -> None:
    logging.getLogger("asyncio").error("Task failed\nfuture: <Task exception=ValueError('%s')>", MARK)
    logging.getLogger("somewhere").warning("could not read %s", MARK)
    logging.getLogger("somewhere").info("read %s", MARK)
    logging.getLogger("httpx").error("GET https://cairn.test/%s", MARK)
    logging.getLogger("uvicorn.access").error("GET /%s", MARK)
    logging.getLogger("uvicorn.error").info("Started server process [%d]", 7)
    try:
        raise ValueError(MARK)
    except ValueError:
        logging.getLogger("somewhere").exception("it broke")
    told = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["text"] for line in told] == [
        "Task failed",
        "could not read %s",
        "Started server process [7]",
        "it broke",
    ]
    assert told[-1]["error"] == "ValueError"
    assert MARK not in str(told)


async def test_a_failed_task_is_told_without_its_words(library_logs: None, capsys: pytest.CaptureFixture[str]) -> None:
    context = {"message": "Task exception was never retrieved", "exception": ValueError(MARK), "future": MARK}
    asyncio.get_running_loop().default_exception_handler(context)
    line = json.loads(capsys.readouterr().err)
    assert (line["text"], line["error"]) == ("Task exception was never retrieved", "ValueError")
    assert MARK not in str(line)


def test_control_characters_do_not_break_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    logs.log.warning("odd", what="a\nb\x1b[31m\x00")
    (line,) = capsys.readouterr().err.splitlines()
    assert "\x1b" not in line

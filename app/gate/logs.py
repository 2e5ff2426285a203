"""The log: one JSON object a line, without a word of anybody's.

Nothing here takes an address bar, a cookie, a body or what a person typed. An error is told by its kind and its place in the
code; its message is left out, because messages quote values.
"""

import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec
import structlog
from litestar.types import HTTPScope, Scope
from structlog.typing import EventDict

_HERE = Path(__file__).parents[2]
_json = msgspec.json.Encoder(enc_hook=str)
_FRAMES = 12


class _Lines:
    """Writes to whatever standard error is at that moment."""

    def msg(self, line: str) -> None:
        sys.stderr.write(line)

    debug = info = warning = warn = error = critical = fatal = exception = log = msg


def _line(logger: Any, name: str, event: EventDict) -> str:
    return _json.encode(event).decode() + "\n"


log = structlog.wrap_logger(
    _Lines(),
    processors=[structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso", key="at"), _line],
    wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    cache_logger_on_first_use=True,
)


def log_answer(scope: HTTPScope, method: str, status: int, milliseconds: float, network: str) -> None:
    """The access line. The route's pattern stands for the address, and the client's network for the client."""
    log.info(
        "answer",
        method=method,
        route=scope.get("path_template", "-"),
        status=status,
        ms=round(milliseconds, 1),
        id=scope["state"].get("request_id"),
        net=network,
    )


def log_crash(scope: Scope, error: BaseException) -> None:
    """An error nobody expected, under the reference that the person sees. Once for each error, whoever meets it."""
    state = scope.setdefault("state", {})
    if state.get("crash") is not error:
        state["crash"] = error
        log.error("crash", route=scope.get("path_template", "-"), id=state.get("request_id"), **told(error))


def told(error: BaseException) -> dict[str, Any]:
    """The kinds of an error and of what caused it, and the innermost places in the code. No message, no values."""
    kinds = " from ".join(type(one).__name__ for one in _causes(error))
    return {"error": kinds, "places": _places(error.__traceback__)}


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        seen.append(error)
        yield error
        error = error.__cause__ or error.__context__


def _places(trace: TracebackType | None) -> list[str]:
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{_short(code.co_filename)}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return places[-_FRAMES:]


def _short(filename: str) -> str:
    path = Path(filename)
    if "site-packages" in path.parts:
        return "/".join(path.parts[path.parts.index("site-packages") + 1 :])
    return str(path.relative_to(_HERE)) if path.is_relative_to(_HERE) else path.name


class _Library(logging.Handler):
    """What libraries log, as lines of ours. Their arguments quote values and are left out, but for the server's own."""

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage() if record.name.startswith("uvicorn") else str(record.msg)
        error = record.exc_info[1] if record.exc_info else None
        log.log(
            min(max(record.levelno // 10 * 10, logging.INFO), logging.CRITICAL),
            "library",
            name=record.name,
            text=text.partition("\n")[0][:200],
            **(told(error) if error else {}),
        )


def set_up() -> None:
    """Takes over the logging of the whole process. Called once, where the process starts."""
    root = logging.getLogger()
    root.handlers[:] = [_Library()]
    root.setLevel(logging.WARNING)
    logging.getLogger("uvicorn.error").setLevel(logging.INFO)
    # They name every address asked for; our own access line does not.
    for name in ("uvicorn.access", "httpx", "httpcore"):
        logging.getLogger(name).disabled = True

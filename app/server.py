"""The server as it is meant to run: one process, uvloop and httptools, a socket that is bound before anyone is told of it."""

import socket
import sqlite3
from collections.abc import Sequence
from typing import Any

import uvicorn

from app.config import Config
from app.data.sealing import Keys


def listen(host: str, port: int) -> socket.socket:
    """Raises OSError when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((host, port))
    sock.listen(2048)  # whoever is told of the address before the server is up waits in line
    return sock


def serve_app(config: Config, keys: Keys, sock: socket.socket, cast: Sequence[Any] = ()) -> None:
    """Serve until told to stop. Open streams are ended first, so that stopping takes as long as the real requests."""
    from app.data.piccolo_conf import DB
    from app.gate.logs import log, set_up
    from app.main import create_app

    set_up()
    log.info("start", database="PostgreSQL" if DB.postgres else f"SQLite {sqlite3.sqlite_version}")
    uvicorn.Server(
        uvicorn.Config(
            create_app(config, keys=keys, cast=cast),
            loop="uvloop",
            http="httptools",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=15,
            timeout_graceful_shutdown=10,
            limit_concurrency=4000,
        )
    ).run(sockets=[sock])

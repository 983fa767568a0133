"""The page's routes on a free port of this machine, with a pool that is made up, for whoever asks them."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from studio_client import Client

from stretto.errors import StrettoError
from stretto.studio.door import server
from stretto.studio.page import pieces_api

__all__ = ["Client", "serving"]


class Whose:
    """Says of each request whose it is, as the server's guard does."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            name = dict(scope["headers"]).get(b"x-workspace", b"home").decode()
            scope.setdefault("state", {}).update(workspace=name, lane=name, is_known=True)
        await self._app(scope, receive, send)


@contextmanager
def serving(pool: Any, data_folder: Path, desk: Any = None) -> Iterator[Client]:
    """Serve the pieces of a folder; the header X-Workspace says whose browser asks."""

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        pieces_api.prepare(app)
        yield
        pieces_api.close(app)

    app = FastAPI(lifespan=life)
    app.state.data_folder, app.state.given_store = data_folder, None
    app.state.pool, app.state.desk = pool, desk
    app.include_router(pieces_api.router)
    app.add_exception_handler(StrettoError, server._wrong)
    app.add_exception_handler(RequestValidationError, server._unreadable)

    app.add_middleware(Whose)

    with socket.create_server(("127.0.0.1", 0)) as door:
        running = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="on"))
        thread = threading.Thread(target=running.run, args=([door],))
        thread.start()
        while not running.started:
            time.sleep(0.01)
        try:
            yield Client(door.getsockname()[1])
        finally:
            running.should_exit = True
            thread.join()

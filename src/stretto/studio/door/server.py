"""The studio as an application: its routes, its errors in one line each, and the workers behind it."""

from __future__ import annotations

import logging
import mimetypes
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from stretto.errors import StrettoError
from stretto.studio import limits
from stretto.studio.door.guard import Access, Guard
from stretto.studio.limits import Refused, TooBig
from stretto.studio.page import pieces_api
from stretto.studio.page.page_api import mount_page
from stretto.studio.pieces.store import Store
from stretto.studio.programs import api
from stretto.studio.programs.examples import problems
from stretto.studio.workers.pool import Pool
from stretto.version import __version__

log = logging.getLogger("stretto.studio")

MAX_LINE = 500
"""Characters of a refusal: it may name what was asked for, and give back no more of it."""

ABOUT = """The verbs of Stretto for programs. Every error is one line under `detail`.

A request waits for its answer; with `?wait=false` it takes a job, which `/v1/jobs/{id}` tells of,
`/v1/jobs/{id}/events` streams, and DELETE calls off. Whoever closes the connection while it waits calls the job off
too. Where a token is wanted, a request brings it as `Authorization: Bearer` and the token."""


def create_app(
    access: Access = Access(),  # noqa: B008 (frozen)
    *,
    pool: Pool | None = None,
    desk: Pool | None = None,
    data_folder: Path | None = None,
    store: Store | None = None,
) -> FastAPI:
    """The application.

    Args:
        access: who may ask.
        pool: the workers that compose; None = its own, which end with it.
        desk: the workers that look at pieces, so that nobody waits for a composer to see a page; likewise.
        data_folder: where pieces are kept; None = the user's.
        store: opened already; it is closed with the application.
    """

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        pieces_api.prepare(app)
        # What the first answer would else wait for: a thread, its loop's own imports, and the kinds of files.
        await run_in_threadpool(mimetypes.init)
        await anyio.Path(__file__).exists()
        app.state.pool, app.state.desk = pool or Pool(), desk or desk_pool()
        try:
            yield
        finally:
            pieces_api.close(app)
            for own, given in ((app.state.pool, pool), (app.state.desk, desk)):
                if given is None:
                    own.close()

    app = FastAPI(
        title="Stretto", version=__version__, description=ABOUT, lifespan=life,
        # Its pages of documentation load scripts from elsewhere; /openapi.json says the same.
        docs_url=None, redoc_url=None,
    )  # fmt: skip
    app.state.data_folder, app.state.given_store = data_folder, store
    app.include_router(api.router)
    app.include_router(pieces_api.router, responses={**api.PROBLEMS, **problems(404, 409, 507)})
    app.add_exception_handler(StrettoError, _wrong)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(HTTPException, _unknown)
    app.add_middleware(Guard, access=access)
    mount_page(app)
    return app


def desk_pool(workers: int = 2) -> Pool:
    """Workers for what is done with kept pieces; they read no network until one is asked."""
    return Pool(workers=workers, seconds=limits.CHORE_SECONDS, networks=False)


def _said(status: int, line: str, headers: dict[str, str] | None = None) -> JSONResponse:
    line = " ".join(line.split())
    return JSONResponse({"detail": line if len(line) <= MAX_LINE else f"{line[:MAX_LINE]} ..."}, status, headers)


async def _wrong(_: Request, error: Exception) -> JSONResponse:
    """A wish that cannot be met, or that costs too much."""
    status = error.status if isinstance(error, Refused) else 422
    if status >= 500:
        log.error("%s: %d", type(error).__name__, status)
    return _said(status, str(error), {"Retry-After": "5"} if status in (429, 503) else None)


async def _unreadable(request: Request, error: Exception) -> JSONResponse:
    """Fields that are missing or out of range: the first of them, without what was sent."""
    assert isinstance(error, RequestValidationError)
    first: dict[str, Any] = error.errors()[0]
    place = ".".join(str(step) for step in first["loc"] if step not in ("body", "query", "path"))
    kind, known = first["type"], first.get("ctx", {})
    if kind == "json_invalid":
        return _said(400, f"the request is no JSON (at character {place}: {known.get('error', '')})")
    if first["loc"] == ("body",) and kind != "missing":
        is_json = "json" in request.headers.get("content-type", "")
        line = "the request: send a JSON object" if is_json else "send JSON, with Content-Type: application/json"
        return _said(422 if is_json else 415, line)
    if kind == "extra_forbidden":
        return _said(422, f"{place}: there is no such field; /openapi.json names those that there are")
    if kind == "string_too_long" and known.get("max_length", 0) >= limits.UPLOAD_BYTES:
        return await _wrong(request, TooBig())
    return _said(422, f"{place or 'the request'}: {first['msg'][:1].lower()}{first['msg'][1:]}")


async def _unknown(_: Request, error: Exception) -> JSONResponse:
    """No such address, or no such method there; or a body that is no text."""
    assert isinstance(error, HTTPException)
    line = "the request is no JSON in UTF-8, or far too deep" if error.status_code == 400 else error.detail
    return _said(error.status_code, line, dict(error.headers or {}))

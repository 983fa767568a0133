"""`/api/pieces/{id}/verbs` and `/api/jobs`: candidates asked for, followed while they are made, and fetched."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from stretto.errors import StrettoError
from stretto.score.formats import writer_of
from stretto.studio.limits import Refused
from stretto.studio.page.candidates import Round, Rounds
from stretto.studio.page.partials import partial_of
from stretto.studio.page.piece_messages import Wish
from stretto.studio.pieces.documents import document_of, view_of
from stretto.studio.pieces.store import Store
from stretto.studio.programs.examples import files
from stretto.studio.workers.pool import Pool
from stretto.studio.workers.tickets import LAST, Event
from stretto.studio.workers.waiting import PAGE, asker_of

LOOK_SECONDS = 0.5
"""How often it is seen whether somebody still listens."""

HEARTBEAT = 30
"""Looks after which a line is sent that says nothing, so that no proxy closes the stream."""

router = APIRouter()


def rounds_of(request: Request) -> Rounds:
    """What is being made, and was."""
    rounds: Rounds = request.app.state.rounds
    return rounds


@router.post("/pieces/{piece}/verbs", status_code=202)
def ask_for_candidates(piece: str, asked: Wish, request: Request) -> dict[str, str]:
    """Do a verb on a piece or its selection, several times over; follow it under /api/jobs/{job}/events."""
    store: Store = request.app.state.store
    workspace: str = request.state.workspace
    opened = store.open(workspace, piece)
    store.check_newest(opened, asked.revision)
    pool: Pool | None = getattr(request.app.state, "pool", None)
    if pool is None:
        raise Refused("no network is at hand here", 503)
    lane = asker_of(request, PAGE)["lane"]
    return {"job": rounds_of(request).begin(pool, workspace, piece, opened.document, asked, lane).id}


@router.get("/jobs/{job}/events", response_class=StreamingResponse)
def follow(job: str, request: Request) -> StreamingResponse:
    """What becomes of the candidates, as server-sent events; whoever closes it before the end calls them off."""
    begun = rounds_of(request).round(request.state.workspace, job)
    return StreamingResponse(
        _stream(begun, request), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
    )


@router.delete("/jobs/{job}", status_code=204)
def cancel(job: str, request: Request) -> None:
    """Stop the work on what is not done; finished candidates stay."""
    rounds_of(request).round(request.state.workspace, job).cancel()


@router.get("/jobs/{job}/candidates/{number}.mid", response_class=Response, responses=files("audio/midi"))
def candidate_midi(job: str, number: int, request: Request) -> Response:
    """A finished candidate as MIDI with named tracks, the first being 0."""
    found = rounds_of(request).round(request.state.workspace, job).candidate(number)
    name = f'attachment; filename="candidate-{number + 1}.mid"'
    return Response(writer_of(".mid")(found.score)[0], media_type="audio/midi", headers={"Content-Disposition": name})


async def _stream(begun: Round, request: Request) -> AsyncIterator[str]:
    """The events of all candidates in the order in which they come, and a last word."""
    loop, queue = asyncio.get_running_loop(), asyncio.Queue[tuple[int, Event]]()
    newest = dict[int, Event]()

    def tell(number: int, event: Event) -> None:
        if event.kind != "progress":
            newest[number] = event
        loop.call_soon_threadsafe(queue.put_nowait, (number, event))

    stops = [ticket.listen(lambda event, n=number: tell(n, event)) for number, ticket in enumerate(begun.tickets)]  # type: ignore[misc]
    left, wrong, n_idle = set(range(len(begun.tickets))), [], 0
    try:
        while left:
            try:
                number, event = await asyncio.wait_for(queue.get(), LOOK_SECONDS)
            except TimeoutError:
                if await request.is_disconnected():
                    return
                n_idle += 1
                if n_idle % HEARTBEAT == 0:
                    yield ": still there\n\n"
                continue
            if number not in left or (event.kind == "partial" and newest[number] is not event):
                continue  # music that is outdated
            kind, data = await run_in_threadpool(_said, begun, number, event)
            if event.kind in LAST:
                left.discard(number)
                wrong += [data["message"]] if kind == "refused" else []
            yield _event(kind, data)
        if len(wrong) == len(begun.tickets):
            yield _event("failed", {"message": wrong[0]})
        else:
            yield _event("done", {})
    finally:
        for stop in stops:
            stop()
        begun.cancel()


def _said(begun: Round, number: int, event: Event) -> tuple[str, dict[str, Any]]:
    """An event of one candidate, as the page takes it."""
    if event.kind == "done":
        try:
            found = begun.candidate(number)
            view = view_of(document_of(found.score, begun.before))
        except StrettoError as error:
            return "refused", {"candidate": number, "message": str(error)}
        return "candidate", {
            "candidate": number,
            "seed": found.seed,
            "natsPerNote": found.nats_per_note,
            "report": list(found.report),
            "view": view,
        }
    if event.music is not None:
        return "partial", partial_of(number, event.share, event.music)
    if event.kind in LAST:
        return "refused", {"candidate": number, "message": event.line or "it was called off"}
    return "progress", {"candidate": number, "done": round(event.share, 4), "total": 1}


def _event(kind: str, data: dict[str, Any]) -> str:
    return f"event: {kind}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n"

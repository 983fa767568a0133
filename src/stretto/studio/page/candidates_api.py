"""`/api/pieces/{id}/verbs` and `/api/jobs`: candidates asked for, followed while they are made, and fetched."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from stretto.errors import StrettoError
from stretto.studio.page.candidates import Round, Rounds
from stretto.studio.page.piece_messages import Wish
from stretto.studio.pieces.documents import document_of, view_of
from stretto.studio.pieces.downloads import midi_of_piece
from stretto.studio.pieces.store import Store
from stretto.studio.programs.examples import files
from stretto.studio.workers.pool import Pool
from stretto.studio.workers.tickets import LAST, Event
from stretto.studio.workers.waiting import PAGE, STILL_THERE, asker_of, events_of

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
    pool: Pool = request.app.state.pool
    lane = asker_of(request, PAGE)["lane"]
    return {"job": rounds_of(request).begin(pool, workspace, piece, opened.document, asked, lane).id}


@router.get("/jobs/{job}/events", response_class=StreamingResponse)
def follow(job: str, request: Request) -> StreamingResponse:
    """What becomes of the candidates, as server-sent events; whoever closes it before the end calls them off."""
    begun = rounds_of(request).round(request.state.workspace, job)
    return StreamingResponse(_stream(begun), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


@router.delete("/jobs/{job}", status_code=204)
def cancel(job: str, request: Request) -> None:
    """Stop the work on what is not done; finished candidates stay."""
    rounds_of(request).round(request.state.workspace, job).cancel()


@router.get("/jobs/{job}/candidates/{number}.mid", response_class=Response, responses=files("audio/midi"))
def candidate_midi(job: str, number: int, request: Request) -> Response:
    """A finished candidate as MIDI with named tracks, the first being 0."""
    found = rounds_of(request).round(request.state.workspace, job).candidate(number)
    name = f'attachment; filename="candidate-{number + 1}.mid"'
    return Response(midi_of_piece(found.score), media_type="audio/midi", headers={"Content-Disposition": name})


async def _stream(begun: Round) -> AsyncIterator[str]:
    """The events of all candidates in the order in which they come, and a last word."""
    wrong = list[str]()
    try:
        async for told in events_of(*begun.tickets):
            if told is None:
                yield STILL_THERE
                continue
            kind, data = await run_in_threadpool(_said, begun, *told)
            wrong += [data["message"]] if kind == "refused" else []
            yield _event(kind, data)
        if len(wrong) == len(begun.tickets):
            yield _event("failed", {"message": wrong[0]})
        else:
            yield _event("done", {})
    finally:
        begun.cancel()


def _said(begun: Round, number: int, event: Event) -> tuple[str, dict[str, Any]]:
    """An event of one candidate, as the page takes it."""
    how_far = {"candidate": number, "done": round(event.share, 4), "total": 1}
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
        # Its notes in rows of `NOTE_FIELDS`, up to which tick there are new ones, and up to which they stay.
        return "partial", {**how_far, **vars(event.music)}
    if event.kind in LAST:
        return "refused", {"candidate": number, "message": event.line or "it was called off"}
    return "progress", how_far


def _event(kind: str, data: dict[str, Any]) -> str:
    return f"event: {kind}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n"

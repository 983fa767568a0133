"""`/v1`: the verbs for programs. A request waits for its answer, or takes a job and follows that."""

from __future__ import annotations

import base64
import binascii
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated, Any, cast

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, StreamingResponse

from stretto.studio import limits
from stretto.studio.limits import Refused, TooBig
from stretto.studio.programs.examples import answers, problems
from stretto.studio.programs.messages import (
    SUFFIXES,
    Answer,
    CheckRequest,
    ComposeRequest,
    ContinueRequest,
    ConvertRequest,
    Document,
    HarmonizeRequest,
    InfillRequest,
    JobState,
    Message,
    Models,
    MusicSoFar,
    PartSoFar,
    ReportRequest,
    VaryRequest,
)
from stretto.studio.programs.models import shipped_models
from stretto.studio.workers.jobs import Job, Music, Result, Verb
from stretto.studio.workers.pool import Pool
from stretto.studio.workers.tickets import Event, Ticket
from stretto.studio.workers.waiting import PROGRAMS, STILL_THERE, asker_of, events_of, result_for

PROBLEMS = problems(400, 401, 403, 408, 413, 415, 422, 429, 503)
NOT_THERE = problems(404)
OUTDATED = problems(409)

Wait = Annotated[bool, Query(description="false: answer at once with a job, to be followed under /v1/jobs/{id}")]

router = APIRouter(prefix="/v1", responses={**PROBLEMS, **OUTDATED}, tags=["verbs"])


@router.post("/compose", response_model=Answer, responses=answers("compose"))
async def compose(asked: ComposeRequest, request: Request, wait: Wait = True) -> Any:
    """Compose a piece for choir, keyboard or string quartet."""
    return await _do(request, "compose", asked, wait)


@router.post("/continue", response_model=Answer, responses=answers("continue"))
async def continue_(asked: ContinueRequest, request: Request, wait: Wait = True) -> Any:
    """Go on where a document ends."""
    return await _do(request, "continue", asked, wait)


@router.post("/harmonize", response_model=Answer, responses=answers("harmonize"))
async def harmonize(asked: HarmonizeRequest, request: Request, wait: Wait = True) -> Any:
    """Write the voices that a document lacks."""
    return await _do(request, "harmonize", asked, wait)


@router.post("/infill", response_model=Answer, responses=answers("infill"))
async def infill(asked: InfillRequest, request: Request, wait: Wait = True) -> Any:
    """Write some bars anew, so that they lead from what comes before to what comes after."""
    return await _do(request, "infill", asked, wait)


@router.post("/vary", response_model=Answer, responses=answers("vary"))
async def vary(asked: VaryRequest, request: Request, wait: Wait = True) -> Any:
    """Write some beats anew, here and there."""
    return await _do(request, "vary", asked, wait)


@router.post("/check", response_model=Answer, responses=answers("check"))
async def check(asked: CheckRequest, request: Request, wait: Wait = True) -> Any:
    """Find the faults of an exercise, with reasons."""
    return await _do(request, "check", asked, wait)


@router.post("/report", response_model=Answer, responses=answers("report"))
async def report(asked: ReportRequest, request: Request, wait: Wait = True) -> Any:
    """Say what a piece is like beside real music that no network has learned from: keyboard music or quartets for what
    is written for these, else chorales by Bach. `data.reference` says which."""
    return await _do(request, "report", asked, wait)


@router.post("/convert", response_model=Answer, responses=answers("convert"))
async def convert(asked: ConvertRequest, request: Request, wait: Wait = True) -> Any:
    """Write a document in another format; `data.file` is it, in base64."""
    return await _do(request, "convert", asked, wait)


@router.get("/models", response_model=Models)
def models() -> Models:
    """The networks that ship, and what can be asked of them."""
    return shipped_models()


@router.get("/jobs/{id}", response_model=JobState, responses=NOT_THERE)
async def job_state(id: str, request: Request) -> JobState:
    """How far a job is; its answer, once it is done."""
    ticket = _ticket(request, id)
    return state_of(ticket, ticket.newest)


@router.get(
    "/jobs/{id}/events",
    response_class=StreamingResponse,
    responses={**NOT_THERE, 200: {"content": {"text/event-stream": {}}, "description": "a JobState for each event"}},
)
async def job_events(id: str, request: Request) -> StreamingResponse:
    """A job as server-sent events, named by its state: waiting, progress with the share, partial with the music so far
    at new bars; the last is done, wrong, failed or cancelled. Who reads slowly may miss some, but never the last."""
    return StreamingResponse(_stream(_ticket(request, id)), media_type="text/event-stream")


@router.delete("/jobs/{id}", response_model=JobState, responses=NOT_THERE)
async def cancel_job(id: str, request: Request) -> JobState:
    """Call a job off: its work stops, and as soon as it has, its state is cancelled."""
    ticket = _ticket(request, id)
    ticket.cancel()
    return state_of(ticket, ticket.newest)


async def _do(request: Request, verb: Verb, asked: Message, wait: bool) -> JSONResponse:
    """Have a job done, for as long as somebody waits for it."""
    pool: Pool = request.app.state.pool
    job = await run_in_threadpool(job_of, verb, asked)
    if wait:
        job = replace(job, watched=False)
        result = await result_for(request, pool, job, PROGRAMS)
        # In a thread: of a long piece it is 30 MB, over which nobody else should wait.
        return await run_in_threadpool(lambda: JSONResponse(answer_of(verb, result).model_dump()))
    ticket = pool.submit(job, **asker_of(request, PROGRAMS))
    taken = state_of(ticket, ticket.newest).model_dump()
    return JSONResponse(taken, 202, {"Location": f"/v1/jobs/{ticket.id}"})


def job_of(verb: Verb, asked: Message) -> Job:
    """The job of a request: what it leaves out is left to the verb.

    Raises:
        Refused: its document is too big, or no base64.
    """
    wishes = asked.model_dump(exclude_none=True, exclude={"document"})
    document = getattr(asked, "document", None)
    if isinstance(asked, ConvertRequest):
        wishes["suffix"] = SUFFIXES[wishes.pop("to")]
    if document is None:
        return Job(verb=verb, arguments=wishes)
    data = bytes_in(document)
    return Job(verb=verb, arguments=wishes, score=data, suffix=SUFFIXES[document.format], foreign=True)


def bytes_in(document: Document) -> bytes:
    """A document as a file would hold it.

    Raises:
        Refused: it has both text and base64 or neither, is too big, or is no base64.
    """
    if (document.text is None) == (document.base64 is None):
        raise Refused("document: give text, or base64, and not both", 422)
    try:
        data = (
            (document.text or "").encode()
            if document.base64 is None
            else base64.b64decode(document.base64, validate=True)
        )
    except (binascii.Error, ValueError) as cause:
        raise Refused("document: this is no base64, or no text", 422) from cause
    if len(data) > limits.UPLOAD_BYTES:
        raise TooBig
    return data


def state_of(ticket: Ticket, event: Event) -> JobState:
    """A job as the API tells it."""
    verb = cast(Verb, ticket.job.verb)
    answer = None if event.result is None else answer_of(verb, event.result)
    return JobState(
        id=ticket.id, verb=verb, state=event.kind, share=event.share, line=event.line, music=_so_far(event.music),
        answer=answer,
    )  # fmt: skip


def _so_far(music: Music | None) -> MusicSoFar | None:
    """A piece while it is made as the API tells it."""
    if music is None:
        return None
    parts = [PartSoFar(**{name: part[name] for name in PartSoFar.model_fields}) for part in music.frame["parts"]]
    rows = [list(row) for row in music.notes]
    return MusicSoFar(end=music.end, kept=music.kept, length=music.frame["end"], parts=parts, notes=rows)


def answer_of(verb: Verb, result: Result) -> Answer:
    """The result of a job as the API tells it."""
    found = {name: value for name, value in vars(result).items() if name != "file"}
    music = None if result.musicxml is None else result.musicxml.decode("utf-8")
    return Answer(verb=verb, **{**found, "musicxml": music, "report": list(result.report)})


def _ticket(request: Request, id: str) -> Ticket:
    pool: Pool = request.app.state.pool
    ticket = pool.ticket(id)
    if ticket is None or ticket.owner not in ("", request.state.workspace):
        raise Refused("there is no such job; results are kept for a while only", 404)
    return ticket


async def _stream(ticket: Ticket) -> AsyncIterator[str]:
    """A job in the form of server-sent events."""
    async for told in events_of(ticket):
        if told is None:
            yield STILL_THERE
        else:
            _, event = told
            yield f"event: {event.kind}\ndata: {state_of(ticket, event).model_dump_json()}\n\n"

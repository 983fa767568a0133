"""`/api/pieces`: the pieces of the page - made, opened, edited, undone, drawn, judged and downloaded."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from stretto.score.model import Clef, Meter, Part, Score, Tempo
from stretto.studio.limits import UPLOAD_BYTES, TooBig
from stretto.studio.page import candidates_api, chores_api, sheets_api
from stretto.studio.page.asked import BYTES, Pieces, Workspace, bytes_of, store_of, workspace_of
from stretto.studio.page.candidates import Rounds
from stretto.studio.page.page_shelf import PageShelf
from stretto.studio.page.piece_messages import Accept, Create, Edits, Rename, Step
from stretto.studio.pieces.documents import document_of, view_of
from stretto.studio.pieces.edits import apply_edits
from stretto.studio.pieces.sheets import Sheets
from stretto.studio.pieces.store import BLANK, UNTITLED, Opened, Store
from stretto.studio.pieces.store_file import default_path
from stretto.studio.workers.children import open_upload
from stretto.studio.workers.turns import Turns
from stretto.studio.workers.waiting import asker_of

FILE = "studio.sqlite3"

File = Annotated[bytes, Depends(bytes_of(UPLOAD_BYTES, lambda: TooBig("the file")))]

router = APIRouter(prefix="/api", tags=["page"])
router.include_router(candidates_api.router)
router.include_router(chores_api.router)
router.include_router(sheets_api.router)


def prepare(app: FastAPI) -> None:
    """Open the pieces of an application: its `state.given_store`, or those in `state.data_folder`, or the user's."""
    app.state.store = app.state.given_store or open_store(app.state.data_folder)
    app.state.pages, app.state.readings = PageShelf(), Turns()
    app.state.rounds, app.state.sheets = Rounds(), Sheets(app.state.store)


def open_store(folder: Path | None = None) -> Store:
    """The pieces in a folder; None = the user's.

    Raises:
        ScoreWriteError: they cannot be kept there.
    """
    return Store(folder / FILE if folder is not None else default_path())


def close(app: FastAPI) -> None:
    """Close them; what candidates are being made is called off."""
    app.state.rounds.close()
    app.state.store.close()


def answer(opened: Opened, status: int = 200, **more: Any) -> JSONResponse:
    """A piece as the page draws it; written here, for FastAPI's own way takes seconds for a long one."""
    entry = opened.entry
    head = {"id": entry.id, "title": entry.title, "revision": entry.revision}
    can = {"canUndo": opened.can_undo, "canRedo": opened.can_redo}
    return JSONResponse({**head, **can, **view_of(opened.document), **more}, status)


@router.get("/pieces")
def list_pieces(store: Pieces, workspace: Workspace) -> list[dict[str, Any]]:
    """The pieces of this browser, the newest first; `blank` ones were never written in."""
    return [
        {
            "id": entry.id,
            "title": entry.title,
            "revision": entry.revision,
            "modified": entry.modified,
            "blank": entry.blank,
        }
        for entry in store.pieces(workspace)
    ]


@router.post("/pieces", status_code=201)
async def create_piece(asked: Create, request: Request) -> JSONResponse:
    """A new piece: empty bars for a piano, or what is typed in the plain-text notation."""
    if asked.notation is None:
        return await run_in_threadpool(_kept, request, empty_score(asked.bars, asked.program), asked.title, BLANK)
    score, said = await _read(request, asked.notation.encode("utf-8", "replace"), ".txt")
    return await run_in_threadpool(_kept, request, score, asked.title or score.info.get("title", ""), "new", said)


@router.post(
    "/pieces/upload",
    status_code=201,
    openapi_extra=BYTES,
)
async def upload_piece(
    data: File,
    request: Request,
    name: Annotated[str, Query(max_length=300, description="of the file; its ending tells its kind")],
) -> JSONResponse:
    """A piece from a file: MIDI, MusicXML, ABC, kern, MEI or plain text."""
    stem, dot, ending = name.rpartition(".")
    score, said = await _read(request, data, f"{dot}{ending}")
    title = score.info.get("title") or stem.replace("\\", "/").rpartition("/")[2]
    return await run_in_threadpool(_kept, request, score, title, "upload", said)


async def _read(request: Request, data: bytes, suffix: str) -> tuple[Score, tuple[str, ...]]:
    """A file read in a child; few are read at a time, and who waits keeps no thread."""
    readings: Turns = request.app.state.readings
    async with readings.taken(asker_of(request)["lane"]):
        return await run_in_threadpool(open_upload, data, suffix)


def _kept(request: Request, score: Score, title: str, label: str, said: tuple[str, ...] = ()) -> JSONResponse:
    """Keep a new piece; the answer says what its file did not, and was understood."""
    opened = store_of(request).create(workspace_of(request), title, document_of(score), label=label)
    return answer(opened, 201, understood=list(said))


@router.get("/pieces/{piece}")
def open_piece(piece: str, store: Pieces, workspace: Workspace) -> JSONResponse:
    """A piece as it stands."""
    return answer(store.open(workspace, piece))


@router.patch("/pieces/{piece}")
def rename_piece(piece: str, asked: Rename, store: Pieces, workspace: Workspace) -> JSONResponse:
    """Another title."""
    return answer(store.rename(workspace, piece, asked.title))


@router.delete("/pieces/{piece}", status_code=204)
def delete_piece(piece: str, store: Pieces, workspace: Workspace) -> None:
    """Delete a piece with its history."""
    store.delete(workspace, piece)


@router.post("/pieces/{piece}/edits")
def edit_piece(piece: str, asked: Edits, store: Pieces, workspace: Workspace) -> JSONResponse:
    """Draw, move, lengthen or delete notes: all of it, or nothing; 409 if the piece has changed since."""
    opened = store.open(workspace, piece)
    store.check_newest(opened, asked.revision)
    document = apply_edits(opened.document, [edit.edit() for edit in asked.edits])
    return answer(store.commit(workspace, piece, asked.revision, document, label=asked.edits[0].op))


@router.post("/pieces/{piece}/undo")
def undo(piece: str, asked: Step, store: Pieces, workspace: Workspace) -> JSONResponse:
    """The state before."""
    return answer(store.undo(workspace, piece, asked.revision))


@router.post("/pieces/{piece}/redo")
def redo(piece: str, asked: Step, store: Pieces, workspace: Workspace) -> JSONResponse:
    """The state that was last undone."""
    return answer(store.redo(workspace, piece, asked.revision))


@router.post("/pieces/{piece}/accept")
def accept(piece: str, asked: Accept, request: Request, store: Pieces, workspace: Workspace) -> JSONResponse:
    """Take a candidate over as the newest state; notes that it left alone keep their numbers."""
    opened = store.open(workspace, piece)
    store.check_newest(opened, asked.revision)
    candidate = candidates_api.rounds_of(request).candidate(
        workspace, piece, asked.revision, asked.job, asked.candidate
    )
    document = document_of(candidate.score, opened.document)
    taken = store.commit(workspace, piece, asked.revision, document, label=candidate.verb)
    title, before = candidate.score.info.get("title", ""), opened.document.score.info.get("title", "")
    # What is composed anew bears no longer the title that was composed before; one that somebody gave it stays.
    nameless = (UNTITLED, before) if candidate.verb == "compose" else (UNTITLED,)
    if title and taken.entry.title in nameless:
        taken = store.rename(workspace, piece, title)
    return answer(taken)


def empty_score(n_bars: int, program: int = 0) -> Score:
    """Bars of 4/4 for an instrument; a keyboard has two staves."""
    is_keyboard = program < 8
    staves = 2 if is_keyboard else 1
    clefs = [Clef(), Clef(staff=2, sign="F", line=4)] if is_keyboard else []
    part = Part(name="Piano" if is_keyboard else "", n_staves=staves, program=program, free_voices=is_keyboard)
    return Score.build(
        [],
        [part],
        end=96 * n_bars,
        meters=[Meter()],
        tempos=[Tempo(unit="quarter")],
        clefs=clefs,
    )

"""`/api/pieces`: the pieces of the page - made, opened, edited, undone, drawn, judged and downloaded."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Query, Request, Response

from stretto.score.model import Clef, Meter, Part, Score, Tempo
from stretto.studio import candidates_api, sheets_api
from stretto.studio.candidates import Rounds
from stretto.studio.children import open_upload
from stretto.studio.documents import document_of, view_of
from stretto.studio.downloads import SUFFIXES, disposition, file_of_piece
from stretto.studio.edits import apply_edits
from stretto.studio.findings import faults_of, likelihood_of
from stretto.studio.limits import UPLOAD_BYTES, Refused, TooBig
from stretto.studio.page_map import Pages, pages_of
from stretto.studio.piece_messages import Accept, Create, Edits, Rename, Step
from stretto.studio.store import UNTITLED, Opened, Store, default_path
from stretto.studio.turns import Turns

FILE = "studio.sqlite3"

BYTES = {"type": "string", "format": "binary"}
"""As OpenAPI calls a file."""

KEPT_PAGES = 24
"""Engraved states that are kept at hand: the page asks for each picture one by one."""

router = APIRouter(prefix="/api", tags=["page"])
router.include_router(candidates_api.router)
router.include_router(sheets_api.router)

_engraving = Turns("other pages are being drawn", at_once=2)


def prepare(app: FastAPI) -> None:
    """Open the pieces of an application: in its `state.data_folder`, or the user's."""
    folder: Path | None = getattr(app.state, "data_folder", None)
    app.state.store = Store(folder / FILE if folder is not None else default_path())
    app.state.pages = OrderedDict[tuple[str, int, str], Pages]()
    app.state.rounds = Rounds()


def close(app: FastAPI) -> None:
    """Close them; what candidates are being made is called off."""
    app.state.rounds.close()
    app.state.store.close()


def store_of(request: Request) -> Store:
    """Where the pieces are."""
    store: Store = request.app.state.store
    return store


def workspace_of(request: Request) -> str:
    """Whose pieces they are: the server's guard says it of every request."""
    workspace: str = request.state.workspace
    return workspace


Pieces = Annotated[Store, Depends(store_of)]
Rules = Annotated[str, Query(max_length=40, description="name of a rule sheet")]
Workspace = Annotated[str, Depends(workspace_of)]


def answer(opened: Opened) -> dict[str, Any]:
    """A piece as the page draws it."""
    entry = opened.entry
    head = {"id": entry.id, "title": entry.title, "revision": entry.revision}
    return {**head, "canUndo": opened.can_undo, "canRedo": opened.can_redo, **view_of(opened.document)}


@router.get("/pieces")
def list_pieces(store: Pieces, workspace: Workspace) -> list[dict[str, Any]]:
    """The pieces of this browser, the newest first."""
    return [
        {"id": entry.id, "title": entry.title, "revision": entry.revision, "modified": entry.modified}
        for entry in store.pieces(workspace)
    ]


@router.post("/pieces", status_code=201)
def create_piece(asked: Create, store: Pieces, workspace: Workspace) -> dict[str, Any]:
    """A new piece: empty bars for a piano, or what is typed in the plain-text notation."""
    if asked.notation is None:
        score, said = empty_score(asked.bars, asked.program), tuple[str, ...]()
    else:
        score, said = open_upload(asked.notation.encode("utf-8", "replace"), ".txt")
    title = asked.title or score.info.get("title", "")
    return _said(store.create(workspace, title, document_of(score), label="new"), said)


async def upload_body(request: Request) -> bytes:
    """The bytes that are sent; no more of them is read than may be sent."""
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > UPLOAD_BYTES:
            raise TooBig("the file")
    return bytes(data)


@router.post(
    "/pieces/upload",
    status_code=201,
    openapi_extra={"requestBody": {"content": {"application/octet-stream": {"schema": BYTES}}}},
)
def upload_piece(
    data: Annotated[bytes, Depends(upload_body)],
    store: Pieces,
    workspace: Workspace,
    name: Annotated[str, Query(max_length=300, description="of the file; its ending tells its kind")],
) -> dict[str, Any]:
    """A piece from a file: MIDI, MusicXML, ABC, kern, MEI or plain text."""
    stem, dot, ending = name.rpartition(".")
    score, said = open_upload(data, f"{dot}{ending}")
    title = score.info.get("title") or stem.replace("\\", "/").rpartition("/")[2]
    return _said(store.create(workspace, title, document_of(score), label="upload"), said)


@router.get("/pieces/{piece}")
def open_piece(piece: str, store: Pieces, workspace: Workspace) -> dict[str, Any]:
    """A piece as it stands."""
    return answer(store.open(workspace, piece))


@router.patch("/pieces/{piece}")
def rename_piece(piece: str, asked: Rename, store: Pieces, workspace: Workspace) -> dict[str, Any]:
    """Another title."""
    return answer(store.rename(workspace, piece, asked.title))


@router.delete("/pieces/{piece}", status_code=204)
def delete_piece(piece: str, store: Pieces, workspace: Workspace) -> None:
    """Delete a piece with its history."""
    store.delete(workspace, piece)


@router.post("/pieces/{piece}/edits")
def edit_piece(piece: str, asked: Edits, store: Pieces, workspace: Workspace) -> dict[str, Any]:
    """Draw, move, lengthen or delete notes: all of it, or nothing; 409 if the piece has changed since."""
    opened = store.open(workspace, piece)
    store.check_newest(opened, asked.revision)
    document = apply_edits(opened.document, [edit.edit() for edit in asked.edits])
    return answer(store.commit(workspace, piece, asked.revision, document, label=asked.edits[0].op))


@router.post("/pieces/{piece}/undo")
def undo(piece: str, asked: Step, store: Pieces, workspace: Workspace) -> dict[str, Any]:
    """The state before."""
    return answer(store.undo(workspace, piece, asked.revision))


@router.post("/pieces/{piece}/redo")
def redo(piece: str, asked: Step, store: Pieces, workspace: Workspace) -> dict[str, Any]:
    """The state that was last undone."""
    return answer(store.redo(workspace, piece, asked.revision))


@router.post("/pieces/{piece}/accept")
def accept(piece: str, asked: Accept, request: Request, store: Pieces, workspace: Workspace) -> dict[str, Any]:
    """Take a candidate over as the newest state; notes that it left alone keep their numbers."""
    opened = store.open(workspace, piece)
    store.check_newest(opened, asked.revision)
    candidate = candidates_api.rounds_of(request).candidate(workspace, piece, asked.job, asked.candidate)
    document = document_of(candidate.score, opened.document)
    taken = store.commit(workspace, piece, asked.revision, document, label=candidate.verb)
    title = candidate.score.info.get("title", "")
    if title and taken.entry.title == UNTITLED:
        taken = store.rename(workspace, piece, title)
    return answer(taken)


@router.get("/pieces/{piece}/pages")
def pages(piece: str, request: Request, store: Pieces, workspace: Workspace) -> dict[str, Any]:
    """Where on the printed pages every note and bar stands, in units of the pictures."""
    opened = store.open(workspace, piece)
    return {"revision": opened.entry.revision, "pages": list(_engraved(request, opened).places)}


@router.get("/pieces/{piece}/pages/{number}.svg")
def page_picture(piece: str, number: int, request: Request, store: Pieces, workspace: Workspace) -> Response:
    """A printed page, the first being 1."""
    svgs = _engraved(request, store.open(workspace, piece)).svgs
    if not 1 <= number <= len(svgs):
        raise Refused(f"there is no page {number}; the piece has {len(svgs)}", 404)
    return Response(svgs[number - 1], media_type="image/svg+xml", headers={"Cache-Control": "no-store"})


@router.get("/pieces/{piece}/check")
def check(piece: str, store: Pieces, workspace: Workspace, rules: Rules = "chorale") -> dict[str, Any]:
    """What breaks a rule of a sheet, with bar, notes and reason."""
    opened = store.open(workspace, piece)
    return {"revision": opened.entry.revision, **faults_of(opened.document, rules)}


@router.get("/pieces/{piece}/likelihood")
def likelihood(piece: str, store: Pieces, workspace: Workspace) -> dict[str, Any]:
    """How likely the choir's network finds every bar, and which notes it expected least."""
    opened = store.open(workspace, piece)
    return {"revision": opened.entry.revision, **likelihood_of(opened.document)}


@router.get("/pieces/{piece}/download/{kind}")
def download(piece: str, kind: str, store: Pieces, workspace: Workspace) -> Response:
    """The piece as a file."""
    opened = store.open(workspace, piece)
    data, media_type = file_of_piece(titled(opened), kind)
    name = disposition(opened.entry.title, SUFFIXES[kind])
    return Response(data, media_type=media_type, headers={"Content-Disposition": name})


def titled(opened: Opened) -> Score:
    """The score under the title that the piece has on the page."""
    score, title = opened.document.score, opened.entry.title
    return score if title == UNTITLED else score.evolve(info={**score.info, "title": title})


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


def _engraved(request: Request, opened: Opened) -> Pages:
    kept: OrderedDict[tuple[str, int, str], Pages] = request.app.state.pages
    key = opened.entry.id, opened.entry.revision, opened.entry.title
    found = kept.get(key)
    if found is None:
        with _engraving.taken():
            found = kept.get(key) or pages_of(replace(opened.document, score=titled(opened)))
        kept[key] = found
        while len(kept) > KEPT_PAGES:
            kept.popitem(last=False)
    return found


def _said(opened: Opened, said: tuple[str, ...]) -> dict[str, Any]:
    """A new piece, and what its file did not say and was understood."""
    return {**answer(opened), "understood": list(said)}

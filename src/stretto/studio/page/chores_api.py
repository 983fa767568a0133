"""`/api/pieces/{id}/...`: a piece looked at - its pages, what is said of it, its files - by the workers at the desk."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from stretto.studio.limits import DOCUMENT_BARS, Refused
from stretto.studio.page.page_shelf import Pages, PageShelf
from stretto.studio.page.sheets_api import sheets_of
from stretto.studio.pieces.downloads import SUFFIXES, TYPES, check_kind, disposition
from stretto.studio.pieces.store import Entry, Store
from stretto.studio.programs.examples import files
from stretto.studio.workers.jobs import Chore, Job, Result
from stretto.studio.workers.waiting import PAGE, asker_of, last_of, result_for, result_in, while_awaited

JSON = "application/json"

Rules = Annotated[str | None, Query(max_length=40, description="of a rule sheet; none = the one chosen for the piece")]

Revision = Annotated[
    int | None, Query(description="whose pages are wanted, if they are still at hand; else, or with none, the newest's")
]

Bar = Annotated[int, Field(ge=0, le=DOCUMENT_BARS)]


class Breaks(BaseModel):
    """Of a page that was engraved before, the bars with which its lines begin, and those of the page before; 0 = the
    first bar of the piece."""

    number: Annotated[int, Field(ge=1, le=DOCUMENT_BARS, description="of the page, the first being 1")]
    before: Annotated[
        list[Bar], Field(max_length=100, description="of the page before; none = there is no such page")
    ] = []
    lines: Annotated[list[Bar], Field(min_length=1, max_length=100)]
    after: Annotated[Bar, Field(description="the one after the page's last")]
    until: Annotated[Bar, Field(description="the one after the line that follows the page, or as `after`")]
    revision: Revision = None

    def section(self) -> dict[str, Any]:
        """As a worker takes it."""
        return self.model_dump(exclude={"revision"})


Broken = Annotated[Breaks, Query()]

router = APIRouter()


@router.get("/pieces/{piece}/pages")
async def pages(piece: str, request: Request, revision: Revision = None) -> Response:
    """Where on the printed pages every note and bar stands, in units of the pictures."""
    return Response((await _engraved(piece, request, revision))[0], media_type=JSON)


@router.get("/pieces/{piece}/pages/{number}.svg", response_class=Response, responses=files("image/svg+xml"))
async def page_picture(piece: str, number: int, request: Request, revision: Revision = None) -> Response:
    """A printed page, the first being 1."""
    _, *svgs = await _engraved(piece, request, revision)
    if not 1 <= number <= len(svgs):
        raise Refused(f"there is no page {number}; the piece has {len(svgs)}", 404)
    return Response(svgs[number - 1], media_type="image/svg+xml", headers={"Cache-Control": "no-store"})


@router.get("/pieces/{piece}/page")
async def one_page(piece: str, request: Request, broken: Broken) -> Response:
    """The same of one page of a piece that is broken into lines as it was before an edit: sooner there than all."""
    return Response((await _engraved(piece, request, broken.revision, broken.section()))[0], media_type=JSON)


@router.get("/pieces/{piece}/page.svg", response_class=Response, responses=files("image/svg+xml"))
async def one_page_picture(piece: str, request: Request, broken: Broken) -> Response:
    """That page."""
    picture = (await _engraved(piece, request, broken.revision, broken.section()))[1]
    return Response(picture, media_type="image/svg+xml", headers={"Cache-Control": "no-store"})


@router.get("/pieces/{piece}/check")
async def check(piece: str, request: Request, rules: Rules = None) -> Response:
    """What breaks a rule of a sheet, with bar, notes and reason."""
    entry, body = await kept(piece, request)
    how = await run_in_threadpool(sheets_of(request).asked, request.state.workspace, piece, rules)
    found = await chore(request, "faults", body, revision=entry.revision, **how)
    return Response(found.file, media_type=JSON)


@router.get("/pieces/{piece}/likelihood")
async def likelihood(piece: str, request: Request) -> Response:
    """How likely the network of its players finds every bar, and which notes it expected least."""
    entry, body = await kept(piece, request)
    return Response((await chore(request, "likelihood", body, revision=entry.revision)).file, media_type=JSON)


@router.get("/pieces/{piece}/originality")
async def originality(piece: str, request: Request) -> Response:
    """What every bar shares with the music that the networks learned from, by name, and how usual that is."""
    entry, body = await kept(piece, request)
    return Response((await chore(request, "originality", body, revision=entry.revision)).file, media_type=JSON)


@router.get("/pieces/{piece}/download/{kind}", response_class=Response, responses=files(*TYPES.values()))
async def download(piece: str, kind: str, request: Request) -> Response:
    """The piece as a file."""
    entry, body = await kept(piece, request)
    check_kind(kind)
    found = await chore(request, "file", body, kind=kind, title=entry.title)
    name = disposition(entry.title, SUFFIXES[kind])
    return Response(found.file, media_type=found.data["media_type"], headers={"Content-Disposition": name})


async def kept(piece: str, request: Request) -> tuple[Entry, bytes]:
    """A piece of this browser, packed as it is kept."""
    store: Store = request.app.state.store
    return await run_in_threadpool(store.kept, request.state.workspace, piece)


async def chore(request: Request, chore: Chore, body: bytes, **how: Any) -> Result:
    """What a worker at the desk makes of a piece, as long as somebody waits for it."""
    return await result_for(request, request.app.state.desk, Job(verb=chore, arguments=how, score=body), PAGE)


async def _engraved(piece: str, request: Request, revision: int | None, section: dict[str, Any] | None = None) -> Pages:
    """All pages, or that of a section: of the state that is asked for if they are at hand, else of the newest."""
    entry, body = await kept(piece, request)
    shelf: PageShelf = request.app.state.pages
    which = str(section or "")
    if revision is not None and (there := shelf.known((piece, revision, entry.title, which))) is not None:
        return there
    key = piece, entry.revision, entry.title, which
    how: dict[str, Any] = {"revision": entry.revision, "title": entry.title}
    if section is None:
        job = Job(verb="pages", arguments=how, score=body)
    else:
        job = Job(verb="page", arguments={**how, "section": section}, score=body)
    return await while_awaited(request, shelf.pages(key, lambda: _drawn(request, job)))


async def _drawn(request: Request, job: Job) -> Pages:
    """Pages for all who wait for them: who asked first may be gone before they are there."""
    ticket = request.app.state.desk.submit(job, **asker_of(request, PAGE))
    try:
        found = result_in(await last_of(ticket))
    finally:
        ticket.cancel()
        request.app.state.desk.forget(ticket)
    return _cut(found.file or b"", found.data["bytes"])


def _cut(file: bytes, lengths: list[int]) -> Pages:
    """Pieces that lie one behind the other."""
    ends = [sum(lengths[: i + 1]) for i in range(len(lengths))]
    return [file[end - length : end] for length, end in zip(lengths, ends, strict=True)]

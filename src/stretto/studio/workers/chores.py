"""Chores: what is made of a piece that is kept - its pages, its files, what is said of it - in a worker that may die.

However large or odd a piece is, the server's own threads only hand over what is kept and send on what comes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from stretto.errors import RequestError
from stretto.score.model import Score
from stretto.studio.pieces.documents import Document
from stretto.studio.pieces.score_json import unpack
from stretto.studio.pieces.store import UNTITLED
from stretto.studio.workers.jobs import Job, Result

if TYPE_CHECKING:
    from stretto.studio.pieces.page_map import Pages

Made = tuple[bytes, Mapping[str, Any]]
"""A file, and what is to be known of it."""


def do_chore(job: Job) -> Result:
    """Do one.

    Raises:
        StrettoError: it cannot be done with this piece; in one line.
    """
    if job.score is None:
        raise RequestError(f"{job.verb} needs a piece")
    chores: dict[str, Callable[..., Made]] = {
        "faults": _faults,
        "likelihood": _likelihood,
        "originality": _originality,
        "pages": _pages,
        "page": _page,
        "file": _file,
    }
    file, data = chores[job.verb](Document.from_json(unpack(job.score)), **job.arguments)
    return Result(file=file, data=data)


def _faults(document: Document, revision: int, **how: Any) -> Made:
    from stretto.studio.judging.findings import faults_of

    return _as_json(revision, faults_of(document, **how)), {}


def _likelihood(document: Document, revision: int) -> Made:
    from stretto.studio.judging.findings import likelihood_of

    return _as_json(revision, likelihood_of(document)), {}


def _originality(document: Document, revision: int) -> Made:
    from stretto.studio.judging.originality import originality_of_document

    return _as_json(revision, originality_of_document(document)), {}


def _pages(document: Document, revision: int, title: str) -> Made:
    """All engraved pages."""
    from stretto.studio.pieces.page_map import pages_of

    return _end_to_end(revision, pages_of(replace(document, score=titled(document.score, title))))


def _page(document: Document, revision: int, title: str, section: dict[str, Any]) -> Made:
    """One engraved page."""
    from stretto.render.section import Section
    from stretto.studio.pieces.page_map import page_of

    wanted = Section(**{**section, "before": tuple(section["before"]), "lines": tuple(section["lines"])})
    return _end_to_end(revision, page_of(replace(document, score=titled(document.score, title)), wanted))


def _end_to_end(revision: int, found: Pages) -> Made:
    """The places and then the pictures, one behind the other; `bytes` says how long each is."""
    pieces = [_as_json(revision, {"pages": list(found.places)}), *(svg.encode() for svg in found.svgs)]
    return b"".join(pieces), {"bytes": [len(piece) for piece in pieces]}


def _file(document: Document, kind: str, title: str) -> Made:
    from stretto.studio.pieces.downloads import file_of_piece

    file, media_type = file_of_piece(titled(document.score, title), kind)
    return file, {"media_type": media_type}


def titled(score: Score, title: str) -> Score:
    """The score under the title that the piece has on the page."""
    return score if title == UNTITLED else score.evolve(info={**score.info, "title": title})


def _as_json(revision: int, said: Mapping[str, Any]) -> bytes:
    """The answer as it is sent."""
    return json.dumps(
        {"revision": revision, **said}, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()

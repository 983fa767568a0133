"""A score with marked notes as a file: a page with numbers and a legend, or MusicXML with comments."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from stretto.errors import RenderError, ScoreWriteError
from stretto.render.drawing import Drawing
from stretto.render.labels import label
from stretto.render.layout import Layout
from stretto.render.legend import draw_legend
from stretto.render.marking import Look, Marking, coloured, commented, in_order_of_gravity
from stretto.render.output import PICTURES, check_output
from stretto.render.page import render_pages
from stretto.render.picture import file_of, losses
from stretto.score.formats import write_score
from stretto.score.model import Notice, Score
from stretto.score.opening import write_whole

SCORES = (".musicxml", ".mxl", ".xml")
"""Formats that can say the colour of a note."""

SPACING: dict[str, Any] = {
    **dict.fromkeys(("spacingStaff", "spacingBraceGroup", "spacingBracketGroup"), 16),
    "spacingSystem": 11,
    "justifyVertically": False,
}
"""More room between staves than an unmarked page has, for the numbers."""


def check_marked(path: Path, *, force: bool = False) -> None:
    """Say before any work is done that a marked file could not be written.

    Raises:
        ScoreWriteError: an extension that cannot show marks, or as `check_output`.
    """
    if path.suffix.lower() not in (*PICTURES, *SCORES):
        kind = path.suffix or "a file without extension"
        raise ScoreWriteError(
            f"{path}: {kind} cannot show marked notes; name a page ({', '.join(PICTURES)}) or a {', '.join(SCORES[:2])}"
        )
    check_output(path, force=force)


def render_marked(
    score: Score, markings: Sequence[Marking], looks: Sequence[Look], *, title: str, layout: Layout = "auto"
) -> list[Drawing]:
    """The engraved page, marked notes coloured and numbered, with the legend below.

    Args:
        score: what is marked.
        markings: what to mark.
        looks: their kinds, the gravest first.
        title: of the legend: what was found, in a line.
        layout: of the page; "auto" = what suits the parts.

    Raises:
        RequestError: closed layout of what is not four voices.
        RenderError: it could not be engraved.
    """
    by_gravity = in_order_of_gravity(markings, looks)
    drawings = render_pages(coloured(score, by_gravity, named=True), layout, **SPACING)
    label(drawings, score, by_gravity)
    draw_legend(drawings, title, sorted(markings, key=lambda marking: marking.number), looks)
    return drawings


def write_marked(
    score: Score,
    markings: Sequence[Marking],
    looks: Sequence[Look],
    path: Path,
    *,
    title: str,
    layout: Layout = "auto",
    force: bool = False,
) -> tuple[Notice, ...]:
    """Write a marked page (.svg, .pdf, .png) or a marked score (.musicxml, .mxl), whole or not at all.

    Returns:
        What the file could not hold, counted.

    Raises:
        ScoreWriteError: as `check_marked`, or the disk refuses.
        RenderError: the page could not be made.
    """
    check_marked(path, force=force)
    suffix = path.suffix.lower()
    if suffix in SCORES:
        return write_score(commented(score, in_order_of_gravity(markings, looks)), path, force=force)
    if not score.parts:
        raise RenderError(f"{path}: there is nothing to draw, for the score has no parts; name a score with music")
    drawings = render_marked(score, markings, looks, title=title, layout=layout)
    write_whole(path, file_of(drawings, suffix, score.info), force=force)
    return losses(drawings)

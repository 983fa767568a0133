"""The printed page of a score."""

from __future__ import annotations

import re
from dataclasses import replace

from stretto.render.drawing import Drawing
from stretto.render.engrave import OPTIONS, engrave
from stretto.render.heading import draw_footer, draw_heading, heading_of
from stretto.render.layout import Layout, arrange
from stretto.render.shared_rests import share_rests
from stretto.render.verovio_svg import clean_page
from stretto.score.model import Score
from stretto.score.musicxml_write import write_musicxml

GROUP_NAME = re.compile(r"<group-name>[^<]*</group-name>")
"""Of a bracket; verovio prints it though the file says that it is not to be printed."""

SPACER = "Title"
"""Verovio keeps room for one line of title; what is in it is never seen."""

SPACER_HEIGHT = 488
"""Of that line, hundredths of a millimetre."""

MAX_MARGIN = 24
"""The most that verovio leaves free below its title, in its units."""


def render_pages(score: Score, layout: Layout | None = None) -> list[Drawing]:
    """Engrave a score.

    Args:
        score: what to print.
        layout: "closed", "open"; "auto" or None = what suits the parts.

    Returns:
        Pages of A4, at least one.

    Raises:
        RequestError: closed layout of what is not four voices.
        RenderError: verovio could not engrave it.
    """
    heading = heading_of(score.info, page_width=10 * OPTIONS["pageWidth"])
    unit = 10 * OPTIONS["unit"]
    margin = min(MAX_MARGIN, max(0.0, (heading.height - SPACER_HEIGHT) / unit))
    arranged = arrange(score, layout)
    # Headings are ours: verovio's own would stand in one size, at one side.
    musicxml, lost = write_musicxml(replace(arranged, info={"title": SPACER}))
    options = {"header": "auto", "bottomMarginHeader": margin} if heading.lines else {"header": "none"}
    text = share_rests(GROUP_NAME.sub("", musicxml.decode("utf-8")))
    drawings = [clean_page(svg) for svg in engrave(text, _phrase_ends(score), **options)]
    drawings[0].notices = (*arranged.notices[len(score.notices) :], *lost)
    if heading.lines:
        draw_heading(drawings[0], heading)
    if score.info.get("rights"):
        draw_footer(drawings[0], score.info["rights"], is_rights=True)
    for number, drawing in enumerate(drawings[1:], 2):
        draw_footer(drawing, str(number), is_rights=False)
    return drawings


def _phrase_ends(score: Score) -> set[int]:
    """Bars after which a line ends well: those with a fermata, a repeat sign or a double bar."""
    ends = {score.bar_index(mark.tick) for mark in score.marks if mark.kind == "fermata"}
    return ends | {i for i, bar in enumerate(score.bars) if bar.repeat_end or bar.barline in ("double", "final")}

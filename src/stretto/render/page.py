"""The printed page of a score."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from stretto.render.drawing import Drawing
from stretto.render.dynamics_in_words import in_words
from stretto.render.engrave import OPTIONS, engrave
from stretto.render.heading import Heading, draw_footer, draw_heading, heading_of
from stretto.render.layout import Layout, arrange
from stretto.render.section import Section
from stretto.render.shared_rests import share_rests
from stretto.render.verovio_svg import clean_page
from stretto.score.model import Notice, Score
from stretto.score.musicxml_write import write_musicxml
from stretto.theory.performance import on_the_beat, played_live
from stretto.theory.staff_page import revoiced

GROUP_NAME = re.compile(r"<group-name>[^<]*</group-name>")
"""Of a bracket; verovio prints it though the file says that it is not to be printed."""

SPACER = "Title"
"""Verovio keeps room for one line of title; what is in it is never seen."""

SPACER_HEIGHT = 488
"""Of that line, hundredths of a millimetre."""

CLOSE = {"spacingLinear": 0.15, "spacingNonLinear": 0.5, "spacingSystem": 6}
"""Notes of instruments stand nearer to each other than notes with words, three bars of a nocturne on a line."""

PIANOS = range(8)
"""General MIDI programs."""

MAX_MARGIN = 24
"""The most that verovio leaves free below its title, in its units."""


def render_pages(score: Score, layout: Layout | None = None, **wishes: Any) -> list[Drawing]:
    """Engrave a score; what was played live stands on the beat, where it can be read.

    Args:
        score: what to print.
        layout: "closed", "open"; "auto" or None = what suits the parts.
        wishes: options of verovio, as more room between staves.

    Returns:
        Pages of A4, at least one.

    Raises:
        RequestError: closed layout of what is not four voices.
        RenderError: verovio could not engrave it.
    """
    return _drawn(score, layout, None, wishes)


def render_page(score: Score, section: Section) -> Drawing:
    """One page of a score of which it is known how it is broken into lines and pages.

    Raises:
        RequestError: it has no such bars, or they no longer fit the page.
        RenderError: verovio could not engrave it.
    """
    section.check(score)
    return _drawn(score, None, section, {})[0]


def _drawn(score: Score, layout: Layout | None, section: Section | None, wishes: dict[str, Any]) -> list[Drawing]:
    """All pages, or that of a section."""
    heading = heading_of(score.info, page_width=10 * OPTIONS["pageWidth"])
    unit = 10 * OPTIONS["unit"]
    margin = min(MAX_MARGIN, max(0.0, (heading.height - SPACER_HEIGHT) / unit))
    written, freedom = _on_the_beat(score)
    arranged = arrange(written, layout)
    arranged = _unlabelled(arranged)
    if section is not None:
        section.check(arranged)  # where a performance's empty end was left out
        arranged = section.cut(arranged)
    # Headings are ours: verovio's own would stand in one size, at one side.
    musicxml, lost = write_musicxml(replace(arranged, marks=in_words(arranged.marks), info={"title": SPACER}))
    options = {"header": "auto", "bottomMarginHeader": margin} if heading.lines else {"header": "none"}
    text = share_rests(GROUP_NAME.sub("", musicxml.decode("utf-8")))
    options |= CLOSE if _is_instrumental(written) else {}
    if section is None:
        drawings = [clean_page(svg) for svg in engrave(text, _phrase_ends(written), **{**options, **wishes})]
    else:
        svgs = engrave(section.broken(text), **{**options, "breaks": "line"})
        drawings = [clean_page(section.page_among(svgs))]
    drawings[0].notices = (*freedom, *arranged.notices[len(written.notices) :], *lost)
    for number, drawing in enumerate(drawings, 1 if section is None else section.number):
        _furnish(drawing, number, score, heading)
    return drawings


def _furnish(drawing: Drawing, number: int, score: Score, heading: Heading) -> None:
    """What stands above and below the music of a page."""
    if number > 1:
        draw_footer(drawing, str(number), is_rights=False)
        return
    if heading.lines:
        draw_heading(drawing, heading)
    if score.info.get("rights"):
        draw_footer(drawing, score.info["rights"], is_rights=True)


def _is_instrumental(score: Score) -> bool:
    """A piano, or players whose voices come and go; no words are sung."""
    staves = any(part.n_staves > 1 or part.free_voices for part in score.parts)
    return staves and all(mark.kind != "lyric" for mark in score.marks)


def _unlabelled(score: Score) -> Score:
    """Music for a piano alone does not say so beside every line."""
    if len(score.parts) != 1 or score.parts[0].n_staves != 2 or score.parts[0].program not in PIANOS:
        return score
    return replace(score, parts=(replace(score.parts[0], name="", abbreviation=""),))


def _phrase_ends(score: Score) -> set[int]:
    """Bars after which a line ends well: those with a fermata, a repeat sign or a double bar."""
    ends = {score.bar_index(mark.tick) for mark in score.marks if mark.kind == "fermata"}
    return ends | {i for i, bar in enumerate(score.bars) if bar.repeat_end or bar.barline in ("double", "final")}


def _on_the_beat(score: Score) -> tuple[Score, tuple[Notice, ...]]:
    """What is to be read of a score, and what of a performance is not."""
    if not played_live(score):
        return score, ()
    beat = on_the_beat(score)
    moved_N = (beat.onset_N != score.notes["onset"]) | (beat.duration_N != score.notes["duration"])
    n_brushed = int(beat.brushed_N.sum())
    moved = Notice(what="times off the beat (the page is written on it)", count=int(moved_N.sum()))
    brushed = Notice(what="brushed keys", count=n_brushed)
    return revoiced(_without_empty_end(beat.score)), tuple(notice for notice in (moved, brushed) if notice.count)


def _without_empty_end(score: Score) -> Score:
    """Without the last bars, if they held no more than the last keys' release."""
    end = int(score.ends.max(initial=0))
    n_bars = max(1, sum(bar.tick < end for bar in score.bars))
    if n_bars == len(score.bars):
        return score
    last = replace(score.bars[n_bars - 1], barline=score.bars[-1].barline)
    marks = tuple(mark for mark in score.marks if mark.tick < score.bars[n_bars].tick)
    return score.evolve(bars=(*score.bars[: n_bars - 1], last), end=score.bars[n_bars].tick, marks=marks)

"""Short passages side by side, or one under another, as one SVG: each engraved by itself, with a line over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from stretto.render.drawing import Drawing, svg_of
from stretto.render.engrave import engrave
from stretto.render.ink import paint
from stretto.render.layout import N_VOICES, Layout, arrange, choir_of
from stretto.render.marking import VERMILION, Look, Marking, coloured
from stretto.render.shared_rests import share_rests
from stretto.render.verovio_svg import FOUND_BY, Style, clean_page, set_line, width_of
from stretto.score.model import Score
from stretto.score.musicxml_write import write_musicxml

ALIKE = Look(name="alike", colour=VERMILION, sign="disc")

CAPTION = Style(size=330)
SECOND_LINE = Style(size=280, italic=True)

WIDTH = 1050
"""Of each passage, tenths of a millimetre: two fill the width of an A4 page."""

TOP = 1200.0
"""Room for the two lines over a passage, hundredths of a millimetre."""

MARGIN = 60
"""Around the staves, tenths of a millimetre."""


@dataclass(frozen=True, kw_only=True)
class Passage:
    """One of the passages that stand beside each other."""

    score: Score
    alike: Sequence[int]
    """Indices into `score.notes` of what all of them share: its heads are coloured."""
    title: str
    """The first line over it."""
    place: str = ""
    """The second: which bars these are."""


def side_by_side(passages: Sequence[Passage], *, title: str = "") -> str:
    """One SVG file of passages, from left to right.

    Args:
        passages: each with at least one part.
        title: of the file, not drawn.

    Raises:
        RenderError: one could not be engraved.
    """
    drawings = [_drawn(passage, _layout(passages)) for passage in passages]
    whole = Drawing(width=sum(d.width for d in drawings), height=TOP + max(d.height for d in drawings))
    left = 0.0
    for passage, drawing in zip(passages, drawings, strict=True):
        group = SubElement(whole.body, "g", {"class": "passage", "transform": f"translate({left:g}, 0)"})
        for text, style, y in ((passage.title, CAPTION, 500.0), (passage.place, SECOND_LINE, 950.0)):
            set_line(text, _fitting(text, style, drawing.width - 20 * MARGIN), 10.0 * MARGIN, y, group, whole)
        staves = SubElement(group, "g", {"transform": f"translate(0, {TOP:g})"})
        staves.extend(drawing.body)
        whole.outlines.update(drawing.outlines)
        left += drawing.width
    return svg_of([whole], title=title)


def _layout(passages: Sequence[Passage]) -> Layout:
    """Two staves for every one, if each is in four voices: what is to be compared must look alike."""
    scores = [passage.score for passage in passages]
    return "closed" if all(len(score.parts) == N_VOICES and choir_of(score) for score in scores) else "auto"


def _drawn(passage: Passage, layout: Layout) -> Drawing:
    """The staves alone, on a page as high as they are."""
    alike = Marking(number=1, look=ALIKE, notes=tuple(passage.alike), tick=0, place="", text="", comment="")
    musicxml, _ = write_musicxml(replace(arrange(coloured(passage.score, [alike], named=True), layout), info={}))
    options: dict[str, Any] = {
        "pageWidth": WIDTH,
        "adjustPageHeight": True,
        "header": "none",
        "justifyVertically": False,
        **{f"pageMargin{side}": MARGIN for side in ("Left", "Right", "Top", "Bottom")},
    }
    pages = [clean_page(svg) for svg in engrave(share_rests(musicxml.decode("utf-8")), **options)]
    for page in pages:
        _paint(page.body)
    first, *others = pages
    for page in others:
        below = SubElement(first.body, "g", {"transform": f"translate(0, {first.height:g})"})
        below.extend(page.body)
        first.outlines.update(page.outlines)
        first.height += page.height
    return first


def _paint(element: Element) -> None:
    """Colour the notes that have a name, and take the name away: another passage has the same."""
    if element.attrib.get("id", "").startswith(FOUND_BY):
        del element.attrib["id"]
        paint(element, ALIKE.colour)
    for child in element:
        _paint(child)


def _fitting(text: str, style: Style, width: float) -> Style:
    own = width_of(text, style)
    return style.scaled(min(1.0, width / own)) if own else style

"""The heading of a page: title, subtitle, who wrote the words, who the music; the rights and page numbers below."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import SubElement

from stretto.render.drawing import Drawing
from stretto.render.verovio_svg import Style, set_line, width_of

MARGIN = 1500
"""Left and right, hundredths of a millimetre, as `engrave.OPTIONS` has it."""

TITLE = Style(size=670, anchor="middle")
SUBTITLE = Style(size=400, italic=True, anchor="middle")
NAMES_LEFT = Style(size=350)
NAMES_RIGHT = Style(size=350, anchor="end")
RIGHTS = Style(size=270, anchor="middle")
FOLIO = Style(size=350, anchor="middle")

LEADING = 1.2
"""From line to line, against the size of the letters."""

CREDITS = (
    (NAMES_LEFT, (("lyricist", ""), ("translator", "trans. "))),
    (NAMES_RIGHT, (("composer", ""), ("arranger", "arr. "))),
)
"""Who stands left and who right, with what is printed before the name."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of the heading; `y` is its baseline, from the top margin."""

    text: str
    style: Style
    y: float


@dataclass(frozen=True, kw_only=True)
class Heading:
    """What stands over the music of the first page."""

    lines: tuple[Line, ...]
    height: float
    """Hundredths of a millimetre that the music must leave free; 0 = no heading."""


def heading_of(info: Mapping[str, str], *, page_width: float) -> Heading:
    """Set the heading in lines; a title too long for the page is broken, then made smaller."""
    width = page_width - 2 * MARGIN
    lines: list[Line] = []
    y = 0.0
    for key, style in (("title", TITLE), ("subtitle", SUBTITLE)):
        text = " ".join(info.get(key, "").split())
        if text:
            for part, fitted in _fit(text, style, width):
                y += fitted.size * (LEADING if lines else 0.8)
                lines.append(Line(text=part, style=fitted, y=y))
    bottoms = [y]
    for style, keys in CREDITS:
        below = y
        for key, before in keys:
            if info.get(key, "").strip():
                below += style.size * LEADING * (1.25 if below == y else 1.0)
                lines.append(_shrink(Line(text=before + " ".join(info[key].split()), style=style, y=below), width / 2))
        bottoms.append(below)
    return Heading(lines=tuple(lines), height=max(bottoms) + 200 if lines else 0.0)


def draw_heading(drawing: Drawing, heading: Heading) -> None:
    """Set the heading on a first page."""
    group = SubElement(drawing.body, "g", {"class": "heading"})
    edges = {"start": float(MARGIN), "middle": drawing.width / 2, "end": drawing.width - MARGIN}
    for line in heading.lines:
        set_line(line.text, line.style, edges[line.style.anchor], MARGIN + line.y, group, drawing)


def draw_footer(drawing: Drawing, text: str, *, is_rights: bool) -> None:
    """Set a page number, or who holds the rights, at the foot of a page."""
    group = SubElement(drawing.body, "g", {"class": "footer"})
    line = Line(text=" ".join(text.split()), style=RIGHTS if is_rights else FOLIO, y=drawing.height - 900)
    line = _shrink(line, drawing.width - 2 * MARGIN)
    set_line(line.text, line.style, drawing.width / 2, line.y, group, drawing)


def _fit(text: str, style: Style, width: float) -> list[tuple[str, Style]]:
    """A text in at most two lines of about the same length, smaller where that is not enough."""
    if width_of(text, style) <= width:
        return [(text, style)]
    words = text.split(" ")
    breaks = [(" ".join(words[:n]), " ".join(words[n:])) for n in range(1, len(words))]
    lines = min(breaks, key=lambda pair: max(width_of(part, style) for part in pair), default=(text,))
    widest = max(width_of(part, style) for part in lines)
    return [(part, style.scaled(min(1.0, width / widest))) for part in lines]


def _shrink(line: Line, width: float) -> Line:
    own = width_of(line.text, line.style)
    return line if own <= width else Line(text=line.text, style=line.style.scaled(width / own), y=line.y)

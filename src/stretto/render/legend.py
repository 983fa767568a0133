"""The legend under a marked page: what each number means, on as many pages as it takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from stretto.render.drawing import Drawing
from stretto.render.heading import MARGIN, draw_footer
from stretto.render.ink import ink_of
from stretto.render.labels import HEIGHT, RISE, SIZE, draw_sign, sign_width
from stretto.render.marking import Look, Marking
from stretto.render.verovio_svg import Style, set_line, width_of

TEXT = Style(size=310.0)
PLACE = Style(size=310.0, bold=True)
TITLE = Style(size=380.0, bold=True)

LEADING = 1.25
"""From line to line, against the size of the letters."""

INDENT = 700.0
"""Of the text, where the numbers stand before it."""

ABOVE = 600.0
"""Free between the music and the legend."""

BETWEEN = 130.0
"""Free between two entries."""

FOOT = 1400.0
"""Free at the foot of a page, for its number."""

FOOTERS = 1000.0
"""From here on down a page has only its number and its rights."""


@dataclass(kw_only=True)
class _Pen:
    """Where the next line goes."""

    drawings: list[Drawing]
    group: Element
    y: float

    @property
    def drawing(self) -> Drawing:
        return self.drawings[-1]

    def room_for(self, height: float) -> None:
        """Turn the page where so much does not fit."""
        if self.y + height > self.drawing.height - FOOT:
            page = Drawing(width=self.drawing.width, height=self.drawing.height)
            self.drawings.append(page)
            draw_footer(page, str(len(self.drawings)), is_rights=False)
            self.group = SubElement(page.body, "g", {"class": "legend"})
            self.y = float(MARGIN)


def draw_legend(drawings: list[Drawing], title: str, markings: Sequence[Marking], looks: Sequence[Look]) -> None:
    """Add a legend below the music of the last page, and pages where it needs more.

    Args:
        drawings: the pages; further ones are appended.
        title: what was found, in a line.
        markings: in the order of their numbers.
        looks: the kinds that there are.
    """
    last = drawings[-1]
    pen = _Pen(drawings=drawings, group=SubElement(last.body, "g", {"class": "legend"}), y=_free_from(last) + ABOVE)
    first = _lines(markings[0], last.width) if markings else []
    pen.room_for(TITLE.size * LEADING + HEIGHT + (1 + len(first)) * TEXT.size * LEADING)
    for line in wrapped(title, TITLE, last.width - 2 * MARGIN):
        pen.y += TITLE.size
        set_line(line, TITLE, MARGIN, pen.y, pen.group, pen.drawing)
        pen.y += (LEADING - 1) * TITLE.size
    _draw_key(pen, markings, looks)
    for marking in markings:
        _draw_entry(pen, marking)


def wrapped(text: str, style: Style, width: float) -> list[str]:
    """A text in lines no wider than `width`; a word that is wider alone stands on a line of its own."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, style) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _draw_key(pen: _Pen, markings: Sequence[Marking], looks: Sequence[Look]) -> None:
    """One line that shows what each kind looks like."""
    shown = [(look, sum(marking.look is look for marking in markings)) for look in looks]
    shown = [(look, count) for look, count in shown if count]
    if not shown:
        return
    pen.room_for(HEIGHT + BETWEEN)
    middle = pen.y + 120 + HEIGHT / 2
    x = MARGIN + HEIGHT / 2
    for look, count in shown:
        draw_sign("n", look, x, middle, pen.group, pen.drawing)
        words = f"{look.name} ({count})"
        set_line(words, TEXT, x + 230, middle + RISE * SIZE, pen.group, pen.drawing)
        x += 230 + width_of(words, TEXT) + 700
    pen.y = middle + HEIGHT / 2 + 2 * BETWEEN


def _lines(marking: Marking, page_width: float) -> list[str]:
    return wrapped(marking.text, TEXT, page_width - 2 * MARGIN - INDENT)


def _draw_entry(pen: _Pen, marking: Marking) -> None:
    width = pen.drawing.width - 2 * MARGIN - INDENT
    places, lines = wrapped(marking.place, PLACE, width), _lines(marking, pen.drawing.width)
    pen.room_for((len(places) + len(lines)) * TEXT.size * LEADING)
    number = str(marking.number)
    middle = pen.y + TEXT.size - RISE * SIZE
    draw_sign(number, marking.look, MARGIN + sign_width(number) / 2, middle, pen.group, pen.drawing)
    for text, style in [*((place, PLACE) for place in places), *((line, TEXT) for line in lines)]:
        pen.y += style.size
        set_line(text, style, MARGIN + INDENT, pen.y, pen.group, pen.drawing)
        pen.y += (LEADING - 1) * style.size
    pen.y += BETWEEN


def _free_from(drawing: Drawing) -> float:
    """Where a page's music ends."""
    ink, lines = ink_of(drawing)
    bottoms = [float(y) for boxes in (ink, lines) for y in boxes[:, 3] if y < drawing.height - FOOTERS]
    return max(bottoms, default=float(MARGIN))

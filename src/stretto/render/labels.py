"""Numbers at notes: small signs in the colour of their kind, beside the note and on nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

import numpy as np

from stretto.render.drawing import Drawing
from stretto.render.ink import Box, Boxes, box_of, ink_of, leaves, overlap, paint
from stretto.render.marking import Look, Marking, labelled, name_of
from stretto.render.svg_geometry import IDENTITY, Matrix, matrix, times
from stretto.render.verovio_svg import Style, set_line, width_of
from stretto.score.model import Score

HEIGHT = 310.0
"""Of a number's sign, hundredths of a millimetre: about two spaces of a staff."""

SIZE = 250.0
"""Of its digits."""

RISE = 0.33
"""Half the height of a digit, in sizes."""

REACH = 1500.0
"""How far from its note a number may stand."""

STEP = 50.0
SIDES = (0.0, 130.0, -130.0, 260.0, -260.0, 400.0, -400.0)
"""Places tried: so far to the right of the note."""

GAP = 35.0
"""Free around a number."""

WAIT_OF_INK, WAIT_OF_LINES, WAIT_OF_SIDE = 0.25, 0.012, 0.7
"""What hiding a square hundredth of a millimetre costs, of signs or of a staff's lines, and a step aside, against one
hundredth of distance."""

STROKE = "26"


@dataclass(kw_only=True)
class _Page:
    """A page, and what is on it already."""

    drawing: Drawing
    ink: Boxes
    lines: Boxes
    notes: dict[str, Element]
    heads: dict[str, Box]
    """Around the head of each of them."""
    signs: Element


def label(drawings: Sequence[Drawing], score: Score, markings: Sequence[Marking]) -> list[Marking]:
    """Colour the marked notes of a page and set their numbers.

    Args:
        drawings: pages of `coloured(score, markings, named=True)`.
        score: the score that the markings speak of.
        markings: the gravest kinds first.

    Returns:
        Markings of which no note is on a page.
    """
    pages = [_page(drawing) for drawing in drawings]
    done: set[int] = set()
    for marking in markings:
        for index in marking.notes:
            if index not in done:
                done.add(index)
                _paint(pages, index, marking.look.colour)
    lost = []
    for marking in sorted(markings, key=lambda marking: marking.number):
        if not [
            _set(page, index, marking) for index in labelled(score, marking) for page in pages if _has(page, index)
        ]:
            lost.append(marking)
    for page in pages:
        for group in page.notes.values():
            group.attrib.pop("id", None)
    return lost


def draw_sign(number: str, look: Look, x: float, y: float, parent: Element, drawing: Drawing) -> None:
    """A number in its sign, its middle at a point."""
    width, half = sign_width(number), HEIGHT / 2
    group = SubElement(parent, "g", {"class": f"label {look.name}"})
    ring = look.sign == "ring"
    place = {"x": x - width / 2, "y": y - half, "width": width, "height": HEIGHT}
    paint = {"fill": "#ffffff" if ring else look.colour, "stroke": look.colour, "stroke-width": STROKE}
    if look.sign == "box":
        SubElement(group, "rect", {**{key: f"{value:.0f}" for key, value in place.items()}, **paint})
    else:
        oval = {"cx": f"{x:.0f}", "cy": f"{y:.0f}", "rx": f"{width / 2:.0f}", "ry": f"{half:.0f}"}
        SubElement(group, "ellipse", {**oval, **paint})
    style = Style(size=SIZE, bold=True, anchor="middle", fill=look.colour if ring else "#ffffff")
    set_line(number, style, x, y + RISE * SIZE, group, drawing)


def sign_width(number: str) -> float:
    """Of a number's sign: round, or longer for several digits."""
    return max(HEIGHT, width_of(number, Style(size=SIZE, bold=True)) + 0.55 * HEIGHT)


def _page(drawing: Drawing) -> _Page:
    ink, lines = ink_of(drawing)
    notes = {group.get("id", ""): group for group in drawing.body.iter("g") if group.get("id")}
    heads = dict(_heads(drawing.body, IDENTITY, drawing))
    signs = SubElement(drawing.body, "g", {"class": "labels"})
    return _Page(drawing=drawing, ink=ink, lines=lines, notes=notes, heads=heads, signs=signs)


def _has(page: _Page, index: int) -> bool:
    return name_of(index) in page.heads


def _paint(pages: Sequence[_Page], index: int, colour: str) -> None:
    """Colour every tied piece of a note."""
    name = name_of(index)
    for page in pages:
        for key, group in page.notes.items():
            if key == name or key.startswith(f"{name}-"):
                paint(group, colour)


def _set(page: _Page, index: int, marking: Marking) -> Marking:
    """Put a number where it hides least, as near to its note as that allows."""
    head = page.heads[name_of(index)]
    x, y = (head[0] + head[2]) / 2, (head[1] + head[3]) / 2
    half_width, half_height = sign_width(str(marking.number)) / 2 + GAP, HEIGHT / 2 + GAP
    near = page.ink[_within(page.ink, (x - REACH, y - REACH, x + REACH, y + REACH))]
    lines = page.lines[_within(page.lines, (x - REACH, y - REACH, x + REACH, y + REACH))]
    best: tuple[float, float, float] = (np.inf, x, y)
    for dy in np.arange(0.0, REACH, STEP):
        for at_y in {y - dy, y + dy}:
            for dx in SIDES:
                distance = dy + WAIT_OF_SIDE * abs(dx)
                box = (x + dx - half_width, at_y - half_height, x + dx + half_width, at_y + half_height)
                if distance >= best[0] or box[0] < 0 or box[1] < 0:
                    continue
                cost = distance + WAIT_OF_INK * overlap(near, box) + WAIT_OF_LINES * overlap(lines, box)
                best = min(best, (cost, x + dx, at_y))
    _, at_x, at_y = best
    draw_sign(str(marking.number), marking.look, at_x, at_y, page.signs, page.drawing)
    box = (at_x - half_width, at_y - half_height, at_x + half_width, at_y + half_height)
    page.ink = np.vstack([page.ink, box])
    return marking


def _heads(element: Element, place: Matrix, drawing: Drawing, name: str = "") -> Iterator[tuple[str, Box]]:
    """The named notes within an element, and the box around the head of each."""
    place = times(place, matrix(element.get("transform", "")))
    name = element.get("id", name)
    if name and element.get("class") == "notehead":
        boxes = (box_of(shape, around, drawing) for shape, around, _ in leaves(element, place))
        yield from ((name, box) for box in boxes if box is not None)
        return
    for child in element:
        if child.tag == "g":
            yield from _heads(child, place, drawing, name)


def _within(boxes: Boxes, frame: Box) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    left, top, right, bottom = boxes.T
    inside = (right > frame[0]) & (left < frame[2]) & (bottom > frame[1]) & (top < frame[3])
    return np.asarray(inside)

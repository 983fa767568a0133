"""The printed pages of a piece, and where on them every note and bar stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np

from stretto.render.drawing import Drawing, svg_of
from stretto.render.ink import STAFF_LINES, Box, box_of, leaves
from stretto.render.marking import Look, Marking, coloured
from stretto.render.page import render_page, render_pages
from stretto.render.section import Section
from stretto.render.svg_geometry import IDENTITY, Matrix, matrix, times
from stretto.render.verovio_svg import FOUND_BY
from stretto.score.model import Score
from stretto.studio.pieces.documents import Document

INK = "#000000"

BAR = "measure"
"""Class of the group that a bar is drawn in, all its staves together."""


@dataclass(frozen=True, kw_only=True)
class Pages:
    """An engraved piece."""

    svgs: tuple[str, ...]
    """Each page a file of its own."""
    places: tuple[dict[str, Any], ...]
    """Of each page its width and height, and the boxes of its notes and bars, in units of its viewBox."""


def pages_of(document: Document) -> Pages:
    """Engrave a piece.

    Raises:
        RenderError: it cannot be engraved.
    """
    score = document.score
    return _mapped(document, render_pages(_named(score, range(len(score.notes)))), 0)


def page_of(document: Document, section: Section) -> Pages:
    """Engrave one page of a piece that is broken into lines as it is known.

    Raises:
        RequestError: it has no such bars, or they no longer fit the page.
        RenderError: it cannot be engraved.
    """
    score = document.score
    section.check(score)
    start, end = score.bars[section.first].tick, score.bar_end(section.until - 1)
    inside = np.flatnonzero((score.notes["onset"] < end) & (score.ends >= start)).tolist()
    return _mapped(document, [render_page(_named(score, inside), section)], section.lines[0])


def _named(score: Score, notes: Sequence[int]) -> Score:
    """The score with names for some notes, by which they are found in a drawing."""
    everything = Marking(
        number=1, look=Look(name="note", colour=INK, sign="disc"), notes=tuple(notes), tick=0, place="", text="",
        comment="",
    )  # fmt: skip
    return coloured(score, [everything], named=True)


def _mapped(document: Document, drawings: list[Drawing], n_before: int) -> Pages:
    """Drawn pages with where everything stands on them; before the first are so many bars."""
    score, ids = document.score, document.ids_N.tolist()
    places = []
    for drawing in drawings:
        notes: list[dict[str, Any]] = []
        bars: list[dict[str, Any]] = []
        for group, place in _groups(drawing.body):
            if group.get("class") == BAR:
                bars.append(_bar(score, n_before + len(bars), _lines(group, place, drawing)))
            elif group.get("class") == "notehead":
                index = _index(group.get("data-note", ""))
                box = _box(group, place, drawing)
                if index is not None and index < len(ids) and box is not None:
                    notes.append({"id": ids[index], **_frame(box)})
        n_before += len(bars)
        bars = [bar for bar in bars if bar]
        places.append({"width": drawing.width, "height": drawing.height, "notes": notes, "bars": bars})
        _forget_names(drawing.body)
    return Pages(svgs=tuple(svg_of([drawing]) for drawing in drawings), places=tuple(places))


def _groups(element: Element, place: Matrix = IDENTITY, name: str = "") -> Iterator[tuple[Element, Matrix]]:
    """Every group and the matrix around it; the head of a named note is told its name."""
    for child in element:
        if child.tag != "g":
            continue
        own = child.get("id", name)
        if own and child.get("class") == "notehead":
            child.set("data-note", own)
        yield child, place
        yield from _groups(child, times(place, matrix(child.get("transform", ""))), own)


def _forget_names(body: Element) -> None:
    for group in body.iter("g"):
        group.attrib.pop("data-note", None)
        if group.get("id", "").startswith(FOUND_BY):
            del group.attrib["id"]


def _index(name: str) -> int | None:
    """The place of a note in the score; the later ones of tied heads have "-2", "-3" after it."""
    number = name.removeprefix(FOUND_BY).partition("-")[0]
    return int(number) if name.startswith(FOUND_BY) and number.isdecimal() else None


def _box(group: Element, place: Matrix, drawing: Drawing) -> Box | None:
    return _around([box_of(shape, around, drawing) for shape, around, _ in leaves(group, place)])


def _lines(group: Element, place: Matrix, drawing: Drawing) -> Box | None:
    """Around the lines of all staves of a bar."""
    return _around(
        [
            box_of(shape, around, drawing)
            for shape, around, kind in leaves(group, place)
            if kind == STAFF_LINES and shape.tag == "path"
        ]
    )


def _around(boxes: list[Box | None]) -> Box | None:
    found = [box for box in boxes if box is not None]
    if not found:
        return None
    lefts, tops, rights, bottoms = zip(*found, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _bar(score: Score, index: int, box: Box | None) -> dict[str, Any]:
    """Empty for a bar that is not the score's own, or not drawn."""
    if index >= len(score.bars) or box is None:
        return {}
    bar = score.bars[index]
    return {"number": bar.number, "tick": bar.tick, "end": score.bar_end(index), **_frame(box)}


def _frame(box: Box) -> dict[str, float]:
    left, top, right, bottom = (round(edge, 1) for edge in box)
    return {"x": left, "y": top, "w": round(right - left, 1), "h": round(bottom - top, 1)}

"""Where there is ink on a drawn page, as boxes: what a number must not hide."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from xml.etree.ElementTree import Element

import numpy as np
from numpy.typing import NDArray

from stretto.render.drawing import Drawing
from stretto.render.faces import face
from stretto.render.svg_geometry import IDENTITY, Matrix, matrix, numbers, segments, times

# Shapes: N boxes, 4 their left, top, right and bottom edge in hundredths of a millimetre, y downwards.
Box = tuple[float, float, float, float]
Boxes = NDArray[np.float64]

STAFF_LINES = "staff"
"""Class of the group whose own paths are the lines of a staff."""


def ink_of(drawing: Drawing) -> tuple[Boxes, Boxes]:
    """Boxes around all that is drawn, (N, 4), and around the lines of the staves, (M, 4)."""
    ink: list[Box] = []
    lines: list[Box] = []
    for element, place, group in leaves(drawing.body):
        box = box_of(element, place, drawing)
        if box is not None:
            (lines if group == STAFF_LINES and element.tag == "path" else ink).append(box)
    return np.array(ink).reshape(-1, 4), np.array(lines).reshape(-1, 4)


def leaves(element: Element, place: Matrix = IDENTITY, group: str = "") -> Iterator[tuple[Element, Matrix, str]]:
    """Every shape and text, the matrix around it, and the class of its group."""
    if element.tag != "g":
        yield element, place, group
        return
    place = times(place, matrix(element.get("transform", "")))
    for child in element:
        yield from leaves(child, place, element.get("class", ""))


def paint(group: Element, colour: str) -> None:
    """Colour head, accidental and dots of a note; its stem and flag may be shared, and stay black."""
    for shape, _, kind in leaves(group):
        if kind not in ("stem", "flag"):
            shape.set("fill", colour)


def box_of(element: Element, place: Matrix, drawing: Drawing) -> Box | None:
    """Around one shape, curves by their handles; None = it has no extent."""
    place = times(place, matrix(element.get("transform", "")))
    if element.tag == "use":
        name = element.get("href", "").removeprefix("#")
        left, low, right, high = _path_box(drawing.outlines.get(name, ""))
        corners = [(left, -high), (right, -low)]  # outlines have y upwards
    elif element.tag == "text":
        corners = _text_corners(element)
    elif element.tag == "path":
        left, top, right, bottom = _path_box(element.get("d", ""))
        corners = [(left, top), (right, bottom)]
    elif element.tag in ("polygon", "polyline"):
        values = numbers(element.get("points", ""))
        corners = list(zip(values[::2], values[1::2], strict=True))
    else:
        corners = _plain_corners(element)
    if not corners:
        return None
    a, b, c, d, e, f = place
    xs, ys = [a * x + c * y + e for x, y in corners], [b * x + d * y + f for x, y in corners]
    half = float(element.get("stroke-width", "0")) / 2
    return min(xs) - half, min(ys) - half, max(xs) + half, max(ys) + half


def overlap(boxes: Boxes, box: Box) -> float:
    """Area that a box shares with others, in square hundredths of a millimetre."""
    if not len(boxes):
        return 0.0
    widths = np.minimum(boxes[:, 2], box[2]) - np.maximum(boxes[:, 0], box[0])
    heights = np.minimum(boxes[:, 3], box[3]) - np.maximum(boxes[:, 1], box[1])
    return float((np.maximum(widths, 0) * np.maximum(heights, 0)).sum())


@lru_cache(maxsize=4096)
def _path_box(path: str) -> Box:
    points = [(x, y) for _, values in segments(path) for x, y in zip(values[::2], values[1::2], strict=True)]
    if not points:
        return 0.0, 0.0, 0.0, 0.0
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _text_corners(element: Element) -> list[tuple[float, float]]:
    size, x, y = (float(element.get(key, "0")) for key in ("font-size", "x", "y"))
    its_face = face(bold=element.get("font-weight") == "bold", italic=element.get("font-style") == "italic")
    width = its_face.width(element.text or "") * size
    return [(x, y - 0.75 * size), (x + width, y + 0.25 * size)]


def _plain_corners(element: Element) -> list[tuple[float, float]]:
    get = {key: float(element.get(key, "0")) for key in ("x", "y", "width", "height", "cx", "cy", "rx", "ry")}
    if element.tag == "rect":
        return [(get["x"], get["y"]), (get["x"] + get["width"], get["y"] + get["height"])]
    if element.tag == "ellipse":
        x, y, rx, ry = (get[key] for key in ("cx", "cy", "rx", "ry"))
        return [(x - rx, y - ry), (x + rx, y + ry)]
    return []

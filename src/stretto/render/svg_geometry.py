"""Numbers inside SVG attributes: paths and transforms.

Source: W3C, Scalable Vector Graphics 1.1, sections 7.6 (transforms) and 8.3 (path data). Elliptical arcs are
left out, for nothing that we draw has any.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

Segment = tuple[str, tuple[float, ...]]
"""("M", (x, y)), ("L", (x, y)), ("C", (x1, y1, x2, y2, x, y)) or ("Z", ()), absolute."""

Matrix = tuple[float, float, float, float, float, float]
"""(a, b, c, d, e, f): x' = a x + c y + e, y' = b x + d y + f."""

IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)

NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
COMMAND = re.compile(r"([A-Za-z])([^A-DF-Za-df-z]*)")  # an e is part of a number
N_NUMBERS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "Z": 0}


def numbers(text: str) -> list[float]:
    """All numbers of an attribute, as in "3-4.5,.6"."""
    return [float(number) for number in NUMBER.findall(text)]


def segments(path: str) -> Iterator[Segment]:
    """A path in absolute lines and cubic curves.

    >>> list(segments("M1 1h2v-1z"))
    [('M', (1.0, 1.0)), ('L', (3.0, 1.0)), ('L', (3.0, 0.0)), ('Z', ())]

    Raises:
        ValueError: a command that is not drawn here, as an arc.
    """
    at = start = handle = (0.0, 0.0)  # handle: the last curve's control point, for S and T
    before = ""
    for command, values in _commands(path):
        kind = command.upper()
        if kind == "Z":
            yield "Z", ()
            at = handle = start
            before = kind
            continue
        points = _absolute(kind, values, at if command.islower() else (0.0, 0.0), at)
        if kind in "CSQT":
            mirrored = (2 * at[0] - handle[0], 2 * at[1] - handle[1])
            smooth = mirrored if before in {"S": "CS", "T": "QT"}.get(kind, "") and before else at
            points = [smooth, *points] if kind in "ST" else points
            handle = points[-2]
            yield "C", _flat(_cubic(at, points))
        else:
            handle = points[-1]
            yield ("M" if kind == "M" else "L"), points[-1]
        at = points[-1]
        start = at if kind == "M" else start
        before = kind


def matrix(transform: str) -> Matrix:
    """A transform attribute as one matrix.

    >>> matrix("translate(10, 20) scale(2)")
    (2.0, 0.0, 0.0, 2.0, 10.0, 20.0)
    """
    from math import cos, radians, sin

    result = IDENTITY
    for name, inside in re.findall(r"(\w+)\s*\(([^)]*)\)", transform):
        n = numbers(inside)
        if name == "translate":
            result = times(result, (1, 0, 0, 1, n[0], n[1] if len(n) > 1 else 0))
        elif name == "scale":
            result = times(result, (n[0], 0, 0, n[1] if len(n) > 1 else n[0], 0, 0))
        elif name == "matrix":
            result = times(result, (n[0], n[1], n[2], n[3], n[4], n[5]))
        elif name == "rotate":
            c, s = cos(radians(n[0])), sin(radians(n[0]))
            x, y = n[1:3] if len(n) > 2 else (0.0, 0.0)
            result = times(result, (c, s, -s, c, x - c * x + s * y, y - s * x - c * y))
        else:
            raise ValueError(f"the transform {name!r} is not drawn here")
    return result


def times(outer: Matrix, inner: Matrix) -> Matrix:
    """First `inner`, then `outer`."""
    a, b, c, d, e, f = outer
    p, q, r, s, t, u = inner
    return (a * p + c * q, b * p + d * q, a * r + c * s, b * r + d * s, a * t + c * u + e, b * t + d * u + f)


def _commands(path: str) -> Iterator[tuple[str, list[float]]]:
    """Commands one by one: repeated ones spelt out, lines after a move included."""
    for command, inside in COMMAND.findall(path):
        n = N_NUMBERS.get(command.upper())
        if n is None:
            raise ValueError(f"the path command {command!r} is not drawn here")
        values = numbers(inside)
        if n == 0:
            yield command, []
        for first in range(0, len(values), n or 1):
            yield command, values[first : first + n]
            command = {"M": "L", "m": "l"}.get(command, command)


def _absolute(
    kind: str, values: list[float], origin: tuple[float, float], at: tuple[float, float]
) -> list[tuple[float, float]]:
    if kind == "H":
        return [(origin[0] + values[0], at[1])]
    if kind == "V":
        return [(at[0], origin[1] + values[0])]
    return [(origin[0] + x, origin[1] + y) for x, y in zip(values[::2], values[1::2], strict=True)]


def _cubic(at: tuple[float, float], points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """A quadratic curve as the cubic one that it is; a cubic one as it stands."""
    if len(points) == 3:
        return points
    (qx, qy), (x, y) = points
    first = (at[0] + 2 / 3 * (qx - at[0]), at[1] + 2 / 3 * (qy - at[1]))
    return [first, (x + 2 / 3 * (qx - x), y + 2 / 3 * (qy - y)), (x, y)]


def _flat(points: list[tuple[float, float]]) -> tuple[float, ...]:
    return tuple(number for point in points for number in point)

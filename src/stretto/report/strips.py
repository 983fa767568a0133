"""Pictures of figures beside real ones: a strip for a measure, bars for a distribution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from xml.etree.ElementTree import Element

import numpy as np

from stretto.render.markup import line, node, picture, rect, text
from stretto.report.figures import percent
from stretto.report.verdict import Spread

WIDTH, HEIGHT = 240.0, 30.0
INSET = 6.0
"""Room at both ends of a strip, so that a dot is whole."""
N_BINS = 40
MAX_DOTS = 150

LETTER, DIGIT, GAP = 5.4, 6.7, 4.0
"""Widths of a letter and of a digit or sign of a scale, about, and of the least room between two names."""

BAR_WIDTH, BAR_HEIGHT, BAR_FOOT, BAR_LEFT = 330.0, 96.0, 18.0, 32.0

ROUND = (1.0, 0.75, 0.5, 0.4, 0.3, 0.25, 0.2, 0.15, 0.1, 0.05, 0.02, 0.01)
"""Shares, one of which the scale of bars names: the greatest that they reach."""


def strip(values: Sequence[float], spread: Spread, says: str) -> Element:
    """Real pieces as a hill with its middle 95 % and its median marked, and each of the pieces as a dot under it.

    Args:
        values: of the pieces.
        spread: of the real ones.
        says: what stands for the picture.
    """
    known = [value for value in values if isfinite(value)]
    if not len(spread):
        return picture(WIDTH, HEIGHT, f"{says}; there are no real values")
    low, high = _axis(known, spread)

    def x(value: float) -> float:
        return INSET + (min(max(value, low), high) - low) / (high - low) * (WIDTH - 2 * INSET)

    floor = HEIGHT - 10.0
    left, right = x(spread.quantile(0.025)), x(spread.quantile(0.975))
    drawn = [rect(left, 2.0, right - left, floor - 2.0, "band"), _hill(spread, low, high, floor)]
    drawn.append(line(INSET, floor, WIDTH - INSET, floor, "axis"))
    drawn.append(line(x(spread.quantile(0.5)), 4.0, x(spread.quantile(0.5)), floor, "median"))
    shown = known if len(known) <= MAX_DOTS else np.quantile(known, np.linspace(0, 1, MAX_DOTS)).tolist()
    faint = "mine dot" if len(shown) == 1 else "mine dots"
    drawn += [
        node("circle", cx=x(value), cy=floor + 4.5, r=4.0 if len(shown) == 1 else 3.0, class_=faint) for value in shown
    ]
    if len(known) > 1:
        mean = x(float(np.mean(known)))
        drawn.append(line(mean, floor - 3.0, mean, HEIGHT, "mine-line"))
    return picture(WIDTH, HEIGHT, says, *drawn, class_="strip")


def _axis(known: Sequence[float], spread: Spread) -> tuple[float, float]:
    """From the outermost real values, and those of the pieces, at most two widths of the middle 95 % away."""
    inner, outer = spread.quantile(0.025), spread.quantile(0.975)
    width = max(outer - inner, 1e-9)
    low = max(min([spread.values_R[0], *known]), inner - 2 * width)
    high = min(max([spread.values_R[-1], *known]), outer + 2 * width)
    return (low, high) if high - low > 1e-9 else (low - 0.5, high + 0.5)


def _hill(spread: Spread, low: float, high: float, floor: float) -> Element:
    counts, edges = np.histogram(np.clip(spread.values_R, low, high), bins=N_BINS, range=(low, high))
    smooth = np.convolve(counts, [0.25, 0.5, 0.25], mode="same")
    heights = smooth / max(smooth.max(), 1e-9) * (floor - 4.0)
    places = INSET + ((edges[:-1] + edges[1:]) / 2 - low) / (high - low) * (WIDTH - 2 * INSET)
    points = [f"{x:.1f} {floor - h:.1f}" for x, h in zip(places, heights, strict=True)]
    d = f"M{places[0]:.1f} {floor:.1f}L{'L'.join(points)}L{places[-1]:.1f} {floor:.1f}Z"
    return node("path", d=d, class_="real")


def bars(mine: Mapping[str, float], real: Mapping[str, float], says: str) -> Element:
    """Two distributions over the same names: real music's as broad bars, the pieces' as narrow ones before them."""
    names = list(real) + [name for name in mine if name not in real]
    top = max([*mine.values(), *real.values(), 1e-9])
    step = (BAR_WIDTH - 2 - BAR_LEFT) / max(1, len(names))
    scale = (BAR_HEIGHT - 6) / top
    drawn = _scale(top, scale)
    shown = [name if _wide(name) + GAP < step or len(name) < 6 else f"{name[:5]}." for name in names]
    every = max(1, int(np.ceil((max(map(_wide, shown), default=1) + GAP) / step)))
    for place, name in enumerate(names):
        left = BAR_LEFT + place * step
        real_high, mine_high = real.get(name, 0.0) * scale, mine.get(name, 0.0) * scale
        drawn.append(rect(left + 0.06 * step, BAR_HEIGHT - real_high, 0.88 * step, real_high, "real"))
        drawn.append(rect(left + 0.3 * step, BAR_HEIGHT - mine_high, 0.4 * step, mine_high, "mine"))
        if place % every == 0:
            drawn.append(text(left + step / 2, BAR_HEIGHT + 13, shown[place], "tick", "middle"))
    drawn.append(line(BAR_LEFT, BAR_HEIGHT, BAR_WIDTH - 2, BAR_HEIGHT, "axis"))
    return picture(BAR_WIDTH, BAR_HEIGHT + BAR_FOOT, says, *drawn, class_="bars")


def _wide(name: str) -> float:
    return sum(LETTER if letter.isalpha() else DIGIT for letter in name)


def _scale(top: float, scale: float) -> list[Element]:
    """Nothing and a round share, so that heights can be read."""
    share = next((share for share in ROUND if share <= top), 0.0)
    y = BAR_HEIGHT - share * scale
    marks = [text(BAR_LEFT - 4, BAR_HEIGHT, "0", "tick", "end")]
    if share:
        marks.append(text(BAR_LEFT - 4, y + 4, percent(share), "tick", "end"))
        marks.append(line(BAR_LEFT, y, BAR_WIDTH - 2, y, "grid"))
    return marks


def histogram(mine: Sequence[float], real: Sequence[float], says: str, *, unit: str, bin_width: float = 1.0) -> Element:
    """How often each length occurs among the pieces and among real ones, as shares."""
    highest = max([*mine, *real, bin_width])
    edges = np.arange(0, highest + 2 * bin_width, bin_width)

    def shares(values: Sequence[float]) -> dict[str, float]:
        counts, _ = np.histogram(values, bins=edges)
        return {f"{edge:g}": float(n) / max(1, len(values)) for edge, n in zip(edges, counts, strict=False)}

    return node("figure", bars(shares(mine), shares(real), says), node("figcaption", unit))

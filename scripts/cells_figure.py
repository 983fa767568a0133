"""The figure of `cells.py`: nats by distance, what memory saves, and learning curves, as SVG.

python scripts/cells_figure.py FOLDER/cells.json FIGURE.svg
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

COLOURS = {
    "memoryless": "#777777",
    "elman": "#c1121f",
    "gru": "#2a9d8f",
    "lstm": "#003f88",
    "mingru": "#e09f3e",
}
TITLES = {
    "pitch": "quarters since this part sounded the pitch",
    "class": "quarters since any part sounded the pitch class",
    "figure": "quarters since this part played the three notes",
}
TICKS = ("0-1", "1-2", "2-4", "4-8", "8-16", "16-32", "32+", "never")
WIDTH, HEIGHT, LEFT, TOP, BOTTOM, GAP, HEAD = 330, 230, 44, 26, 40, 14, 44

Point = tuple[float, float, float, float]
"""x, mean, least and most of the seeds."""


def grouped(runs: list[dict[str, Any]]) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Runs that differ by their seed alone, by attention and cell."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for run in runs:
        found.setdefault((run["attention"], run["cell"]), []).append(run)
    return found


def figure(runs: list[dict[str, Any]]) -> str:
    """The whole picture."""
    groups = grouped(runs)
    rows: list[list[str]] = []
    curves: list[str] = []
    attentions = list(dict.fromkeys(run["attention"] for run in runs))
    for attention in attentions:
        own = {cell: group for (its, cell), group in groups.items() if its == attention}
        where = f", attention {attention}" if len(attentions) > 1 else ""
        rows.append(
            [
                panel(
                    f"cost, nats a note{where}",
                    TITLES[need],
                    {c: by_bin(g, need) for c, g in own.items()},
                    TICKS,
                )
                for need in TITLES
            ]
        )
        none = own.get("memoryless")
        if none and len(own) > 1:
            rows.append(
                [
                    panel(
                        f"saved beside memoryless, nats a note{where}",
                        TITLES[need],
                        {c: by_bin(g, need, beside=none) for c, g in own.items() if c != "memoryless"},
                        TICKS,
                    )
                    for need in TITLES
                ]
            )
        learned = {cell: learning(group) for cell, group in own.items()}
        curves.append(
            panel(f"learning: validation, nats a note with its length{where}", "steps of the optimiser", learned, ())
        )
    rows.append(curves)
    width, height = 3 * (WIDTH + GAP), HEAD + len(rows) * (HEIGHT + GAP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" '
        f'font-size="11"><rect width="{width}" height="{height}" fill="white"/>'
    ]
    for i, cell in enumerate(dict.fromkeys(run["cell"] for run in runs)):
        parts.append(f'<path d="M{LEFT + 110 * i} 18h18" stroke="{COLOURS[cell]}" stroke-width="3"/>')
        parts.append(f'<text x="{LEFT + 24 + 110 * i}" y="22" font-size="13">{cell}</text>')
    for r, row in enumerate(rows):
        for c, drawn in enumerate(row):
            parts.append(f'<g transform="translate({c * (WIDTH + GAP)} {HEAD + r * (HEIGHT + GAP)})">{drawn}</g>')
    return "\n".join([*parts, "</svg>\n"])


def by_bin(group: list[dict[str, Any]], need: str, *, beside: list[dict[str, Any]] | None = None) -> list[Point]:
    """Mean nats by bin; or, run by run of the same seed, what is saved `beside` others."""
    bare = {run["seed"]: run["by_distance"][need]["nats"] for run in beside or []}
    found = []
    for k in range(len(TICKS)):
        values = []
        for run in group:
            nats = run["by_distance"][need]["nats"][k]
            if nats is None or (beside is not None and run["seed"] not in bare):
                continue
            values.append(nats if beside is None else bare[run["seed"]][k] - nats)
        if values:
            found.append((float(k), sum(values) / len(values), min(values), max(values)))
    return found


def learning(group: list[dict[str, Any]]) -> list[Point]:
    """Validation over steps, over the seeds."""
    steps: dict[float, list[float]] = {}
    for run in group:
        for step, nats in run["curve"]:
            steps.setdefault(float(step), []).append(nats)
    return [(step, sum(v) / len(v), min(v), max(v)) for step, v in sorted(steps.items())]


def panel(title: str, below: str, series: dict[str, list[Point]], ticks: tuple[str, ...]) -> str:
    """One plot: a line a cell through the means, with a bar from the least to the most of the seeds."""
    points = [point for line in series.values() for point in line]
    low, high = min(p[2] for p in points), max(p[3] for p in points)
    if not ticks:
        high = min(high, 2 * low)  # the first steps would flatten all that follows
    low, high = low - 0.05 * (high - low or 1), high + 0.05 * (high - low or 1)
    first, last = (-0.4, len(ticks) - 0.6) if ticks else (0.0, max(p[0] for p in points) * 1.02)

    def x(value: float) -> float:
        return LEFT + (value - first) / (last - first) * (WIDTH - LEFT)

    def y(value: float) -> float:
        return TOP + (high - min(value, high)) / (high - low) * (HEIGHT - TOP - BOTTOM)

    marks = [(k, label) for k, label in enumerate(ticks)] or [(v, f"{v:g}") for v in steps_between(0, last)]
    parts = [f'<text x="{LEFT}" y="14" font-size="12">{title}</text>']
    parts += [f'<path d="M{LEFT} {y(v):.1f}H{WIDTH}" stroke="{"#999" if v == 0 else "#e4e4e4"}"/>'
              f'<text x="{LEFT - 5}" y="{y(v) + 4:.1f}" text-anchor="end">{v:g}</text>'
              for v in steps_between(low, high)]  # fmt: skip
    parts += [f'<text x="{x(v):.1f}" y="{HEIGHT - 24}" text-anchor="middle">{label}</text>' for v, label in marks]
    parts.append(f'<text x="{(LEFT + WIDTH) / 2}" y="{HEIGHT - 8}" text-anchor="middle">{below}</text>')
    for i, (cell, line) in enumerate(series.items()):
        # Cells stand a little apart within a bin, so that one bar does not hide another.
        aside = (i - (len(series) - 1) / 2) * 0.09 if ticks else 0.0
        path = " ".join(f"{x(p[0] + aside):.1f},{y(p[1]):.1f}" for p in line)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{COLOURS[cell]}" stroke-width="1.6"/>')
        parts += [f'<path d="M{x(p[0] + aside):.1f} {y(p[2]):.1f}V{y(p[3]):.1f}" stroke="{COLOURS[cell]}"/>'
                  for p in line if p[3] > p[2] and p[2] <= high]  # fmt: skip
    return "\n".join(parts)


def steps_between(low: float, high: float) -> Iterator[float]:
    """About five round values."""
    wished = (high - low) / 5
    size = 10.0 ** math.floor(math.log10(wished))
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= wished)
    value = -(-low // step) * step
    while value <= high:
        yield round(value, 9) + 0.0
        value += step


if __name__ == "__main__":
    made = figure(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["runs"])
    Path(sys.argv[2]).write_text(made, encoding="utf-8")

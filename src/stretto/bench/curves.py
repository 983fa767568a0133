"""Learning curves as a picture: validation nats a frame over minutes of training."""

from __future__ import annotations

import math
from collections.abc import Sequence

from stretto.bench.results import Result

WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, TOP, BOTTOM = 60, 190, 30, 45
COLOURS = ("#c1121f", "#003f88", "#2a9d8f", "#e09f3e", "#6a4c93", "#606c38", "#8d5524", "#0096c7", "#d62882", "#555555")


def curves_svg(results: Sequence[Result], title: str) -> str:
    """One line a run; seeds of a network share its colour. Minutes grow by factors, so that short runs are seen."""
    drawn = {i: [(m, v) for m, v in r.curve if math.isfinite(v)] for i, r in enumerate(results) if len(r.curve) > 1}
    networks = list(dict.fromkeys(results[i].title for i in drawn))
    minutes = [m for curve in drawn.values() for m, _ in curve] or [1.0]
    nats = [v for curve in drawn.values() for _, v in curve] or [1.0]
    low, high = min(nats) * 0.97, max(min(max(nats), 3.2 * min(nats)), min(nats) + 0.01)
    first, last = math.log(min(minutes)), math.log(max(minutes) * 1.02)

    def x(m: float) -> float:
        return LEFT + (math.log(m) - first) / (last - first) * (WIDTH - LEFT - RIGHT)

    def y(v: float) -> float:
        return TOP + (high - min(v, high)) / (high - low) * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="12"><rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{LEFT}" y="18" font-size="14">{title}</text>',
    ]
    for v in _round_steps(low, high):
        parts.append(f'<path d="M{LEFT} {y(v):.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y(v) + 4:.1f}" text-anchor="end">{v:g}</text>')
    for m in (0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000):
        if first <= math.log(m) <= last:
            parts.append(f'<path d="M{x(m):.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#eee"/>')
            parts.append(f'<text x="{x(m):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{m:g}</text>')
    parts.append(
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 6}" text-anchor="middle">minutes of training</text>'
    )
    for i, curve in drawn.items():
        colour = COLOURS[networks.index(results[i].title) % len(COLOURS)]
        points = " ".join(f"{x(m):.1f},{y(v):.1f}" for m, v in curve)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.6"/>')
    for i, name in enumerate(networks):
        colour, at = COLOURS[i % len(COLOURS)], TOP + 14 + 18 * i
        parts.append(f'<path d="M{WIDTH - RIGHT + 12} {at - 4}h16" stroke="{colour}" stroke-width="3"/>')
        parts.append(f'<text x="{WIDTH - RIGHT + 34}" y="{at}">{name}</text>')
    return "\n".join([*parts, "</svg>\n"])


def _round_steps(low: float, high: float) -> list[float]:
    """About six round values between two."""
    raw = (high - low) / 6
    size = 10 ** math.floor(math.log10(raw))
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= raw)
    n = math.ceil(low / step)
    return [round(step * i, 6) for i in range(n, int(high / step) + 1)]

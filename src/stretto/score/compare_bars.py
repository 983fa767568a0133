"""Which bars of two scores are the same bar, so that an inserted bar is one bar more and not everything changed."""

# Shapes: A bars of the one score, B of the other, F kinds of content.

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stretto.score.model import Score

Pair = tuple[int | None, int | None]
"""Indices of a bar (or a part) in both scores; None = the score has no such bar."""

GAP = 1.0
"""What a bar in only one score costs, beside its notes, each of which costs 1."""

SAME_RHYTHM = 0.6
"""What a note less costs to change if another pitch stands in its place with its length."""


@dataclass(frozen=True, slots=True)
class Place:
    """A point of time, as both scores count it."""

    bar: int
    """Index into the pairs of bars."""
    into: int
    """Ticks from the barline; in a pickup, from where a full bar would have begun."""


def pair_parts(a: Score, b: Score) -> list[Pair]:
    """The parts of both scores that are the same voice: by name first, then by their notes and their order."""
    scores = [
        (_likeness(a, i, b, j) - 0.01 * abs(i - j), i, j) for i in range(len(a.parts)) for j in range(len(b.parts))
    ]
    pairs: list[Pair] = []
    left_a, left_b = set(range(len(a.parts))), set(range(len(b.parts)))
    for _, i, j in sorted(scores, reverse=True):
        if i in left_a and j in left_b:
            pairs.append((i, j))
            left_a.remove(i)
            left_b.remove(j)
    pairs.sort(key=lambda pair: pair[1] or 0)
    return [*pairs, *((i, None) for i in sorted(left_a)), *((None, j) for j in sorted(left_b))]


def pair_bars(a: Score, b: Score, parts: Iterable[Pair]) -> list[Pair]:
    """The bars of both scores in one order, by least change: a note that must go or come costs 1.

    Bars that agree at both ends are paired at once; between them every pairing is weighed (Needleman and Wunsch 1970).
    """
    shared = {index: number for number, (i, j) in enumerate(parts) if i is not None and j is not None
              for index in ((0, i), (1, j))}  # fmt: skip
    both = [_contents(score, side, shared) for side, score in enumerate((a, b))]
    n_a, n_b = len(both[0]), len(both[1])
    head = 0
    while head < min(n_a, n_b) and both[0][head] == both[1][head]:
        head += 1
    tail = 0
    while tail < min(n_a, n_b) - head and both[0][n_a - 1 - tail] == both[1][n_b - 1 - tail]:
        tail += 1
    middle = _align(both[0][head : n_a - tail], both[1][head : n_b - tail])
    moved: list[Pair] = [(None if i is None else i + head, None if j is None else j + head) for i, j in middle]
    ends: list[Pair] = [(n_a - tail + k, n_b - tail + k) for k in range(tail)]
    return [*((k, k) for k in range(head)), *moved, *ends]


def places(score: Score, side: int, bars: Sequence[Pair]) -> list[int]:
    """Index of the pair that holds each bar of a score (side 0 or 1)."""
    found = {pair[side]: index for index, pair in enumerate(bars)}
    return [found[index] for index in range(len(score.bars))]


def origin(score: Score, index: int) -> int:
    """Tick from which a bar counts: its barline; of a pickup, where a full bar would have begun."""
    bar = score.bars[index]
    return bar.tick if bar.number else score.bar_end(index) - score.meter_at(bar.tick).bar_ticks


def _likeness(a: Score, i: int, b: Score, j: int) -> float:
    """From 0 to 1 by notes, and 2 more for the same name."""
    name, other = a.parts[i].name.strip().lower(), b.parts[j].name.strip().lower()
    counts = []
    for score, part in ((a, i), (b, j)):
        own = score.notes[score.notes["part"] == part]
        counts.append(Counter(zip(own["pitch"].tolist(), own["duration"].tolist(), strict=True)))
    total = counts[0].total() + counts[1].total()
    return 2.0 * (bool(name) and name == other) + (2 * (counts[0] & counts[1]).total() / total if total else 0.0)


def _contents(score: Score, side: int, shared: dict[tuple[int, int], int]) -> list[list[Hashable]]:
    """What stands in each bar, as (part, ticks into the bar, duration, grace, pitch), and its length."""
    bars: list[list[Hashable]] = [[] for _ in score.bars]
    starts = [bar.tick for bar in score.bars]
    at = np.maximum(np.searchsorted(starts, score.notes["onset"], side="right") - 1, 0)
    names = ("part", "onset", "duration", "grace", "pitch")
    rows = zip(at.tolist(), *(score.notes[name].tolist() for name in names), strict=True)
    for bar, part, onset, duration, grace, pitch in rows:
        if (side, part) in shared:
            bars[bar].append((shared[side, part], onset - origin(score, bar), duration, grace, pitch))
    return [[("length", score.bar_end(i) - score.bars[i].tick), *sorted(own, key=str)] for i, own in enumerate(bars)]


def _align(a: list[list[Hashable]], b: list[list[Hashable]]) -> list[Pair]:
    """The cheapest order of pairs and single bars."""
    exact = _shared(a, b, lambda item: item)
    rhythm = _shared(a, b, lambda item: item[:-1] if isinstance(item, tuple) and len(item) > 2 else item)
    n_a, n_b = (np.array([len(bar) - 1 for bar in bars], dtype=float) for bars in (a, b))
    cost_AB = n_a[:, None] + n_b[None, :] + 2 - 2 * exact - SAME_RHYTHM * (rhythm - exact)
    best = np.zeros((len(a) + 1, len(b) + 1))
    best[1:, 0], best[0, 1:] = np.cumsum(n_a + GAP), np.cumsum(n_b + GAP)
    step = np.zeros(best.shape, dtype=np.int8)  # 0 = both, 1 = only the first score's bar, 2 = only the second's
    step[1:, 0], step[0, 1:] = 1, 2
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            ways = (best[i - 1, j - 1] + cost_AB[i - 1, j - 1], best[i - 1, j] + n_a[i - 1] + GAP,
                    best[i, j - 1] + n_b[j - 1] + GAP)  # fmt: skip
            step[i, j] = k = min(range(3), key=ways.__getitem__)
            best[i, j] = ways[k]
    pairs: list[Pair] = []
    i, j = len(a), len(b)
    while i or j:
        k = int(step[i, j])
        i, j = i - (k != 2), j - (k != 1)
        pairs.append((i if k != 2 else None, j if k != 1 else None))
    return pairs[::-1]


def _shared(a: list[list[Hashable]], b: list[list[Hashable]], kind: object) -> NDArray[np.float64]:
    """How much two bars have in common, (A, B)."""
    columns: dict[Hashable, int] = {}
    sides = []
    for bars in (a, b):
        cells = []
        for row, bar in enumerate(bars):
            seen: dict[Hashable, int] = defaultdict(int)
            for item in map(kind, bar):  # type: ignore[call-overload]
                seen[item] += 1
                cells.append((row, columns.setdefault((item, seen[item]), len(columns))))
        sides.append(cells)
    tables = [np.zeros((len(bars), len(columns))) for bars in (a, b)]
    for table, cells in zip(tables, sides, strict=True):
        for row, column in cells:
            table[row, column] = 1.0
    product: NDArray[np.float64] = tables[0] @ tables[1].T
    return product

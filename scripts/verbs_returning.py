"""How much of a piece comes back: sections of a form, motifs of a primer, entries of an imitation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stretto.frames.parts import part_frames
from stretto.score.model import TICKS_PER_QUARTER, Score
from stretto.theory.motifs import Line, Recurrence, recurrences

SIXTEENTH = TICKS_PER_QUARTER // 4
PHRASE_NOTES = 7
"""Notes of a soprano's phrase that returns: two bars of quarters, all but the last."""


def cells(score: Score) -> NDArray[np.int16]:
    """What each part sounds at every sixteenth, (S, V)."""
    return part_frames(score, step=SIXTEENTH)[0].pitch_TV


def lines(score: Score) -> list[Line]:
    """The melody of every part."""
    return [Line.of(score.notes[score.notes["part"] == part]) for part in range(len(score.parts))]


def alike(pitch_SV: NDArray[np.int16], start: int, lag: int, length: int) -> tuple[float, float]:
    """Share of the sixteenths of a stretch (ticks) that are what they were `lag` before: soprano, all parts."""
    now, then = (pitch_SV[(at // SIXTEENTH) : (at + length) // SIXTEENTH] for at in (start, start - lag))
    same = now == then[: len(now)]
    return float(same[:, 0].mean()), float(same.mean())


def returning_phrases(score: Score) -> list[tuple[float, float]]:
    """How alike the phrases of a real piece are whose melody returns: soprano, all parts."""
    soprano = lines(score)[:1]
    found = [r for r in recurrences(soprano, min_notes=PHRASE_NOTES) if r.up == 0]
    return [alike(cells(score), r.start, r.lag, r.end - r.start) for r in _apart(found)]


def other_stretches(score: Score, rng: np.random.Generator, *, length: int, n: int = 8) -> list[tuple[float, float]]:
    """The same of stretches that begin on any two bars."""
    starts = [bar.tick for bar in score.bars if bar.tick + length <= score.end]
    pairs = [sorted(rng.choice(starts, 2, replace=False).tolist()) for _ in range(n) if len(starts) > 1]
    return [alike(cells(score), later, later - earlier, length) for earlier, later in pairs]


def recalled_bars(score: Score, since: int) -> tuple[float, float]:
    """Of the bars that begin from `since` on: the share that take up a motif from before, and of copies.

    A bar takes up a motif if a run that agrees with one from before `since`, in any part, moved or not, begins in
    it. It is a copy if all its sixteenths, in all parts, are those of a bar's length from before.
    """
    motifs = [r for r in recurrences(lines(score)) if r.start >= since > r.start - r.lag]
    pitch_SV = cells(score)
    primer = pitch_SV[: since // SIXTEENTH]
    bars = [(bar.tick, score.bar_end(i)) for i, bar in enumerate(score.bars) if bar.tick >= since]
    n_motif = sum(any(start <= r.start < end for r in motifs) for start, end in bars)
    n_copied = sum(_stands_in(pitch_SV[a // SIXTEENTH : b // SIXTEENTH], primer) for a, b in bars)
    return n_motif / max(1, len(bars)), n_copied / max(1, len(bars))


def overlapping_entries(score: Score) -> int:
    """Places where a part enters with what another is still singing."""
    return len({(r.part, r.start) for r in recurrences(lines(score)) if r.overlaps})


def _apart(found: Sequence[Recurrence]) -> list[Recurrence]:
    """The longest of those that overlap in time."""
    kept: list[Recurrence] = []
    for r in sorted(found, key=lambda r: -r.n_notes):
        if all(r.start >= k.end or r.end <= k.start for k in kept):
            kept.append(r)
    return kept


def _stands_in(bar_SV: NDArray[np.int16], music_SV: NDArray[np.int16]) -> bool:
    n = len(bar_SV)
    return any(np.array_equal(bar_SV, music_SV[i : i + n]) for i in range(len(music_SV) - n + 1))

"""Which of several candidates is kept: likelihood first, then what a teacher would mark."""

# Shapes: T frames, V parts.

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.frames.parts import ONSET, REST, PartFrames
from stretto.frames.plan import Plan
from stretto.score.model import TICKS_PER_QUARTER
from stretto.verbs.sample import Drawn

Ints = NDArray[np.integer[Any]]

TRIADS = {(0, 4, 7), (0, 3, 7), (0, 3, 6), (0, 4), (0, 3)}
LEAP = 9
"""Semitones; a melodic leap wider than a major sixth, octaves apart, is hard to sing."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a teacher would mark in a candidate, each as a count or a yes."""

    nll_per_note: float
    n_parallels: int
    n_leaps: int
    n_weak_phrase_ends: int
    """Inner phrases that do not end on a triad."""
    ends_well: bool
    """On the tonic triad in root position, with its third, for a half note at least."""
    stuck_bars: int
    """Bars beyond the second in a row that keep one chord."""

    @property
    def penalty(self) -> float:
        """What orders candidates: nats a note, and marks that weigh as many nats."""
        return (
            self.nll_per_note
            + 0.05 * self.n_parallels
            + 0.03 * self.n_leaps
            + 0.10 * self.n_weak_phrase_ends
            + 0.5 * (not self.ends_well)
            + 0.3 * self.stuck_bars
        )


def judge(drawn: Drawn, plan: Plan) -> Verdict:
    """Mark one candidate."""
    frames = drawn.frames
    inner = [t for t in plan.phrase_ends or () if t < frames.tick_T[-1]]
    return Verdict(
        nll_per_note=drawn.nll_per_note,
        n_parallels=n_parallels(frames.pitch_TV),
        n_leaps=_n_leaps(frames),
        n_weak_phrase_ends=sum(not _is_triad(_chord_at(frames, tick)) for tick in inner),
        ends_well=ends_well(frames, plan.tonic),
        stuck_bars=_stuck_bars(frames, plan),
    )


def ends_well(frames: PartFrames, tonic: int) -> bool:
    """The last chord is the tonic triad in root position with its third, a half note or longer."""
    last = frames.pitch_TV[-1]
    if (last == REST).any() or last.min() % 12 != tonic:
        return False
    begun = [int(frames.tick_T[np.flatnonzero(frames.state_TV[:, v] == ONSET)[-1]]) for v in range(len(last))]
    classes = {(int(p) - tonic) % 12 for p in last}
    right = classes <= {0, 3, 7} or classes <= {0, 4, 7}
    return right and bool(classes & {3, 4}) and frames.end - max(begun) >= 2 * TICKS_PER_QUARTER


def n_parallels(pitch_TV: Ints) -> int:
    """Parallel fifths and octaves between neighbouring frames."""
    count = 0
    n_parts = pitch_TV.shape[1]
    for i in range(n_parts):
        for j in range(i + 1, n_parts):
            a, b = pitch_TV[:, i].astype(int), pitch_TV[:, j].astype(int)
            sounding = (a >= 0) & (b >= 0)
            apart = (a - b) % 12
            moved = (np.diff(a) != 0) & (np.diff(b) != 0)
            same = (apart[1:] == apart[:-1]) & np.isin(apart[1:], (0, 7))
            count += int((moved & same & sounding[1:] & sounding[:-1]).sum())
    return count


def _n_leaps(frames: PartFrames) -> int:
    count = 0
    for voice in frames.pitch_TV.T.astype(int):
        moves = np.abs(np.diff(voice[voice >= 0]))
        count += int(((moves > LEAP) & (moves != 12)).sum() + (moves > 12).sum())
    return count


def _chord_at(frames: PartFrames, tick: int) -> Ints:
    chord: Ints = frames.pitch_TV[max(0, int(np.searchsorted(frames.tick_T, tick, side="right")) - 1)]
    return chord


def _is_triad(chord_V: Ints) -> bool:
    """Three or two pitch classes that a triad has, in any position."""
    classes = sorted({int(p) % 12 for p in chord_V if p != REST})
    shapes = {tuple(sorted((c - root) % 12 for c in classes)) for root in classes}
    return bool(shapes & TRIADS)


def _stuck_bars(frames: PartFrames, plan: Plan) -> int:
    starts = list(plan.bar_starts or ())
    chords: list[frozenset[int]] = []
    for start, end in zip(starts, [*starts[1:], frames.end], strict=True):
        inside = (frames.tick_T < end) & (frames.tick_T + frames.duration_T > start)
        chords.append(frozenset(int(p) % 12 for p in frames.pitch_TV[inside].ravel() if p != REST))
    return sum(a == b == c for a, b, c in zip(chords, chords[1:], chords[2:], strict=False))

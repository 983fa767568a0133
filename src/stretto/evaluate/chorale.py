"""What one chorale is like: counts that can be added up over many and set beside real ones."""

# Shapes: T slices, V voices from top to bottom.

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

from stretto.score.model import TICKS_PER_QUARTER, Score
from stretto.theory.cadence import cadence_at, ending
from stretto.theory.chords import Chord, chord_of
from stretto.theory.key import Tonality
from stretto.theory.phrases import phrase_ends, phrase_lengths
from stretto.theory.slices import SILENT, Slices, slices_of
from stretto.theory.voice_leading import (
    STEP,
    hard_leaps,
    melody,
    n_crossings,
    n_outside_ranges,
    n_restruck,
    parallels,
    under_fermatas,
)

STUCK_BARS = 2
"""One chord may last this many bars, not longer."""


@dataclass(kw_only=True)
class ChoraleCounts:
    """Counts over one chorale, or the sum over several."""

    n_pieces: int = 0
    n_notes: int = 0
    quarters: float = 0.0
    voice_quarters: float = 0.0
    """Sounding time of all notes."""
    n_outside: int = 0
    n_parallels: int = 0
    n_crossings: int = 0
    n_hard_leaps: int = 0
    n_restruck: int = 0
    n_moves: int = 0
    """From note to note in the soprano, repeated ones included."""
    n_steps: int = 0
    durations: Counter[int] = field(default_factory=Counter)
    """Ticks -> notes."""
    n_strong: int = 0
    """Strong beats on which something sounds."""
    n_strong_triads: int = 0
    n_strong_sevenths: int = 0
    n_silent_bars: int = 0
    n_stuck: int = 0
    """Runs of one chord over more than two bars."""
    n_phrases: int = 0
    n_on_triads: int = 0
    cadences: Counter[str] = field(default_factory=Counter)
    phrase_bars: Counter[str] = field(default_factory=Counter)
    """Metre and bars, as "3/4 2" -> phrases."""
    n_tonic_triads: int = 0
    """Pieces that end on a root-position triad of their tonic."""
    n_good_endings: int = 0
    """Of these, for a half note and to the end of the bar."""
    n_minor: int = 0
    n_minor_tonic: int = 0
    n_picardy: int = 0

    def __add__(self, other: ChoraleCounts) -> ChoraleCounts:
        """Both together."""
        return ChoraleCounts(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)})


def count_chorale(score: Score, key: Tonality) -> ChoraleCounts:
    """Count everything in one four-part score whose parts are soprano, alto, tenor and bass.

    Args:
        score: with bars, metre and fermatas.
        key: the key that it is, or was asked to be, in.
    """
    slices = slices_of(score)
    notes = score.notes[score.notes["grace"] == 0]
    soprano = melody(slices, 0)
    moves = np.abs(np.diff(soprano))
    counts = ChoraleCounts(
        n_pieces=1,
        n_notes=len(notes),
        quarters=score.end / TICKS_PER_QUARTER,
        voice_quarters=float(notes["duration"].sum()) / TICKS_PER_QUARTER,
        n_outside=n_outside_ranges(notes),
        n_parallels=len(parallels(slices, under_fermatas(slices, score))),
        n_crossings=n_crossings(slices),
        n_hard_leaps=sum(hard_leaps(melody(slices, v)) for v in range(slices.pitch_TV.shape[1])),
        n_restruck=n_restruck(notes),
        n_moves=len(moves),
        n_steps=int(((moves >= 1) & (moves <= STEP)).sum()),
        durations=Counter(notes["duration"].tolist()),
        n_silent_bars=n_silent_bars(score),
        n_stuck=n_stuck(score, slices),
    )
    return counts + _strong_beats(score, slices) + _phrases(score, slices, key) + _end(score, slices, key)


def strong_beats(score: Score) -> list[int]:
    """Ticks of the first beat of every bar, and of the middle of bars of four quarters or six eighths."""
    ticks = []
    for index, bar in enumerate(score.bars):
        meter = score.meter_at(bar.tick)
        full = meter.bar_ticks
        start = bar.tick - (full - score.pickup if bar.number == 0 else 0)
        halves = (0, full // 2) if meter.numerator in (2, 4, 6, 12) and full >= 3 * TICKS_PER_QUARTER else (0,)
        ticks += [start + half for half in halves if bar.tick <= start + half < score.bar_end(index)]
    return ticks


def n_silent_bars(score: Score) -> int:
    """Bars in which nothing sounds."""
    starts, ends = score.notes["onset"], score.ends
    bars = [(bar.tick, score.bar_end(i)) for i, bar in enumerate(score.bars)]
    return sum(not bool(((starts < until) & (ends > at)).any()) for at, until in bars)


def n_stuck(score: Score, slices: Slices) -> int:
    """Runs of one chord over more than two bars: no quarter of them has another, or nothing at all."""
    beats = range(score.pickup % TICKS_PER_QUARTER, score.end, TICKS_PER_QUARTER)
    limits = [STUCK_BARS * score.meter_at(tick).bar_ticks // TICKS_PER_QUARTER for tick in beats]
    return stuck_runs(slices, beats, limits)


def stuck_runs(slices: Slices, beats: Sequence[int], limits: Sequence[int]) -> int:
    """Runs of beats with one chord that are longer than the limit, in beats, where they grow too long."""
    stuck, run, passing, chord = 0, 0, 0, None
    for tick, limit in zip(beats, limits, strict=True):
        found = chord_in(slices, slices.at(tick))
        here = None if found is None else (found.root, found.quality)
        if here is None:
            passing += 1  # belongs to the run if the same chord comes back
            continue
        longer = run + passing + 1 if here == chord else 1
        stuck += longer > limit >= run and here == chord
        run, passing, chord = longer, 0, here
    return stuck


def _strong_beats(score: Score, slices: Slices) -> ChoraleCounts:
    counts = ChoraleCounts()
    for tick in strong_beats(score):
        t = slices.at(tick)
        if not (slices.pitch_TV[t] != SILENT).any():
            continue
        chord = chord_in(slices, t)
        counts.n_strong += 1
        counts.n_strong_triads += chord is not None and chord.is_triad
        counts.n_strong_sevenths += chord is not None and not chord.is_triad
    return counts


def _phrases(score: Score, slices: Slices, key: Tonality) -> ChoraleCounts:
    ends = phrase_ends(score, slices)
    cadences = [cadence_at(slices, end, key) for end in ends]
    first = score.meter_at(0)
    meter = f"{first.numerator}/{first.denominator}"
    return ChoraleCounts(
        n_phrases=len(ends),
        n_on_triads=sum(cadence.on_triad for cadence in cadences),
        cadences=Counter(cadence.kind for cadence in cadences),
        phrase_bars=Counter(f"{meter} {bars}" for bars in phrase_lengths(score, ends)),
    )


def _end(score: Score, slices: Slices, key: Tonality) -> ChoraleCounts:
    how = ending(score, key, slices)
    minor = key.mode == "minor"
    return ChoraleCounts(
        n_tonic_triads=how.on_tonic_triad,
        n_good_endings=how.good,
        n_minor=minor,
        n_minor_tonic=minor and how.on_tonic_triad,
        n_picardy=how.picardy,
    )


def chord_in(slices: Slices, t: int) -> Chord | None:
    """What sounds in a slice, as a triad or seventh chord; None = neither."""
    return chord_of(int(p) for p in slices.pitch_TV[t] if p != SILENT)


def eighths(score: Score) -> NDArray[np.int16]:
    """What each voice sounds at every eighth, (T, V); -1 = rest. The grid of `originality`."""
    slices = slices_of(score)
    ticks = np.arange(0, score.end, TICKS_PER_QUARTER // 2)
    found = np.searchsorted(slices.tick_T, ticks, side="right") - 1
    return slices.pitch_TV[found].astype(np.int16)

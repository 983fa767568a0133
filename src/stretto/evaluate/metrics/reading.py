"""What all metrics read of one score, worked out once: notes, lines, moments, chords, bars, key."""

# Shapes: N notes, T moments, P pitches (128), B bars, Q cells of a grid.

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from stretto.score.model import TICKS_PER_QUARTER, Notes, Score
from stretto.theory.chords import Chord, chord_of
from stretto.theory.key import Ranked, Tonality, pitched_notes, ranked_keys
from stretto.theory.motifs import Line
from stretto.theory.slices import Slices, slices_of, voices_of

N_PITCHES = 128

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Reading:
    """One score, and what metrics ask of it; everything is worked out when it is first asked for.

    Drums and grace notes are left out everywhere. A part that has chords is one line, its top one, for melodies and
    voice leading; all its notes count for harmony, pitch and rhythm.
    """

    score: Score

    @cached_property
    def notes(self) -> Notes:
        """Notes with a pitch and a length, in the score's order."""
        notes = pitched_notes(self.score)
        plain: Notes = notes[notes["grace"] == 0]
        return plain

    @cached_property
    def pitch_N(self) -> Ints:
        """MIDI pitch of each note."""
        return self.notes["pitch"].astype(np.int64)

    @cached_property
    def onset_N(self) -> Ints:
        """Tick at which each note begins."""
        return self.notes["onset"].astype(np.int64)

    @cached_property
    def duration_N(self) -> Ints:
        """Ticks that each note lasts."""
        return self.notes["duration"].astype(np.int64)

    @cached_property
    def end(self) -> int:
        """Tick at which the music ends: the last bar's end, or the last note's where there are no bars."""
        return self.score.end

    @property
    def n_quarters(self) -> float:
        """Length of the piece."""
        return self.end / TICKS_PER_QUARTER

    @cached_property
    def slices(self) -> Slices:
        """The parts as voices, cut where anything changes."""
        return slices_of(self.score)

    @cached_property
    def lines(self) -> list[Line]:
        """Melodies of the parts that have notes, top part first."""
        found = [self.notes[self.notes["part"] == part] for part in voices_of(self.score)]
        return [Line.of(own) for own in found if len(own)]

    @cached_property
    def ranked(self) -> list[Ranked]:
        """The 24 keys, best first."""
        return ranked_keys(self.score)

    @property
    def key(self) -> Tonality:
        """The key of the whole piece: from its signature where it has one, and from its notes."""
        return self.ranked[0].key

    @cached_property
    def tick_T(self) -> Ints:
        """Moments: every tick at which a note begins or ends, and the start."""
        ends = self.onset_N + self.duration_N
        ticks = np.unique(np.concatenate([[0], self.onset_N, ends])).astype(np.int64)
        return ticks[ticks < max(self.end, 1)]

    @cached_property
    def duration_T(self) -> Ints:
        """Ticks from each moment to the next."""
        return np.diff(self.tick_T, append=self.end)

    @cached_property
    def sounding_TP(self) -> NDArray[np.bool_]:
        """The pitches that sound from each moment on."""
        steps = np.zeros((len(self.tick_T) + 1, N_PITCHES), np.int16)
        np.add.at(steps, (np.searchsorted(self.tick_T, self.onset_N), self.pitch_N), 1)
        np.add.at(steps, (np.searchsorted(self.tick_T, self.onset_N + self.duration_N), self.pitch_N), -1)
        count: NDArray[np.int16] = np.cumsum(steps[:-1], axis=0, dtype=np.int16)
        return count.astype(np.bool_)

    @cached_property
    def chord_T(self) -> list[Chord | None]:
        """The chord of each moment; None where what sounds is neither triad nor seventh, or nothing sounds."""
        pitches: list[list[int]] = [[] for _ in self.tick_T]
        for t, pitch in zip(*(axis.tolist() for axis in np.nonzero(self.sounding_TP)), strict=True):
            pitches[t].append(pitch)
        return [chord_of(sounding) for sounding in pitches]

    def moment_at(self, ticks: Ints) -> Ints:
        """Index of the moment that holds each tick."""
        return np.maximum(np.searchsorted(self.tick_T, ticks, side="right") - 1, 0)

    @cached_property
    def bar_ticks_B(self) -> Ints:
        """Tick at which each bar begins; bars of 4/4 where the score has none."""
        found = [bar.tick for bar in self.score.bars]
        return np.array(found or list(range(0, max(self.end, 1), 4 * TICKS_PER_QUARTER)), np.int64)

    @cached_property
    def bar_end_B(self) -> Ints:
        """Tick at which each bar ends."""
        return np.append(self.bar_ticks_B[1:], max(self.end, int(self.bar_ticks_B[-1])))

    @cached_property
    def full_B(self) -> NDArray[np.bool_]:
        """Bars as long as their metre asks: neither pickup nor a last bar that it shortens."""
        asked = np.array([self.score.meter_at(int(tick)).bar_ticks for tick in self.bar_ticks_B])
        full: NDArray[np.bool_] = self.bar_end_B - self.bar_ticks_B == asked
        return full

    @cached_property
    def beat_ticks(self) -> Ints:
        """Every quarter, counted from the first full bar."""
        return np.arange(self.score.pickup % TICKS_PER_QUARTER, max(self.end, 0), TICKS_PER_QUARTER, dtype=np.int64)

    def place_in_bar(self, ticks: Ints) -> Ints:
        """Ticks from the barline; in a pickup bar, from where its full bar would have begun."""
        index = np.maximum(np.searchsorted(self.bar_ticks_B, ticks, side="right") - 1, 0)
        first = self.bar_ticks_B.copy()
        if self.score.pickup:
            first[0] -= self.score.meter_at(0).bar_ticks - self.score.pickup
        place: Ints = ticks - first[index]
        return place


def share(part: float, whole: float) -> float:
    """A share; not a number where there is nothing to have a share of."""
    return float(part) / float(whole) if whole else float("nan")


def entropy(weights: NDArray[np.generic]) -> float:
    """Shannon entropy of a histogram in bits; not a number where it is empty."""
    total = float(np.sum(weights))
    if total <= 0:
        return float("nan")
    p = np.asarray(weights, np.float64).ravel() / total
    p = p[p > 0]
    return float(-(p * np.log2(p)).sum()) + 0.0

"""What the dynamics network sees of every beat of a piece: its texture, its register, its place, what it repeats."""

# Shapes: N notes, T beats, B bars, F features.

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.frames.dynamics import Beats
from stretto.frames.plan import MODES, PERIODS, Plan
from stretto.frames.staves import StaffMusic
from stretto.score.model import TICKS_PER_QUARTER

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.int64]

MIDDLE_C = 60
OCTAVE = 12

PHRASE_BARS = 4

FEATURES = (
    "struck", "chord on the beat", "polyphony", "silent", "nothing struck", "top", "bottom", "octaves", "onsets",
    "length", "top moves", "bar struck", "bar onsets", "bar top", "bar bottom", "bar polyphony", "more struck",
    "higher", "lower bass", "thicker", "to be struck", "to be higher", "same as last bar", "same as an earlier bar",
    "same rhythm as last bar", "rest before", "first beat", "beat", "beats in bar", "compound", "from start", "to end",
    *(f"bar {i} of four" for i in range(PHRASE_BARS)), "last struck", "beside the piece's density",
    "beside the piece's top", "piece density", "piece polyphony", "quartet", "tempo", "tempo known",
    *MODES, *PERIODS,
)  # fmt: skip
"""Names of what is seen, in order."""

N_FEATURES = len(FEATURES)


def features_of(music: StaffMusic, plan: Plan, beats: Beats, *, tempo_qpm: float = 0.0) -> NDArray[np.float32]:
    """What is seen of every beat, (T, F), each number within a few units of 0.

    Args:
        music: the notes.
        plan: its bars, mode and period; what it does not say is 0.
        beats: of the piece.
        tempo_qpm: quarters a minute; 0 = not said.
    """
    by_beat = _Cells(music, beats.tick_T, beats.end)
    starts_B = beats.tick_T[np.append(True, np.diff(beats.bar_T) > 0)]
    by_bar = _Cells(music, starts_B, beats.end)
    whole = _Cells(music, np.zeros(1, np.int64), beats.end)
    bar_T = beats.bar_T
    columns = [*by_beat.columns(), *_moves(by_beat.top_T)]
    columns += [column[bar_T] for column in _bars(by_bar, music, starts_B, beats.end)]
    columns += _places(beats, plan, by_beat)
    columns += [
        (by_bar.density_T - whole.density_T)[bar_T],
        (by_bar.top_T - whole.top_T)[bar_T],
        *(np.full(len(bar_T), float(value)) for value in _piece(whole, music, plan, tempo_qpm)),
    ]
    return np.stack(columns, axis=1).astype(np.float32)


class _Cells:
    """Texture between some ticks: beats, bars, or a whole piece."""

    def __init__(self, music: StaffMusic, start_T: Ints, end: int) -> None:
        notes = music.notes
        n = len(start_T)
        onset_N = notes["onset"].astype(np.int64)
        ticks_T = np.diff(np.append(start_T, end)).astype(np.float64)
        cell_N = np.searchsorted(start_T, onset_N, side="right") - 1
        self.struck_T = np.bincount(cell_N, minlength=n).astype(np.float64)
        self.chord_T = np.bincount(cell_N[onset_N == start_T[cell_N]], minlength=n)
        first_N = np.append(True, np.diff(onset_N) > 0)[: len(onset_N)]
        self.onsets_T = np.bincount(cell_N[first_N], minlength=n)
        lengths_T = np.bincount(cell_N, np.log2(notes["duration"] / TICKS_PER_QUARTER), minlength=n)
        self.length_T = lengths_T / np.maximum(1, self.struck_T)
        self.octaves_T = np.bincount(cell_N[_doubled(notes)], minlength=n) / np.maximum(1, self.struck_T)
        quarters_T = ticks_T / TICKS_PER_QUARTER
        self.density_T = np.log1p(self.struck_T / quarters_T)
        self.rate_T = np.log1p(self.onsets_T / quarters_T)
        sounding_T, top_T, bottom_T = _sounding(notes, start_T, end)
        self.polyphony_T = sounding_T / ticks_T / 4
        self.silent_T = top_T < 0
        self.top_T = np.where(self.silent_T, 0, (top_T - MIDDLE_C) / 24)
        self.bottom_T = np.where(self.silent_T, 0, (bottom_T - MIDDLE_C) / 24)

    def columns(self) -> list[Floats]:
        """What is seen of each cell by itself."""
        return [
            self.density_T,
            np.log1p(self.chord_T),
            self.polyphony_T,
            self.silent_T.astype(float),
            (self.struck_T == 0).astype(float),
            self.top_T,
            self.bottom_T,
            self.octaves_T,
            self.rate_T,
            self.length_T,
        ]


def _doubled(notes: NDArray[np.void]) -> NDArray[np.bool_]:
    """Notes that another one doubles at the octave, at the same moment, (N,)."""
    keys = notes["onset"].astype(np.int64) * 256 + notes["pitch"]
    return np.isin(keys + OCTAVE, keys) | np.isin(keys - OCTAVE, keys)


def _sounding(notes: NDArray[np.void], start_T: Ints, end: int) -> tuple[Floats, Ints, Ints]:
    """Ticks that notes sound in each cell, summed, (T,); highest and lowest pitch, -1 = silence."""
    n = len(start_T)
    until_T = np.append(start_T[1:], end)
    sum_T, top_T, bottom_T = np.zeros(n), np.full(n, -1), np.full(n, 128)
    off_N = notes["onset"] + notes["duration"]
    first_N = np.searchsorted(start_T, notes["onset"], side="right") - 1
    last_N = np.searchsorted(start_T, off_N, side="left") - 1
    for k in range(int((last_N - first_N).max(initial=-1)) + 1):
        own = first_N + k <= last_N
        at = (first_N + k)[own]
        within = np.minimum(off_N[own], until_T[at]) - np.maximum(notes["onset"][own], start_T[at])
        np.add.at(sum_T, at, within)
        np.maximum.at(top_T, at, notes["pitch"][own])
        np.minimum.at(bottom_T, at, notes["pitch"][own])
    return sum_T, top_T, bottom_T


def _moves(top_T: Floats) -> list[Floats]:
    return [np.diff(top_T, prepend=top_T[:1])]


def _bars(bars: _Cells, music: StaffMusic, start_B: Ints, end: int) -> list[Floats]:
    """What is seen of each bar, and beside its neighbours, (B,) each."""
    columns = [bars.density_T, bars.rate_T, bars.top_T, bars.bottom_T, bars.polyphony_T]
    back = [np.diff(column, prepend=column[:1]) for column in (columns[0], columns[2], columns[3], columns[4])]
    ahead = [np.append(np.diff(column), 0.0) for column in (columns[0], columns[2])]
    texts = _spelled(music, start_B, end)
    rhythms = [tuple((onset, length) for onset, length, _ in text) for text in texts]
    said = set[tuple[tuple[int, int, int], ...]]()
    same, earlier, rhythm = np.zeros((3, len(texts)))
    for b, (before, text) in enumerate(pairwise([(), *texts])):
        same[b] = b > 0 and text == before
        earlier[b] = text in said
        rhythm[b] = b > 0 and rhythms[b] == rhythms[b - 1]
        said.add(text)
    return [*columns, *back, *ahead, same, earlier, rhythm]


def _spelled(music: StaffMusic, start_B: Ints, end: int) -> list[tuple[tuple[int, int, int], ...]]:
    """Onset, length and pitch of every note of each bar."""
    notes = music.notes
    edges = np.searchsorted(notes["onset"], np.append(start_B, end))
    return [
        tuple(
            zip(
                (notes["onset"][a:b] - start).tolist(),
                notes["duration"][a:b].tolist(),
                notes["pitch"][a:b].tolist(),
                strict=True,
            )
        )
        for start, (a, b) in zip(start_B.tolist(), pairwise(edges.tolist()), strict=True)
    ]


def _places(beats: Beats, plan: Plan, cells: _Cells) -> list[Floats]:
    """Where each beat is: in its bar, in the phrase that four bars are likely to be, in the piece."""
    n = len(beats.tick_T)
    last_bar = int(beats.bar_T[-1])
    bar_T = beats.bar_T - bool(plan.pickup)
    in_bar_T = np.bincount(beats.bar_T)[beats.bar_T]
    struck = np.flatnonzero(cells.struck_T > 0)
    before_T = np.maximum.accumulate(np.where(cells.silent_T, -1, np.arange(n)))
    rest_T = np.arange(n) - 1 - np.append(-1, before_T[:-1])
    return [
        np.log1p(rest_T),
        (beats.place_T == 0).astype(float),
        beats.place_T / 4,
        in_bar_T / 4,
        np.full(n, float(beats.compound)),
        np.log1p(beats.bar_T) / 2,
        np.log1p(last_bar - beats.bar_T) / 2,
        *((bar_T % PHRASE_BARS == i).astype(float) for i in range(PHRASE_BARS)),
        (np.arange(n) == (struck[-1] if len(struck) else n - 1)).astype(float),
    ]


def _piece(whole: _Cells, music: StaffMusic, plan: Plan, tempo_qpm: float) -> list[float]:
    return [
        float(whole.density_T[0]),
        float(whole.polyphony_T[0]),
        float(music.n_staves > 2),
        float(np.log2(tempo_qpm / 100)) if tempo_qpm else 0.0,
        float(tempo_qpm > 0),
        *(float(plan.mode == mode) for mode in MODES),
        *(float(plan.period == period) for period in PERIODS),
    ]

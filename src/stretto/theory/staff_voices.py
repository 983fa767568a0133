"""Voices on one staff: one where all that is struck together lasts alike, a second where rhythm demands it.

A voice is a row of chords, each over before the next begins. Where notes of one staff last differently, or are held
while others move, the staff is divided, the upper voice with its stems up. Of all divisions of a few bars the
cheapest is taken: a second voice costs, a third costs more, and so do rests, crossings, leaps from voice to voice, and
most of all a chord that has to be written as tied ones.
"""

# Shapes: N notes of one staff.

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.score.model import TICKS_PER_QUARTER
from stretto.theory.performance import FINEST

UP, DOWN, MIDDLE = 0, 1, 2
"""A staff's voices 1, 2 and 3: stems up, stems down, and a third between them."""

OPENS = (0.0, 2.0, 7.0)
"""Cost of a voice in a bar: the first is there anyway, the third is for nothing else."""

TIED = 6.0
"""Cost of a chord whose notes do not end together, or which is struck while its voice still sounds: it is written as
tied chords."""

REST = 0.8
"""Cost of a rest of one voice beside another; at the start or end of a bar, where it may stay unwritten, LOOSE."""
LOOSE = 0.3

ALONE = 0.5
"""Cost of what the lower voice strikes while the upper rests."""

CROSSED = 1.5
PARTED = 0.4
"""Cost of notes alike in onset and length that stand in two voices."""

LEAP = 0.03
"""Cost of a semitone from a voice's outer note to its next, up to MAX_LEAP."""
MAX_LEAP = 12

N_KEPT = 24
"""Divisions that are followed side by side."""

TRIFLE = 2
"""Ticks, less than a 32nd, by which a written note may be longer or shorter than a played one."""

Ints = NDArray[np.int64]
Note = tuple[int, int, int]
"""Onset, end, pitch."""


@dataclass(frozen=True, slots=True)
class _Way:
    """A division up to some moment: of each voice where it ends, and the notes it struck last."""

    cost: float
    ends: tuple[int, int, int]
    used: tuple[bool, bool, bool]
    """Whether the voice has notes in this bar."""
    lows: tuple[int, int, int]
    highs: tuple[int, int, int]
    before: _Way | None = None
    voices: tuple[int, ...] = ()
    """Of the notes of this moment."""


_START = _Way(0.0, (0, 0, 0), (False,) * 3, (-1,) * 3, (-1,) * 3)


def staff_voices(onset_N: Ints, duration_N: Ints, pitch_N: Ints, barlines: Sequence[int]) -> Ints:
    """The voice of every note of one staff, 1, 2 or 3, (N,).

    Args:
        onset_N: in ticks, rising.
        duration_N: in ticks.
        pitch_N: MIDI.
        barlines: tick at which each bar begins, rising.
    """
    voice_N = np.ones(len(onset_N), np.int64)
    end_N = onset_N + duration_N
    for own in _stretches(onset_N, end_N, barlines):
        if _is_chordal(onset_N[own], end_N[own]):
            continue
        notes = list(zip(onset_N[own].tolist(), end_N[own].tolist(), pitch_N[own].tolist(), strict=True))
        voice_N[own] = _divided(notes, barlines)
    return voice_N


def legible_ends(onset_N: Ints, duration_N: Ints, barlines: Sequence[int]) -> Ints:
    """Lengths as they are written, (N,): a note that ends a trifle off ends where a reader expects it.

    That is where another note of the staff begins or a bar does, else on a 32nd or a sixteenth of a triplet; within one
    quarter on that on which it begins. Times are moved by less than a 32nd, and only where they are on none of these.
    """
    found = duration_N.copy()
    starts = np.unique(np.r_[onset_N, np.array(barlines, np.int64)])
    for i, (onset, end) in enumerate(zip(onset_N.tolist(), (onset_N + duration_N).tolist(), strict=True)):
        # Within a quarter, a 32nd is not followed by what is left of a triplet.
        apart = onset // TICKS_PER_QUARTER < (end - 1) // TICKS_PER_QUARTER
        parts = [n for n in FINEST if apart or onset % n == 0] or FINEST
        if any(end % n == 0 for n in parts):
            continue
        near = starts[(np.abs(starts - end) <= TRIFLE) & (starts > onset)]
        if end in near:
            continue
        grid = [tick for tick in range(end - TRIFLE, end + TRIFLE + 1) if any(tick % n == 0 for n in parts)]
        choice = near.tolist() or [tick for tick in grid if tick > onset]
        if choice:
            found[i] = min(choice, key=lambda tick: (abs(tick - end), tick % 6 != 0, tick)) - onset
    return found


def _stretches(onset_N: Ints, end_N: Ints, barlines: Sequence[int]) -> Iterator[slice]:
    """Notes between two barlines over which nothing sounds."""
    if not len(onset_N):
        return
    reached = np.maximum.accumulate(end_N)
    cuts = [0]
    for tick in barlines:
        first = int(np.searchsorted(onset_N, tick, side="left"))
        if cuts[-1] < first < len(onset_N) and reached[first - 1] <= tick:
            cuts.append(first)
    yield from (slice(one, other) for one, other in zip(cuts, [*cuts[1:], len(onset_N)], strict=True))


def _is_chordal(onset_N: Ints, end_N: Ints) -> bool:
    """Notes struck together end together, and before the next."""
    together = np.diff(onset_N) == 0
    return bool(np.all(np.where(together, np.diff(end_N) == 0, end_N[:-1] <= onset_N[1:])))


def _divided(notes: list[Note], barlines: Sequence[int]) -> list[int]:
    """The cheapest division of a stretch of notes."""
    ways = [_START]
    at, bar_end = 0, -1
    moments: list[list[Note]] = []
    starts = [*barlines, 10**9]
    place = int(np.searchsorted(barlines, notes[0][0], side="right"))
    while at < len(notes):
        chord = [note for note in notes[at:] if note[0] == notes[at][0]]
        at += len(chord)
        moments.append(chord)
        onset = chord[0][0]
        if bar_end < 0:
            bar_start, bar_end = starts[max(0, place - 1)], starts[place]
        while onset >= bar_end:
            place += 1
            bar_start, bar_end = bar_end, starts[place]
            ways = [_into_bar(way, bar_start) for way in ways]
        ways = _best([_struck(way, chord, voices, bar_start) for way in ways for voices in _choices(way, chord)])
    return _renumbered(_path(min((_into_bar(way, bar_end) for way in ways), key=lambda way: way.cost)), moments, notes)


def _into_bar(way: _Way, barline: int) -> _Way:
    """What a bar's end costs: voices that rest before it, voices tied over it."""
    cost = way.cost
    if sum(way.used) > 1:
        cost += sum(LOOSE for used, end in zip(way.used, way.ends, strict=True) if used and end < barline)
    held = tuple(end > barline for end in way.ends)
    cost += sum(OPENS[voice] for voice in (DOWN, MIDDLE) if held[voice])
    return _Way(cost, way.ends, held, way.lows, way.highs, way, ())  # type: ignore[arg-type]


def _choices(way: _Way, chord: list[Note]) -> set[tuple[int, ...]]:
    """Which voices the notes of a moment, from low to high, may have."""
    n = len(chord)
    lengths = sorted({end for _, end, _ in chord})
    found = {(DOWN,) * low + (UP,) * (n - low) for low in range(n + 1)}
    for length in lengths:
        found.add(tuple(UP if end == length else DOWN for _, end, _ in chord))
        found.add(tuple(DOWN if end == length else UP for _, end, _ in chord))
    n_held = sum(end > chord[0][0] for end in way.ends)
    if n_held + len(lengths) > 2:
        found |= {
            (DOWN,) * low + (MIDDLE,) * (high - low) + (UP,) * (n - high)
            for low, high in combinations_with_replacement(range(n + 1), 2)
        }
    return found


def _struck(way: _Way, chord: list[Note], voices: tuple[int, ...], bar_start: int) -> _Way:
    """A division with one moment more."""
    onset = chord[0][0]
    cost = way.cost
    ends, used, lows, highs = list(way.ends), list(way.used), list(way.lows), list(way.highs)
    for voice in {*voices}:
        own = [note for note, other in zip(chord, voices, strict=True) if other == voice]
        cost += _entry(way, voice, own, onset, bar_start)
        ends[voice] = max(end for _, end, _ in own) if way.ends[voice] <= onset else max(ends[voice], own[0][1])
        used[voice] = True
        lows[voice], highs[voice] = own[0][2], own[-1][2]
    cost += PARTED * sum(
        one[1] == other[1] and here != there
        for one, other, here, there in zip(chord, chord[1:], voices, voices[1:], strict=False)
    )
    cost += _crossings(onset, ends, lows, highs) + (ALONE if ends[UP] <= onset else 0.0)
    return _Way(cost, tuple(ends), tuple(used), tuple(lows), tuple(highs), way, voices)  # type: ignore[arg-type]


def _entry(way: _Way, voice: int, own: list[Note], onset: int, bar_start: int) -> float:
    """What one voice's chord costs."""
    cost = TIED * (len({end for _, end, _ in own}) - 1)
    silent = onset - way.ends[voice]
    if silent < 0:
        cost += TIED
    if not way.used[voice]:
        others = any(used for other, used in enumerate(way.used) if other != voice)
        late = onset > bar_start and (others or voice != UP)
        return cost + OPENS[voice] + (REST if late and voice == UP else LOOSE if late else 0)
    if silent > 0 and sum(way.used) > 1:
        cost += REST
    outer, last = (own[0][2], way.lows[voice]) if voice == DOWN else (own[-1][2], way.highs[voice])
    return cost + LEAP * min(MAX_LEAP, abs(outer - last))


def _crossings(onset: int, ends: list[int], lows: list[int], highs: list[int]) -> float:
    cost = 0.0
    for upper, lower in ((UP, DOWN), (UP, MIDDLE), (MIDDLE, DOWN)):
        if ends[upper] > onset and ends[lower] > onset and lows[upper] <= highs[lower]:
            cost += CROSSED * (2 if highs[upper] <= lows[lower] else 1)
    return cost


def _best(ways: list[_Way]) -> list[_Way]:
    """The cheapest of those that are alike in what matters next, and of these the cheapest few."""
    alike: dict[Any, _Way] = {}
    for way in ways:
        name = (way.ends, way.used, way.lows, way.highs)
        if name not in alike or way.cost < alike[name].cost:
            alike[name] = way
    return sorted(alike.values(), key=lambda way: way.cost)[:N_KEPT]


def _path(way: _Way) -> list[tuple[int, ...]]:
    """The voices of every moment, in order."""
    found = []
    step: _Way | None = way
    while step is not None:
        if step.voices:
            found.append(step.voices)
        step = step.before
    return found[::-1]


def _renumbered(path: list[tuple[int, ...]], moments: list[list[Note]], notes: list[Note]) -> list[int]:
    """Voices from 1; where only one is left, it is the first."""
    found = [voice for voices in path for voice in voices]
    assert len(found) == len(notes) == sum(map(len, moments))
    present = sorted(set(found))
    return [1 + (present.index(voice) if len(present) < 2 else voice) for voice in found]

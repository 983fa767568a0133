"""Where voices lie beside each other: how far apart, whether they cross, and whether one goes beyond the other."""

# Shapes: T slices, V voices from top to bottom.

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from stretto.theory.slices import SILENT
from stretto.theory.texture import Sung, Texture


def wide_places(texture: Texture, upper: int, lower: int, largest: int) -> Iterator[tuple[Sung, Sung]]:
    """Where two voices are more than `largest` semitones apart: once for every stretch, at its widest.

    *Source*: music21's theoryAnalyzer has no spacing; the octave between upper voices is Piston, Harmony, ch. 2.
    """
    a, b = texture.slices.pitch_TV[:, upper], texture.slices.pitch_TV[:, lower]
    for stretch in _stretches((a != SILENT) & (b != SILENT) & (a - b > largest)):
        t = max(stretch, key=lambda t: (a[t] - b[t], -t))
        yield _pair(texture, t, upper, lower)


def crossings(texture: Texture, upper: int, lower: int) -> Iterator[list[tuple[Sung, Sung]]]:
    """Where the upper of two voices sounds below the lower: for every stretch the pairs of notes, slice by slice.

    *Source*: music21's VoiceLeadingQuartet.voiceCrossing, which looks at every pair of chords by itself.
    """
    a, b = texture.slices.pitch_TV[:, upper], texture.slices.pitch_TV[:, lower]
    for stretch in _stretches((a != SILENT) & (b != SILENT) & (a < b)):
        yield [_pair(texture, t, upper, lower) for t in stretch]


def overlaps(texture: Texture, upper: int, lower: int) -> Iterator[tuple[Sung, Sung]]:
    """Where a voice goes beyond the note that its neighbour has just left: (the note left, the note that passes it).

    *Source*: music21's VoiceLeadingQuartet.voiceOverlap.
    *Departures*: 1. voices that cross are crossings, and no overlaps. 2. The neighbour must have moved: over a held
    note it would be a crossing.
    """
    pitch = texture.slices.pitch_TV
    for t in range(1, len(texture.slices)):
        (a, c), (b, d) = pitch[t - 1, [upper, lower]].tolist(), pitch[t, [upper, lower]].tolist()
        if SILENT in (a, b, c, d) or b < d or a < c:
            continue
        left, passing = texture.sung(t - 1, upper), texture.sung(t, lower)
        if d > a and left is not None and passing is not None:
            yield left, passing
        left, passing = texture.sung(t - 1, lower), texture.sung(t, upper)
        if b < c and left is not None and passing is not None:
            yield left, passing


def outside(texture: Texture, voice: int, low: int, high: int) -> Iterator[Sung]:
    """Notes of a voice below or above its range."""
    return (note for note in texture.lines[voice] if not low <= note.pitch <= high)


def silences(texture: Texture, voice: int) -> Iterator[tuple[int, int]]:
    """Stretches in which a voice rests while another sings: (start, end) in ticks."""
    pitch = texture.slices.pitch_TV
    resting = (pitch[:, voice] == SILENT) & (pitch != SILENT).any(axis=1)
    until = np.append(texture.slices.tick_T[1:], texture.slices.end)
    for stretch in _stretches(resting):
        yield int(texture.slices.tick_T[stretch[0]]), int(until[stretch[-1]])


def _stretches(where_T: NDArray[np.bool_]) -> Iterator[list[int]]:
    """Runs of slices of which something is true."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], where_T, [False]]).astype(np.int8)))
    for first, last in pairwise(edges.tolist()):
        if where_T[first]:
            yield list(range(first, last))


def _pair(texture: Texture, t: int, upper: int, lower: int) -> tuple[Sung, Sung]:
    a, b = texture.sung(t, upper), texture.sung(t, lower)
    assert a is not None and b is not None
    return a, b

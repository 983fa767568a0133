"""Passages of one voice that come back note for note: how long they are and how often they occur."""

# Shapes: N notes and rests of a voice.

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from stretto.evaluate.metrics.reading import Ints
from stretto.score.model import TICKS_PER_QUARTER

SIXTEENTH = TICKS_PER_QUARTER // 4

MIN_NOTES = 2

Voice = Sequence[tuple[int, int]]
"""Pitch (-1 = rest) and length in sixteenths of each note or rest, one after the other."""


def repeated_sequences(voices: Sequence[Voice]) -> Counter[int]:
    """Length in sixteenths -> occurrences of all passages of two or more notes that a voice has at least twice.

    A passage is as long as all its occurrences agree, to the right tick by tick (a last note may be cut short), to
    the left note by note: one that only ever occurs within a longer one counts as part of that. Occurrences may
    overlap. The same passage in two voices counts once, with the lower voice's occurrences.

    *Source*: the Grader of Fang et al. 2020 (`find_repeated_sequences`), after Hsu, Liu and Chen 2001.
    *Departures*: 1. pitches are told by number, there by name; 2. tied notes are one note, there two.
    """
    found: dict[tuple[tuple[int, int], ...], tuple[int, int]] = {}
    for voice in voices:
        for passage, length, times in _passages(voice):
            found[passage] = (length, times)
    counts: Counter[int] = Counter()
    for length, times in found.values():
        counts[length] += times
    return counts


def _passages(voice: Voice) -> Iterator[tuple[tuple[tuple[int, int], ...], int, int]]:
    """Notes, length and occurrences of every passage of one voice."""
    lengths = np.array([length for _, length in voice], np.int64)
    start = np.concatenate([[0], np.cumsum(lengths)])
    shared_NN = _shared_ticks(voice)
    order = sorted(range(len(voice)), key=lambda i: list(_spelled(voice, i)))
    shared = [int(shared_NN[a, b]) for a, b in pairwise(order)]
    for first, last, ticks in _groups(shared):
        members = order[first : last + 1]
        before = {voice[i - 1] if i else None for i in members}
        i = members[0]
        n_notes = int(np.searchsorted(start, start[i] + ticks, side="left")) - i
        if n_notes >= MIN_NOTES and (len(before) > 1 or None in before):
            cut = ticks - int(start[i + n_notes - 1] - start[i])
            yield (*voice[i : i + n_notes - 1], (voice[i + n_notes - 1][0], cut)), ticks, len(members)


def _spelled(voice: Voice, i: int) -> Iterator[int]:
    """What sounds from note i on, as numbers whose order is that of the ticks: a note, and how long it holds."""
    for pitch, length in voice[i:]:
        yield pitch + 2
        yield length


def _shared_ticks(voice: Voice) -> Ints:
    """Ticks for which the music from note i and that from note j agree, (N, N)."""
    pitch = np.array([p for p, _ in voice], np.int64)
    length = np.array([n for _, n in voice], np.int64)
    n = len(voice)
    shared = np.zeros((n + 1, n + 1), np.int64)
    for i in range(n - 1, -1, -1):
        same = pitch == pitch[i]
        whole = same & (length == length[i])
        shared[i, :n] = np.where(whole, length[i] + shared[i + 1, 1:], np.where(same, np.minimum(length, length[i]), 0))
    return shared[:n, :n]


def _groups(shared: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """First, last and common length of every largest group of neighbours in sorted order that share that length."""
    open_groups: list[tuple[int, int]] = []
    for place, ticks in enumerate([*shared, 0]):
        first = place
        while open_groups and open_groups[-1][1] > ticks:
            first, common = open_groups.pop()
            yield first, place, common
        if ticks > 0 and (not open_groups or open_groups[-1][1] < ticks):
            open_groups.append((first, ticks))

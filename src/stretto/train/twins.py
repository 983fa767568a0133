"""The same music twice in a folder, whatever its key, its format, its note values, or who typed it."""

# Shapes: N notes, T moments, K runs of moments.

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stretto.frames.staves import StaffMusic

RUN = 8
"""Moments of a run: how the highest and the lowest note move from each to the next."""

SAME = 0.5
"""Share of the runs of the shorter piece that stand in the longer one, from which they are the same music. Of 415
keyboard pieces no two others share so many but variants of one piece."""

FEWEST = 24
"""Different runs under which nothing is said."""

Prints = NDArray[np.uint64]

_BASE = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, kw_only=True)
class Twin:
    """A piece that is there already."""

    piece: int
    of: int
    """Place of the one that stays."""
    up: int
    """Semitones from that one to this."""


def prints_of(music: StaffMusic) -> Prints:
    """The different runs of a piece, as sorted hashes, (K,)."""
    notes = music.notes
    if not len(notes):
        return np.zeros(0, np.uint64)
    first = np.unique(notes["onset"], return_index=True)[1]
    pitch = notes["pitch"].astype(np.int64)
    top_T, bottom_T = np.maximum.reduceat(pitch, first), np.minimum.reduceat(pitch, first)
    move_T = (np.diff(top_T) + 128) * 256 + np.diff(bottom_T) + 128
    n = len(move_T) - RUN + 1
    if n < 1:
        return np.zeros(0, np.uint64)
    runs = np.lib.stride_tricks.sliding_window_view(move_T.astype(np.uint64), RUN)
    hashes = np.zeros(n, np.uint64)
    for column in runs.T:
        hashes = (hashes ^ column) * _BASE
        hashes ^= hashes >> np.uint64(29)
    # A run that only repeats one move (a trill, a scale) stands in any piece.
    varied = np.array([len(set(run.tolist())) > 3 for run in runs])
    found: Prints = np.unique(hashes[varied])
    return found


def twins_of(prints: Sequence[Prints], musics: Sequence[StaffMusic], order: Sequence[int]) -> list[Twin]:
    """Which pieces are there already.

    Args:
        prints: of every piece, as `prints_of`.
        musics: the pieces.
        order: all of them, those that had rather stay first.
    """
    holders: dict[int, list[int]] = defaultdict(list)
    twins = list[Twin]()
    for piece in order:
        own = prints[piece]
        shared: dict[int, int] = defaultdict(int)
        for hashed in own.tolist():
            for other in holders[hashed]:
                shared[other] += 1
        best = max(shared, key=lambda other: _share(shared[other], own, prints[other]), default=-1)
        if best >= 0 and min(len(own), len(prints[best])) >= FEWEST and _share(shared[best], own, prints[best]) >= SAME:
            twins.append(Twin(piece=piece, of=best, up=_up(musics[piece], musics[best])))
            continue
        for hashed in own.tolist():
            holders[hashed].append(piece)
    return twins


def _share(n_shared: int, one: Prints, other: Prints) -> float:
    return n_shared / max(1, min(len(one), len(other)))


def _up(music: StaffMusic, other: StaffMusic) -> int:
    """Transposition, by the median of the pitches that both begin with."""
    n = min(len(music.notes), len(other.notes), 64)
    return round(float(np.median(music.notes["pitch"][:n])) - float(np.median(other.notes["pitch"][:n])))

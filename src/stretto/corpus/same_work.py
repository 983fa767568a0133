"""Pieces that are one work under several names: a sonata in two folders, a dance in two prints, in whatever key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stretto.corpus.parse import Skipped
from stretto.corpus.staves import StaffCorpus, StaffPiece
from stretto.frames.staves import StaffMusic

RUN = 10
"""Notes of the upper line that are compared as one: their intervals, and how long each waits for the next."""

SAME = 0.35
"""Share of the shorter piece's runs that stand in the other, from which both are one work."""

TWIN = 0.75
"""Share of all runs of both that both have, from which they are one piece, and one is enough."""

MAX_SHARED = 40
"""A run that so many pieces have is a scale or a drone, and says nothing."""


def joined_works(corpus: StaffCorpus) -> StaffCorpus:
    """The same corpus; pieces that share much of their upper line share a work, and of twins one is left.

    Of twins an edition stays before a MIDI file, then the one with more dynamics, with a metre, or the first.
    """
    pieces = corpus.pieces
    runs = [upper_runs(piece.music) for piece in pieces]
    root = list(range(len(pieces)))
    twins: dict[int, int] = {}
    for (a, b), n in _shared(runs).items():
        if n >= SAME * min(len(runs[a]), len(runs[b])):
            _join(root, a, b)
        if (
            n >= TWIN * (len(runs[a]) + len(runs[b]) - n)
            and pieces[a].name.split(" [")[0] != pieces[b].name.split(" [")[0]
        ):
            worse = b if _worth(pieces[a]) >= _worth(pieces[b]) else a
            twins[worse] = a + b - worse  # whatever stands for that one: the best of all twins is in no pair the worse
    first: dict[str, int] = {}
    for i, piece in enumerate(pieces):
        _join(root, first.setdefault(piece.work, i), i)
    kept = [replace(p, work=pieces[_find(root, i)].work) for i, p in enumerate(pieces) if i not in twins]
    gone = [
        Skipped(Path(pieces[i].name), f"the same music as another file ({pieces[j].name})") for i, j in twins.items()
    ]
    return StaffCorpus(pieces=kept, skipped=[*corpus.skipped, *gone])


def upper_runs(music: StaffMusic) -> frozenset[int]:
    """Runs of the highest notes, as hashes that no transposition changes."""
    notes = music.notes[np.lexsort((-music.notes["pitch"], music.notes["onset"]))]
    first = np.r_[True, np.diff(notes["onset"]) > 0] if len(notes) else np.zeros(0, bool)
    top = notes[first]
    if len(top) <= RUN:
        return frozenset()
    steps = np.stack([np.diff(top["pitch"].astype(np.int64)), np.diff(top["onset"].astype(np.int64))], axis=1)
    windows: NDArray[np.int64] = np.lib.stride_tricks.sliding_window_view(steps, RUN, axis=0)
    return frozenset(hash(window.tobytes()) for window in windows)


def _shared(runs: Sequence[frozenset[int]]) -> dict[tuple[int, int], int]:
    """How many runs two pieces share, for the pairs that share any."""
    owners: defaultdict[int, list[int]] = defaultdict(list)
    for i, own in enumerate(runs):
        for run in own:
            owners[run].append(i)
    counts: defaultdict[tuple[int, int], int] = defaultdict(int)
    for who in owners.values():
        if 1 < len(who) <= MAX_SHARED:
            for k, a in enumerate(who):
                for b in who[k + 1 :]:
                    counts[a, b] += 1
    return counts


def _worth(piece: StaffPiece) -> tuple[bool, int, bool]:
    is_midi = piece.name.split(" [")[0].endswith(".mid")
    return not is_midi, len(piece.dynamics), piece.plan.bar_starts is not None


def _find(root: list[int], i: int) -> int:
    while root[i] != i:
        root[i] = root[root[i]]
        i = root[i]
    return i


def _join(root: list[int], a: int, b: int) -> None:
    a, b = _find(root, a), _find(root, b)
    root[max(a, b)] = min(a, b)

"""Does a piece copy? The longest run it shares with the music that a network was trained on.

Two runs are the same when, cell by cell of an eighth, all chosen voices sound the same pitches up
to one transposition of the whole run. Rhythm inside an eighth, re-struck notes, metre and key do not
excuse a copy.
"""

# Shapes: T cells, V voices, Q quotable runs, D ways to lay one piece over another.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from stretto.score.model import TICKS_PER_QUARTER

CELL = TICKS_PER_QUARTER // 2
"""Ticks of one cell: an eighth."""

CELLS_PER_QUARTER = 2

NEAR = 0.9
"""Share of the cells of a near-copy that agree."""

SEED = 8
"""Cells of the exact run that every near-copy of ten cells or more has: with one miss in ten, nine in a row agree."""

Hashes = NDArray[np.uint64]
Ints = NDArray[np.int64]

_BASE = np.uint64(0x9E3779B97F4A7C15)
"""Odd, so that it has an inverse modulo 2**64."""
_INVERSE = np.uint64(pow(int(_BASE), -1, 2**64))


@dataclass(frozen=True, slots=True)
class Shared:
    """A run that a piece shares with one training piece."""

    quarters: float
    """Its length."""
    piece: int = -1
    """Index of the training piece; -1 = nothing is shared."""
    at: float = 0.0
    """Quarters from the start of the examined piece to the run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Originality:
    """The longest runs that one piece shares with the training music."""

    all_voices: Shared
    three_voices: Shared
    """In the three voices, whichever, that share most."""
    near_copy: Shared
    """In all voices, nine cells of ten alike."""


class Library:
    """The training music, ready for questions."""

    def __init__(self, pieces: Sequence[NDArray[np.integer]]) -> None:
        """Index all pieces.

        Args:
            pieces: MIDI pitches by eighth, (T, V) each; negative = rest.
        """
        n_voices = pieces[0].shape[1] if len(pieces) else 4
        self._all = _Runs(pieces, tuple(range(n_voices)))
        self._three = [_Runs(pieces, voices) for voices in combinations(range(n_voices), n_voices - 1)]

    def originality(self, piece: NDArray[np.integer]) -> Originality:
        """What `piece` shares with the library; (T, V), as the library's own."""
        exact = self._all.longest(piece)
        return Originality(
            all_voices=exact,
            three_voices=max((runs.longest(piece) for runs in self._three), key=lambda s: s.quarters),
            near_copy=max(exact, self._all.longest_near(piece), key=lambda s: s.quarters),
        )


class _Runs:
    """The runs of some voices of all pieces, found by hash."""

    def __init__(self, pieces: Sequence[NDArray[np.integer]], voices: tuple[int, ...]) -> None:
        self.voices = voices
        self.pieces = [np.asarray(piece, np.int64)[:, voices] for piece in pieces]
        self.starts = np.cumsum([0, *(len(piece) for piece in self.pieces)])
        joined = np.concatenate([*self.pieces, np.zeros((0, len(voices)), np.int64)])
        self._line = Line(joined, breaks=self.starts[1:-1])
        self._known: dict[int, tuple[Hashes, Ints]] = {}

    def longest(self, piece: NDArray[np.integer]) -> Shared:
        """The longest exact run, by halving: whatever shares a run shares all shorter ones."""
        line = Line(np.asarray(piece, np.int64)[:, self.voices], breaks=np.zeros(0, np.int64))
        low, high = 0, len(piece)
        best = (0, -1, 0)
        while low < high:
            length = (low + high + 1) // 2
            found = self._find(line, length)
            if found is None:
                high = length - 1
            else:
                low, best = length, (length, *found)
        length, where, at = best
        return self._shared(length, where, at)

    def longest_near(self, piece: NDArray[np.integer]) -> Shared:
        """The longest run of which nine cells of ten agree, at one transposition."""
        asked = np.asarray(piece, np.int64)[:, self.voices]
        best = Shared(0.0)
        for owner, shift, up in self._ways(asked):
            other = self.pieces[owner]
            first, last = max(0, -shift), min(len(asked), len(other) - shift)
            theirs = other[first + shift : last + shift]
            mine = asked[first:last]
            same = np.where(theirs >= 0, theirs + up, -1) == np.maximum(mine, -1)
            start, length = _longest_window((same.all(axis=1)) & (mine >= 0).any(axis=1))
            if length / CELLS_PER_QUARTER > best.quarters:
                best = Shared(length / CELLS_PER_QUARTER, owner, (first + start) / CELLS_PER_QUARTER)
        return best

    def _ways(self, asked: Ints) -> list[tuple[int, int, int]]:
        """Every (piece, shift, transposition) at which SEED cells in a row agree."""
        line = Line(asked, breaks=np.zeros(0, np.int64))
        hashes, place = self._hashes(SEED)
        mine, at = line.runs(SEED)
        first, last = np.searchsorted(hashes, mine, side="left"), np.searchsorted(hashes, mine, side="right")
        ways = set()
        for cell, a, b in zip(at.tolist(), first.tolist(), last.tolist(), strict=True):
            for where in place[a:b].tolist():
                owner = int(np.searchsorted(self.starts, where, side="right")) - 1
                up = int(line.root[cell] - self._line.root[where])
                ways.add((owner, where - int(self.starts[owner]) - cell, up))
        return sorted(ways)

    def _find(self, line: Line, length: int) -> tuple[int, int] | None:
        """A run of `length` cells that is known: where in the library, and where in the line."""
        hashes, place = self._hashes(length)
        mine, at = line.runs(length)
        if not len(hashes) or not len(mine):
            return None
        found = np.minimum(np.searchsorted(hashes, mine), len(hashes) - 1)
        hits = np.flatnonzero(hashes[found] == mine)
        return (int(place[found[hits[0]]]), int(at[hits[0]])) if len(hits) else None

    def _hashes(self, length: int) -> tuple[Hashes, Ints]:
        if length not in self._known:
            hashes, place = self._line.runs(length)
            order = np.argsort(hashes, kind="stable")
            self._known[length] = hashes[order], place[order]
        return self._known[length]

    def _shared(self, length: int, where: int, at: int) -> Shared:
        owner = int(np.searchsorted(self.starts, where, side="right")) - 1 if length else -1
        return Shared(length / CELLS_PER_QUARTER, owner, at / CELLS_PER_QUARTER)


class Line:
    """Cells of one or many pieces, with a hash for every run that is the same for all its transpositions."""

    def __init__(self, pitch_TV: Ints, *, breaks: Ints) -> None:
        """Hash all prefixes; `breaks` are cells with which another piece begins."""
        sounding = pitch_TV >= 0
        self.root: Ints = np.where(sounding.any(axis=1), pitch_TV[np.arange(len(pitch_TV)), sounding.argmax(axis=1)], 0)
        shape = np.where(sounding, pitch_TV - self.root[:, None] + 128, 0) @ (256 ** np.arange(pitch_TV.shape[1]))
        move = np.diff(self.root, prepend=0) + 128
        power = np.full(len(shape), _BASE)
        power[:1] = 1
        self._power = np.multiply.accumulate(power)
        back = np.full(len(shape), _INVERSE)
        back[:1] = 1
        self._back = np.multiply.accumulate(back)
        self._shape = _mixed(shape.astype(np.uint64))
        steps = _mixed(shape.astype(np.uint64) * np.uint64(512) + move.astype(np.uint64))
        self._sums = np.concatenate([np.zeros(1, np.uint64), np.add.accumulate(steps * self._power)])
        # A run may not cross from one piece to the next, nor hold silence.
        self._silent = np.concatenate([[0], np.cumsum(~sounding.any(axis=1))])
        self._break = np.zeros(len(shape) + 1, np.int64)
        self._break[breaks] = 1
        self._break = np.cumsum(self._break)

    def runs(self, length: int) -> tuple[Hashes, Ints]:
        """Hash and first cell of every run of `length` cells."""
        n = len(self._shape) - length + 1
        if n <= 0 or length < 1:
            return np.zeros(0, np.uint64), np.zeros(0, np.int64)
        first = np.arange(n)
        whole = (self._break[first] == self._break[first + length - 1]) & (
            self._silent[first] == self._silent[first + length]
        )
        first = first[whole]
        # The first cell counts by its shape alone; the others also by how far the music has moved.
        rest = (self._sums[first + length] - self._sums[first + 1]) * self._back[first]
        return _mixed(rest ^ self._shape[first]), first


def _mixed(values: Hashes) -> Hashes:
    """Well-spread 64-bit hashes (the finalizer of SplitMix64, Steele et al. 2014)."""
    x = values.astype(np.uint64)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Hashes = x ^ (x >> np.uint64(31))
    return mixed


def _longest_window(agree: NDArray[np.bool_]) -> tuple[int, int]:
    """Start and length of the longest window with at least NEAR agreement that begins and ends in agreement."""
    if not agree.any():
        return 0, 0
    # In tenths, so that nothing is rounded: +1 for an agreeing cell, -9 for another.
    gain = np.concatenate([[0], np.cumsum(np.where(agree, 10 - round(10 * NEAR), -round(10 * NEAR)))])
    starts, ends = np.flatnonzero(agree), np.flatnonzero(agree) + 1
    enough = gain[ends][None, :] >= gain[starts][:, None]
    length = np.where(enough, ends[None, :] - starts[:, None], 0)
    i, j = np.unravel_index(int(length.argmax()), length.shape)
    return int(starts[i]), int(length[i, j])

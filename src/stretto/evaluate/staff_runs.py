"""Verbatim runs: four bars in which a piece strikes, moment by moment, what a known piece strikes, in any key.

A moment is all that is struck at one tick, whichever hand has it; how long notes last does not excuse a copy, nor does
a transposition of the whole run. A run begins at any moment, not only on a barline.
"""

# Shapes: N notes, M moments of one piece, K moments of all known pieces, W windows.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stretto.evaluate.shared_runs import Tokens, mixed
from stretto.evaluate.staff_shapes import top_line
from stretto.evaluate.staff_work import StaffWork

Hashes = NDArray[np.uint64]
Ints = NDArray[np.int64]

RUN_BARS = 4

FEWEST_MOMENTS = 8
"""In a run: four bars with less are a held chord or two."""

FEWEST_MOVES = 4
"""In a run, moments whose lowest (of a melody: whose) pitch is none of the two before: a repeated note and a trill are
nobody's own."""


@dataclass(frozen=True, kw_only=True)
class VerbatimRuns:
    """What a piece has of known music."""

    n_windows: int
    """Stretches of four bars of the piece, one from each moment."""
    n_known: int
    """Of these, those that stand in known music."""
    owner: int = -1
    """The known piece that has the first of them; -1 = none does."""
    at: int = -1
    """Tick in the asked piece where the first begins."""


class StaffMoments:
    """The moments of some pieces, with a hash for each of their stretches."""

    def __init__(self, works: Sequence[StaffWork], *, melody: bool, known: bool) -> None:
        """Hash them.

        Args:
            works: the pieces.
            melody: only the top line of the first staff counts.
            known: they are those to compare with.
        """
        own = [_moments(work, melody=melody) for work in works]
        n_P = np.array([len(onset) for onset, _, _ in own], np.int64)
        self.first_P = np.concatenate([[0], np.cumsum(n_P)])
        self.piece_K = np.repeat(np.arange(len(works)), n_P)
        self.onset_K: Ints = np.concatenate([np.zeros(0, np.int64), *(onset for onset, _, _ in own)])
        self.end_P = np.array([work.music.end for work in works], np.int64)
        self.shape_K: Hashes = np.concatenate([np.zeros(0, np.uint64), *(shape for _, _, shape in own)])
        root_K = np.concatenate([np.zeros(0, np.int64), *(root for _, root, _ in own)])
        step = np.diff(root_K, prepend=root_K[:1]) + 128
        gap = np.diff(self.onset_K, prepend=self.onset_K[:1])
        move = ((gap.astype(np.uint64) << np.uint64(9)) | step.astype(np.uint64)) if len(gap) else self.shape_K
        before = np.concatenate([root_K[:2], root_K[:-2]])[: len(root_K)]
        self._moved_K = np.cumsum((step != 128) & (root_K != before))
        self._tokens = Tokens(mixed(mixed(move) + self.shape_K), np.zeros(len(gap), bool), known=known)

    def windows(self, ticks: int, *, fewest: tuple[int, int] = (FEWEST_MOMENTS, FEWEST_MOVES)) -> tuple[Hashes, Ints]:
        """Hash of what is struck in each stretch of `ticks` from a moment on, and that moment, (W,) both.

        Stretches beyond the end of their piece, or of fewer moments or moves than `fewest`, are left out.
        """
        start_K = np.arange(len(self.onset_K))
        # Pieces stand far apart on one line of time, so that one search finds all ends.
        apart = int(self.end_P.max(initial=0)) + ticks + 1
        line_K = self.onset_K + self.piece_K * apart
        stop_K = np.searchsorted(line_K, line_K + ticks)
        inside = self.onset_K + ticks <= self.end_P[self.piece_K] if len(start_K) else np.zeros(0, bool)
        moves_K = self._moved_K[stop_K - 1] - self._moved_K[start_K]
        kept = np.flatnonzero(inside & (stop_K - start_K >= fewest[0]) & (moves_K >= fewest[1]))
        rest = self._tokens.stretch(kept + 1, stop_K[kept] - kept - 1)
        return mixed(rest + mixed(self.shape_K[kept])), kept


class KnownMoments:
    """Known pieces, ready for questions."""

    def __init__(self, works: Sequence[StaffWork], *, melody: bool) -> None:
        """Index them; see `StaffMoments`."""
        self._moments = StaffMoments(works, melody=melody, known=True)
        self._melody = melody
        self._work = {name: i for i, name in enumerate(dict.fromkeys(w.work or f"piece {w.name}" for w in works))}
        self._work_P = np.array([self._work[w.work or f"piece {w.name}"] for w in works], np.int64)
        self._sorted: dict[int, tuple[Hashes, Ints, Ints]] = {}

    def runs(self, work: StaffWork) -> VerbatimRuns:
        """What a piece has of them, in stretches of four of its bars; what has its own `work` is left out."""
        ticks = RUN_BARS * work.bar
        asked = StaffMoments([work], melody=self._melody, known=False)
        hash_W, start_W = asked.windows(ticks)
        known, first_U, last_U = self._of_length(ticks)
        at = np.minimum(np.searchsorted(known, hash_W), max(0, len(known) - 1))
        if not len(known):
            return VerbatimRuns(n_windows=len(hash_W), n_known=0)
        own = self._work.get(work.work, -1) if work.work else -1
        # Of pieces that stand in the order of their works, either the first or the last is another's, or none is.
        owner_W = np.where(self._work_P[first_U[at]] == own, last_U[at], first_U[at])
        found = np.flatnonzero((known[at] == hash_W) & (self._work_P[owner_W] != own))
        if not len(found):
            return VerbatimRuns(n_windows=len(hash_W), n_known=0)
        owner, first = int(owner_W[found[0]]), int(asked.onset_K[start_W[found[0]]])
        return VerbatimRuns(n_windows=len(hash_W), n_known=len(found), owner=owner, at=first)

    def _of_length(self, ticks: int) -> tuple[Hashes, Ints, Ints]:
        """Hashes of all stretches of a length, rising, and the pieces of the first and the last work that has each."""
        if ticks not in self._sorted:
            hash_W, start_W = self._moments.windows(ticks)
            piece_W = self._moments.piece_K[start_W]
            order = np.lexsort((self._work_P[piece_W], hash_W)) if len(hash_W) else np.zeros(0, np.int64)
            hash_W, piece_W = hash_W[order], piece_W[order]
            new = np.r_[True, hash_W[1:] != hash_W[:-1]][: len(hash_W)]
            last = np.r_[new[1:], True][: len(hash_W)]
            self._sorted[ticks] = hash_W[new], piece_W[new], piece_W[last]
        return self._sorted[ticks]


def _moments(work: StaffWork, *, melody: bool) -> tuple[Ints, Ints, Hashes]:
    """Onset, lowest pitch, and a hash of the pitches above it, of each moment, (M,) each."""
    if melody:
        onset, pitch = top_line(work, 0)
        return onset, pitch, np.zeros(len(onset), np.uint64)
    onset_M, of_N = np.unique(work.onset_N, return_inverse=True)
    root_M = np.full(len(onset_M), 999, np.int64)
    np.minimum.at(root_M, of_N, work.pitch_N)
    above = np.unique(of_N * 256 + work.pitch_N - root_M[of_N])  # a unison of two hands is one key
    shape_M = np.zeros(len(onset_M), np.uint64)
    np.add.at(shape_M, above // 256, mixed((above % 256).astype(np.uint64) + np.uint64(1)))
    return onset_M, root_M, shape_M

"""Which stretches of two bars stand, note for note, in the music that a network was trained on.

`evaluate.originality` finds the longest; this knows every stretch, and is quick enough to be asked of each version of
each phrase. One stretch in three thousand is taken for a quotation though it is none.
"""

# Shapes: T cells of an eighth, V voices.

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from stretto.evaluate.originality import Cells
from stretto.evaluate.training_music import shipped_grid

CELLS = 16
"""Of a stretch: eight quarters."""

BITS = 30
"""Of a fingerprint."""


class Fingerprints:
    """Of all stretches of some music; transposition, metre and key do not tell them apart."""

    def __init__(self, marks: NDArray[np.uint32]) -> None:
        """`marks` do not fall."""
        self._marks = marks

    @classmethod
    def of(cls, pieces: Sequence[NDArray[np.integer]]) -> Fingerprints:
        """Of pieces on a grid of eighths, (T, V) each; negative = rest."""
        return cls(np.sort(np.concatenate([np.zeros(0, np.uint32), *(_marks(Cells(piece))[0] for piece in pieces)])))

    def __len__(self) -> int:
        """Number of different stretches."""
        return int((np.diff(self._marks) > 0).sum()) + bool(len(self._marks))

    def quoted(self, piece: NDArray[np.integer]) -> NDArray[np.int64]:
        """First cells of the stretches of a piece that are known, rising."""
        marks, first = _marks(Cells(piece))
        place = np.minimum(np.searchsorted(self._marks, marks), max(0, len(self._marks) - 1))
        known: NDArray[np.int64] = first[self._marks[place] == marks] if len(self._marks) else first[:0]
        return known


@cache
def shipped_fingerprints() -> Fingerprints:
    """Of the music that the networks which ship were trained on."""
    # Sorted, not made unique: that would take five times as long.
    return Fingerprints(np.sort(_marks(Cells(*shipped_grid()))[0]))


def _marks(cells: Cells) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Fingerprint and first cell of every stretch."""
    first = np.flatnonzero(cells.moves.whole(CELLS - 1))
    hashes = cells.moves.hashes(CELLS - 1)[first]
    return (hashes >> np.uint64(64 - BITS)).astype(np.uint32), first

"""Which stretches of two bars stand, note for note, in the music that a network was trained on.

`evaluate.originality` asks the music itself; this is what of the answer ships: a fingerprint of every stretch of the
training music, a few hundred kilobytes. One stretch in three thousand is taken for a quotation though it is none.
"""

# Shapes: T cells of an eighth, V voices.

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stretto.errors import ModelError
from stretto.evaluate.originality import Line

CELLS = 16
"""Of a stretch: eight quarters."""

BITS = 30
"""Of a fingerprint."""

NO_BREAKS = np.zeros(0, np.int64)


class Fingerprints:
    """Of all stretches of some music; transposition, metre and key do not tell them apart."""

    def __init__(self, marks: NDArray[np.uint32]) -> None:
        """`marks` rise."""
        self._marks = marks

    @classmethod
    def of(cls, pieces: Sequence[NDArray[np.integer]]) -> Fingerprints:
        """Of pieces on a grid of eighths, (T, V) each; negative = rest."""
        return cls(np.unique(np.concatenate([np.zeros(0, np.uint32), *(_marks(piece)[0] for piece in pieces)])))

    def __len__(self) -> int:
        """Number of different stretches."""
        return len(self._marks)

    def quoted(self, piece: NDArray[np.integer]) -> NDArray[np.int64]:
        """First cells of the stretches of a piece that are known, rising."""
        marks, first = _marks(piece)
        place = np.minimum(np.searchsorted(self._marks, marks), max(0, len(self) - 1))
        known: NDArray[np.int64] = first[self._marks[place] == marks] if len(self) else first[:0]
        return known

    def write(self, path: Path) -> None:
        """As packed distances from one to the next."""
        steps = np.diff(self._marks, prepend=np.uint32(0)).astype("<u4")
        path.write_bytes(zlib.compress(steps.view(np.uint8).reshape(-1, 4).T.tobytes(), 9))

    @classmethod
    def read(cls, data: bytes) -> Fingerprints:
        """What `write` wrote.

        Raises:
            ModelError: it is none.
        """
        try:
            bytes_4N = np.frombuffer(zlib.decompress(data), np.uint8).reshape(4, -1)
        except (zlib.error, ValueError) as cause:
            raise ModelError(f"quotations: no fingerprints ({cause}); install Stretto again") from cause
        steps = np.ascontiguousarray(bytes_4N.T).view("<u4")[:, 0]
        return cls(np.cumsum(steps, dtype=np.uint32))


@cache
def shipped_fingerprints() -> Fingerprints:
    """Of the music that the networks which ship were trained on."""
    return Fingerprints.read(files("stretto.engine").joinpath("data/quotations.bin").read_bytes())


def _marks(piece: NDArray[np.integer]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Fingerprint and first cell of every stretch."""
    hashes, first = Line(np.asarray(piece, np.int64), breaks=NO_BREAKS).runs(CELLS)
    return (hashes >> np.uint64(64 - BITS)).astype(np.uint32), first

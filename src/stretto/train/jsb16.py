"""The public benchmark jsb16: 382 chorales, four voices, a grid of sixteenths."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from stretto.corpus.choirs import jsb16_matrices
from stretto.frames.example import GRID16_DURATIONS, Example, example_of
from stretto.frames.parts import frames_of_matrix
from stretto.frames.plan import Plan


class Jsb16:
    """The published splits, with no side information but the index of the frame."""

    def __init__(self, path: Path) -> None:
        """Read `Jsb16thSeparated.npz`.

        Raises:
            CorpusError: the file is not there.
        """
        splits = {name: [_example(matrix) for matrix in pieces] for name, pieces in jsb16_matrices(path).items()}
        self.train, self.valid, self.test = splits["train"], splits["valid"], splits["test"]

    def draw(self, n: int, rng: np.random.Generator) -> list[Example]:
        """`n` pieces of similar length: neighbours in an order by length, blurred anew each time."""
        blurred = [len(piece) + rng.normal(0, 15) for piece in self.train]
        start = int(rng.integers(0, len(self.train)))
        order = np.argsort(blurred)
        first = min(max(0, start - n // 2), len(order) - n)
        return [self.train[i] for i in order[first : first + n]]


def _example(matrix: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> Example:
    return example_of(frames_of_matrix(matrix, step=6), Plan(index_known=True), GRID16_DURATIONS)

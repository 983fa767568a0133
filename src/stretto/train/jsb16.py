"""The public benchmark jsb16: 382 chorales, four voices, a grid of sixteenths."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from stretto.errors import CorpusError
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
        if not path.is_file():
            raise CorpusError(f"{path}: the benchmark is not there; give --data the folder that holds jsb16/")
        # The published file holds object arrays, which only pickle can read; it is the one file read so.
        with np.load(path, allow_pickle=True, encoding="latin1") as store:
            splits = {name: [_example(matrix) for matrix in store[name]] for name in ("train", "valid", "test")}
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

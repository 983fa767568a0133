"""The four public piano-roll sets of Boulanger-Lewandowski, Bengio and Vincent (ICML 2012).

One frame a quarter (JSB_Chorales) or an eighth (the others), 88 pitches, all pieces transposed to C.
"""

# Shapes: T frames, P = 88 pitches.

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stretto.errors import CorpusError

SETS = ("JSB_Chorales", "Nottingham", "MuseData", "Piano_midi")
LOWEST, N_PITCHES = 21, 88
"""A0 to C8."""

Roll = NDArray[np.uint8]


@dataclass(frozen=True, eq=False, kw_only=True)
class RollSet:
    """A benchmark with its published splits: (T, P) rolls of 0 and 1."""

    name: str
    train: list[Roll]
    valid: list[Roll]
    test: list[Roll]

    def pitches(self) -> tuple[int, int]:
        """Lowest and highest column that sounds anywhere in the training split."""
        sounding = np.flatnonzero(sum(roll.any(axis=0).astype(int) for roll in self.train))
        return int(sounding[0]), int(sounding[-1])


def read_rolls(folder: Path, name: str) -> RollSet:
    """Read one of the sets from a folder of .mat files.

    Raises:
        CorpusError: there is no such set, or its file is missing or damaged.
    """
    if name not in SETS:
        raise CorpusError(f"{name}: no such set; there are {', '.join(SETS)}")
    path = folder / f"{name}.mat"
    if not path.is_file():
        raise CorpusError(f"{path}: is not there; give --data the folder that holds benchmarks/boulanger")
    from scipy.io import loadmat

    try:
        store = loadmat(path)
        splits = {split: _rolls(store[f"{split}data"]) for split in ("train", "valid", "test")}
    except Exception as cause:  # of a damaged file scipy raises anything
        raise CorpusError(f"{path}: holds no piano-rolls ({cause}); fetch it again") from cause
    return RollSet(name=name, **splits)


def _rolls(cells: NDArray[np.object_]) -> list[Roll]:
    rolls = [np.asarray(roll, np.uint8) for roll in cells[0]]
    for roll in rolls:
        if roll.ndim != 2 or roll.shape[1] != N_PITCHES or not set(np.unique(roll)) <= {0, 1}:
            raise ValueError(f"a roll of shape {roll.shape}")
    return rolls

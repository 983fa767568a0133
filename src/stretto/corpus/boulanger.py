"""The four public piano-roll sets of Boulanger-Lewandowski, Bengio and Vincent (ICML 2012).

One frame a quarter (JSB_Chorales) or an eighth (the others), 88 pitches, all pieces transposed to C.
"""

# Shapes: T frames, P = 88 pitches.

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stretto.errors import CorpusError

SETS = ("JSB_Chorales", "Nottingham", "MuseData", "Piano_midi")
LOWEST, N_PITCHES = 21, 88
"""A0 to C8."""

CHECKSUMS = {
    "JSB_Chorales.mat": "ac0e608527cc411c7e21ef7d38be47f0de7fb6b13b3ae168b8eccf1c2a9b18d4",
    "MuseData.mat": "e8d9eb422ec3833c25f43a9f854d4ee0b9118a20b45f2c183395cdc30ffa14ff",
    "Nottingham.mat": "d154f7ca2e90799dc1dc011d8fc048f2fc6ef3f7c69d974b9cf27a471634fbea",
    "Piano_midi.mat": "990a8a71d5764a7eaa3e78d9e5023d1470380fe2db3a1448265a97a24c8b1c34",
    "Jsb16thSeparated.npz": "2adcdf0d57880c3763f104555072285fe7f9e3d6049fcc4b9830557b8d4a7820",
}
"""SHA-256 of the published files."""

Roll = NDArray[np.uint8]


@dataclass(frozen=True, eq=False, kw_only=True)
class RollSet:
    """A benchmark with its published splits: (T, P) rolls of 0 and 1."""

    name: str
    train: list[Roll]
    valid: list[Roll]
    test: list[Roll]

    def fingerprint(self) -> str:
        """Of all cells and how they are split: two sets of one name and fingerprint are the same music."""
        found = hashlib.sha256()
        for split in (self.train, self.valid, self.test):
            found.update(f"split of {len(split)}".encode())
            for roll in split:
                found.update(f"{roll.shape}".encode())
                found.update(np.packbits(roll.astype(bool)).tobytes())
        return found.hexdigest()[:16]


def find_file(data: Path, name: str) -> Path:
    """A public file, wherever under `data` it lies: there, in boulanger/ or jsb16/, or under benchmarks/.

    Raises:
        CorpusError: it is in none of these places.
    """
    places = ("", "boulanger", "jsb16", "benchmarks", "benchmarks/boulanger", "benchmarks/jsb16")
    for place in places:
        if (data / place / name).is_file():
            return data / place / name
    raise CorpusError(f"{data}: holds no {name}; give --data its folder (docs/benchmarks.md says where it comes from)")


def is_published(path: Path) -> bool:
    """Whether a file is the one whose checksum the docs give."""
    return hashlib.sha256(path.read_bytes()).hexdigest() == CHECKSUMS.get(path.name)


def read_rolls(data: Path, name: str) -> RollSet:
    """Read one of the sets, wherever under `data` its .mat file lies.

    Raises:
        CorpusError: there is no such set, or its file is missing or damaged.
    """
    if name not in SETS:
        raise CorpusError(f"{name}: no such set; there are {', '.join(SETS)}")
    path = find_file(data, f"{name}.mat")
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

"""The music that the networks which ship were trained on: it ships too, as notes."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from stretto.errors import ModelError
from stretto.evaluate.known_music import KnownMusic, unpack
from stretto.evaluate.melody_runs import Melodies, MelodyLibrary
from stretto.evaluate.originality import CELL, Library

FILE = "training_music.bin"


@cache
def shipped_music() -> KnownMusic:
    """All its pieces.

    Raises:
        ModelError: the file is not there, or damaged.
    """
    try:
        data = files("stretto.evaluate").joinpath("data", FILE).read_bytes()
    except OSError as cause:
        raise ModelError(f"{FILE}: the training music is not there ({cause}); install Stretto again") from cause
    return unpack(data, FILE)


@cache
def shipped_grid() -> tuple[NDArray[np.int16], NDArray[np.int64]]:
    """Its pitches by eighths, (T, V), all pieces after each other, and the cell with which each begins."""
    return shipped_music().grid(CELL)


@cache
def shipped_library() -> Library:
    """It, ready for questions."""
    return Library.of_grid(*shipped_grid())


@cache
def shipped_melodies() -> MelodyLibrary:
    """Its melodies, line by line in the order of `KnownMusic.lines`, ready for questions."""
    music = shipped_music()
    line_N = np.repeat(np.arange(music.n_VP.size), music.n_VP.ravel())
    ends = music.onset_N + music.duration_N
    return MelodyLibrary(Melodies(line_N, music.onset_N, ends, music.pitch_N, known=True))

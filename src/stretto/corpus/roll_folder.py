"""A stranger's folder of scores as piano-rolls, split like a benchmark."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from stretto.corpus.boulanger import LOWEST, N_PITCHES, SETS, Roll, RollSet
from stretto.corpus.parse import Skipped, parse_all
from stretto.errors import CorpusError
from stretto.score.expand import expand_repeats
from stretto.score.formats import READABLE, read_score
from stretto.score.model import TICKS_PER_QUARTER, Score

TICKS_PER_FRAME = TICKS_PER_QUARTER // 2
"""An eighth, as in three of the four public sets."""
VALID_SHARE = TEST_SHARE = 0.15
FEWEST = 4
"""Pieces from which there is one for each split."""


def roll_of(score: Score) -> Roll:
    """What sounds at the beginning of every eighth or begins within it, (T, 88); repeats are played.

    Raises:
        CorpusError: no note lies on the piano's keys.
    """
    notes = expand_repeats(score).notes
    column = notes["pitch"].astype(int) - LOWEST
    kept = (column >= 0) & (column < N_PITCHES) & (notes["duration"] > 0)
    if not kept.any():
        raise CorpusError("no note on the 88 keys")
    first = notes["onset"][kept] // TICKS_PER_FRAME
    last = np.maximum(first, (notes["onset"][kept] + notes["duration"][kept] - 1) // TICKS_PER_FRAME)
    roll = np.zeros((int(last.max()) + 1, N_PITCHES), np.uint8)
    for a, b, pitch in zip(first, last, column[kept], strict=True):
        roll[a : b + 1, pitch] = 1
    return roll


def read_roll_folder(folder: Path) -> tuple[RollSet, list[Skipped]]:
    """All scores of a folder, shuffled the same way each time: 70 % to learn from, 15 % to choose by, 15 % to test.

    Raises:
        CorpusError: it is no folder, or holds too few scores that can be read.
    """
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "does not exist"
        raise CorpusError(f"{folder}: {what}; name a folder of scores")
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in READABLE)
    parsed = parse_all(paths, _named_roll, n_workers=2)
    rolls = [roll for _, roll in sorted(parsed.found, key=lambda named: named[0])]
    if len(rolls) < FEWEST:
        raise CorpusError(f"{folder}: {len(rolls)} of {len(paths)} scores can be used; at least {FEWEST} are needed")
    order = np.random.default_rng(0).permutation(len(rolls))
    n_valid, n_test = (max(1, round(share * len(rolls))) for share in (VALID_SHARE, TEST_SHARE))
    shuffled = [rolls[i] for i in order]
    name = "".join(c if c.isalnum() or c in "-_" else "_" for c in folder.resolve().name)
    if name in (*SETS, "jsb16"):
        raise CorpusError(f"{folder}: {name} is the name of a public set; give the folder another")
    data = RollSet(
        name=name,
        train=shuffled[n_valid + n_test :],
        valid=shuffled[:n_valid],
        test=shuffled[n_valid : n_valid + n_test],
    )
    return data, parsed.skipped


def _named_roll(path: Path) -> tuple[str, Roll]:
    return str(path), roll_of(read_score(path))

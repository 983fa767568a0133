"""Real chorales that no shipped network has learned from, as scores with key, metre, pickup and fermatas."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from stretto.corpus.choirs import SAME
from stretto.corpus.overlap import OverlapIndex, grid_pitches
from stretto.corpus.piece import Piece
from stretto.frames.parts import frames_of_matrix, part_frames
from stretto.score.formats import read_score
from stretto.score.model import TICKS_PER_QUARTER, Score

KERN = "noncommercial/bach-370-chorales"
SIXTEENTH = TICKS_PER_QUARTER // 4


def real_chorales(
    data: Path, matrices: dict[str, list[Any]], training: Sequence[Piece], *, at_most: int, splits: Sequence[str]
) -> dict[str, list[Score]]:
    """Chorales of each of jsb16's splits that stand among the 370 scores, and not in the training music."""
    scores = [read_score(path) for path in sorted((data / KERN).glob("*.krn"))]
    sixteenths = [grid_pitches(part_frames(score)[0], step=SIXTEENTH) for score in scores]
    index = OverlapIndex(sixteenths, stride=4)
    trained = OverlapIndex([grid_pitches(piece.frames) for piece in training])
    known = [trained.best(rows[::4]).share for rows in sixteenths]
    chosen: dict[int, float] = {}
    found_in: dict[str, list[Score]] = {split: [] for split in splits}
    for split in splits:
        for matrix in matrices[split]:
            found = index.best(grid_pitches(frames_of_matrix(np.asarray(matrix), step=SIXTEENTH)))
            fresh = found.share >= SAME and found.other not in chosen and known[found.other] < SAME
            if fresh and len(chosen) < at_most:
                chosen[found.other] = found.share
                found_in[split].append(scores[found.other])
    found_of = ", ".join(f"{len(own)} chorales of jsb16's {split} split" for split, own in found_in.items())
    print(
        f"real: {found_of} that stand among the 370 and not in the training music "
        f"({np.mean(list(chosen.values())):.0%} of quarters alike)",
        file=sys.stderr,
    )
    return found_in

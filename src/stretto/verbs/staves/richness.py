"""How richly new music is marked: as one of the real pieces of its players and its period, by chance."""

# Shapes: R numbers that say how richly.

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stretto.frames.dynamics import richness

KEYBOARD, QUARTET = "keyboard", "quartet"

PIECES = {
    (KEYBOARD, "classical"): ((8, 8, 0, 0), (17, 19, 5, 2), (22, 10, 8, 6), (15, 3, 4, 7)),
    (KEYBOARD, "romantic"): ((61, 240, 248, 95), (97, 269, 370, 224), (65, 126, 305, 285), (16, 47, 123, 185)),
    (KEYBOARD, "modern"): ((6, 13, 9, 4), (3, 15, 16, 3), (3, 14, 24, 23), (1, 3, 6, 46)),
    (QUARTET, "classical"): ((15, 5, 0, 0), (25, 18, 1, 0), (10, 29, 8, 0), (6, 7, 9, 1)),
    (QUARTET, "romantic"): ((1, 4, 0, 0), (0, 20, 26, 3), (0, 4, 24, 12), (0, 1, 5, 20)),
    (QUARTET, "modern"): ((0, 0, 0, 0), (0, 1, 5, 0), (1, 1, 9, 1), (0, 0, 1, 8)),
}
"""Training pieces that are marked, by marks a bar (rows) and hairpins a bar (columns): hardly any, few, some, many,
between the edges of `frames.dynamics`. No piece is like the mean of all: half have hardly a hairpin."""

A_PIECE_OF = ((0.05, 0.15, 0.27, 0.45), (0.0, 0.07, 0.2, 0.45))
"""Marks and hairpins a bar of a piece in each row and each column."""

TERRACED = "baroque"
"""Music of this period has no hairpins, sforzati or extremes: it is loud, or soft."""


def drawn_richness(period: str, *, n_staves: int, rng: np.random.Generator) -> NDArray[np.float32] | None:
    """What the dynamics network is told of a new piece, (R,); None = nothing, of a period that is not known."""
    if period == TERRACED:
        return richness(0.0, 0.0)
    counts = np.array(PIECES.get((QUARTET if n_staves > 2 else KEYBOARD, period), ()), float)
    if not counts.size:
        return None
    row, column = np.unravel_index(rng.choice(counts.size, p=counts.ravel() / counts.sum()), counts.shape)
    return richness(A_PIECE_OF[0][row], A_PIECE_OF[1][column])

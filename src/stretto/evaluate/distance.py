"""How far back the note lies that one must remember to foresee the next.

Three answers, each for every note that a part strikes:

    pitch    the last time the same part sounded this pitch
    class    the last time any part sounded this pitch in any octave: the scale, and chromatic notes heard lately
    figure   the last time the same part struck this pitch after the same two: the melody that returns

Rare notes are hard to foresee, remembered or not, so with the first two the nats rise with the distance even for
a perfect memory. What shows a memory is how much a network saves there beside one that has none. A figure that
returns is there to be foreseen at any distance; a memory is what finds it.
"""

# Shapes: T frames, V parts, P pitches, N notes, K bins.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from stretto.score.model import TICKS_PER_QUARTER

Need = Literal["pitch", "class", "figure"]
NEEDS: tuple[Need, ...] = get_args(Need)

EDGES = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
"""Quarters; a bin reaches up to its edge, the edge included."""

BINS = ("up to 1", "1 to 2", "2 to 4", "4 to 8", "8 to 16", "16 to 32", "beyond 32", "never")

NOTHING = -1
"""Key of a part that rests, or has not struck enough notes to have a figure."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Line:
    """One piece in frames, as far as distances ask."""

    pitch_TV: NDArray[Any]
    """Pitch, below 0 = rest."""
    struck_TV: NDArray[np.bool_]
    """A note begins here."""
    duration_T: NDArray[Any]
    """Ticks."""


def distances(line: Line, need: Need) -> NDArray[np.float64]:
    """Quarters from where the needed note last ended to where each note is struck, (N,); infinity = never heard.

    Notes come frame by frame, in each from the first part to the last; a note that sounds up to this very frame
    is 0 quarters away. What other parts strike in the same frame does not count as heard.
    """
    key_TV = _keys(line, need)
    end_T = np.cumsum(line.duration_T)
    before_TV = _last_end(key_TV, end_T)
    start_TV = np.broadcast_to((end_T - line.duration_T)[:, None], key_TV.shape)
    found: NDArray[np.float64] = (start_TV - before_TV)[line.struck_TV] / TICKS_PER_QUARTER
    return found


def binned(quarters: NDArray[np.float64]) -> NDArray[np.int64]:
    """Index into BINS of each distance."""
    found = np.where(np.isinf(quarters), len(EDGES) + 1, np.searchsorted(EDGES, quarters))
    return found.astype(np.int64)


def by_distance(
    nats: Sequence[NDArray[Any]], quarters: Sequence[NDArray[np.float64]]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Notes in each bin, (K,), and their mean nats, (K,); not a number where there are none.

    Args:
        nats: of the choice of each note of each piece, (N,).
        quarters: its distance.
    """
    bins = binned(np.concatenate(quarters))
    n_notes = np.bincount(bins, minlength=len(BINS))
    total = np.bincount(bins, weights=np.concatenate(nats), minlength=len(BINS))
    mean = np.full(len(BINS), np.nan)
    np.divide(total, n_notes, out=mean, where=n_notes > 0)
    return n_notes, mean


def _keys(line: Line, need: Need) -> NDArray[np.int64]:
    """What of each cell a later note may need, (T, V); equal numbers are the same thing, NOTHING is nothing."""
    pitch_TV = line.pitch_TV.astype(np.int64)
    n_parts = pitch_TV.shape[1]
    if need == "pitch":
        key_TV = pitch_TV * n_parts + np.arange(n_parts)
    elif need == "class":
        key_TV = pitch_TV % 12
    else:
        return np.stack([_figures(pitch_TV[:, v], line.struck_TV[:, v], v) for v in range(n_parts)], axis=1)
    return np.where(pitch_TV < 0, NOTHING, key_TV)


def _figures(pitch_T: NDArray[np.int64], struck_T: NDArray[np.bool_], part: int) -> NDArray[np.int64]:
    """The three notes that end with the one which sounds in each frame, as one number."""
    struck = pitch_T[struck_T]
    figure_N = np.full(len(struck), NOTHING)
    figure_N[2:] = ((part * 128 + struck[:-2]) * 128 + struck[1:-1]) * 128 + struck[2:]
    note_T = np.cumsum(struck_T) - 1
    sounding_T = (pitch_T >= 0) & (note_T >= 0)
    key_T = np.full(len(pitch_T), NOTHING)
    key_T[sounding_T] = figure_N[note_T[sounding_T]]
    return key_T


def _last_end(key_TV: NDArray[np.int64], end_T: NDArray[Any]) -> NDArray[np.float64]:
    """Tick at which each cell's key last ended in an earlier frame, (T, V); -infinity = it was never there."""
    known, index = np.unique(key_TV, return_inverse=True)
    index_TV = index.reshape(key_TV.shape)
    ended_K = np.full(len(known), -np.inf)
    found = np.empty(key_TV.shape)
    for t, index_V in enumerate(index_TV):
        found[t] = ended_K[index_V]
        ended_K[index_V] = end_T[t]
    found[key_TV == NOTHING] = -np.inf
    return found

"""How much of one piece stands in another: pieces of a test set must not be trained on in disguise.

Two encodings of a chorale differ in key, in pickup, in repeats written out and in a few notes.
So they are laid over each other at every transposition and every shift, and the quarters
where all four voices agree are counted.
"""

# Shapes: T grid cells, V voices, M matching pairs of cells.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stretto.frames.parts import REST, PartFrames
from stretto.score.model import TICKS_PER_QUARTER

Ints = NDArray[np.int64]

_BASE = 256
"""Codes a voice of a chord can take: 0 = rest, else its distance from the chord's first voice plus 128."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """The best way to lay a piece over another."""

    share: float
    """Of the shorter piece's cells with a sounding note: those that agree in all voices."""
    transposition: int = 0
    """Semitones from the other piece up to this one."""
    shift: int = 0
    """Cell of the other piece, on the other's own grid, under this piece's cell 0."""
    other: int = -1
    """Which of the other pieces; -1 = nothing agrees anywhere."""


def grid_pitches(frames: PartFrames, *, step: int = TICKS_PER_QUARTER, start: int = 0) -> NDArray[np.int16]:
    """What each voice sounds at `start` and every `step` ticks after it, (T, V); REST where it rests."""
    ticks = np.arange(start, frames.end, step)
    found = np.searchsorted(frames.tick_T, ticks, side="right") - 1
    return np.where((found >= 0)[:, None], frames.pitch_TV[np.maximum(found, 0)], REST).astype(np.int16)


class OverlapIndex:
    """Many pieces, ready to be laid under others."""

    def __init__(self, pieces: Sequence[NDArray[np.integer]], *, stride: int = 1) -> None:
        """Sort all their chords.

        Args:
            pieces: pitches on a grid, (T, V) each.
            stride: how many of their cells go to one cell of the pieces asked for; with 4, sixteenths lie
                under quarters, and a shift can be any number of sixteenths.
        """
        self.stride = stride
        lengths = np.array([len(piece) for piece in pieces], np.int64)
        self._starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]) if len(pieces) else np.zeros(0, np.int64)
        self._sounding = np.array([_n_sounding(piece) / stride for piece in pieces])
        coded = [_chords(piece) for piece in pieces]
        shape = np.concatenate([c[0] for c in coded]) if coded else np.zeros(0, np.int64)
        root = np.concatenate([c[1] for c in coded]) if coded else np.zeros(0, np.int64)
        owner = np.repeat(np.arange(len(pieces)), lengths)
        self._order = np.flatnonzero(shape)[np.argsort(shape[shape != 0], kind="stable")]
        self._shape, self._root, self._owner = shape[self._order], root[self._order], owner[self._order]

    def best(self, piece: NDArray[np.integer]) -> Overlap:
        """Of all pieces, shifts and transpositions the one where most of `piece` agrees; (T, V)."""
        shape, root = _chords(piece)
        cell, found = self._matches(shape)
        if not len(cell):
            return Overlap(0.0)
        owner = self._owner[found]
        shift = self._order[found] - self._starts[owner] - self.stride * cell
        transposition = root[cell] - self._root[found]
        # One number for each (piece, shift, transposition): np.unique is 30 times slower on columns.
        ways, counts = np.unique((owner << 40) + ((shift + 2**30) << 9) + transposition + 128, return_counts=True)
        owner, shift, transposition = ways >> 40, (ways >> 9) % 2**31 - 2**30, ways % 2**9 - 128
        shorter = np.minimum(_n_sounding(piece), self._sounding[owner])
        share = counts / np.maximum(shorter, 1)
        k = int(share.argmax())
        return Overlap(min(1.0, float(share[k])), int(transposition[k]), int(shift[k]), int(owner[k]))

    def _matches(self, shape_T: Ints) -> tuple[Ints, Ints]:
        """Pairs of a cell of the piece and a row of the index that are the same chord, transposed: (M,) each."""
        first = np.searchsorted(self._shape, shape_T, side="left")
        count = np.where(shape_T == 0, 0, np.searchsorted(self._shape, shape_T, side="right") - first)
        cell = np.repeat(np.arange(len(shape_T)), count)
        within = np.arange(len(cell)) - np.repeat(np.cumsum(count) - count, count)
        return cell, first[cell] + within


def agreement(a: NDArray[np.integer], b: NDArray[np.integer], *, stride: int = 1) -> Overlap:
    """The best way to lay `a` over `b`.

    Args:
        a: MIDI pitches on a grid, usually of quarters, (T, V); negative = rest.
        b: the same, on a grid `stride` times as fine.
    """
    return OverlapIndex([b], stride=stride).best(a)


def _chords(pitch_TV: NDArray[np.integer]) -> tuple[Ints, Ints]:
    """Each cell as a chord's shape (equal for all its transpositions; 0 = silence) and its first voice's pitch."""
    pitch = pitch_TV.astype(np.int64)
    sounding = pitch >= 0
    first = sounding.argmax(axis=1)
    root = pitch[np.arange(len(pitch)), first]
    digits = np.where(sounding, pitch - root[:, None] + 128, 0)
    shape = digits @ (_BASE ** np.arange(pitch.shape[1], dtype=np.int64))
    return np.where(sounding.any(axis=1), shape, 0), np.where(sounding.any(axis=1), root, 0)


def _n_sounding(pitch_TV: NDArray[np.integer]) -> int:
    return int((pitch_TV >= 0).any(axis=1).sum())

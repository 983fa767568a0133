"""Does a piece copy? The longest run it shares with the music that a network was trained on.

Two runs are the same when, cell by cell of an eighth, all chosen voices sound the same pitches up
to one transposition of the whole run. Rhythm inside an eighth, re-struck notes, metre and key do not
excuse a copy.
"""

# Shapes: T cells, V voices, W ways to lay one piece over another.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from stretto.evaluate.shared_runs import Runs, Tokens, mixed
from stretto.score.model import TICKS_PER_QUARTER

CELL = TICKS_PER_QUARTER // 2
"""Ticks of one cell: an eighth."""

CELLS_PER_QUARTER = 2

NEAR_TENTHS = 9
"""Tenths of the cells of a near-copy that agree."""

SEED = 4
"""Moves from cell to cell that agree in a row in every near-copy of ten cells or more: of nine that agree in ten, five
stand together."""

MOST_SEEDS = 200_000
"""Places of seeds that are looked at; the most usual go first, which are chords that stay."""

MOST_WAYS = 1000
"""Ways to lay pieces over each other that are looked at: those with most seeds."""

Hashes = NDArray[np.uint64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Shared:
    """A run that a piece shares with one training piece."""

    quarters: float
    """Its length."""
    piece: int = -1
    """Index of the training piece; -1 = nothing is shared."""
    at: float = 0.0
    """Quarters from the start of the examined piece to the run."""
    there: float = 0.0
    """Quarters from the start of the training piece to the run."""
    up: int = 0
    """Semitones from the training piece up to the examined one."""
    voices: tuple[int, ...] = ()
    """Which voices share it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Originality:
    """The longest runs that one piece shares with the training music."""

    all_voices: Shared
    three_voices: Shared
    """In the three voices, whichever, that share most."""
    near_copy: Shared
    """In all voices, nine cells of ten alike."""


class Library:
    """The training music, ready for questions."""

    def __init__(self, pieces: Sequence[NDArray[np.integer]]) -> None:
        """Index all pieces.

        Args:
            pieces: MIDI pitches by eighth, (T, V) each; negative = rest.
        """
        n_voices = pieces[0].shape[1] if len(pieces) else 4
        starts = np.cumsum([0, *(len(piece) for piece in pieces)])
        self._index(np.concatenate([*pieces, np.zeros((0, n_voices), np.int16)]), starts)

    @classmethod
    def of_grid(cls, pitch_TV: NDArray[np.integer], starts: Ints) -> Library:
        """Of pieces after each other, and the cell with which each begins, and the last ends."""
        library = cls.__new__(cls)
        library._index(pitch_TV, starts)
        return library

    def _index(self, pitch_TV: NDArray[np.integer], starts: Ints) -> None:
        self.n_voices = pitch_TV.shape[1]
        self._grid, self._starts = pitch_TV, starts
        self._voices: dict[tuple[int, ...], _Voices] = {}

    def originality(self, piece: NDArray[np.integer]) -> Originality:
        """What `piece` shares with the library; (T, V), as the library's own."""
        exact = self.all_voices(piece)
        return Originality(
            all_voices=exact, three_voices=self.three_voices(piece), near_copy=self.near_copy(piece, exact)
        )

    def all_voices(self, piece: NDArray[np.integer], over: float = 0.0) -> Shared:
        """The longest run, if it has more than `over` quarters, in all voices."""
        return self._of(tuple(range(self.n_voices))).longest(Cells(piece), over)

    def three_voices(self, piece: NDArray[np.integer], over: float = 0.0) -> Shared:
        """The longest run in all voices but one, whichever; of a piece of one voice less, in all of its own."""
        choices = list(combinations(range(self.n_voices), self.n_voices - 1))
        best = Shared(0.0)
        for voices in choices:
            own = piece if piece.shape[1] == len(voices) else piece[:, voices]
            found = self._of(voices).longest(Cells(own), max(over, best.quarters))
            best = found if found.quarters else best
        return best

    def near_copy(self, piece: NDArray[np.integer], exact: Shared) -> Shared:
        """The longest run of which nine cells of ten agree; `exact` is the longest of which all do."""
        near = self._of(tuple(range(self.n_voices))).longest_near(Cells(piece))
        return max(exact, near, key=lambda s: s.quarters)

    def every(self, piece: NDArray[np.integer], voices: tuple[int, ...], least: float) -> list[Shared]:
        """Runs of at least so many quarters in some of the library's voices, which are the columns of `piece`."""
        return self._of(voices).every(Cells(piece), round(least * CELLS_PER_QUARTER))

    def warm(self) -> None:
        """Do now what the first questions would have to wait for."""
        some = np.zeros((8, self.n_voices), np.int16) + np.array([[0], [11], [0], [11], [0], [11], [0], [11]], np.int16)
        self.originality(some)

    def _of(self, voices: tuple[int, ...]) -> _Voices:
        if voices not in self._voices:
            self._voices[voices] = _Voices(self._grid[:, voices], self._starts, voices)
        return self._voices[voices]


class Cells:
    """What sounds in each cell, and how the music moves from one to the next."""

    def __init__(self, pitch_TV: NDArray[np.integer], starts: Ints | None = None) -> None:
        """Take cells of one piece, or of many that begin at `starts`."""
        sounding = pitch_TV >= 0
        sounds = np.asarray(sounding.any(axis=1))
        root_T = np.zeros(len(pitch_TV), np.int16)
        for voice in range(pitch_TV.shape[1])[::-1]:
            root_T = np.where(sounding[:, voice], pitch_TV[:, voice], root_T)
        self.root_T: Ints = root_T.astype(np.int64)
        # Equal for all transpositions of a chord; 0 = silence.
        self.shape_T: Hashes = np.zeros(len(pitch_TV), np.uint64)
        for voice in range(pitch_TV.shape[1]):
            digit = np.where(sounding[:, voice], pitch_TV[:, voice] - root_T + 128, 0)
            self.shape_T = self.shape_T * np.uint64(256) + digit.astype(np.uint64)
        moves = (self.root_T[1:] - self.root_T[:-1] + 128).astype(np.uint64)
        value = mixed(mixed(self.shape_T[:-1]) + mixed(self.shape_T[1:] * np.uint64(512) + moves))
        # A run may not cross from one piece to the next, nor hold silence.
        broken: NDArray[np.bool_] = np.logical_not(sounds[1:] & sounds[:-1])
        if starts is not None:
            inner = starts[(starts > 0) & (starts < len(root_T))]
            broken[inner - 1] = True
        self.moves = Tokens(value, broken, known=starts is not None)

    def __len__(self) -> int:
        """Number of cells."""
        return len(self.shape_T)


class _Voices:
    """The runs of some voices of all pieces."""

    def __init__(self, pitch_TV: NDArray[np.integer], starts: Ints, voices: tuple[int, ...]) -> None:
        self.voices, self.starts = voices, starts
        self.cells = Cells(pitch_TV, starts)
        self.runs = Runs(self.cells.moves)

    def longest(self, asked: Cells, over: float) -> Shared:
        """The longest exact run, if it has more than `over` quarters."""
        over_cells = round(over * CELLS_PER_QUARTER)
        run = self.runs.longest(asked.moves, over=max(0, over_cells - 1))
        if run is not None:
            return self._shared(asked, run.here, run.there, run.length + 1)
        same = np.isin(asked.shape_T, self.cells.shape_T[self.cells.shape_T > 0]) if not over_cells else np.zeros(0)
        if not same.any():
            return Shared(0.0)
        here = int(same.argmax())
        return self._shared(asked, here, int((self.cells.shape_T == asked.shape_T[here]).argmax()), 1)

    def every(self, asked: Cells, least: int) -> list[Shared]:
        """All runs of `least` cells or more, of each place the longest."""
        return [
            self._shared(asked, run.here, run.there, run.length + 1) for run in self.runs.every(asked.moves, least - 1)
        ]

    def longest_near(self, asked: Cells) -> Shared:
        """The longest run of which nine cells of ten agree, at one transposition."""
        owner_W, shift_W, up_W = self._ways(asked)
        if not len(owner_W):
            return Shared(0.0)
        here = np.arange(len(asked))
        there_WT = here + shift_W[:, None]
        inside = (there_WT >= self.starts[owner_W][:, None]) & (there_WT < self.starts[owner_W + 1][:, None])
        there_WT = np.where(inside, there_WT, 0)
        agree_WT = inside & (asked.shape_T > 0) & (self.cells.shape_T[there_WT] == asked.shape_T)
        agree_WT &= (asked.root_T - self.cells.root_T[there_WT]) == up_W[:, None]
        best, found = 0, Shared(0.0)
        at_most_W = agree_WT.sum(axis=1) * 10 // NEAR_TENTHS
        for way in np.argsort(-at_most_W, kind="stable").tolist():
            if at_most_W[way] <= best:
                break
            start, length = _longest_window(agree_WT[way])
            if length > best:
                best, found = length, self._shared(asked, start, start + int(shift_W[way]), length)
        return found

    def _ways(self, asked: Cells) -> tuple[Ints, Ints, Ints]:
        """Piece, shift and transposition, (W,) each, at which seeds agree."""
        here, there = self.runs.seeds(asked.moves, SEED, MOST_SEEDS)
        owner = np.searchsorted(self.starts, there, side="right") - 1
        up = asked.root_T[here] - self.cells.root_T[there]
        # One number for each way: np.unique is 30 times slower on columns.
        ways, counts = np.unique((owner << 40) + ((there - here + 2**29) << 9) + up + 128, return_counts=True)
        ways = ways[np.argsort(-counts, kind="stable")[:MOST_WAYS]]
        return ways >> 40, (ways >> 9) % 2**31 - 2**29, ways % 2**9 - 128

    def _shared(self, asked: Cells, here: int, there: int, length: int) -> Shared:
        owner = int(np.searchsorted(self.starts, there, side="right")) - 1
        return Shared(
            length / CELLS_PER_QUARTER,
            owner,
            here / CELLS_PER_QUARTER,
            (there - int(self.starts[owner])) / CELLS_PER_QUARTER,
            int(asked.root_T[here] - self.cells.root_T[there]),
            self.voices,
        )


def _longest_window(agree_T: NDArray[np.bool_]) -> tuple[int, int]:
    """Start and length of the longest window of which nine tenths agree that begins and ends in agreement."""
    if not agree_T.any():
        return 0, 0
    # In tenths, so that nothing is rounded: +1 for an agreeing cell, -9 for another.
    gain = np.concatenate([[0], np.cumsum(np.where(agree_T, 10 - NEAR_TENTHS, -NEAR_TENTHS))])
    starts, ends = np.flatnonzero(agree_T), np.flatnonzero(agree_T) + 1
    # The most that is gained at this end or a later one falls, so the last end that is enough for a start is found by
    # halving.
    later = np.maximum.accumulate(gain[ends][::-1])[::-1]
    last = len(ends) - 1 - np.searchsorted(later[::-1], gain[starts])
    length = np.where(last >= 0, ends[last] - starts, 0)
    i = int(length.argmax())
    return int(starts[i]), int(length[i])

"""An index of the music that a network of staves learned from: enough to find copies, too little to play.

For every bar that a training piece has, the file keeps three bytes of a hash of what is struck in it and the next, and
three of the top line alone. A copy of three bars has two such stretches in a row; that two pieces agree so by chance
happens once in millions. Which piece and which bar is known, so that a copy can be named.

The file: `MAGIC`, then one zlib stream of which the first four bytes (little endian) say how long the JSON is that
follows: for every piece title, composer, whether it has a pickup, and bars as [ticks, how many]; after it the hashes of
all bars, lowest bytes first, then of the top line, 0 = nothing to compare.
"""

# Shapes: B bars of all pieces, W stretches of a piece that is asked about.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.evaluate.packed import Packing
from stretto.evaluate.staff_runs import StaffMoments
from stretto.evaluate.staff_work import StaffWork

MAGIC = b"stretto bars 1\n"

PACKING = Packing(magic=MAGIC, largest=1 << 27, what="an index of training music")

FEWEST_MOMENTS, FEWEST_MOVES = 6, 3
"""In two bars, as in `staff_runs` in four."""

SHORTEST = 3
"""Bars of a copy: every copy of four bars has three whole ones, wherever it begins."""

COMMONEST = 10
"""Lengths of two bars in ticks that are looked up; all others together are under two in a hundred."""

BYTES = 3
"""Of a hash."""

LAYERS = (False, True)
"""Whether the top line alone is looked at."""

Codes = NDArray[np.uint32]
Ints = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class IndexedPiece:
    """A training piece, as far as a copy of it is to be named."""

    title: str
    composer: str
    """Slug; "" = anonymous."""
    pickup: bool
    bars: tuple[tuple[int, int], ...]
    """(ticks, how many in a row)."""


@dataclass(frozen=True, kw_only=True)
class VerbatimPassage:
    """Bars that a piece has from a training piece, note for note, in whatever key."""

    melody: bool
    """The top line alone has them."""
    bars: int
    """How many."""
    start: int
    """Tick in the asked piece."""
    end: int
    piece: IndexedPiece
    first: int
    """Bar of the training piece, as printed; a pickup is bar 0."""

    def __str__(self) -> str:
        """As a report says it."""
        who = f" ({self.piece.composer})" if self.piece.composer else ""
        what = "the top line of " if self.melody else ""
        return f"{self.bars} bars as in {what}bars {self.first}-{self.first + self.bars - 1} of {self.piece.title}{who}"


class StaffIndex:
    """Training pieces, ready for questions."""

    def __init__(self, pieces: Sequence[IndexedPiece], codes: Sequence[Codes]) -> None:
        """Take pieces, and for each of LAYERS the codes of all their bars, (B,)."""
        self.pieces = tuple(pieces)
        n_P = [sum(n for _, n in piece.bars) for piece in pieces]
        self._piece_B = np.repeat(np.arange(len(n_P)), n_P)
        self._first_P = np.concatenate([[0], np.cumsum(n_P)]).astype(np.int64)
        length_B = [ticks for piece in pieces for ticks, n in piece.bars for _ in range(n)]
        self._two_B = _two_bars(np.array(length_B, np.int64))
        self.codes = tuple(codes)
        lengths, counts = np.unique(self._two_B, return_counts=True)
        self._lengths: list[int] = lengths[np.argsort(-counts, kind="stable")[:COMMONEST]].tolist()
        self._sorted: dict[tuple[bool, int], tuple[Codes, Ints]] = {}

    def passages(self, work: StaffWork, *, melody: bool) -> list[VerbatimPassage]:
        """Every copy of SHORTEST bars or more, the longest of each place, in their order."""
        asked = StaffMoments([work], melody=melody, known=False)
        found: dict[int, dict[int, int]] = {}
        for ticks in self._lengths:
            code_W, start_W = _coded(asked, ticks)
            known, bar_B = self._of_length(melody, ticks)
            first, last = np.searchsorted(known, code_W), np.searchsorted(known, code_W, side="right")
            for w in np.flatnonzero(last > first).tolist():
                own = found.setdefault(int(asked.onset_K[start_W[w]]), {})
                own.update(dict.fromkeys(bar_B[first[w] : last[w]].tolist(), ticks))
        return self._joined(found, melody)

    def _joined(self, found: dict[int, dict[int, int]], melody: bool) -> list[VerbatimPassage]:
        """Stretches in a row, from tick -> bar -> ticks of two bars."""
        ticks = sorted(found)
        used, out = set[tuple[int, int]](), list[VerbatimPassage]()
        for at in ticks:
            for bar in sorted(found[at]):
                if (at, bar) in used:
                    continue
                row, tick, reach = 1, at, at + found[at][bar]
                while (after := self._next(found, ticks, tick, bar + row, reach)) >= 0:
                    used.add((after, bar + row))
                    tick, reach, row = after, after + found[after][bar + row], row + 1
                if row + 1 >= SHORTEST:
                    out.append(self._passage(at, reach, bar, row + 1, melody))
        return out

    def _next(self, found: dict[int, dict[int, int]], ticks: Sequence[int], tick: int, bar: int, reach: int) -> int:
        """Tick of the next stretch of a row: it begins before the last one has ended; -1 = there is none."""
        same = bar < len(self._piece_B) and self._piece_B[bar] == self._piece_B[bar - 1]
        return next((t for t in ticks if tick < t < reach and bar in found[t]), -1) if same else -1

    def _passage(self, start: int, end: int, bar: int, n_bars: int, melody: bool) -> VerbatimPassage:
        index = int(self._piece_B[bar])
        piece = self.pieces[index]
        first = bar - int(self._first_P[index]) + (not piece.pickup)
        return VerbatimPassage(melody=melody, bars=n_bars, start=start, end=end, piece=piece, first=first)

    def _of_length(self, melody: bool, ticks: int) -> tuple[Codes, Ints]:
        """Codes of the stretches that last so long, rising, and their bars."""
        if (melody, ticks) not in self._sorted:
            bars = np.flatnonzero((self._two_B == ticks) & (self.codes[melody] > 0))
            own = self.codes[melody][bars]
            order = np.argsort(own, kind="stable")
            self._sorted[melody, ticks] = own[order], bars[order]
        return self._sorted[melody, ticks]

    def pack(self) -> bytes:
        """As a file."""
        head = [[p.title, p.composer, int(p.pickup), p.bars] for p in self.pieces]
        planes = [code.astype("<u4").view(np.uint8).reshape(-1, 4)[:, :BYTES].T.tobytes() for code in self.codes]
        return PACKING.pack(head, b"".join(planes))


def index_of(works: Sequence[StaffWork], named: Sequence[tuple[str, str]]) -> StaffIndex:
    """An index of pieces.

    Args:
        works: the pieces.
        named: title and composer of each.
    """
    pieces, codes = list[IndexedPiece](), ([np.zeros(0, np.uint32)], [np.zeros(0, np.uint32)])
    for work, (title, composer) in zip(works, named, strict=True):
        lengths = np.diff(work.bar_edges_B)
        rows = tuple((int(ticks), len(list(own))) for ticks, own in groupby(lengths.tolist()))
        pieces.append(IndexedPiece(title=title, composer=composer, pickup=work.plan.pickup > 0, bars=rows))
        for melody in LAYERS:
            codes[melody].append(_codes_of_bars(work, melody))
    return StaffIndex(pieces, [np.concatenate(own) for own in codes])


def unpack(data: bytes, where: str = "index") -> StaffIndex:
    """What `StaffIndex.pack` made.

    Raises:
        ModelError: it is damaged, or of another version.
    """
    return PACKING.unpack(data, where, _index)


def _index(rows: Sequence[Sequence[Any]], column: NDArray[np.uint8]) -> StaffIndex:
    """From the plain data and the column of a file."""
    pieces = [
        IndexedPiece(title=t, composer=c, pickup=bool(p), bars=tuple((int(ticks), int(n)) for ticks, n in bars))
        for t, c, p, bars in rows
    ]
    n = sum(count for piece in pieces for _, count in piece.bars)
    planes = column.reshape(len(LAYERS), BYTES, n).astype(np.uint32)
    return StaffIndex(pieces, [sum(plane << np.uint32(8 * i) for i, plane in enumerate(layer)) for layer in planes])


def _codes_of_bars(work: StaffWork, melody: bool) -> Codes:
    """Code of each bar with the next, (bars,); the last of a piece has none."""
    edges = work.bar_edges_B
    out = np.zeros(len(edges) - 1, np.uint32)
    moments = StaffMoments([work], melody=melody, known=False)
    bar_K = np.searchsorted(edges, moments.onset_K, side="right") - 1
    first_K = np.diff(bar_K, prepend=-1) > 0
    two_B = edges[2:] - edges[:-2]
    for ticks in np.unique(two_B).tolist():
        code_W, start_W = _coded(moments, ticks)
        bar_W = bar_K[start_W]
        kept = first_K[start_W] & (bar_W < len(two_B))
        kept[kept] = two_B[bar_W[kept]] == ticks
        out[bar_W[kept]] = code_W[kept]
    return out


def _coded(moments: StaffMoments, ticks: int) -> tuple[Codes, Ints]:
    """Codes of all stretches of some ticks, and the moments with which they begin; none is 0."""
    hash_W, start_W = moments.windows(ticks, fewest=(FEWEST_MOMENTS, FEWEST_MOVES))
    code_W = (hash_W >> np.uint64(64 - 8 * BYTES)).astype(np.uint32)
    return np.maximum(code_W, 1), start_W


def _two_bars(length_B: Ints) -> Ints:
    """Ticks of each bar and the next; at the end of a piece this is never looked up, as it has no code."""
    two_B: Ints = length_B + np.append(length_B[1:], 0)
    return two_B

"""Music that is compared with: pieces of four voices with their names, packed into a file of a few hundred kilobytes.

The file: `MAGIC`, then one zlib stream, of which the first four bytes (little endian) say how long the JSON is that
follows; after it come five columns of bytes, an entry a note each: rest before it (low bytes, then high bytes),
duration (likewise), and pitch, as the distance from the note before, modulo 256. Rests and durations count units of the
piece. Notes stand voice by voice: the sopranos of all pieces, then their altos, and so on. The JSON has "voices",
"sources" (fields of `Source`) and "pieces": name, title, composer, source, ticks a unit, end in ticks, tonic, mode,
bars as [metre, ticks, how many], and notes in each voice.
"""

# Shapes: N notes of all pieces, T cells of all pieces, V voices, P pieces.

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.evaluate.packed import Packing
from stretto.score.model import TICKS_PER_QUARTER, Notes

MAGIC = b"stretto music 1\n"

PACKING = Packing(magic=MAGIC, largest=1 << 28, what="a file of known music")

SIXTEENTH = TICKS_PER_QUARTER // 4

Ints = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where pieces come from."""

    name: str
    licence: str
    attribution: str
    url: str


@dataclass(frozen=True, kw_only=True)
class KnownPiece:
    """One piece, without its notes."""

    name: str
    """Of its file, or split and number in a benchmark."""
    title: str
    composer: str
    source: Source
    end: int
    """Ticks."""
    tonic: int = -1
    """Pitch class; -1 = not known."""
    mode: str = ""
    bars: tuple[tuple[str, int, int], ...] = ()
    """(metre, ticks, how many in a row); empty = bars are not known."""

    def bar_starts(self) -> list[int]:
        """Tick at which each bar begins; none if bars are not known."""
        starts, at = list[int](), 0
        for _, ticks, n in self.bars:
            starts += range(at, at + n * ticks, ticks)
            at += n * ticks
        return starts

    @property
    def pickup(self) -> int:
        """Ticks before the first full bar: the first bar, where it is alone and shorter than its metre says."""
        if not self.bars:
            return 0
        meter, ticks, n = self.bars[0]
        numerator, denominator = (int(number) for number in meter.split("/"))
        return ticks if n == 1 and ticks < numerator * 4 * TICKS_PER_QUARTER // denominator else 0

    def bar_number(self, tick: int) -> int | None:
        """Number of the bar that holds a tick, a pickup being bar 0; None if bars are not known."""
        starts = self.bar_starts()
        return int(np.searchsorted(starts, tick, side="right")) - (self.pickup > 0) if starts else None

    def beat(self, tick: int) -> int | None:
        """Beat of its bar in which a tick lies, from 1, as the metre writes beats; None if bars are not known."""
        if not self.bars:
            return None
        index, at = 0, 0
        while index < len(self.bars) - 1 and tick >= at + self.bars[index][1] * self.bars[index][2]:
            at += self.bars[index][1] * self.bars[index][2]
            index += 1
        meter, ticks, _ = self.bars[index]
        numerator, denominator = (int(number) for number in meter.split("/"))
        unit = 4 * TICKS_PER_QUARTER // denominator
        missing = numerator * unit - ticks if self.pickup and index == 0 else 0
        return ((tick - at) % ticks + missing) // unit + 1


@dataclass(frozen=True, eq=False, kw_only=True)
class KnownMusic:
    """Pieces and their notes, voice by voice."""

    pieces: tuple[KnownPiece, ...]
    n_VP: Ints
    """Notes that each voice of each piece has."""
    onset_N: Ints
    """Ticks from the start of the piece."""
    duration_N: Ints
    pitch_N: NDArray[np.uint8]
    _first_VP: Ints = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Find where each voice of each piece begins."""
        counts = self.n_VP.ravel()
        object.__setattr__(self, "_first_VP", (np.cumsum(counts) - counts).reshape(self.n_VP.shape))

    def voice(self, piece: int, voice: int) -> tuple[Ints, Ints, NDArray[np.uint8]]:
        """Onsets and durations in ticks, and pitches, of one voice."""
        own = slice(first := int(self._first_VP[voice, piece]), first + int(self.n_VP[voice, piece]))
        return self.onset_N[own], self.duration_N[own], self.pitch_N[own]

    def lines(self) -> Iterator[tuple[int, int]]:
        """(piece, voice) of every line, in the order of the notes."""
        n_voices, n_pieces = self.n_VP.shape
        return ((piece, voice) for voice in range(n_voices) for piece in range(n_pieces))

    def grid(self, step: int) -> tuple[NDArray[np.int16], Ints]:
        """What every voice sounds at every `step` ticks, (T, V), -1 = rest, all pieces after each other.

        Returns:
            The cells, and the cell with which each piece begins, (P + 1,).
        """
        n_voices = len(self.n_VP)
        lengths = np.array([-(-piece.end // step) for piece in self.pieces], np.int64)
        starts = np.concatenate([[0], np.cumsum(lengths)])
        base = np.repeat((starts[:-1] + np.arange(n_voices)[:, None] * starts[-1]).ravel(), self.n_VP.ravel())
        # A cell is what sounds at its first tick, so a note that begins inside one begins with the next.
        first = base - (-self.onset_N // step)
        last = base - (-(self.onset_N + self.duration_N) // step)
        edges = np.concatenate([np.stack([first, last], axis=1).ravel(), [n_voices * starts[-1]]])
        sounds = np.stack([np.full(len(first), -1, np.int16), self.pitch_N.astype(np.int16)], axis=1).ravel()
        cells = np.repeat(np.append(sounds, np.int16(-1)), np.diff(edges, prepend=0))
        return np.ascontiguousarray(cells.reshape(n_voices, starts[-1]).T), starts


def pack(pieces: Sequence[tuple[KnownPiece, Notes]]) -> bytes:
    """A file of pieces with their notes, whose parts are the voices 0, 1, ..., without chords or overlaps."""
    n_voices = 1 + max((int(notes["part"].max(initial=0)) for _, notes in pieces), default=0)
    sources = list(dict.fromkeys(piece.source for piece, _ in pieces))
    units = [_unit(notes) for _, notes in pieces]
    n_VP = [[int((notes["part"] == voice).sum()) for _, notes in pieces] for voice in range(n_voices)]
    rests, durations, pitches = [], [], []
    for voice in range(n_voices):
        for unit, (_, notes) in zip(units, pieces, strict=True):
            own = notes[notes["part"] == voice]
            onset, duration = own["onset"] // unit, own["duration"] // unit
            rests.append(onset - np.concatenate([[0], onset + duration])[: len(own)])
            durations.append(duration)
            pitches.append(own["pitch"].astype(np.uint8))
    head = {
        "voices": n_voices,
        "sources": [asdict(source) for source in sources],
        "pieces": [
            [p.name, p.title, p.composer, sources.index(p.source), unit, p.end, p.tonic, p.mode, p.bars, [*own]]
            for (p, _), unit, own in zip(pieces, units, zip(*n_VP, strict=True), strict=True)
        ],
    }
    steps = np.diff(_joined(pitches).astype(np.uint8), prepend=np.uint8(0))
    columns = _planes(_joined(rests)) + _planes(_joined(durations)) + steps.tobytes()
    return PACKING.pack(head, columns)


def unpack(data: bytes, where: str = "known music") -> KnownMusic:
    """What `pack` made.

    Raises:
        ModelError: it is damaged, or of another version.
    """
    return PACKING.unpack(data, where, _music)


def _music(head: dict[str, Any], columns: NDArray[np.uint8]) -> KnownMusic:
    sources = [Source(**source) for source in head["sources"]]
    entries = head["pieces"]
    n_VP = np.array([entry[9] for entry in entries], np.int64).reshape(len(entries), head["voices"]).T
    n = int(n_VP.sum())
    if len(columns) != 5 * n or (n_VP < 0).any():
        raise ValueError(f"{len(columns)} bytes of notes, not {5 * n}")
    low, high, short, long, step = columns.reshape(5, n).astype(np.int64)
    counts = n_VP.ravel()
    unit_N = np.repeat(np.tile(np.array([entry[4] for entry in entries], np.int64), head["voices"]), counts)
    rest_N, duration_N = (low + 256 * high) * unit_N, (short + 256 * long) * unit_N
    ends = np.concatenate([[0], np.cumsum(rest_N + duration_N)])
    first = np.cumsum(counts) - counts
    end_N = ends[1:] - np.repeat(ends[first], counts)
    piece_end_N = np.repeat(np.tile(np.array([entry[5] for entry in entries], np.int64), head["voices"]), counts)
    if (duration_N <= 0).any() or (end_N > piece_end_N).any():
        raise ValueError("a note has no length, or outlasts its piece")
    return KnownMusic(
        pieces=tuple(_piece(entry, sources) for entry in entries),
        n_VP=n_VP,
        onset_N=end_N - duration_N,
        duration_N=duration_N,
        pitch_N=np.cumsum(step).astype(np.uint8),
    )


def _piece(entry: list[Any], sources: Sequence[Source]) -> KnownPiece:
    name, title, composer, source, _, end, tonic, mode, bars, _ = entry
    return KnownPiece(
        name=name, title=title, composer=composer, source=sources[source], end=end, tonic=tonic, mode=mode,
        bars=tuple((str(meter), int(ticks), int(n)) for meter, ticks, n in bars),
    )  # fmt: skip


def bars_in_rows(starts: Sequence[int], meters: Sequence[str], end: int) -> tuple[tuple[str, int, int], ...]:
    """Bars as `KnownPiece.bars` has them."""
    lengths = np.diff([*starts, end]).tolist()
    rows = groupby(zip(meters, lengths, strict=True))
    return tuple((meter, ticks, len(list(own))) for (meter, ticks), own in rows)


def _unit(notes: Notes) -> int:
    """A sixteenth, if all notes keep to sixteenths; else a tick."""
    return SIXTEENTH if not (np.array([notes["onset"], notes["duration"]]) % SIXTEENTH).any() else 1


def _joined(columns: Sequence[NDArray[Any]]) -> NDArray[Any]:
    return np.concatenate([np.zeros(0, np.int64), *columns])


def _planes(values: NDArray[Any]) -> bytes:
    """All low bytes, then all high ones: zlib finds more to save in each."""
    if len(values) and not 0 <= values.min() <= values.max() < 1 << 16:
        raise ValueError("rests and notes last 0 to 65535 units")
    return values.astype("<u2").view(np.uint8).reshape(-1, 2).T.tobytes()

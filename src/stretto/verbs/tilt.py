"""What a network, left to itself, writes too often or too seldom, and how its choices are tilted against it.

A network that learned from few pieces draws a little blander than they are: more neighbour notes, fewer runs and
suspensions. For every small figure (the last steps of a voice, its note values, its degrees, how the voices
stand and move) one number says by how much it is made likelier, so that in the end each comes as often as in the
training music: an exponential tilt, whose numbers `scripts/fit_tilt.py` finds by drawing, counting and comparing.

Repeated notes count as held ones here: half of the training music does not tell them apart.
"""

# Shapes: S streams, V parts, P pitches, O = 2 + P options, E events, T frames.

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from stretto.engine.flagship import FIRST_PITCH, GO_ON
from stretto.frames.parts import ONSET
from stretto.frames.plan import SIXTEENTH
from stretto.score.model import TICKS_PER_QUARTER

Ints = NDArray[np.integer[Any]]
Floats = NDArray[np.floating[Any]]

WIDEST = 12
N_MOVES = 2 * WIDEST + 1
NO_MOVE = N_MOVES
"""Where a voice has not moved yet."""

LENGTHS = (6, 12, 18, 24, 36, 48, 60, 72, 96)
"""Ticks, each for all up to it; what is longer is one more."""
N_LENGTHS = len(LENGTHS) + 1
NO_LENGTH = N_LENGTHS

NO_DEGREE = 12
N_PLACES = TICKS_PER_QUARTER // SIXTEENTH
"""Of a beat."""

SHAPES: dict[str, tuple[int, ...]] = {
    "step1": (4, N_MOVES),
    "step2": (4, N_MOVES + 1, N_MOVES),
    "step3": (4, N_MOVES + 1, N_MOVES + 1, N_MOVES),
    "degree1": (4, 12),
    "degree2": (4, 13, 12),
    "degree3": (4, 13, 13, 12),
    "length1": (4, N_LENGTHS),
    "length2": (4, N_LENGTHS + 1, N_LENGTHS),
    "place": (4, N_LENGTHS, N_PLACES),
    "again": (4, N_LENGTHS),
    "figure1": (4, N_LENGTHS, N_MOVES),
    "figure2": (4, N_LENGTHS + 1, N_MOVES + 1, N_LENGTHS, N_MOVES),
    "pair": (4, 2, 12, 12),
    "chord": (2, 12, 2048),
    "spacing": (WIDEST + 1,) * 3,
    "ways": (3, 3, 3, 3),
}
"""Table -> its shape: part first, then from the earlier to the later; "pair" and "chord" by whether they fall on a beat
and the bass's degree, then the part's own degree, or which intervals sound above the bass."""

OF_MOVES, OF_DEGREES = ("step1", "step2", "step3", "figure1", "figure2"), ("degree1", "degree2", "degree3")
OF_LENGTHS = ("length1", "length2", "place")
"""Tables of a line, by what a note to come can still change of their figures; OF_LENGTHS: nothing."""

N_PARTS = 4
TOP, BASS = 0, 3


@dataclass(frozen=True, eq=False)
class Tilt:
    """Nats by which every figure is made likelier."""

    tables: Mapping[str, Floats]

    @classmethod
    def zero(cls) -> Tilt:
        """Nothing is tilted."""
        return cls({name: np.zeros(shape, np.float32) for name, shape in SHAPES.items()})

    def nats_of(self, found: Mapping[str, tuple[Ints, ...]]) -> float:
        """The sum over all figures of a piece."""
        return float(sum(self.tables[name][index].sum() for name, index in found.items()))

    def write(self, path: Path) -> None:
        """As half-precision numbers, by flat index where they are not 0."""
        flat = {}
        for name, table in self.tables.items():
            index = np.flatnonzero(table)
            flat[f"{name}.index"] = index.astype(np.int32)
            flat[f"{name}.nats"] = table.ravel()[index].astype(np.float16)
        save_file(flat, path)

    @classmethod
    def read(cls, path: Path) -> Tilt:
        """What `write` wrote."""
        flat = load_file(path)
        tilt = cls.zero()
        for name, table in tilt.tables.items():
            table.ravel()[flat[f"{name}.index"]] = flat[f"{name}.nats"]
        return tilt


@cache
def shipped_tilt() -> Tilt:
    """What Bach's style is drawn with."""
    return _shipped("tilt")


@cache
def shipped_likeness() -> Tilt:
    """By how much each figure tells a real chorale from what is drawn with the tilt: versions are chosen by it."""
    return _shipped("likeness")


def _shipped(name: str) -> Tilt:
    with as_file(files("stretto.engine").joinpath(f"data/{name}.safetensors")) as path:
        return Tilt.read(path)


def length_class(ticks: Ints) -> Ints:
    """Index of note values in LENGTHS."""
    found: Ints = np.searchsorted(LENGTHS, ticks)
    return found


def move_class(semitones: Ints) -> Ints:
    """Index of a move, leaps beyond an octave taken as one."""
    found: Ints = np.clip(semitones, -WIDEST, WIDEST) + WIDEST
    return found


class Tilting:
    """What the streams have done lately, as far as figures ask."""

    def __init__(self, tilt: Tilt, n_streams: int, *, lowest: int, n_pitches: int, tonic_S: Ints, beat_S: Ints) -> None:
        """Before the first frame.

        Args:
            tilt: the tables.
            n_streams: S.
            lowest: MIDI pitch of the network's first.
            n_pitches: P.
            tonic_S: pitch class of each stream's tonic.
            beat_S: tick of each stream's first beat.
        """
        self.t, self.n, self.lowest, self.beat_S = tilt.tables, n_streams, lowest, beat_S
        self.pitch_P = np.arange(n_pitches)
        self.move_LP = move_class(self.pitch_P - np.arange(-1, n_pitches)[:, None])
        """Moves to every pitch, from silence and from every pitch."""
        self.degree_SP = (self.pitch_P + lowest - tonic_S[:, None]) % 12
        self.tonic_S = tonic_S
        shape = (n_streams, 4)
        self.last_SV, self.begun_SV = np.full(shape, -1), np.zeros(shape, int)
        self.struck_SV = np.zeros(shape, int)
        self.moves_SV2 = np.full((*shape, 2), NO_MOVE)
        self.degree_SV = np.full(shape, NO_DEGREE)
        self.length_SV = np.full(shape, NO_LENGTH)

    def watch(self, tick_S: Ints, pitch_SV: Ints, state_SV: Ints) -> None:
        """Hear the frame that begins at these ticks; pitches as the network counts them, negative = rest."""
        moved = (pitch_SV != self.last_SV) & (pitch_SV >= 0)
        known = moved & (self.last_SV >= 0)
        move = move_class(pitch_SV - self.last_SV)
        length = length_class(tick_S[:, None] - self.begun_SV)
        self.moves_SV2[..., 1] = np.where(known, self.moves_SV2[..., 0], self.moves_SV2[..., 1])
        self.moves_SV2[..., 0] = np.where(known, move, self.moves_SV2[..., 0])
        before = (self.last_SV + self.lowest - self.tonic_S[:, None]) % 12
        self.degree_SV = np.where(known, before, self.degree_SV)
        self.length_SV = np.where(known, length, self.length_SV)
        self.begun_SV = np.where(moved, tick_S[:, None], self.begun_SV)
        self.struck_SV = np.where(moved | (state_SV == ONSET), tick_S[:, None], self.struck_SV)
        self.last_SV = np.where(moved, pitch_SV, self.last_SV)

    def nats(self, part: int, tick_S: Ints, new_SV: Ints, *, is_last: bool) -> Floats:
        """What is added to the log-probability of each option of a part, (S, O).

        Args:
            part: the part that chooses.
            tick_S: where each stream stands.
            new_SV: what the parts that have chosen sound.
            is_last: it is the last to choose.
        """
        last_S = self.last_SV[:, part]
        stream, sounding_S = np.arange(self.n), last_S >= 0
        moves_SV = (new_SV != self.last_SV) & (new_SV >= 0)
        beside_SP = self._of_pair(part, tick_S, new_SV)
        moved_SP = self._of_line(part, tick_S) + beside_SP
        held_S = np.where(moves_SV[:, TOP if part == BASS else BASS], beside_SP[stream, last_S], 0)
        if is_last:
            together_SP = self._of_all(part, tick_S, new_SV)
            moved_SP += together_SP
            others = [v for v in range(N_PARTS) if v != part]
            held_S += np.where(moves_SV[:, others].any(axis=1), together_SP[stream, last_S], 0)
        moved_SP[~sounding_S], held_S[~sounding_S] = 0, 0
        again_S = held_S + self.t["again"][part, length_class(tick_S - self.struck_SV[:, part])]
        out = np.zeros((self.n, FIRST_PITCH + len(self.pitch_P)))
        out[:, GO_ON], out[:, FIRST_PITCH:] = held_S, moved_SP
        out[stream[sounding_S], FIRST_PITCH + last_S[sounding_S]] = again_S[sounding_S]
        return out

    def _of_line(self, part: int, tick_S: Ints) -> Floats:
        """A part's own figures, whichever pitch it moves to."""
        last_S, begun_S = self.last_SV[:, part], self.begun_SV[:, part]
        found = in_line(
            part,
            moves=(*self.moves_SV2[:, part, ::-1].T, slice(None)),
            degrees=(self.degree_SV[:, part], self._degree(last_S), slice(None)),
            lengths=(self.length_SV[:, part], length_class(tick_S - begun_S)),
            place=_place(begun_S - self.beat_S),
        )
        by_move, by_degree, by_length = np.zeros((self.n, N_MOVES)), np.zeros((self.n, 12)), np.zeros(self.n)
        for names, nats in ((OF_MOVES, by_move), (OF_DEGREES, by_degree), (OF_LENGTHS, by_length)):
            for name in names:
                nats += self.t[name][found[name]]
        stream = np.arange(self.n)[:, None]
        of_pitch_SP = by_move[stream, self.move_LP[last_S + 1]] + by_degree[stream, self.degree_SP]
        nats_SP: Floats = of_pitch_SP + by_length[:, None]
        return nats_SP

    def _degree(self, pitch: Ints) -> Ints:
        """Semitones above each stream's tonic, (S,)."""
        found: Ints = (pitch + self.lowest - self.tonic_S) % 12
        return found

    def _of_pair(self, part: int, tick_S: Ints, new_SV: Ints) -> Floats:
        """A part and the bass, whichever is being chosen; the top part chooses before the bass."""
        if part == TOP:
            return np.zeros(self.degree_SP.shape)
        on_beat = (((tick_S - self.beat_S) % TICKS_PER_QUARTER) == 0).astype(int)[:, None]
        upper = TOP if part == BASS else part
        known_S = new_SV[:, TOP if part == BASS else BASS]
        known = self._degree(known_S)[:, None]
        bass, own = (self.degree_SP, known) if part == BASS else (known, self.degree_SP)
        found: Floats = self.t["pair"][upper, on_beat, bass, own]
        return np.where((known_S >= 0)[:, None], found, 0.0)

    def _of_all(self, part: int, tick_S: Ints, new_SV: Ints) -> Floats:
        pitch_SPV = np.repeat(new_SV[:, None, :], len(self.pitch_P), axis=1)
        pitch_SPV[:, :, part] = self.pitch_P
        n, p, _ = pitch_SPV.shape
        before = np.repeat(self.last_SV[:, None, :], p, axis=1).reshape(n * p, 4)
        on_beat = np.repeat((tick_S - self.beat_S) % TICKS_PER_QUARTER == 0, p)
        flat = pitch_SPV.reshape(n * p, 4)
        found = np.zeros(n * p)
        for name, index in together(flat, before, on_beat, np.repeat(self.tonic_S - self.lowest, p)).items():
            found += self.t[name][index]
        found[(flat < 0).any(axis=1) | (before < 0).any(axis=1)] = 0
        return found.reshape(n, p)


def together(pitch_EV: Ints, before_EV: Ints, on_beat_E: NDArray[np.bool_], tonic_E: Ints) -> dict[str, Any]:
    """Indices into the tables of all voices, for events in which at least one voice moves."""
    bass_E = pitch_EV.min(axis=1)
    above_EV = (pitch_EV - bass_E[:, None]) % 12
    mask_E = np.bitwise_or.reduce(np.where(above_EV > 0, 1 << np.maximum(above_EV - 1, 0), 0), axis=1)
    gap_EV = np.clip(pitch_EV[:, :-1] - pitch_EV[:, 1:], 0, WIDEST)
    way_EV = np.sign(pitch_EV - before_EV) + 1
    return {
        "chord": (on_beat_E.astype(int), (bass_E - tonic_E) % 12, mask_E),
        "spacing": tuple(gap_EV.T),
        "ways": tuple(way_EV.T),
    }


def figures(
    tick_T: Ints, pitch_TV: Ints, tonic: int, first_beat: int, state_TV: Ints | None = None
) -> dict[str, tuple[Ints, ...]]:
    """Every figure of a piece, as indices into the tables.

    Args:
        tick_T: start of each frame.
        pitch_TV: MIDI, negative = rest.
        tonic: pitch class.
        first_beat: tick of the first beat.
        state_TV: which notes begin; None = repeated notes are not told from held ones.
    """
    lines = [_of_line(v, tick_T, pitch_TV[:, v], tonic, first_beat) for v in range(N_PARTS)]
    found = {
        name: tuple(np.concatenate(rows) for rows in zip(*(line[name] for line in lines), strict=True))
        for name in lines[0]
    }
    moved = np.any(np.diff(pitch_TV, axis=0) != 0, axis=1)
    after, before = pitch_TV[1:][moved], pitch_TV[:-1][moved]
    whole = ((after >= 0) & (before >= 0)).all(axis=1)
    after, before = after[whole], before[whole]
    on_beat = ((tick_T[1:] - first_beat) % TICKS_PER_QUARTER == 0)[moved][whole]
    found |= together(after, before, on_beat, np.full(len(after), tonic))
    event, upper = np.nonzero((after != before)[:, :BASS] | (after != before)[:, BASS:])
    degree_EV = (after - tonic) % 12
    found["pair"] = (upper, on_beat[event].astype(int), degree_EV[event, BASS], degree_EV[event, upper])
    if state_TV is not None:
        found["again"] = _repeated(tick_T, pitch_TV, state_TV)
    return found


def count(found: Mapping[str, tuple[Ints, ...]]) -> dict[str, Floats]:
    """How often each figure comes, tables as SHAPES."""
    counts = {name: np.zeros(shape, np.float32) for name, shape in SHAPES.items()}
    for name, index in found.items():
        np.add.at(counts[name], index, 1)
    return counts


def _repeated(tick_T: Ints, pitch_TV: Ints, state_TV: Ints) -> tuple[Ints, ...]:
    """Notes after which the same part strikes the same pitch."""
    parts, lengths = list[Ints](), list[Ints]()
    for v in range(N_PARTS):
        struck = np.flatnonzero((state_TV[:, v] == ONSET) & (pitch_TV[:, v] >= 0))
        again = pitch_TV[struck[1:], v] == pitch_TV[struck[:-1], v]
        lengths.append(length_class(np.diff(tick_T[struck])[again]))
        parts.append(np.full(len(lengths[-1]), v))
    return np.concatenate(parts), np.concatenate(lengths)


def _of_line(v: int, tick_T: Ints, pitch_T: Ints, tonic: int, first_beat: int) -> dict[str, tuple[Ints, ...]]:
    """Figures of one part; repeated notes are one."""
    kept = pitch_T >= 0
    tick, pitch = tick_T[kept], pitch_T[kept]
    first = np.flatnonzero(np.diff(pitch, prepend=-1) != 0)
    tick, pitch = tick[first].astype(int), pitch[first].astype(int)
    move, degree, length = move_class(np.diff(pitch)), (pitch - tonic) % 12, length_class(np.diff(tick))
    return in_line(
        np.full(len(move), v),
        moves=(_before(move, 2, NO_MOVE), _before(move, 1, NO_MOVE), move),
        degrees=(_before(degree[:-1], 1, NO_DEGREE), degree[:-1], degree[1:]),
        lengths=(_before(length, 1, NO_LENGTH), length),
        place=_place(tick[:-1] - first_beat),
    )


def in_line(
    part: Any,
    *,
    moves: tuple[Ints, Ints, Ints | slice],
    degrees: tuple[Ints, Ints, Ints | slice],
    lengths: tuple[Ints, Ints],
    place: Ints,
) -> dict[str, tuple[Any, ...]]:
    """Indices into the tables of one part where it moves, each thing from the earlier to the later.

    Args:
        part: whose.
        moves: the last three, of which the last is this one; a slice there stands for all that it could be.
        degrees: of the two notes before and of this one, likewise.
        lengths: of the note before the one that ends here, and of that.
        place: where in its beat that one began.
    """
    (m2, m1, move), (d2, d1, degree), (before, length) = moves, degrees, lengths
    return {
        "step1": (part, move),
        "step2": (part, m1, move),
        "step3": (part, m2, m1, move),
        "degree1": (part, degree),
        "degree2": (part, d1, degree),
        "degree3": (part, d2, d1, degree),
        "length1": (part, length),
        "length2": (part, before, length),
        "place": (part, length, place),
        "figure1": (part, length, move),
        "figure2": (part, before, m1, length, move),
    }


def _place(tick: Ints) -> Ints:
    """Sixteenth of the beat, of ticks from the first one."""
    found: Ints = tick % TICKS_PER_QUARTER // SIXTEENTH
    return found


def _before(values: Ints, n: int, none: int) -> Ints:
    """Each value's predecessor of `n` places before."""
    shifted: Ints = np.concatenate([np.full(min(n, len(values)), none), values[: max(0, len(values) - n)]])
    return shifted

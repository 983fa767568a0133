"""How voices move against each other: parallels, hidden fifths and octaves, crossings, spacing, contrary motion."""

# Shapes: T slices, V voices from top to bottom, M moments at which a voice moves.

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from stretto.evaluate.metrics.catalogue import catalogue
from stretto.evaluate.metrics.reading import Ints, Reading, share
from stretto.theory.slices import SILENT
from stretto.theory.voice_leading import CHOIR_RANGES, FIFTH, n_crossings, n_outside_ranges, parallels, under_fermatas

OCTAVE = 12
"""The widest spacing, in semitones, of neighbouring voices above the bass."""

METRICS = catalogue(
    "voices",
    """
    parallels       | a note | parallel fifths and octaves
                    | Pairs of voices that go from one fifth or octave to another, fermatas aside. | Mock | lower
    parallel_fifths | a note | parallel fifths           | Those of them that are fifths. | Mock | lower
    hidden          | a note | hidden fifths and octaves
                    | Pairs of voices that both rise, or both fall, into a fifth or octave, fermatas aside. | Mock
    hidden_outer    | a note | hidden fifths and octaves, outer voices
                    | The same between the outer voices, where the upper one leaps.
    crossings       | a note | crossings
                    | Pairs of neighbouring voices of which the upper sounds below the lower. | Mock
    overlaps        | a note | overlaps
                    | Times that a voice moves beyond where its neighbour was a moment before. | Mock
    wide            | share  | wide spacing
                    | The share of the time in which two neighbouring upper voices are more than an octave apart.
    outside         | share  | outside the ranges
                    | The share of notes outside the ranges of Bach's four voices; four parts only. | Mock
    contrary        | share  | contrary motion | Of the moves of the outer voices, how many go opposite ways.
    oblique         | share  | oblique motion  | Of the moves of the outer voices, in how many one of them stays.
    similar         | share  | similar motion  | Of the moves of the outer voices, in how many both go the same way.
    spacing         | semitones | mean spacing | How far apart neighbouring voices are on average.
    outer_distance  | semitones | distance of the outer voices | How far apart the outer voices are on average.
    resting         | share  | rests           | The share of the voices' time in which they rest.
    imperfect_outer | share  | thirds and sixths of the outer voices
                    | Of the moves of the outer voices, how many lead to a third or sixth between them.
    """,
)


@dataclass(frozen=True, eq=False)
class Moves:
    """The moments at which two voices sound, before and after, and at least one begins a note."""

    above_2M: Ints
    """Pitch of the upper voice before and after."""
    below_2M: Ints
    free_M: NDArray[np.bool_]
    """Neither came from under a fermata."""

    @property
    def rising_M(self) -> Ints:
        """Where the upper voice goes: -1, 0 or 1."""
        rising: Ints = np.sign(self.above_2M[1] - self.above_2M[0])
        return rising

    @property
    def lower_rising_M(self) -> Ints:
        """Where the lower voice goes."""
        rising: Ints = np.sign(self.below_2M[1] - self.below_2M[0])
        return rising


def moves_of(reading: Reading, upper: int, lower: int, held_TV: NDArray[np.bool_]) -> Moves:
    """What two voices do from slice to slice."""
    pitch, struck = reading.slices.pitch_TV, reading.slices.struck_TV
    pair = pitch[:, [upper, lower]]
    sounding: NDArray[np.bool_] = np.all(pair != SILENT, axis=1)
    begins = struck[:, upper] | struck[:, lower]
    at = np.flatnonzero(sounding[1:] & sounding[:-1] & begins[1:]) + 1
    free: NDArray[np.bool_] = ~(held_TV[at - 1, upper] | held_TV[at - 1, lower])
    return Moves(
        above_2M=np.stack([pitch[at - 1, upper], pitch[at, upper]]),
        below_2M=np.stack([pitch[at - 1, lower], pitch[at, lower]]),
        free_M=free,
    )


def hidden(moves: Moves, *, leaping: bool = False) -> int:
    """Similar motion into a fifth or octave from another interval; with `leaping`, only where the upper voice leaps.

    *Source*: the Grader of Fang et al. 2020 counts music21's `hiddenFifth` and `hiddenOctave` for every pair of
    voices, 0.055 a note in Bach. *Departures*: intervals are told by semitones.
    """
    before, after = (moves.above_2M[i] - moves.below_2M[i] for i in (0, 1))
    similar = (moves.rising_M == moves.lower_rising_M) & (moves.rising_M != 0)
    perfect = np.isin(np.abs(after) % 12, (FIFTH, 0)) & (np.abs(before) % 12 != np.abs(after) % 12)
    leap = np.abs(moves.above_2M[1] - moves.above_2M[0]) > 2
    return int((similar & perfect & moves.free_M & (leap if leaping else True)).sum())


def overlaps(moves: Moves) -> int:
    """The lower voice rises above where the upper was, or the upper falls below where the lower was."""
    over = (moves.below_2M[1] > moves.above_2M[0]) | (moves.above_2M[1] < moves.below_2M[0])
    return int((over & moves.free_M).sum())


def motion_shares(moves: Moves) -> dict[str, float]:
    """Contrary, oblique and similar motion of two voices; moves in which neither leaves its pitch do not count."""
    a, b = moves.rising_M, moves.lower_rising_M
    n = int(((a != 0) | (b != 0)).sum())
    return {
        "contrary": share(int((a * b < 0).sum()), n),
        "oblique": share(int(((a != 0) != (b != 0)).sum()), n),
        "similar": share(int((a * b > 0).sum()), n),
    }


def spacing(reading: Reading) -> dict[str, float]:
    """Mean distances, and the share of the time that neighbours above the bass are over an octave apart."""
    pitch, length = reading.slices.pitch_TV, reading.slices.duration_T.astype(np.float64)
    both = (pitch[:, :-1] != SILENT) & (pitch[:, 1:] != SILENT)
    apart = pitch[:, :-1] - pitch[:, 1:]
    time = both * length[:, None]
    upper = slice(0, -1) if pitch.shape[1] > 2 else slice(0, 1)
    outer = ((pitch[:, 0] != SILENT) & (pitch[:, -1] != SILENT)) * length
    return {
        "spacing": share(float((apart * time).sum()), float(time.sum())),
        "wide": share(float((time * (apart > OCTAVE))[:, upper].sum()), float(time[:, upper].sum())),
        "outer_distance": share(float(((pitch[:, 0] - pitch[:, -1]) * outer).sum()), float(outer.sum())),
    }


def _counted(reading: Reading) -> dict[str, float]:
    """Faults a note; the note count is of all parts, as in the Grader."""
    n = len(reading.notes)
    held = under_fermatas(reading.slices, reading.score)
    found = parallels(reading.slices, held)
    n_voices = reading.slices.pitch_TV.shape[1]
    pairs = [(upper, lower, moves_of(reading, upper, lower, held)) for upper, lower in combinations(range(n_voices), 2)]
    outer = next(own for upper, lower, own in pairs if (upper, lower) == (0, n_voices - 1))
    begins = outer.rising_M.astype(bool) | outer.lower_rising_M.astype(bool)
    apart = (outer.above_2M[1] - outer.below_2M[1]) % 12
    return {
        "parallels": share(len(found), n),
        "parallel_fifths": share(sum(own.interval == FIFTH for own in found), n),
        "hidden": share(sum(hidden(own) for _, _, own in pairs), n),
        "hidden_outer": share(hidden(outer, leaping=True), n),
        "crossings": share(n_crossings(reading.slices), n),
        "overlaps": share(sum(overlaps(own) for upper, lower, own in pairs if lower == upper + 1), n),
        "imperfect_outer": share(int(np.isin(apart[begins], (3, 4, 8, 9)).sum()), int(begins.sum())),
        **motion_shares(outer),
        **spacing(reading),
    }


def measure(reading: Reading) -> dict[str, float]:
    """All of METRICS; not a number for one voice alone."""
    found = {metric.name.removeprefix("voices."): float("nan") for metric in METRICS}
    pitch = reading.slices.pitch_TV
    if pitch.shape[1] >= 2 and len(reading.notes):
        found |= _counted(reading)
    if pitch.shape[1] == len(CHOIR_RANGES) and len(reading.notes):
        found["outside"] = share(n_outside_ranges(reading.notes), len(reading.notes))
    time = float(reading.slices.duration_T.sum()) * pitch.shape[1]
    found["resting"] = share(float(((pitch == SILENT) * reading.slices.duration_T[:, None]).sum()), time)
    return {f"voices.{name}": value for name, value in found.items()}

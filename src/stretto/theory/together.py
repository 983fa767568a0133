"""Whether the staves of a piece stand together, or one of them was written early or late."""

# Shapes: N notes of a staff, T ticks, S shifts.

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from stretto.score.model import TICKS_PER_QUARTER

Notes = NDArray[np.void]
"""Any table with the columns onset, duration and pitch, in ticks and MIDI pitches."""

Floats = NDArray[np.float64]

FURTHEST = TICKS_PER_QUARTER
"""Ticks by which a staff is moved to and fro in search of a better place."""

LEAST = 3
"""Ticks by which a staff must be early or late for that to be said: a 32nd."""

HARSHNESS = (0.0, 1.0, 0.5, 0.0, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0, 0.5, 1.0)
"""Of an interval, in semitones modulo 12: minor seconds and major sevenths; half as much, whole tones and tritones."""

STRENGTH = {
    0: 1.0,
    12: 0.6,
    8: 0.35,
    16: 0.35,
    6: 0.25,
    18: 0.25,
    3: 0.05,
    4: 0.05,
    9: 0.05,
    15: 0.05,
    20: 0.05,
    21: 0.05,
}
"""How readily notes begin at each tick of a quarter."""

BY_PLACE = 0.16
"""Weight of where notes begin beside harshness."""

SURE, OF_FEW = 0.04, 0.45
"""A staff is apart if moving it gains more than SURE + OF_FEW / sqrt(number of notes of both).

Of 311 keyboard pieces 5 are called apart as they are, at least two of them rightly (a converter damaged them); with one
hand moved by a sixteenth or a 32nd 6 of 7 are, by an eighth or a quarter 2 of 3, from the middle on 3 of 4."""

LOOSER = 0.2
"""Share of a staff's moments by which fewer may fall together with others after it is moved."""

ALTERNATING = 0.15
"""Staves that begin together less often than this, and do not sound together, take turns: nothing can be said."""

STRETCHES = 12
"""Of a piece, to say from which on a staff is early or late."""

FEWEST = 24
"""Notes of a staff under which nothing is said."""


@dataclass(frozen=True, kw_only=True)
class Apart:
    """A staff that is not where the others are."""

    late: int
    """Ticks; below 0 = it comes early."""
    gain: float
    """What it would gain by being moved."""
    since: int = 0
    """Tick from which on."""


def apart(own: Notes, others: Notes) -> Apart | None:
    """Whether one staff comes early or late against the others, from some tick on; None = nothing says so.

    What tells is harmony: chords that were meant together sound harsher when they are not. Where notes begin in the
    beat is looked at too.

    Args:
        own: notes of the staff.
        others: notes of all the others.
    """
    if min(len(own), len(others)) < FEWEST:
        return None
    whole = _apart(own, others)
    middle = np.median(others["onset"])
    late = [notes[notes["onset"] >= middle] for notes in (own, others)]
    early = [notes[notes["onset"] < middle] for notes in (own, others)]
    if min(map(len, early + late)) < 2 * FEWEST or _apart(*early) is not None:
        return whole
    found = _apart(*late)
    return whole if found is None else Apart(late=found.late, gain=found.gain, since=_since(own, others, found.late))


def _since(own: Notes, others: Notes, late: int) -> int:
    """Tick from which on moving a staff back makes it sound better, and before which worse."""
    edges = np.quantile(others["onset"], np.arange(STRETCHES + 1) / STRETCHES).astype(int)
    gain = []
    for start, end in pairwise(edges.tolist()):
        mine, theirs = (notes[(notes["onset"] >= start) & (notes["onset"] < end)] for notes in (own, others))
        both = len(mine) and len(theirs)
        harsh_S = _harshness(mine, theirs, np.array([0, -late])) if both else np.zeros(2)
        gain.append(float(harsh_S[0] - harsh_S[1]))
    after = [sum(gain[k:]) - sum(gain[:k]) for k in range(STRETCHES)]
    return int(edges[int(np.argmax(after))])


def _apart(own: Notes, others: Notes) -> Apart | None:
    shift_S = np.arange(-FURTHEST, FURTHEST + 1)
    harsh_S = _harshness(own, others, shift_S)
    place_S = _placing(own["onset"], others["onset"], shift_S)
    here = FURTHEST
    gain_S = harsh_S[here] - harsh_S + BY_PLACE * (place_S - place_S[here])
    gain_S[harsh_S > harsh_S[here] + 0.005] = 0.0  # a better place in the beat alone says nothing
    gain_S[np.abs(shift_S) < LEAST] = 0.0
    # Chords that no longer begin together sound gentler only because they are heard one by one.
    together_S = _together(own["onset"], others["onset"], shift_S)
    gain_S[together_S < together_S[here] - LOOSER] = 0.0
    best = int(gain_S.argmax())
    if gain_S[best] <= SURE + OF_FEW / np.sqrt(len(own) + len(others)) or _take_turns(own, others, harsh_S[here]):
        return None
    return Apart(late=-int(shift_S[best]), gain=float(gain_S[best]))


def _together(own_N: NDArray[np.int32], other_N: NDArray[np.int32], shift_S: NDArray[np.int64]) -> Floats:
    """Share of the moments of a staff that fall together with moments of the others, by shift, (S,)."""
    own, other = np.unique(own_N), np.unique(other_N)
    found: Floats = np.isin(own + shift_S[:, None], other).mean(axis=1)
    return found


def _take_turns(own: Notes, others: Notes, harsh: float) -> bool:
    own_at, other_at = np.unique(own["onset"]), np.unique(others["onset"])
    together = len(np.intersect1d(own_at, other_at)) / min(len(own_at), len(other_at))
    return together < ALTERNATING and harsh < 0.1


def _harshness(own: Notes, others: Notes, shift_S: NDArray[np.int64]) -> Floats:
    """Mean harshness of each note that is struck against what then sounds on the other side, by shift, (S,)."""
    start = int(min(own["onset"].min(), others["onset"].min())) - FURTHEST
    n_ticks = FURTHEST - start + int(max((notes["onset"] + notes["duration"]).max() for notes in (own, others)))
    sums, counts = np.zeros(len(shift_S)), np.zeros(len(shift_S))
    for struck, sounding, sign in ((own, others, 1), (others, own, -1)):
        harsh_TP, count_T = _against(sounding, start, n_ticks)
        at_SN = np.clip(struck["onset"] - start + sign * shift_S[:, None], 0, n_ticks - 1)
        sums += harsh_TP[at_SN, struck["pitch"] % 12].sum(axis=1)
        counts += count_T[at_SN].sum(axis=1)
    return sums / np.maximum(counts, 1)


def _against(notes: Notes, start: int, n_ticks: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """At every tick from `start` on, how harsh each pitch class is with what sounds, (T, 12), and how much does, (T,).

    A note that ends as another begins does not sound with it, even if it was played a little too long.
    """
    change_TP = np.zeros((n_ticks + 1, 12), np.int16)
    pitch, onset = notes["pitch"] % 12, notes["onset"] - start
    np.add.at(change_TP, (onset, pitch), 1)
    np.add.at(change_TP, (onset + np.maximum(notes["duration"] - 1, 1), pitch), -1)
    sounds_TP = (np.cumsum(change_TP, axis=0, dtype=np.int16) > 0).astype(np.float32)
    steps = np.arange(12)
    kernel = np.array(HARSHNESS, np.float32)[(steps[None] - steps[:, None]) % 12]
    return sounds_TP @ kernel, sounds_TP.sum(axis=1)


def _placing(own_N: NDArray[np.int32], other_N: NDArray[np.int32], shift_S: NDArray[np.int64]) -> Floats:
    """How readily notes begin where they do, if one side is moved, whichever fits the beat better, (S,)."""
    strength = np.array([STRENGTH.get(tick, 0.0) for tick in range(TICKS_PER_QUARTER)])
    sides = []
    for moving, staying, sign in (
        (np.unique(own_N), np.unique(other_N), 1),
        (np.unique(other_N), np.unique(own_N), -1),
    ):
        moved_S = strength[(moving + sign * shift_S[:, None]) % TICKS_PER_QUARTER].mean(axis=1)
        sides.append(moved_S + strength[staying % TICKS_PER_QUARTER].mean())
    better: Floats = np.maximum(*sides)
    return better

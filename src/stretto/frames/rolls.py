"""From a piano-roll to a score that can be read and heard."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.score.model import TICKS_PER_WHOLE, UNSPELLED, Clef, Meter, Part, Score, Tempo

LOWEST = 21
"""MIDI pitch of column 0: A0."""


def score_of_roll(roll_TP: NDArray[Any], *, frame_ticks: int, tempo_qpm: Fraction, title: str) -> Score:
    """A score in 4/4 on two staves of a roll, (T, 88), 1 = sounding; its notes are not named and its key is not said.

    A roll cannot tell a held note from a repeated one: here notes are held, and struck anew at each barline. The upper
    half of a chord stands on the upper staff; voices are counted from the outside, as soprano and bass are.
    """
    bar_frames = TICKS_PER_WHOLE // frame_ticks
    notes = [
        (first * frame_ticks, (end - first) * frame_ticks, pitch, 0, 0, voice, staff, UNSPELLED, 0)
        for staff, voice, pitch, first, end in _lines(roll_TP, bar_frames)
    ]
    n_bars = -(-len(roll_TP) // bar_frames)
    return Score.build(
        notes,
        (Part(name="Piano", abbreviation="Pno.", n_staves=2, program=0),),
        end=n_bars * TICKS_PER_WHOLE,
        meters=(Meter(),),
        tempos=(Tempo(qpm=tempo_qpm),),
        clefs=(Clef(staff=1), Clef(staff=2, sign="F", line=4)),
        info={"title": title},
    )


def _lines(roll_TP: NDArray[Any], bar_frames: int) -> Iterator[tuple[int, int, int, int, int]]:
    """Staff, voice, pitch, first frame and end of every note."""
    standing: dict[tuple[int, int], tuple[int, int]] = {}
    for t in range(len(roll_TP) + 1):
        now = dict(_voices(roll_TP[t])) if t < len(roll_TP) else {}
        for place, (pitch, first) in list(standing.items()):
            if now.get(place) != pitch or t % bar_frames == 0:
                yield *place, pitch, first, t
                del standing[place]
        for place, pitch in now.items():
            standing.setdefault(place, (pitch, t))


def _voices(frame_P: NDArray[Any]) -> Iterator[tuple[tuple[int, int], int]]:
    """Staff and voice of each sounding pitch."""
    pitches = [int(column) + LOWEST for column in np.flatnonzero(frame_P)]
    n_lower = len(pitches) // 2
    for i, pitch in enumerate(reversed(pitches[n_lower:])):
        yield (1, i + 1), pitch
    for i, pitch in enumerate(pitches[:n_lower]):
        # The bass moves below the tenor: the second voice, whose stems point down.
        yield (2, n_lower - i), pitch

"""How fast a new piece goes, where nobody asked for a tempo: as usual, unless its quickest runs could not be played."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from stretto.frames.staves import StaffMusic
from stretto.score.model import TICKS_PER_QUARTER
from stretto.verbs.staves.written import counted_beat

RUN = 6
"""Notes, one after the other on a staff: quicker than a few of them a turn may be."""

QUICKEST = 12.5
"""Notes a second in the quickest run of a piece: nine of ten real works stay below."""


def playable_tempo(usual: Fraction, music: StaffMusic, meter: str) -> Fraction:
    """Quarters a minute: the usual tempo, or the next slower one in which all runs can be played.

    Args:
        usual: quarters a minute.
        music: of any staves.
        meter: whose beat a metronome counts, a whole number of times a minute.
    """
    _, quarters = counted_beat(*map(int, meter.split("/")))
    most = QUICKEST * 60 / max(quickest_run(music), 1e-9)
    return min(usual, quarters * max(1, int(most / quarters)))


def quickest_run(music: StaffMusic) -> float:
    """Notes a quarter in the quickest run of any staff; 0 where there is none."""
    quickest = 0.0
    for staff in range(music.n_staves):
        onsets = np.unique(music.of_staff(staff)["onset"]).astype(int)
        if len(onsets) > RUN:
            quickest = max(quickest, RUN * TICKS_PER_QUARTER / int((onsets[RUN:] - onsets[:-RUN]).min()))
    return quickest


def pace_report(usual: Fraction, chosen: Fraction) -> list[str]:
    """That a piece goes slower than others of its style and metre."""
    return [] if chosen >= usual else [f"slower than the usual {float(usual):g} quarters a minute, for its quick runs"]

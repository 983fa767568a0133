"""Small pieces by staves for the tests, drawn line by line, and drawn at random."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stretto.frames.plan import Plan
from stretto.frames.staves import STAFF_NOTE, StaffMusic, staff_music
from stretto.score.sketch import sketch


def staves(*drawings: str, step: int = 12, end: int = 0) -> StaffMusic:
    """One drawing a staff, from the top; `step` ticks a letter."""
    drawn = [sketch(drawing, step=step) for drawing in drawings]
    rows = [
        (onset, duration, pitch, staff)
        for staff, notes in enumerate(drawn)
        for onset, duration, pitch in notes[["onset", "duration", "pitch"]].tolist()
    ]
    notes = np.array(rows, STAFF_NOTE)
    last = int((notes["onset"] + notes["duration"]).max())
    return staff_music(notes, end=end or -(-last // 96) * 96, n_staves=len(drawings))[0]


def random_music(seed: int, *, n_bars: int = 6, lowest: Sequence[int] = (60, 40)) -> StaffMusic:
    """Chords of one or two notes, in quarters, eighths, triplets and sixteenths, on every staff."""
    rng = np.random.default_rng(seed)
    rows = []
    for staff, low in enumerate(lowest):
        tick = 0
        while tick < 96 * n_bars:
            length = int(rng.choice([6, 8, 12, 24]))
            length = min(length, 96 * n_bars - tick)
            rows += [(tick, length, low + p, staff) for p in rng.choice(20, int(rng.integers(1, 3)), replace=False)]
            tick += length
    return staff_music(np.array(rows, STAFF_NOTE), end=96 * n_bars, n_staves=len(lowest))[0]


def plan_of(music: StaffMusic, **changes: object) -> Plan:
    """4/4 in D major, by a composer called x."""
    known: dict[str, object] = {
        "tonic": 2,
        "mode": "major",
        "bar_starts": tuple(range(0, music.end, 96)),
        "bar_meters": ("4/4",) * (music.end // 96),
        "end": music.end,
        "period": "classical",
        "composer": "x",
        "density": 3.0,
        "polyphony": 2.5,
        **changes,
    }
    return Plan(**known)  # type: ignore[arg-type]

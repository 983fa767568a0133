"""Keyboard pieces and quartets in a drawing, for the tests of what is measured on staves."""

from __future__ import annotations

import numpy as np

from stretto.evaluate.staff_work import StaffWork
from stretto.frames.plan import Plan, bar_ticks
from stretto.frames.staves import STAFF_NOTE, staff_music
from stretto.score.sketch import sketch


def drawn(
    *staves: str,
    step: int = 12,
    meter: str = "4/4",
    pickup: int = 0,
    tonic: int = -1,
    mode: str = "",
    period: str = "",
    name: str = "drawn",
) -> StaffWork:
    """A piece: one drawing a staff, from the top; a letter lasts `step` ticks; it ends where the longest line does."""
    rows, end = [], 0
    for staff, drawing in enumerate(staves):
        lines = [line.partition("|")[2] for line in drawing.splitlines() if "|" in line]
        end = max([end, *(step * len(line.replace("|", "").replace(" ", "")) for line in lines)])
        notes = sketch(drawing, step=step)
        rows += [(int(n["onset"]), int(n["duration"]), int(n["pitch"]), staff) for n in notes]
    music, _ = staff_music(np.array(rows, STAFF_NOTE), end=end, n_staves=len(staves))
    starts = ((0,) if pickup else ()) + tuple(range(pickup, end, bar_ticks(meter)))
    plan = Plan(
        tonic=tonic,
        mode=mode,
        bar_starts=starts,
        bar_meters=(meter,) * len(starts),
        pickup=pickup,
        end=end,
        period=period,
    )
    return StaffWork(name=name, music=music, plan=plan)


def wandering(seed: int, *, n_bars: int = 10, beats: int = 4, pickup: int = 0) -> StaffWork:
    """Quarters that nobody has written before, in both hands."""
    rng = np.random.default_rng(seed)
    bar, end = 24 * beats, pickup + 24 * beats * n_bars
    rows = [
        (t, 24, int(rng.integers(low, low + 12)), staff)
        for t in range(pickup % 24, end, 24)
        for staff, low in ((0, 60), (1, 40))
    ]
    music, _ = staff_music(np.array(rows, STAFF_NOTE), end=end, n_staves=2)
    starts = ((0,) if pickup else ()) + tuple(range(pickup, end, bar))
    plan = Plan(bar_starts=starts, bar_meters=(f"{beats}/4",) * len(starts), pickup=pickup, end=end)
    return StaffWork(name=str(seed), music=music, plan=plan)

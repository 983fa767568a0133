"""A stretch of a piece as a piece."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from stretto.corpus.staves import StaffPiece
from stretto.frames.plan import Plan
from stretto.frames.staves import StaffMusic, density, polyphony


def excerpt(piece: StaffPiece, start: int, end: int) -> StaffPiece:
    """What begins between two ticks, cut off at the second; its first tick is 0.

    Args:
        piece: the whole.
        start: tick of a barline.
        end: tick after the last.
    """
    notes = piece.music.notes
    notes = notes[(notes["onset"] >= start) & (notes["onset"] < end)].copy()
    notes["onset"] -= start
    notes["duration"] = np.minimum(notes["duration"], end - start - notes["onset"])
    music = StaffMusic(notes=notes, end=end - start, n_staves=piece.music.n_staves)
    plan = replace(_plan_between(piece.plan, start, end), density=density(music), polyphony=polyphony(music))
    return replace(
        piece,
        music=music,
        plan=plan,
        tempo=piece.tempo if start == 0 else 0.0,
        dynamics=tuple((tick - start, text) for tick, text in piece.dynamics if start <= tick < end),
        hairpins=tuple(
            (first - start, min(last, end) - start, kind)
            for first, last, kind in piece.hairpins
            if start <= first < end
        ),
    )


def _plan_between(plan: Plan, start: int, end: int) -> Plan:
    """The plan of an excerpt; only one that is the end of its piece knows where the piece ends."""
    plan = replace(plan, end=plan.end - start if end == plan.end else -1)
    if plan.bar_starts is None:
        return plan
    inside = [i for i, tick in enumerate(plan.bar_starts) if start <= tick < end]
    return replace(
        plan,
        bar_starts=tuple(plan.bar_starts[i] - start for i in inside),
        bar_meters=tuple(plan.bar_meters[i] for i in inside),
        pickup=0 if start else plan.pickup,
    )

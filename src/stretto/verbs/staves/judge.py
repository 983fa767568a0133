"""What a listener would mark in a version of a passage on staves, so that of several the best can be kept."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from stretto.evaluate.staff_close import close_of, heard_key
from stretto.evaluate.staff_faults import StaffFaults, faults_of
from stretto.evaluate.staff_shapes import top_line
from stretto.evaluate.staff_work import StaffWork
from stretto.frames.plan import Plan
from stretto.frames.staves import StaffMusic, density, polyphony
from stretto.theory.accents import lead_of_meter
from stretto.verbs.staves.draw import StaffDrawn

CLEAR, METRE = 0.06, 5.0
"""Lead of its metre that a real piece usually has, and what is taken off for each unit that is missing."""

OTHER_KEY, NO_CLOSE, FAULT, PARALLEL = 0.7, 2.0, 2.0, 0.1
"""What is taken off where the notes say another key, where the end is no close, for each fault, and for each pair of
fifths or octaves of the outer lines."""

OTHER_TEXTURE = 0.5
"""What is taken off where twice as many notes are struck a quarter as are asked for, or half as many; half of it where
that is so of the notes that sound together."""

ENOUGH = 24
"""Notes from which on one can say a key."""


@dataclass(frozen=True, kw_only=True)
class StaffVerdict:
    """Marks on one version."""

    nll_per_note: float
    metre_lead: float
    """How much better the accents of the piece so far fit its metre than the rival; CLEAR if one cannot say."""
    in_key: bool
    """The notes so far say the key that is asked for; True if one cannot say."""
    closes: bool
    """On the tonic over its root, its dominant before it; True before the end."""
    faults: StaffFaults
    texture_gap: float
    """By how many times it is too thin or too dense, as a logarithm to base 2; 0 if nothing is asked."""
    n_parallels: int
    """Fifths and octaves of the outer lines, one after the other."""

    def penalty(self, typical: float) -> float:
        """What orders versions: likelihood counts by its distance from what is typical of them (nats a note)."""
        n_faults = self.faults.silences + self.faults.stuck + self.faults.same_bars
        return (
            abs(self.nll_per_note - typical)
            + METRE * max(0.0, CLEAR - self.metre_lead)
            + OTHER_KEY * (not self.in_key)
            + NO_CLOSE * (not self.closes)
            + FAULT * n_faults
            + OTHER_TEXTURE * self.texture_gap
            + PARALLEL * self.n_parallels
        )


def judge(drawn: StaffDrawn, plan: Plan, *, before: StaffDrawn | None = None, ends_open: bool = True) -> StaffVerdict:
    """Mark a piece so far, or what came to it since `before`.

    Args:
        drawn: the piece so far.
        plan: what it was drawn along.
        before: the same piece at an earlier moment.
        ends_open: how it ends was open, so that it counts.
    """
    n_old, old_nats = (before.n_notes, before.nats) if before is not None else (0, 0.0)
    since = before.music.end if before is not None else 0
    work = StaffWork(name="", music=drawn.music, plan=plan)
    done, heard = drawn.music.end >= plan.end, len(drawn.music.notes) >= ENOUGH
    key_known = heard and plan.tonic >= 0 and bool(plan.mode)
    key = heard_key(work) if key_known else None
    return StaffVerdict(
        nll_per_note=(drawn.nats - old_nats) / max(1, drawn.n_notes - n_old),
        metre_lead=_metre_lead(work, plan),
        in_key=key is None or (key.tonic, key.mode) == (plan.tonic, plan.mode),
        closes=not (done and ends_open) or close_of(work).closes,
        faults=faults_of(work),
        texture_gap=_texture_gap(drawn.music, plan) if heard else 0.0,
        n_parallels=n_parallels(work, since),
    )


def _texture_gap(music: StaffMusic, plan: Plan) -> float:
    notes = music.notes
    whole = replace(music, end=max(music.end, int((notes["onset"] + notes["duration"]).max())))
    wished = ((plan.density, density(music), 1.0), (plan.polyphony, polyphony(whole), 0.5))
    return sum(weight * abs(math.log2(found / wish)) for wish, found, weight in wished if wish and found)


def _metre_lead(work: StaffWork, plan: Plan) -> float:
    numerator, denominator = (int(n) for n in plan.bar_meters[0].split("/")) if plan.bar_meters else (0, 0)
    lead = lead_of_meter(work.notes, work.music.end, (numerator, denominator), plan.pickup)
    return CLEAR if lead is None else lead


def n_parallels(work: StaffWork, since: int = 0) -> int:
    """Fifths and octaves of the top line and the bottom line where both strike, one after the other."""
    bottom = work.music.n_staves - 1
    top_at, top = top_line(work, 0)
    low_at, low = top_line(work, bottom, lowest=True)
    both, at_top, at_low = np.intersect1d(top_at, low_at, return_indices=True)
    interval = (top[at_top] - low[at_low]) % 12
    perfect = np.isin(interval, (0, 7))
    again = perfect[1:] & (interval[1:] == interval[:-1])
    moved = (np.diff(top[at_top]) != 0) & (np.diff(low[at_low]) != 0)
    # Octaves that run on, bar for bar, are a way of playing; a pair among other intervals is a fault.
    alone = again & ~np.r_[False, again[:-1]] & ~np.r_[again[1:], False]
    return int((alone & moved & (both[1:] >= since)).sum())

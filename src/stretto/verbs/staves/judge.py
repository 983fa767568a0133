"""What a listener would mark in a version of a passage on staves, so that of several the best can be kept."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stretto.evaluate.period_classifier import period_features, shipped_period_ear
from stretto.evaluate.softmax import Softmax
from stretto.evaluate.staff_close import close_of, heard_key
from stretto.evaluate.staff_faults import StaffFaults, faults_of
from stretto.evaluate.staff_meter import METERS, shipped_meter_ear, staff_meter_features
from stretto.evaluate.staff_shapes import top_line
from stretto.evaluate.staff_work import STAVES, StaffWork
from stretto.frames.plan import Plan
from stretto.frames.staves import StaffMusic, density, polyphony
from stretto.score.model import TICKS_PER_QUARTER, Notes
from stretto.theory.accents import lead_of_meter
from stretto.verbs.key_fit import key_behind
from stretto.verbs.staves.draw import StaffDrawn
from stretto.verbs.staves.figures import Figures, bars_of

CLEAR = {"2/2": 0.06, "2/4": 0.03, "3/4": 0.06, "4/4": 0.06, "6/8": 0.3}
METRE = 5.0
"""Lead of its metre that a real piece usually has, and what is taken off for each unit that is missing."""

HEARD, PERIOD_HEARD, DOUBT = 0.5, 0.3, 0.7
"""What is taken off for each nat by which the ear hears another metre, or another period, beyond the doubt that real
music leaves."""

OTHER_KEY, KEY_BEHIND = 0.7, 3.0
"""What is taken off where the notes say another key, and for each unit by which another's profile fits better."""

NO_CLOSE, FAULT, PARALLEL = 2.0, 2.0, 0.1
"""What is taken off where the end is no close, for each fault, and for each pair of fifths or octaves of the outer
lines."""

OTHER_TEXTURE = 0.8
"""What is taken off where twice as many notes are struck a quarter as are asked for, or half as many; and where that is
so of the notes that sound together: networks alone come out a fifth too thin."""

IDLE = 0.3
"""What is taken off for each bar that a player rests on after as many as there are staves, and for each that fewer than
half of them play on after two: in one quartet movement of ten somebody rests longer than four bars, in one keyboard
piece of ten a hand longer than two."""

NEW_TRIPLETS = 0.3
"""What is taken off where beats are parted in three after music in which none was: four of five real movements have no
triplets, and of passages that are drawn one by one too many would."""

FIGURE = 0.15
"""What is taken off for each nat a bar by which the left hand is unusual beside that of the work that is followed."""

LEAST_CHANCE = 0.02
"""Of a metre or a period: the ear is never surer than that."""

LATELY = 24
"""Bars of which metre and key are heard, so that a long document takes no longer."""

GRID_OF_32NDS = TICKS_PER_QUARTER // 8

ENOUGH = 24
"""Notes from which on one can say a key."""


@dataclass(frozen=True, kw_only=True)
class StaffVerdict:
    """Marks on one version."""

    nll_per_note: float
    metre_short: float
    """How much of the usual lead of its metre over the rival the accents of the piece so far lack."""
    metre_nats: float
    """How far the ear is from hearing the metre that is asked for, in nats; 0 if one cannot say."""
    period_nats: float
    """How far the ear is from hearing the period that is asked for, in nats; 0 if one cannot say."""
    in_key: bool
    """All notes, and the last bass, say the key that is asked for; True before the end: a phrase may stop on any."""
    key_behind: float
    """How much worse the key that is asked for fits than the best other one, by the two profiles' mean; 0 if better."""
    closes: bool
    """On the tonic over its root, its dominant before it; True before the end."""
    faults: StaffFaults
    texture_gap: float
    """By how many times it is too thin or too dense, as a logarithm to base 2; 0 if nothing is asked."""
    n_idle: int
    """Bars in which a player, or most of them, rest on."""
    new_triplets: bool
    """Notes begin off the grid of 32nds, and none did before."""
    n_parallels: int
    """Fifths and octaves of the outer lines, one after the other."""
    figure_nats: float = 0.0
    """How unusual its new bars are beside those of the work whose left hand is followed, nats a bar."""

    def penalty(self, typical: float) -> float:
        """What orders versions: likelihood counts by its distance from what is typical of them (nats a note)."""
        n_faults = self.faults.silences + self.faults.stuck + self.faults.same_bars
        return (
            abs(self.nll_per_note - typical)
            + METRE * self.metre_short
            + HEARD * max(0.0, self.metre_nats - DOUBT)
            + PERIOD_HEARD * max(0.0, self.period_nats - DOUBT)
            + OTHER_KEY * (not self.in_key)
            + KEY_BEHIND * self.key_behind
            + NO_CLOSE * (not self.closes)
            + FAULT * n_faults
            + OTHER_TEXTURE * self.texture_gap
            + IDLE * self.n_idle
            + NEW_TRIPLETS * self.new_triplets
            + PARALLEL * self.n_parallels
            + FIGURE * self.figure_nats
        )


def judge(
    drawn: StaffDrawn,
    plan: Plan,
    *,
    before: StaffDrawn | None = None,
    ends_open: bool = True,
    figures: Figures | None = None,
) -> StaffVerdict:
    """Mark a piece so far, or what came to it since `before`.

    Args:
        drawn: the piece so far.
        plan: what it was drawn along.
        before: the same piece at an earlier moment.
        ends_open: how it ends was open, so that it counts.
        figures: how its left hand is to go along; None = nobody says.
    """
    n_old, old_nats = (before.n_notes, before.nats) if before is not None else (0, 0.0)
    since = before.music.end if before is not None else 0
    work = StaffWork(name="", music=drawn.music, plan=plan)
    lately = _lately(drawn.music, plan)
    done, heard = drawn.music.end >= plan.end, len(drawn.music.notes) >= ENOUGH
    key_known = heard and plan.tonic >= 0 and bool(plan.mode)
    key = heard_key(work) if key_known and done else None
    return StaffVerdict(
        nll_per_note=(drawn.nats - old_nats) / max(1, drawn.n_notes - n_old),
        metre_short=_metre_short(lately, plan),
        metre_nats=_metre_nats(lately, plan) if heard else 0.0,
        period_nats=_period_nats(work) if heard else 0.0,
        in_key=key is None or (key.tonic, key.mode) == (plan.tonic, plan.mode),
        key_behind=key_behind(lately.notes, plan) if key_known else 0.0,
        closes=not (done and ends_open) or close_of(work).closes,
        faults=faults_of(work),
        texture_gap=_texture_gap(drawn.music, plan) if heard else 0.0,
        n_idle=n_idle(work),
        new_triplets=_new_triplets(work, since),
        n_parallels=n_parallels(work, since),
        figure_nats=figures.nats(bars_of(work, since)) if figures is not None else 0.0,
    )


def n_idle(work: StaffWork) -> int:
    """Bars in which a staff rests on, after as many in a row as there are staves; and most of them, after two."""
    n_staves = work.music.n_staves
    edges = [tick for tick in work.plan.bar_starts or () if tick < work.music.end]
    plays_VB = np.zeros((n_staves, len(edges)), bool)
    if not edges:
        return 0
    first_N = np.searchsorted(edges, work.onset_N, side="right") - 1
    last_N = np.searchsorted(edges, work.end_N, side="left") - 1
    for staff, first, last in zip(work.music.notes["staff"].tolist(), first_N.tolist(), last_N.tolist(), strict=True):
        plays_VB[staff, first : last + 1] = True
    thin_B = 2 * plays_VB.sum(axis=0) < n_staves
    return sum(_beyond(~plays_B, n_staves) for plays_B in plays_VB) + _beyond(thin_B, 2)


def _new_triplets(work: StaffWork, since: int) -> bool:
    off_N, late_N = work.onset_N % GRID_OF_32NDS > 0, work.onset_N >= since
    return bool((off_N & late_N).any() and not (off_N & ~late_N).any())


def _beyond(is_so_B: NDArray[np.bool_], n: int) -> int:
    """Bars in which something is so, after n in a row in which it was."""
    found = row = 0
    for is_so in is_so_B.tolist():
        row = row + 1 if is_so else 0
        found += row > n
    return found


def _texture_gap(music: StaffMusic, plan: Plan) -> float:
    notes = music.notes
    whole = replace(music, end=max(music.end, int((notes["onset"] + notes["duration"]).max())))
    wished = ((plan.density, density(music)), (plan.polyphony, polyphony(whole)))
    return sum(abs(math.log2(found / wish)) for wish, found in wished if wish and found)


@dataclass(frozen=True, eq=False)
class _Lately:
    """The last bars, counted from the first of them."""

    notes: Notes
    end: int
    pickup: int


def _lately(music: StaffMusic, plan: Plan) -> _Lately:
    starts = list(plan.bar_starts or ())
    first = int(np.searchsorted(starts, music.end)) - LATELY
    since, pickup = (starts[first], 0) if first > 0 else (0, plan.pickup)
    own = music.notes[music.notes["onset"] >= since]
    notes = StaffWork(name="", music=replace(music, notes=own), plan=plan).notes
    notes["onset"] -= since
    return _Lately(notes, music.end - since, pickup)


def _metre_short(lately: _Lately, plan: Plan) -> float:
    meter = plan.bar_meters[0] if plan.bar_meters else ""
    if meter not in CLEAR:
        return 0.0
    numerator, denominator = (int(n) for n in meter.split("/"))
    lead = lead_of_meter(lately.notes, lately.end, (numerator, denominator), lately.pickup)
    return 0.0 if lead is None else max(0.0, CLEAR[meter] - lead)


def _metre_nats(lately: _Lately, plan: Plan) -> float:
    meters = set(plan.bar_meters)
    if len(meters) != 1 or not meters <= set(METERS):
        return 0.0
    return _nats(shipped_meter_ear(), staff_meter_features(lately.notes), meters.pop())


def _period_nats(work: StaffWork) -> float:
    repertoire = next((name for name, n_staves in STAVES.items() if n_staves == work.music.n_staves), "")
    ear = shipped_period_ear(repertoire)
    if ear is None or work.plan.period not in ear.classes:
        return 0.0
    starts = [tick for tick in work.plan.bar_starts or (0,) if tick < work.music.end]
    recent = work.between(starts[max(0, len(starts) - LATELY)], work.music.end)
    return _nats(ear, period_features(recent), work.plan.period)


def _nats(ear: Softmax, heard_F: NDArray[np.float64], asked: str) -> float:
    """How far an ear is from naming what is asked for."""
    chance = float(ear.probabilities(heard_F)[ear.classes.index(asked)])
    return -math.log(max(chance, LEAST_CHANCE))


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

"""All rails of a drawing together: which options are left, when notes end, when moments begin."""

# Shapes: N pieces, A of them, V staves, O = 1 + P options.

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.engine.cells import log_softmax
from stretto.engine.staff_weights import StavesWeights
from stretto.frames.plan import Plan
from stretto.verbs.guard import Act
from stretto.verbs.staves.asked import StaffAsked
from stretto.verbs.staves.chords import Chords
from stretto.verbs.staves.closing import Closing, can_close
from stretto.verbs.staves.given import Given, KeptPitches, KeptRhythm
from stretto.verbs.staves.grid import Grid
from stretto.verbs.staves.limits import GivenLimits, Limits
from stretto.verbs.staves.making import Making
from stretto.verbs.staves.manners import Manners
from stretto.verbs.staves.rails import FIRST_PITCH, NEVER_ENDS, NO_MORE, Bools, Ints, Rail, nothing_barred
from stretto.verbs.staves.watch import StaffGuard

Floats = NDArray[np.floating[Any]]

NEVER = -1e9

LONG = 24
"""Ticks of the notes of a last chord, at least."""


MOST_MADE_UP = 2.5
"""Nats by which pitches that are left become likelier at most: where hardly any fits, silence is better."""


class Railing:
    """What a drawing asks before every choice."""

    def __init__(self, weights: StavesWeights, plans: Sequence[Plan], asked: StaffAsked, given: Given | None) -> None:
        """Put up the rails that are asked for."""
        self.given_rails: list[Rail] = [] if given is None else _of_canvas(weights, asked, given)
        self.hard: list[Rail] = [_limits(weights, asked)]
        self.soft: list[Rail] = []
        """In the order in which they are given up, the last first, where they leave nothing."""
        if (closing := _closing(weights, plans, asked)) is not None:
            self.soft.append(closing)
        if asked.chords is not None:
            ranges = (asked.rules.ranges if asked.rules is not None else ()) or weights.shape.ranges
            most = asked.rules.max_polyphony if asked.rules is not None else 0
            self.soft.append(Chords(asked.chords, plans[0], lowest=ranges[-1][0], most=most))
        if asked.rules is not None:
            tonic_N = np.array([plan.tonic for plan in plans])
            minor_N = np.array([plan.mode == "minor" for plan in plans])
            self.soft.append(Manners(asked.rules, tonic_N=tonic_N, minor_N=minor_N))
        if asked.rules is not None and asked.rules.grid:
            self.soft.append(Grid(plans))
        last_N = np.array([plan.end if asked.last is None else asked.last for plan in plans])
        self.guard = StaffGuard(plans, last_N, hands=asked.ensemble.one_instrument) if asked.guarded else None
        self.all: list[Rail] = [*self.given_rails, *self.hard, *self.soft]
        self.rhythm = next((rail for rail in self.given_rails if isinstance(rail, KeptRhythm)), None)
        self.pitches = next((rail for rail in self.given_rails if isinstance(rail, KeptPitches)), None)
        self._waiting = [rail for rail in self.all if type(rail).waits is not Rail.waits]

    def begin(self, now: Making, open_NV: Bools) -> None:
        """A moment begins, with these staves open."""
        if self.guard is not None:
            self.guard.begin(now)
        chooses_NV = open_NV.copy()
        for piece, staff in zip(*np.nonzero(open_NV), strict=True):
            chooses_NV[piece, staff] = not any(rail.waits(now, int(staff), int(piece)) for rail in self._waiting)
        if self.pitches is not None:
            for piece, staff in zip(*np.nonzero(open_NV), strict=True):
                now.kept_NV[piece, staff] = self.pitches.holds(int(staff), int(now.at_N[piece]))
        in_order = chooses_NV[:, list(now.order)]
        last_place_N = now.v - 1 - in_order[:, ::-1].argmax(1)
        self.chooses_N: Bools = np.asarray(chooses_NV.any(axis=1))
        """Whether any staff has a choice before the next moment that must begin."""
        self.last_open_N = np.where(self.chooses_N, np.array(now.order)[last_place_N], -1)

    def left(self, now: Making, staff: int, piece_A: Ints, log_AO: Floats) -> tuple[Floats, Floats, Bools]:
        """Log-probabilities of what may be taken.

        Returns:
            Those that hold given what stays on the canvas; the same without what is forbidden (not summing to 1);
            and of which pieces the likeliest option is forbidden.
        """
        kept = _barred(self.given_rails, now, staff, piece_A)
        kept[kept.all(1), NO_MORE] = False
        known_AO = log_softmax(np.where(kept, NEVER, log_AO)) if kept.any() else log_AO
        barred = kept | _barred(self.hard, now, staff, piece_A)
        barred[barred.all(1), NO_MORE] = False
        of_players_AO = np.where(barred, NEVER, known_AO)
        of_players_AO[of_players_AO.max(1) < NEVER / 2, NO_MORE] = 0.0  # nothing can be struck, though something should
        allowed_AO = self._softly(now, staff, piece_A, of_players_AO)
        changed_A = allowed_AO.argmax(1) != known_AO.argmax(1)
        return known_AO, allowed_AO, changed_A

    def _softly(self, now: Making, staff: int, piece_A: Ints, log_AO: Floats) -> Floats:
        """Without what may be given up; where that leaves nothing, the last rails are, one after the other."""
        each = [(rail, rail.barred(now, staff, piece_A)) for rail in self.soft]
        found = [barred for _, barred in each if barred is not None]
        in_chord_A = np.zeros(len(piece_A), bool)
        for rail, barred in each:
            if isinstance(rail, Chords) and barred is not None:
                in_chord_A |= barred[:, FIRST_PITCH:].any(axis=1)
        for n in range(len(found), 0, -1):
            barred = np.any(found[:n], axis=0)
            left_AO = np.where(barred, NEVER, log_AO)
            hopeless = left_AO.max(1) < NEVER / 2
            if not hopeless.any():
                return _as_full(left_AO, log_AO, in_chord_A)
            found[n - 1][hopeless] = False
        return log_AO

    def guarded(self, now: Making, staff: int, piece_A: Ints, log_AO: Floats) -> Floats:
        """Without what the guard ends; where it would leave nothing, it lets be."""
        guard = self.guard
        if guard is None:
            return log_AO
        last_open_A = self.last_open_N[piece_A] == staff
        for what, barred in guard.what_bars(now, staff, piece_A, last_open_A).items():
            fewer = np.where(barred, NEVER, log_AO)
            barred[fewer.max(1) < NEVER / 2] = False
            row = np.arange(len(piece_A))
            for a in np.flatnonzero(barred[row, log_AO.argmax(1)]).tolist():
                piece = int(piece_A[a])
                guard.note(piece, Act(tick=int(now.at_N[piece]), part=staff, what=what))
            log_AO = np.where(barred, NEVER, log_AO)
        return log_AO

    def note_end(self, now: Making, staff: int, piece: int, pitch: int) -> tuple[int, bool]:
        """Tick by which a note must end, and whether it is the guard who says so."""
        end = min((rail.note_end(now, staff, piece, pitch) for rail in self.all), default=NEVER_ENDS)
        if self.guard is None:
            return end, False
        guarded = self.guard.note_end(now, staff, piece, pitch)
        return min(end, guarded), guarded < end

    def note_least(self, now: Making, piece: int) -> int:
        """Ticks that a note that is struck now lasts at least."""
        return max((rail.note_least(now, piece) for rail in self.all), default=1)

    def lengths_barred(self, now: Making, piece_A: Ints) -> list[Bools]:
        """Times to the next moment that may not be, each (A, L)."""
        found = (rail.lengths_barred(now, piece_A) for rail in self.all)
        return [barred for barred in found if barred is not None]

    def next_moment(self, now: Making, piece: int) -> int:
        """Tick at which the next moment begins at the latest."""
        rails = [*self.all, self.guard] if self.guard is not None and self.chooses_N[piece] else self.all
        return min((rail.next_moment(now, piece) for rail in rails), default=NEVER_ENDS)


def _as_full(left_AO: Floats, log_AO: Floats, in_chord_A: Bools) -> Floats:
    """What chords take from pitches goes to other pitches, not to silence: else chords that are asked for thin it."""
    if not in_chord_A.any():
        return left_AO
    before_A, after_A = (np.logaddexp.reduce(log[:, FIRST_PITCH:], axis=1) for log in (log_AO, left_AO))
    made_up_A = np.where(in_chord_A & (after_A > NEVER / 2), np.clip(before_A - after_A, 0.0, MOST_MADE_UP), 0.0)
    out = left_AO.copy()
    out[:, FIRST_PITCH:] += made_up_A[:, None]
    return out


def _barred(rails: Sequence[Rail], now: Making, staff: int, piece_A: Ints) -> Bools:
    """What any of them bars."""
    out = nothing_barred(now, piece_A)
    for rail in rails:
        if (barred := rail.barred(now, staff, piece_A)) is not None:
            out |= barred
    return out


def _of_canvas(weights: StavesWeights, asked: StaffAsked, given: Given) -> list[Rail]:
    """What is given, and what stays in the holes."""
    holes, shape, ensemble = given.canvas.holes, weights.shape, asked.ensemble
    notes = given.canvas.given.notes
    limits = GivenLimits(
        notes["onset"].astype(int),
        (notes["onset"] + notes["duration"]).astype(int),
        notes["pitch"].astype(int) - shape.lowest,
        notes["staff"].astype(int),
        one_instrument=ensemble.one_instrument,
        max_polyphony=asked.rules.max_polyphony if asked.rules is not None else 0,
    )
    found: list[Rail] = [given, limits]
    if any(hole.keep_rhythm for hole in holes):
        found.append(KeptRhythm(_inside(asked, keep="keep_rhythm"), holes, upward=shape.upward))
    if any(hole.keep_pitches for hole in holes):
        own = _inside(asked, keep="keep_pitches")
        found.append(KeptPitches(own, holes, upward=shape.upward, lowest=shape.lowest))
    return found


def _inside(asked: StaffAsked, *, keep: str) -> Any:
    """What the holes took out that keep something of it."""
    notes = asked.gone
    inside = np.zeros(len(notes), bool)
    for hole in asked.canvas.holes if asked.canvas is not None else ():
        if getattr(hole, keep):
            there = (notes["onset"] >= hole.start) & (notes["onset"] < hole.end)
            inside |= there & (notes["staff"] == hole.part)
    return notes[inside]


def _limits(weights: StavesWeights, asked: StaffAsked) -> Limits:
    """What the players can do; without rules, what the network knows."""
    shape, rules, ensemble = weights.shape, asked.rules, asked.ensemble
    free = rules is None
    return Limits(
        ensemble,
        ranges=(rules.ranges if rules is not None else ()) or shape.ranges,
        reach=0 if rules is None or not rules.reach else ensemble.reach,
        max_polyphony=0 if rules is None else rules.max_polyphony,
        stops=not free and rules is not None and rules.reach,
        lowest=shape.lowest,
        n_pitches=shape.n_pitches,
    )


def _closing(weights: StavesWeights, plans: Sequence[Plan], asked: StaffAsked) -> Closing | None:
    """The last chord, if it is open, and can be one."""
    plan, last = plans[0], asked.last
    if asked.rules is None or not asked.rules.close or last is None or plan.tonic < 0:
        return None
    third: bool | None = None
    v = len(weights.shape.staves)
    if asked.canvas is not None:
        open_V = asked.canvas.open_at(np.array([last], np.int32))[0]
        fits, third = can_close(asked.canvas.given.notes, last, tonic=plan.tonic, n_staves=v, open_V=open_V)
        if not fits:
            return None
    major = plan.mode != "minor" if third is None else third
    slim = bool(asked.ensemble.strings) or v > 2
    low = (asked.rules.ranges or weights.shape.ranges)[v - 1][0]
    long = min(LONG, plan.end - last)
    return Closing(
        last,
        tonic=plan.tonic,
        major=major,
        order=asked.order(weights),
        slim=slim,
        lowest=low,
        long=long,
        most=asked.rules.max_polyphony,
    )

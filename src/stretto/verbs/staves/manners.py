"""What a user may forbid on staves: parallels of the outer voices, leaps, foreign notes, repetitions, crossings."""

# Shapes: A pieces, P pitches, O = 1 + P options.

from __future__ import annotations

import numpy as np

from stretto.verbs.rules import FIFTH, HARD, IN_MAJOR, IN_MINOR, OCTAVE, WIDEST
from stretto.verbs.staves.making import NONE, Making
from stretto.verbs.staves.rails import FIRST_PITCH, Bools, Ints, Rail, nothing_barred
from stretto.verbs.staves.rules import StaffRules


class Manners(Rail):
    """The rules of a user that are about notes, one after the other."""

    def __init__(self, rules: StaffRules, *, tonic_N: Ints, minor_N: Bools) -> None:
        """Take the rules, and the key of each piece (tonic below 0 = unknown)."""
        self.rules, self.tonic_N, self.minor_N = rules, tonic_N, minor_N

    def barred(self, now: Making, staff: int, piece_A: Ints) -> Bools:
        """Options that break a rule."""
        out = nothing_barred(now, piece_A)
        pitches, rules = out[:, FIRST_PITCH:], self.rules
        last_A, first_A = now.outer_NV[piece_A, staff], now.count_NV[piece_A, staff] == 0
        moves_A1 = (first_A & (last_A != NONE))[:, None]
        far_AP = np.abs(np.arange(now.p) - last_A[:, None])
        if rules.leaps:
            pitches |= moves_A1 & (np.isin(far_AP, HARD) | (far_AP > WIDEST))
        if rules.repeats:
            pitches |= moves_A1 & (far_AP == 0)
        if rules.chromatic:
            pitches |= self._foreign(now, piece_A)
        if rules.crossing:
            pitches |= self._crossed(now, staff, piece_A)
        if rules.parallels and staff in (0, now.v - 1):
            pitches |= self._parallel(now, staff, piece_A)
        return out

    def _foreign(self, now: Making, piece_A: Ints) -> Bools:
        tonic_A1 = self.tonic_N[piece_A][:, None]
        degree_AP = (np.arange(now.p) + now.lowest - tonic_A1) % 12
        minor_A1 = self.minor_N[piece_A][:, None]
        inside: Bools = np.where(minor_A1, np.isin(degree_AP, IN_MINOR), np.isin(degree_AP, IN_MAJOR))
        return ~inside & (tonic_A1 >= 0)

    @staticmethod
    def _crossed(now: Making, staff: int, piece_A: Ints) -> Bools:
        """Above a note that a higher staff has now, or below one of a lower staff."""
        sounding = now.sounding_NVP[piece_A]
        above: Bools = np.asarray(sounding[:, :staff].any(axis=1))
        below: Bools = np.asarray(sounding[:, staff + 1 :].any(axis=1))
        pitch_P = np.arange(now.p)
        lowest_A1 = np.where(above.sum(1) > 0, above.argmax(1), now.p)[:, None]
        highest_A1 = np.where(below.sum(1) > 0, now.p - 1 - below[:, ::-1].argmax(1), NONE)[:, None]
        crossed: Bools = (pitch_P > lowest_A1) | (pitch_P < highest_A1)
        return crossed

    @staticmethod
    def _parallel(now: Making, staff: int, piece_A: Ints) -> Bools:
        """Fifths and octaves of the outer notes of the outer staves, one after the other."""
        other = now.v - 1 - staff if now.v > 1 else staff
        up = 1 if staff == 0 else -1  # counted from the lower note up
        last_A, was_A = now.outer_NV[piece_A, staff], now.outer_NV[piece_A, other]
        new_A, first_A = now.new_NV[piece_A, other], now.count_NV[piece_A, staff] == 0
        before_A = up * (last_A - was_A) % 12
        watched_A = ((before_A == OCTAVE) | (before_A == FIFTH)) & first_A
        watched_A &= (last_A != NONE) & (was_A != NONE) & (new_A != NONE) & (new_A != was_A)
        again_AP = up * (np.arange(now.p) - new_A[:, None]) % 12 == before_A[:, None]
        found: Bools = watched_A[:, None] & again_AP & (np.arange(now.p) != last_A[:, None])
        return found

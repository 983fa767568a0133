"""What the default way of composing does not let the network do: the visible guard rails."""

# Shapes: S streams, O = 2 + P options.

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stretto.engine.flagship import FIRST_PITCH, GO_ON, TAKE_REST, FlagshipEngine
from stretto.theory.voice_leading import CHOIR_RANGES

Bools = NDArray[np.bool_]

OCTAVE, FIFTH = 0, 7
"""Intervals, modulo 12, that may not move in parallel."""


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Each rule can be switched off."""

    ranges: tuple[tuple[int, int], ...] = CHOIR_RANGES
    parallels: bool = True
    crossing: bool = True
    rests: bool = False
    """Let voices rest."""
    close: bool = True
    """The last chord is the tonic triad over its root, with a third, and nothing moves after it."""

    def forbidden(self, engine: FlagshipEngine, part: int) -> Bools:
        """Options of `part` that break a rule, (S, O)."""
        n_pitches = engine.w.n_pitches
        out = np.zeros((engine.n_streams, FIRST_PITCH + n_pitches), bool)
        pitch = np.arange(n_pitches)
        low, high = self.ranges[part]
        midi = pitch + engine.w.lowest
        out[:, FIRST_PITCH:] |= (midi < low) | (midi > high)
        out[:, TAKE_REST] |= not self.rests
        last = engine.last_SV[:, part]
        for other in engine.done:
            was, now = engine.last_SV[:, other], engine.new_SV[:, other]
            if self.crossing:
                above = pitch > now[:, None] if other < part else pitch < now[:, None]
                out[:, FIRST_PITCH:] |= above & (now >= 0)[:, None]
            if self.parallels:
                # Counted from the lower part up, whichever of the two is being decided.
                up = 1 if part < other else -1
                before = up * (last - was) % 12
                perfect = (before == OCTAVE) | (before == FIFTH)
                watched = perfect & (last >= 0) & (was >= 0) & (now >= 0) & (now != was)
                again = up * (pitch - now[:, None]) % 12 == before[:, None]
                moved = pitch != last[:, None]
                out[:, FIRST_PITCH:] |= watched[:, None] & again & moved
        return out

    def unclosed(
        self, engine: FlagshipEngine, part: int, *, closing_S: Bools, closed_S: Bools, major_S: Bools
    ) -> Bools:
        """Options of `part` that would not close the piece, (S, O).

        Args:
            engine: the pieces in the making.
            part: the part that chooses.
            closing_S: streams whose last chord this is.
            closed_S: streams whose last chord has sounded already.
            major_S: streams that end on a major third.
        """
        out = np.zeros((engine.n_streams, FIRST_PITCH + engine.w.n_pitches), bool)
        if not self.close or not (closing_S | closed_S).any():
            return out
        out[closed_S, FIRST_PITCH:] = True
        tonic_S = engine.tonic_S
        degree_SP = (np.arange(engine.w.n_pitches) + engine.w.lowest - tonic_S[:, None]) % 12
        wanted_S = np.where(major_S, 4, 3)
        taken = [(engine.new_SV[:, v] + engine.w.lowest - tonic_S) % 12 == wanted_S for v in engine.done]
        has_third = np.any(taken, axis=0) if taken else np.zeros(len(tonic_S), bool)
        if part == engine.w.n_parts - 1:
            fits = degree_SP == 0
        else:
            needs_third = ~has_third & (len(engine.done) == engine.w.n_parts - 1)
            stable = (degree_SP == 0) | (degree_SP == 7)
            fits = (degree_SP == wanted_S[:, None]) | (stable & ~needs_third[:, None])
        out[closing_S, FIRST_PITCH:] = ~fits[closing_S]
        stream = np.arange(len(tonic_S))
        last = engine.last_SV[:, part]
        out[:, GO_ON] = closing_S & ~((last >= 0) & fits[stream, np.maximum(last, 0)])
        return out

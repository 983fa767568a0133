"""What the default way of composing does not let the network do: the visible guard rails."""

# Shapes: S streams, O = 2 + P options.

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stretto.engine.flagship import FIRST_PITCH, TAKE_REST, FlagshipEngine

CHOIR_RANGES = ((57, 81), (53, 74), (48, 69), (36, 64))
"""Soprano, alto, tenor, bass in MIDI pitch (records of Bach's own chorales)."""

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

    def forbidden(self, engine: FlagshipEngine, part: int) -> NDArray[np.bool_]:
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

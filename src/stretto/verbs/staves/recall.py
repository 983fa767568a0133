"""Music that comes back: what a passage is asked to recall, told to the network and made likelier."""

# Shapes: N pieces, A of them, V staves, P pitches, O = 1 + P options, D durations, L lengths.

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.frames.echo import Echo
from stretto.frames.staff_example import LENGTHS, nearest_duration
from stretto.verbs.staves.making import Making
from stretto.verbs.staves.rails import FIRST_PITCH, NO_MORE, Ints

Floats = NDArray[np.floating[Any]]


class Recall:
    """What echoes ask of all pieces at one moment of each."""

    def __init__(self, echoes: Sequence[Echo], pulls: Mapping[float, Sequence[Echo]]) -> None:
        """Take what the network is told, and what is made likelier beside (nats -> echoes)."""
        self.echoes, self.pulls = tuple(echoes), dict(pulls)

    def __bool__(self) -> bool:
        """Whether anything is asked anywhere."""
        return bool(self.echoes or self.pulls)

    def begin(self, now: Making) -> tuple[Floats | None, Ints | None]:
        """What the network is told of this moment: 1 where a pitch is to be recalled, and ticks to the next of them."""
        self.wished = {nats: [self._asked(now, piece, echoes) for piece in range(now.n)]
                       for nats, echoes in self.pulls.items()}  # fmt: skip
        if not self.echoes:
            return None, None
        asked_NVP, left_N = np.zeros((now.n, now.v, now.p), np.float32), np.zeros(now.n, int)
        for piece in range(now.n):
            found, left_N[piece] = self._asked(now, piece, self.echoes)
            for staff, notes in found.items():
                for pitch, _ in notes:
                    asked_NVP[piece, staff, pitch] = 1
        return asked_NVP, left_N

    @staticmethod
    def _asked(now: Making, piece: int, echoes: Sequence[Echo]) -> tuple[dict[int, list[tuple[int, int]]], int]:
        """Of each staff that is asked, the pitches (as indices) and lengths; and the ticks to the next moment."""
        tick = int(now.at_N[piece])
        found: dict[int, list[tuple[int, int]]] = {}
        left = 0
        for echo in echoes:
            then = tick - echo.lag
            if not echo.start <= tick < echo.end or then < 0:
                continue
            own = found.setdefault(echo.part, [])
            for staff, pitch, ticks in now.at_tick[piece].get(then, ()):
                index = pitch + echo.up - now.lowest
                if staff == echo.source and 0 <= index < now.p:
                    own.append((index, ticks))
            after = now.next_tick(piece, echo.source, then)
            soon = (echo.end if after is None else min(after + echo.lag, echo.end)) - tick
            left = soon if not left else min(left, soon)
        return found, min(left, LENGTHS[-1])

    def pull_options(self, now: Making, staff: int, piece_A: Ints, log_AO: Floats) -> Floats:
        """Log-probabilities with what is recalled made likelier: its next note, or, after the last, no more."""
        out = log_AO
        for nats, wished in self.wished.items():
            for a, piece in enumerate(piece_A.tolist()):
                asked, left = wished[piece]
                if staff not in asked or not left:
                    continue
                out = out.copy() if out is log_AO else out
                before = int(now.inner_NV[piece, staff]) if now.count_NV[piece, staff] else None
                ahead = [pitch for pitch, _ in asked[staff] if _is_ahead(pitch, before, up=now.upward[staff])]
                if ahead:
                    out[a, FIRST_PITCH + np.array(ahead)] += nats
                elif nats > 0:
                    out[a, NO_MORE] += nats
        return out

    def pull_durations(self, staff: int, piece_A: Ints, pitch_A: Ints, log_AD: Floats) -> Floats:
        """The same of lengths of notes that are recalled."""
        out = log_AD
        for nats, wished in self.wished.items():
            for a, (piece, pitch) in enumerate(zip(piece_A.tolist(), pitch_A.tolist(), strict=True)):
                ticks = next((t for p, t in wished[piece][0].get(staff, ()) if p == pitch), 0)
                if ticks and nats > 0:
                    out = out.copy() if out is log_AD else out
                    out[a, int(nearest_duration(np.array([ticks]))[0])] += nats
        return out

    def pull_lengths(self, log_NL: Floats) -> Floats:
        """The same of the time to the next moment."""
        out = log_NL
        for nats, wished in self.wished.items():
            for piece, (asked, left) in enumerate(wished):
                at = int(np.searchsorted(LENGTHS, left))
                if asked and left and nats > 0 and LENGTHS[at] == left:
                    out = out.copy() if out is log_NL else out
                    out[piece, at] += nats
        return out


def _is_ahead(pitch: int, before: int | None, *, up: bool) -> bool:
    """A pitch can still be struck after another, in the direction of its staff."""
    return before is None or (pitch > before if up else pitch < before)

"""A guard against what a network left to itself may fall into: silence, stuck notes, endless repetition.

Seldom needed, and so never silent about it: every time it acts it leaves a note of what, where and in which voice.
"""

# Shapes: S streams, V parts, O = 2 + P options.

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.engine.flagship import FIRST_PITCH, GO_ON, NO_PAST, TAKE_REST
from stretto.frames.parts import ONSET, REST
from stretto.score.model import TICKS_PER_QUARTER

Ints = NDArray[np.integer[Any]]
Bools = NDArray[np.bool_]

QUARTER = TICKS_PER_QUARTER
LONGEST_NOTE = 12 * QUARTER
"""Real pieces hold notes for as long only where they end."""
LONGEST_PITCH = 24 * QUARTER
"""For which a voice may stay on one pitch, however often it strikes it: a pedal point of six bars."""
LONGEST_SILENCE = 4 * QUARTER
"""Of all voices together."""
PERIODS = tuple(n * QUARTER for n in (1, 2, 3, 4, 6, 8))
"""Lengths of what may be repeated on and on."""
TIMES = 4
"""How often in a row the same may sound, and for how long at least."""
SHORTEST_RUN = 12 * QUARTER
RUNS = tuple(max((TIMES - 1) * period, SHORTEST_RUN) for period in PERIODS)
"""Ticks for which all must have been as one of PERIODS before."""

SILENCE, STUCK, REPETITION = "silence", "a stuck note", "repetition"


@dataclass(frozen=True, order=True)
class Act:
    """What the guard ended, and where."""

    tick: int
    part: int
    what: str
    """SILENCE, STUCK or REPETITION."""


class Guard:
    """What each stream has been doing lately."""

    def __init__(self, n_streams: int, n_parts: int) -> None:
        """Before the first frame."""
        shape = (n_streams, n_parts)
        self.begun_SV, self.there_SV = np.zeros(shape, int), np.zeros(shape, int)
        """Ticks since when each part holds its note, and stays on its pitch."""
        self.last_SV = np.full(shape, NO_PAST)
        self.quiet_S = np.zeros(n_streams, int)
        """Tick since when no part sounds."""
        self.ticks: list[list[int]] = [[] for _ in range(n_streams)]
        """Where each stream's frames begin, rising."""
        self.sounded: list[list[list[int]]] = [[] for _ in range(n_streams)]
        """What sounds from each of them on."""
        self.acts: list[tuple[Act, ...]] = [() for _ in range(n_streams)]

    def watch(self, tick_S: Ints, pitch_SV: Ints, state_SV: Ints) -> None:
        """Hear the frame that begins at these ticks; pitches as the network counts them."""
        moved = pitch_SV != self.last_SV
        self.begun_SV = np.where(moved | (state_SV == ONSET), tick_S[:, None], self.begun_SV)
        self.there_SV = np.where(moved, tick_S[:, None], self.there_SV)
        self.quiet_S = np.where((pitch_SV >= 0).any(axis=1), -1, np.where(self.quiet_S < 0, tick_S, self.quiet_S))
        for s, (tick, row) in enumerate(zip(tick_S.tolist(), pitch_SV.tolist(), strict=True)):
            if not self.ticks[s] or tick > self.ticks[s][-1]:
                self.ticks[s].append(tick)
                self.sounded[s].append(row)
        self.last_SV = pitch_SV.copy()

    def barred(self, part: int, tick_S: Ints, done: Sequence[int], new_SV: Ints, n_options: int) -> dict[str, Bools]:
        """Options that would go on with what should end, by what they would go on with, each (S, O).

        Args:
            part: the part that chooses.
            tick_S: where each stream stands.
            done: parts that have chosen.
            new_SV: what they chose.
            n_options: O.
        """
        n_streams, n_parts = self.last_SV.shape
        last_S = self.last_SV[:, part]
        out = {what: np.zeros((n_streams, n_options), bool) for what in (SILENCE, STUCK, REPETITION)}
        sounding = last_S >= 0
        there = sounding & (tick_S - self.there_SV[:, part] >= LONGEST_PITCH)
        out[STUCK][:, GO_ON] = there | (sounding & (tick_S - self.begun_SV[:, part] >= LONGEST_NOTE))
        out[STUCK][np.flatnonzero(there), FIRST_PITCH + last_S[there]] = True
        if len(done) == n_parts - 1:
            dumb = (self.quiet_S >= 0) & (tick_S - self.quiet_S >= LONGEST_SILENCE) & (new_SV[:, list(done)] < 0).all(1)
            out[SILENCE][:, TAKE_REST] = dumb
            out[SILENCE][:, GO_ON] = dumb & (last_S == REST)
            for s, (tick, new_V) in enumerate(zip(tick_S.tolist(), new_SV.tolist(), strict=True)):
                again = self._again(s, tick, part, done, new_V)
                if again is not None:
                    out[REPETITION][s, again] = True
        return out

    def note(self, stream: int, act: Act) -> None:
        """Remember that it acted."""
        self.acts[stream] = (*self.acts[stream], act)

    def _again(self, s: int, tick: int, part: int, done: Sequence[int], new_V: Sequence[int]) -> list[int] | None:
        """Options that repeat, once more, what was repeated too often; None = nothing was."""
        for period, run in zip(PERIODS, RUNS, strict=True):
            if tick < run + period:
                break
            before = self._at(s, tick - period)
            if any(before[v] != new_V[v] for v in done) or not self._runs(s, tick, period, run):
                continue
            options = [FIRST_PITCH + before[part]] if before[part] >= 0 else [TAKE_REST]
            return [*options, GO_ON] if before[part] == self.last_SV[s, part] else options
        return None

    def _runs(self, s: int, tick: int, period: int, run: int) -> bool:
        """All that sounded of late is what had sounded one period before."""
        start = tick - run
        here = {t for t in self.ticks[s] if t >= start}
        moments = here | {t + period for t in self.ticks[s] if start <= t + period < tick} | {start}
        return all(self._at(s, t) == self._at(s, t - period) for t in moments)

    def _at(self, s: int, tick: int) -> list[int]:
        """What sounds at a tick."""
        return self.sounded[s][bisect_right(self.ticks[s], tick) - 1]

"""The longest stretch of one melody that stands in other music, in any key and at any speed.

A melody is the notes at which a line changes its pitch: struck again, a note is the same note, for some sources cannot
tell. Its rhythm is the time from each such note to the next; only how these times stand to each other counts, so that
doubled or halved values do not hide a copy. How long the last note lasts does not matter.
"""

# Shapes: N notes of all lines, K notes that change the pitch.

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stretto.evaluate.shared_runs import Runs, Tokens, mixed

Ints = NDArray[np.int64]


class Melodies:
    """Lines, one after the other, as steps from pitch to pitch, with rhythm and without."""

    def __init__(self, line_N: Ints, onset_N: Ints, end_N: Ints, pitch_N: NDArray[np.integer], *, known: bool) -> None:
        """Leave out what does not move; `line_N` rises, and within each line `onset_N`."""
        pitch = pitch_N.astype(np.int64)
        first = np.ones(len(line_N), bool)
        first[1:] = (line_N[1:] != line_N[:-1]) | (pitch[1:] != pitch[:-1])
        kept = np.flatnonzero(first)
        self.line_K, self.onset_K, self.pitch_K = line_N[kept], onset_N[kept], pitch[kept]
        self.end_K: Ints = end_N[np.append(kept[1:], len(line_N)) - 1] if len(kept) else end_N
        parted = self.line_K[1:] != self.line_K[:-1]
        step = (np.diff(self.pitch_K) + 128).astype(np.uint64)
        self.steps = Tokens(mixed(step), parted, known=known)
        # A move: a step, how its duration stands to the next note's, and the next step.
        last = np.maximum(1, np.diff(self.onset_K))
        shared = np.gcd(last[1:], last[:-1])
        ratio = ((last[1:] // shared) << 24) + last[:-1] // shared
        value = mixed(mixed(ratio.astype(np.uint64)) + step[:-1] * np.uint64(256) + step[1:])
        self.moves = Tokens(value, parted[1:] | parted[:-1], known=known)


@dataclass(frozen=True, kw_only=True)
class MelodyRun:
    """A stretch that two melodies share."""

    n_notes: int
    """Notes struck again not counted."""
    here: int
    """First note of it, among those asked."""
    there: int
    """First note of it, among the known ones."""


class MelodyLibrary:
    """Known melodies, ready for questions."""

    def __init__(self, known: Melodies) -> None:
        """Index the lines."""
        self.known = known
        self._moves, self._steps = Runs(known.moves), Runs(known.steps)

    def longest(self, asked: Melodies, *, rhythm: bool) -> MelodyRun | None:
        """The longest stretch of any line that any known line has; None = under three notes (two, without rhythm)."""
        run = self._moves.longest(asked.moves) if rhythm else self._steps.longest(asked.steps)
        if run is None:
            return None
        return MelodyRun(n_notes=run.length + (2 if rhythm else 1), here=run.here, there=run.there)

    def every(self, asked: Melodies, least: int) -> list[MelodyRun]:
        """All stretches of `least` notes or more with their rhythm, of each place the longest."""
        runs = self._moves.every(asked.moves, least - 2)
        return [MelodyRun(n_notes=run.length + 2, here=run.here, there=run.there) for run in runs]

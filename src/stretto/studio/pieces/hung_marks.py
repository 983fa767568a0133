"""Words, slurs and signs that hang on notes, carried along while the notes are moved, changed or taken away."""

# Shapes: N notes.

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from stretto.score.model import Mark, Notes, Score

ON_GRACE = "end-grace "
"""How `extra` of a slur begins that ends on a grace note."""


class Hung:
    """Which note each mark of a score hangs on, and for a slur which one it ends at."""

    def __init__(self, score: Score) -> None:
        """Find the notes."""
        self.marks = score.marks
        self._notes = score.notes
        # Plain lists: single elements of an array take ten times as long to get.
        self._onset: list[int] = score.notes["onset"].tolist()
        self._end: list[int] = score.ends.tolist()
        self._grace: list[int] = score.notes["grace"].tolist()
        self._voice: list[int] = score.notes["voice"].tolist()
        self._by_pitch = defaultdict[tuple[int, int], list[int]](list)
        for index, key in enumerate(zip(score.notes["part"].tolist(), score.notes["pitch"].tolist(), strict=True)):
            self._by_pitch[key].append(index)
        self._first = [self._under(mark, mark.tick, mark.pitch, mark.grace) for mark in score.marks]
        self._last = [self._under(mark, mark.end, mark.end_pitch, _end_grace(mark)) for mark in score.marks]

    def over(self, notes: Notes) -> list[Mark]:
        """The marks where their notes are now.

        Args:
            notes: the same, changed in onset, pitch or length, in their old order.
        """
        found = []
        for mark, first, last in zip(self.marks, self._first, self._last, strict=True):
            if first is not None:
                moved = self._carried(mark, mark.tick, first, notes)
                if moved is None:
                    continue
                ticks = moved - mark.tick
                end = mark.end + ticks if mark.end >= 0 and last is None and mark.end_pitch < 0 else mark.end
                mark = replace(mark, tick=moved, pitch=int(notes["pitch"][first]), end=end)
                if mark.kind == "tie-split" and not mark.tick < end < int(
                    notes["onset"][first] + notes["duration"][first]
                ):
                    continue
            if last is not None:
                moved = self._carried(mark, mark.end, last, notes)
                mark = replace(mark, end=mark.end if moved is None else moved, end_pitch=int(notes["pitch"][last]))
                mark = _forwards(mark)
            found.append(mark)
        return found

    def without(self, gone_N: NDArray[np.bool_]) -> list[Mark]:
        """The marks that have a note left: a slur is drawn in, and a syllable goes to another note of its chord."""
        found = []
        for mark, first, last in zip(self.marks, self._first, self._last, strict=True):
            lost_first = first is not None and bool(gone_N[first])
            lost_last = last is not None and bool(gone_N[last])
            kept: Mark | None = mark
            if lost_first or lost_last:
                if mark.end_pitch >= 0:
                    kept = self._drawn_in(mark, first, last, gone_N)
                elif mark.kind == "lyric" and first is not None:
                    kept = self._handed_over(mark, first, gone_N)
                else:
                    kept = None
            if kept is not None:
                found.append(kept)
        return found

    def _under(self, mark: Mark, tick: int, pitch: int, grace: int) -> int | None:
        """The note that a mark hangs on, which may have begun before it, as the first of two that are tied."""
        if pitch < 0:
            return None
        places, found = self._by_pitch.get((mark.part, pitch), []), list[int]()
        # From the last that can be it backwards: the latest is it, and a long piece has thousands of marks.
        for place in range(bisect_right(places, tick, key=self._onset.__getitem__) - 1, -1, -1):
            i = places[place]
            if found and self._onset[i] < self._onset[found[0]]:
                break
            if self._grace[i] == grace and (self._onset[i] == tick or (tick < self._end[i] and not grace)):
                found.append(i)
        return max(found, key=lambda i: (self._onset[i], self._voice[i] == mark.voice, -i), default=None)

    def _carried(self, mark: Mark, tick: int, index: int, notes: Notes) -> int | None:
        """Where what hung at a tick of a note hangs now: as far into it, or at its beginning where it is too short."""
        into = tick - self._onset[index]
        if into >= int(notes["duration"][index]) and into:
            if mark.kind == "tie-split":
                return None
            into = 0
        return int(notes["onset"][index]) + into

    def _drawn_in(self, mark: Mark, first: int | None, last: int | None, gone_N: NDArray[np.bool_]) -> Mark | None:
        """A slur over what is left of its notes; None = fewer than two are."""
        if first is None or last is None or mark.grace or _end_grace(mark):
            return None
        notes = self._notes
        line = (
            (notes["part"] == mark.part) & (notes["voice"] == notes["voice"][first]) & (notes["grace"] == 0) & ~gone_N
        )
        line &= (notes["onset"] >= mark.tick) & (notes["onset"] <= mark.end)
        left = np.flatnonzero(line)
        if not len(left) or int(notes["onset"][left[0]]) == int(notes["onset"][left[-1]]):
            return None
        if gone_N[first]:
            mark = replace(mark, tick=int(notes["onset"][left[0]]), pitch=int(notes["pitch"][left[0]]))
        if gone_N[last]:
            mark = replace(mark, end=int(notes["onset"][left[-1]]), end_pitch=int(notes["pitch"][left[-1]]))
        return mark if mark.tick < mark.end else None

    def _handed_over(self, mark: Mark, first: int, gone_N: NDArray[np.bool_]) -> Mark | None:
        notes = self._notes
        chord = ~gone_N
        for name in ("onset", "part", "voice", "grace"):
            chord = chord & (notes[name] == notes[name][first])
        left = notes["pitch"][chord]
        return replace(mark, pitch=int(left.max())) if len(left) else None


def _end_grace(mark: Mark) -> int:
    number = mark.extra.removeprefix(ON_GRACE)
    return int(number) if mark.extra.startswith(ON_GRACE) and number.isdecimal() else 0


def _forwards(mark: Mark) -> Mark:
    """A slur whose notes have changed places leads from what is now the earlier one."""
    if mark.end >= mark.tick or mark.grace or _end_grace(mark):
        return mark
    return replace(mark, tick=mark.end, pitch=mark.end_pitch, end=mark.tick, end_pitch=mark.pitch)

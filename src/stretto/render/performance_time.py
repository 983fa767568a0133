"""When a score's ticks sound, in seconds: tempos, held fermatas, and breaths between phrases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stretto.score.model import TICKS_PER_QUARTER, Score, Tempo

FERMATA_STRETCH = {"": 1.6, "normal": 1.6, "angled": 1.3, "square": 2.0}
"""How much longer than written a held chord is, by the fermata's shape; an angled one is short, a square one long."""

MAX_EXTRA_QUARTERS = 2.0
"""A fermata on a long note is not held for ever: it adds a half note at most."""

BREATH_QUARTERS = 0.25
"""Silence after a fermata, and at a breath mark."""

CAESURA_QUARTERS = 0.75


@dataclass(frozen=True, slots=True)
class Hold:
    """A chord under a fermata: `end` - `start` ticks, played `stretch` times as long."""

    start: int
    end: int
    stretch: float


@dataclass(frozen=True)
class TimeMap:
    """From ticks to seconds: straight lines between the `ticks`, with a pause at some of them."""

    ticks: NDArray[np.float64]
    """(K,) rising."""
    seconds: NDArray[np.float64]
    """(K,) without pauses."""
    pause_ticks: NDArray[np.float64]
    """(J,) rising: where the music breathes."""
    pauses: NDArray[np.float64]
    """(J + 1,) seconds of all pauses before the j-th."""

    def onset_seconds(self, ticks: NDArray[np.int32] | list[int]) -> NDArray[np.float64]:
        """When what starts at these ticks is heard: after any pause there."""
        return self._seconds(ticks) + self.pauses[np.searchsorted(self.pause_ticks, ticks, side="right")]

    def end_seconds(self, ticks: NDArray[np.int32] | list[int]) -> NDArray[np.float64]:
        """When what ends at these ticks falls silent: before any pause there."""
        return self._seconds(ticks) + self.pauses[np.searchsorted(self.pause_ticks, ticks, side="left")]

    def _seconds(self, ticks: NDArray[np.int32] | list[int]) -> NDArray[np.float64]:
        return np.interp(np.asarray(ticks, dtype=np.float64), self.ticks, self.seconds)


def time_map(score: Score) -> TimeMap:
    """The tempo map of a performance: as marked, with fermatas held and breaths taken."""
    held = holds(score)
    tempos = score.tempos if score.tempos and score.tempos[0].tick <= 0 else (Tempo(), *score.tempos)
    starts = np.array([max(0, t.tick) for t in tempos])
    quarter_seconds = np.array([60 / float(t.qpm) for t in tempos])
    edges = {0, score.end, *starts.tolist(), *(h.start for h in held), *(h.end for h in held)}
    # A grace note or a late fermata may reach past the end.
    ticks = np.array(sorted(edges | {score.end + 4 * TICKS_PER_QUARTER}), dtype=np.float64)
    pace = quarter_seconds[np.searchsorted(starts, ticks[:-1], side="right") - 1] / TICKS_PER_QUARTER
    for hold in held:
        pace[(ticks[:-1] >= hold.start) & (ticks[:-1] < hold.end)] *= hold.stretch
    seconds = np.concatenate([[0.0], np.cumsum(np.diff(ticks) * pace)])
    pauses = _pauses(score, held)
    at = np.array(sorted(pauses), dtype=np.float64)
    quarters = np.array([pauses[int(tick)] for tick in at])
    tempo_there = quarter_seconds[np.searchsorted(starts, at, side="right") - 1]
    return TimeMap(ticks, seconds, at, np.concatenate([[0.0], np.cumsum(quarters * tempo_there)]))


def holds(score: Score) -> list[Hold]:
    """The chords held by fermatas, in order and apart from each other.

    Where voices under one fermata move at different times, only the time in which all of them
    are held is stretched: the suspension under a soprano's long note resolves in time.
    """
    found: list[Hold] = []
    for mark in score.marks:
        if mark.kind != "fermata":
            continue
        span = _held_span(score, mark.tick, mark.part, mark.pitch)
        if span is not None:
            found.append(Hold(*span, FERMATA_STRETCH.get(mark.text, FERMATA_STRETCH[""])))
    merged: list[Hold] = []
    for hold in sorted(found, key=lambda h: (h.start, h.end)):
        if merged and hold.start < merged[-1].end:
            last = merged.pop()
            hold = Hold(hold.start, min(hold.end, last.end), max(hold.stretch, last.stretch))
        merged.append(hold)
    return [_capped(hold) for hold in merged]


def _capped(hold: Hold) -> Hold:
    quarters = (hold.end - hold.start) / TICKS_PER_QUARTER
    return Hold(hold.start, hold.end, min(hold.stretch, 1 + MAX_EXTRA_QUARTERS / quarters))


def _held_span(score: Score, tick: int, part: int, pitch: int) -> tuple[int, int] | None:
    """Start and end of what a fermata holds: its own note, else what sounds there, else the rest."""
    notes = score.notes[score.notes["grace"] == 0]
    sounding = notes[(notes["onset"] <= tick) & (notes["onset"] + notes["duration"] > tick)]
    if part >= 0 and (sounding["part"] == part).any():
        sounding = sounding[sounding["part"] == part]
    if pitch >= 0 and (sounding["pitch"] == pitch).any():
        sounding = sounding[sounding["pitch"] == pitch]
    if len(sounding):
        return tick, int((sounding["onset"] + sounding["duration"]).max())
    later = notes["onset"][notes["onset"] > tick]
    end = int(later.min()) if len(later) else score.end
    return (tick, end) if end > tick else None


def _pauses(score: Score, held: list[Hold]) -> dict[int, float]:
    """Ticks at which everybody breathes, and for how many quarters."""
    pauses = {hold.end: BREATH_QUARTERS for hold in held}
    for mark in score.marks:
        if mark.kind == "breath":
            ends = score.ends[(score.notes["onset"] <= mark.tick) & (score.ends > mark.tick)]
            # The mark stands over the note after which one breathes.
            tick = int(ends.min()) if len(ends) else mark.tick
            quarters = CAESURA_QUARTERS if mark.text == "caesura" else BREATH_QUARTERS
            pauses[tick] = max(pauses.get(tick, 0.0), quarters)
    last = int(score.ends.max()) if len(score.notes) else 0
    return {tick: quarters for tick, quarters in pauses.items() if tick < last}

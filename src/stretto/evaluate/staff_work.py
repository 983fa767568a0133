"""A piece of a repertoire as it is judged: its staves, its plan and its tempo, alike for real and composed ones."""

# Shapes: N notes, M moments, P pitches (128), B bars.

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from stretto.errors import ScoreError
from stretto.frames.plan import Plan, bar_ticks, plan_of_score
from stretto.frames.staves import StaffMusic, staves_of_score
from stretto.score.model import NOTE, UNSPELLED, Bar, Meter, Notes, Part, Score

N_PITCHES = 128

STAVES = {"keyboard": 2, "quartet": 4}
"""Repertoire -> staves."""

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False, kw_only=True)
class StaffWork:
    """One piece."""

    name: str
    work: str = ""
    """What it is a movement or a section of; "" = it stands alone."""
    music: StaffMusic
    plan: Plan
    """Bars, metre, pickup, end, and where they are known key, period and composer."""
    tempo: float = 0.0
    """Quarters a minute; 0 = not said."""

    @property
    def meter(self) -> str:
        """Its one metre; "" where it changes, or is not known."""
        meters = set(self.plan.bar_meters)
        return meters.pop() if len(meters) == 1 else ""

    @property
    def n_bars(self) -> int:
        """Bars without the pickup."""
        return len(self.plan.bar_starts or ()) - (self.plan.pickup > 0)

    @property
    def bar(self) -> int:
        """Ticks of a bar of the commonest metre; of 4/4 where none is known."""
        commonest = Counter(self.plan.bar_meters).most_common(1)
        return bar_ticks(commonest[0][0]) if commonest else 96

    @cached_property
    def bar_edges_B(self) -> Ints:
        """Start of every bar, and the end of the last, (B + 1,)."""
        starts = self.plan.bar_starts or tuple(range(0, max(1, self.music.end), self.bar))
        return np.append(np.array(starts, np.int64), self.music.end)

    @cached_property
    def notes(self) -> Notes:
        """The notes as a score has them, each staff a part."""
        out = np.zeros(len(self.music.notes), NOTE)
        for column in ("onset", "duration", "pitch"):
            out[column] = self.music.notes[column]
        out["part"], out["voice"], out["staff"], out["fifths"] = self.music.notes["staff"], 1, 1, UNSPELLED
        return out

    @cached_property
    def onset_N(self) -> Ints:
        """Tick at which each note begins."""
        found: Ints = self.music.notes["onset"].astype(np.int64)
        return found

    @cached_property
    def end_N(self) -> Ints:
        """Tick at which each note ends."""
        return self.onset_N + self.music.notes["duration"].astype(np.int64)

    @cached_property
    def pitch_N(self) -> Ints:
        """MIDI pitch of each note."""
        found: Ints = self.music.notes["pitch"].astype(np.int64)
        return found

    @cached_property
    def tick_M(self) -> Ints:
        """Moments: 0, and every tick at which a note begins or ends."""
        ticks = np.unique(np.concatenate([[0], self.onset_N, self.end_N]))
        found: Ints = ticks[ticks < max(1, self.music.end)]
        return found

    @cached_property
    def duration_M(self) -> Ints:
        """Ticks from each moment to the next."""
        return np.diff(self.tick_M, append=max(1, self.music.end))

    def sounding(self, staff: int | None = None) -> NDArray[np.bool_]:
        """The pitches that sound from each moment on, (M, P), of one staff or of all."""
        own = np.ones(len(self.pitch_N), bool) if staff is None else self.music.notes["staff"] == staff
        change = np.zeros((len(self.tick_M) + 1, N_PITCHES), np.int16)
        np.add.at(change, (np.searchsorted(self.tick_M, self.onset_N[own]), self.pitch_N[own]), 1)
        np.add.at(change, (np.searchsorted(self.tick_M, self.end_N[own]), self.pitch_N[own]), -1)
        found: NDArray[np.bool_] = change[:-1].cumsum(axis=0) > 0
        return found

    def score(self) -> Score:
        """Its notes, bars and metres as a score, each staff a part; no signature of a key."""
        meters, before = list[Meter](), ""
        bars = list[Bar]()
        first = 0 if self.plan.pickup else 1
        for i, (tick, meter) in enumerate(zip(self.plan.bar_starts or (), self.plan.bar_meters, strict=False)):
            bars.append(Bar(tick=tick, number=i + first))
            if meter != before:
                numerator, denominator = (int(part) for part in meter.split("/"))
                meters.append(Meter(tick=tick, numerator=numerator, denominator=denominator))
                before = meter
        parts = [Part(name=str(staff + 1)) for staff in range(self.music.n_staves)]
        return Score.build(self.notes, parts, end=self.music.end, bars=bars, meters=meters)

    def between(self, start: int, end: int) -> StaffWork:
        """What begins between two barlines, both among `bar_edges_B`; notes are cut at the end, bars count anew."""
        notes = self.music.notes
        kept = notes[(notes["onset"] >= start) & (notes["onset"] < end)].copy()
        kept["duration"] = np.minimum(kept["duration"], end - kept["onset"])
        kept["onset"] -= start
        inside = [i for i, tick in enumerate(self.plan.bar_starts or ()) if start <= tick < end]
        plan = replace(
            self.plan,
            bar_starts=tuple((self.plan.bar_starts or ())[i] - start for i in inside) or None,
            bar_meters=tuple(self.plan.bar_meters[i] for i in inside if i < len(self.plan.bar_meters)),
            pickup=0 if start else self.plan.pickup,
            end=end - start,
        )
        return replace(self, music=replace(self.music, notes=kept, end=end - start), plan=plan)

    def opening(self, n_bars: int) -> StaffWork:
        """The first bars, beside a pickup; the whole where it has no more."""
        last = n_bars + (self.plan.pickup > 0)
        if last >= len(self.bar_edges_B) - 1:
            return self
        return self.between(0, int(self.bar_edges_B[last]))

    def closing(self, n_bars: int) -> StaffWork:
        """The last bars; the whole where it has no more."""
        if n_bars >= len(self.bar_edges_B) - 1:
            return self
        return self.between(int(self.bar_edges_B[-1 - n_bars]), self.music.end)


def work_of_score(score: Score, *, name: str, period: str = "", composer: str = "") -> StaffWork:
    """A score that was written, as it is judged.

    Args:
        score: a keyboard piece on two staves, of one part or of two, or a quartet of four parts.
        name: what it is called.
        period: what it is to be, as the composer.
        composer: see `frames.plan.Plan`.

    Raises:
        ScoreError: other staves.
    """
    staff_of, n = list[list[int]](), 0
    for part in score.parts:
        staff_of.append(list(range(n, n + part.n_staves)))
        n += part.n_staves
    if n not in STAVES.values():
        raise ScoreError(f"{name}: {n} staves; a keyboard piece has 2, a quartet 4")
    music, _ = staves_of_score(score, staff_of)
    plan = replace(plan_of_score(score), period=period, composer=composer)
    tempo = float(score.tempos[0].qpm) if score.tempos else 0.0
    return StaffWork(name=name, music=replace(music, n_staves=n), plan=plan, tempo=tempo)

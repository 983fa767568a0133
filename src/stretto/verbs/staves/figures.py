"""How the left hand goes along: of versions the one whose bars are as those of a real work, drawn by chance.

A waltz is a low note and two chords; a song may have chords on every beat, or broken ones. Left alone, the network
changes from one to the next, and of a bare melody it often writes a thin second line. A real work keeps to few.
"""

# Shapes: N notes.

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from stretto.evaluate.staff_work import StaffWork
from stretto.frames.plan import Plan, bar_ticks
from stretto.frames.staff_example import beat_of
from stretto.verbs.staves.ensemble import WEIGHTS, Ensemble

FILE = "figures.json"
"""Written by scripts/staff_figures.py: what the left hand does on each beat of some training works, and not a note."""

RESTS, HOLDS, DOUBLES, NOTE, HIGH_NOTE, CHORD, HIGH_CHORD = DOINGS = ".honNcC"
"""What a hand does on a beat: nothing, nothing new, an octave of the top note alone, one note, or several; capitals
where they lie well above the lowest of the bar before them."""

ABOVE = 5
"""Semitones above the lowest note of the bar from which on a note or a chord lies well above it."""

OF_WORK, OF_STYLE = 0.6, 0.3
"""How much of the chance of a bar is how often the work has it, and how often works of its style do; the rest is how
often these do each of its beats so."""

ENOUGH = 8
"""Works from which on they are a style of their own."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Figures:
    """Chances of what the left hand does in a bar."""

    work: Counter[str]
    """Bars of the work that is followed."""
    style: Counter[str]
    """Bars of all works of its style."""

    def nats(self, bars: Sequence[str]) -> float:
        """How unusual some bars are, nats a bar; 0 where there are none."""
        return sum(self._nats(bar) for bar in bars) / max(1, len(bars))

    def _nats(self, bar: str) -> float:
        by_beats = math.prod(self._share(beat, doing) for beat, doing in enumerate(bar))
        of_work, of_style = (counts[bar] / max(1, counts.total()) for counts in (self.work, self.style))
        return -math.log(OF_WORK * of_work + OF_STYLE * of_style + (1 - OF_WORK - OF_STYLE) * by_beats)

    def _share(self, beat: int, doing: str) -> float:
        return (self._beats[beat, doing] + 1) / (self.style.total() + len(DOINGS))

    @cached_property
    def _beats(self) -> Counter[tuple[int, str]]:
        """How often works of the style do what on which beat."""
        counts = Counter[tuple[int, str]]()
        for bar, n in self.style.items():
            counts.update(dict.fromkeys(enumerate(bar), n))
        return counts


def usual_figures(players: Ensemble, plan: Plan, rng: np.random.Generator) -> Figures | None:
    """Those of a real work of the same metre and style, drawn at random; None where no such works are known.

    Args:
        players: whose music it is.
        plan: of the piece.
        rng: draws the work.
    """
    if len(set(plan.bar_meters)) != 1:
        return None
    works = _known().get(players.name, {}).get(plan.bar_meters[0], [])
    for place, wished in enumerate((plan.period, plan.composer)):
        own = [work for work in works if work[place] == wished]
        works = own if wished and len(own) >= ENOUGH else works
    if len(works) < ENOUGH:
        return None
    bars = [work[2].split() for work in works]
    return Figures(work=Counter(bars[int(rng.integers(len(bars)))]), style=Counter(bar for own in bars for bar in own))


def bars_of(work: StaffWork, since: int = 0) -> list[str]:
    """What the lowest staff does on each beat, of every full bar that begins at a tick or later and has ended."""
    edges, meters = work.bar_edges_B.tolist(), work.plan.bar_meters
    found = []
    for start, end, meter in zip(edges[:-1], edges[1:], meters, strict=False):
        if since <= start and end <= work.music.end and end - start == bar_ticks(meter):
            found.append(_bar(work, range(start, end, beat_of(meter))))
    return found


def _bar(work: StaffWork, beats: range) -> str:
    """What the lowest staff does on some beats of one bar."""
    inside_N = (work.onset_N < beats.stop) & (work.end_N > beats.start)
    onset_N, end_N, pitch_N = (of[inside_N] for of in (work.onset_N, work.end_N, work.pitch_N))
    staff_N = work.music.notes["staff"][inside_N]
    low_N, top_N = staff_N == work.music.n_staves - 1, staff_N == 0
    done, lowest = "", math.inf
    for tick in beats:
        sounding_N = (onset_N <= tick) & (end_N > tick)
        struck = pitch_N[low_N & (onset_N == tick)]
        if not len(struck):
            done += HOLDS if (sounding_N & low_N).any() else RESTS
            continue
        above, lowest = struck.min() >= lowest + ABOVE, min(lowest, struck.min())
        melody = pitch_N[sounding_N & top_N]
        if len(melody) and not ((struck - melody.max()) % 12).any():
            done += DOUBLES
        elif len(struck) == 1:
            done += HIGH_NOTE if above else NOTE
        else:
            done += HIGH_CHORD if above else CHORD
    return done


@cache
def _known() -> dict[str, dict[str, list[tuple[str, str, str]]]]:
    """Ensemble -> metre -> works: period, composer, bars."""
    file = WEIGHTS.joinpath(FILE)
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}

"""The dynamics of a piece, beat by beat: which mark stands in a beat, and which hairpin goes through it.

Levels are pp to ff (ppp counts as pp, fff as ff); a sforzato and a forte-piano are kinds of their own. A hairpin takes
whole beats: it begins in one, goes on, and ends where the next beat does not go on with it.
"""

# Shapes: T beats, S numbers that say what is in force.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.frames.plan import Plan, bar_ticks
from stretto.score.model import TICKS_PER_QUARTER

MARKS = ("", "pp", "p", "mp", "mf", "f", "ff", "sf", "fp")
"""What may stand in a beat; 0 = nothing."""

PP, P, FF, SF, FP = 1, 2, 6, 7, 8
N_LEVELS = 1 + FF
"""Levels in force, 0 = none has been said yet; a level is the number of its mark."""

NO_WEDGE, CRESCENDO, DIMINUENDO, GOES_ON = range(4)
"""What a beat has of hairpins: none; one that begins; one that has begun before."""
WEDGES = ("", "crescendo", "diminuendo")

MEANT = {
    **{text: text for text in MARKS if text},
    **dict.fromkeys(("ppp", "pppp", "ppppp"), "pp"),
    **dict.fromkeys(("fff", "ffff", "fffff"), "ff"),
    **dict.fromkeys(("sfz", "sff", "sffz", "fz", "rf", "rfz"), "sf"),
    **dict.fromkeys(("sfp", "sfpp", "ffp"), "fp"),
}
"""Mark as it is printed -> one of MARKS."""

N_FORCE = N_LEVELS + 3 + 3 + len(MARKS) + 3
"""Length of `InForce.numbers`."""

Ints = NDArray[np.int64]
Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False, kw_only=True)
class Beats:
    """The beats of a piece: quarters, or dotted quarters in compound metres; at a bar's end one may be shorter."""

    tick_T: Ints
    """Where each begins."""
    bar_T: Ints
    """Index of the bar it is in, from 0."""
    place_T: Ints
    """Which beat of its bar it is, from 0; a pickup is the end of a bar."""
    end: int
    """Where the last one ends, in ticks."""
    compound: bool
    """Most beats are dotted quarters."""

    @property
    def end_T(self) -> Ints:
        """Where each ends."""
        return np.append(self.tick_T[1:], self.end)

    def at(self, tick: int) -> int:
        """Index of the beat that holds a tick."""
        return int(np.clip(np.searchsorted(self.tick_T, tick, side="right") - 1, 0, len(self.tick_T) - 1))


def beats_of(plan: Plan, end: int) -> Beats:
    """The beats of a piece that ends at `end`; bars of four quarters where its metre is unknown."""
    starts = plan.bar_starts or tuple(range(0, end, 4 * TICKS_PER_QUARTER))
    meters = plan.bar_meters or ("4/4",) * len(starts)
    ticks, bars, places = [], [], []
    n_compound = 0
    for bar, (start, until, meter) in enumerate(zip(starts, (*starts[1:], end), meters, strict=True)):
        beat = _beat_ticks(meter)
        n_compound += beat > TICKS_PER_QUARTER
        missing = max(0, bar_ticks(meter) - plan.pickup) if bar == 0 and plan.pickup else 0
        here = [start, *(t - missing for t in range(start, start + 64 * beat, beat) if start < t - missing < until)]
        ticks += here
        bars += [bar] * len(here)
        places += [(missing + t - start) // beat for t in here]
    return Beats(
        tick_T=np.array(ticks, np.int64),
        bar_T=np.array(bars, np.int64),
        place_T=np.array(places, np.int64),
        end=end,
        compound=2 * n_compound > len(starts),
    )


def _beat_ticks(meter: str) -> int:
    numerator, denominator = (int(number) for number in meter.split("/"))
    return 3 * TICKS_PER_QUARTER // 2 if denominator >= 8 and numerator % 3 == 0 else TICKS_PER_QUARTER


@dataclass(frozen=True, eq=False, kw_only=True)
class Dynamics:
    """Marks and hairpins of every beat."""

    mark_T: Ints
    """Index in MARKS."""
    wedge_T: Ints
    """NO_WEDGE, CRESCENDO, DIMINUENDO: one begins; or GOES_ON."""

    @property
    def spans(self) -> list[tuple[int, int, int]]:
        """Every hairpin: its first beat, the beat after its last, and which it is."""
        found: list[tuple[int, int, int]] = []
        for t, wedge in enumerate(self.wedge_T.tolist()):
            if wedge == GOES_ON and found:
                found[-1] = (found[-1][0], t + 1, found[-1][2])
            elif wedge:
                found.append((t, t + 1, wedge))
        return found


def dynamics_of(
    dynamics: Sequence[tuple[int, str]], hairpins: Sequence[tuple[int, int, str]], beats: Beats
) -> Dynamics:
    """Marks (tick, "p") and hairpins (start, end, "crescendo"), by beats.

    Words that are no dynamics, a level that is in force already, and a hairpin inside another are left out; of two
    levels in one beat the later counts, and a level before a sforzato.
    """
    n = len(beats.tick_T)
    wedge_T, mark_T = np.zeros(n, np.int64), np.zeros(n, np.int64)
    for start, end, text in sorted(hairpins):
        first = beats.at(start)
        # Half a beat more or less is how exactly an engraver places the ends.
        stop = max(first + 1, int(np.searchsorted(beats.tick_T, end - TICKS_PER_QUARTER // 2)))
        if not wedge_T[first] and text in WEDGES:
            wedge_T[first:stop] = np.where(wedge_T[first:stop], wedge_T[first:stop], GOES_ON)
            wedge_T[first] = WEDGES.index(text)
    for tick, text in sorted(dynamics):
        mark = MARKS.index(MEANT.get(text.strip().lower(), ""))
        t = beats.at(tick)
        if mark and not (mark == SF and mark_T[t]):
            mark_T[t] = mark
    return _without_restatements(Dynamics(mark_T=mark_T, wedge_T=_in_one_piece(wedge_T)))


def _in_one_piece(wedge_T: Ints) -> Ints:
    """A hairpin that another cut into does not go on after it."""
    found = wedge_T.copy()
    found[(found == GOES_ON) & (np.append(NO_WEDGE, found[:-1]) == NO_WEDGE)] = NO_WEDGE
    return found


def _without_restatements(found: Dynamics) -> Dynamics:
    mark_T = found.mark_T.copy()
    force = InForce()
    for t, (mark, wedge) in enumerate(zip(mark_T.tolist(), found.wedge_T.tolist(), strict=True)):
        if 0 < mark < N_LEVELS and mark == force.level and not force.led:
            mark_T[t] = mark = 0
        force = force.after(mark, wedge)
    return Dynamics(mark_T=mark_T, wedge_T=found.wedge_T)


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """What is in force when a beat begins."""

    level: int = 0
    """That was marked last, 0 = none yet."""
    wedge: int = NO_WEDGE
    """CRESCENDO or DIMINUENDO if the last beat had one."""
    led: int = NO_WEDGE
    """The last hairpin since the level was marked."""
    mark: int = 0
    """Of the last beat."""
    wedge_beats: int = 0
    """For how long the hairpin goes on."""
    since_mark: int = 0
    """Beats since any mark, or since the start."""
    since_wedge: int = 0

    def after(self, mark: int, wedge: int) -> InForce:
        """What is in force after a beat with this mark and this hairpin."""
        going = self.wedge if wedge == GOES_ON else wedge
        says_level = mark and mark != SF
        return InForce(
            level=P if mark == FP else mark if says_level else self.level,
            wedge=going,
            led=going or (NO_WEDGE if says_level else self.led),
            mark=mark,
            wedge_beats=self.wedge_beats + 1 if wedge == GOES_ON else int(going > 0),
            since_mark=0 if mark else self.since_mark + 1,
            since_wedge=0 if going else self.since_wedge + 1,
        )

    def numbers(self) -> NDArray[np.float32]:
        """The same for a network, (S,)."""
        out = np.zeros(N_FORCE, np.float32)
        out[self.level] = 1
        out[N_LEVELS + self.wedge] = 1
        out[N_LEVELS + 3 + self.led] = 1
        out[N_LEVELS + 6 + self.mark] = 1
        out[-3:] = np.log1p([self.wedge_beats, self.since_mark, self.since_wedge]) / (2, 4, 4)
        return out


def force_of(found: Dynamics) -> NDArray[np.float32]:
    """What is in force when each beat begins, (T, S)."""
    out = np.zeros((len(found.mark_T), N_FORCE), np.float32)
    force = InForce()
    for t, (mark, wedge) in enumerate(zip(found.mark_T.tolist(), found.wedge_T.tolist(), strict=True)):
        out[t] = force.numbers()
        force = force.after(mark, wedge)
    return out


def levels_of(found: Dynamics) -> Floats:
    """How loud every beat is, (T,): pp = 1 to ff = 6, in between along hairpins; mf before the first mark."""
    n = len(found.mark_T)
    level, levels = float(MARKS.index("mf")), np.zeros(n)
    ends = {stop: (first, wedge) for first, stop, wedge in found.spans}
    starts = list[float]()
    force = InForce()
    for t in range(n + 1):
        if t in ends:
            first, wedge = ends[t]
            mark = int(found.mark_T[t]) if t < n else 0
            step = 1.0 if wedge == CRESCENDO else -1.0
            aim = float(mark) if 0 < mark <= FF and (mark - starts[first]) * step > 0 else starts[first] + step
            level = float(np.clip(aim, PP, FF))
            levels[first:t] = np.linspace(starts[first], level, t - first + 1)[:-1]
        if t < n:
            force = force.after(int(found.mark_T[t]), int(found.wedge_T[t]))
            level = float(force.level) if found.mark_T[t] and found.mark_T[t] != SF else level
            starts.append(level)
            levels[t] = level
    return levels


MARK_RATES, WEDGE_RATES = (0.1, 0.2, 0.35), (0.02, 0.12, 0.3)
"""Edges between sparing and rich, in marks and in hairpins a bar."""

N_TOLD = 2 * (1 + len(MARK_RATES))


def richness(marks_per_bar: float, wedges_per_bar: float) -> NDArray[np.float32]:
    """How richly a piece is marked, as a network is told, (N_TOLD,); all 0 would leave it open."""
    out = np.zeros(N_TOLD, np.float32)
    out[np.searchsorted(MARK_RATES, marks_per_bar)] = 1
    out[N_TOLD // 2 + np.searchsorted(WEDGE_RATES, wedges_per_bar)] = 1
    return out


def rates_of(found: Dynamics, beats: Beats) -> tuple[float, float]:
    """Marks and hairpins a bar."""
    n_bars = int(beats.bar_T[-1]) + 1
    return float((found.mark_T > 0).sum()) / n_bars, len(found.spans) / n_bars

"""What is known of a piece beside its notes: style, key, metre, phrases, and where it ends.

A plan says for every tick what the networks are told there. Each thing can be unknown:
index 0 of every field, which training also puts in at random.
"""

# Shapes: T frames, F fields.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.score.model import TICKS_PER_QUARTER, Score

STYLES = ("bach", "hymn", "renaissance")
METERS = ("4/4", "3/4", "2/2", "3/2", "2/4", "6/4", "6/8", "4/2", "2/1", "3/1", "3/8", "9/8", "12/8", "6/2")
MODES = ("major", "minor")
PERIODS = ("baroque", "classical", "romantic", "modern")

SIXTEENTH = TICKS_PER_QUARTER // 4
MAX_BARS, MAX_TO_END, MAX_PHRASE = 8, 40, 16

FIELDS: dict[str, int] = {
    "style": 1 + len(STYLES),
    "mode": 1 + len(MODES),
    "meter": 2 + len(METERS),  # 1 = some other metre
    "sixteenth": 1 + 33,  # place in the bar; 33 = beyond the 32nd sixteenth
    "subtick": 1 + SIXTEENTH,  # place inside the sixteenth, in ticks
    "bar": 2 + MAX_BARS,  # bars from the start; the last = that many or more
    "to_end": 2 + MAX_TO_END,  # quarters to the end, rounded up
    "to_phrase": 3 + MAX_PHRASE,  # quarters to the next phrase end; 1 = none is near, 2 = it is here
    "since_phrase": 3 + MAX_PHRASE,  # quarters since the last phrase end; 1 = none yet
    "index": 1 + 16,  # sixteenths since the first frame, modulo 16: all that a benchmark may know
    "goal": 1 + 24,  # chord on which the phrase will end: degree of its root, major or minor
    "close": 1 + 6,  # cadence with which it will end
}
"""Name -> number of values, 0 = unknown."""

AT_PHRASE_END = 2
"""Of "to_phrase": the phrase's last chord begins; one more is up to a quarter before."""

FIELD_NAMES = tuple(FIELDS)
N_FIELDS = len(FIELDS)


_BLANKS: dict[str, dict[str, object]] = {
    "style": {"style": "", "period": "", "composer": ""},
    "key": {"tonic": -1, "mode": ""},
    "meter": {"bar_starts": None, "bar_meters": ()},
    "end": {"end": -1},
    "phrase": {"phrase_ends": None, "goals": (), "closes": ()},
    "goal": {"goals": (), "closes": ()},
    "texture": {"density": 0.0, "polyphony": 0.0},
}


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is known of a piece; None, -1 or "" = unknown."""

    style: str = ""
    tonic: int = -1
    """Pitch class of the tonic, 0..11."""
    mode: str = ""
    bar_starts: tuple[int, ...] | None = None
    """Tick of each barline; None = metre and barlines are unknown."""
    bar_meters: tuple[str, ...] = ()
    """Metre of each bar, as "3/4"."""
    pickup: int = 0
    """Length of bar 0 in ticks, if it is a pickup."""
    end: int = -1
    """Tick where the piece ends."""
    phrase_ends: tuple[int, ...] | None = None
    """Onsets of the chords that close phrases (fermatas), in ticks; None = unknown."""
    goals: tuple[int, ...] = ()
    """Chord of each phrase end, as `goal_code`; empty = unknown."""
    closes: tuple[int, ...] = ()
    """Cadence of each phrase end, as 1 + its place among the kinds of `theory.cadence`; 0 = unknown."""
    index_known: bool = False
    """Count sixteenths from the start: the benchmarks' only side information."""
    period: str = ""
    """One of PERIODS; only `frames.staff_fields` tells it, as the next three."""
    composer: str = ""
    density: float = 0.0
    """Notes struck a quarter; 0 = unknown."""
    polyphony: float = 0.0
    """Mean number of notes that sound, while any does; 0 = unknown."""

    def without(self, *names: str) -> Plan:
        """The same plan with some things unknown: "style", "key", "meter", "end", "phrase", "goal", "texture"."""
        blank: dict[str, object] = {}
        for name in names:
            blank.update(_BLANKS[name])
        return replace(self, **blank)  # type: ignore[arg-type]

    def fields_at(self, tick_T: NDArray[np.int32]) -> NDArray[np.int16]:
        """What the network is told at each tick, (T, F), fields in the order of FIELDS."""
        out = np.zeros((len(tick_T), N_FIELDS), np.int16)
        column = {name: out[:, i] for i, name in enumerate(FIELD_NAMES)}
        column["style"][:] = 1 + STYLES.index(self.style) if self.style in STYLES else 0
        column["mode"][:] = 1 + MODES.index(self.mode) if self.mode in MODES else 0
        if self.bar_starts is not None:
            self._say_place(tick_T, column)
        if self.end >= 0:
            quarters = -((tick_T - self.end) // TICKS_PER_QUARTER)
            column["to_end"][:] = 1 + np.clip(quarters, 0, MAX_TO_END)
        if self.phrase_ends is not None:
            ends = np.array(self.phrase_ends, np.int64)
            _say_phrases(tick_T, ends, column)
            if self.goals:
                ahead = np.minimum(np.searchsorted(ends, tick_T, side="left"), len(ends) - 1)
                column["goal"][:] = np.array(self.goals)[ahead]
                column["close"][:] = np.array(self.closes)[ahead]
        if self.index_known:
            column["index"][:] = 1 + tick_T // SIXTEENTH % 16
        return out

    def _say_place(self, tick_T: NDArray[np.int32], column: dict[str, NDArray[np.int16]]) -> None:
        starts = np.array(self.bar_starts)
        bar = np.maximum(np.searchsorted(starts, tick_T, side="right") - 1, 0)
        into = tick_T - starts[bar]
        if self.pickup:
            full = bar_ticks(self.bar_meters[0])
            into = np.where(bar == 0, into + max(0, full - self.pickup), into)
        codes = np.array([_meter_code(m) for m in self.bar_meters])
        column["meter"][:] = codes[bar]
        column["sixteenth"][:] = 1 + np.minimum(into // SIXTEENTH, 32)
        column["subtick"][:] = 1 + into % SIXTEENTH
        column["bar"][:] = 1 + np.minimum(bar, MAX_BARS)


def plan_of_score(score: Score, *, style: str = "", tonic: int = -1, mode: str = "") -> Plan:
    """The plan that a finished score followed: its barlines, metres, fermatas and end.

    Fermatas anywhere in the score count once each; a score without any says nothing of its
    phrases. Key and style are the caller's, who knows or estimates them.
    """
    fermatas = sorted({m.tick for m in score.marks if m.kind == "fermata"})
    meters = tuple(f"{m.numerator}/{m.denominator}" for m in (score.meter_at(b.tick) for b in score.bars))
    return Plan(
        style=style,
        tonic=tonic,
        mode=mode,
        bar_starts=tuple(bar.tick for bar in score.bars) if score.meters else None,
        bar_meters=meters,
        pickup=score.pickup,
        end=score.end,
        phrase_ends=_one_each(fermatas) if fermatas else None,
    )


def goal_code(degree: int, *, minor: bool) -> int:
    """A chord as the field "goal" has it.

    Args:
        degree: semitones of its root above the tonic, 0..11.
        minor: its third is minor.
    """
    return 1 + 2 * degree + minor


def goal_root(code: Any) -> Any:
    """Semitones of the root above the tonic, of a code that is not 0; works on arrays too."""
    return (code - 1) // 2


def nearness_table() -> list[int]:
    """How near a phrase end is, by the value of the field "to_phrase".

    0 = here, 1 = within a quarter, 2 = within two, 3 = within four, 4 = further, or unknown.
    """
    near = [4] * FIELDS["to_phrase"]
    near[2:7] = [0, 1, 2, 3, 3]
    return near


N_NEAR = 5


def bar_ticks(meter: str) -> int:
    """Length of a bar of "3/4" in ticks."""
    numerator, denominator = meter.split("/")
    return int(numerator) * 4 * TICKS_PER_QUARTER // int(denominator)


def _meter_code(meter: str) -> int:
    return 2 + METERS.index(meter) if meter in METERS else 1


def _one_each(ticks: Sequence[int]) -> tuple[int, ...]:
    """Parts may reach a fermata at different times within a beat: the first of each group stands for all."""
    groups: list[int] = []
    for tick in ticks:
        if not groups or tick - groups[-1] > 2 * TICKS_PER_QUARTER:
            groups.append(tick)
    return tuple(groups)


def _say_phrases(tick_T: NDArray[np.int32], ends: NDArray[np.int64], column: dict[str, NDArray[np.int16]]) -> None:
    padded_after = np.append(ends, 10**9)
    padded_before = np.insert(ends, 0, -(10**9))
    ahead = padded_after[np.searchsorted(ends, tick_T, side="left")] - tick_T
    behind = tick_T - padded_before[np.searchsorted(ends, tick_T, side="right")]
    for name, distance in (
        ("to_phrase", -(-ahead // TICKS_PER_QUARTER)),
        ("since_phrase", behind // TICKS_PER_QUARTER),
    ):
        column[name][:] = np.where(distance > MAX_PHRASE, 1, 2 + np.clip(distance, 0, MAX_PHRASE))

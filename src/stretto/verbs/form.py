"""The frame of a piece before its notes: bars, pickup, phrases of two to four bars, fermatas."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from stretto.errors import RequestError
from stretto.frames.plan import Plan, bar_ticks
from stretto.score.model import TICKS_PER_QUARTER

MIN_BARS, MAX_BARS = 2, 64


@dataclass(frozen=True, kw_only=True)
class PhraseHabits:
    """Where real pieces of one style and metre put their phrase ends, as counts."""

    n_pieces: int
    pickups: Mapping[str, int]
    """Pickup in ticks -> pieces."""
    inner: Mapping[str, int]
    """"pickup:ticks into the bar" of fermata chords inside a piece -> count."""
    final: Mapping[str, int]
    """"pickup:ticks before the end" of the last chord -> count."""
    lengths: Mapping[str, int]
    """Bars of a phrase, 2 to 4 -> count."""
    cadences: Mapping[str, int]
    """"mode:inner:kind" and "mode:final:kind" -> count."""


@cache
def habits() -> dict[str, dict[str, PhraseHabits]]:
    """Style -> metre -> habits, counted over the training pieces by `stretto train`."""
    text = files("stretto.engine").joinpath("data/phrases.json").read_text(encoding="utf-8")
    return {
        style: {meter: PhraseHabits(**counts) for meter, counts in meters.items()}
        for style, meters in json.loads(text).items()
    }


@dataclass(frozen=True, kw_only=True)
class Form:
    """The skeleton of a piece in ticks."""

    meter: str
    n_bars: int
    pickup: int
    phrase_ends: tuple[int, ...]
    """Onsets of the chords under a fermata; the last is the last chord of the piece."""
    cadences: tuple[str, ...]
    """How each phrase should close: kinds of `theory.cadence`."""

    @property
    def end(self) -> int:
        """End of the last bar, which lacks the pickup's beats."""
        return self.n_bars * bar_ticks(self.meter)

    def plan(self, *, style: str, tonic: int, mode: str) -> Plan:
        """What the network is told."""
        full = bar_ticks(self.meter)
        starts = [0] if self.pickup else []
        starts += [self.pickup + i * full for i in range(self.n_bars)]
        return Plan(
            style=style,
            tonic=tonic,
            mode=mode,
            bar_starts=tuple(starts),
            bar_meters=(self.meter,) * len(starts),
            pickup=self.pickup,
            end=self.end,
            phrase_ends=self.phrase_ends,
        )


def pickup_ticks(wish: str, *, style: str, meter: str, rng: np.random.Generator) -> int:
    """The length of the pickup bar: "auto" as often as real pieces have it, "none", or a number of beats.

    Raises:
        RequestError: neither of these, or not shorter than a bar.
    """
    if wish == "none":
        return 0
    if wish == "auto":
        counts = habits()[style][meter].pickups
        return int(_draw(counts, rng))
    try:
        ticks = round(float(wish) * TICKS_PER_QUARTER * 4 / int(meter.split("/")[1]))
    except ValueError as cause:
        raise RequestError(f"pickup {wish!r} is not auto, none or a number of beats such as 1 or 0.5") from cause
    if not 0 <= ticks < bar_ticks(meter) or ticks % 6:
        raise RequestError(f"pickup of {wish} beats: in {meter} it must be shorter than a bar, in steps of a sixteenth")
    return ticks


def make_form(*, style: str, meter: str, n_bars: int, pickup: int, mode: str, rng: np.random.Generator) -> Form:
    """Phrases as real pieces of this style and metre have them."""
    habit = habits()[style][meter]
    full = bar_ticks(meter)
    lengths = _phrase_lengths(n_bars, habit, rng)
    inner = _of_pickup(habit.inner, pickup) or {str(max(0, full - pickup - 2 * TICKS_PER_QUARTER)): 1}
    final = _long_enough(_of_pickup(habit.final, pickup)) or {str(min(full - pickup, 3 * TICKS_PER_QUARTER)): 1}
    ends: list[int] = []
    bars_done = 0
    # One place in the bar for the whole piece: its phrases rhyme.
    into = int(_draw(inner, rng))
    for length in lengths[:-1]:
        bars_done += length
        ends.append(pickup + (bars_done - 1) * full + into)
    end = n_bars * full
    closes = _cadences(style, mode)
    return Form(
        meter=meter,
        n_bars=n_bars,
        pickup=pickup,
        phrase_ends=(*ends, end - int(_draw(final, rng))),
        cadences=(*(_draw(closes["inner"], rng) for _ in ends), _draw(closes["final"], rng)),
    )


def _cadences(style: str, mode: str) -> dict[str, dict[str, int]]:
    """How phrases of a mode close inside a piece and at its end, in all metres of the style together."""
    found: dict[str, dict[str, int]] = {"inner": {}, "final": {}}
    for habit in habits()[style].values():
        for key, count in habit.cadences.items():
            its_mode, place, kind = key.split(":")
            if its_mode == mode:
                found[place][kind] = found[place].get(kind, 0) + count
    return {place: counts or {"perfect authentic": 1} for place, counts in found.items()}


def _phrase_lengths(n_bars: int, habit: PhraseHabits, rng: np.random.Generator) -> list[int]:
    """Lengths that add up to the bars, each as often as real phrases have it; no single bar is left over."""
    left, lengths = n_bars, list[int]()
    while left:
        possible = {k: n for k, n in habit.lengths.items() if int(k) <= left and left - int(k) != 1}
        lengths.append(int(_draw(possible, rng)) if possible else left)
        left -= lengths[-1]
    return lengths


def _of_pickup(counts: Mapping[str, int], pickup: int) -> dict[str, int]:
    """The counts of one pickup: keys "pickup:value" -> "value"."""
    head = f"{pickup}:"
    return {key[len(head) :]: n for key, n in counts.items() if key.startswith(head)}


def _draw(counts: Mapping[str, int], rng: np.random.Generator) -> str:
    keys = list(counts)
    weights = np.array([counts[key] for key in keys], float)
    return keys[int(rng.choice(len(keys), p=weights / weights.sum()))]


def _long_enough(counts: Mapping[str, int]) -> dict[str, int]:
    """Last chords of a half note or more: shorter ones are notated so only because a repeat follows."""
    return {ticks: n for ticks, n in counts.items() if int(ticks) >= 2 * TICKS_PER_QUARTER}

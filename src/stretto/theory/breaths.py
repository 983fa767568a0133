"""Where a melody breathes: the phrase ends of a tune that marks none.

Which notes end phrases is a logistic regression on how long they are, how they are reached and left, where in the bar
they begin and which degree they are; how far apart ends lie is counted; the likeliest row of ends is found by dynamic
programming. All numbers are learned by `stretto train` from the sopranos of pieces that mark their phrases.
"""

# Shapes: N notes, F features, Q beats.

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.score.model import TICKS_PER_QUARTER, TICKS_PER_WHOLE
from stretto.theory.understand import parse_meter

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]

MAX_BEATS = 24
"""Longest phrase that is heard as one."""

FEWEST, MOST = 0.03, 0.3
"""Share of long notes from which, and to which, they tell where phrases end."""

NOWHERE = -20.0
"""Log-odds of a beat on which no note begins to end a phrase."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Tune:
    """A melody in its bars."""

    onset_N: Ints
    """Ticks, rising."""
    duration_N: Ints
    pitch_N: Ints
    tonic: int
    """Pitch class."""
    bar_starts: tuple[int, ...]
    bar_meters: tuple[str, ...]
    """As "3/4"."""
    pickup: int = 0
    """Length of bar 0 in ticks, if it is a pickup."""

    @property
    def beat(self) -> int:
        """Ticks of what the metre counts: 4/4 quarters, 2/2 halves."""
        return TICKS_PER_WHOLE // parse_meter(self.bar_meters[0]).denominator if self.bar_meters else TICKS_PER_QUARTER

    @property
    def kind(self) -> int:
        """0 = bars of threes, 1 = others."""
        return int(not self.bar_meters or parse_meter(self.bar_meters[0]).numerator % 3 != 0)


@dataclass(frozen=True, eq=False, kw_only=True)
class BreathEar:
    """What ends of phrases look like in a melody, and how far apart they are."""

    weight_F: Floats
    log_length_2Q: Floats
    """Log-probability of a phrase of so many beats, index 0 is no length; in bars of three beats, and in others."""
    log_odds: float
    """Of a note to end a phrase, before anything of it is known."""

    def hear(self, tune: Tune) -> tuple[tuple[int, ...], float]:
        """Onsets of the notes that end phrases, the last note included, and how sure the inner ones are, 0..1."""
        beat_N = tune.onset_N // tune.beat
        on_beat_N = tune.onset_N % tune.beat == 0
        last = int(beat_N[-1])
        gain_Q = np.full(last + 1, NOWHERE)
        gain_Q[beat_N[on_beat_N]] = (features(tune) @ self.weight_F - self.log_odds)[on_beat_N]
        ends, sure = heard_ends(gain_Q, self.log_length_2Q[tune.kind], last)
        return (*(q * tune.beat for q in ends[:-1]), int(tune.onset_N[-1])), sure

    def as_json(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "weights": [round(float(w), 4) for w in self.weight_F],
            "log_lengths": [[round(float(x), 4) for x in row] for row in self.log_length_2Q],
            "log_odds": round(self.log_odds, 4),
        }


@cache
def shipped_ear() -> BreathEar:
    """The ear that comes with Stretto."""
    found = json.loads(files("stretto.engine").joinpath("data/breaths.json").read_text(encoding="utf-8"))
    return BreathEar(
        weight_F=np.array(found["weights"]),
        log_length_2Q=np.array(found["log_lengths"]),
        log_odds=float(found["log_odds"]),
    )


def features(tune: Tune, held_N: NDArray[np.bool_] | None = None) -> Floats:
    """What is seen of every note, (N, F); as if some were held twice as long, if `held_N` says so."""
    onset, pitch = tune.onset_N.astype(int), tune.pitch_N.astype(int)
    until = np.append(onset[1:], onset[-1] + tune.duration_N[-1])
    length = (until - onset) * (1 if held_N is None else np.where(held_N, 2, 1))
    usual = np.median(length) if len(length) else 1.0
    long = length >= 2 * usual
    # Long notes tell phrases where there are some, and not many; a tune in quarters throughout has none.
    tells = np.full(len(length), FEWEST <= long[:-1].mean() <= MOST if len(long) > 1 else False)
    before, after = np.concatenate([length[:1], length[:-1]]), np.append(length[1:], length[-1])
    reached = np.diff(pitch, prepend=pitch[:1])
    left = np.abs(np.append(pitch[1:], pitch[-1]) - pitch)
    rest = until - (onset + tune.duration_N)
    place, bar = _places(tune, onset)
    next_place, _ = _places(tune, until)
    degree = (pitch - tune.tonic) % 12
    columns = [
        np.ones(len(onset)),
        np.clip(np.log2(length / usual), -2, 2),
        long & tells,
        ~long & tells,
        np.clip(length / tune.beat, 0, 4),
        length >= 2 * before,
        length > after,
        length < before,
        rest >= tune.beat // 2,
        *(reached == step for step in (0, -1, -2, 1, 2)),
        np.abs(reached) > 2,
        left == 0,
        left > 2,
        left > 4,
        *(degree == d for d in (0, 2, 7, 11)),
        np.isin(degree, (3, 4)),
        place == 0,
        # The next phrase sets out where the first one did, with its upbeat or without, or half a bar away.
        next_place == place[0],
        2 * abs(next_place - place[0]) == bar,
        length <= tune.beat // 2,
    ]
    return np.stack([np.asarray(column, float) for column in columns], 1)


def heard_ends(gain_Q: Floats, log_length: Floats, final: int) -> tuple[list[int], float]:
    """Beats of the likeliest row of ends, and the mean probability of those inside.

    Args:
        gain_Q: log-odds of each beat to be an end, over those of any beat.
        log_length: log-probability of a phrase of so many beats; index 0 is no length.
        final: the last end, which is given.
    """
    own_Q = np.append(gain_Q[:final], 0.0)
    longest = len(log_length) - 1
    best, back = np.full(final + 1, -np.inf), np.full(final + 1, -1)
    ahead, behind = np.full(final + 1, -np.inf), np.full(final + 1, -np.inf)
    for q in range(final + 1):
        starts = np.arange(q - 1, max(-2, q - longest - 1), -1)
        step = log_length[q - starts] + own_Q[q]
        value = step + np.where(starts < 0, 0.0, best[starts])
        best[q], back[q] = value.max(), starts[value.argmax()]
        ahead[q] = np.logaddexp.reduce(step + np.where(starts < 0, 0.0, ahead[starts]))
    behind[final] = 0.0
    for q in range(final - 1, -1, -1):
        stops = np.arange(q + 1, min(final, q + longest) + 1)
        behind[q] = np.logaddexp.reduce(log_length[stops - q] + own_Q[stops] + behind[stops])
    ends = [final]
    while back[ends[0]] >= 0:
        ends.insert(0, int(back[ends[0]]))
    sure = np.exp(ahead + behind - ahead[final])[ends[:-1]]
    return ends, float(sure.mean()) if len(sure) else 0.0


def _places(tune: Tune, tick_N: Sequence[int] | Ints) -> tuple[Ints, Ints]:
    """Where in its bar each tick lies, and how long that bar would be in full."""
    starts = np.array(tune.bar_starts or (0,))
    full = np.array([parse_meter(meter).bar_ticks for meter in tune.bar_meters] or [TICKS_PER_WHOLE])
    bar = np.maximum(np.searchsorted(starts, tick_N, side="right") - 1, 0)
    place = np.asarray(tick_N) - starts[bar]
    if tune.pickup:
        place = np.where(bar == 0, place + full[0] - tune.pickup, place)
    return place, full[bar]

"""What was asked for of a piece on staves, checked before any work."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from stretto.errors import RequestError
from stretto.frames.plan import bar_ticks
from stretto.theory.key import Tonality, parse_key
from stretto.theory.understand import parse_pickup
from stretto.verbs.form import MIN_BARS
from stretto.verbs.request import USUAL_KEYS, checked_tempo
from stretto.verbs.staves.ensemble import Ensemble
from stretto.verbs.staves.styles import USUAL_TEMPO, WORDS, Habits, Style, habits_of, style_asked
from stretto.verbs.staves.written import counted_beat

MAX_BARS = 128

USUAL_BARS = (16, 16, 24)

DENSEST = 16.0
"""Notes a quarter."""

USUAL_PICKUPS = 12
"""Pieces of a metre from which on their pickups are drawn from."""


@dataclass(frozen=True, kw_only=True)
class StaffRequest:
    """A checked wish."""

    style: Style
    key: Tonality
    meter: str
    n_bars: int
    pickup: int
    """Ticks."""
    tempo: Fraction
    """Quarters a minute."""
    texture: tuple[float, float]
    """Notes struck a quarter, and notes that sound together; zeros = not said."""
    seed: int
    rng: np.random.Generator


def checked_request(
    ensemble: Ensemble,
    *,
    style: str | None,
    key: str | None,
    meter: str | None,
    bars: int | None,
    pickup: str,
    tempo: float | None,
    density: str | float | None,
    seed: int | None,
) -> StaffRequest:
    """Check a wish, and choose what it leaves open.

    Raises:
        RequestError: it cannot be met; says what is possible.
    """
    asked = style_asked(ensemble, style)
    habits = habits_of(ensemble, asked)
    if meter is not None and not re.fullmatch(r"\d+/\d+", meter):
        raise RequestError(f"metre {meter!r} is none; possible are {', '.join(habits.meters)}")
    if meter is not None and meter not in habits.meters:
        raise RequestError(
            f"metre {meter!r}: too few pieces that the {ensemble.name} network learned from are in it; possible are "
            f"{', '.join(habits.meters)}"
        )
    if bars is not None and not MIN_BARS <= bars <= MAX_BARS:
        raise RequestError(f"{bars} bar{'s' * (bars != 1)}: a piece has {MIN_BARS} to {MAX_BARS}")
    checked_tempo(tempo)
    share = checked_density(density)
    seed = secrets.randbelow(10**6) if seed is None else seed
    if seed < 0:
        raise RequestError(f"seed {seed}: a seed is 0 or more")
    rng = np.random.default_rng(seed)
    named = key if key is not None else habits.drawn(habits.keys or dict.fromkeys(USUAL_KEYS, 1), rng)
    tonality = parse_key(named)
    if tonality.mode not in ("major", "minor"):
        raise RequestError(f"key {key!r}: only major and minor keys can be asked for")
    meter = next(iter(habits.meters)) if meter is None else meter
    return StaffRequest(
        style=asked,
        key=tonality,
        meter=meter,
        n_bars=int(rng.choice(USUAL_BARS)) if bars is None else bars,
        pickup=pickup_ticks(pickup, meter, habits, rng),
        tempo=_usual_tempo(meter, habits) if tempo is None else Fraction(tempo).limit_denominator(100),
        texture=texture_of(share, habits, rng),
        seed=seed,
        rng=rng,
    )


def _usual_tempo(meter: str, habits: Habits) -> Fraction:
    """That of real pieces, as a whole number of the beats that a metronome counts."""
    _, quarters = counted_beat(*map(int, meter.split("/")))
    return quarters * max(1, round(habits.tempos.get(meter, USUAL_TEMPO) / quarters))


def checked_density(density: str | float | None) -> str | float | None:
    """A density that there can be: a word, or notes struck a quarter.

    Raises:
        RequestError: neither.
    """
    if density is None or density in WORDS:
        return density
    try:
        notes = float(density)
    except ValueError:
        notes = 0.0
    if not 0 < notes <= DENSEST:
        raise RequestError(f"density {density}: say {', '.join(WORDS)}, or notes a quarter, over 0, up to {DENSEST:g}")
    return notes


def texture_of(density: str | float | None, habits: Habits, rng: np.random.Generator) -> tuple[float, float]:
    """Notes struck a quarter and notes that sound together, of a real piece that is as dense; of any, if not said."""
    if density is None:
        return habits.texture(float(rng.random()))
    if isinstance(density, str):
        return habits.texture(WORDS[density])
    near = min(habits.textures, key=lambda texture: abs(texture[0] - density), default=(0.0, 0.0))
    return density, near[1]


def pickup_ticks(wish: str, meter: str, habits: Habits, rng: np.random.Generator) -> int:
    """The length of the pickup bar: "auto" as often as real pieces have it, "none", or a number of beats.

    Raises:
        RequestError: neither of these, or not shorter than a bar.
    """
    full = bar_ticks(meter)
    if wish == "auto":
        counts = {ticks: n for ticks, n in habits.pickups.get(meter, {}).items() if int(ticks) < full}
        return int(habits.drawn(counts, rng)) if sum(counts.values()) >= USUAL_PICKUPS else 0
    ticks = parse_pickup(wish, int(meter.split("/")[1]), words="auto, none")
    if not 0 <= ticks < full or ticks.denominator != 1:
        raise RequestError(f"pickup of {wish} beats: in {meter} it must be shorter than a bar, in whole ticks")
    return int(ticks)

"""What was asked for, checked before any work."""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from stretto.errors import RequestError
from stretto.frames.plan import METERS
from stretto.theory.key import Tonality, parse_key
from stretto.verbs.form import MAX_BARS, MIN_BARS, habits, pickup_ticks

MIN_PIECES = 20
"""A metre that fewer training pieces have is refused: the network has not learned it."""

USUAL_KEYS = (
    "G major",
    "A minor",
    "D major",
    "G minor",
    "F major",
    "E minor",
    "C major",
    "D minor",
    "A major",
    "Bb major",
)
"""Keys to choose from when none is asked: common in chorales."""

USUAL_BARS = (8, 12, 16)

QUARTERS_A_MINUTE = {"bach": 84, "hymn": 92, "renaissance": 84}
HALVES_A_MINUTE = 66
"""Of metres that are counted in halves."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """A checked wish."""

    style: str
    key: Tonality
    meter: str
    n_bars: int
    pickup: int
    """Ticks."""
    tempo: Fraction
    """Quarters per minute."""
    seed: int
    rng: np.random.Generator


def meters_of(style: str) -> list[str]:
    """Metres of a style that enough training pieces of any style have, commonest first."""
    totals = Counter[str]()
    for meters in habits().values():
        for meter, habit in meters.items():
            totals[meter] += habit.n_pieces
    own = habits()[style]
    return sorted((m for m in own if totals[m] >= MIN_PIECES and m in METERS), key=lambda m: -own[m].n_pieces)


def checked_request(
    *,
    style: str,
    key: str | None,
    meter: str | None,
    bars: int | None,
    pickup: str,
    tempo: float | None,
    seed: int | None,
) -> Request:
    """Check a wish, and choose what it leaves open.

    Raises:
        RequestError: it cannot be met; says what is possible.
    """
    if style not in habits():
        raise RequestError(f"style {style!r} is not known; there are {', '.join(habits())}")
    possible = meters_of(style)
    if meter is not None and meter not in possible:
        raise RequestError(
            f"metre {meter!r}: under {MIN_PIECES} training pieces are in it, or none in {style} style; "
            f"possible are {', '.join(possible)}"
        )
    if bars is not None and not MIN_BARS <= bars <= MAX_BARS:
        raise RequestError(f"{bars} bar{'s' * (bars != 1)}: a piece has {MIN_BARS} to {MAX_BARS}")
    checked_tempo(tempo)
    seed = secrets.randbelow(10**6) if seed is None else seed
    if seed < 0:
        raise RequestError(f"seed {seed}: a seed is 0 or more")
    rng = np.random.default_rng(seed)
    tonality = parse_key(key if key is not None else str(rng.choice(USUAL_KEYS)))
    if tonality.mode not in ("major", "minor"):
        raise RequestError(f"key {key!r}: only major and minor keys can be asked for")
    meter = possible[0] if meter is None else meter
    return Request(
        style=style,
        key=tonality,
        meter=meter,
        n_bars=int(rng.choice(USUAL_BARS)) if bars is None else bars,
        pickup=pickup_ticks(pickup, style=style, meter=meter, rng=rng),
        tempo=_usual_tempo(style, meter) if tempo is None else Fraction(tempo).limit_denominator(100),
        seed=seed,
        rng=rng,
    )


def checked_tempo(tempo: float | None) -> None:
    """Refuse a tempo that is none.

    Raises:
        RequestError: says what is possible.
    """
    if tempo is not None and not 20 <= tempo <= 300:
        raise RequestError(f"tempo {tempo:g}: possible are 20 to 300 quarters a minute")


def _usual_tempo(style: str, meter: str) -> Fraction:
    """Quarters a minute."""
    in_halves = int(meter.split("/")[1]) <= 2
    return Fraction(2 * HALVES_A_MINUTE if in_halves else QUARTERS_A_MINUTE[style])

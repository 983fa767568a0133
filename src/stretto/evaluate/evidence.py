"""What a classifier may know of a piece: its stretches, each with measures, tokens and rolls, and no more.

What is merely the edition's (velocities, tempo, titles, range, how long the last chord is written) is not in it, nor
is anything that depends on the key in which a piece stands.
"""

# Shapes: F measures, W windows, T eighths of a window, P rows of a roll.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stretto.evaluate.excerpt import excerpt, halves, without_tail
from stretto.evaluate.measures import METRICS, measures
from stretto.evaluate.tokens import Tokens, tokens
from stretto.score.model import TICKS_PER_QUARTER, TICKS_PER_WHOLE, Score
from stretto.theory.key import Tonality, estimate_key

LONGEST = 14 * TICKS_PER_WHOLE
"""Ticks of a stretch, about: fourteen bars of 4/4, so that a chorale is one or two."""

EIGHTH = TICKS_PER_QUARTER // 2
WINDOW, HOP, ROWS = 16, 8, 40
"""Eighths of a window and from one to the next, and semitones that it shows."""

NEARLY_ALL = 0.9

SEEN = tuple(name for name in METRICS if name != "voices.outside")
"""Measures that classifiers see: all but the one that knows at which height a piece stands."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """By what a stretch is matched to another."""

    quarters: float
    meter: str
    key: Tonality
    """Of the whole piece."""
    n_voices: int
    density: float
    """Notes a quarter."""
    opens: bool
    """The piece begins with it."""
    closes: bool
    """The piece ends with it."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Stretch:
    """A stretch of a piece, as classifiers see it."""

    score: Score
    """Of the stretch alone, in the key of its piece."""
    facts: Facts
    values_F: NDArray[np.float32]
    """SEEN; not a number where one is not defined."""
    tokens: Tokens
    windows_W: NDArray[np.uint8]
    """(W, bytes): `roll_windows`, eight cells a byte."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Work:
    """A piece as classifiers see it."""

    name: str
    stretches: tuple[Stretch, ...]
    score: Score
    """The whole piece."""
    fermatas: bool
    """Fermatas tell where its phrases end."""
    longest: int = LONGEST
    """Ticks of a stretch, about."""

    @property
    def without_fermatas(self) -> Work:
        """Beside pieces that have none."""
        return work_of(self.score.evolve(marks=()), self.name, longest=self.longest) if self.fermatas else self


def work_of(score: Score, name: str = "", *, longest: int = LONGEST) -> Work:
    """A piece for `two_sample`.

    Args:
        score: with a metre, as `understand` leaves it.
        name: of its work; versions of one work have one name, and stand in one fold.
        longest: ticks of a stretch, about.
    """
    key = estimate_key(score.evolve(keys=tuple(replace(own, mode="") for own in score.keys)))
    score = without_tail(score)
    last = int(score.notes["onset"].max(initial=0))
    inner = [m for m in score.marks if m.kind == "fermata" and m.tick < last - 2 * TICKS_PER_QUARTER]
    score = score.evolve(marks=tuple(m for m in score.marks if m.kind == "fermata") if inner else ())
    edges = halves(score, longest=longest)
    stretches = [
        stretch_of(excerpt(score, start, end), key, opens=start == 0, closes=end == score.end) for start, end in edges
    ]
    return Work(name=name, stretches=tuple(stretches), score=score, fermatas=bool(inner), longest=longest)


def stretch_of(score: Score, key: Tonality, *, opens: bool = True, closes: bool = True) -> Stretch:
    """A stretch for `two_sample`, of a piece in `key`."""
    score = score.evolve(keys=(key.signature,))
    meter = score.meter_at(0)
    quarters = score.end / TICKS_PER_QUARTER
    found = measures(score)
    return Stretch(
        score=score,
        facts=Facts(
            quarters=quarters,
            meter=f"{meter.numerator}/{meter.denominator}",
            key=key,
            n_voices=len(np.unique(score.notes["part"])),
            density=len(score.notes) / max(quarters, 1),
            opens=opens,
            closes=closes,
        ),
        values_F=np.array([found[name] for name in SEEN], np.float32),
        tokens=tokens(score, key),
        windows_W=np.packbits(roll_windows(score, key.tonic), axis=1),
    )


def roll_windows(score: Score, tonic: int) -> NDArray[np.bool_]:
    """Windows of the roll by eighths, (W, 2 * T * P): what sounds, then what begins; the first begins at a barline.

    Row 0 is the tonic nearest to the middle of the music less half the rows, so the same music in another key or octave
    looks the same.
    """
    notes = score.notes[score.notes["grace"] == 0]
    middle = float(np.median(notes["pitch"])) if len(notes) else 60.0
    lowest = tonic + 12 * round((middle - tonic) / 12) - ROWS // 2
    empty = (score.meter_at(0).bar_ticks - score.pickup) // EIGHTH if score.pickup else 0
    n_eighths = max(WINDOW, empty - (-score.end // EIGHTH))
    roll = np.zeros((2, n_eighths + 1, ROWS), np.bool_)
    row = notes["pitch"].astype(int) - lowest
    first = empty + notes["onset"] // EIGHTH
    last = empty - (-(notes["onset"] + notes["duration"]) // EIGHTH)
    for r, a, b in zip(row.tolist(), first.tolist(), last.tolist(), strict=True):
        if 0 <= r < ROWS:
            roll[0, a:b, r] = True
            roll[1, a, r] = True
    starts = [*range(0, n_eighths - WINDOW, HOP), n_eighths - WINDOW]
    return np.stack([roll[:, a : a + WINDOW].ravel() for a in starts])


def alike_in_fermatas(own: Sequence[Work], real: Sequence[Work]) -> tuple[list[Work], list[Work]]:
    """Both sides with fermatas, if nearly all pieces of both have some; else both without.

    Whether a file has them is the choice of its format or edition.
    """
    if min(np.mean([work.fermatas for work in side]) for side in (own, real)) >= NEARLY_ALL:
        return list(own), list(real)
    return [work.without_fermatas for work in own], [work.without_fermatas for work in real]

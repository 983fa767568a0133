"""A piece of a repertoire, composed or real: what it was asked to be, and everything that is measured of it."""

# Shapes: K bins of a histogram.

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from stretto.evaluate.period_classifier import PERIODS, period_features, shipped_period_classifier
from stretto.evaluate.staff_close import StaffClose, close_of, heard_key
from stretto.evaluate.staff_faults import StaffFaults, faults_of
from stretto.evaluate.staff_form import Likeness, form_likeness, other_passages, returning_bars, returning_passages
from stretto.evaluate.staff_meter import METERS, shipped_staff_meter, staff_meter_features
from stretto.evaluate.staff_runs import KnownMoments, VerbatimRuns
from stretto.evaluate.staff_shapes import FEATURES, shapes
from stretto.evaluate.staff_work import StaffWork
from stretto.frames.plan import bar_ticks
from stretto.score.model import Score
from stretto.theory.key import BELLMAN_BUDGE, KRUMHANSL_KESSLER, Tonality, pitch_class_weights, rank_keys, tonality

Floats = NDArray[np.float64]

TEMPO_SLACK = 0.01
"""Share by which a tempo may be off: a metronome mark counts whole beats, of a dotted quarter too."""

PROFILES = {"Krumhansl-Schmuckler": KRUMHANSL_KESSLER, "Bellman-Budge": BELLMAN_BUDGE}
"""Ways to find a key from notes alone."""

LAST_BASS = "the last bass note too"
"""A way that is helped by where the bass ends."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a piece is to be: of a real one, what it is."""

    period: str
    composer: str
    key: Tonality
    meter: str
    bars: int
    """Without the pickup."""
    pickup: int
    """Ticks."""
    tempo: float = 0.0
    """Quarters a minute; 0 = any."""
    form: str = ""
    """Letters, as "AABA"; "" = any."""

    def is_met(self, score: Score) -> bool:
        """Exactly these bars, metre, pickup, signature and tempo."""
        full = bar_ticks(self.meter)
        n_bars = sum(bar.number > 0 for bar in score.bars)
        lengths = self.bars * full, self.bars * full + self.pickup
        meters = {f"{m.numerator}/{m.denominator}" for m in score.meters}
        tempos = {float(tempo.qpm) for tempo in score.tempos}
        return (
            n_bars == self.bars
            and score.end in lengths  # a last bar may or may not lack the pickup's beats
            and score.pickup == self.pickup
            and meters == {self.meter}
            and [(key.fifths, key.mode) for key in score.keys] == [(self.key.fifths, self.key.mode)]
            and (not self.tempo or any(abs(tempo / self.tempo - 1) < TEMPO_SLACK for tempo in tempos))
        )


def asked_of(work: StaffWork, *, most_bars: int, tempo: float = 0.0) -> Asked:
    """What a twin of a real work is asked to be: all that it is, but no longer than `most_bars`.

    The key that is written is the one with the fewest accidentals.
    """
    plan = work.plan
    return Asked(
        period=plan.period,
        composer=plan.composer,
        key=tonality(plan.tonic, plan.mode),
        meter=work.meter,
        bars=min(most_bars, work.n_bars),
        pickup=plan.pickup,
        tempo=tempo or work.tempo,
    )


def can_be_asked(work: StaffWork, *, least_bars: int) -> bool:
    """One metre that `compose` has, a key, a period of the three, and some length."""
    plan = work.plan
    known = work.meter in METERS and plan.tonic >= 0 and plan.mode in ("major", "minor") and plan.period in PERIODS
    return known and work.n_bars >= least_bars and 0 <= plan.pickup < work.bar


@dataclass(frozen=True, kw_only=True)
class Tools:
    """What pieces of a repertoire are measured against."""

    repertoire: str
    """ "keyboard" or "quartet"."""
    known: KnownMoments
    """The training music, both hands."""
    known_melodies: KnownMoments


@dataclass(frozen=True, eq=False, kw_only=True)
class Judged:
    """Everything that is measured of one piece."""

    name: str
    asked: Asked
    as_asked: bool | None
    """None = nothing was asked of it, or its form alone is looked at."""
    meter_named: str
    period_named: str
    keys_found: dict[str, bool]
    """Way to find a key -> it found the asked one."""
    close: StaffClose
    faults: StaffFaults
    runs: VerbatimRuns
    melody_runs: VerbatimRuns
    returning: float
    """Share of bars that come back."""
    passages: Sequence[Likeness] = ()
    """Of passages that come back."""
    typical: Likeness = field(default_factory=lambda: Likeness(melody=0.0, whole=0.0))
    """Of any two bars."""
    sections: tuple[Likeness, Likeness] | None = None
    """Likeness of sections of one letter, and of different ones, where a form was asked."""
    shapes: dict[str, Floats] = field(default_factory=dict)
    """Feature -> histogram of sum 1; one that it has none of is left out."""


def judge(work: StaffWork, asked: Asked, tools: Tools, *, score: Score | None = None) -> Judged:
    """Measure one piece.

    Args:
        work: a composed piece, or a real work, whole.
        asked: what it is to be. As many bars from its start are read for all that a length of its own would bias;
            how it ends, its key and its faults are those of the whole.
        tools: see `Tools`.
        score: the score that was written; None = it is a real work.
    """
    opening = work.opening(asked.bars)
    weights = pitch_class_weights(work.notes)
    found = {name: rank_keys(weights, profiles=profiles)[0].key for name, profiles in PROFILES.items()}
    found[LAST_BASS] = heard_key(work)
    period = shipped_period_classifier(tools.repertoire).name(period_features(opening))
    return Judged(
        name=work.name,
        asked=asked,
        as_asked=None if score is None else asked.is_met(score),
        meter_named=shipped_staff_meter().name(staff_meter_features(opening.notes)),
        period_named=period,
        keys_found={name: (key.tonic, key.mode) == (asked.key.tonic, asked.key.mode) for name, key in found.items()},
        close=close_of(work, asked.key),
        faults=faults_of(work),
        runs=tools.known.runs(opening),
        melody_runs=tools.known_melodies.runs(opening),
        returning=returning_bars(opening),
        passages=tuple(returning_passages(opening)),
        typical=other_passages(opening),
        sections=form_likeness(work, asked.form) if asked.form else None,
        shapes=shapes_of(opening, tools.repertoire),
    )


def shapes_of(work: StaffWork, repertoire: str) -> dict[str, Floats]:
    """Histogram of each feature of a repertoire that a piece has."""
    own = ((feature.name, shapes([work], feature)) for feature in FEATURES[repertoire])
    return {name: rows[0] for name, rows in own if len(rows)}


def shared_by(
    works: Sequence[StaffWork], tools: Tools, *, n_bars: int
) -> tuple[list[VerbatimRuns], list[VerbatimRuns]]:
    """What known works share with other known works, in their first bars: both hands, and the top line."""
    openings = [work.opening(n_bars) for work in works]
    return [tools.known.runs(w) for w in openings], [tools.known_melodies.runs(w) for w in openings]


def stacked(pieces: Iterable[Mapping[str, Floats]], feature: str) -> Floats:
    """Histograms of a feature, of the pieces that have it, (pieces, K)."""
    rows = [own[feature] for own in pieces if feature in own]
    return np.array(rows) if rows else np.zeros((0, 1))


def evenly(works: Sequence[StaffWork], n: int, rng: np.random.Generator) -> list[StaffWork]:
    """About `n` works, as many of each period as can be, one of each `work` before any has two."""
    by_period = {period: [w for w in works if w.plan.period == period] for period in PERIODS}
    shuffled = {period: [own[i] for i in rng.permutation(len(own))] for period, own in by_period.items()}
    chosen: list[StaffWork] = []
    while len(chosen) < n and any(shuffled.values()):
        for own in shuffled.values():
            if own and len(chosen) < n:
                chosen.append(own.pop())
    return chosen

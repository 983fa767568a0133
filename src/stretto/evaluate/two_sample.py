"""Can pieces be told from real music? Classifiers learn to, and are themselves tested in the same run.

Source: Lopez-Paz and Oquab, Revisiting classifier two-sample tests, ICLR 2017, arXiv 1610.06545. Departures: AUC in
place of accuracy, with an interval over works; both sides matched in length, metre, mode, voices and texture; and two
controls, real against real and a Markov model against real, without which no figure counts.
"""

# Shapes: N stretches of both sides.

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass

import numpy as np

from stretto.errors import RequestError
from stretto.evaluate.auc import auc, auc_interval
from stretto.evaluate.evidence import Work, alike_in_fermatas
from stretto.evaluate.fits import Submit, workers
from stretto.evaluate.gave_away import gave_away
from stretto.evaluate.learners import Floats, Table, by_boosting, by_network, can_learn, on_rolls, on_table, table_of
from stretto.evaluate.markov import markov_twins
from stretto.evaluate.matching import Match, Sample, match_of, matched, twins

FEWEST = 20
"""Stretches a side, and works a side."""

N_SEEDS = 3
"""Fits whose scores are averaged."""

N_SPLITS = 16
"""Times that real works are parted in halves: one split of a hundred stretches is off by 0.08 by chance."""

MOST_REAL, MOST_MARKOV = 100, 100
"""Stretches a side of the controls."""

FAIR, SEES = (0.45, 0.55), 0.95
"""Within which real pieces must stay against real ones, and which a Markov model must reach, for a test to count."""

HARD, EASY = 0.6, 0.8
"""AUC up to which pieces pass for real, and from which they are told."""

BY_BOOSTING = "gradient boosting on measures, chords, intervals, rhythms and textures"
BY_NETWORK = "a small network on piano-rolls"
BY = (BY_BOOSTING, BY_NETWORK)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What one classifier makes of the pieces."""

    by: str
    """What it is."""
    auc: float
    """How often it finds the real one of two, 0..1."""
    low: float
    high: float
    """Between these it lies in 95 of 100 draws of the works."""
    real_auc: float
    """Of real pieces against real ones, in the same run."""
    markov_auc: float
    """Of a first-order Markov model against real pieces, in the same run."""
    n_pairs: int
    """Stretches a side."""
    gave_away: tuple[str, ...] = ()
    """What told them apart most, in words, with both values."""
    match: Match | None = None
    """How well the two sides are matched."""

    @property
    def counts(self) -> bool:
        """The test is fair to real music, and sees what it should."""
        return FAIR[0] <= self.real_auc <= FAIR[1] and self.markov_auc >= SEES

    @property
    def word(self) -> str:
        """What it comes to."""
        if not self.counts:
            return "does not count"
        if self.auc <= HARD:
            return "hardly told from real music"
        return "told now and then" if self.auc <= EASY else "told from real music"


@dataclass(frozen=True, kw_only=True)
class TwoSample:
    """All that a test says."""

    told: tuple[Told, ...]
    """By each classifier; none where the test was not made."""
    why: str = ""
    """Why it was not made."""


def tell(
    own: Sequence[Work],
    real: Sequence[Work],
    pairs: Sequence[tuple[int, int]] | None = None,
    *,
    seed: int = 0,
    jobs: int = 1,
) -> TwoSample:
    """Let classifiers tell pieces from real ones.

    Args:
        own: the pieces.
        real: real music of their kind, at least as much of it.
        pairs: which belong together, as (index of `own`, index of `real`), where pieces were made beside real ones;
            None = each stretch is matched to a real one.
        seed: of everything that is drawn; the same seed gives the same figures.
        jobs: processes; more than one only in a script that guards its entry by `if __name__ == "__main__":`.
    """
    if why := _hindrance(own, real, pairs):
        return TwoSample(told=(), why=why)
    own, real = alike_in_fermatas(own, real)
    rng = np.random.default_rng(seed)
    sample = twins(own, real, pairs) if pairs is not None else matched(own, real, rng)
    if sample.n_pairs < FEWEST:
        return TwoSample(told=(), why=_too_few(sample.n_pairs, "pair of stretches"))
    splits = [_real_with_real(real, sample.n_pairs, np.random.default_rng([seed, i])) for i in range(N_SPLITS)]
    table = table_of(sample.stretches)
    with workers(jobs) as submit:
        asked = _Asked(submit, seed)
        first = [
            asked.scores(sample, table, N_SEEDS),
            *(asked.scores(split, table_of(split.stretches)) for split in splits),
        ]
        # Made while the others are under way.
        markov = _markov(real, sample.n_pairs, np.random.default_rng([seed, N_SPLITS]))
        every = [*first, asked.scores(markov, table_of(markov.stretches))]
        told = tuple(_told(by, [scores[by] for scores in every], [sample, *splits, markov], table, rng) for by in BY)
    return TwoSample(told=told)


def _hindrance(own: Sequence[Work], real: Sequence[Work], pairs: Sequence[tuple[int, int]] | None) -> str:
    """Why no test can be made; empty = it can."""
    if not can_learn():
        return 'it needs scikit-learn: pip install "stretto[report]"'
    if pairs is not None and any(not (0 <= a < len(own) and 0 <= b < len(real)) for a, b in pairs):
        raise RequestError(f"pairs name works beyond the {len(own)} pieces and {len(real)} real ones; count from 0")
    fewest = min(len(own), len({work.name or i for i, work in enumerate(real)}))
    return _too_few(fewest, "piece") if fewest < FEWEST else ""


def _too_few(n: int, what: str) -> str:
    return f"too few to tell: {n} {what}{'' if n == 1 else 's'} on the smaller side, {FEWEST} are needed"


def _real_with_real(real: Sequence[Work], most: int, rng: np.random.Generator) -> Sample:
    """Real works, parted at random in halves, that are matched to each other as pieces are to them."""
    names = sorted({work.name or str(i) for i, work in enumerate(real)})
    first = set(rng.permutation(names)[: len(names) // 2].tolist())
    halves: tuple[list[Work], list[Work]] = ([], [])
    for i, work in enumerate(real):
        halves[(work.name or str(i)) in first].append(work)
    return matched(*halves, rng, most=min(most, MOST_REAL))


def _markov(real: Sequence[Work], most: int, rng: np.random.Generator) -> Sample:
    """Real works beside what a Markov model makes of them."""
    chosen: list[Work] = []
    n = 0
    for i in rng.permutation(len(real)).tolist():
        if n >= min(max(most, FEWEST), MOST_MARKOV):
            break
        chosen.append(real[i])
        n += len(real[i].stretches)
    made = iter(markov_twins([s for work in chosen for s in work.stretches], rng))
    walks = [
        Work(
            name=work.name,
            stretches=tuple(next(made) for _ in work.stretches),
            score=work.score,
            fermatas=work.fermatas,
        )
        for work in chosen
    ]
    return twins(walks, chosen, [(i, i) for i in range(len(chosen))])


class _Asked:
    """Puts samples to both classifiers."""

    def __init__(self, submit: Submit, seed: int) -> None:
        self.submit, self.seed = submit, seed

    def scores(self, sample: Sample, table: Table, n_seeds: int = 1) -> dict[str, list[Future[Floats]]]:
        """Scores of every stretch by each classifier, a fit a seed."""
        put = {BY_BOOSTING: (by_boosting, on_table(sample, table)), BY_NETWORK: (by_network, on_rolls(sample))}
        return {
            by: [self.submit(learn, question, self.seed + i) for i in range(n_seeds)]
            for by, (learn, question) in put.items()
        }


def _told(
    by: str, scores: Sequence[list[Future[Floats]]], samples: Sequence[Sample], table: Table, rng: np.random.Generator
) -> Told:
    """What the fits of one classifier come to: the pieces first, then real with real, the Markov model last."""
    found = [np.mean([fit.result() for fit in fits], axis=0) for fits in scores]
    area, *real, markov = (auc(score_N, one.own_N) for score_N, one in zip(found, samples, strict=True))
    sample, score_N = samples[0], found[0]
    low, high = auc_interval(score_N, sample.own_N, sample.work_N, twins=sample.twins, rng=rng)
    return Told(
        by=by,
        auc=area,
        low=low,
        high=high,
        real_auc=float(np.mean(real)),
        markov_auc=markov,
        n_pairs=sample.n_pairs,
        gave_away=gave_away(table, sample, score_N),
        match=match_of(sample),
    )

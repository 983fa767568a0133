"""Pieces beside real ones of their kind: which stretch is set beside which, and which stand in one fold."""

# Shapes: N stretches of both sides.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from stretto.evaluate.evidence import Facts, Stretch, Work

WORKS_A_HAND = 8
FEWEST_HANDS, MOST_HANDS = 5, 20

OTHER_METER = OTHER_VOICES = 100.0
OTHER_MODE = 30.0
OTHER_PLACE = 3.0
"""One opens or closes its piece, and the other does not."""
QUARTER_LONGER, QUARTER_DENSER = 10.0, 2.0
"""Of a stretch that has a quarter more bars, or notes a beat, than its match."""
FIFTH_AWAY = 0.3
"""For each step between their tonics on the circle of fifths."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Sample:
    """Two sides, mixed: first the stretches that are asked about, then as many real ones, or about as many."""

    stretches: tuple[Stretch, ...]
    own_N: NDArray[np.bool_]
    hand_N: NDArray[np.int64]
    """Stretches of one hand stand in one fold: works, with what they are matched to."""
    work_N: NDArray[np.int64]
    """Which work a stretch is from; works are what intervals draw."""
    twins: bool
    """Works of the two sides belong together in pairs, and have one number."""

    @property
    def n_pairs(self) -> int:
        """Stretches of the smaller side."""
        return int(min(self.own_N.sum(), (~self.own_N).sum()))


@dataclass(frozen=True, kw_only=True)
class Match:
    """How well two sides are matched."""

    length: float
    """Mean ratio of the shorter stretch to the longer."""
    meter: float
    """Share of pairs in one metre."""
    mode: float
    """Share of pairs in one mode."""


def twins(own: Sequence[Work], real: Sequence[Work], pairs: Sequence[tuple[int, int]]) -> Sample:
    """Works that were made beside each other: every stretch of both.

    Args:
        own: the pieces.
        real: the real ones.
        pairs: which belong together, as (index of `own`, index of `real`).
    """
    rows = [(s, True, i) for i, (a, _) in enumerate(pairs) for s in own[a].stretches]
    rows += [(s, False, i) for i, (_, b) in enumerate(pairs) for s in real[b].stretches]
    return _sample(rows, [i for _, _, i in rows], pairs_known=True)


def matched(own: Sequence[Work], real: Sequence[Work], rng: np.random.Generator, most: int = 10**6) -> Sample:
    """Each stretch beside a real one of its kind, each real one once.

    Works are dealt into hands first, alike in kind, and matched within them: a fold is some hands, so no work stands
    in two folds, and no pair.

    Args:
        own: the pieces.
        real: the real ones; works of one name stay together.
        rng: of the deal.
        most: stretches a side.
    """
    n_hands = int(np.clip(min(len(own), len(_named(real))) // WORKS_A_HAND, FEWEST_HANDS, MOST_HANDS))
    own_hands, real_hands = _dealt(own, n_hands, rng), _dealt(real, n_hands, rng)
    rows: list[tuple[Stretch, bool, int]] = []
    hands: list[int] = []
    for hand, (mine, theirs) in enumerate(zip(own_hands, real_hands, strict=True)):
        pairs = _assigned([s for _, s in mine], [s for _, s in theirs])
        pairs = pairs[: max(1, round(most / n_hands))]
        for i, j in pairs:
            rows += [(mine[i][1], True, mine[i][0]), (theirs[j][1], False, len(own) + theirs[j][0])]
            hands += [hand, hand]
    return _sample(rows, hands, pairs_known=False)


def _sample(rows: Sequence[tuple[Stretch, bool, int]], hands: Sequence[int], *, pairs_known: bool) -> Sample:
    return Sample(
        stretches=tuple(s for s, _, _ in rows),
        own_N=np.array([own for _, own, _ in rows], bool),
        hand_N=np.array(hands, np.int64),
        work_N=np.array([work for _, _, work in rows], np.int64),
        twins=pairs_known,
    )


def _named(works: Sequence[Work]) -> list[list[int]]:
    """Indices of works, those of one name together."""
    found: dict[str, list[int]] = {}
    for i, work in enumerate(works):
        found.setdefault(work.name or str(i), []).append(i)
    return list(found.values())


def _dealt(works: Sequence[Work], n_hands: int, rng: np.random.Generator) -> list[list[tuple[int, Stretch]]]:
    """(index of the work, stretch) of each hand. Sorted by kind before they are dealt, so hands are alike."""
    groups = _named(works)

    def kind(group: list[int]) -> tuple[str, int, str, float, float]:
        facts = works[group[0]].stretches[0].facts
        return facts.meter, facts.n_voices, facts.key.mode, round(facts.quarters / 8), float(rng.random())

    hands: list[list[tuple[int, Stretch]]] = [[] for _ in range(n_hands)]
    order = np.concatenate([rng.permutation(n_hands) for _ in range(-(-len(groups) // n_hands))])
    for group, hand in zip(sorted(groups, key=kind), order.tolist(), strict=False):
        hands[hand] += [(i, stretch) for i in group for stretch in works[i].stretches]
    return hands


def _assigned(own: Sequence[Stretch], real: Sequence[Stretch]) -> list[tuple[int, int]]:
    """Pairs of least cost in all, best first."""
    from scipy.optimize import linear_sum_assignment

    if not own or not real:
        return []
    costs = np.array([[cost(a.facts, b.facts) for b in real] for a in own])
    rows, columns = linear_sum_assignment(costs)
    order = np.argsort(costs[rows, columns], kind="stable")
    return [(int(rows[i]), int(columns[i])) for i in order]


def cost(a: Facts, b: Facts) -> float:
    """How unlike two stretches are in what a classifier should not tell them by."""
    fifths = abs(a.key.tonic_fifths - b.key.tonic_fifths) % 12
    return (
        OTHER_METER * (a.meter != b.meter)
        + OTHER_VOICES * (a.n_voices != b.n_voices)
        + OTHER_MODE * (a.key.mode != b.key.mode)
        + OTHER_PLACE * ((a.opens != b.opens) + (a.closes != b.closes))
        + QUARTER_LONGER * abs(log(max(a.quarters, 1) / max(b.quarters, 1))) / log(1.25)
        + QUARTER_DENSER * abs(log(max(a.density, 0.1) / max(b.density, 0.1))) / log(1.25)
        + FIFTH_AWAY * min(fifths, 12 - fifths)
    )


def match_of(sample: Sample) -> Match:
    """How well a sample is matched: pair by pair, or, where works are twins, work by work."""
    pairs: list[tuple[Facts, Facts]] = []
    if sample.twins:
        for work in np.unique(sample.work_N).tolist():
            sides = [
                [
                    s.facts
                    for s, w, o in zip(sample.stretches, sample.work_N, sample.own_N, strict=True)
                    if w == work and o == own
                ]
                for own in (True, False)
            ]
            pairs += zip(*sides, strict=False)
    else:
        facts = [stretch.facts for stretch in sample.stretches]
        pairs = list(zip(facts[::2], facts[1::2], strict=True))
    return Match(
        length=float(np.mean([min(a.quarters, b.quarters) / max(a.quarters, b.quarters) for a, b in pairs])),
        meter=float(np.mean([a.meter == b.meter for a, b in pairs])),
        mode=float(np.mean([a.key.mode == b.key.mode for a, b in pairs])),
    )

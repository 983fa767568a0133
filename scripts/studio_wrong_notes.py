"""Whether the strip for surprise shows a wrong note: one, a semitone off, in each of some real pieces.

    python scripts/studio_wrong_notes.py --pieces 60

The pieces are chorales by Bach that ship and that no network has learned from. A bar's surprise is compared as the
page shows it, by its least expected note, and by the mean of all its notes. Also how rare the least expected note of
real bars is.
"""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass, field

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from stretto.evaluate.real_chorales import real_chorales
from stretto.score.model import UNSPELLED, Score
from stretto.studio.judging.findings import likelihood_of
from stretto.studio.pieces.documents import document_of

FIRST = 3
"""A bar among so many of the most surprising is found soon."""

STEPS = (20, 100, 1000)
"""The page's: once in so many times."""


@dataclass
class Ranks:
    """Where the bar of the wrong note stands among all, 1 = the most surprising."""

    ranks: list[int] = field(default_factory=list)

    def add(self, bars: list[float], wrong: int) -> None:
        """One piece more."""
        self.ranks.append(1 + sum(value > bars[wrong] for value in bars))

    def __str__(self) -> str:
        """In words."""
        ranks = np.array(self.ranks)
        return (
            f"most surprising in {(ranks == 1).sum()} of {len(ranks)}, in the first {FIRST} in {(ranks <= FIRST).sum()}"
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--pieces", type=int, default=60)
    parser.add_argument("--seed", type=int, default=3)
    asked = parser.parse_args()
    rng = np.random.default_rng(asked.seed)
    works = real_chorales()
    least, mean, real = Ranks(), Ranks(), list[float]()
    for index in rng.permutation(len(works))[: asked.pieces]:
        score = works[index][1]
        real += [bar["oddest"] for bar in bars_of(score) if bar["oddest"] is not None]
        worse, tick = with_a_wrong_note(score, rng)
        bars = bars_of(worse)
        wrong = next(i for i, bar in enumerate(bars) if bar["tick"] <= tick < bar["end"])
        least.add([bar["oddest"] or 0.0 for bar in bars], wrong)
        mean.add([bar["natsPerNote"] or 0.0 for bar in bars], wrong)
    print(f"by the least expected note: {least}\nby the mean: {mean}")
    shares = ", ".join(f"1 in {n}: {np.mean(np.array(real) >= np.log(n)):.0%}" for n in STEPS)
    print(f"of {len(real)} real bars these have a note as rare as {shares}")


def bars_of(score: Score) -> list[dict[str, float]]:
    """As the page is told; a piece that cannot be judged has no figures."""
    bars: list[dict[str, float]] = likelihood_of(document_of(score))["bars"]
    return bars


def with_a_wrong_note(score: Score, rng: np.random.Generator) -> tuple[Score, int]:
    """A note of neither the first bar nor the last two a semitone off, and its tick."""
    notes = score.notes.copy()
    inner = (notes["onset"] >= score.bars[1].tick) & (notes["onset"] < score.bars[-2].tick)
    at = int(rng.choice(np.flatnonzero(inner)))
    notes["pitch"][at] += rng.choice([-1, 1])
    notes["fifths"][at] = UNSPELLED
    return score.evolve(notes=notes), int(notes["onset"][at])


if __name__ == "__main__":
    main()

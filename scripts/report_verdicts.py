"""What `report` says of keyboard music and quartets: real ones that it does not know, composed ones, and noise.

    python scripts/report_verdicts.py --cache build/corpus --composed FOLDER

Real are excerpts of the works held for validation (the shipped figures are of those held for the test); composed is
what lies in FOLDER/keyboard and FOLDER/quartet; noise are pitches drawn at random with lengths drawn at random.
"""

from __future__ import annotations

import argparse
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean, median

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import numpy as np  # noqa: E402

from report_excerpts import excerpts  # noqa: E402
from staff_pieces import split_pieces  # noqa: E402
from stretto.report.answers import is_it_any_good  # noqa: E402
from stretto.report.comparison import Comparison  # noqa: E402
from stretto.report.measured import Depth, measure_score  # noqa: E402
from stretto.report.real_music import shipped_reference  # noqa: E402
from stretto.score.formats import read_score  # noqa: E402
from stretto.score.model import UNSPELLED, Meter, Part, Score  # noqa: E402
from stretto.verbs.staves.ensemble import ENSEMBLES  # noqa: E402

HEAD = (
    "| repertoire | pieces | n | outside: mean | median | much like | mostly | in part | unlike |\n" + "|---" * 9 + "|"
)
WORDS = ("Made much", "Made mostly", "In part", "Unlike")
N_NOISE = 10


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data", type=Path, default=os.environ.get("STRETTO_DATA"), help="the corpora")
    parser.add_argument("--cache", type=Path, default=Path("build/corpus"), help="where parsed scores are kept")
    parser.add_argument("--composed", type=Path, help="folder of composed pieces")
    asked = parser.parse_args()
    print(HEAD, flush=True)
    for repertoire in ENSEMBLES:
        _, valid, _ = split_pieces(repertoire, asked.data, asked.cache)
        _say(repertoire, "real", [one.score for one in excerpts(repertoire, valid)])
        if asked.composed:
            files = sorted((asked.composed / repertoire).glob("*.m*"))
            _say(repertoire, "composed", [read_score(path) for path in files])
        _say(repertoire, "noise", list(noise(repertoire)))


def _say(repertoire: str, name: str, scores: Sequence[Score]) -> None:
    reference = shipped_reference(repertoire)
    shares, words = [], Counter[str]()
    for score in scores:
        piece = measure_score(score, Depth(own=False))
        if piece.repertoire != repertoire:
            words["read as something else"] += 1
            continue
        found = Comparison(pieces=[piece], reference=reference)
        shares.append(found.outside(0))
        words[is_it_any_good(found).word.partition(" like")[0].partition(" real")[0]] += 1
    counts = " | ".join(str(words.pop(word, 0)) for word in WORDS)
    mean, middle = (f"{100 * of(shares):.1f} %" if shares else "-" for of in (fmean, median))
    print(f"| {repertoire} | {name} | {len(scores)} | {mean} | {middle} | {counts} |", dict(words) or "", flush=True)


def noise(repertoire: str) -> Iterator[Score]:
    """Sixteen bars of 4/4 that nobody would write."""
    players = ENSEMBLES[repertoire]
    for seed in range(N_NOISE):
        rng = np.random.default_rng(seed)
        rows = []
        for staff, (low, high) in enumerate(((60, 97), (36, 67)) if players.one_instrument else players.ranges):
            tick = 0
            while tick < 16 * 96:
                length = min(int(rng.choice((6, 12, 24, 48))), 16 * 96 - tick)
                rows.append((tick, length, int(rng.integers(low, high)), 80, staff, 1, 1, UNSPELLED, 0))
                tick += length
        parts = [Part(name=name) for name in players.staves]
        yield Score.build(rows, parts, meters=[Meter()], end=16 * 96)


if __name__ == "__main__":
    main()

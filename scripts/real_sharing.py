"""How much real chorales that no shipped network has learned from share with the training music.

    python scripts/real_sharing.py --data DATA

Asks the questions of evaluate/originality_report.py of the chorales of jsb16's valid and test splits that stand among
the 370 scores and not in the training music, prints quantiles, and writes src/stretto/evaluate/data/real_sharing.json.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from held_out import real_chorales
from stretto.corpus.choirs import JSB16, choir_corpus, jsb16_matrices
from stretto.evaluate.originality_report import originality_of
from stretto.evaluate.real_sharing import FILE, KINDS

OUT = Path(__file__).parent.parent / "src/stretto/evaluate/data" / FILE
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 1.0)


def main() -> None:
    """Ask, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds benchmarks/ and noncommercial/")
    parser.add_argument("--cache", type=Path, default=Path("build/corpus"))
    asked = parser.parse_args()
    training = choir_corpus(asked.data, asked.cache).pieces
    matrices = jsb16_matrices(asked.data / JSB16)
    found = real_chorales(asked.data, matrices, training, at_most=400, splits=("valid", "test"))
    if not OUT.exists():  # the first time, shares are not known yet
        OUT.write_text(json.dumps({"chorales": 0, "lengths": {kind: [] for kind in KINDS}}), encoding="utf-8")
    reports = [originality_of(score) for own in found.values() for score in own]
    lengths = {}
    for kind in KINDS:
        passages = [report.passages.get(kind) for report in reports if report.n_lines == 4]
        counts = [(p.notes if "melody" in kind else p.quarters) if p else 0 for p in passages]
        lengths[kind] = sorted(counts)
        shares = "  ".join(f"{share:.0%} {np.quantile(counts, share, method='inverted_cdf'):g}" for share in QUANTILES)
        print(f"{kind:22} of {len(counts)}: {shares}")
    said = {"chorales": len(lengths["all voices"]), "lengths": lengths}
    OUT.write_text(json.dumps(said) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""How often `stretto compose --original` has to draw anew, what it costs, and whether what it leaves is original.

    OMP_NUM_THREADS=1 python scripts/originals.py --pieces 60 [--style hymn] [--temperature 0.3] [--candidates 4]

Composes each seed without the wish and with it, 8 and 16 bars and 4/4 and 3/4 in turn, and prints how many pieces copy
more than is usual, before and after, the quantiles of what is shared, and seconds a piece.
"""

from __future__ import annotations

import argparse

import numpy as np

from stretto import compose
from stretto.evaluate.originality_report import originality_of
from stretto.evaluate.real_sharing import KINDS
from stretto.verbs.originals import copied, limits

QUANTILES = (0.5, 0.75, 0.95, 1.0)


def main() -> None:
    """Compose, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pieces", type=int, default=60)
    parser.add_argument("--style", default="bach")
    parser.add_argument("--temperature", type=float, default=0.9)
    parser.add_argument("--candidates", type=int, default=16)
    asked = parser.parse_args()
    wishes = {"style": asked.style, "temperature": asked.temperature, "candidates": asked.candidates}
    compose(bars=2, seed=0, original=True)  # loads everything
    plain, original = [], []
    for seed in range(asked.pieces):
        place = {"bars": (8, 16)[seed % 2], "meter": ("4/4", "3/4")[seed // 2 % 2], "seed": seed}
        plain.append(compose(**place, **wishes))
        original.append(compose(**place, **wishes, original=True))
    for name, pieces in (("plain", plain), ("--original", original)):
        reports = [originality_of(piece.score) for piece in pieces]
        seconds = np.mean([piece.seconds for piece in pieces])
        print(f"{name}: {sum(copied(r) is not None for r in reports)} of {len(pieces)} copy; {seconds:.2f} s each")
        for kind in KINDS:
            found = [r.passages.get(kind) for r in reports]
            lengths = [(p.notes if "melody" in kind else p.quarters) if p else 0 for p in found]
            shares = "  ".join(f"{q:.0%} {np.quantile(lengths, q, method='inverted_cdf'):g}" for q in QUANTILES)
            print(f"  {kind:22} {shares}" + (f"  (limit {limits()[kind]:g})" if kind in limits() else ""))
    print(
        f"changed by the wish: {sum(a.score != b.score for a, b in zip(plain, original, strict=True))} of {len(plain)}"
    )
    for a, b in zip(plain, original, strict=True):
        if a.score != b.score:
            print(f"  seed {b.seed}: {b.report[-1]}")


if __name__ == "__main__":
    main()

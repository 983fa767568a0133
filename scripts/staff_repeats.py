"""How often the hands of real keyboard music repeat their outermost note, stretch by stretch.

    python scripts/staff_repeats.py --cache build/corpus

Of the works that no network has learned from. The guard of `verbs/staves/watch.py` ends what one stretch in a hundred
does.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from staff_pieces import split_pieces
from stretto.evaluate.staff_shapes import top_line
from stretto.evaluate.staff_work import StaffWork
from stretto.verbs.staves.watch import AGAIN, STRIKES

QUANTILES = (0.5, 0.9, 0.95, 0.99, 0.999)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data", type=Path, default=os.environ.get("STRETTO_DATA"), help="the corpora")
    parser.add_argument("--cache", type=Path, default=Path("build/corpus"), help="where parsed scores are kept")
    asked = parser.parse_args()
    _, valid, test = split_pieces("keyboard", asked.data, asked.cache)
    pieces = [*valid, *test]
    found = np.concatenate([repeats(StaffWork(name="", music=piece.music, plan=piece.plan)) for piece in pieces])
    shown = ", ".join(f"{q:.1%}: {value:g}" for q, value in zip(QUANTILES, np.quantile(found, QUANTILES), strict=True))
    print(f"{len(pieces)} movements, {len(found)} stretches of {STRIKES} strikes; repeats in so many of them: {shown}")
    print(f"at least {AGAIN} in {(found >= AGAIN).mean():.2%}")


def repeats(work: StaffWork) -> NDArray[np.int64]:
    """How many of the last strikes of a hand repeat the one before, at every strike of either hand."""
    found = []
    for staff in range(work.music.n_staves):
        _, outer = top_line(work, staff, lowest=staff == work.music.n_staves - 1)
        same = (outer[1:] == outer[:-1]).astype(np.int64)
        if len(same) >= STRIKES - 1:
            found.append(np.convolve(same, np.ones(STRIKES - 1, np.int64), "valid"))
    return np.concatenate([np.zeros(0, np.int64), *found])


if __name__ == "__main__":
    main()

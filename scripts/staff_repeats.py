"""How often the hands of real keyboard music repeat their outermost note, and for how long a right hand does.

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
from stretto.verbs.staves.watch import AGAIN, LONGEST_BARS, STRIKES

QUANTILES = (0.5, 0.9, 0.95, 0.99, 0.999)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data", type=Path, default=os.environ.get("STRETTO_DATA"), help="the corpora")
    parser.add_argument("--cache", type=Path, default=Path("build/corpus"), help="where parsed scores are kept")
    asked = parser.parse_args()
    _, valid, test = split_pieces("keyboard", asked.data, asked.cache)
    pieces = [*valid, *test]
    works = [StaffWork(name="", music=piece.music, plan=piece.plan) for piece in pieces]
    found = np.concatenate([repeats(work) for work in works])
    shown = ", ".join(f"{q:.1%}: {value:g}" for q, value in zip(QUANTILES, np.quantile(found, QUANTILES), strict=True))
    print(f"{len(pieces)} movements, {len(found)} stretches of {STRIKES} strikes; repeats in so many of them: {shown}")
    print(f"at least {AGAIN} in {(found >= AGAIN).mean():.2%}")
    longest = [longest_bars(work) for work in works]
    print(
        f"one top note and no other for {LONGEST_BARS} bars or more in {np.mean(np.array(longest) >= LONGEST_BARS):.1%}"
    )


def repeats(work: StaffWork) -> NDArray[np.int64]:
    """How many of the last strikes of a hand repeat the one before, at every strike of either hand."""
    found = []
    for staff in range(work.music.n_staves):
        _, outer = top_line(work, staff, lowest=staff == work.music.n_staves - 1)
        same = (outer[1:] == outer[:-1]).astype(np.int64)
        if len(same) >= STRIKES - 1:
            found.append(np.convolve(same, np.ones(STRIKES - 1, np.int64), "valid"))
    return np.concatenate([np.zeros(0, np.int64), *found])


def longest_bars(work: StaffWork) -> float:
    """For how many bars at most a right hand comes back to one top note and no other, until it strikes another."""
    tick_N, top_N = top_line(work, 0)
    starts = np.array(work.plan.bar_starts or ())
    if len(starts) < 2 or len(top_N) < 2:
        return 0.0
    first = np.flatnonzero(np.diff(top_N, prepend=-1))
    after = np.append(first[1:], len(top_N) - 1)
    again = np.diff(np.append(first, len(top_N))) > 1
    return float((tick_N[after] - tick_N[first])[again].max(initial=0) / np.median(np.diff(starts)))


if __name__ == "__main__":
    main()

"""Find which bars of training works recall which, into src/stretto/engine/data/returns.json.

    python scripts/staff_returns.py --cache ~/cache

Of each repertoire and period some works, chosen at random among those of one metre; of each its first bars, and of what
recalls something only what lies four bars back or more: what is nearer the network hears of itself. No note is kept.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from staff_pieces import READERS
from stretto.corpus.staves import StaffPiece, load_staff_pieces, split_staves
from stretto.frames.plan import PERIODS
from stretto.train.recalls import recalls
from stretto.verbs.staves.returning import FILE as NAME

FILE = Path(__file__).parents[1] / "src" / "stretto" / "engine" / "data" / NAME
N_WORKS, FEWEST = 200, 20
"""Works of a period, and as many as must be for it to be one of its own."""
LEAST_BARS, MOST_BARS, LEAST_BACK = 8, 64, 4


def main() -> None:
    """Read the caches, write the returns, say how much returns."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, required=True, help="folder of keyboard.npz and quartet.npz")
    folder = parser.parse_args().cache
    found = {}
    for name in READERS:
        training = split_staves(load_staff_pieces(folder / f"{name}.npz"))[0]
        found[name] = {period: own for period in PERIODS if len(own := _works(training, period)) >= FEWEST}
        for period, own in found[name].items():
            none = sum(not returns for _, returns in own)
            print(f"{name}, {period}: {len(own)} works, {sum(len(r) for _, r in own)} returns, {none} without any")
    FILE.write_text(json.dumps(found, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{FILE}: {FILE.stat().st_size / 1000:.0f} KB")


def _works(training: list[StaffPiece], period: str) -> list[tuple[int, list[list[int]]]]:
    """Bars, and returns as staff, first bar, bars, bars back, semitones up."""
    own = [piece for piece in training if piece.plan.period == period and len(set(piece.plan.bar_meters)) == 1]
    own = [piece for piece in own if len(piece.plan.bar_starts or ()) >= LEAST_BARS]
    order = np.random.default_rng(1).permutation(len(own))[:N_WORKS]
    return [_returns(own[i]) for i in order]


def _returns(piece: StaffPiece) -> tuple[int, list[list[int]]]:
    starts = list(piece.plan.bar_starts or ())[bool(piece.plan.pickup) :]
    found = []
    for echo in recalls(piece.music, piece.plan):
        first, last = (int(np.searchsorted(starts, tick)) for tick in (echo.start, min(echo.end, piece.plan.end)))
        source = int(np.searchsorted(starts, echo.start - echo.lag))
        if first - source >= LEAST_BACK and last - first >= 2 and last <= MOST_BARS and echo.start >= starts[0]:
            found.append([echo.part, first, last - first, first - source, echo.up])
    return len(starts), found


if __name__ == "__main__":
    main()

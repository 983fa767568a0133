"""Find what the left hand does in the bars of training works, into src/stretto/engine/data/figures.json.

    python scripts/staff_figures.py --cache ~/cache

Of each metre some works of every period and composer, chosen at random among those of one metre; of each its first
bars, and of every beat one letter that says whether the hand strikes, one note or more, low or high. No note is kept.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np

from staff_pieces import split_works
from stretto.evaluate.staff_work import StaffWork
from stretto.frames.plan import METERS
from stretto.verbs.staves.figures import FILE as NAME
from stretto.verbs.staves.figures import bars_of

FILE = Path(__file__).parents[1] / "src" / "stretto" / "engine" / "data" / NAME
REPERTOIRE = "keyboard"
N_WORKS = 12
"""Of each metre, period, composer and kind of right hand."""
LEAST_BARS, MOST_BARS = 8, 16

SINGLE = 0.95
"""Of the times at which a right hand strikes, the share with one note from which it has one line."""


def main() -> None:
    """Read the cache, write the figures, say what is commonest."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, required=True, help="folder of keyboard.npz")
    training = split_works(REPERTOIRE, None, parser.parse_args().cache)[0]
    works = [training[i] for i in np.random.default_rng(1).permutation(len(training))]
    found, n_of = defaultdict[str, list[tuple[str, str, str]]](list), Counter[tuple[str, str, str, bool]]()
    for work in works:
        kind = (work.meter, work.plan.period, work.plan.composer, _has_one_line(work))
        if work.meter in METERS and work.n_bars >= LEAST_BARS and n_of[kind] < N_WORKS:
            n_of[kind] += 1
            bars = bars_of(work.opening(MOST_BARS))
            found[work.meter].append((work.plan.period, work.plan.composer, " ".join(bars)))
    for meter, own in found.items():
        print(f"{meter}: {len(own)} works; commonest bars", end=" ")
        print(Counter(bar for *_, bars in own for bar in bars.split()).most_common(5))
    FILE.write_text(json.dumps({REPERTOIRE: found}, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{FILE}: {FILE.stat().st_size / 1000:.0f} KB")


def _has_one_line(work: StaffWork) -> bool:
    """The right hand strikes hardly ever more than one note at a time."""
    own = work.music.of_staff(0)["onset"]
    return len(own) > 0 and len(np.unique(own)) >= SINGLE * len(own)


if __name__ == "__main__":
    main()

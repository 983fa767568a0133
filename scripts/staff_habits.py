"""Count what the training pieces of keyboard and quartet do, into src/stretto/engine/data/staves.json.

python scripts/staff_habits.py --cache ~/cache
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from staff_pieces import READERS
from stretto.corpus.composers import COMPOSERS_KEYBOARD, COMPOSERS_QUARTET
from stretto.corpus.staff_habits import habits_of
from stretto.corpus.staves import load_staff_pieces, split_staves

FILE = Path(__file__).parents[1] / "src" / "stretto" / "engine" / "data" / "staves.json"


def main() -> None:
    """Read the caches and write the counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, required=True, help="folder of keyboard.npz and quartet.npz")
    folder = parser.parse_args().cache
    composers = {"keyboard": COMPOSERS_KEYBOARD, "quartet": COMPOSERS_QUARTET}
    found = {
        name: habits_of(split_staves(load_staff_pieces(folder / f"{name}.npz"))[0], composers[name]) for name in READERS
    }
    FILE.write_text(json.dumps(found, indent=None, separators=(",", ":")) + "\n", encoding="utf-8")
    for name, styles in found.items():
        print(name, {style: counts["n_pieces"] for style, counts in styles.items()})


if __name__ == "__main__":
    main()

"""Make the indexes with which composed keyboard pieces and quartets are compared: the training music of their networks.

    python scripts/staff_index.py --cache build/corpus

Writes src/stretto/evaluate/data/bars_keyboard.bin and bars_quartet.bin, and says how many held-out works share three
bars with them: `evaluate.staff_originality.REAL`.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from staff_pieces import split_pieces, work_of
from stretto.evaluate.staff_index import LAYERS, index_of, unpack
from stretto.evaluate.staff_work import STAVES

OPENING = 32
"""Bars from the start of each held-out work."""

DATA = Path(__file__).parent.parent / "src/stretto/evaluate/data"


def main() -> None:
    """Read, index, write, ask."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data", type=Path, default=os.environ.get("STRETTO_DATA"), help="the corpora")
    parser.add_argument("--cache", type=Path, default=Path("build/corpus"), help="where parsed scores are kept")
    asked = parser.parse_args()
    for repertoire in STAVES:
        train, valid, test = split_pieces(repertoire, asked.data, asked.cache)
        made = index_of([work_of(piece) for piece in train], [(piece.title, piece.composer) for piece in train])
        path = DATA / f"bars_{repertoire}.bin"
        path.write_bytes(made.pack())
        index = unpack(path.read_bytes())
        print(f"{path}: {len(index.pieces)} pieces, {len(index.codes[0])} bars, {path.stat().st_size} bytes")
        held_out = [work_of(piece).opening(OPENING) for piece in (*valid, *test)]
        for melody in LAYERS:
            found = [index.passages(work, melody=melody) for work in held_out]
            what = "the top line" if melody else "all notes"
            n = sum(map(bool, found))
            print(f"{n} of {len(found)} held-out works ({n / len(found):.1%}) share three bars of {what}")


if __name__ == "__main__":
    main()

"""The theory beside music21 and beside analyses by hand, on held-out scores: agreement, and every kind of disagreement.

    python scripts/theory_table.py --data DATA [--pieces 30] [--out docs/theory.md]

Held-out: chorales of jsb16's test and validation splits that stand among 370 scores and not in the training music.
Numbers are found by this script; who is right where two differ is written in the sections' modules by hand.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

from theory_harmony import harmony_sections  # noqa: E402
from theory_pieces import held_out_pieces, markdown, other_pieces  # noqa: E402

HEAD = """# The theory, beside music21

What `theory/` hears, compared with [music21](https://www.music21.org) 10 on {n} chorales that no part of Stretto
learned from and that chose none of its constants, and on {others} pieces by other composers from music21's corpus:

    python scripts/theory_table.py --data FOLDER

"Alike" is the share of the comparisons that come out the same. Where two differ, every kind of difference is listed
with how often it came, where first, and who is right as far as we can say: "both" where only the names differ.
"""

MORE = ("theory_voices", "theory_species")
"""Modules beside this one, whose `section()` is a heading and what stands under it."""


def main() -> None:
    """Compare, print, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data", type=Path, default=os.environ.get("STRETTO_DATA"), help="the corpora")
    parser.add_argument("--cache", type=Path, default=Path("build/corpus"), help="where parsed scores are kept")
    parser.add_argument("--pieces", type=int, default=30, help="chorales at most")
    parser.add_argument("--out", type=Path, help="write the page here")
    asked = parser.parse_args()
    if asked.data is None:
        parser.error("name the folder of the corpora with --data or the variable STRETTO_DATA")
    os.environ["STRETTO_DATA"] = str(asked.data)  # the sections of other modules read it there
    pieces, others = held_out_pieces(asked.data, asked.cache, asked.pieces), other_pieces()
    head = HEAD.format(n=len(pieces), others=len(others))
    page = "\n".join([head, *markdown(harmony_sections(pieces, others, asked.data))]).rstrip() + "\n"
    for name in MORE:
        if importlib.util.find_spec(name) is not None:
            page += "\n" + importlib.import_module(name).section().strip() + "\n"
    print(page)
    if asked.out:
        asked.out.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()

"""Figures of real music that no shipped network has learned from, as `report` ships them.

    python scripts/report_reference.py --data DATA
    python scripts/report_reference.py --repertoire keyboard quartet --cache build/corpus

Of the choir it writes what the network hears in the chorales of scripts/reference.py, and their distributions, into
src/stretto/report/data/heard.json: run that first, both speak of the same pieces in one order. Of keyboard and quartet
it measures excerpts of the works that are held for the test (scripts/report_excerpts.py), and writes real_*.npz and
real_*.json there. The works held for validation stay out, so that scripts/report_verdicts.py can ask what it says of
real music that it does not know.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

from held_out import real_chorales  # noqa: E402
from report_excerpts import Excerpt, excerpts  # noqa: E402
from staff_pieces import split_pieces  # noqa: E402
from stretto.corpus.choirs import JSB16, choir_corpus, jsb16_matrices  # noqa: E402
from stretto.evaluate.reference import shipped  # noqa: E402
from stretto.report.measured import Depth, measure_score  # noqa: E402
from stretto.report.real_music import save, shipped_reference  # noqa: E402
from stretto.report.reference import HEARD, Reference, heard_json  # noqa: E402

SPLITS = ("valid", "test")
TARGET = Path(__file__).parent.parent / "src/stretto/report"
ABOUT = (
    "Real music: chorales by Bach of jsb16's validation and test splits, in the kern edition by Craig Sapp (CC BY-NC-"
    "SA 4.0), of which counts and averages ship and no notes. No shipped network has learned from them; the validation "
    "split has helped to choose among networks."
)
KINDS = {"keyboard": "excerpts of keyboard music", "quartet": "excerpts of string quartets"}
SOURCES = {
    "keyboard": "the Mutopia Project (public domain, CC BY), first editions of Chopin and Polish music in kern (CC BY)",
    "quartet": "OpenScore String Quartets (CC0) and Polish quartets in kern (CC BY)",
}


def main() -> None:
    """Find the pieces, measure them, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data", type=Path, default=os.environ.get("STRETTO_DATA"), help="the corpora")
    parser.add_argument("--cache", type=Path, default=Path("build/corpus"), help="where parsed scores are kept")
    parser.add_argument("--repertoire", nargs="*", default=["choir"], choices=["choir", *KINDS])
    asked = parser.parse_args()
    for repertoire in asked.repertoire:
        if repertoire == "choir":
            _write_chorales(asked.data or Path("data"), asked.cache)
        else:
            _write_staves(repertoire, asked.data, asked.cache)


def _write_chorales(data: Path, cache: Path) -> None:
    training = choir_corpus(data, cache).pieces
    found = real_chorales(data, jsb16_matrices(data / JSB16), training, at_most=1000, splits=SPLITS)
    pieces = [measure_score(score, Depth(own=False, beside="")) for split in SPLITS for score in found[split]]
    if len(pieces) != len(shipped()):
        raise SystemExit(f"{len(pieces)} pieces, but {len(shipped())} in reference.npz: run scripts/reference.py first")
    name = f"{len(pieces)} chorales by J. S. Bach that no shipped network has learned from"
    target = TARGET / HEARD
    target.write_text(json.dumps(heard_json(pieces, name, ABOUT), separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{len(shipped_reference().spreads)} measures of {len(pieces)} pieces; wrote {target}")


def _write_staves(repertoire: str, data: Path | None, cache: Path) -> None:
    _, _, test = split_pieces(repertoire, data, cache)
    real = excerpts(repertoire, test)
    reference = reference_of(repertoire, real)
    paths = save(reference, repertoire, TARGET, pieces=[str(one) for one in real])
    print(f"{len(reference.spreads)} measures of {reference.name}")
    print(*(f"wrote {path}, {path.stat().st_size / 1000:.0f} kB" for path in paths), sep="\n")


def reference_of(repertoire: str, real: list[Excerpt]) -> Reference:
    """Excerpts, measured."""
    pieces = [measure_score(one.score, Depth(own=False, beside=repertoire)) for one in real]
    composers, works = len({one.piece.composer for one in real}), len({one.piece.work for one in real})
    about = (
        f"Real music: {len(real)} {KINDS[repertoire]}, of 8 to 64 bars, of {works} works by {composers} composers, "
        f"that were held for the test of the {repertoire} network; from {SOURCES[repertoire]}. Figures ship, no notes."
    )
    name = f"{len(real)} {KINDS[repertoire]} that no shipped network has learned from"
    return Reference.of(pieces, name, about)


if __name__ == "__main__":
    main()

"""Make the file with which pieces are compared: the music that the networks which ship were trained on.

    python scripts/training_index.py --data DATA

Takes the pieces of `corpus/choirs.py`, all under CC BY 4.0 or in the public domain, with titles and composers as their
files and `index.csv` say, and writes src/stretto/evaluate/data/training_music.bin.
"""

from __future__ import annotations

import argparse
import csv
import re
from html import unescape
from pathlib import Path

from stretto.corpus.choirs import FOLDERS, choir_corpus
from stretto.corpus.piece import Piece
from stretto.evaluate.known_music import KnownPiece, Source, bars_in_rows, pack, unpack
from stretto.frames.parts import notes_of_parts

OUT = Path(__file__).parent.parent / "src/stretto/evaluate/data/training_music.bin"

SOURCES = {
    "bach-chorales-fb": Source(
        name="Bach chorales with figured bass (BCFB v2)",
        licence="CC BY 4.0",
        attribution="Yaolong Ju, Sylvain Margot, Cory McKay, Luke Dahn, Ichiro Fujinaga (ISMIR 2020)",
        url="https://github.com/juyaolongpaul/Bach_chorale_FB",
    ),
    "polish-choir": Source(
        name="Polish scores: choir music",
        licence="CC BY 4.0",
        attribution="Copyright The Fryderyk Chopin Institute (https://nifc.pl), https://polishscores.org",
        url="https://github.com/pl-wnifc/humdrum-polish-scores",
    ),
    "jsb16": Source(
        name="JSB chorales on a grid of sixteenths, training split",
        licence="public domain",
        attribution="Cheng-Zhi Anna Huang and others (Coconet, ISMIR 2017) from Moray Allan's chorale data",
        url="https://github.com/czhuang/JSB-Chorales-dataset",
    ),
}


def main() -> None:
    """Read the corpus, pack, say how much it is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds train/ and benchmarks/")
    parser.add_argument("--cache", type=Path, default=Path("build/corpus"))
    asked = parser.parse_args()
    index = {
        path.name: (path.parent, row)
        for folder in FOLDERS
        for row in csv.DictReader((asked.data / folder / "index.csv").open(encoding="utf-8", newline=""))
        if (path := asked.data / folder / row["file"])
    }
    pieces = [
        (known(piece, index), notes_of_parts(piece.frames)) for piece in choir_corpus(asked.data, asked.cache).pieces
    ]
    data = pack(pieces)
    OUT.write_bytes(data)
    n_notes = len(unpack(data).onset_N)
    print(f"{OUT}: {len(pieces)} pieces, {n_notes} notes, {len(data)} bytes")


def known(piece: Piece, index: dict[str, tuple[Path, dict[str, str]]]) -> KnownPiece:
    """Everything of a piece but its notes."""
    plan = piece.plan
    folder, row = index.get(piece.name, (None, {}))
    title, composer = (
        titled(folder / piece.name, row) if folder else (f"Chorale ({piece.name})", "Bach, Johann Sebastian")
    )
    return KnownPiece(
        name=piece.name,
        title=title,
        composer=composer,
        source=SOURCES[folder.name if folder else "jsb16"],
        end=piece.frames.end,
        tonic=plan.tonic,
        mode=plan.mode,
        bars=bars_in_rows(plan.bar_starts, plan.bar_meters, plan.end) if plan.bar_starts else (),
    )


def titled(path: Path, row: dict[str, str]) -> tuple[str, str]:
    """Title, with the work of which it is a part or its number, and composer."""
    text = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix == ".musicxml":
        found = re.search(r"<(?:work|movement)-title>([^<]+)<", text)
        # Umlauts are written as HTML, and that once more as XML.
        title = " ".join(unescape(unescape(found[1])).split()) if found else ""
        return (f"{title} ({row['work']})" if title and not title.startswith("BWV") else row["work"]), row["composer"]
    said = {key: " ".join(value.split()) for key, value in re.findall(r"^!!!(OTL|OPR|GTL):([^\n]*)$", text, re.M)}
    title = (row["title"] or said.get("OTL", "") or path.stem.split("_", 1)[-1].replace("-", " ")).strip(" ,")
    whole = said.get("OPR") or said.get("GTL") or ""
    return (f"{whole}: {title}" if whole and whole not in title else title), row["composer"]


if __name__ == "__main__":
    main()

"""Make the file of real chorales with which pieces are compared note by note, and that no network has learned from.

    python scripts/real_chorales.py --data DATA

Takes the files of `bach-chorales-fb` (CC BY 4.0) that `corpus/choirs.py` leaves out of the training music because they
stand in jsb16's validation or test split, their four voices alone, and writes
src/stretto/evaluate/data/real_chorales.zip.
"""

from __future__ import annotations

import argparse
import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import numpy as np

from stretto.corpus.choirs import FOLDERS, choir_corpus
from stretto.score.formats import read_score
from stretto.score.model import Bar, Part, Score
from stretto.score.text import write_text

OUT = Path(__file__).parent.parent / "src/stretto/evaluate/data/real_chorales.zip"
NAMES = ("Soprano", "Alto", "Tenor", "Bass")


def main() -> None:
    """Read, keep what a classifier may see, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds train/ and benchmarks/")
    parser.add_argument("--cache", type=Path, default=Path("build/corpus"))
    asked = parser.parse_args()
    held_out = [line.partition(":")[0].strip() for line in choir_corpus(asked.data, asked.cache).held_out]
    kept = BytesIO()
    with ZipFile(kept, "w") as out:
        for name in sorted(held_out):
            score = voices_of(read_score(asked.data / FOLDERS[0] / name))
            # Of one date, so that the same music gives the same file.
            entry = ZipInfo(f"{work_of(name)} {Path(name).stem}.txt", date_time=(1980, 1, 1, 0, 0, 0))
            out.writestr(entry, write_text(score)[0], ZIP_DEFLATED, 9)
    OUT.write_bytes(kept.getvalue())
    print(f"{OUT}: {len(held_out)} chorales, {len(kept.getvalue())} bytes")


def work_of(name: str) -> str:
    """Versions of one chorale ("07a", "07b") are one work."""
    match = re.match(r"bach_(bwv-\d+(?:-\d+)?)", name)
    if match is None:
        raise SystemExit(f"{name}: names no work")
    return match[1]


def voices_of(score: Score) -> Score:
    """The four sung parts, with fermatas and bars, and nothing else."""
    sung = [i for i, part in enumerate(score.parts) if part.name.strip().lower().startswith("voice")]
    if len(sung) != len(NAMES):
        raise SystemExit(f"{score.info.get('title')}: {len(sung)} voices, not four")
    place = {part: i for i, part in enumerate(sung)}
    notes = score.notes[np.isin(score.notes["part"], sung) & (score.notes["grace"] == 0)].copy()
    notes["part"] = [place[part] for part in notes["part"].tolist()]
    notes["voice"], notes["staff"], notes["velocity"] = 1, 1, 0
    marks = [
        replace(mark, part=place[mark.part], voice=1, staff=1)
        for mark in score.marks
        if mark.kind == "fermata" and mark.part in place
    ]
    return Score.build(
        notes,
        [Part(name=name) for name in NAMES],
        end=score.end,
        bars=[Bar(tick=bar.tick, number=bar.number) for bar in score.bars],
        meters=score.meters,
        keys=score.keys,
        marks=marks,
        info={"title": score.info.get("title", "")},
    )


if __name__ == "__main__":
    main()

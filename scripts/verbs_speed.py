"""How long it takes to harmonise sixteen bars, and to hear the first of them, as a user waits for it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from verbs_table import Music, Row

MELODY = """
title: Sixteen bars
key: G major
meter: 4/4

part: Soprano
""" + "\n".join(
    f"  {4 * k + i + 1} | {bar} |"
    for k in range(4)
    for i, bar in enumerate(("G4 A4 B4 G4", "C5 B4 A4h", "B4 A4 G4 F#4", "A4 B4 G4h" if k == 3 else "G4 A4 B4h"))
)
"""Quarters and halves, in four phrases."""

RUNS = 5

FIRST_BAR = """
import sys, time
started = time.perf_counter()
from pathlib import Path
from stretto.score.formats import read_score
from stretto.theory.understand import understand
from stretto.verbs.hearing import document_for  # noqa: E402
from stretto.verbs.rework import Manner, harmonize
from stretto.verbs.weights import choir_weights
score = understand(read_score(Path(sys.argv[1])))[0]
imported = time.perf_counter()

class Heard(Exception):
    pass

def progress(share):
    if share >= 1 / 16:
        raise Heard

choir_weights()
loaded = time.perf_counter()
try:
    harmonize(score, manner=Manner(seed=1, candidates=int(sys.argv[2]), progress=progress))
except Heard:
    pass
heard = time.perf_counter()
print(imported - started, loaded - imported, heard - loaded)
"""


def speed(music: Music) -> list[Row]:
    """Wall time in fresh processes, the median of some runs."""
    with tempfile.TemporaryDirectory() as folder:
        melody = Path(folder) / "melody.txt"
        melody.write_text(MELODY, encoding="utf-8")
        whole, first = list[float](), list[list[float]]()
        for run in range(RUNS):
            print(f"\rspeed: {run + 1} of {RUNS}   ", end="", file=sys.stderr, flush=True)
            whole.append(_seconds_of_command(melody, Path(folder) / f"out-{run}.musicxml"))
            said = subprocess.run(
                [sys.executable, "-c", FIRST_BAR, str(melody), "16"],
                capture_output=True,
                text=True,
                check=True,
                env=_env(),
            )
            first.append([float(word) for word in said.stdout.split()])
    wall = median(whole)
    importing, loading, drawing = (median(column) for column in zip(*first, strict=True))
    return [
        Row(
            name="harmonize 16 bars with 16 candidates: the command, from start to file, wall",
            found=f"{wall:.1f} s",
            asked="<= 4 s",
            ok=wall <= 4,
        ),
        Row(
            name="the first bar, of all 16 candidates, from a network that is loaded",
            found=f"{drawing:.2f} s (loading {loading:.2f} s, importing {importing:.2f} s)",
            asked="<= 0.5 s",
            ok=drawing <= 0.5,
        ),
    ]


def _seconds_of_command(melody: Path, out: Path) -> float:
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "stretto", "harmonize", str(melody), "--seed", "1", "-o", str(out)],
        check=True,
        capture_output=True,
        env=_env(),
    )
    return time.perf_counter() - started


def _env() -> dict[str, str]:
    """As a user has it: without the one-thread setting of the measurements."""
    return {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}

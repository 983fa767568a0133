"""How long `stretto report` takes on 100 chorales against 300, and `check` and originality on one.

python scripts/report_speed.py --data DATA
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from stretto.check.check import check_score
from stretto.check.sheet import load_sheet
from stretto.evaluate.originality_report import originality_of
from stretto.score.formats import read_score

FOLDER = "noncommercial/bach-370-chorales"
N_PIECES, N_REAL = 100, 300
N_SINGLE = 20


def main() -> None:
    """Time and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data", type=Path, default=os.environ.get("STRETTO_DATA", "data"), help="the corpora")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    asked = parser.parse_args()
    paths = sorted((asked.data / FOLDER).glob("*.krn"))
    # As far apart as 370 chorales allow: 30 of them are in both, and are left out of what is compared with.
    with tempfile.TemporaryDirectory() as scratch:
        pieces, real = (
            _linked(paths[:N_PIECES], Path(scratch) / "pieces"),
            _linked(paths[-N_REAL:], Path(scratch) / "real"),
        )
        page = Path(scratch) / "report.html"
        command = ["report", str(pieces), "--against", str(real), "-o", str(page), "--jobs", str(asked.jobs)]
        started = time.perf_counter()
        subprocess.run([sys.executable, "-m", "stretto", *command], check=True)
        seconds = time.perf_counter() - started
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        busy = used.ru_utime + used.ru_stime
        print(
            f"report, {N_PIECES} chorales against {N_REAL}, {asked.jobs} processes: {seconds:.1f} s, {busy:.1f} of CPU"
        )
        print(f"its page: {page.stat().st_size / 1e6:.1f} MB")
    scores = [read_score(path) for path in paths[:N_SINGLE]]
    sheet = load_sheet("chorale")
    for name, ask in (("check", lambda score: check_score(score, sheet)), ("originality", originality_of)):
        ask(scores[0])  # reads what it needs
        started = time.perf_counter()
        for score in scores:
            ask(score)
        print(f"{name}: {1000 * (time.perf_counter() - started) / len(scores):.0f} ms a chorale")


def _linked(paths: list[Path], folder: Path) -> Path:
    folder.mkdir()
    for path in paths:
        (folder / path.name).symlink_to(path.resolve())
    return folder


if __name__ == "__main__":
    main()

"""How often Bach breaks each rule of the chorale sheet: counts over 370 chorales, for the wheel and for docs/check.md.

    python scripts/check_rates.py --data DATA [--write]

With --write it renews src/stretto/check/data/rates.json and the table in docs/check.md.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from stretto.check.check import check_score
from stretto.check.sheet import load_sheet
from stretto.score.formats import read_score

ROOT = Path(__file__).parents[1]
RATES, PAGE = ROOT / "src/stretto/check/data/rates.json", ROOT / "docs/check.md"
CHORALES = "noncommercial/bach-370-chorales"
MARKS = re.compile(r"(<!-- rates -->\n).*?(<!-- end of rates -->)", re.S)


@dataclass
class Counted:
    """What was found in all chorales."""

    n_pieces: int = 0
    n_notes: int = 0
    n_errors: int = 0
    n_clean: int = 0
    seconds: float = 0.0
    faults: Counter[str] = field(default_factory=Counter)
    pieces: Counter[str] = field(default_factory=Counter)


def count(folder: Path) -> Counted:
    """Check every chorale of a folder."""
    sheet, found = load_sheet("chorale"), Counted()
    for path in sorted(folder.glob("*.krn")):
        score = read_score(path)
        start = time.perf_counter()
        checked = check_score(score, sheet)
        found.seconds += time.perf_counter() - start
        found.n_pieces += 1
        found.n_notes += len(score.notes)
        found.n_errors += checked.n_errors
        found.n_clean += checked.n_errors == 0
        found.faults.update(checked.counts)
        found.pieces.update(checked.counts.keys())
    return found


def as_json(found: Counted) -> str:
    """What ships in the wheel."""
    rules = {rule.id: [found.pieces[rule.id], found.faults[rule.id]] for rule in load_sheet("chorale").rules}
    body = ",\n".join(f'  "{name}": {json.dumps(counts)}' for name, counts in sorted(rules.items()))
    return f'{{"pieces": {found.n_pieces}, "notes": {found.n_notes}, "rules": {{\n{body}\n}}}}\n'


def table(found: Counted) -> str:
    """The table of docs/check.md."""
    lines = [
        f"Over {found.n_pieces} chorales, {found.n_notes} notes: {found.n_errors / found.n_pieces:.2f} errors a "
        f"chorale; {found.n_clean} of {found.n_pieces} chorales have none.",
        "",
        "| rule | severity | chorales with it | per 1000 notes | what the student reads |",
        "|---|---|---|---|---|",
    ]
    for rule in load_sheet("chorale").rules:
        share = found.pieces[rule.id] / found.n_pieces
        rate = 1000 * found.faults[rule.id] / found.n_notes
        lines.append(f"| `{rule.id}` | {rule.severity} | {share:.1%} | {rate:.2f} | {rule.says} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Count, print, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--data", type=Path, default=os.environ.get("STRETTO_DATA"), help="the corpora")
    parser.add_argument("--write", action="store_true", help="renew the file in the wheel and the page")
    asked = parser.parse_args()
    if asked.data is None:
        parser.error("name the folder of the corpora with --data or the variable STRETTO_DATA")
    found = count(asked.data / CHORALES)
    print(table(found))
    print(f"{1000 * found.seconds / max(1, found.n_pieces):.0f} ms a chorale")
    if asked.write:
        RATES.write_text(as_json(found), encoding="utf-8")
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(MARKS.sub(lambda m: f"{m[1]}{table(found)}{m[2]}", page), encoding="utf-8")


if __name__ == "__main__":
    main()

"""The table of docs/oracles.md: every folder of training scores against music21 and a plain count of note tokens.

    python scripts/compare_table.py --data DATA --sample 22

Notes are compared as (line, onset, duration, pitch), as `compare_music21.py` and, for MIDI, `compare_midi.py` say. The
last column takes only the files that music21 reads by its own account and by the count of tokens: in the others it has
lost or doubled notes, or says that it could not parse some, and the onsets after them are not to be trusted.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import random
import sys
from collections import Counter
from pathlib import Path

import compare_midi
import compare_music21

SUFFIXES = (".mid", ".mxl", ".musicxml", ".xml", ".krn", ".mei")
HEAD = "| folder | files | notes | tokens more or less | agree with music21 | wholly | where music21 has all tokens |"


def counted(path: Path) -> tuple[Counter[object], Counter[object], int, bool]:
    """Our notes, music21's, how many tokens the file has, and whether music21 complains of any."""
    if path.suffix == ".mid":
        played, _, n_tokens = compare_midi.their_notes(path)
        return Counter(compare_midi.our_notes(path)), Counter(played), n_tokens, False
    score = compare_music21.read_score(path)
    with contextlib.redirect_stderr(io.StringIO()) as said:
        theirs = Counter(compare_music21.their_notes(path))
    complains = "Error in parsing" in said.getvalue()
    return Counter(compare_music21.our_notes(score)), theirs, compare_music21.count_tokens(path), complains


def row(folder: Path, name: str, n_files: int, seed: int, max_bytes: int) -> str:
    """One line of the table."""
    sizes = {".musicxml": 8 * max_bytes, ".xml": 8 * max_bytes}  # as long-winded as that
    paths = sorted(p for p in folder.rglob("*") if p.suffix in SUFFIXES)
    paths = [p for p in paths if p.stat().st_size <= sizes.get(p.suffix, max_bytes)]
    totals: Counter[str] = Counter()
    for path in sorted(random.Random(seed).sample(paths, min(n_files, len(paths)))):
        try:
            ours, theirs, n_tokens, complains = counted(path)
        except Exception as cause:  # music21 raises anything
            print(f"{path.name}: {type(cause).__name__}: {str(cause)[:150]}", file=sys.stderr)
            totals["failed"] += 1
            continue
        same, larger = (ours & theirs).total(), max(ours.total(), theirs.total())
        totals.update(files=1, notes=ours.total(), same=same, larger=larger, whole=same == larger)
        totals["off"] += abs(ours.total() - n_tokens)
        if theirs.total() == n_tokens and not complains:
            totals.update(sound_same=same, sound_larger=larger, sound_files=1)
        if same < larger or ours.total() != n_tokens:
            counts = f"ours {ours.total()}, music21 {theirs.total()}, tokens {n_tokens}"
            print(f"{same / larger:8.2%} {counts}  {path.name}", file=sys.stderr, flush=True)
    agree, sound = (totals[f"{kind}same"] / max(1, totals[f"{kind}larger"]) for kind in ("", "sound_"))
    n_failed = f" ({totals['failed']} music21 cannot read)" if totals["failed"] else ""
    return (
        f"| {name} | {totals['files']}{n_failed} | {totals['notes']:,} | {totals['off']} "
        f"({totals['off'] / max(1, totals['notes']):.3%}) | {agree:.2%} | {totals['whole']} "
        f"| {sound:.2%} of {totals['sound_files']} files |"
    )


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder that has train/ in it")
    parser.add_argument("--sample", type=int, default=22, help="files of each folder, drawn at random")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--max-bytes", type=int, default=40_000, help="longer files are passed over: music21 is slow")
    options = parser.parse_args()
    root = options.data / "train"
    print(HEAD, "|---|---|---|---|---|---|---|", sep="\n")
    for folder in sorted(path for path in root.glob("*/*") if path.is_dir()):
        name = folder.relative_to(root).as_posix()
        print(row(folder, name, options.sample, options.seed, options.max_bytes), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

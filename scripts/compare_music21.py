"""Compare our readers with music21 and with a plain count of note tokens, file by file.

    python scripts/compare_music21.py --folder DATA/train/cc0/openscore-lieder --ext .mxl --sample 20 --seed 1

The extension chooses the reader. Notes are compared after joining ties, as (line, onset, duration, pitch), where a line
is a staff of a part in the order of the page; grace notes as (line, onset, pitch). Agreement is the number of notes
both sides have, over the larger side. Which side is right where they differ is for a person to find out; --show prints
the first differences of each file.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
import warnings
import zipfile
from collections import Counter
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from stretto.errors import StrettoError
from stretto.score.formats import read_score
from stretto.score.model import TICKS_PER_QUARTER, Score

Note = tuple[int, int, int, int]
"""Line, onset, duration (-1 = grace), pitch (-1 = unpitched)."""


@dataclass
class Comparison:
    """One file."""

    file: str
    n_ours: int = 0
    n_theirs: int = 0
    n_same: int = 0
    n_tokens: int = -1
    """Notes struck according to the source's text; -1 = not counted for this format."""
    our_seconds: float = 0.0
    their_seconds: float = 0.0
    fault: str = ""
    only_ours: list[Note] = field(default_factory=list)
    only_theirs: list[Note] = field(default_factory=list)

    @property
    def agreement(self) -> float:
        """Share of notes that both sides have."""
        return self.n_same / max(self.n_ours, self.n_theirs, 1)


def our_notes(score: Score) -> list[Note]:
    """Notes of a Score by line."""
    lines: dict[tuple[int, int], int] = {}
    for index, part in enumerate(score.parts):
        for staff in range(1, part.n_staves + 1):
            lines[index, staff] = len(lines)
    return [
        (
            lines.get((int(note["part"]), int(note["staff"])), -1),
            int(note["onset"]),
            -1 if note["grace"] else int(note["duration"]),
            -1 if score.parts[note["part"]].percussion else int(note["pitch"]),
        )
        for note in score.notes
    ]


def their_notes(path: Path) -> list[Note]:
    """Notes as music21 reads them, ties joined by us: its own joining loses notes of chords."""
    from music21 import chord, converter, harmony, stream

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        read = converter.parse(path, forceSource=True)
        if isinstance(read, stream.Opus):
            read = read.scores[0]
        read.toSoundingPitch(inPlace=True)
    found: list[Note] = []
    for line, part in enumerate(read.parts if read.parts else [read]):
        raw: list[tuple[Fraction, Fraction, int, bool, bool, bool]] = []
        for element in part.flatten().notes:
            if isinstance(element, harmony.Harmony):
                continue
            heads = element.notes if isinstance(element, chord.ChordBase) else [element]
            for head in heads:
                pitch = head.pitch.midi if hasattr(head, "pitch") and not _is_unpitched(head) else -1
                tie = head.tie.type if head.tie else ""
                onset = Fraction(element.offset) * TICKS_PER_QUARTER
                length = Fraction(element.quarterLength) * TICKS_PER_QUARTER
                starts, stops = tie in ("start", "continue"), tie in ("stop", "continue")
                raw.append((onset, length, pitch, starts, stops, element.duration.isGrace))
        found += _joined(line, raw)
    return found


def _is_unpitched(head: Any) -> bool:
    return type(head).__name__ == "Unpitched"


def _joined(line: int, raw: list[tuple[Fraction, Fraction, int, bool, bool, bool]]) -> list[Note]:
    open_ties: dict[tuple[Fraction, int], list[list[Any]]] = {}
    notes: list[list[Any]] = []
    for onset, length, pitch, starts, stops, is_grace in sorted(raw, key=lambda note: note[0]):
        waiting = open_ties.get((onset, pitch), []) if stops and not is_grace else []
        if waiting:
            note = waiting.pop()
            note[1] = onset + length
        else:
            note = [onset, onset + length, pitch, is_grace]
            notes.append(note)
        if starts and not is_grace:
            open_ties.setdefault((onset + length, pitch), []).append(note)
    return [
        (line, _tick(onset), -1 if is_grace else max(1, _tick(end) - _tick(onset)), pitch)
        for onset, end, pitch, is_grace in notes
    ]


def _tick(time: Fraction) -> int:
    # music21 keeps odd fractions to within a 65535th; the nearest 1/48 undoes that
    return int((2 * time + 1 + Fraction(1, 1000)) // 2)


def count_tokens(path: Path) -> int:
    """Notes struck (tied continuations left out) by plain search in the source's text; -1 for formats without one."""
    suffix = path.suffix.lower()
    if suffix in (".musicxml", ".xml", ".mxl"):
        return _count_musicxml(_xml_text(path))
    if suffix == ".krn":
        return _count_kern(path.read_text(encoding="utf-8", errors="replace"))
    if suffix == ".mei":
        text = path.read_text(encoding="utf-8")
        return len(re.findall(r"<note\b", text)) - len(re.findall(r'<note\b[^>]*\btie="[mt]', text))
    return -1


def _xml_text(path: Path) -> str:
    data = path.read_bytes()
    if data.startswith(b"PK"):
        with zipfile.ZipFile(path) as archive:
            names = [n for n in archive.namelist() if n.endswith(("xml",)) and not n.startswith("META-INF")]
            data = archive.read(names[0])
    return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", errors="replace")


def _count_musicxml(text: str) -> int:
    notes = re.findall(r"<note\b.*?</note>", text, re.DOTALL)
    sounding = [note for note in notes if "<pitch>" in note or "<unpitched" in note]
    return sum(re.search(r'<tie\b[^>]*type="stop"', note) is None for note in sounding)


def _count_kern(text: str) -> int:
    kern: list[bool] = []
    n_tokens = 0
    for line in text.splitlines():
        cells = line.split("\t")
        if line.startswith("**"):
            kern = [cell == "**kern" for cell in cells]
        elif line.startswith("*") and any(cell in ("*^", "*v", "*+", "*-", "*x") for cell in cells):
            kern = _respined(kern, cells)
        elif line and line[0] not in "!=*":
            for is_kern, cell in zip(kern, cells, strict=False):
                for token in cell.split(" ") if is_kern and cell != "." else ():
                    is_note = re.search(r"[a-gA-G]", token) and "r" not in token
                    n_tokens += bool(is_note and "_" not in token and "]" not in token)
    return n_tokens


def _respined(kern: list[bool], cells: list[str]) -> list[bool]:
    found: list[bool] = []
    joining = False
    for is_kern, cell in zip(kern, cells, strict=False):
        if cell == "*^":
            found += [is_kern, is_kern]
        elif cell == "*v":
            if not joining:
                found.append(is_kern)
        elif cell == "*+":
            found += [is_kern, False]
        elif cell != "*-":
            found.append(is_kern)
        joining = cell == "*v"
    return found


def compare(path: Path) -> Comparison:
    """Read one file both ways."""
    result = Comparison(path.name)
    try:
        clock = time.process_time()
        score = read_score(path)
        result.our_seconds = time.process_time() - clock
        ours = Counter(our_notes(score))
    except StrettoError as cause:
        result.fault = f"ours: {cause}"
        return result
    try:
        clock = time.process_time()
        theirs = Counter(their_notes(path))
        result.their_seconds = time.process_time() - clock
    except Exception as cause:  # music21 raises anything
        result.fault = f"music21: {type(cause).__name__}: {cause}"[:200]
        theirs = Counter()
    result.n_ours, result.n_theirs = ours.total(), theirs.total()
    result.n_same = (ours & theirs).total()
    result.n_tokens = count_tokens(path)
    result.only_ours = sorted((ours - theirs).elements(), key=lambda note: note[1])
    result.only_theirs = sorted((theirs - ours).elements(), key=lambda note: note[1])
    return result


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--ext", default=".musicxml", help="which files, and so which reader (default: %(default)s)")
    parser.add_argument("--sample", type=int, default=20, help="how many files, drawn at random; 0 = all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=0, help="print that many differences of each file")
    parser.add_argument("--json", type=Path, help="write everything found to this file")
    options = parser.parse_args()
    paths = sorted(options.folder.rglob(f"*{options.ext}"))
    if options.sample:
        paths = sorted(random.Random(options.seed).sample(paths, min(options.sample, len(paths))))
    results = []
    for path in paths:
        result = compare(path)
        results.append(result)
        tokens = "" if result.n_tokens in (-1, result.n_ours) else f"  tokens {result.n_tokens}"
        if result.agreement < 1 or result.fault or tokens:
            print(f"{result.agreement:8.3%}  ours {result.n_ours:6}  music21 {result.n_theirs:6}{tokens}  {path.name}")
            print(f"          {result.fault}" if result.fault else "", end="\n" if result.fault else "")
            for side, notes in (("ours", result.only_ours), ("music21", result.only_theirs)):
                for note in notes[: options.show]:
                    print(f"          only {side}: line {note[0]} onset {note[1]} duration {note[2]} pitch {note[3]}")
    compared = [result for result in results if not result.fault]
    n_same = sum(result.n_same for result in compared)
    n_all = sum(max(result.n_ours, result.n_theirs) for result in compared)
    n_tokens = sum(abs(result.n_tokens - result.n_ours) for result in results if result.n_tokens >= 0)
    n_whole = sum(result.agreement == 1 for result in compared)
    our_seconds, their_seconds = (sum(getattr(r, f"{side}_seconds") for r in results) for side in ("our", "their"))
    print(
        f"{len(results)} files, {n_all} notes: {n_same / max(1, n_all):.3%} agree; {n_whole} files agree wholly; "
        f"token counts differ by {n_tokens}; CPU seconds {our_seconds:.1f} ours, {their_seconds:.1f} music21"
    )
    if options.json:
        options.json.write_text(json.dumps([asdict(result) for result in results], indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

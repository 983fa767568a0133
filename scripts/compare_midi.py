"""Compare our MIDI reader with music21 and with a count of note-on events, file by file.

    python scripts/compare_midi.py --folder DATA/train/cc-by-sa/piano-midi-de --sample 25 --seed 1 --show 3

Notes are compared as (part, onset, duration, pitch); times go to our grid as ours do: onset and end to the nearest 1/24
of a quarter. music21 is asked twice: what its parser of MIDI events pairs into notes, which is the oracle, and what its
score then holds (unquantized, ties joined), which gathers quick notes into chords and moves notes at odd barlines.
Agreement is the number of notes that both sides have, over the larger side.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
import time
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

from stretto.score.midi_read import read_midi
from stretto.score.model import TICKS_PER_QUARTER

Note = tuple[int, int, int, int]


def our_notes(path: Path) -> list[Note]:
    """Part, onset, duration, pitch."""
    notes = read_midi(path.read_bytes(), path.name).notes
    return [tuple(row) for row in notes[["part", "onset", "duration", "pitch"]].tolist()]


def their_notes(path: Path) -> tuple[list[Note], list[Note], int]:
    """The same from music21's events and from its score, and how many note-on events its parser finds."""
    from music21 import midi

    file = midi.MidiFile()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        file.open(str(path))
        file.read()
        file.close()
        n_ons = sum(event.isNoteOn() and event.velocity > 0 for track in file.tracks for event in track.events)
        tracks = [midi.translate.getNotesFromEvents(midi.translate.getTimeForEvents(track)) for track in file.tracks]
        score = midi.translate.midiFileToStream(file, quantizePost=False)
    scale = TICKS_PER_QUARTER / file.ticksPerQuarterNote
    played = [
        _note(part, note.onTime * scale, note.offTime * scale, note.event.pitch)
        for part, notes in enumerate(track for track in tracks if track)
        for note in notes
    ]
    parts = [part.flatten().notes for part in score.parts if part.flatten().notes]
    return played, [note for index, elements in enumerate(parts) for note in _joined(index, elements)], n_ons


def _joined(part: int, elements: Any) -> list[Note]:
    """Notes of a part of music21's score, ties joined."""
    found: list[list[Any]] = []
    waiting: dict[tuple[float, int], list[list[Any]]] = {}
    for element in elements:
        start = float(element.offset) * TICKS_PER_QUARTER
        end = start + float(element.quarterLength) * TICKS_PER_QUARTER
        for head in element.notes if hasattr(element, "notes") else [element]:
            pitch = head.pitch.midi if hasattr(head, "pitch") else head.displayPitch().midi
            tie = head.tie.type if head.tie else ""
            before = waiting.get((round(start, 2), pitch), []) if tie in ("stop", "continue") else []
            note = before.pop() if before else [start, end, pitch]
            note[1] = end
            if not before and note[0] == start:
                found.append(note)
            if tie in ("start", "continue"):
                waiting.setdefault((round(end, 2), pitch), []).append(note)
    return [_note(part, *note) for note in found]


def _note(part: int, start: float, end: float, pitch: int) -> Note:
    onset = _tick(start)
    return part, onset, max(1, _tick(end) - onset), pitch


def _tick(ticks: float) -> int:
    # music21 keeps odd fractions to within a 65535th
    return math.floor(ticks + 0.5 + 1e-3)


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--sample", type=int, default=25, help="how many files, drawn at random; 0 = all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=0, help="print that many differences of each file")
    options = parser.parse_args()
    paths = sorted(options.folder.rglob("*.mid"))
    if options.sample:
        paths = sorted(random.Random(options.seed).sample(paths, min(options.sample, len(paths))))
    totals: Counter[str] = Counter()
    for path in paths:
        clock = time.process_time()
        ours = Counter(our_notes(path))
        middle = time.process_time()
        played, engraved, n_ons = their_notes(path)
        theirs = Counter(played)
        totals["engraved"] += (ours & Counter(engraved)).total()
        totals["our ms"] += round(1000 * (middle - clock))
        totals["their ms"] += round(1000 * (time.process_time() - middle))
        same, larger = (ours & theirs).total(), max(ours.total(), theirs.total())
        totals["same"] += same
        totals["notes"] += larger
        totals["count off"] += abs(ours.total() - n_ons)
        totals["whole"] += same == larger
        if same < larger or ours.total() != n_ons:
            print(f"{same / larger:8.3%}  ours {ours.total()}  music21 {theirs.total()}  note-ons {n_ons}  {path.name}")
            for side, notes in (("ours", ours - theirs), ("music21", theirs - ours)):
                for note in sorted(notes.elements(), key=lambda note: note[1])[: options.show]:
                    print(f"          only {side}: part {note[0]} onset {note[1]} duration {note[2]} pitch {note[3]}")
    print(
        f"{len(paths)} files, {totals['notes']} notes: {totals['same'] / max(1, totals['notes']):.3%} agree; "
        f"{totals['whole']} files agree wholly; "
        f"with music21's score {totals['engraved'] / max(1, totals['notes']):.3%}; "
        f"note-on counts differ by {totals['count off']}; "
        f"CPU seconds {totals['our ms'] / 1000:.1f} ours, {totals['their ms'] / 1000:.1f} music21"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())

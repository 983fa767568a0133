"""Compare our MIDI reader with music21 and with a count of note-on events, file by file.

    python scripts/compare_midi.py --folder DATA/train/cc-by-sa/piano-midi-de --sample 25 --seed 1 --show 3

Notes are compared as (part, onset, duration, pitch); times of music21, read without its quantizing, go to our grid as
ours do: onset and end to the nearest 1/24 of a quarter. Note-ons are counted in the events that music21's own parser
of MIDI bytes finds. Agreement is the number of notes that both sides have, over the larger side.
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

from stretto.score.midi_read import read_midi
from stretto.score.model import TICKS_PER_QUARTER

Note = tuple[int, int, int, int]


def our_notes(path: Path) -> list[Note]:
    """Part, onset, duration, pitch."""
    notes = read_midi(path.read_bytes(), path.name).notes
    return [tuple(row) for row in notes[["part", "onset", "duration", "pitch"]].tolist()]


def their_notes(path: Path) -> tuple[list[Note], int]:
    """The same from music21, and how many note-on events its parser finds."""
    from music21 import chord, midi

    file = midi.MidiFile()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        file.open(str(path))
        file.read()
        file.close()
        n_ons = sum(event.isNoteOn() and event.velocity > 0 for track in file.tracks for event in track.events)
        score = midi.translate.midiFileToStream(file, quantizePost=False)
    found: list[Note] = []
    parts = [part for part in score.parts if part.flatten().notes]
    for index, part in enumerate(parts):
        for element in part.flatten().notes:
            start = float(element.offset) * TICKS_PER_QUARTER
            end = start + float(element.quarterLength) * TICKS_PER_QUARTER
            heads = element.notes if isinstance(element, chord.ChordBase) else [element]
            for head in heads:
                pitch = head.pitch.midi if hasattr(head, "pitch") else head.displayPitch().midi
                onset = _tick(start)
                found.append((index, onset, max(1, _tick(end) - onset), pitch))
    return found, n_ons


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
        listed, n_ons = their_notes(path)
        theirs = Counter(listed)
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
        f"{totals['whole']} files agree wholly; note-on counts differ by {totals['count off']}; "
        f"CPU seconds {totals['our ms'] / 1000:.1f} ours, {totals['their ms'] / 1000:.1f} music21"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())

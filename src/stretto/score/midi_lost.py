"""Counting what a MIDI file has no word for."""

from __future__ import annotations

import numpy as np

from stretto.score.model import UNSPELLED, Mark, Score
from stretto.score.tally import Tally

_HELD = {"lyric", "words", "rehearsal", "pedal"}

_PLURALS = {"wedge": "crescendo and diminuendo signs", "octave-shift": "octave signs", "breath": "breath marks",
            "navigation": "da capo and segno signs", "arpeggiate": "arpeggio signs", "tuplet": "tuplet brackets",
            "dynamic": "dynamic marks (heard as velocities)", "figured-bass": "figures", "technical": "playing signs",
            "tie-split": "ties inside a bar", "grace-slash": "strokes on grace notes", "beam": "beams"}  # fmt: skip


def count_lost(score: Score, tally: Tally) -> None:
    """Add to `tally` what of notes, parts and marks a MIDI file leaves behind."""
    _notes(score, tally)
    for part in score.parts:
        for lost, what in (
            (part.abbreviation, "abbreviations of part names"),
            (part.chromatic or part.diatonic, "transpositions (the file sounds right)"),
            (part.group, "brackets between parts"),
            (part.n_staves > 1, "parts on several staves, whose notes come back on one"),
        ):
            if lost:
                tally.add(f"{what} that MIDI cannot hold", part.name)
    if score.clefs:
        tally.add("clefs that MIDI cannot hold", score.place(score.clefs[0].tick), len(score.clefs))
    for mark in score.marks:
        if what := _lost_in(mark, len(score.parts)):
            tally.add(f"{what} that MIDI cannot hold", score.place(mark.tick, mark.part))


def _notes(score: Score, tally: Tally) -> None:
    notes = score.notes
    for lost, what in (
        (notes["fifths"] != UNSPELLED, "note names (sharps or flats) that MIDI cannot hold"),
        (notes["grace"] > 0, "grace notes written as short notes"),
        (notes["voice"] > 1, "notes of a second voice, which MIDI does not tell from the first"),
        (_exchanged(score), "notes of one pitch that overlap in a part; their ends may change places"),
    ):
        if lost.any():
            first = notes[lost][0]
            tally.add(what, score.place(int(first["onset"]), int(first["part"])), int(lost.sum()))
    for silent in sorted(set(range(len(score.parts))) - set(notes["part"].tolist())):
        tally.add("parts without notes, which do not come back", score.parts[silent].name)


def _exchanged(score: Score) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Notes struck later and released earlier than another on the same pitch of their part, (N,)."""
    notes, ends = score.notes, score.ends
    inside = np.zeros(len(notes), dtype=bool)
    latest: dict[tuple[int, int], tuple[int, int]] = {}
    for index, (part, pitch, onset) in enumerate(zip(notes["part"], notes["pitch"], notes["onset"], strict=True)):
        before, end = latest.get((int(part), int(pitch)), (-1, -1))
        inside[index] = before < onset and ends[index] < end
        if ends[index] > end:
            latest[int(part), int(pitch)] = (int(onset), int(ends[index]))
    return inside


def _lost_in(mark: Mark, n_parts: int) -> str:
    """What of a mark is lost; "" = nothing."""
    if mark.part >= n_parts and mark.kind in _HELD:
        return "marks of a part that is not there"
    if mark.kind == "lyric" and mark.number > 1:
        return "verses after the first"
    if mark.kind == "lyric" and mark.part < 0:
        return "syllables of no part"
    if mark.kind == "lyric" and "+" in mark.extra:
        return "lines after a syllable"
    return "" if mark.kind in _HELD else _PLURALS.get(mark.kind, f"{mark.kind}s")

"""How often each interval, note value, degree, chord and cadence occurs: what is drawn beside real music's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from stretto.evaluate.metrics.harmony import beat_chords
from stretto.evaluate.metrics.reading import Reading
from stretto.score.model import Score
from stretto.theory.cadence import cadences_of
from stretto.theory.key_windows import key_windows
from stretto.theory.motifs import Line

WIDEST = 8
"""Semitones; wider moves stand together at the edges."""

VALUES = {6: "16th", 12: "8th", 18: "8th.", 24: "4th", 36: "4th.", 48: "half", 72: "half.", 96: "whole"}
"""Ticks -> note value; a dot lengthens it by half."""

DEGREES = ("1", "♭2", "2", "♭3", "3", "4", "♯4", "5", "♭6", "6", "♭7", "7")
"""By semitones above the tonic of the piece."""

QUALITIES = {
    "major": "maj", "minor": "min", "diminished": "dim", "augmented": "aug", "dominant seventh": "7",
    "minor seventh": "m7", "major seventh": "M7", "half-diminished seventh": "ø7", "diminished seventh": "o7",
}  # fmt: skip

Counts = dict[str, Counter[str]]
"""Kind of distribution -> category -> count."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One distribution."""

    label: str
    says: str
    categories: tuple[str, ...]
    """In the order in which they are drawn."""


_MOVES = (f"<-{WIDEST}", *(f"{move:+d}" if move else "0" for move in range(-WIDEST, WIDEST + 1)), f">{WIDEST}")

KINDS: Mapping[str, Kind] = {
    "top_moves": Kind("moves of the top line", "Semitones from note to note of the highest line, up or down.", _MOVES),
    "bass_moves": Kind("moves of the bass", "Semitones from note to note of the lowest line, up or down.", _MOVES),
    "note_values": Kind(
        "note values", "How long notes last; a dot makes one half longer.", (*VALUES.values(), "other")
    ),
    "degrees": Kind(
        "degrees of the scale", "Pitch classes of all notes, counted from the tonic of the piece.", DEGREES
    ),
    "chords": Kind("chords on beats", "Quality of the chord on every quarter.", (*QUALITIES.values(), "none")),
    "roots": Kind("roots of chords", "Roots of the chords on quarters, counted from the tonic of the piece.", DEGREES),
    "cadences": Kind(
        "cadences",
        "How phrases close, each in the key that is heard there; perfect and imperfect ones are authentic.",
        ("perfect", "imperfect", "half", "phrygian", "plagal", "deceptive", "other"),
    ),
}
"""Stable name -> what it counts."""


def distributions(score: Score) -> Counts:
    """Counts of one piece, by kind; kinds of which it has nothing are empty."""
    reading = Reading(score)
    if not len(reading.notes):
        return {kind: Counter() for kind in KINDS}
    tonic, chords = reading.key.tonic, beat_chords(reading)
    lines = reading.lines
    return {
        "top_moves": Counter(_moves(lines[0])),
        "bass_moves": Counter(_moves(lines[-1])),
        "note_values": Counter(VALUES.get(ticks, "other") for ticks in reading.duration_N.tolist()),
        "degrees": Counter(DEGREES[(pitch - tonic) % 12] for pitch in reading.pitch_N.tolist()),
        "chords": Counter("none" if chord is None else QUALITIES.get(chord.quality, "none") for chord in chords),
        "roots": Counter(DEGREES[(chord.root - tonic) % 12] for chord in chords if chord is not None),
        "cadences": Counter(_cadences(reading)),
    }


def _moves(line: Line) -> Iterable[str]:
    for before, after in zip(line.pitch_N.tolist(), line.pitch_N.tolist()[1:], strict=False):
        move = after - before
        yield f"<-{WIDEST}" if move < -WIDEST else f">{WIDEST}" if move > WIDEST else f"{move:+d}" if move else "0"


def _cadences(reading: Reading) -> Iterable[str]:
    windows = key_windows(reading.score, key=reading.key)
    for found in cadences_of(reading.score, slices=reading.slices, windows=windows):
        yield found.cadence.kind.split()[0] if found.name == "authentic" else found.name


def added(counts: Iterable[Counts]) -> Counts:
    """All of several pieces together."""
    total: Counts = {kind: Counter() for kind in KINDS}
    for own in counts:
        for kind in KINDS:
            total[kind] += own.get(kind, Counter())
    return total


def shares(counts: Mapping[str, int], kind: str) -> dict[str, float]:
    """Each category's share, in the order in which they are drawn; nothing where nothing was counted."""
    total = sum(counts.values())
    return {category: counts.get(category, 0) / total for category in KINDS[kind].categories} if total else {}

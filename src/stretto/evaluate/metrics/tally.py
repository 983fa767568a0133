"""What the "Bach or Mock" grade counts in one chorale."""

# Shapes: T slices.

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields
from itertools import pairwise

import numpy as np

from stretto.evaluate.metrics.reading import Reading
from stretto.evaluate.metrics.sequences import SIXTEENTH, Voice, repeated_sequences
from stretto.score.model import Score
from stretto.theory.slices import SILENT, Slices
from stretto.theory.voice_leading import FIFTH, parallels, under_fermatas

N_VOICES = 4

LONGEST = 4000
"""Notes of a voice beyond which its beginning alone is searched for passages that come back: time and memory grow with
the square."""

Counts = Mapping[str, int]

SUSPENDED, BARE = "suspended fourth", {1: "one pitch class", 2: "open fifth"}
"""Names for what is no triad or seventh chord: a fourth and a fifth above some note; one note; a fifth."""


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Counts of one chorale of four voices, or of several of one mode."""

    notes: Counts
    """Semitones above the tonic, or "rest" -> sixteenths."""
    rhythm: Counts
    """Ticks of a note or rest -> how many."""
    parallels: Counts
    """"fifths", "octaves" -> how many."""
    harmony: Counts
    """Quality of a chord, or "none" -> moments."""
    soprano: Counts
    """Semitones from note to note, "-2" a second down -> how many; so for all voices."""
    alto: Counts
    tenor: Counts
    bass: Counts
    sequences: Counts
    """Sixteenths of a passage that comes back -> occurrences."""
    n_notes: int
    mode: str
    """"major" or "minor"."""

    def counts(self, name: str) -> Counts:
        """The counts of one name."""
        found: Counts = getattr(self, name)
        return found


COUNTED = tuple(field.name for field in fields(Tally) if field.name not in ("n_notes", "mode"))


def tally(score: Score | Reading) -> Tally | None:
    """Count everything; None where the score has not four parts with notes.

    *Source*: the Grader of Fang et al. 2020. *Departures*: 1. the key is found by `theory.key` (signature, last bass
    and pitches), there by music21 from the pitches alone; 2. notes are told by semitones above the tonic and
    intervals by semitones, there by name: enharmonic ones fall together, and files without names can be graded;
    3. qualities are those of `theory.chords` and three more, there music21's chord symbols; a third alone is a triad;
    4. tied notes are one note, there two; 5. no first interval is left out; 6. LONGEST.
    """
    reading = score if isinstance(score, Reading) else Reading(score)
    if reading.slices.pitch_TV.shape[1] != N_VOICES or len(reading.lines) != N_VOICES:
        return None
    voices = [_voice(reading.slices, v) for v in range(N_VOICES)]
    every = [note for voice in voices for note in voice]
    moves = [_moves(voice) for voice in voices]
    found = parallels(reading.slices, under_fermatas(reading.slices, reading.score))
    return Tally(
        notes=_notes(every, reading.key.tonic),
        rhythm=Counter(str(ticks) for _, ticks in every),
        parallels=Counter("fifths" if own.interval == FIFTH else "octaves" for own in found),
        harmony=_harmony(reading),
        soprano=moves[0],
        alto=moves[1],
        tenor=moves[2],
        bass=moves[3],
        sequences=_sequences(voices),
        n_notes=len(reading.notes),
        mode=reading.key.mode,
    )


def total(tallies: list[Tally]) -> dict[str, Counter[str]]:
    """All counts added up, by name."""
    found: dict[str, Counter[str]] = {name: Counter() for name in COUNTED}
    for own in tallies:
        for name, counts in found.items():
            counts.update(own.counts(name))
    return found


def _voice(slices: Slices, voice: int) -> list[tuple[int, int]]:
    """Pitch and ticks of each note and rest of a voice."""
    pitch, struck = slices.pitch_TV[:, voice], slices.struck_TV[:, voice]
    fresh = struck | (np.diff(pitch, prepend=SILENT - 1) != 0)
    at = np.flatnonzero(fresh)
    ticks = np.diff(slices.tick_T[at], append=slices.end)
    return list(zip(pitch[at].tolist(), ticks.tolist(), strict=True))


def _notes(every: Voice, tonic: int) -> Counter[str]:
    counts: Counter[str] = Counter()
    for pitch, ticks in every:
        counts["rest" if pitch == SILENT else str((pitch - tonic) % 12)] += ticks // SIXTEENTH
    return +counts


def _moves(voice: Voice) -> Counter[str]:
    pitches = [pitch for pitch, _ in voice if pitch != SILENT]
    return Counter(str(b - a) for a, b in pairwise(pitches))


def _harmony(reading: Reading) -> Counter[str]:
    """Quality of each moment in which something sounds."""
    counts: Counter[str] = Counter()
    for row, chord in zip(reading.sounding_TP, reading.chord_T, strict=True):
        if chord is not None:
            counts[chord.quality] += 1
        elif (classes := sorted({int(p) % 12 for p in np.flatnonzero(row)})) and classes:
            counts[_bare(classes)] += 1
    return counts


def _bare(classes: list[int]) -> str:
    """Name of pitch classes that make no chord."""
    for low in classes:
        above = {(c - low) % 12 for c in classes}
        if above == {0, 5, 7}:
            return SUSPENDED
        if above in ({0}, {0, 7}):
            return BARE[len(above)]
    return "none"


def _sequences(voices: list[list[tuple[int, int]]]) -> Counter[str]:
    sixteenths = [[(pitch, max(1, ticks // SIXTEENTH)) for pitch, ticks in voice[:LONGEST]] for voice in voices]
    return Counter({str(length): times for length, times in repeated_sequences(sixteenths).items()})

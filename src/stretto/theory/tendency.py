"""Notes that ask to go somewhere: leading tones rise, sevenths fall; and who sings them twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from stretto.theory.harmonies import Harmony
from stretto.theory.texture import Sung
from stretto.theory.voice_leading import STEP
from stretto.theory.voicing import Sounded, Voicing, leading_tone_of, seventh_of

DECEPTIVE = (8, 9)
"""Semitones from the tonic up to the root of the chord that deceives."""


@dataclass(frozen=True, slots=True)
class Going:
    """A note with a tendency, and the chord tone its voice goes to."""

    kind: Literal["leading tone", "seventh"]
    note: Sung
    to: Sung
    next: Sung
    """What the voice sings at once after it: it may resolve while its chord still lasts."""
    before: Sounded
    after: Sounded

    @property
    def up(self) -> int:
        """Semitones."""
        return self.to.pitch - self.note.pitch


def leading_tones(voicing: Voicing) -> Iterator[Going]:
    """Leading tones where their dominant resolves: to the tonic, or to the chord that stands for it.

    Ornaments are looked through: what counts is the last chord tone that a voice has of the dominant, and its first
    of what follows.

    *Source*: Piston, Harmony, 1987, ch. 3: the leading tone rises where V goes to I. music21's theoryAnalyzer looks
    for VoiceLeadingQuartet.improperResolution, of intervals and not of single voices.
    """
    for before, after in pairwise(voicing.chords):
        tone = before.leading_tone
        if tone is None or before.end != after.tick or not resolves(before, after):
            continue
        yield from _goings(voicing, before, after, "leading tone", tone)


def resolves(before: Sounded, after: Sounded) -> bool:
    """A dominant goes to its tonic, or deceives."""
    tone = before.leading_tone
    if tone is None:
        return False
    tonic = (tone + 1) % 12
    deceives = tonic in after.classes and (after.root - tonic) % 12 in DECEPTIVE
    return after.root == tonic or deceives


def sevenths(voicing: Voicing) -> Iterator[Going]:
    """Sevenths of chords where the chord changes for one that has a note a step below."""
    for before, after in pairwise(voicing.chords):
        seventh = before.seventh
        if seventh is None or before.end != after.tick:
            continue
        if not {(seventh - 1) % 12, (seventh - 2) % 12} & after.classes:
            continue
        yield from _goings(voicing, before, after, "seventh", seventh)


def _goings(
    voicing: Voicing, before: Sounded, after: Sounded, kind: Literal["leading tone", "seventh"], tone: int
) -> Iterator[Going]:
    for v in range(voicing.texture.n_voices):
        if not before.tones[v] or not after.tones[v] or before.tones[v][-1].pitch % 12 != tone:
            continue
        note = before.tones[v][-1]
        yield Going(kind, note, after.tones[v][0], voicing.texture.after(note) or note, before, after)


def rises(going: Going) -> bool:
    """A leading tone goes to its tonic, or stays because the next chord has it too."""
    at_once = going.next.pitch - going.note.pitch
    return 1 in (going.up, at_once) or going.to.pitch % 12 == going.note.pitch % 12


def falls(going: Going) -> bool:
    """A seventh goes down by step, or stays because the next chord has it too."""
    at_once = going.next.pitch - going.note.pitch
    return -STEP <= going.up < 0 or -STEP <= at_once < 0 or going.to.pitch % 12 == going.note.pitch % 12


def doubled(
    voicing: Voicing, kind: Literal["leading tone", "seventh"], *, bare: bool = False
) -> Iterator[tuple[Harmony, Sung, Sung]]:
    """Where two voices sing a leading tone, or a seventh, at once: (harmony, upper note, lower note).

    A dominant of another degree than the tonic is one if it resolves.

    Args:
        voicing: who sings what.
        kind: of note.
        bare: take a bare third on the leading tone for a dominant as well, though another chord was heard in it.
    """
    for harmony in voicing.harmonies:
        tone = _leading_tone(voicing, harmony, bare=bare) if kind == "leading tone" else seventh_of(harmony.chord)
        having = [note for tones in voicing.tones_of(harmony) for note in tones if note.pitch % 12 == tone]
        for i, a in enumerate(having):
            for b in having[i + 1 :]:
                if a.voice != b.voice and max(a.onset, b.onset) < min(a.end, b.end):
                    yield harmony, a, b


def _leading_tone(voicing: Voicing, harmony: Harmony, *, bare: bool) -> int | None:
    """Pitch class; if `bare`, also of a third that stands alone: V6 without its root."""
    tone = leading_tone_of(harmony)
    if tone is not None:
        return tone if "/" not in harmony.numeral or _goes_home(voicing, harmony) else None
    sung = {note.pitch % 12 for tones in voicing.tones_of(harmony) for note in tones}
    tonic = harmony.key.tonic
    return (tonic - 1) % 12 if bare and sung == {(tonic - 1) % 12, (tonic + STEP) % 12} else None


def _goes_home(voicing: Voicing, harmony: Harmony) -> bool:
    place = next(i for i, chord in enumerate(voicing.chords) if harmony in chord.harmonies)
    return place + 1 < len(voicing.chords) and resolves(voicing.chords[place], voicing.chords[place + 1])

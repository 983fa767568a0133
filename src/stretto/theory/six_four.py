"""Six-four chords: whether the fourth above the bass is explained by how the bass comes and goes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Literal

from stretto.theory.harmonies import Harmony
from stretto.theory.texture import Sung
from stretto.theory.voice_leading import STEP
from stretto.theory.voicing import Voicing

SixFour = Literal["cadential", "passing", "pedal", "arpeggiated", "free"]


def six_fours(voicing: Voicing) -> Iterator[tuple[Harmony, Sung, SixFour]]:
    """Every triad over its fifth, its bass note, and what it is; free = nothing explains it.

    *Source*: Piston, Harmony, 1987, ch. 11: cadential, passing, auxiliary (here pedal) and arpeggiated chords.
    *Departures*: a neighbour in the bass counts as passing.
    """
    around = [None, *voicing.harmonies, None]
    for (before, harmony), after in zip(pairwise(around), around[2:], strict=False):
        if harmony is None or not harmony.chord.is_triad or harmony.chord.inversion != 2:
            continue
        bass = next((n for n in voicing.tones_of(harmony)[-1] if n.pitch % 12 == harmony.bass), None)
        if bass is not None:
            yield harmony, bass, _kind(voicing, before, harmony, after, bass)


def _kind(voicing: Voicing, before: Harmony | None, harmony: Harmony, after: Harmony | None, bass: Sung) -> SixFour:
    root = harmony.chord.root
    if before is not None and after is not None and before.bass == after.bass == bass.pitch % 12:
        return "pedal"
    if _holds(voicing, harmony, bass):
        return "pedal"
    if after is not None and after.chord.root == bass.pitch % 12 and after.bass == bass.pitch % 12:
        return "cadential"
    roots = any(note.pitch % 12 != bass.pitch % 12 for note in voicing.tones_of(harmony)[-1])
    if roots or any(beside is not None and beside.chord.root == root for beside in (before, after)):
        return "arpeggiated"
    come, go = _other(voicing, bass, -1), _other(voicing, bass, 1)
    if all(note is None or abs(note.pitch - bass.pitch) <= STEP for note in (come, go)) and come and go:
        return "passing"
    return "free"


def _holds(voicing: Voicing, harmony: Harmony, bass: Sung) -> bool:
    """The bass has the same note before and after, whatever chords are heard over it."""
    before = bass if bass.onset < harmony.tick else voicing.texture.before(bass)
    after = bass if bass.end > harmony.end else voicing.texture.after(bass)
    return before is not None and after is not None and before.pitch == bass.pitch == after.pitch


def _other(voicing: Voicing, note: Sung, way: int) -> Sung | None:
    """The nearest note of another pitch before (-1) or after (1) in its voice."""
    line = voicing.texture.lines[note.voice]
    place = voicing.texture.place_of[note.index] + way
    while 0 <= place < len(line) and line[place].pitch == note.pitch:
        place += way
    return line[place] if 0 <= place < len(line) else None

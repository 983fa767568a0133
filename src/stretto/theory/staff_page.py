"""Notes that know their staff, as a page has them: in voices, with lengths that can be read and with clefs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from stretto.score.model import Clef, Mark, Notes, Score, sort_notes
from stretto.theory.clefs import ClefKind, clefs_of_staff
from stretto.theory.staff_voices import legible_ends, staff_voices

VOICES_OF_STAFF = 4
"""Numbers that a piano staff has for its voices: 1 to 4 the upper, 5 to 8 the lower, as MuseScore has them."""


def in_voices(notes: Notes, barlines: Sequence[int]) -> Notes:
    """The same notes, each with its voice; ends that are a trifle off are where a reader expects them.

    Args:
        notes: without grace notes, each with its part and staff.
        barlines: tick at which each bar begins, rising.
    """
    found = sort_notes(notes)
    for part, staff in sorted({(int(note["part"]), int(note["staff"])) for note in found}):
        own = np.flatnonzero((found["part"] == part) & (found["staff"] == staff))
        own = own[np.lexsort((found["pitch"][own], found["onset"][own]))]
        onset_N, duration_N, pitch_N = (found[name][own].astype(np.int64) for name in ("onset", "duration", "pitch"))
        duration_N = legible_ends(onset_N, duration_N, barlines)
        found["duration"][own] = duration_N
        found["voice"][own] = VOICES_OF_STAFF * (staff - 1) + staff_voices(onset_N, duration_N, pitch_N, barlines)
    return sort_notes(found)


def revoiced(score: Score) -> Score:
    """The same score, with new voices in those parts whose voices come and go."""
    free = [index for index, part in enumerate(score.parts) if part.free_voices]
    mine = np.isin(score.notes["part"], free) & (score.notes["grace"] == 0)
    if not mine.any():
        return score
    fresh = in_voices(score.notes[mine], [bar.tick for bar in score.bars])
    return score.evolve(notes=np.concatenate([score.notes[~mine], fresh]))


def with_clefs(
    notes: Notes, barlines: Sequence[int], kinds: Sequence[Sequence[ClefKind]], *, part: int, end: int
) -> tuple[list[Clef], list[Mark]]:
    """Clefs of the staves of a part, with their changes, and the signs of octaves.

    Args:
        notes: of any parts.
        barlines: tick at which each bar begins, rising.
        kinds: for each staff, the clefs it may have.
        part: index of the part.
        end: of the music, in ticks.
    """
    clefs: list[Clef] = []
    marks: list[Mark] = []
    for staff, choice in enumerate(kinds, 1):
        own = notes[(notes["part"] == part) & (notes["staff"] == staff)]
        own = own[np.argsort(own["onset"], kind="stable")]
        onset_N, pitch_N = own["onset"].astype(np.int64), own["pitch"].astype(np.int64)
        path = clefs_of_staff(onset_N, onset_N + own["duration"], pitch_N, barlines, choice)
        last: ClefKind | None = None
        for (tick, kind), (until, _) in pairwise([*path, (end, choice[0])]):
            if last is None or (kind.sign, kind.line) != (last.sign, last.line):
                clefs.append(Clef(tick=tick, part=part, staff=staff, sign=kind.sign, line=kind.line))
            if kind.shift:
                marks += _ottava(
                    own, tick, until, Mark(kind="octave-shift", text=str(8 * kind.shift), part=part, staff=staff)
                )
            last = kind
    return clefs, marks


def _ottava(own: Notes, start: int, until: int, sign: Mark) -> list[Mark]:
    """A sign of octaves over what begins between two ticks, to the end of its last note if none begins before that."""
    under = own[(own["onset"] >= start) & (own["onset"] < until)]
    if not len(under):
        return []
    later = own["onset"][own["onset"] >= until]
    last = int((under["onset"] + under["duration"]).max())
    end = min(last, int(later.min())) if len(later) else last
    return [replace(sign, tick=int(under["onset"].min()), end=end)]

"""How a piece of any texture ends: on which chord, over which bass, and from where it comes.

A last chord may be struck, broken over a bar, or a bare octave; so all that is heard from the last change of harmony on
counts as one chord, and a dominant is looked for in the bars before it.
"""

# Shapes: N notes.

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stretto.evaluate.staff_work import StaffWork
from stretto.score.model import TICKS_PER_QUARTER
from stretto.theory.harmonies import Harmony, harmonies
from stretto.theory.key import Tonality, estimate_key, ranked_by_notes, tonality

TAIL = 8
"""Bars at the end that are read."""

DOMINANTS = frozenset({"major", "dominant seventh", "augmented"})
LEADING = frozenset({"diminished", "diminished seventh", "half-diminished seventh"})

LOOK_BACK = 4
"""Bars before the last tonic within which its dominant stands: plagal chords and pedals may confirm a close."""


@dataclass(frozen=True, kw_only=True)
class StaffClose:
    """The end of a piece, measured against its key."""

    tonic_bass: bool
    """The lowest note of what sounds last is the tonic."""
    tonic_chord: bool
    """All that sounds last is of the tonic triad (in minor with either third), over its root; a bare octave too."""
    with_third: bool
    """Its third is there too."""
    from_dominant: bool
    """The last tonic harmony comes from its dominant or the triad on the leading tone, or its bass from the fifth."""
    settled: bool
    """The last notes last, or the last chord is broken over, half a bar or a half note at least."""

    @property
    def closes(self) -> bool:
        """What a listener calls a cadence: the tonic over its root, its dominant before it."""
        return self.tonic_chord and self.from_dominant


def close_of(work: StaffWork, key: Tonality | None = None) -> StaffClose:
    """How a piece ends; `key` = None: the one that its plan names, else the one that its notes say."""
    if not len(work.pitch_N):
        return StaffClose(tonic_bass=False, tonic_chord=False, with_third=False, from_dominant=False, settled=False)
    key = key or key_of(work)
    last = work.end_N == work.end_N.max()
    pitches = work.pitch_N[last]
    above = {int(p - key.tonic) % 12 for p in pitches}
    tonic_bass = int(pitches.min()) % 12 == key.tonic or _bass_holds(work, key)
    triad = {0, 7, 4} if key.mode == "major" else {0, 7, 3, 4}
    tail = work.closing(TAIL)
    read = harmonies(tail.score())
    return StaffClose(
        tonic_bass=tonic_bass,
        tonic_chord=tonic_bass and above <= triad,
        with_third=bool(_classes_at_end(work, key) & {3, 4}),
        from_dominant=_from_dominant(read, key, LOOK_BACK * work.bar),
        settled=_settled(work, read, key, tail.music.end),
    )


def key_of(work: StaffWork) -> Tonality:
    """The key that its plan names, else the one that its notes say."""
    if work.plan.tonic >= 0 and work.plan.mode:
        return tonality(work.plan.tonic, work.plan.mode)
    return estimate_key(work.score())


def heard_key(work: StaffWork) -> Tonality:
    """The key that the notes alone say."""
    return ranked_by_notes(work.score())[0].key


def _bass_holds(work: StaffWork, key: Tonality) -> bool:
    """The lowest note of the last half bar is the tonic: a broken chord ends high above its root."""
    late = work.end_N > work.music.end - max(work.bar // 2, TICKS_PER_QUARTER)
    return bool(late.any()) and int(work.pitch_N[late].min()) % 12 == key.tonic


def _classes_at_end(work: StaffWork, key: Tonality) -> set[int]:
    """Degrees of what sounds in the last bar's length of the music."""
    until = int(work.end_N.max())
    return {int(p - key.tonic) % 12 for p in work.pitch_N[work.end_N > until - work.bar]}


def _from_dominant(read: list[Harmony], key: Tonality, reach: int) -> bool:
    """Shortly before the last tonic harmony stands its dominant; in two voices that may be no more than its bass."""
    tonic_at = [i for i, h in enumerate(read) if h.chord.root == key.tonic and h.chord.quality in ("major", "minor")]
    if not tonic_at:
        return False
    last = read[tonic_at[-1]]
    before = [h for h in read[: tonic_at[-1]] if h.end >= last.tick - reach]
    by_bass = bool(before) and before[-1].bass == (key.tonic + 7) % 12 and last.bass == key.tonic
    return by_bass or any(_is_dominant(h, key) for h in before)


def _is_dominant(harmony: Harmony, key: Tonality) -> bool:
    up = (harmony.chord.root - key.tonic) % 12
    return (up == 7 and harmony.chord.quality in DOMINANTS) or (up == 11 and harmony.chord.quality in LEADING)


def _settled(work: StaffWork, read: list[Harmony], key: Tonality, end: int) -> bool:
    least = min(2 * TICKS_PER_QUARTER, work.bar // 2)
    tonic = bool(read) and read[-1].chord.root == key.tonic
    struck = int(work.onset_N.max())
    return int(work.end_N.max()) - struck >= least or (tonic and end - read[-1].tick >= least)


def shares(closes: list[StaffClose]) -> dict[str, float]:
    """Share of pieces that have each property."""
    names = ("tonic_bass", "tonic_chord", "with_third", "from_dominant", "settled", "closes")
    return {name: float(np.mean([getattr(close, name) for close in closes])) for name in names}

"""The staves layout: what each hand, or each player, strikes, and when: any number of notes at once.

A piece is a few staves; keyboard music has two (0 = right hand, 1 = left hand), a string quartet four. At each
*moment*, a tick at which anything is struck, every staff strikes none, one or several notes, each of a length of its
own, so that chords, double stops, held notes, triplets and 32nds are all the same thing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stretto.errors import ScoreError
from stretto.score.model import Notice, Score

STAFF_NOTE = np.dtype([("onset", "<i4"), ("duration", "<i4"), ("pitch", "<i2"), ("staff", "<i2")])
"""One note: ticks, ticks, MIDI pitch, and the staff that has it, 0 = the highest."""

StaffNotes = NDArray[np.void]


@dataclass(frozen=True, eq=False, kw_only=True)
class StaffMusic:
    """The notes of a piece, by staff."""

    notes: StaffNotes
    """STAFF_NOTE, sorted by onset, staff and pitch; no two of a staff overlap on one pitch."""
    end: int
    """Where the last bar ends, in ticks."""
    n_staves: int

    def of_staff(self, staff: int) -> StaffNotes:
        """Notes of one staff."""
        found: StaffNotes = self.notes[self.notes["staff"] == staff]
        return found

    def moved(self, up: int) -> StaffMusic:
        """The same music, `up` semitones higher."""
        notes = self.notes.copy()
        notes["pitch"] += up
        return replace(self, notes=notes)


def staff_music(notes: StaffNotes, *, end: int, n_staves: int) -> tuple[StaffMusic, tuple[Notice, ...]]:
    """Notes in order, each key struck once at a time.

    Args:
        notes: STAFF_NOTE in any order.
        end: where the last bar ends, in ticks.
        n_staves: how many there are.

    Returns:
        The music, and what it cannot hold: unisons within a staff, and notes that their own repetition cuts short.

    Raises:
        ScoreError: a note of no length, of no staff, or after the end.
    """
    off = notes["onset"] + notes["duration"]
    if len(notes) and (notes["duration"].min() < 1 or off.max() > end or not notes["staff"].min() >= 0):
        raise ScoreError(f"staves: a note has no length, or sounds beyond tick {end}")
    if len(notes) and notes["staff"].max() >= n_staves:
        raise ScoreError(f"staves: a note stands on staff {notes['staff'].max() + 1} of {n_staves}")
    notes = notes[np.lexsort((-notes["duration"], notes["onset"], notes["pitch"], notes["staff"]))].copy()
    same = (notes["pitch"][1:] == notes["pitch"][:-1]) & (notes["staff"][1:] == notes["staff"][:-1])
    doubled = np.r_[False, same & (notes["onset"][1:] == notes["onset"][:-1])][: len(notes)]
    notes = notes[~doubled]
    same = (notes["pitch"][1:] == notes["pitch"][:-1]) & (notes["staff"][1:] == notes["staff"][:-1])
    gap = notes["onset"][1:] - notes["onset"][:-1]
    cut = np.flatnonzero(same & (notes["duration"][:-1] > gap))
    notes["duration"][cut] = gap[cut]
    notes = notes[np.lexsort((notes["pitch"], notes["staff"], notes["onset"]))]
    counts = (
        ("notes doubled by another on the same key", int(doubled.sum())),
        ("notes cut short by the next one on the same key", len(cut)),
    )
    said = tuple(Notice(what=what, count=count) for what, count in counts if count)
    return StaffMusic(notes=notes, end=end, n_staves=n_staves), said


def staves_of_score(score: Score, staff_of: Sequence[Sequence[int]]) -> tuple[StaffMusic, tuple[Notice, ...]]:
    """The notes of a score by staff.

    Args:
        score: any.
        staff_of: for every part, for every staff of that part, the staff here; below 0 = it is left out.

    Returns:
        The music, and what it cannot hold, grace notes among it.
    """
    plain = score.notes[score.notes["grace"] == 0]
    place = [
        (staff_of[part][min(staff, len(staff_of[part])) - 1] if staff_of[part] else -1)
        for part, staff in zip(plain["part"].tolist(), plain["staff"].tolist(), strict=True)
    ]
    notes = np.zeros(len(plain), STAFF_NOTE)
    notes["onset"], notes["duration"], notes["pitch"] = plain["onset"], plain["duration"], plain["pitch"]
    notes["staff"] = place
    music, said = staff_music(notes[notes["staff"] >= 0], end=score.end, n_staves=1 + max(map(max, staff_of)))
    n_graces = len(score.notes) - len(plain)
    graces = (Notice(what="grace notes left out", count=n_graces),) if n_graces else ()
    return music, graces + said


def density(music: StaffMusic) -> float:
    """Notes struck a quarter."""
    return 24 * len(music.notes) / max(1, music.end)


def polyphony(music: StaffMusic) -> float:
    """Mean number of notes that sound, while any does."""
    notes = music.notes
    if not len(notes):
        return 0.0
    change = np.zeros(music.end + 1, int)
    np.add.at(change, notes["onset"], 1)
    np.add.at(change, notes["onset"] + notes["duration"], -1)
    sounding = change.cumsum()
    return float(sounding[sounding > 0].mean())

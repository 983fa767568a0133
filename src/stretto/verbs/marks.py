"""Words, slurs and signs on the notes of a document, where some of these notes are written anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Set
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stretto.score.model import Mark, Notes, Score

BOWS = ("up-bow", "down-bow")
"""Technical signs that are for any pitch."""

Order = Mapping[tuple[int, int], int]
"""Part and onset of an old note -> onset of the new one that is the same note at another time."""

NO_ORDER: Order = {}


@dataclass(frozen=True, slots=True)
class _Note:
    """What a mark can hang on."""

    part: int
    onset: int
    duration: int
    pitch: int
    voice: int
    staff: int
    grace: int
    gone: bool = False

    def sounds_at(self, tick: int) -> bool:
        """A sign may hang on the later of two tied notes, and so inside of the one that sounds."""
        return self.onset <= tick < self.onset + self.duration or self.onset == tick


def order_kept(old: Notes, fresh: Notes, parts: Set[int]) -> Order:
    """The k-th old note of each of these parts is the k-th new one; a part with more or fewer of them has no order."""
    order = dict[tuple[int, int], int]()
    for part in parts:
        was = np.unique(old["onset"][(old["part"] == part) & (old["grace"] == 0)]).tolist()
        now = np.unique(fresh["onset"][fresh["part"] == part]).tolist()
        if len(was) == len(now):
            order |= {(part, tick): new for tick, new in zip(was, now, strict=True)}
    return order


def marks_over(score: Score, gone: NDArray[np.bool_], fresh: Notes, order: Order = NO_ORDER) -> list[Mark]:
    """What stays of a score's marks: those on notes that stay, and those that new notes can take over.

    A word goes over to a new note that begins where its own did, an end of a slur likewise; a sign of how a note is
    played to one that is also as long. Fermatas are not among them: they stand where phrases end. Where the notes are
    the same in their old order, all goes with them.

    Args:
        score: as it was.
        gone: which of its notes are taken away, (N,).
        fresh: the notes that come instead, one at a time in each part.
        order: which of these are old notes at another time.
    """
    heirs = _Heirs(score.notes, gone, fresh, order)
    moved = (heirs.moved(mark) for mark in score.marks)
    return [mark for mark in moved if mark is not None]


class _Heirs:
    """Which new note takes over what hung on an old one."""

    def __init__(self, notes: Notes, gone: NDArray[np.bool_], fresh: Notes, order: Order) -> None:
        self._order = order
        self._old = defaultdict[int, list[_Note]](list)
        """By pitch."""
        for note in (_note(row, gone=bool(went)) for row, went in zip(notes, gone, strict=True)):
            self._old[note.pitch].append(note)
        self._new = {(note.part, note.onset): note for note in map(_note, fresh)}

    def moved(self, mark: Mark) -> Mark | None:
        """A mark on the notes on which it now hangs; None = they are no more."""
        old = self._under(mark.part, mark.tick, mark.pitch, mark)
        if old is not None and old.gone:
            tick, heir = self._heir(old, mark.tick)
            if heir is None or not self._suits(mark, old, heir):
                return None
            mark = replace(mark, tick=tick, pitch=heir.pitch)
            mark = replace(mark, voice=heir.voice, staff=heir.staff) if mark.voice else mark
        last = self._last(mark)
        if last is not None and last.gone:
            tick, heir = self._heir(last, mark.end)
            if heir is None or mark.extra.startswith("end-grace"):
                return None
            return replace(mark, end=tick, end_pitch=heir.pitch)
        return mark

    def _under(self, part: int, tick: int, pitch: int, mark: Mark) -> _Note | None:
        """The note of a part that a mark hangs on: the last to begin, and of its own voice, where two sound there."""
        found = [note for note in self._old.get(pitch, ()) if note.part == part and note.sounds_at(tick)]
        if mark.grace or not any(note.grace == 0 for note in found):
            found = [note for note in found if note.onset == tick]
        else:
            found = [note for note in found if note.grace == 0]
        return max(found, key=lambda n: (n.grace == mark.grace, n.onset, n.voice == mark.voice), default=None)

    def _last(self, mark: Mark) -> _Note | None:
        """The note on which a mark ends: on a piano a slur may lead from one line into another."""
        if mark.end_pitch < 0:
            return None
        at_end = replace(mark, grace=1) if mark.extra.startswith("end-grace") else replace(mark, grace=0)
        own = self._under(mark.part, mark.end, mark.end_pitch, at_end)
        parts = sorted({note.part for note in self._old.get(mark.end_pitch, ()) if note.gone})
        others = (self._under(part, mark.end, mark.end_pitch, at_end) for part in parts)
        return own or next((note for note in others if note is not None), None)

    def _heir(self, old: _Note, tick: int) -> tuple[int, _Note | None]:
        """The new note for what hung on an old one at a tick, and where it now hangs.

        One that begins at that tick, or that is there as the old one was, from its beginning to that tick.
        """
        if (old.part, old.onset) in self._order and not old.grace:
            onset = self._order[old.part, old.onset]
            return onset, self._new[old.part, onset]
        heir = self._new.get((old.part, tick))
        same = self._new.get((old.part, old.onset))
        return tick, heir or (same if same is not None and same.sounds_at(tick) else None)

    def _suits(self, mark: Mark, old: _Note, heir: _Note) -> bool:
        """A mark of one note suits another of another pitch or length."""
        if mark.grace or old.grace:
            return False
        as_long = (old.onset, old.duration) == (heir.onset, heir.duration)
        if (old.part, old.onset) in self._order:
            return as_long or mark.kind != "tie-split"
        if mark.kind in ("lyric", "slur"):
            return True
        return as_long and mark.kind != "fermata" and (mark.kind != "technical" or mark.text in BOWS)


def _note(row: np.void, *, gone: bool = False) -> _Note:
    onset, duration, pitch, _, part, voice, staff, _, grace = row.tolist()
    return _Note(part, onset, duration, pitch, voice, staff, grace, gone)

"""What stands on the canvas while the rest is drawn: given notes, holes, and what stays in them."""

# Shapes: N pieces, A of them, V staves, P pitches, O = 1 + P options.

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from stretto.frames.canvas import Hole
from stretto.frames.staff_canvas import StaffCanvas
from stretto.frames.staff_example import nearest_duration
from stretto.frames.staves import StaffNotes
from stretto.verbs.staves.making import Making
from stretto.verbs.staves.rails import FIRST_PITCH, NEVER_ENDS, NO_MORE, Bools, Ints, Rail, nothing_barred

GivenNote = tuple[int, int, int]
"""Index of the pitch, index of the duration, ticks."""


class Given(Rail):
    """A canvas as the drawing asks it, the same for all pieces."""

    def __init__(self, canvas: StaffCanvas, *, upward: Sequence[bool], lowest: int, gone: StaffNotes) -> None:
        """Put everything where it is looked up.

        Args:
            canvas: what is given.
            upward: of each staff, that its notes are struck from the lowest up.
            lowest: MIDI pitch of index 0.
            gone: what the holes took out.
        """
        self.canvas = canvas
        self.edges = [int(tick) for tick in canvas.edges()]
        self.at: dict[tuple[int, int], list[GivenNote]] = defaultdict(list)
        notes = canvas.given.notes
        sign = np.where(np.array(upward)[notes["staff"]], 1, -1)
        in_order = notes[np.lexsort((notes["pitch"] * sign, notes["onset"]))] if len(notes) else notes
        for note, index in zip(in_order, nearest_duration(in_order["duration"]).tolist(), strict=True):
            place = (int(note["staff"]), int(note["onset"]))
            self.at[place].append((int(note["pitch"]) - lowest, index, int(note["duration"])))
        self.spans = [self._spans(staff, gone) for staff in range(canvas.given.n_staves)]

    def _spans(self, staff: int, gone: StaffNotes) -> list[tuple[int, int, int]]:
        """Start and end of what is open on a staff, and until when notes that begin in it may sound."""
        found: list[tuple[int, int, int]] = []
        own = gone[gone["staff"] == staff]
        given = self.canvas.given.of_staff(staff)["onset"]
        holes = sorted((h.start, h.end) for h in self.canvas.holes if h.part == staff and not h.silent)
        for start, end in holes:
            if found and found[-1][1] >= start:
                found[-1] = (found[-1][0], max(end, found[-1][1]), 0)
            else:
                found.append((start, end, 0))
        for i, (start, end, _) in enumerate(found):
            inside = own[(own["onset"] >= start) & (own["onset"] < end)]
            reached = max(end, int((inside["onset"] + inside["duration"]).max(initial=0)))
            found[i] = (start, end, min(reached, int(given[given >= end].min(initial=NEVER_ENDS))))
        return found

    def open_at(self, at_N: Ints) -> Bools:
        """Whether each staff of each piece is open, (N, V)."""
        return self.canvas.open_at(at_N.astype(np.int32))

    def notes_at(self, staff: int, tick: int) -> list[GivenNote]:
        """What a staff is given at a tick, in the order in which it strikes."""
        return self.at.get((staff, tick), [])

    def note_end(self, now: Making, staff: int, piece: int, pitch: int) -> int:
        """At the latest where the hole ends, unless a note that it took out sounded longer."""
        tick = int(now.at_N[piece])
        return next((until for start, end, until in self.spans[staff] if start <= tick < end), NEVER_ENDS)

    def next_moment(self, now: Making, piece: int) -> int:
        """Where something given begins, or a hole begins or ends."""
        at = bisect_right(self.edges, int(now.at_N[piece]))
        return self.edges[at] if at < len(self.edges) else NEVER_ENDS


class KeptRhythm(Rail):
    """Moments, numbers of notes and their lengths stay; only which notes they are is open."""

    def __init__(self, notes: StaffNotes, holes: Sequence[Hole], *, upward: Sequence[bool]) -> None:
        """Notes of the holes that keep their rhythm, as they were."""
        self.holes = [hole for hole in holes if hole.keep_rhythm]
        self.lengths: dict[tuple[int, int], list[int]] = defaultdict(list)
        sign = np.where(np.array(upward)[notes["staff"]], 1, -1) if len(notes) else np.zeros(0, int)
        for note in notes[np.lexsort((notes["pitch"] * sign, notes["onset"]))] if len(notes) else notes:
            self.lengths[int(note["staff"]), int(note["onset"])].append(int(note["duration"]))
        self.ticks = sorted({tick for _, tick in self.lengths})

    def holds(self, staff: int, tick: int) -> bool:
        """Whether the rhythm of a staff stays at a tick."""
        return any(hole.part == staff and hole.start <= tick < hole.end for hole in self.holes)

    def length(self, staff: int, tick: int, nth: int) -> int | None:
        """Ticks of the n-th note of a staff there; None = it is open."""
        own = self.lengths.get((staff, tick))
        return own[nth] if own is not None and nth < len(own) else None

    def barred(self, now: Making, staff: int, piece_A: Ints) -> Bools:
        """As many notes as there were, each leaving room for those that are still to come."""
        out = nothing_barred(now, piece_A)
        for a, piece in enumerate(piece_A.tolist()):
            tick = int(now.at_N[piece])
            if not self.holds(staff, tick):
                continue
            left = len(self.lengths.get((staff, tick), ())) - int(now.count_NV[piece, staff])
            if left <= 0:
                out[a, FIRST_PITCH:] = True
            else:
                out[a, NO_MORE] = True
                room = left - 1
                out[a, FIRST_PITCH:][now.p - room : now.p] |= now.upward[staff]
                out[a, FIRST_PITCH:][:room] |= not now.upward[staff]
        return out

    def waits(self, now: Making, staff: int, piece: int) -> bool:
        """Between notes that stay there is nothing to choose."""
        return self.holds(staff, int(now.at_N[piece]))

    def next_moment(self, now: Making, piece: int) -> int:
        """Where a note began."""
        at = bisect_right(self.ticks, int(now.at_N[piece]))
        return self.ticks[at] if at < len(self.ticks) else NEVER_ENDS


UNITS = (24, 12, 6, 3, 2, 1)
"""Ticks that every chord keeps at least, as many as fit."""

SLACK = 2 / 3
"""Share of the time that these may take."""


class KeptPitches(Rail):
    """Notes stay in their order, chord by chord; only their rhythm is open."""

    def __init__(self, notes: StaffNotes, holes: Sequence[Hole], *, upward: Sequence[bool], lowest: int) -> None:
        """Notes of the holes that keep their pitches, as they were."""
        self.rows = list[tuple[int, int, int, int, list[list[int]]]]()
        """Staff, start, end, ticks for each, and the chords."""
        for hole in _touching([hole for hole in holes if hole.keep_pitches]):
            own = notes[(notes["staff"] == hole.part) & (notes["onset"] >= hole.start) & (notes["onset"] < hole.end)]
            chords = [
                sorted(
                    (own["pitch"][own["onset"] == tick].astype(int) - lowest).tolist(), reverse=not upward[hole.part]
                )
                for tick in np.unique(own["onset"]).tolist()
            ]
            room = hole.end - hole.start
            unit = next((u for u in UNITS if len(chords) * u <= room * SLACK), max(1, room // max(1, len(chords))))
            self.rows.append((hole.part, hole.start, hole.end, unit, chords))

    def holds(self, staff: int, tick: int) -> bool:
        """Whether the notes of a staff stay at a tick."""
        return any(part == staff and start <= tick < end for part, start, end, _, _ in self.rows)

    def barred(self, now: Making, staff: int, piece_A: Ints) -> Bools:
        """All but the next chord, and waiting where there would be no time for the rest."""
        out = nothing_barred(now, piece_A)
        for part, start, end, unit, chords in self.rows:
            if part != staff:
                continue
            for a, piece in enumerate(piece_A.tolist()):
                tick = int(now.at_N[piece])
                if not start <= tick < end:
                    continue
                nth = int(now.count_NV[piece, staff])
                done = self._done(now, piece, staff, start) - (nth > 0)
                out[a] = True
                if done < len(chords) and nth < len(chords[done]):
                    out[a, FIRST_PITCH + chords[done][nth]] = False
                    left = len(chords) - done
                    out[a, NO_MORE] = nth > 0 or tick >= end - left * unit or (done == 0 and tick == start)
                else:
                    out[a, NO_MORE] = False
        return out

    def next_moment(self, now: Making, piece: int) -> int:
        """Where the next chord must come at the latest."""
        tick, found = int(now.at_N[piece]), NEVER_ENDS
        for part, start, end, unit, chords in self.rows:
            left = len(chords) - self._done(now, piece, part, start)
            if start <= tick < end and left:
                found = min(found, max(tick + 1, end - left * unit))
        return found

    def waits(self, now: Making, staff: int, piece: int) -> bool:
        """All chords of its row have been struck."""
        tick = int(now.at_N[piece])
        rows = [row for row in self.rows if row[0] == staff and row[1] <= tick < row[2]]
        return any(self._done(now, piece, staff, start) >= len(chords) for _, start, _, _, chords in rows)

    def _done(self, now: Making, piece: int, staff: int, start: int) -> int:
        """Chords that have been struck since the start of a row, that of this moment included."""
        ticks = now.ticks[piece][staff]
        return len(ticks) - bisect_right(ticks, start - 1)


def _touching(holes: Sequence[Hole]) -> list[Hole]:
    """Holes of a staff that touch are one."""
    found = list[Hole]()
    for hole in sorted(holes, key=lambda h: (h.part, h.start)):
        if found and found[-1].part == hole.part and found[-1].end >= hole.start:
            changes: dict[str, Any] = {"start": found[-1].start, "end": max(found[-1].end, hole.end)}
            found[-1] = Hole(part=hole.part, **changes)
        else:
            found.append(hole)
    return found

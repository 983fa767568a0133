"""From spines and exact times to parts and ticks: the last step of reading kern."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from stretto.errors import ScoreReadError
from stretto.score.kern_notes import Heard, Sign
from stretto.score.kern_parts import Layout
from stretto.score.kern_spines import Exact
from stretto.score.model import NOTE, TICKS_PER_WHOLE, Mark, Notes
from stretto.score.tally import Tally

_MAX_TICKS = 10_000_000
"""Some 70 hours of music: only a damaged file is longer."""

_VOICES_PER_STAFF = 4
"""The second staff's voices are 5 to 8, as MuseScore numbers them."""


@dataclass(slots=True)
class KernGrid:
    """Rounds exact times to ticks."""

    name: str
    tally: Tally

    def tick(self, time: Exact) -> int:
        """The nearest tick, halves upwards."""
        tick = time if isinstance(time, int) else (2 * time.numerator + time.denominator) // (2 * time.denominator)
        if tick > _MAX_TICKS:
            raise ScoreReadError(
                f"{self.name}: lasts over {_MAX_TICKS // TICKS_PER_WHOLE} whole notes, which no piece does; "
                "a note value is damaged, correct it"
            )
        return tick


class Placing:
    """Puts notes and signs into their parts, staves and voices."""

    def __init__(self, layout: Layout, grid: KernGrid, notes: list[Heard]) -> None:
        """Find how many voices a staff needs."""
        self._layout = layout
        self._grid = grid
        self._notes = notes
        self._stride = max([_VOICES_PER_STAFF, *(note.voice for note in notes)])

    def table(self) -> Notes:
        """The notes as the Score keeps them."""
        found: list[tuple[int, ...]] = []
        for note in self._notes:
            part, staff = self._layout.place[note.spine]
            onset, end = self._grid.tick(note.onset), self._grid.tick(note.end)
            if onset != note.onset or end != note.end:
                self._grid.tally.add("notes whose onset or end is rounded to 1/24 of a quarter")
            duration = 0 if note.grace else max(1, end - onset)
            voice = self._voice(note.voice, staff)
            found.append((onset, duration, note.pitch, 0, part, voice, staff, note.fifths, min(note.grace, 127)))
        return np.array(found, dtype=NOTE)

    def marks(self, signs: Iterable[Sign]) -> Iterator[Mark]:
        """Signs with their part and ticks."""
        for sign in signs:
            part, staff = self._layout.place.get(sign.spine, (-1, 0))
            end = -1 if sign.end is None else self._grid.tick(sign.end)
            voice = self._voice(sign.voice, staff) if sign.voice else 0
            tick = self._grid.tick(sign.time)
            yield Mark(kind=sign.kind, tick=tick, part=part, staff=staff, voice=voice, end=end, **sign.rest)

    def tie_splits(self, bar_ticks: set[int]) -> Iterator[Mark]:
        """Where the source ties two notes inside a bar."""
        for note in self._notes:
            for split in note.splits:
                parted = self._grid.tick(split)
                if parted in bar_ticks:
                    continue
                part, staff = self._layout.place[note.spine]
                yield Mark(
                    kind="tie-split", tick=self._grid.tick(note.onset), part=part, staff=staff,
                    voice=self._voice(note.voice, staff), pitch=note.pitch, end=parted,
                )  # fmt: skip

    def _voice(self, voice: int, staff: int) -> int:
        return min(voice + self._stride * (staff - 1), 127)

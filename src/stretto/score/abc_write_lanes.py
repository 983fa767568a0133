"""A Score's voices as ABC can type them: lines of chords that never overlap."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from stretto.score.model import Score


@dataclass(frozen=True, slots=True, order=True)
class Head:
    """One note head: sounding pitch and spelling."""

    pitch: int
    fifths: int


@dataclass(slots=True)
class Chord:
    """Notes struck and released together."""

    onset: int
    end: int
    heads: list[Head]


@dataclass(slots=True)
class Lane:
    """One V: of the tune."""

    ident: str
    part: int
    staff: int
    voice: int
    """As the Score numbers it; 0 = made for a staff without notes."""
    chords: list[Chord] = field(default_factory=list)
    graces: dict[int, dict[int, list[Head]]] = field(default_factory=dict)
    """Tick -> place in the run -> heads."""

    def head_at(self, tick: int, pitch: int, grace: int) -> bool:
        """Whether a mark at this place hangs on a note of this lane."""
        if grace:
            return any(head.pitch == pitch for head in self.graces.get(tick, {}).get(grace, []))
        chord = self.chord_at(tick)
        return chord is not None and any(head.pitch == pitch for head in chord.heads)

    def chord_at(self, tick: int) -> Chord | None:
        """The chord that sounds at `tick`."""
        low, high = 0, len(self.chords)
        while low < high:
            middle = (low + high) // 2
            if self.chords[middle].end <= tick:
                low = middle + 1
            else:
                high = middle
        found = self.chords[low] if low < len(self.chords) else None
        return found if found is not None and found.onset <= tick else None


def lanes_of(score: Score) -> list[Lane]:
    """Voices in the order of the page; where notes of one overlap or change staves, it takes several lanes."""
    lanes: list[Lane] = []
    for part, described in enumerate(score.parts):
        mine = score.notes[score.notes["part"] == part]
        voices = sorted({(int(n["staff"]), int(n["voice"])) for n in mine})
        missing = set(range(1, described.n_staves + 1)) - {staff for staff, _ in voices}
        for staff, voice in sorted([*voices, *((staff, 0) for staff in missing)]):
            rows = mine[(mine["staff"] == staff) & (mine["voice"] == voice)]
            lanes += _pack(rows, part, staff, voice)
        _name(lanes, part)
    return lanes


def _name(lanes: list[Lane], part: int) -> None:
    """V: 1, 2, 3 ... where a part's voices count on from 1; else part and voice, as 2.5, and 2.5b for more of it."""
    mine = [lane for lane in lanes if lane.part == part]
    natural = [lane.voice or 1 for lane in mine] == list(range(1, len(mine) + 1))
    seen: Counter[int] = Counter()
    for number, lane in enumerate(mine, len(lanes) - len(mine) + 1):
        again = seen[lane.voice]
        seen[lane.voice] += 1
        more = "" if not again else chr(ord("a") + again) if again < 26 else f"z{again}"
        lane.ident = str(number) if natural else f"{part + 1}.{lane.voice}{more}"


def _pack(rows: object, part: int, staff: int, voice: int) -> Iterator[Lane]:
    """Chords into as few lanes as they need; graces go to the lane whose note follows them."""
    chords: dict[tuple[int, int], list[Head]] = {}
    graces: dict[int, dict[int, list[Head]]] = {}
    for row in rows:  # type: ignore[attr-defined]
        head = Head(int(row["pitch"]), int(row["fifths"]))
        if row["grace"]:
            graces.setdefault(int(row["onset"]), {}).setdefault(int(row["grace"]), []).append(head)
        else:
            onset = int(row["onset"])
            chords.setdefault((onset, onset + int(row["duration"])), []).append(head)
    lanes: list[Lane] = [Lane("", part, staff, voice)]
    for (onset, end), heads in sorted(chords.items(), key=lambda item: (item[0][0], -item[1][-1].pitch)):
        free = next((lane for lane in lanes if not lane.chords or lane.chords[-1].end <= onset), None)
        if free is None:
            free = Lane("", part, staff, voice)
            lanes.append(free)
        free.chords.append(Chord(onset, end, sorted(heads)))
    for tick, run in graces.items():
        struck = (lane for lane in lanes if any(chord.onset == tick for chord in lane.chords))
        next(struck, lanes[0]).graces[tick] = {place: sorted(heads) for place, heads in sorted(run.items())}
    yield from lanes

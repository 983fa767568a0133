"""Which notes of two scores are the same note, and what became of the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from stretto.score.compare_bars import Pair, Place, origin, places
from stretto.score.model import TICKS_PER_QUARTER, UNSPELLED, Score

NEAR = 2 * TICKS_PER_QUARTER
"""As far as a note can be moved in time; one that is farther away is another note."""


@dataclass(frozen=True, slots=True)
class Tone:
    """A note of one of the scores, where both scores can find it."""

    index: int
    """Into `score.notes`."""
    part: int
    """Index into the pairs of parts."""
    place: Place
    time: int
    """Ticks from the start, as if both scores had all bars of both."""
    pitch: int
    duration: int
    grace: int
    fifths: int


@dataclass(frozen=True, slots=True)
class NoteChange:
    """A note that was added, removed or changed."""

    before: Tone | None
    after: Tone | None
    what: tuple[str, ...] = ()
    """Of a changed one: "pitch", "length", "moved", "part", "spelling"."""

    @property
    def kind(self) -> str:
        """added, removed or changed."""
        return "added" if self.before is None else "removed" if self.after is None else "changed"

    @property
    def tone(self) -> Tone:
        """The note as it is now, or as it was."""
        tone = self.after or self.before
        assert tone is not None
        return tone


def tones_of(score: Score, side: int, bars: Sequence[Pair], parts: Sequence[Pair], starts: Sequence[int]) -> list[Tone]:
    """A score's notes on the common time.

    Args:
        score: of side 0 (before) or 1 (after).
        side: which of a pair's two indices is this score's.
        bars: pairs of bars.
        parts: pairs of parts.
        starts: where each pair of bars starts to count, in common ticks.
    """
    at = places(score, side, bars)
    part_of = {pair[side]: number for number, pair in enumerate(parts)}
    tones = []
    for index, note in enumerate(score.notes):
        bar = score.bar_index(int(note["onset"]))
        into = int(note["onset"]) - origin(score, bar)
        place = Place(at[bar], into)
        values = (int(note[name]) for name in ("pitch", "duration", "grace", "fifths"))
        tones.append(Tone(index, part_of[int(note["part"])], place, starts[at[bar]] + into, *values))
    return tones


def compare_notes(before: list[Tone], after: list[Tone]) -> list[NoteChange]:
    """Every note that is not in both, or not the same in both, in the order of reading.

    A note is the same if part, time, pitch and length are; else one of another length, then one of another pitch at
    its time, then one of its pitch nearby, then one in another part, is what became of it.
    """
    left = (list(before), list(after))
    changes: list[NoteChange] = []
    keys: tuple[Callable[[Tone], Hashable], ...] = (
        lambda t: (t.part, t.time, t.grace, t.pitch, t.duration),
        lambda t: (t.part, t.time, t.grace, t.pitch),
    )
    for key in keys:
        left, matched = _match(*left, key)
        changes += matched
    left, matched = _nearest(*left, lambda t: (t.part, t.time, t.grace), lambda a, b: _leap(a, b))
    changes += matched
    left, matched = _nearest(*left, lambda t: (t.part, t.pitch, t.grace), lambda a, b: _shift(a, b))
    changes += matched
    left, matched = _match(*left, lambda t: (t.time, t.grace, t.pitch, t.duration))
    changes += matched
    changes += [NoteChange(tone, None) for tone in left[0]] + [NoteChange(None, tone) for tone in left[1]]
    changes = [change for change in changes if change.what or change.kind != "changed"]
    return sorted(changes, key=lambda c: (c.tone.place.bar, c.tone.place.into, c.tone.part, c.tone.pitch))


def _match(
    before: list[Tone], after: list[Tone], key: Callable[[Tone], Hashable]
) -> tuple[tuple[list[Tone], list[Tone]], list[NoteChange]]:
    """Pair what has the same key, in order; gives what is left of both, and the pairs."""
    waiting: dict[Hashable, list[Tone]] = defaultdict(list)
    for tone in after:
        waiting[key(tone)].append(tone)
    changes, left = [], []
    for tone in before:
        same = waiting[key(tone)]
        if same:
            # Of several notes on one key the one of the same name comes first.
            best = min(range(len(same)), key=lambda i: same[i].fifths != tone.fifths)
            changes.append(_change(tone, same.pop(best)))
        else:
            left.append(tone)
    rest = {id(tone) for tones in waiting.values() for tone in tones}
    return (left, [tone for tone in after if id(tone) in rest]), changes


def _nearest(
    before: list[Tone],
    after: list[Tone],
    key: Callable[[Tone], Hashable],
    distance: Callable[[Tone, Tone], tuple[int, int] | None],
) -> tuple[tuple[list[Tone], list[Tone]], list[NoteChange]]:
    """Pair what has the same key, the nearest first; a distance of None is too far."""
    waiting: dict[Hashable, list[Tone]] = defaultdict(list)
    for tone in after:
        waiting[key(tone)].append(tone)
    pairs = []
    for first in before:
        for second in waiting[key(first)]:
            far = distance(first, second)
            if far is not None:
                pairs.append((far, first.time, first.index, second.index, first, second))
    used: tuple[set[int], set[int]] = (set(), set())
    changes = []
    for *_, first, second in sorted(pairs, key=lambda pair: pair[:4]):
        if first.index not in used[0] and second.index not in used[1]:
            used[0].add(first.index)
            used[1].add(second.index)
            changes.append(_change(first, second))
    left = [tone for tone in before if tone.index not in used[0]], [tone for tone in after if tone.index not in used[1]]
    return left, changes


def _leap(first: Tone, second: Tone) -> tuple[int, int] | None:
    return int(first.duration != second.duration), abs(first.pitch - second.pitch)


def _shift(first: Tone, second: Tone) -> tuple[int, int] | None:
    far = abs(first.time - second.time)
    return (far, int(first.duration != second.duration)) if far <= NEAR else None


def _change(before: Tone, after: Tone) -> NoteChange:
    known = UNSPELLED not in (before.fifths, after.fifths)
    what = {
        "pitch": before.pitch != after.pitch,
        "length": before.duration != after.duration,
        "moved": before.time != after.time,
        "part": before.part != after.part,
        "spelling": known and before.pitch == after.pitch and before.fifths != after.fifths,
    }
    return NoteChange(before, after, tuple(name for name, changed in what.items() if changed))

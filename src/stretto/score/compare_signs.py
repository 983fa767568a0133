"""What changed between two scores beside the notes: metres, keys, tempos, barlines, words and signs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from stretto.score.compare_bars import Pair, Place, origin, places
from stretto.score.model import Bar, Key, Score

SILENT = ("tie-split", "tuplet", "beam", "colour", "comment")
"""Kinds of marks that say only how a source writes its notes, or who marked them."""


@dataclass(frozen=True, slots=True)
class SignChange:
    """A sign that was added, removed, or changed for another of its kind."""

    what: str
    """The kind: "metre", "key", "lyric" ..."""
    place: Place
    part: int
    """Index into the pairs of parts; -1 = the whole score."""
    before: str
    """"" = it was not there; a sign without words says its kind."""
    after: str

    @property
    def kind(self) -> str:
        """added, removed or changed."""
        return "added" if not self.before else "removed" if not self.after else "changed"


def compare_signs(a: Score, b: Score, bars: Sequence[Pair], parts: Sequence[Pair]) -> list[SignChange]:
    """Every sign that is not in both, in the order of reading."""
    before, after = Counter(_signs(a, 0, bars, parts)), Counter(_signs(b, 1, bars, parts))
    gone, new = before - after, after - before
    sides: dict[tuple[str, Place, int], tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for side, signs in enumerate((gone, new)):
        for (what, place, part, text), n in signs.items():
            sides[what, place, part][side].extend([text] * n)
    changes = []
    for (what, place, part), (old, fresh) in sides.items():
        n_both = min(len(old), len(fresh))
        changes += [SignChange(what, place, part, *pair) for pair in zip(old, fresh, strict=False)]
        changes += [SignChange(what, place, part, text, "") for text in old[n_both:]]
        changes += [SignChange(what, place, part, "", text) for text in fresh[n_both:]]
    return sorted(changes, key=lambda c: (c.place.bar, c.place.into, c.part, c.what, c.before, c.after))


Sign = tuple[str, Place, int, str]
"""(kind, place, part, words)."""


def _signs(score: Score, side: int, bars: Sequence[Pair], parts: Sequence[Pair]) -> Iterator[Sign]:
    at = places(score, side, bars)
    part_of = {pair[side]: number for number, pair in enumerate(parts)}

    def place(tick: int) -> Place:
        bar = score.bar_index(tick)
        return Place(at[bar], tick - origin(score, bar))

    # At the head of a piece all stands in the first bar, whether or not it is a pickup.
    head = Place(0, 0)
    for meter in score.meters:
        yield "metre", place(meter.tick) if meter.tick else head, -1, f"{meter.numerator}/{meter.denominator}"
    for key in score.keys:
        where = place(key.tick) if key.tick else head
        yield "key", where, part_of.get(key.part, -1), _signature(key)
    for tempo in score.tempos:
        words = " ".join(filter(None, (tempo.text, f"{float(tempo.qpm):g} quarters a minute")))
        yield "tempo", place(tempo.tick) if tempo.tick else head, -1, words
    for index, bar in enumerate(score.bars):
        for what, text in _barlines(bar):
            yield what, Place(at[index], 0), -1, text
    for mark in score.marks:
        if mark.kind not in SILENT:
            yield mark.kind, place(mark.tick), part_of.get(mark.part, -1), mark.text or mark.kind


def _signature(key: Key) -> str:
    n = abs(key.fifths)
    signs = "no signs" if not n else f"{n} {'sharp' if key.fifths > 0 else 'flat'}{'' if n == 1 else 's'}"
    return f"{signs}, {key.mode}" if key.mode else signs


def _barlines(bar: Bar) -> Iterator[tuple[str, str]]:
    if bar.repeat_start:
        yield "repeat", "begins"
    if bar.repeat_end:
        yield "repeat end", f"{bar.repeat_end} times"
    if bar.ending:
        yield "ending", bar.ending
    if bar.barline not in ("", "final"):  # writers end a piece of their own accord
        yield "barline", bar.barline

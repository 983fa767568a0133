"""What `stretto diff` says of two scores, in words and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from stretto.score.compare_bars import Place
from stretto.score.model import TICKS_PER_QUARTER, TICKS_PER_WHOLE, UNSPELLED

if TYPE_CHECKING:
    from stretto.render.compared import Said
    from stretto.score.compare import Comparison
    from stretto.score.compare_notes import NoteChange, Tone
    from stretto.score.compare_signs import SignChange
    from stretto.score.model import Score

FIFTHS = (0, 7, 2, -3, 4, -1, 6, 1, 8, 3, -2, 5)
"""Name on the line of fifths of each pitch class that has none of its own: C, C sharp, D, E flat, E, F, F sharp ..."""

LENGTHS = {
    Fraction(8): "breve", Fraction(6): "dotted whole", Fraction(4): "whole", Fraction(3): "dotted half",
    Fraction(2): "half", Fraction(3, 2): "dotted quarter", Fraction(1): "quarter", Fraction(3, 4): "dotted eighth",
    Fraction(1, 2): "eighth", Fraction(1, 4): "16th", Fraction(1, 8): "32nd",
}  # fmt: skip
"""By quarters."""


HEAD = Place(0, 0)
AT_HEAD = ("metre", "key", "tempo")
"""What stands at the head of a piece, in no bar."""


def say_comparison(comparison: Comparison, before: str, after: str, *, whole: bool = False) -> None:
    """Bars and parts, then notes, then signs, each on a line, and at last how many there are."""
    for line in (*whole_lines(comparison), *_note_texts(comparison, whole=whole), *sign_lines(comparison)):
        print(line)
    print(f"{before} and {after}: {summary(comparison)}")


def summary(comparison: Comparison) -> str:
    """As "2 notes changed, 1 added, 0 removed; 1 bar added; 3 other signs"; "the same music"."""
    if comparison.same:
        return "the same music"
    single = [change for change in comparison.notes if not within_whole(change, comparison)]
    counts = [(kind, sum(change.kind == kind for change in single)) for kind in ("changed", "added", "removed")]
    said = []
    if single:
        (first, n), *others = counts
        said.append(", ".join([f"{n} {_s(n, 'note')} {first}", *(f"{m} {kind}" for kind, m in others)]))
    for name, pairs in (("bar", comparison.bars), ("part", comparison.parts)):
        for kind, side in (("added", 0), ("removed", 1)):
            n = sum(pair[side] is None for pair in pairs)
            if n:
                said.append(f"{n} {_s(n, name)} {kind}")
    if comparison.signs:
        n = len(comparison.signs)
        said.append(f"{n} other {_s(n, 'change')}")
    return "; ".join(said)


def whole_lines(comparison: Comparison) -> Iterator[str]:
    """A line for every bar and part that only one of the scores has."""
    for name, pairs in (("part", comparison.parts), ("bar", comparison.bars)):
        for index, (i, j) in enumerate(pairs):
            if i is None or j is None:
                yield _whole_line(comparison, name, index)


def _whole_line(comparison: Comparison, name: str, index: int) -> str:
    """As "bar 5 added, with 12 notes"."""
    i, j = (comparison.parts if name == "part" else comparison.bars)[index]
    score, own, kind = (comparison.after, j, "added") if i is None else (comparison.before, i, "removed")
    assert own is not None
    n = sum(_whole_of(c, comparison) == (name, index) for c in comparison.notes if within_whole(c, comparison))
    label = score.parts[own].name or str(own + 1) if name == "part" else str(score.bars[own].number)
    return f"{name} {label} {kind}, with {n} {_s(n, 'note')}"


def _whole_of(change: NoteChange, comparison: Comparison) -> tuple[str, int]:
    """The part or bar with which a note came or went."""
    part, bar = change.tone.part, change.tone.place.bar
    return ("part", part) if None in comparison.parts[part] else ("bar", bar)


def note_lines(comparison: Comparison) -> list[tuple[NoteChange, str, str]]:
    """Every change of a note, its place, and what became of it."""
    return [(change, _place(comparison, change), _became(comparison, change)) for change in comparison.notes]


def told(comparison: Comparison) -> list[Said]:
    """Every change of notes, those of a bar or part that came or went together."""
    from stretto.render.compared import Said

    wholes: dict[tuple[str, int], list[NoteChange]] = {}
    for change in comparison.notes:
        if within_whole(change, comparison):
            wholes.setdefault(_whole_of(change, comparison), []).append(change)
    lines = [Said(changes=(change,), place=place, words=words) for change, place, words in note_lines(comparison)
             if not within_whole(change, comparison)]  # fmt: skip
    for (name, index), changes in wholes.items():
        head, _, rest = _whole_line(comparison, name, index).partition(" with ")
        lines.append(Said(changes=tuple(changes), place=head.rstrip(","), words=f"with {rest}"))
    return sorted(lines, key=lambda said: (said.changes[0].tone.place.bar, said.changes[0].tone.place.into))


def sign_lines(comparison: Comparison) -> Iterator[str]:
    """A line for everything else that changed."""
    for change in comparison.signs:
        yield f"{_sign_place(comparison, change)}: {_sign(change)}"


def within_whole(change: NoteChange, comparison: Comparison) -> bool:
    """Whether a note came or went with its whole bar or part."""
    return change.kind != "changed" and (
        None in comparison.bars[change.tone.place.bar] or None in comparison.parts[change.tone.part]
    )


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    """All changes, as a program reads them."""
    return {
        "same": comparison.same,
        "summary": summary(comparison),
        "bars": _pairs_json(comparison.bars, (comparison.before, comparison.after)),
        "parts": [
            {"kind": "added" if i is None else "removed", "name": _part_name(comparison, number)}
            for number, (i, j) in enumerate(comparison.parts)
            if i is None or j is None
        ],
        "notes": [
            {
                "kind": change.kind,
                "what": list(change.what),
                "part": _part_name(comparison, change.tone.part),
                "before": _tone_json(comparison, change.before, after=False),
                "after": _tone_json(comparison, change.after, after=True),
                "says": f"{place}: {words}",
            }
            for change, place, words in note_lines(comparison)
        ],
        "signs": [
            {"kind": c.kind, "what": c.what, "before": c.before, "after": c.after,
             "says": f"{_sign_place(comparison, c)}: {_sign(c)}"}
            for c in comparison.signs
        ],
    }  # fmt: skip


def _note_texts(comparison: Comparison, *, whole: bool) -> Iterator[str]:
    for change, place, words in note_lines(comparison):
        if whole or not within_whole(change, comparison):
            yield f"{place}: {words}"


def _became(comparison: Comparison, change: NoteChange) -> str:
    before, after = change.before, change.after
    if before is None or after is None:
        return f"{_name(change.tone)} {_length(change.tone)} {change.kind}"
    said = []
    if "pitch" in change.what or "spelling" in change.what:
        said.append(f"{_name(before)} became {_name(after)}")
    if "length" in change.what:
        said.append(f"{_length(before)} became {_length(after)}")
    if "moved" in change.what:
        said.append(f"moved from {_where(comparison, before.place, -1, after=False)}")
    if "part" in change.what:
        said.append(f"moved from {_part_name(comparison, before.part)}")
    words = "; ".join(said)
    return words if {"pitch", "spelling"} & set(change.what) else f"{_name(after)}: {words}"


def _sign(change: SignChange) -> str:
    if change.before and change.after:
        return f"{change.what} {change.before} became {change.after}"
    text = change.before or change.after
    named = change.what if text == change.what else f"{change.what} {text}"
    return f"{named} {change.kind}"


def _sign_place(comparison: Comparison, change: SignChange) -> str:
    if change.place == HEAD and change.what in AT_HEAD:
        return "at the beginning" + (f", {_part_name(comparison, change.part)}" if change.part >= 0 else "")
    return _where(comparison, change.place, change.part, after=bool(change.after))


def _place(comparison: Comparison, change: NoteChange) -> str:
    return _where(comparison, change.tone.place, change.tone.part, after=change.after is not None)


def _where(comparison: Comparison, place: Place, part: int, *, after: bool) -> str:
    """As "bar 3 beat 2, alto", by the bars of the score that has it; a bar's former number where it was another."""
    bar, beat, was = _bar_and_beat(comparison, place, after=after)
    name = f", {_part_name(comparison, part)}" if part >= 0 else ""
    return f"bar {bar}{was} beat {_mixed(beat)}{name}"


def _bar_and_beat(comparison: Comparison, place: Place, *, after: bool) -> tuple[int, Fraction, str]:
    pair = comparison.bars[place.bar]
    scores: tuple[Score, Score] = (comparison.before, comparison.after)
    side = 1 if (after and pair[1] is not None) or pair[0] is None else 0
    index = pair[side]
    assert index is not None
    score = scores[side]
    meter = score.meter_at(score.bars[index].tick)
    beat = Fraction(place.into * meter.denominator, TICKS_PER_WHOLE) + 1
    number = score.bars[index].number
    other = pair[1 - side]
    numbers = {number} if other is None else {number, scores[1 - side].bars[other].number}
    moved = len(numbers) > 1 or (other is None and not after)
    return number, beat, f" ({'before' if side == 0 else 'after'})" if moved and side == 0 else ""


def _part_name(comparison: Comparison, part: int) -> str:
    i, j = comparison.parts[part]
    score, own = (comparison.after, j) if j is not None else (comparison.before, i)
    assert own is not None
    name = score.parts[own].name or f"part {own + 1}"
    return name.lower() if name.istitle() and name.isalpha() else name


def _name(tone: Tone) -> str:
    """As F#4."""
    from stretto.theory.texture import note_name

    return note_name(tone.pitch, FIFTHS[tone.pitch % 12] if tone.fifths == UNSPELLED else tone.fifths)


def _length(tone: Tone) -> str:
    if tone.grace:
        return "grace note"
    quarters = Fraction(tone.duration, TICKS_PER_QUARTER)
    return LENGTHS.get(quarters, f"of {_mixed(quarters)} quarters")


def _mixed(value: Fraction) -> str:
    """As 2 1/2.

    >>> _mixed(Fraction(5, 2)), _mixed(Fraction(1, 4)), _mixed(Fraction(3))
    ('2 1/2', '1/4', '3')
    """
    whole, rest = divmod(value, 1)
    return " ".join(str(part) for part in (whole, rest) if part) or "0"


def _tone_json(comparison: Comparison, tone: Tone | None, *, after: bool) -> dict[str, Any] | None:
    if tone is None:
        return None
    bar, beat, _ = _bar_and_beat(comparison, tone.place, after=after)
    score = comparison.after if after else comparison.before
    return {
        "name": _name(tone),
        "pitch": tone.pitch,
        "tick": int(score.notes["onset"][tone.index]),
        "duration": tone.duration,
        "bar": bar,
        "beat": float(beat),
    }


def _pairs_json(pairs: Iterable[tuple[int | None, int | None]], scores: tuple[Score, Score]) -> list[dict[str, Any]]:
    return [
        {"kind": "added" if i is None else "removed", "bar": scores[1 if i is None else 0].bars[k].number}
        for i, j in pairs
        if (i is None or j is None) and (k := j if i is None else i) is not None
    ]


def _s(n: int, name: str) -> str:
    return name if n == 1 else f"{name}s"

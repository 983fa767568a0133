"""How voices share staves: a hymn on two, stems up and down; an open score with a staff for each.

Closed: soprano and alto on a treble staff, tenor and bass on a bass staff, words once between them, fermatas
above for the upper voice of the pair and below for the lower one, and not for each voice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Literal

import numpy as np

from stretto.errors import RequestError
from stretto.score.model import Clef, Key, Mark, Notes, Notice, Part, Score, sort_notes

Layout = Literal["auto", "closed", "open"]

N_VOICES = 4

SEATS = ((0, 1, 1), (0, 2, 1), (0, 3, 2), (0, 4, 2))
"""(part, voice, staff) of soprano, alto, tenor and bass in one part of two staves."""

SEATS_WITH_WORDS = ((0, 1, 1), (0, 2, 1), (1, 1, 1), (1, 2, 1))
"""The same in two parts of one staff each."""

CHOIR = "Choir"
"""Name of the bracket around voices."""

CLOSED_CLEFS = (("G", 2, 0), ("F", 4, 0))
"""(sign, line, octave) of the two staves."""

OPEN_CLEFS = (("G", 2, 0), ("G", 2, 0), ("G", 2, -1), ("F", 4, 0))

SUNG = {
    *("soprano", "sopran", "cantus", "canto", "discantus", "treble", "alto", "alt", "altus", "tenor", "tenore"),
    *("bass", "basso", "bassus", "baritone", "voice", "choir", "chor"),
}
"""Words in the names of parts that sing."""

SINGING_PROGRAMS = range(52, 55)
"""General MIDI: choir aahs, voice oohs, synth voice."""

TOGETHER = 0.45
"""Of the moments at which a pair of voices moves, so many are of both in a hymn: Bach's chorales 0.52 to 0.9, motets
of the Renaissance 0.25 to 0.42."""

SAME_WORDS = 0.8
"""Two voices sing the same words if so many of their syllables agree."""

UNSAID = "syllables of lower voices that differ from the soprano's, whose words stand on the page for all"

ONCE_PER_STAFF = {"fermata", "breath"}
ONCE_PER_PAGE = {"dynamic", "wedge", "words", "chord-symbol", "rehearsal", "navigation", "pedal", "octave-shift"}


@dataclass(frozen=True, kw_only=True)
class _Seat:
    """Where a part goes; voice 0 = as it is, on staves of its own."""

    part: int
    voice: int = 0
    staff: int = 0


def arrange(score: Score, layout: Layout | None = None) -> Score:
    """The score as its page shows it; sounding notes stay as they are.

    Args:
        score: what is to be printed.
        layout: "closed", "open"; "auto" or None = closed for a hymn or chorale in four parts, else as it is.

    Raises:
        RequestError: closed layout of what is not four voices.
    """
    choir = choir_of(score)
    if layout == "closed":
        if choir is None and not is_closed(score):
            raise RequestError(
                f"closed layout sets four singing voices on two staves, and this score has {_voices(score)}; "
                "use --layout open"
            )
        return _fold(score, choir) if choir else score
    if layout in (None, "auto") and choir is not None and len(score.parts) == N_VOICES and is_hymn(score, choir):
        return _fold(score, choir)
    return _opened(score, choir, modern=layout == "open") if choir else score


def is_closed(score: Score) -> bool:
    """Whether a score stands on two staves of two voices each already."""
    seats = {(int(n["part"]), int(n["staff"]), int(n["voice"])) for n in score.notes}
    staves = {seat[:2] for seat in seats}
    return len(staves) == 2 and len(seats) == N_VOICES


def choir_of(score: Score) -> tuple[int, ...] | None:
    """The four parts, from soprano to bass, that two staves could hold; None = there are none."""
    wanted = range(len(score.parts))
    if len(score.parts) > N_VOICES:
        wanted = [i for i in wanted if _sings(score.parts[i])]  # type: ignore[assignment]
    if len(wanted) != N_VOICES or any(score.parts[i].percussion for i in wanted):
        return None
    rows = [score.notes[score.notes["part"] == i] for i in wanted]
    if any(len(own) == 0 or len(np.unique(own[["voice", "staff"]])) != 1 for own in rows):
        return None
    heights = [float(own["pitch"].mean()) for own in rows]
    if heights != sorted(heights, reverse=True) or any(score.parts[i].chromatic % 12 for i in wanted):
        return None
    return tuple(wanted)


def is_hymn(score: Score, choir: tuple[int, ...]) -> bool:
    """Whether four voices sing, move together, and have the same words."""
    if not all(_sings(score.parts[i]) for i in choir):
        return False
    words = [_words(score, i) for i in choir]
    if any(own and words[0] and not _agree(own, words[0]) for own in words[1:]):
        return False
    shares = [_together(score, *pair) for pair in (choir[:2], choir[2:])]
    return sum(shares) / len(shares) >= TOGETHER


def _sings(part: Part) -> bool:
    name = part.name.lower()
    if set(re.findall(r"[^\W\d_]+", name)) & SUNG:
        return True
    return part.program in SINGING_PROGRAMS or part.group.lower() in ("choir", "chorus")


def _together(score: Score, upper: int, lower: int) -> float:
    first, second = (set(score.notes["onset"][score.notes["part"] == part].tolist()) for part in (upper, lower))
    return len(first & second) / max(1, len(first | second))


def _words(score: Score, part: int) -> list[str]:
    lyrics = (m for m in score.marks if m.kind == "lyric" and m.part == part and m.number <= 1)
    return ["".join(filter(str.isalpha, mark.text.lower())) for mark in lyrics]


def _agree(own: list[str], other: list[str]) -> bool:
    return _n_same(own, other) >= SAME_WORDS * min(len(own), len(other))


def _n_same(own: list[str], other: list[str]) -> int:
    """Syllables that two voices have in common, in their order."""
    matcher = SequenceMatcher(None, own, other, autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks())


def _voices(score: Score) -> str:
    n = len(score.parts)
    return f"{n} parts" if n != N_VOICES else "four parts that are not a choir's, from high to low, of one voice each"


def _opened(score: Score, choir: tuple[int, ...], *, modern: bool) -> Score:
    """A choir's bracket and its clefs: the modern ones, or those of the source where it says any."""
    if not all(_sings(score.parts[i]) for i in choir):
        return score
    old = [clef for clef in score.clefs if not modern or clef.part not in choir]
    said = {clef.part for clef in old}
    clefs = [
        Clef(part=part, sign=sign, line=line, octave=octave)
        for part, (sign, line, octave) in zip(choir, OPEN_CLEFS, strict=True)
        if part not in said
    ]
    parts = [replace(p, group=p.group or CHOIR) if i in choir else p for i, p in enumerate(score.parts)]
    return score.evolve(clefs=(*old, *clefs), parts=tuple(parts))


def _fold(score: Score, choir: tuple[int, ...]) -> Score:
    """Four parts on two staves: within a brace; with words between, within a bracket, where no barline crosses them."""
    has_words = any(mark.kind == "lyric" and mark.part in choir for mark in score.marks)
    parts, seats = _seats(score, choir, SEATS_WITH_WORDS if has_words else SEATS)
    clefs = [replace(clef, part=seats[clef.part].part) for clef in score.clefs if clef.part not in choir]
    for voice, (sign, line, octave) in zip((choir[0], choir[3]), CLOSED_CLEFS, strict=True):
        seat = seats[voice]
        clefs.append(Clef(part=seat.part, staff=seat.staff, sign=sign, line=line, octave=octave))
    folded = score.evolve(
        notes=_seated(score.notes, seats),
        parts=parts,
        clefs=tuple(clefs),
        keys=tuple(_keys(score.keys, seats)),
        marks=tuple(_moved(mark, seats) for mark in _once(score, choir)),
    )
    n_unsaid = sum(
        len(_words(score, i)) - _n_same(_words(score, i), _words(score, choir[0])) for i in _silent(score, choir)
    )
    return folded.with_notices(Notice(what=UNSAID, count=n_unsaid)) if n_unsaid else folded


def _seats(
    score: Score, choir: tuple[int, ...], wanted: tuple[tuple[int, int, int], ...]
) -> tuple[tuple[Part, ...], dict[int, _Seat]]:
    """The new parts, and where each old one goes; the choir stands where its soprano stood."""
    n_new = 1 + wanted[-1][0]
    parts: list[Part] = []
    seats: dict[int, _Seat] = {}
    for index, part in enumerate(score.parts):
        if index == choir[0]:
            for voice, (offset, number, staff) in zip(choir, wanted, strict=True):
                seats[voice] = _Seat(part=len(parts) + offset, voice=number, staff=staff)
            label = "Choir" if len(score.parts) > N_VOICES else ""  # a hymn's two staves need no name
            group = CHOIR if n_new > 1 else ""
            parts += [Part(name=label, n_staves=3 - n_new, program=part.program, group=group)] * n_new
        elif index not in choir:
            seats[index] = _Seat(part=len(parts))
            parts.append(part)
    return tuple(parts), seats


def _seated(notes: Notes, seats: dict[int, _Seat]) -> Notes:
    moved = notes.copy()
    for part, seat in seats.items():
        own = notes["part"] == part
        moved["part"][own] = seat.part
        if seat.voice:
            moved["voice"][own], moved["staff"][own] = seat.voice, seat.staff
    return sort_notes(moved)


def _keys(keys: Iterable[Key], seats: dict[int, _Seat]) -> Iterable[Key]:
    seen = set()
    for key in keys:
        key = replace(key, part=seats[key.part].part if key.part in seats else -1)
        if (key.tick, key.part) not in seen:
            seen.add((key.tick, key.part))
            yield key


def _moved(mark: Mark, seats: dict[int, _Seat]) -> Mark:
    if mark.part not in seats:
        return mark
    seat = seats[mark.part]
    if not seat.voice:
        return replace(mark, part=seat.part)
    if mark.kind == "fermata":
        mark = replace(mark, extra="inverted" if seat.voice % 2 == 0 else "")
    return replace(mark, part=seat.part, voice=seat.voice, staff=seat.staff)


def _once(score: Score, choir: tuple[int, ...]) -> Iterable[Mark]:
    """Marks without those that a closed page would show twice."""
    silent = _silent(score, choir)
    seen: set[tuple[object, ...]] = set()
    fermatas = _outer_fermatas(score, choir)
    for mark in score.marks:
        if mark.part not in choir:
            yield mark
        elif mark.kind == "lyric" and mark.part in silent:
            continue
        elif mark.kind == "fermata":
            if mark in fermatas:
                yield mark
        elif mark.kind in ONCE_PER_PAGE | ONCE_PER_STAFF:
            staff = choir.index(mark.part) // 2 if mark.kind in ONCE_PER_STAFF else 0
            key = (mark.kind, mark.tick, mark.text, mark.end, staff)
            if key not in seen:
                seen.add(key)
                yield mark
        else:
            yield mark


def _silent(score: Score, choir: tuple[int, ...]) -> set[int]:
    """Voices whose words are the soprano's, and stand under its notes only."""
    soprano = _words(score, choir[0])
    return {part for part in choir[1:] if soprano and _agree(_words(score, part), soprano)}


def _outer_fermatas(score: Score, choir: tuple[int, ...]) -> set[Mark]:
    """Fermatas of soprano and bass, and an inner voice's where its neighbour has none.

    An inner voice may still move when the outer one has come to rest: its fermata is the same one if it stands on a
    note that begins while the outer one's sounds.
    """
    kept = set()
    for outer, inner in ((choir[0], choir[1]), (choir[3], choir[2])):
        spans = []
        for mark in (m for m in score.marks if m.kind == "fermata" and m.part == outer):
            kept.add(mark)
            spans.append(fermata_span(score, mark))
        for mark in (m for m in score.marks if m.kind == "fermata" and m.part == inner):
            start, end = fermata_span(score, mark)
            if not any(start < other_end and other_start < end for other_start, other_end in spans):
                kept.add(mark)
    return kept


def fermata_span(score: Score, mark: Mark) -> tuple[int, int]:
    """From a fermata to the end of the note that it holds, in ticks; it may stand on the later of two tied notes."""
    held = (score.notes["part"] == mark.part) & (score.notes["onset"] <= mark.tick) & (score.ends > mark.tick)
    return mark.tick, int(score.ends[held].max(initial=mark.tick + 1))

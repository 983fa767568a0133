"""What every note of a counterpoint is against its cantus firmus: consonant, passing, tied over, or nothing allowed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from stretto.theory.intervals import Interval
from stretto.theory.species import Line, Tone, TwoLines

Kind = Literal[
    "consonant", "passing", "neighbour", "cambiata", "double neighbour", "anticipation",
    "suspension", "ornamented suspension", "struck suspension",
    "retardation", "unresolved", "unprepared", "on the beat", "by leap",
]  # fmt: skip
"""How a note is treated. A "struck suspension" has no tie, but the same note before it, and resolves as if it were
tied. Wrong are: a dissonance struck with the cantus note ("on the beat"), one reached or left
by leap ("by leap"), and a tied one that was no consonance before ("unprepared"), goes up ("retardation") or
does not move by step ("unresolved")."""


@dataclass(frozen=True, slots=True)
class Treatment:
    """One note of the counterpoint against one of the cantus firmus."""

    kind: Kind
    tick: int
    """Where it is heard against this cantus note."""
    counter: int
    """Index of the note in the counterpoint."""
    cantus: int
    """Index of the note in the cantus firmus."""
    between: Interval
    held: bool
    """It was struck under an earlier note of the cantus firmus."""
    resolution: int = -1
    """Index of the note in the counterpoint to which a suspension resolves; -1 = none."""


def treatments(lines: TwoLines) -> list[Treatment]:
    """Every note of the counterpoint against every note of the cantus firmus that it sounds with."""
    found: list[Treatment] = []
    ornaments: set[int] = set()
    for meeting in lines.meetings:
        k, i = lines.under(meeting.tick), lines.counter.index(meeting.counter)
        held = not meeting.struck[1]
        if held and not meeting.struck[0]:
            continue
        kind: Kind = "consonant"
        resolution = -1
        if not meeting.between.is_consonant:
            if held:
                kind, resolution = _held(lines, i, k)
                ornaments.update(range(i + 1, resolution))
            else:
                kind = _struck(lines, i, k, ornamental=i in ornaments)
        elif held:
            resolution = -1
        found.append(Treatment(kind, meeting.tick, i, k, meeting.between, held, resolution))
    return found


def _held(lines: TwoLines, i: int, k: int) -> tuple[Kind, int]:
    """A dissonance tied over: prepared by a consonance, resolved down by step to one under the same cantus note."""
    line, own, cantus = lines.counter, lines.counter[i], lines.cantus[k]
    before = lines.cantus[k - 1]
    if not lines.between(before, own).is_consonant:
        return "unprepared", -1
    for n in range(i + 1, len(line)):
        tone = line[n]
        if tone.onset >= cantus.end:
            break
        way = own.to(tone)
        if way.is_step and way.steps == -1 and lines.between(cantus, tone).is_consonant:
            if n == i + 1 and not _struck_again(line, n, tone):
                return "suspension", n
            main = _main_resolution(lines, i, k, n)
            return ("suspension" if main == i + 1 else "ornamented suspension"), main
    nearest = line[i + 1] if i + 1 < len(line) else None
    up = nearest is not None and own.to(nearest).is_step and own.to(nearest).steps == 1
    return ("retardation" if up else "unresolved"), -1


def _struck_again(line: Line, n: int, tone: Tone) -> bool:
    """The resolution comes early, and sounds once more in its place."""
    return any(later.pitch == tone.pitch for later in line[n + 1 : n + 3])


def _main_resolution(lines: TwoLines, i: int, k: int, first: int) -> int:
    """Index of the last note of the resolving pitch in the first half of the cantus note or on its middle."""
    cantus, line = lines.cantus[k], lines.counter
    middle = cantus.onset + lines.unit // 2
    again = [
        n
        for n in range(first, min(first + 4, len(line)))
        if line[n].pitch == line[first].pitch and line[n].onset <= max(middle, line[first].onset)
    ]
    return again[-1] if again else first


def _struck(lines: TwoLines, i: int, k: int, *, ornamental: bool) -> Kind:
    """A dissonance that begins while the cantus note sounds."""
    line, tone, cantus = lines.counter, lines.counter[i], lines.cantus[k]
    into = line[i - 1].to(tone) if i > 0 and line[i - 1].end == tone.onset else None
    if tone.onset == cantus.onset:
        again = into is not None and into.is_unison and _held(lines, i, k)[1] >= 0
        return "struck suspension" if again else "on the beat"
    out = tone.to(line[i + 1]) if i + 1 < len(line) and line[i + 1].onset == tone.end else None
    if into is None or out is None:
        return "by leap"
    if into.is_step and out.is_step:
        return "passing" if into.steps == out.steps else "neighbour"
    if into.is_step and out.is_unison:
        return "anticipation"
    if _cambiata(lines, i, k, into, out):
        return "cambiata"
    if _double_neighbour(line, i):
        return "double neighbour"
    return "anticipation" if ornamental and into.is_step else "by leap"


def _cambiata(lines: TwoLines, i: int, k: int, into: Interval, out: Interval) -> bool:
    """A step down, a third further down to a consonance, and back up."""
    line = lines.counter
    if not into.is_step or into.steps != -1 or out.steps != -2:
        return False
    landed = line[i + 1]
    consonant = landed.onset >= lines.cantus[k].end or lines.between(lines.cantus[k], landed).is_consonant
    back = i + 2 >= len(line) or landed.to(line[i + 2]).steps > 0
    return consonant and back


def _double_neighbour(line: Line, i: int) -> bool:
    """One of the two notes between a note and its return, a step above and a step below or the other way round."""
    for first in (i - 1, i - 2):
        if first < 0 or first + 3 >= len(line):
            continue
        a, b, c, d = line[first : first + 4]
        if a.pitch == d.pitch and a.to(b).is_step and a.to(c).is_step and a.to(b).steps == -a.to(c).steps:
            return True
    return False

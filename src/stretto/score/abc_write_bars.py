"""One V: of an ABC tune, bar by bar."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from stretto.score.abc_write_lanes import Chord, Head, Lane
from stretto.score.abc_write_lengths import Typed, length_text, type_lengths
from stretto.score.abc_write_pitch import PitchWriter
from stretto.score.abc_write_signs import LaneSigns
from stretto.score.model import TICKS_PER_QUARTER, Score


@dataclass(slots=True)
class _Piece:
    """A stretch of a bar: a chord, a part of one, or a rest."""

    start: int
    end: int
    chord: Chord | None


class LaneWriter:
    """Types the music of a lane; bar lines are put between by the caller."""

    def __init__(
        self, score: Score, lane: Lane, signs: LaneSigns, pitches: PitchWriter, unit: Fraction, empty: str = "z"
    ) -> None:
        """At the first bar; `unit` is L: in ticks; `empty` is the sign for a bar without notes."""
        self._score = score
        self._lane = lane
        self._signs = signs
        self._pitches = pitches
        self._unit = unit
        self._done = 0
        self._cuts = sorted(signs.cuts | set(lane.graces))
        self._bar_starts = {bar.tick for bar in score.bars}
        self._empty = empty
        self._rest = "z"
        self.syllable_places: list[int] = []
        """Ticks of the notes and chords of the last bar, in order: what w: counts."""

    def bar(self, start: int, end: int, *, last: bool) -> str:
        """The music from `start` to `end`, with beams and without a bar line."""
        self._pitches.begin_bar()
        self.syllable_places = []
        pieces = list(self._pieces(start, end))
        edges = [(piece.start, piece.end) for piece in pieces]
        empty = all(piece.chord is None for piece in pieces)
        self._rest = self._empty if empty else "z"
        if empty and len(pieces) == 1:
            typed = [Typed(0, start, Fraction(end - start), True, True)]
        else:
            typed = type_lengths(edges, [b for b in self._signs.brackets if start <= b[0] < end])
        words: list[str] = []
        beat = self._beat(start)
        for number, sign in enumerate(typed):
            before = typed[number - 1] if number else None
            text = self._sign(sign, pieces[sign.source])
            beamed = (
                before is not None
                and _beams(before, sign, pieces)
                and (sign.start - start) // beat == (before.start - start) // beat
            )
            words.append(text if beamed or not words else " " + text)
        tail = self._ending(end, last)
        return "".join(words) + (" " + tail if tail else "")

    def _ending(self, end: int, last: bool) -> str:
        """What stands before the bar line: ends of wedges, and at the very end all that is left."""
        texts = self._signs.closing.get(end, [])
        if last:
            texts = [*texts, *self._signs.opening.get(end, []), *self._signs.on_event.get(end, [])]
            texts.append(self._graces(end))
        return "".join(texts)

    def _beat(self, tick: int) -> int:
        meter = self._score.meter_at(tick)
        if meter.denominator >= 8 and meter.numerator % 3 == 0:
            return max(1, 3 * 4 * TICKS_PER_QUARTER // meter.denominator)
        return TICKS_PER_QUARTER

    def _pieces(self, start: int, end: int) -> Iterator[_Piece]:
        chords: list[Chord] = []
        lane = self._lane.chords
        while self._done < len(lane) and lane[self._done].onset < end:
            chords.append(lane[self._done])
            if lane[self._done].end > end:
                break
            self._done += 1
        at = start
        for chord in chords:
            if chord.onset > at:
                yield from self._cut(at, chord.onset, None)
            yield from self._cut(max(chord.onset, start), min(chord.end, end), chord)
            at = min(chord.end, end)
        if at < end:
            yield from self._cut(at, end, None)

    def _cut(self, start: int, end: int, chord: Chord | None) -> Iterator[_Piece]:
        """Divide where a sign must stand."""
        inside = self._cuts[bisect_right(self._cuts, start) : bisect_left(self._cuts, end)]
        for first, last in pairwise([start, *inside, end]):
            yield _Piece(first, last, chord)

    # ---- one sign ------------------------------------------------------------------------------------

    def _sign(self, sign: Typed, piece: _Piece) -> str:
        lead = ""
        if sign.first:
            lead = "".join(self._signs.closing.get(sign.start, []) if not self._at_bar(sign.start) else [])
            opening = self._signs.opening.get(sign.start, [])
            lead += "".join(opening)
            if any(text.startswith("[K:") and not text.startswith("[K:clef") for text in opening):
                self._pitches.begin_bar()
        lead += sign.tuplet
        if sign.first:
            lead += "".join(self._signs.on_event.get(sign.start, []))
        length = length_text(sign.length, self._unit)
        if piece.chord is None:
            return lead + (self._graces(sign.start) if sign.first else "") + self._rest + length
        self.syllable_places.append(sign.start if sign.first else -1)
        return lead + self._chord(sign, piece, piece.chord, length)

    def _at_bar(self, tick: int) -> bool:
        """Closing signs at a bar line have been typed before it."""
        return tick in self._bar_starts

    def _chord(self, sign: Typed, piece: _Piece, chord: Chord, length: str) -> str:
        goes_on = not sign.last or piece.end < chord.end
        graces = self._graces(sign.start) if sign.first else ""
        clash = len(chord.heads) > 1 and self._pitches.clashing(chord.heads, sign.start)
        heads = [self._head(head, sign, explicit=clash) for head in chord.heads]
        tie = "-" if goes_on else ""
        if len(heads) == 1:
            before, note, after = heads[0]
            return f"{_front(before)}{graces}{_back(before)}{note}{length}{tie}{after}"
        first = heads[0][0]
        inner = "".join((before if i else "") + note + after for i, (before, note, after) in enumerate(heads))
        return f"{_front(first)}{graces}{_back(first)}[{inner}]{length}{tie}"

    def _head(self, head: Head, sign: Typed, *, explicit: bool) -> tuple[str, str, str]:
        """What stands before a head, the head, and what stands after it."""
        before = after = ""
        if sign.first:
            place = (sign.start, head.pitch, 0)
            before = "(" * self._signs.slur_opens.get(place, 0) + "".join(self._signs.on_head.get(place, []))
            after = ")" * self._signs.slur_closes.get(place, 0)
        return before, self._pitches.typed(head, sign.start, explicit=explicit), after

    def _graces(self, tick: int) -> str:
        run = self._lane.graces.get(tick)
        if not run:
            return ""
        text, slash = "", None
        for place, heads in run.items():
            slashed = (tick, place) in self._signs.slashed
            if slashed != slash:
                text += ("}" if text else "") + ("{/" if slashed else "{")
                slash = slashed
            typed = [self._grace_head(head, tick, place) for head in heads]
            text += typed[0] if len(typed) == 1 else f"[{''.join(typed)}]"
        return text + "}"

    def _grace_head(self, head: Head, tick: int, place: int) -> str:
        at = (tick, head.pitch, place)
        before = "(" * self._signs.slur_opens.get(at, 0) + "".join(self._signs.on_head.get(at, []))
        return before + self._pitches.typed(head, tick) + ")" * self._signs.slur_closes.get(at, 0)


def _front(text: str) -> str:
    """Slur signs, which stand before grace notes."""
    return text[: len(text) - len(text.lstrip("("))]


def _back(text: str) -> str:
    return text.lstrip("(")


def _beams(before: Typed, sign: Typed, pieces: list[_Piece]) -> bool:
    """Whether two neighbours hang under one beam: both notes, both shorter than a quarter."""
    short = before.length < TICKS_PER_QUARTER and sign.length < TICKS_PER_QUARTER
    return short and pieces[before.source].chord is not None and pieces[sign.source].chord is not None

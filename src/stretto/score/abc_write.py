"""ABC 2.1 out: a Score as a tune that a musician can read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

from stretto.score.abc_fields import MODE_FIFTHS, diatonic_of
from stretto.score.abc_write_bars import LaneWriter
from stretto.score.abc_write_fields import (
    clef_text,
    info_lines,
    key_text,
    meter_text,
    score_line,
    tempo_text,
    typed_fifths,
    voice_line,
)
from stretto.score.abc_write_lanes import Lane, lanes_of
from stretto.score.abc_write_lines import barline_after, barline_before, check_bars, lyric_lines
from stretto.score.abc_write_pitch import PitchWriter
from stretto.score.abc_write_signs import LaneSigns, SignWriter
from stretto.score.model import Clef, Key, Notice, Score
from stretto.score.tally import Tally

BARS_PER_LINE = 4
_MIDDLE_C = 60


def write_abc(score: Score) -> tuple[bytes, tuple[Notice, ...]]:
    """Write a Score as one ABC tune, four bars a line, one V: for every voice.

    Returns:
        The file in UTF-8, and what ABC could not say, counted.

    Source: the ABC music standard 2.1, December 2011.
    """
    tally = Tally()
    return _TuneWriter(score, tally).text().encode("utf-8"), tally.notices()


class _TuneWriter:
    def __init__(self, score: Score, tally: Tally) -> None:
        self._score = score
        self._tally = tally
        self._lanes = lanes_of(score)
        self._unit = _unit_length(score)
        placed = SignWriter(score, self._lanes, tally)
        placed.place_marks()
        self._signs = placed.signs
        for index, lane in enumerate(self._lanes):
            self._fields(placed, index, lane)
        _count_lost(score, tally)
        check_bars(score, tally)

    def text(self) -> str:
        return "\n".join([*self._header(), *self._body()]) + "\n"

    # ---- header ------------------------------------------------------------------------------------

    def _header(self) -> Iterator[str]:
        yield from info_lines(self._score, self._tally)
        first = next((meter for meter in self._score.meters if meter.tick == 0), None)
        yield f"M:{meter_text(first)}"
        yield f"L:{self._unit / 96}"
        for tempo in self._score.tempos:
            if tempo.tick == 0:
                yield f"Q:{tempo_text(tempo, self._tally)}"
        if len(self._lanes) > 1:
            yield score_line(self._lanes, self._score.parts)
        for index, lane in enumerate(self._lanes):
            yield from self._voice(index, lane)
        yield f"K:{self._first_key(0)}"

    def _voice(self, index: int, lane: Lane) -> Iterator[str]:
        part = self._score.parts[lane.part]
        named = index == 0 or self._lanes[index - 1].part != lane.part
        clefs = self._clefs(lane)
        clef = clef_text(clefs[0], self._tally) if clefs and clefs[0].tick == 0 else ""
        line = voice_line(lane, part, clef, named=named)
        sounds = part.program >= 0 or part.percussion
        if len(self._lanes) > 1 or " " in line or sounds:
            yield line
        if part.percussion:
            yield "%%MIDI channel 10"
        if part.program >= 0:
            yield f"%%MIDI program {part.program}"

    def _clefs(self, lane: Lane) -> list[Clef]:
        """Clefs of the lane's staff; where the score leaves them open, one that suits the range."""
        clefs = [clef for clef in self._score.clefs if (clef.part, clef.staff) == (lane.part, lane.staff)]
        notes = self._score.notes
        pitches = notes["pitch"][(notes["part"] == lane.part) & (notes["staff"] == lane.staff)]
        low = bool(len(pitches)) and float(pitches.mean()) < _MIDDLE_C - 2
        if not clefs and low and not self._score.parts[lane.part].percussion:
            return [Clef(part=lane.part, staff=lane.staff, sign="F", line=4)]
        return clefs

    def _shift(self, part: int) -> int:
        """How far the transposition that ABC understands moves a key."""
        if not self._score.parts:  # a file without music still has a key
            return 0
        chromatic = self._score.parts[part].chromatic
        return 7 * chromatic - 12 * diatonic_of(chromatic)

    def _keys(self, part: int) -> list[Key]:
        return [key for key in self._score.keys if key.part in (-1, part)]

    def _first_key(self, part: int) -> str:
        first = [key for key in self._keys(part) if key.tick == 0]
        return key_text(first[-1] if first else None, self._shift(part))

    # ---- fields in the body --------------------------------------------------------------------------

    def _fields(self, placed: SignWriter, index: int, lane: Lane) -> None:
        """Changes of metre, key, clef and tempo, put between the notes of a lane."""
        signs, opening = self._signs[index], self._signs[index].opening
        fields: list[tuple[int, str]] = []
        fields += [(meter.tick, f"[M:{meter_text(meter)}]") for meter in self._score.meters if meter.tick]
        shift = self._shift(lane.part)
        if self._first_key(lane.part) != self._first_key(0):
            fields.append((0, f"[K:{self._first_key(lane.part)}]"))
        fields += [(key.tick, f"[K:{key_text(key, shift)}]") for key in self._keys(lane.part) if key.tick]
        fields += [(clef.tick, f"[K:clef={clef_text(clef, self._tally)}]") for clef in self._clefs(lane) if clef.tick]
        if index == 0:
            fields += [(t.tick, f"[Q:{tempo_text(t, self._tally)}]") for t in self._score.tempos if t.tick]
        for tick, text in reversed(fields):
            opening.setdefault(tick, []).insert(0, text)
            signs.cuts.add(tick)

    # ---- music -----------------------------------------------------------------------------------------

    def _body(self) -> Iterator[str]:
        writers = [
            LaneWriter(self._score, lane, self._signs[i], self._pitches(lane), self._unit, "zx"[not self._is_first(i)])
            for i, lane in enumerate(self._lanes)
        ]
        n_bars = len(self._score.bars)
        for first in range(0, n_bars, BARS_PER_LINE):
            bars = range(first, min(first + BARS_PER_LINE, n_bars))
            for lane, writer, signs in zip(self._lanes, writers, self._signs, strict=True):
                yield from self._line(bars, lane, writer, signs)

    def _line(self, bars: range, lane: Lane, writer: LaneWriter, signs: LaneSigns) -> Iterator[str]:
        words: list[str] = [f"[V:{lane.ident}]"] if len(self._lanes) > 1 else []
        notes: list[int] = []
        for index in bars:
            bar = self._score.bars[index]
            if (before := barline_before(self._score.bars, index)) and index == bars.start:
                words.append(before)
            last = index == len(self._score.bars) - 1
            if bar.tick < self._score.bar_end(index):
                words.append(writer.bar(bar.tick, self._score.bar_end(index), last=last))
                notes += writer.syllable_places
            words.append(barline_after(self._score.bars, index))
        yield " ".join(word for word in words if word)
        yield from lyric_lines(signs, notes, self._tally)

    def _is_first(self, index: int) -> bool:
        """Whether a lane is the first of its staff; the others rest unseen through empty bars."""
        here = self._lanes[index]
        return not any((lane.part, lane.staff) == (here.part, here.staff) for lane in self._lanes[:index])

    def _pitches(self, lane: Lane) -> PitchWriter:
        keys, shift = self._keys(lane.part), self._shift(lane.part)

        def fifths(tick: int) -> int:
            now = [key for key in keys if key.tick <= tick]
            return typed_fifths(now[-1], shift) if now else 0

        def respelled(tick: int, why: str) -> None:
            self._tally.add(why, self._score.place(tick, lane.part))

        chromatic = self._score.parts[lane.part].chromatic
        return PitchWriter(chromatic, shift, self._clefs(lane), fifths, respelled)


def _unit_length(score: Score) -> Fraction:
    """L: in ticks: the plain length that most notes have, between a sixteenth and a quarter."""
    lengths = Counter(int(n) for n in score.notes["duration"])
    return Fraction(max((12, 24, 6), key=lambda ticks: lengths[ticks] + lengths[2 * ticks] / 2))


def _count_lost(score: Score, tally: Tally) -> None:
    n_loud = int((score.notes["velocity"] > 0).sum())
    if n_loud:
        tally.add("velocities left out, since ABC has none", count=n_loud)
    for part in score.parts:
        if part.chromatic and part.diatonic != diatonic_of(part.chromatic):
            tally.add("transpositions kept in semitones only", part.name)
        if "\n" in part.name + part.abbreviation:
            tally.add("names of several lines put on one", part.name.split("\n")[0])
    n_modeless = sum(key.mode not in MODE_FIFTHS for key in score.keys)
    if n_modeless:
        tally.add("keys without a mode written as major, since ABC names a tonic", count=n_modeless)
    n_signs = sum(bool(m.symbol) and meter_text(m)[0] != "C" for m in score.meters)
    if n_signs:
        tally.add("signs of mensuration written as numbers", count=n_signs)
    if any(tempo.unit == "" and not (tempo.text and tempo.qpm == 100) for tempo in score.tempos):
        tally.add("tempos without a metronome mark get one")

"""Bars, metres, keys and tempos of the plain-text notation: what gives its places a time."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any, TypeVar

from stretto.score.model import TICKS_PER_WHOLE, Bar, Clef, Key, Meter, Tempo
from stretto.score.text_lines import MAX_BARS, AtLine, Sheet
from stretto.score.text_marks import Context, read_place
from stretto.score.text_names import Words, parse_key, words_of
from stretto.score.text_place import PLACE, Places, missing_beats, unit_of
from stretto.score.text_scan import MAX_TICKS, Fault, LineFault, on_line

Record = TypeVar("Record")


class Timed:
    """A sheet whose bars have their times."""

    def __init__(self, sheet: Sheet) -> None:
        """Lay the bars out one after the other, each as long as the metre at its start says."""
        self._sheet = sheet
        self.meters: list[Meter] = []
        self.bars: list[Bar] = []
        self._meter, self._n_begun = Meter(), 0
        self.end = 0
        """Tick where the last bar ends."""
        n_bars = self._count()
        self._by_bar: dict[int, list[AtLine]] = defaultdict(list)
        for at in sheet.at_lines:
            if at.kind in ("bar", "meter"):
                with on_line(at.line, at.base):
                    self._by_bar[self._index(at, n_bars)].append(at)
        self.pickup = _fraction_ticks(*sheet.header["pickup"]) if "pickup" in sheet.header else 0
        self.places = Places([], [], sheet.first, Fraction(0))
        for line, column, text in self._header("meter"):
            with on_line(line, column):
                self.meters.append(read_meter(_words(text), 0))
        for index in range(n_bars):
            self._bar(index, last=index + 1 == n_bars)

    def _header(self, word: str) -> list[tuple[int, int, str]]:
        return [self._sheet.header[word]] if word in self._sheet.header else []

    def _count(self) -> int:
        """How many bars there are."""
        counts = [1, *(1 + index for voice in self._sheet.voices for index in voice.bars)]
        for line, column, text in self._header("bars"):
            if not re.fullmatch(r"\d{1,7}", text) or int(text) > MAX_BARS:
                raise LineFault(line, column, text, f"a number of bars up to {MAX_BARS}")
            counts.append(int(text))
        return max(counts)

    def _index(self, at: AtLine, n_bars: int) -> int:
        """Which bar an @bar or @meter line speaks of, from 0."""
        column, place, _ = at.words[0] if at.words else (len(at.kind) + 1, "", False)
        match = PLACE.fullmatch(place)
        index = int(match[1]) - self._sheet.first if match else -1
        if not match or not 0 <= index < n_bars or (at.kind == "bar" and match[2]):
            raise Fault(column, place, f"a bar from {self._sheet.first} to {n_bars - 1 + self._sheet.first}")
        return index

    def _bar(self, index: int, *, last: bool) -> None:
        tick, lines = self.end, self._by_bar.get(index, [])
        is_pickup = index == 0 and self._sheet.first == 0
        for at in lines:
            if at.kind == "meter" and "." not in at.words[0][1]:
                with on_line(at.line, at.base):
                    self.meters.append(read_meter(at.words[1:], tick))
        meter = self._meter = self._in_force(tick)
        self.places.starts.append(tick)
        self.places.units.append(unit_of(meter))
        if is_pickup:
            self.places = replace(self.places, shift=missing_beats(meter, self.pickup))
        length = self.pickup if is_pickup else meter.bar_ticks
        if last and not is_pickup:
            length = self._last_length(index, length)
        bar = Bar(tick=tick, number=index + self._sheet.first)
        for at in lines:
            with on_line(at.line, at.base):
                if at.kind == "bar":
                    bar, length = _bar_words(at, bar, length)
                elif "." in at.words[0][1]:
                    inside = read_place(at.words[0][1], self.places, at.words[0][0])
                    self.meters.append(read_meter(at.words[1:], inside))
        self.bars.append(self._repeats(bar, index))
        self.end = tick + length
        if self.end > MAX_TICKS:
            raise LineFault(1, 0, f"bar {bar.number}", f"an end before tick {MAX_TICKS}")

    def _last_length(self, index: int, full: int) -> int:
        """Where all voices end early, so does the piece: a chorale gives its pickup back.

        Where they do not agree, the bar lacks its pickup if any voice says so.
        """
        sung = {voice.bars[index].length for voice in self._sheet.voices if index in voice.bars} - {0}
        if len(sung) < 2:
            return min([full, *sung])
        return full - self.pickup if full - self.pickup in sung else full

    def lacks_pickup(self, index: int) -> bool:
        """The last bar, shorter by what the pickup has."""
        last = index + 1 == len(self.bars)
        return last and 0 < self.pickup == self._meter.bar_ticks - (self.end - self.bars[index].tick)

    def _in_force(self, tick: int) -> Meter:
        """The metre at the start of a bar; of metres at one tick the last counts, as in Score.meter_at."""
        begun = [meter for meter in self.meters[self._n_begun :] if meter.tick <= tick]
        if len(begun) == len(self.meters) - self._n_begun:
            self._n_begun = len(self.meters)
        return max(enumerate([self._meter, *begun]), key=lambda meter: (meter[1].tick, meter[0]))[1]

    def _repeats(self, bar: Bar, index: int) -> Bar:
        """A bar with the repeat signs that any voice writes at its barlines."""
        written = [voice.bars[index] for voice in self._sheet.voices if index in voice.bars]
        start = bar.repeat_start or index in self._sheet.opens or any(one.repeat_start for one in written)
        end = bar.repeat_end or (2 if any(one.repeat_end for one in written) else 0)
        return replace(bar, repeat_start=start, repeat_end=end)

    def keys(self) -> list[Key]:
        """The key signatures."""
        return self._records("key", _key)

    def tempos(self) -> list[Tempo]:
        """The tempos."""
        return self._records("tempo", _tempo)

    def clefs(self) -> list[Clef]:
        """The clefs."""
        return self._records("clef", _clef)

    def _records(self, kind: str, read: Callable[[Words, int, Context], Record]) -> list[Record]:
        """Those of the header, then those of the lines that begin with "@"."""
        found = []
        for line, column, text in self._header(kind):
            with on_line(line, column):
                found.append(read(_words(text), 0, Context()))
        for at in self._sheet.at_lines:
            if at.kind == kind:
                with on_line(at.line, at.base):
                    column, place, _ = at.words[0] if at.words else (len(kind) + 1, "", False)
                    found.append(read(at.words[1:], read_place(place, self.places, column), at.context))
        return found


def _bar_words(at: AtLine, bar: Bar, length: int) -> tuple[Bar, int]:
    """A bar and its length, with what an @bar line says of it."""
    changes: dict[str, Any] = {}
    for column, word, _ in at.words[1:]:
        name, _, value = word.partition("=")
        if name == "length":
            length = _fraction_ticks(at.line, at.base + column, value)
        elif name in ("number", "times") and re.fullmatch(r"-?\d{1,9}", value):
            changes["number" if name == "number" else "repeat_end"] = int(value)
        elif name in ("ending", "barline"):
            changes[name] = value
        elif word == "start=repeat":
            changes["repeat_start"] = True
        else:
            raise Fault(column, word, "length=3/4, number=, times=, ending=, barline= or start=repeat")
    return replace(bar, **changes), length


def read_meter(words: Words, tick: int) -> Meter:
    """A time signature from its words: 3/4, 4/4 common."""
    match = re.fullmatch(r"(\d{1,4})/(\d{1,4})", words[0][1]) if words else None
    if not match or len(words) > 2 or not int(match[1]) or not int(match[2]):
        raise Fault(*_first(words), "a metre like 3/4")
    symbol = words[1][1] if len(words) == 2 else ""
    meter = Meter(tick=tick, numerator=int(match[1]), denominator=int(match[2]), symbol=symbol)
    if not meter.bar_ticks:
        raise Fault(*_first(words), "a metre whose bar is at least one tick long")
    return meter


def _key(words: Words, tick: int, _: Context) -> Key:
    part = -1
    if words and not words[-1][2] and re.fullmatch(r"part=\d{1,4}", words[-1][1]):
        part = int(words[-1][1].removeprefix("part=")) - 1
        words = words[:-1]
    found = parse_key([word for _, word, _ in words])
    if found is None:
        raise Fault(*_first(words), "a key like F major, D minor or 2 sharps")
    return Key(tick=tick, fifths=found[0], mode=found[1], part=part)


def _tempo(words: Words, tick: int, _: Context) -> Tempo:
    if not words or not re.fullmatch(r"\d{1,30}(/[1-9]\d{0,30}|\.\d{1,9})?", words[0][1]) or not Fraction(words[0][1]):
        raise Fault(*_first(words), "quarters per minute, as in 96")
    tempo = Tempo(tick=tick, qpm=Fraction(words[0][1]))
    for column, word, is_quoted in words[1:]:
        if word.startswith("unit=") and not is_quoted:
            tempo = replace(tempo, unit=word.removeprefix("unit="))
        elif not tempo.text:
            tempo = replace(tempo, text=word)
        else:
            raise Fault(column, word, 'one text only, as in 96 "Andante molto" unit=quarter')
    return tempo


def _clef(words: Words, tick: int, context: Context) -> Clef:
    if len(words) < 2 or not re.fullmatch(r"-?\d{1,3}", words[1][1]):
        raise Fault(*_first(words), "a clef as sign and line, as in @clef 1 G 2")
    numbers = {"octave": 0, "staff": 1}
    for column, word, _ in words[2:]:
        match = re.fullmatch(r"(octave|staff)=(-?\d{1,3})", word)
        if not match:
            raise Fault(column, word, "octave= or staff=")
        numbers[match[1]] = int(match[2])
    return Clef(tick=tick, part=context.part, sign=words[0][1], line=int(words[1][1]), **numbers)


def _words(text: str) -> Words:
    try:
        return words_of(text)
    except ValueError as cause:
        column = int(cause.args[0])
        raise Fault(column, text[column:], "a closing quotation mark") from cause


def _first(words: Words) -> tuple[int, str]:
    """Column and text of the first word, for a fault."""
    return words[0][:2] if words else (0, "")


def _fraction_ticks(line: int, column: int, text: str) -> int:
    match = re.fullmatch(r"(\d{1,12})/([1-9]\d{0,11})", text)
    ticks = Fraction(int(match[1]), int(match[2])) * TICKS_PER_WHOLE if match else Fraction(1, 2)
    if ticks.denominator != 1 or ticks > MAX_TICKS:
        raise LineFault(line, column, text, "a part of a whole note, as in 1/4, in whole ticks (1/96)")
    return int(ticks)

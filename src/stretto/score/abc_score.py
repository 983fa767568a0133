"""A read ABC tune as a Score."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from stretto.score.abc_events import Bracket, Change
from stretto.score.abc_fields import KeyField, diatonic_of
from stretto.score.abc_layout import PartPlan, complete_layout, voice_numbers
from stretto.score.abc_names import NAVIGATION, PRINTED, WEDGE_ENDS, WEDGES
from stretto.score.abc_notes import LayerNotes
from stretto.score.abc_time import Timeline, by_layer, common_bars, place_items
from stretto.score.abc_tune import TuneReader
from stretto.score.model import Bar, Clef, Key, Mark, Meter, Part, Score, Tempo
from stretto.score.tally import Tally, TickGrid

UNITS = {
    Fraction(2): "breve", Fraction(1): "whole", Fraction(3, 2): "whole.", Fraction(1, 2): "half",
    Fraction(3, 4): "half.", Fraction(1, 4): "quarter", Fraction(3, 8): "quarter.", Fraction(1, 8): "eighth",
    Fraction(3, 16): "eighth.", Fraction(1, 16): "16th", Fraction(3, 32): "16th.",
}  # fmt: skip


class Assembly:
    """Builds the Score of a tune voice by voice."""

    def __init__(self, tune: TuneReader) -> None:
        """For a tune that has been read."""
        self._tune = tune
        self._tally: Tally = tune.tally
        self._grid = TickGrid(tune.tally)
        self._notes: list[list[int]] = []
        self._marks: list[Mark] = []
        self._meters: dict[int, Meter] = {}
        self._unmetered: set[int] = set()
        self._keys: dict[tuple[int, int], Key] = {}
        self._tempos: dict[int, Tempo] = {}
        self._clefs: dict[tuple[int, int, int], Clef] = {}

    def score(self) -> Score:
        """The whole tune."""
        names = list(self._tune.voices)
        lines = [place_items(voice.items, self._tally) for voice in self._tune.voices.values()]
        common = common_bars(lines, names, self._tally)
        plans = complete_layout(self._tune.layout, names)
        for part, plan in enumerate(plans):
            self._part(part, plan, dict(zip(names, lines, strict=True)))
        meters = tuple(self._meters[tick] for tick in sorted(self._meters))
        starts = [self._grid.tick(start) for start in common.starts]
        return Score.build(
            [tuple(note) for note in self._notes],
            [self._describe(plan) for plan in plans],
            end=starts[-1],
            bars=list(self._bars(common, starts, meters)),
            meters=meters,
            keys=self._merged_keys(len(plans)),
            tempos=self._tempos.values(),
            clefs=self._clefs.values(),
            marks=set(self._marks),
            info=self._tune.info,
        )

    def _describe(self, plan: PartPlan) -> Part:
        heads = [self._tune.heads[voice] for voice, _ in plan.voices]
        first = self._tune.voices[plan.voices[0][0]]
        chromatic = first.pitches.transpose
        return Part(
            name=next((head.name for head in heads if head.name), ""),
            abbreviation=next((head.abbreviation for head in heads if head.abbreviation), ""),
            n_staves=max(staff for _, staff in plan.voices),
            program=max(head.program for head in heads),
            percussion=any(head.percussion for head in heads) or first.pitches.clef.sign == "percussion",
            chromatic=chromatic,
            diatonic=diatonic_of(chromatic),
            group=plan.group,
        )

    def _part(self, part: int, plan: PartPlan, lines: dict[str, Timeline]) -> None:
        numbers = voice_numbers(plan)
        n_voices = max(numbers)
        for number, (name, staff) in zip(numbers, plan.voices, strict=True):
            line = lines[name]
            places: dict[int, tuple[Fraction, Fraction]] = {}
            voice = number
            for layer, events in by_layer(line):
                if layer:
                    n_voices += 1
                    voice = n_voices
                layered = LayerNotes(part, min(voice, 127), min(staff, 127), self._tally, self._grid)
                layered.take(events)
                self._notes += layered.notes
                self._marks += layered.marks
                places.update(layered.onsets)
            shift = self._tune.voices[name].pitches.fifths_shift
            self._changes(part, number, staff, shift, line, places)

    # ---- what changes between notes ------------------------------------------------------------------

    def _changes(self, part: int, voice: int, staff: int, shift: int, line: Timeline, places: dict[int, Any]) -> None:
        wedges: dict[str, int] = {}
        for placed in line.placed:
            change = placed.item
            if not isinstance(change, Change):
                continue
            tick = self._grid.tick(line.at(placed), change.spot)
            if change.kind == "meter":
                self._meter(tick, change)
            elif change.kind == "key":
                self._key(tick, part, staff, shift, change)
            elif change.kind == "tempo":
                self._tempo(tick, change.value)
            elif change.kind == "rehearsal":
                self._marks.append(Mark(kind="rehearsal", tick=tick, text=str(change.value)))
            elif change.kind == "sign":
                self._sign(tick, part, staff, str(change.value), wedges, change)
            elif isinstance(change.value, Bracket):
                self._tuplet(part, voice, staff, change.value, places)
        for _ in wedges:
            self._tally.add("wedges that are never closed")

    def _meter(self, tick: int, change: Change) -> None:
        if change.value is None:
            if tick:
                self._tally.add("changes to free metre left out", change.spot)
            return
        assert isinstance(change.value, tuple)
        numerator, denominator, symbol, _ = change.value
        meter = Meter(tick=tick, numerator=numerator, denominator=denominator, symbol=symbol)
        if self._meters.setdefault(tick, meter) != meter:
            self._meters[tick] = meter if not tick else self._meters[tick]
            self._tally.add("metres that differ between voices", change.spot)

    def _key(self, tick: int, part: int, staff: int, shift: int, change: Change) -> None:
        key = change.value
        assert isinstance(key, KeyField)
        if key.clef is not None:
            clef = Clef(
                tick=tick, part=part, staff=staff, sign=key.clef.sign, line=key.clef.line, octave=key.clef.octave
            )
            self._clefs[tick, part, staff] = clef
        if key.fifths is None or (key.absent and not tick):
            return
        if key.exotic:
            self._tally.add("key signatures outside the circle of fifths kept only in the notes", change.spot)
        self._keys[tick, part] = Key(tick=tick, fifths=key.fifths + shift, mode=key.mode, part=part)

    def _merged_keys(self, n_parts: int) -> list[Key]:
        """Keys that all parts share are said once, for the whole score."""
        keys: list[Key] = []
        for tick in sorted({tick for tick, _ in self._keys}):
            here = [key for (at, _), key in self._keys.items() if at == tick]
            if len(here) == n_parts and len({(key.fifths, key.mode) for key in here}) == 1:
                keys.append(Key(tick=tick, fifths=here[0].fifths, mode=here[0].mode))
            else:
                keys += sorted(here, key=lambda key: key.part)
        return keys

    def _tempo(self, tick: int, value: object) -> None:
        assert isinstance(value, tuple)
        beat, per_minute, words = value
        if beat is None:
            tempo = Tempo(tick=tick, text=words)
        else:
            tempo = Tempo(tick=tick, qpm=beat * 4 * per_minute, text=words, unit=UNITS.get(beat, "quarter"))
        self._tempos.setdefault(tick, tempo)

    def _sign(self, tick: int, part: int, staff: int, name: str, wedges: dict[str, int], change: Change) -> None:
        if name in NAVIGATION:
            self._marks.append(Mark(kind="navigation", tick=tick, text=NAVIGATION[name], extra=PRINTED.get(name, "")))
        elif name in WEDGES:
            wedges[WEDGES[name]] = tick
        elif (text := WEDGE_ENDS[name]) in wedges:
            start = wedges.pop(text)
            self._marks.append(Mark(kind="wedge", tick=start, text=text, part=part, staff=staff, end=tick))
        else:
            self._tally.add("wedges closed that were not opened", change.spot)

    def _tuplet(self, part: int, voice: int, staff: int, bracket: Bracket, places: dict[int, Any]) -> None:
        start, end = places[id(bracket.events[0])][0], places[id(bracket.events[-1])][1]
        self._marks.append(
            Mark(
                kind="tuplet",
                tick=self._grid.tick(start),
                text=f"{bracket.actual}:{bracket.normal}",
                part=part,
                voice=voice,
                staff=staff,
                end=self._grid.tick(end),
            )
        )

    # ---- bars ------------------------------------------------------------------------------------------

    def _bars(self, common: Timeline, starts: list[int], meters: tuple[Meter, ...]) -> Iterator[Bar]:
        n_bars = len(starts) - 1
        pickup = n_bars > 1 and bool(meters) and not meters[0].tick and starts[1] < meters[0].bar_ticks
        ending = ""
        numbers = bar_numbers(starts, meters, pickup=pickup)
        for i in range(n_bars):
            for line in common.lines[i]:
                ending = line.ending or ("" if line.stops else ending)
            before, after = common.lines[i], common.lines[i + 1]
            yield Bar(
                tick=starts[i],
                number=numbers[i],
                repeat_start=any(line.starts for line in before),
                repeat_end=max((line.ends for line in after), default=0),
                ending=ending,
                barline=self._style(after),
            )

    def _style(self, lines: list[Any]) -> str:
        if any(line.ends or line.starts for line in lines):
            return ""
        return next((line.style for line in lines if line.style), "")


def bar_numbers(starts: list[int], meters: tuple[Meter, ...], *, pickup: bool) -> list[int]:
    """Bar numbers: a pickup is 0, and the second half of a divided bar has the number of the first."""
    numbers = [0 if pickup else 1]
    full, changes, half = 0, list(meters), False
    for i in range(1, len(starts) - 1):
        while changes and changes[0].tick <= starts[i - 1]:
            full = changes.pop(0).bar_ticks
        same_meter = not changes or changes[0].tick > starts[i]
        completes = same_meter and not half and starts[i + 1] - starts[i - 1] == full and numbers[-1] > 0
        half = completes
        numbers.append(numbers[-1] + (0 if completes else 1))
    return numbers


def assemble(tune: TuneReader) -> Score:
    """The Score of a tune that has been read."""
    return Assembly(tune).score()

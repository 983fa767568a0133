"""One part as MusicXML: bar by bar its attributes, voices, signs and barlines."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from xml.etree.ElementTree import Element

import numpy as np

from stretto.score.model import TICKS_PER_QUARTER, Clef, Key, Mark, Meter, Part, Score, Tempo
from stretto.score.musicxml_barlines_write import write_left_barline, write_right_barline
from stretto.score.musicxml_directions_write import write_between, write_tempo
from stretto.score.musicxml_element import add
from stretto.score.musicxml_events_write import EventWriter
from stretto.score.musicxml_names import IMPLIED, fifths_shift
from stretto.score.musicxml_notes_write import Name, Speller, accidentals, set_beams
from stretto.score.musicxml_numbers import hide_numbers
from stretto.score.musicxml_rests import hide_rests
from stretto.score.musicxml_signs import Sign, SignSorter
from stretto.score.musicxml_values import Time
from stretto.score.musicxml_voices import BarFrame, Event, NoteRow, PartVoices, Stream
from stretto.score.tally import Tally

_Change = Meter | Key | Clef
_TREBLE_FROM = 57
"""Mean pitch from which a staff without a clef gets a treble clef: A3, between tenor and alto."""


class PartWriter:
    """Writes one part of a score."""

    def __init__(self, score: Score, index: int, bars: list[BarFrame], tally: Tally) -> None:
        """For part `index`; what cannot be said goes to `tally`."""
        self._score = score
        self._index = index
        self._part = score.parts[index]
        self._bars = bars
        self._tally = tally
        self._label = self._part.name or f"part {index + 1}"
        self._shift = fifths_shift(self._part.chromatic, self._part.diatonic)
        self._rows = self._note_rows()
        self._speller = Speller(self._part)
        self._signs = SignSorter(self._rows, bars[-1].end if bars else 0, tally, self._label).sort(self._own_marks())
        self._n_staves = max([self._part.n_staves, *(row.staff for row in self._rows)])
        self._tempos = list(score.tempos) if index == 0 else []
        self._identity = f"P{index + 1}"
        self._late_figures: list[Sign] = []

    def element(self) -> Element:
        """The <part>."""
        voices = self._voices()
        streams = [voices.streams(frame) for frame in self._bars]
        if self._part.free_voices:
            hide_numbers(streams)
            for frame, own in zip(self._bars, streams, strict=True):
                hide_rests(own, frame)
        per_tick = self._per_tick(streams)
        self._events = EventWriter(
            self._part, self._identity, self._signs, {}, {}, per_tick, has_staves=self._n_staves > 1
        )
        changes = self._changes()
        part = Element("part", id=self._identity)
        for frame, bar_streams in zip(self._bars, streams, strict=True):
            part.append(self._measure(frame, bar_streams, changes))
        if voices.n_lost_brackets:
            self._tally.add("tuplet brackets that do not fit their notes left out", self._label, voices.n_lost_brackets)
        self._count_lost()
        return part

    # ---- what there is to write ----------------------------------------------------------------------

    def _note_rows(self) -> list[NoteRow]:
        table = self._score.notes[self._score.notes["part"] == self._index]
        columns = ("pitch", "velocity", "voice", "staff", "fifths", "grace")
        values = zip(
            table["onset"].tolist(), (table["onset"] + table["duration"]).tolist(),
            *(table[name].tolist() for name in columns), strict=True,
        )  # fmt: skip
        return [NoteRow(index, *row) for index, row in enumerate(values)]

    def _own_marks(self) -> list[Mark]:
        """Marks of this part; a fermata of the whole score stands in every part, other such marks in the top one."""
        found = []
        for mark in self._score.marks:
            if mark.part == self._index or (mark.part < 0 and self._index == 0):
                found.append(mark)
            elif mark.part < 0 and mark.kind == "fermata":
                found.append(replace(mark, part=self._index))
            elif mark.part >= len(self._score.parts) and self._index == 0:
                self._tally.add("marks of parts that do not exist left out", mark.kind)
        return found

    def _voices(self) -> PartVoices:
        rows: dict[int, list[NoteRow]] = {}
        graces: dict[int, list[NoteRow]] = {}
        for row in self._rows:
            (graces if row.grace else rows).setdefault(row.voice, []).append(row)
        anchors = {
            voice: {sign.tick: sign.mark.staff for sign in signs} for voice, signs in self._signs.on_rest.items()
        }
        return PartVoices(rows, graces, self._signs.splits, self._signs.tuplets, anchors, self._n_staves)

    def _per_tick(self, streams: list[list[Stream]]) -> Time:
        """Divisions to a tick, so that every length is whole."""
        denominators = {
            event.length.denominator
            for bar in streams
            for stream in bar
            for event in stream.events
            if isinstance(event.length, Fraction)
        }
        return math.lcm(*denominators) if denominators else 1

    def _changes(self) -> list[tuple[int, _Change]]:
        """Metres, keys and clefs of this part in order of time; those at 0 come with the first bar."""
        keys: dict[int, Key] = {}
        for key in self._score.keys:
            if key.part in (-1, self._index) and not (self._part.percussion and key.part < 0):
                keys[key.tick] = key  # a key of the part itself comes after that of the whole score
        found: list[tuple[int, _Change]] = [(key.tick, key) for key in keys.values()]
        meters = {meter.tick: meter for meter in self._score.meters}
        if len(meters) < len(self._score.meters) and self._index == 0:
            self._tally.add("time signatures overruled at the same place left out")
        found += meters.items()
        found += [(clef.tick, clef) for clef in self._score.clefs if clef.part == self._index]
        found.sort(key=lambda change: change[0])
        return found[::-1]

    # ---- bars ----------------------------------------------------------------------------------------

    def _measure(self, frame: BarFrame, streams: list[Stream], changes: list[tuple[int, _Change]]) -> Element:
        measure = self._open(frame)
        write_left_barline(measure, self._score, frame.index)
        at_start, later = self._changes_in(frame, changes)
        self._attributes(measure, frame, at_start)
        for stream in streams:
            set_beams(stream, frame, joins_beats=self._part.free_voices)
        self._name(streams, frame)
        items = self._items(frame)
        position: Time = 0
        for place, stream in enumerate(streams):
            if place:
                add(add(measure, "backup"), "duration", self._events.divisions(position))
            own = [item for item in items if self._belongs(item, stream, streams)]
            items = [item for item in items if item not in own]
            position = self._write_stream(measure, stream, own, later if place == 0 else [], frame)
        self._write_rest(measure, later, position, frame)
        write_right_barline(measure, self._score, frame, self._signs.at_barline.pop(frame.end, []), self._identity)
        return measure

    def _open(self, frame: BarFrame) -> Element:
        bars = self._score.bars
        bar = bars[frame.index]
        measure = Element("measure", number=str(bar.number))
        if frame.index and bar.number == bars[frame.index - 1].number:
            same = sum(other.number == bar.number for other in bars[: frame.index])
            measure.set("number", f"X{same}-{bar.number}")
            measure.set("implicit", "yes")
        elif bar.number == 0:
            measure.set("implicit", "yes")
        elif frame.index == 0 and frame.end - frame.start < frame.meter.bar_ticks:
            measure.set("implicit", "no")  # short, and yet no pickup
        return measure

    def _changes_in(
        self, frame: BarFrame, changes: list[tuple[int, _Change]]
    ) -> tuple[list[_Change], list[tuple[int, _Change]]]:
        """Changes at the bar's start and inside it; those at the very end of the piece belong to its last bar."""
        at_start: list[_Change] = []
        later: list[tuple[int, _Change]] = []
        while changes and (changes[-1][0] < frame.end or frame.is_last):
            tick, change = changes.pop()
            if tick <= frame.start:
                at_start.append(change)
            else:
                later.append((min(tick, frame.end), change))
        return at_start, later

    def _attributes(self, measure: Element, frame: BarFrame, changes: list[_Change]) -> None:
        first = frame.index == 0
        attributes = Element("attributes")
        if first:
            add(attributes, "divisions", self._events.divisions(TICKS_PER_QUARTER))
        self._keys(attributes, changes)
        self._meters(attributes, changes)
        if first and not self._score.meters:
            add(add(attributes, "time", print_object="no"), "senza-misura")
        if first and self._n_staves > 1:
            add(attributes, "staves", self._n_staves)
        self._clefs(attributes, changes, first=first)
        if first and (self._part.chromatic or self._part.diatonic):
            self._transpose(attributes)
        if len(attributes):
            measure.append(attributes)

    def _keys(self, attributes: Element, changes: list[_Change]) -> None:
        for change in changes:
            if isinstance(change, Key):
                key = add(attributes, "key")
                add(key, "fifths", change.fifths - self._shift)
                if change.mode:
                    add(key, "mode", change.mode)

    def _meters(self, attributes: Element, changes: list[_Change]) -> None:
        for change in changes:
            if isinstance(change, Meter):
                time = add(attributes, "time", symbol=change.symbol)
                add(time, "beats", change.numerator)
                add(time, "beat-type", change.denominator)

    def _clefs(self, attributes: Element, changes: list[_Change], *, first: bool) -> None:
        stated = [change for change in changes if isinstance(change, Clef)]
        for clef in stated:
            _write_clef(attributes, clef, self._n_staves, "")
        if first:
            for staff in range(1, self._n_staves + 1):
                if not any(clef.staff == staff for clef in stated):
                    identity = f"{IMPLIED}clef-{self._identity}-{staff}"
                    clef = likely_clef(self._part, staff, [row.pitch for row in self._rows if row.staff == staff])
                    _write_clef(attributes, clef, self._n_staves, identity)

    def _transpose(self, attributes: Element) -> None:
        octaves = int(self._part.chromatic / 12)
        if (self._part.diatonic - 7 * octaves) * (self._part.chromatic - 12 * octaves) < 0:
            octaves = 0
        transpose = add(attributes, "transpose")
        add(transpose, "diatonic", self._part.diatonic - 7 * octaves)
        add(transpose, "chromatic", self._part.chromatic - 12 * octaves)
        if octaves:
            add(transpose, "octave-change", octaves)

    # ---- notes and what stands between them ----------------------------------------------------------

    def _name(self, streams: list[Stream], frame: BarFrame) -> None:
        """Find the written names and accidentals of a bar."""
        if self._part.percussion:
            return
        key = self._score.key_at(frame.start, self._index)
        fifths = (key.fifths if key else 0) - self._shift
        names: dict[int, Name] = {
            id(tone): self._speller.name(tone.row, fifths)
            for stream in streams
            for event in stream.events
            for tone in event.tones
        }
        self._events.names = names
        self._events.accidentals = accidentals(streams, names, fifths)

    def _items(self, frame: BarFrame) -> list[Sign | Tempo]:
        """Tempos and signs of a bar: what ends at its end is in it, what begins there is in the next."""
        found: list[Sign | Tempo] = []
        while self._tempos and (self._tempos[0].tick < frame.end or frame.is_last):
            found.append(self._tempos.pop(0))
        between = self._signs.between
        n_taken = 0
        for sign in between:
            inside = sign.tick < frame.end or frame.is_last or (sign.tick == frame.end and sign.role == "stop")
            if not inside:
                break
            n_taken += 1
        found += between[:n_taken]
        del between[:n_taken]
        return found

    def _belongs(self, item: Sign | Tempo, stream: Stream, streams: list[Stream]) -> bool:
        """Whether a sign is written along with a voice: its own, else the first of its staff."""
        if isinstance(item, Tempo) or not (item.mark.staff or item.mark.voice):
            return stream is streams[0]
        mark = item.mark
        fits = [s for s in streams if mark.voice in (0, s.voice) and mark.staff in (0, s.staff)]
        fits = fits or [s for s in streams if mark.staff == s.staff] or streams
        return stream is fits[0]

    def _write_stream(
        self,
        measure: Element,
        stream: Stream,
        items: list[Sign | Tempo],
        changes: list[tuple[int, _Change]],
        frame: BarFrame,
    ) -> Time:
        """Write a voice with its signs at or after the cursor; gives where the cursor ends."""
        position: Time = 0
        for event in stream.events:
            if not event.grace:
                self._changes_here(measure, changes, event)
            items = self._signs_until(measure, items, event, position, frame)
            self._events.write(measure, event, stream)
            if not event.grace:
                position = event.at + event.length
        self._signs_until(measure, items, None, position, frame)
        return position

    def _changes_here(self, measure: Element, changes: list[tuple[int, _Change]], event: Event) -> None:
        here = [change for tick, change in changes if tick == event.start]
        if here:
            self._write_changes(measure, here)
            changes[:] = [item for item in changes if item[0] != event.start]

    def _write_changes(self, measure: Element, changes: list[_Change]) -> None:
        attributes = add(measure, "attributes")
        self._keys(attributes, changes)
        self._meters(attributes, changes)
        self._clefs(attributes, changes, first=False)

    def _signs_until(
        self, measure: Element, items: list[Sign | Tempo], event: Event | None, position: Time, frame: BarFrame
    ) -> list[Sign | Tempo]:
        """Write the signs up to an event's end, those inside it with an offset from the cursor."""
        left = []
        figures_until = -1
        for item in items:
            if event is not None and item.tick >= event.stop and item.tick != event.start:
                left.append(item)
                continue
            at_event = event is not None and item.tick == event.start
            ahead = 0 if at_event else item.tick - frame.start - position
            offset = self._events.divisions(ahead) if ahead else ""
            if isinstance(item, Tempo):
                write_tempo(measure, item, offset)
                continue
            if item.mark.kind == "figured-bass":
                if ahead and item.tick != figures_until:
                    self._late_figures.append(item)
                else:
                    figures_until = self._write_sign(measure, item, "")
                continue
            self._write_sign(measure, item, offset)
        return left

    def _write_sign(self, measure: Element, item: Sign, offset: str) -> int:
        mark = item.mark
        length = self._events.divisions(mark.end - mark.tick) if mark.kind == "figured-bass" and mark.end > 0 else ""
        if not write_between(measure, item, offset, -self._shift, length):
            self._tally.add(f"parts of signs that MusicXML cannot hold: {mark.kind}", self._label)
        return mark.end

    def _write_rest(
        self,
        measure: Element,
        changes: list[tuple[int, _Change]],
        position: Time,
        frame: BarFrame,
    ) -> None:
        """Changes and figures at places where no note of the first voice starts: the cursor goes there."""
        for tick, change in changes:
            position = self._go(measure, position, tick - frame.start)
            self._write_changes(measure, [change])
        for figure in self._late_figures:
            position = self._go(measure, position, figure.tick - frame.start)
            self._write_sign(measure, figure, "")
        self._late_figures = []
        self._go(measure, position, frame.end - frame.start)

    def _go(self, measure: Element, position: Time, to: Time) -> Time:
        if to < position:
            add(add(measure, "backup"), "duration", self._events.divisions(position - to))
        elif to > position:
            add(add(measure, "forward"), "duration", self._events.divisions(to - position))
        return to

    def _count_lost(self) -> None:
        hung = [sign for signs in (*self._signs.on_note.values(), *self._signs.on_rest.values()) for sign in signs]
        for sign in hung:
            if id(sign) not in self._events.used:
                self._tally.add(f"marks on no note or rest left out: {sign.mark.kind}", self._label)
        for marks in self._signs.at_barline.values():
            self._tally.add("fermatas on no barline left out", self._label, len(marks))
        if self._events.n_moved:
            self._tally.add("signs inside a note moved to its beginning", self._label, self._events.n_moved)
        if self._speller.guessed:
            self._tally.add("notes without a name spelled by the key", self._label, self._speller.guessed)
        if self._speller.respelled:
            self._tally.add("notes whose name is not their pitch respelled", self._label, self._speller.respelled)


def likely_clef(part: Part, staff: int, pitches: Sequence[int]) -> Clef:
    """The clef of a staff for which none is said, by the sounding pitches of all its notes."""
    if part.percussion:
        return Clef(staff=staff, sign="percussion")
    treble = staff == 1 if not pitches else float(np.mean(pitches)) - part.chromatic >= _TREBLE_FROM
    return Clef(staff=staff) if treble else Clef(staff=staff, sign="F", line=4)


def _write_clef(attributes: Element, clef: Clef, n_staves: int, identity: str) -> None:
    element = add(attributes, "clef", number=clef.staff if n_staves > 1 else "", id=identity)
    add(element, "sign", clef.sign)
    add(element, "line", clef.line)
    if clef.octave:
        add(element, "clef-octave-change", clef.octave)

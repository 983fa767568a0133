"""Writing the plain-text notation, one bar to a line, so that a diff shows the bar that changed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

import numpy as np

from stretto.errors import ScoreError
from stretto.score.model import UNSPELLED, Mark, Meter, Part, Score, Tempo
from stretto.score.text_layers import Note, Segment, cut_at_bars, layers_of
from stretto.score.text_lyrics import Singer
from stretto.score.text_marks import Context, write_mark
from stretto.score.text_names import key_words, length_name, note_name, quoted, whole_notes
from stretto.score.text_place import Places
from stretto.score.text_scan import INFO_WORD

QUARTER = 24
"""Length of a note that says none, at the start of a bar, in ticks."""


def score_text(score: Score) -> str:
    """The whole score as text."""
    return "\n".join(_Writer(score).lines()) + "\n"


class _Writer:
    def __init__(self, score: Score) -> None:
        ticks = [bar.tick for bar in score.bars]
        if not ticks or ticks[0] != 0 or ticks != sorted(ticks) or ticks[-1] > score.end:
            raise ScoreError(
                f"bars at ticks {ticks[:4]} ... up to {score.end} do not follow each other; number them anew"
            )
        self._score, self._places = score, Places.of(score)
        fifths = score.notes["fifths"]
        self._no_names = len(fifths) > 0 and bool((fifths == UNSPELLED).all())
        self._marks: dict[int, list[Mark]] = defaultdict(list)
        self._notes: dict[int, list[Note]] = defaultdict(list)
        for row in score.notes.tolist():
            self._notes[row[4]].append(Note(*row))
        for mark in score.marks:
            self._marks[mark.part if 0 <= mark.part < len(score.parts) else -1].append(mark)

    def lines(self) -> Iterable[str]:
        """Header, then the parts."""
        yield from self._header()
        for index, part in enumerate(self._score.parts):
            yield ""
            yield from _part_lines(part)
            for clef in self._score.clefs:
                if clef.part == index:
                    staff = f" staff={clef.staff}" if clef.staff != 1 else ""
                    octave = f" octave={clef.octave}" if clef.octave else ""
                    yield f"@clef {self._places.write(clef.tick)} {quoted(clef.sign)} {clef.line}{octave}{staff}"
            yield from self._voices(index)

    def _header(self) -> Iterable[str]:
        score, places = self._score, self._places
        plain = {name: text for name, text in score.info.items() if INFO_WORD.fullmatch(name) and _plain(text)}
        for name, text in score.info.items():
            yield f"{name}: {text}" if name in plain else f"@info {quoted(name)} {quoted(text)}"
        keys, tempos, meters = [*score.keys], [*score.tempos], [*score.meters]
        if keys and keys[0].tick == 0 and keys[0].part < 0:
            key = keys.pop(0)
            yield f"key: {key_words(key.fifths, key.mode)}"
        if meters and meters[0].tick == 0:
            yield f"meter: {_meter(meters.pop(0))}"
        if score.bars[0].number == 0:
            yield f"pickup: {whole_notes(score.bar_end(0))}"
        if tempos and tempos[0].tick == 0:
            yield f"tempo: {_tempo(tempos.pop(0))}"
        if self._no_names:
            yield "spelling: none"
        if not score.parts:
            yield f"bars: {len(score.bars)}"
        yield from self._bars()
        for meter in meters:
            yield f"@meter {places.write(meter.tick)} {_meter(meter)}"
        for key in keys:
            part = f" part={key.part + 1}" if key.part != -1 else ""
            yield f"@key {places.write(key.tick)} {key_words(key.fifths, key.mode)}{part}"
        for tempo in tempos:
            yield f"@tempo {places.write(tempo.tick)} {_tempo(tempo)}"
        for clef in score.clefs:
            if not 0 <= clef.part < len(score.parts):
                raise ScoreError(f"a clef at {places.write(clef.tick)} is of part {clef.part + 1}, which is not there")
        for mark in self._marks[-1]:
            yield write_mark(mark, places, Context())

    def _bars(self) -> Iterable[str]:
        """What of each bar does not follow from its place and metre, and no barline in the music says."""
        score = self._score
        for index, bar in enumerate(score.bars):
            words = []
            count = index + self._places.first
            length = score.bar_end(index) - bar.tick
            plain = length == score.meter_at(bar.tick).bar_ticks or (index == 0 and bar.number == 0)
            if not plain and (index + 1 < len(score.bars) or not self._shows_end(length)):
                words.append(f"length={whole_notes(length)}")
            if bar.number != count:
                words.append(f"number={bar.number}")
            if bar.repeat_start and not score.parts:
                words.append("start=repeat")
            if bar.repeat_end and not (bar.repeat_end == 2 and score.parts):
                words.append(f"times={bar.repeat_end}")
            if bar.ending:
                words.append(f"ending={quoted(bar.ending)}")
            if bar.barline:
                words.append(f"barline={quoted(bar.barline)}")
            if words:
                yield f"@bar {count} {' '.join(words)}"

    def _shows_end(self, length: int) -> bool:
        """Whether the music itself shows that the last bar is shorter than its metre."""
        score, start = self._score, self._score.bars[-1].tick
        graces = score.notes["grace"] > 0
        sounds = np.where(graces, score.notes["onset"] >= start, score.ends > start)
        return 0 < length < score.meter_at(start).bar_ticks and bool(sounds.any())

    def _voices(self, part: int) -> Iterable[str]:
        voices: dict[tuple[int, int], list[Note]] = defaultdict(list)
        for note in self._notes[part]:
            voices[note.staff, note.voice].append(note)
        streams = sorted(voices) or [(1, 1)]
        for place, (staff, voice) in enumerate(streams):
            hung = [
                mark
                for mark in self._marks[part]
                if (mark.staff, mark.voice) == (staff, voice)
                or (place == 0 and (mark.staff, mark.voice) not in streams)
            ]
            context = Context(part, staff, voice)
            if place or (staff, voice) != (1, 1):
                yield f"voice: {voice}" + (f" staff {staff}" if staff != 1 else "")
            yield from _Voice(self._score, self._places, voices[staff, voice], hung, context, self._no_names).lines(
                whole=place == 0, barlines=place == 0 and part == 0
            )


class _Voice:
    """One voice of one part."""

    def __init__(
        self, score: Score, places: Places, notes: list[Note], marks: list[Mark], context: Context, no_names: bool
    ) -> None:
        self._score, self._places, self._context = score, places, context
        self._no_names = no_names
        velocities = Counter(note.velocity for note in notes).most_common(1)
        self._velocity = velocities[0][0] if velocities else 0
        self._layers = layers_of(notes)
        self._singer = Singer(self._layers[0] if self._layers else [], places, marks, context)
        self._fermatas, marks = _inline_fermatas(notes, self._singer.left, context)
        self._marks: dict[int, list[Mark]] = defaultdict(list)
        for mark in marks:
            self._marks[places.index(mark.tick)].append(mark)

    def lines(self, *, whole: bool, barlines: bool) -> Iterable[str]:
        """The lines; every bar where `whole`, else only those in which something is."""
        score = self._score
        if self._velocity:
            yield f"velocity: {self._velocity}"
        layers = [cut_at_bars(layer, self._places.starts, score.end) for layer in self._layers]
        width = max(3, len(str(len(score.bars))) + 1)
        for index, bar in enumerate(score.bars):
            music = self._bar([layer.get(index, []) for layer in layers])
            if whole or music or index in self._marks:
                left = "|:" if barlines and bar.repeat_start else "|"
                right = ":|" if barlines and bar.repeat_end == 2 else "|"
                yield f"{index + self._places.first:>{width}} {left} {music}{' ' * bool(music)}{right}"
            yield from self._singer.lines(index)
            for mark in self._marks[index]:
                yield "    " + write_mark(mark, self._places, self._context)

    def _bar(self, layers: list[list[Segment]]) -> str:
        while layers and not layers[-1]:
            layers.pop()
        return " & ".join(self._layer(segments) for segments in layers).replace("  ", " ")

    def _layer(self, segments: list[Segment]) -> str:
        words, before = [], QUARTER
        for segment in segments:
            if segment.kind == "graces":
                words.append(self._graces(segment.notes))
                continue
            length = "" if segment.duration == before else length_name(segment.duration)
            before = segment.duration
            if segment.kind == "note":
                if len(segment.notes) == 1:
                    words.append(self._note(segment.notes[0], length))
                else:
                    words.append(f"[{' '.join(self._note(note) for note in segment.notes)}]{length}")
            else:
                words.append(("r" if segment.kind == "rest" else "-") + length)
        return " ".join(words)

    def _graces(self, notes: list[Note]) -> str:
        words = []
        for place in range(1, max(note.grace for note in notes) + 1):
            here = [note for note in notes if note.grace == place]
            by_length: dict[int, list[str]] = defaultdict(list)
            for note in here:
                by_length[note.duration].append(self._note(note, length_name(note.duration) if note.duration else ""))
            names = [name for chord in by_length.values() for name in chord]
            words.append("_" if not names else names[0] if len(names) == 1 else f"[{' '.join(names)}]")
        return "{" + " ".join(words) + "}"

    def _note(self, note: Note, length: str = "") -> str:
        name = note_name(note.pitch, note.fifths)
        if not name:
            name = f"{note_name(note.pitch)}%{note.fifths}"
        elif note.fifths == UNSPELLED and not self._no_names:
            name += "?"
        loud = f"!{note.velocity}" if note.velocity != self._velocity else ""
        return name + length + loud + self._fermatas.pop((note.onset, note.pitch, note.grace), "")


def _inline_fermatas(
    notes: list[Note], marks: list[Mark], context: Context
) -> tuple[dict[tuple[int, int, int], str], list[Mark]]:
    """Which notes carry a plain fermata, by onset, pitch and grace; and the marks that need a line of their own."""
    there = {(note.onset, note.pitch, note.grace) for note in notes}
    found: dict[tuple[int, int, int], str] = {}
    left = []
    for mark in marks:
        spot = (mark.tick, mark.pitch, mark.grace)
        plain = Mark(
            kind="fermata", tick=mark.tick, pitch=mark.pitch, grace=mark.grace,
            part=context.part, staff=context.staff, voice=context.voice,
        )  # fmt: skip
        if mark == plain and spot in there and spot not in found:
            found[spot] = "^"
        else:
            left.append(mark)
    return found, left


def _part_lines(part: Part) -> Iterable[str]:
    yield f"part: {part.name if _plain(part.name) else quoted(part.name) if part.name else ''}".rstrip()
    for name, value in (("abbreviation", part.abbreviation), ("group", part.group)):
        if value:
            yield f"{name}: {value if _plain(value) else quoted(value)}"
    if part.n_staves != 1:
        yield f"staves: {part.n_staves}"
    if part.program != -1:
        yield f"program: {part.program}"
    if part.percussion:
        yield "percussion: yes"
    if part.chromatic or part.diatonic:
        yield f"transposition: {part.chromatic} {part.diatonic}"


def _meter(meter: Meter) -> str:
    return f"{meter.numerator}/{meter.denominator}" + (f" {quoted(meter.symbol)}" if meter.symbol else "")


def _tempo(tempo: Tempo) -> str:
    text = f" {quoted(tempo.text)}" if tempo.text else ""
    unit = f" unit={quoted(tempo.unit)}" if tempo.unit else ""
    return f"{tempo.qpm}{text}{unit}"


def _plain(text: str) -> bool:
    """Whether a text can stand to the end of its line without quotes."""
    return bool(text) and text.isprintable() and text == text.strip() and not text.startswith('"')

"""The plain-text notation (.txt): music that a person can type, read and compare line by line.

`docs/notation.md` specifies it. It holds everything that a Score holds: reading what was written
gives the same score.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from stretto.errors import ScoreReadError
from stretto.score.foreign import refuse_foreign
from stretto.score.model import NOTE, TICKS_PER_QUARTER, UNSPELLED, Mark, Notice, Score
from stretto.score.text_bars import Timed
from stretto.score.text_lines import LineReader, LyricLine, Sheet, Voice
from stretto.score.text_marks import RESERVED, read_mark
from stretto.score.text_scan import Fault, Item, LineFault, WrittenBar, on_line
from stretto.score.text_write import score_text

MAX_BYTES, MAX_LINES = 8 * 2**20, 400_000
"""Ten times the longest quartet of the corpora."""

Row = tuple[int, int, int, int, int, int, int, int, int]
"""A note, in the fields of NOTE."""


def write_text(score: Score) -> tuple[bytes, tuple[Notice, ...]]:
    """The score as text in UTF-8; nothing is ever lost."""
    return score_text(score).encode("utf-8"), ()


def read_text(data: bytes, name: str) -> Score:
    """A Score from the plain-text notation.

    Args:
        data: the file, in UTF-8.
        name: what messages call it.

    Raises:
        ScoreReadError: what is not in the notation, with line, column and what was expected.
    """
    refuse_foreign(data, name, "a text in Stretto's notation")
    if len(data) > MAX_BYTES or max(data.count(b"\n"), max(map(len, data.split(b"\n", MAX_LINES)))) > MAX_LINES:
        raise ScoreReadError(
            f"{name}: over {MAX_BYTES // 2**20} MB, {MAX_LINES} lines or {MAX_LINES} bytes in a line, as no score is; "
            "check the file"
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as cause:
        raise ScoreReadError(f"{name}: byte {cause.start} is not UTF-8; save the text as UTF-8") from cause
    if not text.strip():
        raise ScoreReadError(f"{name}: is empty; write music in it, as the page on the notation shows")
    reader = LineReader()
    try:
        for number, line in enumerate(text.split("\n"), start=1):
            with on_line(number):
                reader.take(number, line.removesuffix("\r"))
        return _score(reader.sheet)
    except LineFault as fault:
        found = f"{fault.word[:40]!r}" if fault.word else "the end of the line"
        raise ScoreReadError(
            f"{name}: line {fault.line}, column {fault.column + 1}: found {found}; expected {fault.expected}"
        ) from fault


def _score(sheet: Sheet) -> Score:
    timed = Timed(sheet)
    rows: list[Row] = []
    marks: list[Mark] = []
    no_names = False
    if "spelling" in sheet.header:
        line, column, text = sheet.header["spelling"]
        if text != "none":
            raise LineFault(line, column, text, "none, or no such line")
        no_names = True
    for voice in sheet.voices:
        player = _Player(voice, timed, no_names)
        rows += player.rows
        marks += player.marks
    for at in sheet.at_lines:
        if at.kind not in RESERVED:
            with on_line(at.line, at.base):
                marks.append(read_mark(at.kind, at.words, timed.places, at.context))
    return Score.build(
        np.array(rows, dtype=NOTE),
        sheet.parts,
        end=timed.end,
        bars=timed.bars,
        meters=timed.meters,
        keys=timed.keys(),
        tempos=timed.tempos(),
        clefs=timed.clefs(),
        marks=marks,
        info=sheet.info,
    )


class _Player:
    """Gives the notes and syllables of one voice their times."""

    def __init__(self, voice: Voice, timed: Timed, no_names: bool) -> None:
        self._voice, self._timed, self._no_names = voice, timed, no_names
        self.rows: list[Row] = []
        self.marks: list[Mark] = []
        self._sounding: dict[int, tuple[int, list[int]]] = {}  # layer -> its end, its rows
        self._slots: dict[int, list[tuple[int, int]]] = {}  # bar -> (onset, top pitch) of the first layer
        for index in sorted(voice.bars):
            with on_line(voice.bars[index].line):
                self._bar(index, voice.bars[index])
        for line in voice.lyrics:
            self._sing(line)

    def _bar(self, index: int, written: WrittenBar) -> None:
        timed = self._timed
        start = timed.bars[index].tick
        end = timed.bars[index + 1].tick if index + 1 < len(timed.bars) else timed.end
        for number, layer in enumerate(written.layers):
            now = start
            for item in layer:
                self._item(number, item, now, index)
                now += item.length
            if layer and now != end:
                count = index + timed.places.first
                less = " without the pickup" if timed.lacks_pickup(index) else ""
                raise Fault(
                    written.column,
                    f"bar {count} of {_quarters(now - start)}",
                    f"{_quarters(end - start)}, as its metre says{less}",
                )

    def _item(self, number: int, item: Item, now: int, bar: int) -> None:
        context = self._voice.context
        if item.kind == "hold":
            end, rows = self._sounding.get(number, (-1, []))
            if end != now or not rows:
                raise Fault(item.column, "-", "a note just before it in this layer, to go on with")
            for row in rows:
                old = self.rows[row]
                self.rows[row] = (old[0], old[1] + item.length, *old[2:])
            self._sounding[number] = now + item.length, rows
            return
        first = len(self.rows)
        for tone in item.tones:
            fifths = UNSPELLED if self._no_names else tone.fifths
            velocity = self._voice.velocity if tone.velocity is None else tone.velocity
            length = tone.length or 0 if item.kind == "graces" else item.length
            self.rows.append(
                (now, length, tone.pitch, velocity, context.part, context.voice, context.staff, fifths, tone.grace)
            )
            if tone.fermata:
                self._mark("fermata", now, tone.pitch, grace=tone.grace)
        if item.kind == "note":
            self._sounding[number] = now + item.length, list(range(first, len(self.rows)))
            if number == 0:
                self._slots.setdefault(bar, []).append((now, max(tone.pitch for tone in item.tones)))

    def _sing(self, line: LyricLine) -> None:
        slots = [slot for bar in line.bars for slot in self._slots.get(bar, [])]
        for index, syllable in enumerate(line.syllables):
            if syllable is None:
                continue
            text, extra, column = syllable
            if index >= len(slots):
                raise LineFault(line.line, line.base + column, text, f"no more than {len(slots)} syllables")
            onset, pitch = slots[index]
            self._mark("lyric", onset, pitch, text=text, number=line.number, extra=extra)

    def _mark(self, kind: str, tick: int, pitch: int, **rest: Any) -> None:
        at = self._voice.context
        self.marks.append(Mark(kind=kind, tick=tick, pitch=pitch, part=at.part, voice=at.voice, staff=at.staff, **rest))


def _quarters(ticks: int) -> str:
    whole, rest = divmod(ticks, TICKS_PER_QUARTER)
    length = " ".join(str(part) for part in (whole, Fraction(rest, TICKS_PER_QUARTER)) if part) or "0"
    return f"{length} quarter{'' if ticks == TICKS_PER_QUARTER else 's'}"

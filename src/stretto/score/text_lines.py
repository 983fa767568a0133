"""The lines of the plain-text notation, sorted into what they are; nothing has a time yet."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from stretto.score.model import Part
from stretto.score.text_lyrics import split_lyrics
from stretto.score.text_marks import Context
from stretto.score.text_names import Words, words_of
from stretto.score.text_scan import (
    HEADER_WORDS,
    PART_WORDS,
    STATEMENT,
    STATEMENTS,
    Fault,
    WrittenBar,
    read_music,
)

MAX_BARS, MAX_SOUNDS, MAX_PARTS = 100_000, 500_000, 1000
"""More than any score has; a larger count is a slip, or meant to fill the memory."""


@dataclass(frozen=True, slots=True)
class AtLine:
    """A line that begins with "@"."""

    line: int
    base: int
    """Column of the "@"."""
    kind: str
    words: Words
    context: Context


@dataclass(slots=True)
class LyricLine:
    """Syllables for the notes of some bars of a voice."""

    line: int
    base: int
    number: int
    bars: list[int]
    syllables: list[tuple[str, str, int] | None]


@dataclass(slots=True)
class Voice:
    """One voice of one part."""

    context: Context
    velocity: int = 0
    bars: dict[int, WrittenBar] = field(default_factory=dict)
    """By place in the score, from 0."""
    lyrics: list[LyricLine] = field(default_factory=list)
    next_bar: int = 0
    """Place after its last bar."""


@dataclass(slots=True)
class Sheet:
    """A whole text."""

    info: dict[str, str] = field(default_factory=dict)
    header: dict[str, tuple[int, int, str]] = field(default_factory=dict)
    """Statement -> (line, column, text)."""
    at_lines: list[AtLine] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    voices: list[Voice] = field(default_factory=list)
    opens: list[int] = field(default_factory=list)
    """Bars before which a line ended with a repeat sign."""

    @property
    def first(self) -> int:
        """Count of the first bar: 0 with a pickup, else 1."""
        return 0 if "pickup" in self.header else 1


class LineReader:
    """Takes the lines one by one and fills a sheet."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.sheet = Sheet()
        self._line = 0
        self._latest: list[int] = []
        self._n_sounds = 0
        self._statements: dict[str, Callable[[str, int, str], None]] = {
            "part": self._part, "voice": self._voice, "velocity": self._velocity, "lyrics": self._lyrics
        }  # fmt: skip

    def take(self, line: int, text: str) -> None:
        """Read line number `line`.

        Raises:
            Fault: what is not in the notation.
        """
        self._line = line
        bare = text.strip()
        statement = STATEMENT.fullmatch(text)
        if not bare or bare.startswith("#"):
            return
        if bare.startswith("@"):
            self._at(text)
        elif statement:
            column = statement.start(3) if statement[3] is not None else len(text)
            self._state(statement[1], statement[2], column, (statement[3] or "").rstrip())
        else:
            self._music(text)

    def _at(self, text: str) -> None:
        base = text.index("@")
        try:
            words = words_of(text[base:])
        except ValueError as cause:
            raise Fault(base + int(cause.args[0]), text.strip(), "a closing quotation mark") from cause
        kind = words[0][1][1:]
        if not re.fullmatch("[a-z][a-z-]*", kind):
            raise Fault(base, words[0][1], "a kind of mark after @, like @fermata or @slur")
        if kind == "info":
            if len(words) != 3:
                raise Fault(base, text.strip(), 'a field and its text, as in @info "Opus" "12"')
            self.sheet.info[words[1][1]] = words[2][1]
            return
        context = self.sheet.voices[-1].context if self.sheet.voices else Context()
        self.sheet.at_lines.append(AtLine(self._line, base, kind, words[1:], context))

    def _state(self, word: str, number: str | None, column: int, text: str) -> None:
        if number is not None and word != "lyrics":
            raise Fault(column, f"{word} {number}:", f"{word}: without a number")
        if word in self._statements:
            self._statements[word](text, column, number or "1")
        elif word in PART_WORDS:
            self._describe(word, text, column)
        elif not self.sheet.parts:
            if word in HEADER_WORDS:
                self.sheet.header[word] = (self._line, column, text)
            else:
                self.sheet.info[word] = unquoted(text, column)
        else:
            known = ", ".join(sorted(STATEMENTS - HEADER_WORDS))
            raise Fault(0, f"{word}:", f"one of {known} after the first part; title and metre stand above it")

    def _part(self, text: str, column: int, _: str) -> None:
        if len(self.sheet.parts) == MAX_PARTS:
            raise Fault(column, text, f"no more than {MAX_PARTS} parts")
        self.sheet.parts.append(Part(name=unquoted(text, column)))
        self._new_voice(1, 1)

    def _new_voice(self, voice: int, staff: int) -> None:
        self.sheet.voices.append(Voice(Context(len(self.sheet.parts) - 1, staff, voice)))
        self._latest = []

    def _voice(self, text: str, column: int, _: str) -> None:
        match = re.fullmatch(r"(-?\d{1,3})(?:\s+staff\s+(-?\d{1,3}))?", text)
        if not match or any(abs(int(number)) > 127 for number in match.groups() if number):
            raise Fault(column, text, "a voice and perhaps a staff, as in voice: 2 staff 1")
        if not self.sheet.parts:
            self.sheet.parts.append(Part())
        if self.sheet.voices and not self.sheet.voices[-1].bars:
            self.sheet.voices.pop()
        self._new_voice(int(match[1]), int(match[2] or 1))

    def _velocity(self, text: str, column: int, _: str) -> None:
        self._current().velocity = _number(text, column)

    def _describe(self, word: str, text: str, column: int) -> None:
        if not self.sheet.parts:
            raise Fault(0, f"{word}:", f"part: before {word}:")
        change: dict[str, Any] = {}
        if word in ("abbreviation", "group"):
            change[word] = unquoted(text, column)
        elif word == "percussion":
            change[word] = text == "yes"
            if text not in ("yes", "no"):
                raise Fault(column, text, "yes or no")
        elif word == "transposition":
            match = re.fullmatch(r"(-?\d{1,9})\s+(-?\d{1,9})", text)
            if not match:
                raise Fault(column, text, "semitones and steps, as in transposition: -2 -1")
            change = {"chromatic": int(match[1]), "diatonic": int(match[2])}
        else:
            change["n_staves" if word == "staves" else word] = _number(text, column, most=2**31)
        self.sheet.parts[-1] = replace(self.sheet.parts[-1], **change)

    def _lyrics(self, text: str, column: int, number: str) -> None:
        if not self._latest:
            raise Fault(column, text, "a line of music above its lyrics")
        try:
            syllables = split_lyrics(text)
        except ValueError as cause:
            at = int(cause.args[0])
            raise Fault(column + at, text[at:], "syllables, with - between those of a word") from cause
        line = LyricLine(self._line, column, int(number), self._latest, syllables)
        self._current().lyrics.append(line)

    def _current(self) -> Voice:
        if not self.sheet.voices:
            self.sheet.parts.append(Part())
            self._new_voice(1, 1)
        return self.sheet.voices[-1]

    def _music(self, text: str) -> None:
        label, bars, opens = read_music(text, self._line)
        voice = self._current()
        index = voice.next_bar if label is None else label - self.sheet.first
        self._n_sounds += sum(len(layer) for bar in bars for layer in bar.layers)
        if self._n_sounds > MAX_SOUNDS:
            raise Fault(0, text.strip(), f"no more than {MAX_SOUNDS} notes and rests")
        if index < 0 or index + len(bars) > MAX_BARS:
            raise Fault(0, str(label), f"a bar from {self.sheet.first} to {MAX_BARS}")
        self._latest = list(range(index, index + len(bars)))
        for at, bar in zip(self._latest, bars, strict=True):
            if at in voice.bars:
                raise Fault(0, str(at + self.sheet.first), "a bar that this voice does not have yet")
            voice.bars[at] = bar
            voice.next_bar = max(voice.next_bar, at + 1)
        if opens:
            self.sheet.opens.append(index + len(bars))


def unquoted(text: str, column: int) -> str:
    """A text to the end of its line, in quotes or without."""
    if not text.startswith('"'):
        return text
    try:
        words = words_of(text)
    except ValueError as cause:
        raise Fault(column, text, "a closing quotation mark") from cause
    if len(words) != 1:
        raise Fault(column, text, "nothing after the closing quotation mark")
    return words[0][1]


def _number(text: str, column: int, *, most: int = 127) -> int:
    if not re.fullmatch(r"-?\d{1,10}", text) or abs(int(text)) > most:
        raise Fault(column, text, f"a whole number up to {most}")
    return int(text)

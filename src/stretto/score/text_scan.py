"""The music lines of the plain-text notation: bars, layers, notes, chords, rests, graces."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from stretto.score.model import TICKS_PER_QUARTER, UNSPELLED
from stretto.score.text_names import LENGTH, NOTE_NAME, length_ticks, parse_note

HEADER_WORDS = {"key", "meter", "pickup", "tempo", "spelling", "bars"}
PART_WORDS = {"abbreviation", "group", "staves", "program", "percussion", "transposition"}
VOICE_WORDS = {"part", "voice", "velocity", "lyrics"}
STATEMENTS = HEADER_WORDS | PART_WORDS | VOICE_WORDS
"""Words before a colon that have a meaning; any other, in the header, is a field of the title page."""

INFO_WORD = re.compile(rf"(?!(?:{'|'.join(sorted(STATEMENTS))})$)[a-z][a-z-]*")

STATEMENT = re.compile(r"\s*([a-z][a-z-]*)(?: (\d{1,4}))?:(?:\s+(.*))?")

_FLAGS = r"(?:[?^]|[!%]-?\d{1,3})*"
_NOTE = re.compile(rf"({NOTE_NAME})({_FLAGS})({LENGTH})?({_FLAGS})")
_LENGTH = re.compile(LENGTH)
_LABEL = re.compile(r"\s*(\d{1,7})(?=\s*(?:\||:\|))")
_BARLINE = re.compile(r":\|:?|\|:?")

A_SOUND = "a note like C4, F#5q. or Bb3, a chord like [C4 E4]h, a rest r, or - for a note that goes on"

MAX_TICKS = 2**31 - 1


class Fault(Exception):
    """Something that is not in the notation: column from 0, the word, what was expected."""

    def __init__(self, column: int, word: str, expected: str) -> None:
        """Keep the three."""
        super().__init__(column, word, expected)
        self.column, self.word, self.expected = column, word, expected


class LineFault(Exception):
    """A fault that knows its line."""

    def __init__(self, line: int, column: int, word: str, expected: str) -> None:
        """Keep line (from 1), column (from 0), the word and what was expected."""
        super().__init__(line, column, word, expected)
        self.line, self.column, self.word, self.expected = line, column, word, expected


@contextmanager
def on_line(line: int, base: int = 0) -> Iterator[None]:
    """Tell a fault the line it is in; its column counts from `base`."""
    try:
        yield
    except Fault as fault:
        raise LineFault(line, base + fault.column, fault.word, fault.expected) from fault


@dataclass(slots=True)
class Tone:
    """A note as written."""

    pitch: int
    fifths: int
    velocity: int | None
    """None = the voice's own."""
    fermata: bool
    length: int | None
    grace: int = 0


@dataclass(slots=True)
class Item:
    """What takes time in a layer, or a run of graces, which takes none."""

    kind: str
    """"note", "rest", "hold" or "graces"."""
    length: int
    tones: list[Tone]
    column: int


@dataclass(slots=True)
class WrittenBar:
    """A bar of one voice as written."""

    line: int
    column: int
    layers: list[list[Item]] = field(default_factory=list)
    repeat_start: bool = False
    repeat_end: bool = False

    @property
    def length(self) -> int:
        """Ticks of its longest layer."""
        return max((sum(item.length for item in layer) for layer in self.layers), default=0)


def read_music(text: str, line: int) -> tuple[int | None, list[WrittenBar], bool]:
    """The bars of a line of music: (label or None, bars, whether the line opens a repeat for the next one).

    Raises:
        Fault: at the first word that is no music.
    """
    label = _LABEL.match(text)
    at = label.end() if label else 0
    bars: list[WrittenBar] = []
    starts_repeat, first = False, True
    while True:
        barline = _BARLINE.search(text, at)
        until = barline.start() if barline else len(text)
        inside = text[at:until]
        if inside.strip() or (barline and not first):
            bars.append(WrittenBar(line, at, _layers(inside, at), starts_repeat, False))
            starts_repeat = False
        if barline is None:
            return int(label[1]) if label else None, bars, starts_repeat
        if barline[0].startswith(":"):
            if not bars:
                raise Fault(until, barline[0], "music before the end of a repeat")
            bars[-1].repeat_end = True
        starts_repeat = barline[0] in ("|:", ":|:")
        at, first = barline.end(), False


def _layers(text: str, base: int) -> list[list[Item]]:
    """The layers of one bar, parted by "&"; none where it is empty."""
    if not text.strip():
        return []
    found, at = [], 0
    for piece in text.split("&"):
        found.append(list(_items(piece, base + at)))
        at += len(piece) + 1
    return found


def _items(text: str, base: int) -> Iterable[Item]:
    at, before = 0, TICKS_PER_QUARTER
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        start = at
        if text[at] == "{":
            tones, at = _braces(text, at, base)
            yield Item("graces", 0, tones, base + start)
            continue
        if text[at] == "[":
            tones, at = _brackets(text, at, base)
            kind = "note"
        elif text[at] in "r-":
            kind, tones, at = ("rest" if text[at] == "r" else "hold"), [], at + 1
        else:
            tone, at = _tone(text, at, base)
            kind, tones = "note", [tone]
        length = tones[0].length if kind == "note" and text[start] != "[" else None
        if length is None and (written := _LENGTH.match(text, at)):
            at, length = written.end(), _ticks(written[0], base + written.start())
        if at < len(text) and not text[at].isspace() and text[at] not in "[{":
            raise Fault(base + start, _word(text, start), A_SOUND)
        before = before if length is None else length
        if before == 0:
            raise Fault(base + start, _word(text, start), "a length above 0")
        yield Item(kind, before, tones, base + start)


def _tone(text: str, at: int, base: int) -> tuple[Tone, int]:
    match = _NOTE.match(text, at)
    if not match:
        raise Fault(base + at, _word(text, at), A_SOUND)
    pitch, fifths = parse_note(match[1])
    if not 0 <= pitch <= 127:
        raise Fault(base + at, match[1], "a note from C-1 to G9")
    flags = match[2] + match[4]
    velocity: int | None = None
    for sign, number in re.findall(r"([!%])(-?\d+)", flags):
        if not -128 <= int(number) <= 127:
            raise Fault(base + at, match[0], f"a number up to 127 after {sign}")
        if sign == "!":
            velocity = int(number)
        else:
            fifths = int(number)
    if "?" in flags:
        fifths = UNSPELLED
    length = _ticks(match[3], base + match.start(3)) if match[3] else None
    return Tone(pitch, fifths, velocity, "^" in flags, length), match.end()


def _brackets(text: str, at: int, base: int, *, lengths: bool = False) -> tuple[list[Tone], int]:
    """A chord; only in a run of graces has each note a length of its own."""
    start, tones = at, []
    at += 1
    while at < len(text) and text[at] != "]":
        if text[at].isspace():
            at += 1
            continue
        tone, end = _tone(text, at, base)
        if tone.length is not None and not lengths:
            raise Fault(base + at, text[at:end], "the length after the bracket, as in [C4 E4]h")
        tones.append(tone)
        at = end
    if at == len(text) or not tones:
        raise Fault(base + start, _word(text, start), "a chord like [C4 E4 G4], closed in the same bar")
    return tones, at + 1


def _braces(text: str, at: int, base: int) -> tuple[list[Tone], int]:
    """A run of graces; "_" leaves a place in it empty."""
    start, tones, place = at, list[Tone](), 1
    at += 1
    while at < len(text) and text[at] != "}":
        if text[at].isspace():
            at += 1
            continue
        here: list[Tone] = []
        if text[at] == "_":
            at += 1
        elif text[at] == "[":
            here, at = _brackets(text, at, base, lengths=True)
        else:
            tone, at = _tone(text, at, base)
            here = [tone]
        for tone in here:
            tone.grace, tone.length = place, tone.length or 0
        tones += here
        place += 1
    if at == len(text) or not tones or place > 128:
        raise Fault(base + start, _word(text, start), "graces like {D5 E5}, closed in the same bar")
    return tones, at + 1


def _ticks(text: str, column: int) -> int:
    ticks = length_ticks(text)
    if ticks is None or ticks > MAX_TICKS:
        raise Fault(column, text, "a length: b w h q e s t with dots or 3 for triplets, :17 for ticks, joined by +")
    return ticks


def _word(text: str, at: int) -> str:
    match = re.compile(r"\S+").match(text, at)
    return match[0] if match else text[at:]

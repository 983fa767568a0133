"""The words of the plain-text notation: note names, lengths, keys, quoted text.

`docs/notation.md` specifies the notation.
"""

from __future__ import annotations

import json
import re
from fractions import Fraction

from stretto.score.model import TICKS_PER_WHOLE, UNSPELLED

LETTER_FIFTHS = {"F": -1, "C": 0, "G": 1, "D": 2, "A": 3, "E": 4, "B": 5}

_LETTER_PITCH = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}

_PLAIN_FIFTHS = [0, 7, 2, -3, 4, -1, 6, 1, -4, 3, -2, 5]  # by pitch class: C C# D Eb E F F# G Ab A Bb B

_BASES = {"b": 192, "w": 96, "h": 48, "q": 24, "e": 12, "s": 6, "t": 3}
"""Breve, whole, half, quarter, eighth, sixteenth, thirty-second, in ticks."""

NOTE_NAME = r"[A-Ga-g](?:#+|b*)-?\d{1,2}"
_TERM = r"(?:[bwhqest](?:\.\.|\.|3)?|:\d{1,9})"
LENGTH = rf"{_TERM}(?:\+{_TERM})*"

MODES = {
    "major": 0, "ionian": 0, "mixolydian": 1, "dorian": 2, "minor": 3, "aeolian": 3, "phrygian": 4, "locrian": 5,
    "lydian": -1,
}  # fmt: skip
"""Steps on the line of fifths from the major tonic of a signature to the mode's own."""


Words = list[tuple[int, str, bool]]
"""Words of a line: (column from 0, text, whether it stands in quotes from its first letter)."""


def _lengths() -> dict[str, int]:
    found: dict[str, int] = {}
    for name, ticks in _BASES.items():
        for dots, scale in (("", Fraction(1)), (".", Fraction(3, 2)), ("..", Fraction(7, 4)), ("3", Fraction(2, 3))):
            if (ticks * scale).denominator == 1:
                found[name + dots] = int(ticks * scale)
    return found


LENGTHS = _lengths()
"""Ticks of every single note value; "." is a dot, "3" a triplet."""


def _names_of_lengths() -> dict[int, str]:
    """The shortest name of a length: one value, else two in a row, the longer first."""
    names: dict[int, str] = {}
    for name, ticks in LENGTHS.items():
        names.setdefault(ticks, name)
    plain = [(name, ticks) for name, ticks in LENGTHS.items() if ".." not in name]
    for first, long in plain:
        for second, short in plain:
            if long > short and ("3" in first) == ("3" in second):
                names.setdefault(long + short, f"{first}+{second}")
    return names


_LENGTH_NAMES = _names_of_lengths()


def length_name(ticks: int) -> str:
    """A length as it is written.

    >>> length_name(24), length_name(36), length_name(8), length_name(60), length_name(17)
    ('q', 'q.', 'e3', 'h+e', ':17')
    """
    return _LENGTH_NAMES.get(ticks, f":{ticks}")


def length_ticks(text: str) -> int | None:
    """The ticks of a written length; None where there is no such length, as a dotted thirty-second."""
    total = 0
    for term in text.split("+"):
        ticks = int(term[1:]) if term[0] == ":" else LENGTHS.get(term)
        if ticks is None:
            return None
        total += ticks
    return total


def note_name(pitch: int, fifths: int = UNSPELLED) -> str:
    """A pitch in scientific notation, spelled as `fifths` says, else plainly; "" where they contradict each other.

    >>> note_name(60, 0), note_name(61, -5), note_name(59, -7), note_name(61)
    ('C4', 'Db4', 'Cb4', 'C#4')
    """
    if fifths == UNSPELLED:
        fifths = _PLAIN_FIFTHS[pitch % 12]
    letter = "FCGDAEB"[(fifths + 1) % 7]
    signs = (fifths + 1) // 7
    octave, rest = divmod(pitch - _LETTER_PITCH[letter] - signs, 12)
    return "" if rest else f"{letter}{'#' * signs if signs > 0 else 'b' * -signs}{octave - 1}"


def parse_note(name: str) -> tuple[int, int]:
    """Pitch and place on the line of fifths of a note name, which must match NOTE_NAME; the pitch may be out of range.

    >>> parse_note("F#5"), parse_note("bb3")
    ((78, 6), (58, -2))
    """
    letter, tail = name[0].upper(), name[1:]
    octave = tail.lstrip("#b")
    signs = tail.count("#") - tail.count("b")
    return 12 * (int(octave) + 1) + _LETTER_PITCH[letter] + signs, LETTER_FIFTHS[letter] + 7 * signs


def key_words(fifths: int, mode: str) -> str:
    """A key in words: "F major", "E dorian", "2 sharps" where the mode is not said.

    >>> key_words(-1, "major"), key_words(-1, ""), key_words(2, "dorian")
    ('F major', '1 flat', 'E dorian')
    """
    if mode in MODES and abs(fifths) <= 7:
        tonic = fifths + MODES[mode]
        signs = (tonic + 1) // 7
        return f"{'FCGDAEB'[(tonic + 1) % 7]}{'#' * signs if signs > 0 else 'b' * -signs} {mode}"
    kind = "flat" if fifths < 0 else "sharp"
    tail = f" {quoted(mode)}" if mode else ""
    return f"{abs(fifths)} {kind}{'' if abs(fifths) == 1 else 's'}{tail}"


def parse_key(words: list[str]) -> tuple[int, str] | None:
    """Signature and mode from the words of a key; None where they name none."""
    if len(words) == 2 and words[1] in MODES and re.fullmatch(r"[A-Ga-g](#*|b*)", words[0]):
        signs = words[0].count("#") - words[0][1:].count("b")
        return LETTER_FIFTHS[words[0][0].upper()] + 7 * signs - MODES[words[1]], words[1]
    if len(words) in (2, 3) and re.fullmatch(r"\d{1,3}", words[0]) and re.fullmatch("(sharp|flat)s?", words[1]):
        sign = -1 if words[1].startswith("flat") else 1
        return sign * int(words[0]), words[2] if len(words) == 3 else ""
    return None


def whole_notes(ticks: int) -> str:
    """A length as a fraction of a whole note: "3/4"."""
    length = Fraction(ticks, TICKS_PER_WHOLE)
    return f"{length.numerator}/{length.denominator}"


def quoted(text: str) -> str:
    """A text as one word: bare where that is plain, else in double quotes with the escapes of JSON."""
    return text if re.fullmatch(r"[^\W\d_][\w.,;!?'’-]*", text) else json.dumps(text, ensure_ascii=False)


def words_of(line: str) -> Words:
    """The words of a line.

    Raises:
        ValueError: a quote that does not close; its column is the argument.
    """
    found, at = [], 0
    while at < len(line):
        if line[at] in " \t":
            at += 1
            continue
        word = re.compile(r'[^\s"]*').match(line, at)
        assert word is not None
        text, column, at = word[0], at, word.end()
        if at < len(line) and line[at] == '"':
            try:
                inner, at = json.JSONDecoder().raw_decode(line, at)
            except ValueError as cause:
                raise ValueError(column) from cause
            text += inner
        found.append((column, text, line[column] == '"'))
    return found

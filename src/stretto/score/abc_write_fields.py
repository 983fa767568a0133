"""The header of an ABC tune, and the fields that change within it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from stretto.score.abc_fields import MODE_FIFTHS
from stretto.score.abc_names import INFO_FIELDS
from stretto.score.abc_score import UNITS
from stretto.score.abc_text import escaped
from stretto.score.abc_write_lanes import Lane
from stretto.score.model import Clef, Key, Meter, Part, Score, Tempo
from stretto.score.tally import Tally

_LENGTHS = {name: length for length, name in UNITS.items()}
_FIELDS = {key: letter for letter, key in INFO_FIELDS.items() if letter != "X"}
_CLEF_NAMES = {
    ("G", 2): "treble", ("F", 4): "bass", ("C", 3): "alto", ("C", 4): "tenor", ("percussion", 3): "perc",
}  # fmt: skip
_ORDER = "TCOAGHRBDFSZNP"


def info_lines(score: Score, tally: Tally) -> Iterator[str]:
    """X:, T:, C: and what else is known about the piece."""
    info = dict(score.info)
    number = info.get("number", "")
    if number.isascii() and number.isdigit() and number != "1" and len(number) < 10:
        info.pop("number")
        yield f"X:{number}"
    else:
        yield "X:1"
    title, subtitle = _rows(info.pop("title", "")), _rows(info.get("subtitle", ""))
    yield from (f"T:{row}" for row in title[:1] or ["Untitled"] if title)
    yield from (f"N:title: {row}" for row in title[1:])
    if title and subtitle:
        info.pop("subtitle")
        yield from (f"T:{row}" for row in subtitle)
    words = _rows(info.pop("words", ""))
    for letter, key in sorted(((_FIELDS.get(key, ""), key) for key in info), key=lambda pair: _ORDER.find(pair[0])):
        if letter or re.fullmatch(r"[a-z-]+", key):
            yield from _info_rows(letter, key, _rows(info[key]))
        else:
            tally.add("facts about the piece that no field can name left out", key[:40])
    yield from (f"W:{row}" for row in words)


def _info_rows(letter: str, key: str, rows: list[str]) -> Iterator[str]:
    for row in rows:
        if key == "rights":
            yield f"%%abc-copyright {row}"
        elif key == "editor":
            yield f"%%abc-edited-by {row}"
        elif letter:
            yield f"{letter}:{row}"
        else:
            # ABC has no field for a lyricist or an arranger; a note that names it is read back.
            yield f"N:{key}: {row}"


def _rows(text: str) -> list[str]:
    return [row for row in (escaped(part) for part in text.split("\n")) if row]


def meter_text(meter: Meter | None) -> str:
    """After M:."""
    if meter is None:
        return "none"
    symbols = {("common", 4, 4): "C", ("cut", 2, 2): "C|"}
    return symbols.get((meter.symbol, meter.numerator, meter.denominator), f"{meter.numerator}/{meter.denominator}")


def key_text(key: Key | None, shift: int) -> str:
    """After K:, for a part whose transposition moves keys by `shift` fifths."""
    if key is None or (not key.mode and not key.fifths - shift and key.tick):
        return "none"
    fifths = typed_fifths(key, shift)
    tonic = fifths - MODE_FIFTHS.get(key.mode, 0)
    sign = ("", "#", "##")[(tonic + 1) // 7] if tonic >= -1 else "b" * -((tonic + 1) // 7)
    name = "FCGDAEB"[(tonic + 1) % 7] + sign
    mode = {"major": "", "minor": "m"}.get(key.mode, f" {key.mode}" if key.mode in MODE_FIFTHS else "")
    return name + mode


def typed_fifths(key: Key | None, shift: int) -> int:
    """Signature as typed; beyond seven accidentals its enharmonic twin."""
    if key is None:
        return 0
    fifths = key.fifths - shift
    while fifths > 7:
        fifths -= 12
    while fifths < -7:
        fifths += 12
    return fifths


def tempo_text(tempo: Tempo, tally: Tally) -> str:
    """After Q:."""
    words = escaped(tempo.text).replace('"', r"\u0022").replace("]", r"\u005d")
    quoted = f'"{words}"' if words else ""
    if not tempo.unit and tempo.qpm == 100 and words:
        return quoted
    beat = _LENGTHS.get(tempo.unit, Fraction(1, 4))
    per_minute = tempo.qpm / (4 * beat)
    rounded = round(per_minute, 4)
    if rounded != per_minute:
        tally.add("tempos rounded to 1/10000 of a beat a minute", str(tempo.qpm))
    number = f"{float(rounded):.4f}".rstrip("0").rstrip(".")
    return f"{quoted} {beat.numerator}/{beat.denominator}={number}".strip()


def clef_text(clef: Clef, tally: Tally) -> str:
    """After clef=."""
    name = _CLEF_NAMES.get((clef.sign, clef.line))
    if name is None:
        name = {"G": "treble", "F": "bass", "C": "alto"}.get(clef.sign, "perc") + str(clef.line)
    if abs(clef.octave) > 2:
        tally.add("clefs more than two octaves off written without them", name)
    octave = {1: "+8", -1: "-8", 2: "+15", -2: "-15"}.get(clef.octave, "")
    return name + octave


def voice_line(lane: Lane, part: Part, clef: str, *, named: bool) -> str:
    """The V: field of a lane; only the first lane of a part is named."""
    words = [f"V:{lane.ident}"]
    if named and part.name:
        words.append(f'name="{_quotable(part.name)}"')
    if named and part.abbreviation:
        words.append(f'snm="{_quotable(part.abbreviation)}"')
    if clef:
        words.append(f"clef={clef}")
    if part.chromatic:
        words.append(f"transpose={part.chromatic}")
    return " ".join(words)


def _quotable(text: str) -> str:
    return escaped(text).replace('"', r"\u0022")


def score_line(lanes: list[Lane], parts: tuple[Part, ...]) -> str:
    """%%score: braces for several staves, parentheses for several voices on one, brackets for groups."""
    words: list[str] = []
    group = ""
    for index, part in enumerate(parts):
        if part.group != group:
            words += (["]"] if group else []) + (["["] if part.group else [])
            group = part.group
        mine = [lane for lane in lanes if lane.part == index]
        numbers = sorted({lane.staff for lane in mine})
        staves = [[lane.ident for lane in mine if lane.staff == staff] for staff in numbers]
        typed = [voices[0] if len(voices) == 1 else f"({' '.join(voices)})" for voices in staves]
        words.append(typed[0] if len(typed) == 1 and part.n_staves == 1 else "{" + " ".join(typed) + "}")
    text = " ".join(words + (["]"] if group else []))
    return "%%score " + text.replace("[ ", "[").replace(" ]", "]")

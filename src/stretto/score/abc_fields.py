"""ABC information fields that change how music reads: M:, L:, Q:, K:, V: and clefs.

Source: the ABC music standard 2.1, sections 3.1, 4.6 and 7.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction

from stretto.score.abc_text import Spot, plain

STEPS = "CDEFGAB"
STEP_FIFTHS = {"F": -1, "C": 0, "G": 1, "D": 2, "A": 3, "E": 4, "B": 5}
_MODES = {
    "maj": ("major", 0), "ion": ("ionian", 0), "mix": ("mixolydian", -1), "dor": ("dorian", -2),
    "min": ("minor", -3), "m": ("minor", -3), "aeo": ("aeolian", -3), "phr": ("phrygian", -4),
    "loc": ("locrian", -5), "lyd": ("lydian", 1),
}  # fmt: skip
MODE_FIFTHS = dict(_MODES.values())
"""Mode -> fifths of its signature less those of a major key on the same tonic."""

_CLEFS = {
    "treble": ("G", 2), "bass": ("F", 4), "alto": ("C", 3), "tenor": ("C", 4), "soprano": ("C", 1),
    "mezzosoprano": ("C", 2), "mezzo": ("C", 2), "baritone": ("C", 5), "perc": ("percussion", 3),
    "P": ("percussion", 3), "G": ("G", 2), "F": ("F", 4), "C": ("C", 3), "none": ("G", 2),
}  # fmt: skip
_CLEF = re.compile(
    r"(treble|bass|alto|tenor|soprano|mezzosoprano|mezzo|baritone|perc|none|[GFCP])([1-5]?)([+\-^_](?:8|15))?$"
)
_PARAMETER = re.compile(r'([\w-]+)\s*=\s*("[^"]*"?|\S+)|(\S+)')
_ACCIDENTAL = re.compile(r"(\^\^?|__?|=)([a-gA-G])")
ALTERS = {"": 0, "=": 0, "^": 1, "^^": 2, "_": -1, "__": -2}


@dataclass(frozen=True, slots=True)
class ClefField:
    """A clef, and how far it moves what is typed."""

    sign: str = "G"
    line: int = 2
    octave: int = 0
    shifts: int = 0
    """Octaves that notes sound above what is typed (treble-8: -1; treble_8 only shows the 8: 0)."""


@dataclass(slots=True)
class KeyField:
    """What a K: field says; None or empty where it says nothing."""

    fifths: int | None = None
    mode: str = ""
    alters: dict[str, int] = field(default_factory=dict)
    """Alteration of each step, where `fifths` is said."""
    exotic: bool = False
    """The signature lies outside the circle of fifths."""
    absent: bool = False
    """K:none or an empty K: no signature at all."""
    clef: ClefField | None = None
    rest: dict[str, str] = field(default_factory=dict)
    """Other parameters: octave, middle, transpose."""
    unknown: list[str] = field(default_factory=list)
    """Words that mean nothing in ABC 2.1."""


def parse_meter(text: str, spot: Spot) -> tuple[int, int, str, bool] | None:
    """Numerator, denominator, symbol, and whether a sum like 2+3 was added up; None = unmetered.

    Raises:
        ScoreReadError: no metre of ABC.
    """
    text = text.strip().strip("()")
    if text.lower() in ("none", ""):
        return None
    if text in ("C", "C|"):
        return (4, 4, "common", False) if text == "C" else (2, 2, "cut", False)
    match = re.fullmatch(r"\(?(\d{1,3}(?:\s*[+ ]\s*\d{1,3})*)\)?\s*/\s*(\d{1,2})", text)
    if match is None and re.fullmatch(r"\d{1,2}", text):
        return int(text), 4, "", False
    bad = spot.error(f"M:{text} is no metre; write it as 3/4, C, C| or none")
    if match is None:
        raise bad
    terms = [int(n) for n in re.findall(r"\d+", match.group(1))]
    denominator = int(match.group(2))
    if sum(terms) == 0 or denominator not in (1, 2, 4, 8, 16, 32):
        raise bad
    return sum(terms), denominator, "", len(terms) > 1


def parse_length(text: str, spot: Spot) -> Fraction:
    """L: the unit note length, in whole notes."""
    match = re.fullmatch(r"(\d{1,3})(?:\s*/\s*(\d{1,4}))?", text.strip())
    if match is None or not int(match.group(1)) or not int(match.group(2) or 1):
        raise spot.error(f"L:{text} is no note length; write it as 1/8")
    return Fraction(int(match.group(1)), int(match.group(2) or 1))


def parse_tempo(text: str, unit: Fraction, spot: Spot) -> tuple[Fraction | None, Fraction | None, str]:
    """Q: the beat in whole notes, beats per minute, and the words; None where not said."""
    words = " ".join(plain(w) for w in re.findall(r'"([^"]*)"?', text))
    rest = re.sub(r'"[^"]*"?', " ", text).strip()
    if not rest:
        return None, None, words
    match = re.fullmatch(r"(?:(.*)=)?\s*(\d{1,4}(?:\.\d{1,4})?)", rest)
    if match is None or Fraction(match.group(2)) == 0:
        raise spot.error(f"Q:{text} is no tempo; write it as 1/4=100")
    beat = unit
    if match.group(1) is not None:
        parts = match.group(1).split()
        lengths = [_beat(part, unit) for part in parts]
        if not lengths or None in lengths:
            raise spot.error(f"Q:{text} is no tempo; write it as 1/4=100")
        beat = sum((length for length in lengths if length), Fraction(0))
    return beat, Fraction(match.group(2)), words


def _beat(text: str, unit: Fraction) -> Fraction | None:
    match = re.fullmatch(r"(\d{1,3})/(\d{1,3})", text)
    if match and int(match.group(1)) and int(match.group(2)):
        return Fraction(int(match.group(1)), int(match.group(2)))
    match = re.fullmatch(r"C(\d{0,2})", text)
    return unit * int(match.group(1) or 1) if match and match.group(1) != "0" else None


def parameters(text: str) -> tuple[dict[str, str], list[str]]:
    """Words of a V: or K: field: those with a value, and the bare ones."""
    named: dict[str, str] = {}
    bare: list[str] = []
    for name, value, word in _PARAMETER.findall(text):
        if name:
            named[name] = plain(value.strip('"'))
        else:
            bare.append(word)
    return named, bare


def parse_clef(text: str) -> ClefField | None:
    """A clef by name ("treble-8") or by sign and line ("F3"), or None."""
    match = _CLEF.match(text)
    if match is None:
        return None
    name, line, octave = match.groups()
    sign, usual = _CLEFS[name]
    octaves = 0 if not octave else (1 if octave[0] in "+^" else -1) * (1 if octave.endswith("8") else 2)
    return ClefField(sign, int(line or usual), octaves, octaves if octave and octave[0] in "+-" else 0)


def middle_shift(text: str, clef: ClefField) -> int | None:
    """Octaves to add so that the note `text` falls on the middle line of `clef`; None = no whole octaves."""
    match = re.fullmatch(r"([A-Ga-g])([,']*)", text)
    if match is None or clef.sign not in "GFC":
        return None
    typed = staff_position(match.group(1), match.group(2))
    on_line = {"G": 32, "F": 24, "C": 28}[clef.sign] + 2 * (3 - clef.line)
    octaves, rest = divmod(on_line - typed, 7)
    return None if rest else octaves


def staff_position(letter: str, octave: str) -> int:
    """Steps above C0 of a typed note: middle C ("C") is 28."""
    base = 28 if letter.isupper() else 35
    return base + STEPS.index(letter.upper()) + 7 * (octave.count("'") - octave.count(","))


def parse_key(text: str, spot: Spot) -> KeyField:
    """K: tonic, mode, explicit accidentals, clef and shifts.

    Raises:
        ScoreReadError: a tonic or mode that ABC does not have.
    """
    key = KeyField()
    named, bare = parameters(text)
    key.rest = {{"m": "middle", "t": "transpose"}.get(name, name): value for name, value in named.items()}
    clef = key.rest.pop("clef", "")
    key.clef = parse_clef(clef) if clef else None
    if clef and key.clef is None:
        raise spot.error(f"clef={clef} is no clef; write treble, alto, tenor, bass or perc")
    words = [word for word in bare if not _take_clef(key, word)]
    if not words:
        key.absent = not bare and not named
        if key.absent:
            key.fifths, key.alters = 0, {}
        return key
    if words[0].lower() == "none":
        key.fifths, key.absent = 0, True
        words = words[1:]
    elif words[0] in ("HP", "Hp"):
        # Highland pipes: F and C are sharp, printed (Hp) or not (HP); the scale is A mixolydian.
        key.fifths, key.mode, words = 2, "mixolydian", words[1:]
    else:
        words = _tonic(key, words, spot)
    key.unknown = [word for word in words if not re.fullmatch(r"(?i:exp)?(?:(?:\^\^?|__?|=)[a-gA-G])*", word)]
    explicit = "".join(word for word in words if word not in key.unknown)
    only = explicit.lower().startswith("exp")
    _signature(key, explicit[3:] if only else explicit, only)
    return key


def _take_clef(key: KeyField, word: str) -> bool:
    """Whether a bare word is a clef; "C", "F" and "G" are tonics, so only names and signs with a line count."""
    if re.fullmatch(r"[A-GP]", word) or word == "none" or (found := parse_clef(word)) is None:
        return False
    key.clef = found
    return True


def _tonic(key: KeyField, words: list[str], spot: Spot) -> list[str]:
    match = re.match(r"([A-G])([#b]?)(.*)", words[0])
    if match is None:
        if re.match(r"exp|[\^_=]", words[0]):
            key.fifths = 0
            return words
        raise spot.error(f"K:{words[0]} is no key; write a tonic and a mode, as G, Dm or A mix")
    tonic, sign, mode = match.groups()
    words = words[1:]
    if not mode and words and re.match(r"[A-Za-z]", words[0]) and not words[0].lower().startswith("exp"):
        mode, words = words[0], words[1:]
    name, shift = ("major", 0)
    if mode and re.match(r"[\^_=]", mode):
        words = [mode, *words]
    elif mode:
        short = "m" if mode.lower() == "m" else mode.lower()[:3]
        if short == "exp":
            words = [mode, *words]
        elif short not in _MODES:
            raise spot.error(f"K: mode {mode} is unknown; write m, mix, dor, phr, lyd, loc, or nothing for major")
        else:
            name, shift = _MODES[short]
    fifths = STEP_FIFTHS[tonic] + {"#": 7, "b": -7, "": 0}[sign] + shift
    if abs(fifths) > 7:
        raise spot.error(f"K:{tonic}{sign} {name} would need {abs(fifths)} accidentals; at most 7 can be written")
    key.fifths, key.mode = fifths, name
    return words


def _signature(key: KeyField, explicit: str, only: bool) -> None:
    fifths = key.fifths or 0
    key.alters = {} if only else circle(fifths)
    if not explicit:
        if only:
            key.fifths, key.mode = 0, ""
        return
    for sign, letter in _ACCIDENTAL.findall(explicit):
        key.alters[letter.upper()] = ALTERS[sign]
    alters = {step: alter for step, alter in key.alters.items() if alter}
    count = sum(alters.values())
    if not only and alters == circle(fifths):
        return
    key.mode = ""
    key.exotic = abs(count) > 7 or alters != circle(count)
    key.fifths = max(-7, min(7, count))


def circle(fifths: int) -> dict[str, int]:
    """Alterations of an ordinary signature.

    >>> circle(-2)
    {'B': -1, 'E': -1}
    """
    order = "FCGDAEB" if fifths > 0 else "BEADGCF"
    return dict.fromkeys(order[: abs(fifths)], 1 if fifths > 0 else -1)


def diatonic_of(chromatic: int) -> int:
    """Steps of the usual interval of so many semitones: -2 is a second down, 6 an augmented fourth.

    >>> [diatonic_of(n) for n in (-14, -9, -3, -2, 0, 7)]
    [-8, -5, -2, -1, 0, 4]
    """
    octaves, rest = divmod(abs(chromatic), 12)
    steps = octaves * 7 + (0, 1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6)[rest]
    return steps if chromatic >= 0 else -steps

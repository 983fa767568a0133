"""Chords by name: Roman numerals in a key, or letters."""

from __future__ import annotations

import re
from dataclasses import dataclass

from stretto.errors import RequestError
from stretto.theory.chords import ALTERED, QUALITIES
from stretto.theory.key import Tonality

DEGREES = {"I": 0, "II": 1, "III": 2, "IV": 3, "V": 4, "VI": 5, "VII": 6}
SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}

FIGURES = {"": (0, False), "6": (1, False), "64": (2, False), "7": (0, True), "65": (1, True), "43": (2, True),
           "42": (3, True), "2": (3, True)}  # fmt: skip
"""Figured bass behind a numeral -> inversion, and whether it is a seventh chord."""

LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
SHIFTS = {"": 0, "#": 1, "b": -1, "♯": 1, "♭": -1}

SHAPES: dict[str, tuple[int, ...]] = {
    **QUALITIES,
    **ALTERED,
    "suspended fourth": (0, 5, 7),
    "suspended second": (0, 2, 7),
    "suspended seventh": (0, 5, 7, 10),
    "major sixth": (0, 4, 7, 9),
    "minor sixth": (0, 3, 7, 9),
    "augmented seventh": (0, 4, 8, 10),
    "seventh with lowered fifth": (0, 4, 6, 10),
    "open fifth": (0, 7),
}
"""Semitones above the root: what analysis knows, and what only lead sheets name."""

KINDS = {
    **dict.fromkeys(("", "maj", "2"), "major"),
    **dict.fromkeys(("6", "maj6", "6/9", "69"), "major sixth"),
    **dict.fromkeys(("m6", "m6/9", "m69"), "minor sixth"),
    **dict.fromkeys(("7", "9", "11", "13"), "dominant seventh"),
    **dict.fromkeys(("m7", "m9", "m11", "m13"), "minor seventh"),
    **dict.fromkeys(("maj7", "maj9", "maj11", "maj13", "Δ", "Δ7"), "major seventh"),
    **dict.fromkeys(("mmaj7", "mMaj7", "mM7"), "minor-major seventh"),
    **dict.fromkeys(("m7b5", "m7♭5", "ø", "ø7"), "half-diminished seventh"),
    **dict.fromkeys(("sus", "sus4"), "suspended fourth"),
    **dict.fromkeys((f"{n}sus{four}" for n in (7, 9, 11, 13) for four in ("", "4")), "suspended seventh"),
    **dict.fromkeys(("+7", "7+", "7#5", "7♯5"), "augmented seventh"),
    **dict.fromkeys(("7b5", "7♭5"), "seventh with lowered fifth"),
    **dict.fromkeys(("5", "no3", "omit3"), "open fifth"),
    "m": "minor", "sus2": "suspended second", "dim": "diminished", "dim7": "diminished seventh", "+": "augmented",
}  # fmt: skip
"""Ending of a chord's letter -> quality; what is added beyond the seventh is left to the voices."""

WAYS = {"minor": "m", "min": "m", "mi": "m", "-": "m", "\N{MINUS SIGN}": "m", "major": "maj", "Maj": "maj", "ma": "maj",
        "M": "maj", "°": "dim", "o": "dim", "aug": "+"}  # fmt: skip
"""How else the beginning of such an ending is written."""

BEGINS = re.compile(r"maj(?:or)?|Maj|ma(?=\d)|M|min(?:or)?|mi|-|\N{MINUS SIGN}|°|o|aug")
BEYOND = re.compile(r"[(), ]|add[#b♯♭]?(?:2|4|9|11|13)|[#b♯♭](?:9|11|13)|(?:no|omit)5")

NUMERAL = re.compile(r"([b#♭♯]?)(VII|VI|V|IV|III|II|I|vii|vi|v|iv|iii|ii|i)(°|o|ø|\+|M)?(\d{0,2})(?:/(.+))?")
SIXTH = re.compile(r"(It|Ger|Fr)(\d{1,2})(?:/(.+))?")
LETTER = re.compile(r"([A-G])([#b♯♭]?)((?:[^/]|/9)*)(?:/([A-G])([#b♯♭]?))?")


SIXTHS = {
    "It": ("Italian sixth", {"6": 0, "64": 1, "53": 2}),
    "Ger": ("German sixth", {"65": 0, "43": 1, "42": 2, "7": 3}),
    "Fr": ("French sixth", {"43": 0, "42": 1, "7": 2, "65": 3}),
}
"""Augmented sixths: quality, and figures -> place of the bass in it; "It6", "Ger65" and "Fr43" have the lowered sixth
degree in the bass. Figures are counted in thirds from the raised fourth degree ("It", "Ger") and the second ("Fr")."""

LOWERED_SIXTH = 8
"""Semitones of the sixth degree of minor above the tonic."""

FIFTH = 7
"""A perfect fifth, in semitones: the one note of a triad that is not missed. Any other fifth is a chord's mark."""


@dataclass(frozen=True, slots=True)
class NamedChord:
    """A chord that is asked for."""

    name: str
    root: int
    """Pitch class."""
    quality: str
    """A key of `SHAPES`."""
    bass: int
    """Pitch class."""

    @property
    def classes(self) -> frozenset[int]:
        """Its pitch classes."""
        return frozenset((self.root + step) % 12 for step in SHAPES[self.quality])

    @property
    def essential(self) -> frozenset[int]:
        """Pitch classes without which it is another chord: all but a perfect fifth over a third or its suspension."""
        steps = SHAPES[self.quality]
        return frozenset((self.root + step) % 12 for step in steps if step != FIFTH or len(steps) == 2)


def chord_named(text: str, key: Tonality) -> NamedChord:
    """The chord that a name asks for.

    >>> from stretto.theory.key import parse_key
    >>> chord = chord_named("V65", parse_key("G major"))
    >>> sorted(chord.classes), chord.bass
    ([0, 2, 6, 9], 6)

    Args:
        text: a Roman numeral ("I", "ii6", "V7", "vii°", "V7/V", "It6", "Ger65", "Fr43") or a letter
            ("G", "F#m", "D7/F#", "Gsus4").
        key: in which numerals are meant; in minor, V and vii° have the raised leading note.

    Raises:
        RequestError: no such chord.
    """
    if found := SIXTH.fullmatch(text):
        return _augmented_sixth(text, found, key)
    if found := NUMERAL.fullmatch(text):
        return _of_numeral(text, found, key)
    if found := LETTER.fullmatch(text):
        letter, sign, ending, bass, bass_sign = found.groups(default="")
        if (quality := _quality_of(ending)) is not None:
            root = (LETTERS[letter] + SHIFTS[sign]) % 12
            low = (LETTERS[bass] + SHIFTS[bass_sign]) % 12 if bass else root
            return NamedChord(text, root, quality, low)
    raise RequestError(f"chord {text!r} is unknown; name chords as I, ii6, V7, vii°, V7/V or as G, F#m, D7/F#")


def _quality_of(ending: str) -> str | None:
    """What stands behind a letter, in any of the ways in which it is written: "min7", "-7" and "m7" are one.

    >>> _quality_of("-7"), _quality_of("7b9"), _quality_of("sus4")
    ('minor seventh', 'dominant seventh', 'suspended fourth')
    """
    plain = BEYOND.sub("", ending)
    begins = BEGINS.match(plain)
    if begins is not None:
        plain = WAYS.get(begins[0], begins[0]) + plain[begins.end() :]
    return KINDS.get(plain)


def _augmented_sixth(text: str, found: re.Match[str], key: Tonality) -> NamedChord:
    nation, figures, of = found.groups(default="")
    quality, places = SIXTHS[nation]
    if figures not in places:
        raise RequestError(f"chord {text!r}: figures {figures} are none of {', '.join(places)}")
    root = ((chord_named(of, key).root if of else key.tonic) + LOWERED_SIXTH) % 12
    return NamedChord(text, root, quality, (root + ALTERED[quality][places[figures]]) % 12)


def _of_numeral(text: str, found: re.Match[str], key: Tonality) -> NamedChord:
    sign, numeral, mark, figures, of = found.groups(default="")
    if figures not in FIGURES:
        raise RequestError(f"chord {text!r}: figures {figures} are none of {', '.join(f for f in FIGURES if f)}")
    tonic, mode = key.tonic, key.mode
    if of:
        target = chord_named(of, key)
        tonic, mode = target.root, "minor" if SHAPES[target.quality][1] == 3 else "major"
    degree = DEGREES[numeral.upper()]
    root = (tonic + SCALES[mode][degree] + SHIFTS[sign]) % 12
    major = numeral.isupper()
    if mode == "minor" and degree == 6 and not major and not sign:
        root = (root + 1) % 12  # vii° stands on the raised leading note
    inversion, seventh = FIGURES[figures]
    quality = _quality(degree, mode, major=major, mark=mark, seventh=seventh)
    bass = (root + QUALITIES[quality][inversion]) % 12
    return NamedChord(text, root, quality, bass)


def _quality(degree: int, mode: str, *, major: bool, mark: str, seventh: bool) -> str:
    """What a numeral's letters, mark and figures make of its chord."""
    if mark in ("°", "o"):
        return "diminished seventh" if seventh else "diminished"
    if mark == "ø":
        return "half-diminished seventh"
    if mark == "+":
        return "augmented"
    if mark == "M" and seventh:
        return "major seventh" if major else "minor-major seventh"
    if not seventh:
        return "major" if major else ("diminished" if degree == 6 else "minor")
    if not major:
        diminished = "diminished seventh" if mode == "minor" else "half-diminished seventh"
        return diminished if degree == 6 else "minor seventh"
    return "dominant seventh" if degree == 4 or (mode == "minor" and degree == 6) else "major seventh"

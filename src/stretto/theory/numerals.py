"""Roman numerals: what a chord is called in a key. The inverse of `roman`, which reads such names.

Names are as figured by hand: "V65", "ii6", "V7/V", "viio7", "viiø43", "bII6", "I64", "It6", "Ger65", "Fr43". Which name
a chord has is decided by an order: what belongs to the key, then dominants of its degrees, then what is borrowed from
the other mode, then anything else; a few have two names, of which the chord that follows chooses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import product

from stretto.errors import RequestError
from stretto.score.model import UNSPELLED
from stretto.theory.chords import QUALITIES, TRIADS, Chord, chord_of
from stretto.theory.key import Tonality
from stretto.theory.roman import DEGREES, LOWERED_SIXTH, SHAPES, SIXTHS, chord_named

TRIAD_FIGURES, SEVENTH_FIGURES = ("", "6", "64"), ("7", "65", "43", "42")

OWN = {
    "major": ("I", "ii", "iii", "IV", "V", "vi", "viio", "viiø"),
    "minor": ("i", "iio", "iiø", "III", "iv", "V", "v", "VI", "VII", "viio", "viiø", "I", "IV", "ii", "III+", "#vio",
              "#viø", "iM"),
}  # fmt: skip
"""What a key has of itself; minor with the raised degrees that its melodies use, and the major close."""

DEGREES_OF = {"major": ("V", "vi", "ii", "IV", "iii"), "minor": ("V", "iv", "III", "VI", "VII")}
"""Degrees whose own dominants are heard, the likeliest first."""

DOMINANTS = ("V", "viio", "viiø")

BORROWED = {
    "major": ("iv", "i", "iio", "iiø", "viio", "bVI", "bIII", "bVII", "bII", "v", "I+", "V+", "IV+"),
    "minor": ("bII", "V+", "iii", "vi", "i+"),
}
"""Of the other mode, the Neapolitan, and what has a raised fifth."""

FAR = {
    "major": ("bVI", "bIII", "bVII", "bII", "#IV", "VII"),
    "minor": ("bII", "II", "vi", "#IV", "#III", "#VI", "#VII"),
}
"""Other degrees that can have dominants."""

NEVER = {"major": ("bI", "bIV", "bV", "#III", "#VII"), "minor": ("bI", "bIV", "bV", "bIII", "bVI", "bVII")}
"""Altered degrees that have a plainer name."""

TARGETS = {
    "major": ("I", "bII", "ii", "bIII", "iii", "IV", "#IV", "V", "bVI", "vi", "bVII", "VII"),
    "minor": ("i", "bII", "ii", "III", "#III", "iv", "#IV", "V", "VI", "#VI", "VII", "#VII"),
}
"""The degree on each semitone above the tonic, as what an augmented sixth leads to."""

BY_WHAT_FOLLOWS: dict[str, dict[tuple[int, str], tuple[int, str]]] = {
    "major": {},
    "minor": {
        (10, "dominant seventh"): (3, "V/III"),
        (2, "diminished"): (3, "viio/III"),
        (2, "half-diminished seventh"): (3, "viiø/III"),
        (0, "major"): (5, "V/iv"),
        (5, "major"): (10, "V/VII"),
    },
}
"""Root above the tonic and quality -> the root that follows it, and what it is then called."""


def numeral_of(chord: Chord, key: Tonality, *, following: Chord | None = None) -> str:
    """What a chord is called in a key.

    >>> from stretto.theory.chords import chord_of
    >>> from stretto.theory.key import parse_key
    >>> [numeral_of(chord_of(c), parse_key("C major")) for c in ([59, 62, 67, 77], [66, 69, 72, 74], [65, 68, 73])]
    ['V65', 'V65/V', 'bII6']

    Args:
        chord: of `chord_of`, `chord_spelled` or `harmonies`.
        key: the local key.
        following: the next chord, where it is known: it tells "VII7" from "V7/III".
    """
    head, tail = _head(chord, key, following)
    if chord.quality in SIXTH_NATIONS:
        nation, places = SIXTH_NATIONS[chord.quality]
        return f"{nation}{places[chord.inversion]}{tail}"
    figures = TRIAD_FIGURES if chord.quality in TRIADS else SEVENTH_FIGURES
    return f"{head}{figures[chord.inversion]}{tail}"


SIXTH_NATIONS = {
    quality: (nation, {place: figures for figures, place in places.items()})
    for nation, (quality, places) in SIXTHS.items()
}
"""Quality of an augmented sixth -> how its name begins, and its figures by place of the bass."""


def _head(chord: Chord, key: Tonality, following: Chord | None) -> tuple[str, str]:
    """What stands before and behind the figures."""
    place = (chord.root - key.tonic) % 12, chord.quality
    if chord.quality in SIXTH_NATIONS:
        target = (chord.root - LOWERED_SIXTH) % 12
        return "", "" if target == key.tonic else "/" + TARGETS[key.mode][(target - key.tonic) % 12]
    if following is not None and place in BY_WHAT_FOLLOWS[key.mode]:
        root, name = BY_WHAT_FOLLOWS[key.mode][place]
        if (following.root - key.tonic) % 12 == root:
            head, _, of = name.partition("/")
            return head, f"/{of}"
    return _names(key.mode)[place]


@cache
def _names(mode: str) -> dict[tuple[int, str], tuple[str, str]]:
    """Every root above the tonic and quality -> name before and behind the figures, as `chord_named` reads it."""
    key = Tonality(0, mode)
    names: dict[tuple[int, str], tuple[str, str]] = {}
    for head, tail in _candidates(mode):
        for figures in ("", "7"):
            try:
                read = chord_named(f"{head}{figures}{tail}", key)
            except RequestError:
                continue
            if read.quality in QUALITIES and (read.quality in TRIADS) == (not figures):
                names.setdefault((read.root, read.quality), (head, tail))
    return names


def _candidates(mode: str) -> Iterator[tuple[str, str]]:
    """All names, the most usual first."""
    yield from ((name, "") for name in OWN[mode])
    yield from ((dominant, f"/{of}") for dominant in DOMINANTS for of in DEGREES_OF[mode])
    yield from ((name, "") for name in BORROWED[mode])
    yield from ((dominant, f"/{of}") for dominant in DOMINANTS for of in FAR[mode])
    degrees = [numeral if upper else numeral.lower() for numeral in DEGREES for upper in (True, False)]
    signed = [sign + degree for sign, degree in product(("", "b", "#"), degrees)]
    signed = [degree for degree in signed if degree.upper().replace("B", "b") not in NEVER[mode]]
    yield from ((degree + mark, "") for mark in ("", "o", "ø", "+", "M") for degree in signed)
    yield from ((degree + mark, f"/{of}") for mark in ("", "o", "ø", "+", "M") for of in signed for degree in degrees)


def chord_spelled(pitches: Iterable[int], fifths: Iterable[int], key: Tonality | None = None) -> Chord | None:
    """The chord of pitches with names: names tell an augmented sixth from a seventh, and which note is the root.

    Args:
        pitches: MIDI.
        fifths: their places on the line of fifths; UNSPELLED where there is none.
        key: what lies nearest to it is meant where there are no names.
    """
    low, classes, names = 128, set(), {}
    for pitch, name in zip(pitches, fifths, strict=True):
        low = min(low, pitch)
        classes.add(pitch % 12)
        if name != UNSPELLED:
            names[pitch % 12] = name
    return chord_of_classes(frozenset(classes), low % 12, names, key) if classes else None


def chord_of_classes(
    classes: frozenset[int], bass: int, names: dict[int, int], key: Tonality | None = None
) -> Chord | None:
    """The same, of pitch classes, a bass, and the names that are known."""
    sixth = _augmented_sixth(classes, bass, names, key)
    if sixth is not None:
        return sixth
    found = chord_of([bass, *(bass + (c - bass) % 12 for c in sorted(classes))])
    if found is None or found.quality not in ("augmented", "diminished seventh"):
        return found
    root = (
        _root_by_name(classes, names, found.quality) if classes <= names.keys() else _root_by_key(classes, found, key)
    )
    inversion = QUALITIES[found.quality].index((bass - root) % 12)
    return Chord(root, found.quality, inversion, True)


AUGMENTED_SIXTH = 10
"""Fifths from the lowered sixth degree to the raised fourth."""


def _augmented_sixth(classes: frozenset[int], bass: int, names: dict[int, int], key: Tonality | None) -> Chord | None:
    for root in classes:
        shape = {(c - root) % 12 for c in classes}
        for quality in SIXTH_NATIONS:
            steps = SHAPES[quality]
            if shape != set(steps):
                continue
            low, high = names.get(root), names.get((root + AUGMENTED_SIXTH) % 12)
            named = low is not None and high is not None
            unnamed = key is not None and root == (key.tonic + LOWERED_SIXTH) % 12 == bass
            if (high - low == AUGMENTED_SIXTH) if low is not None and high is not None else unnamed and not named:
                return Chord(root, quality, steps.index((bass - root) % 12), True)
    return None


def _root_by_name(classes: frozenset[int], names: dict[int, int], quality: str) -> int:
    """Thirds of a diminished seventh go down the line of fifths, those of an augmented triad up."""
    by_name = sorted(classes, key=lambda c: names[c])
    return by_name[-1] if quality == "diminished seventh" else by_name[0]


def _root_by_key(classes: frozenset[int], found: Chord, key: Tonality | None) -> int:
    """The leading note of the key, or of its dominant, is the root of a diminished seventh."""
    if key is not None and found.quality == "diminished seventh":
        for root in (key.tonic + 11, key.tonic + 6, key.tonic + 1, key.tonic + 4):
            if root % 12 in classes:
                return root % 12
    return found.root

"""Humdrum's tandem interpretations as our records: *clefG2, *k[f#], *G:, *M3/4, *MM90, *ITrd1c2."""

from __future__ import annotations

import re
from fractions import Fraction

from stretto.score.model import TICKS_PER_WHOLE

_CLEF = re.compile(r"\*clef([GFC])(v{0,2}|\^{0,2})([1-5])$")
_METER = re.compile(r"\*(?:yy)?M(\d{1,3}(?:\+\d{1,3})*)[/\\](\d{1,3})(?:yy)?$")
_SIGNATURE = re.compile(r"\*(?:yy)?k\[([^\]]*)\]$")
_TONIC = re.compile(r"\*(?:yy)?([A-Ga-g])([#-]?):([a-z-]*)$")
_TEMPO = re.compile(r"\*MM(\d{1,4}(?:\.\d{1,4})?)(?:-\d+)?$")
_TRANSPOSITION = re.compile(r"\*ITrd(-?\d{1,2})c(-?\d{1,3})$")

_LETTER_FIFTHS = dict(zip("fcgdaeb", range(-1, 6), strict=True))
_SHARPS, _FLATS = "fcgdaeb", "beadgcf"
_MODES = {-1: "lydian", 0: "major", 1: "mixolydian", 2: "dorian", 3: "minor", 4: "phrygian", 5: "locrian"}
_NAMED = {
    "lyd": -1, "ion": 0, "mix": 1, "dor": 2, "aeo": 3, "phr": 4, "loc": 5,
}  # fmt: skip
_CHURCH = {0: "ionian", 3: "aeolian"}
_MAJOR_LIKE, _MINOR_LIKE = (-1, 0, 1), (2, 3, 4, 5)


def clef(cell: str) -> tuple[str, int, int] | None:
    """Sign, line and octave of a *clef..., or None.

    >>> clef("*clefGv2")
    ('G', 2, -1)
    """
    if cell.startswith("*clefX"):
        return "percussion", 3, 0
    found = _CLEF.match(cell)
    if found is None:
        return None
    shift = found.group(2)
    octave = -len(shift) if shift.startswith("v") else len(shift)
    return found.group(1), int(found.group(3)), octave


def meter(cell: str) -> tuple[int, int] | None:
    """Numerator and denominator of a *M..., or None where it is no metre our ticks can hold.

    >>> meter("*M3/4")
    (3, 4)
    """
    found = _METER.match(cell)
    if found is None:
        return None
    numerator, denominator = sum(map(int, found.group(1).split("+"))), int(found.group(2))
    if not 0 < numerator < 100 or not denominator or TICKS_PER_WHOLE % denominator:
        return None
    return numerator, denominator


def signature(cell: str) -> tuple[int, bool] | None:
    """Sharps (or minus flats) of a *k[...], and whether it is one of the fifteen usual ones.

    >>> signature("*k[f#c#]")
    (2, True)
    """
    found = _SIGNATURE.match(cell)
    if found is None:
        return None
    content = found.group(1).lower()
    sharps = set(re.findall(r"([a-g])#", content))
    flats = set(re.findall(r"([a-g])-", content))
    n_sharps, n_flats = len(sharps), len(flats)
    usual = not (sharps and flats) and sharps == set(_SHARPS[:n_sharps]) and flats == set(_FLATS[:n_flats])
    return n_sharps - n_flats, usual


def tonic(cell: str) -> tuple[int, bool, str] | None:
    """Place of the tonic on the line of fifths (C = 0), whether major is meant, and a named mode ("dor").

    >>> tonic("*g:dor")
    (1, False, 'dor')
    """
    found = _TONIC.match(cell)
    if found is None:
        return None
    letter, accidental, name = found.groups()
    place = _LETTER_FIFTHS[letter.lower()] + {"#": 7, "-": -7, "": 0}[accidental]
    return place, letter.isupper(), name[:3]


def mode(fifths: int, place: int, major: bool, name: str) -> str | None:
    """The mode that makes the tonic at `place` fit a signature of `fifths`; None where none does.

    A G minor that is written with one flat comes out as "dorian", and an F lydian with one
    flat as "major", as the tonic follows from the signature and the mode in our scores.
    """
    distance = place - fifths
    if name in _NAMED and _NAMED[name] == distance:
        return _CHURCH.get(distance, _MODES[distance])
    if name in _NAMED:
        major = _NAMED[name] in _MAJOR_LIKE
    if distance in (_MAJOR_LIKE if major else _MINOR_LIKE):
        return _MODES[distance]
    return None


def tempo(cell: str) -> Fraction | None:
    """Quarters a minute of a *MM..., or None."""
    found = _TEMPO.match(cell)
    return Fraction(found.group(1)) if found and float(found.group(1)) > 0 else None


def transposition(cell: str) -> tuple[int, int] | None:
    """Diatonic and chromatic steps from written to sounding pitch, of a *ITrd...c..., or None.

    Humdrum says how to get from sounding to written: *ITrd1c2 is a B flat clarinet.
    """
    found = _TRANSPOSITION.match(cell)
    if found is None:
        return None
    diatonic, chromatic = -int(found.group(1)), -int(found.group(2))
    # Encoders write d8 for the octave, which is seven steps.
    return (7 * chromatic // 12 if chromatic % 12 == 0 else diatonic), chromatic


def symbol(cell: str) -> str | None:
    """ "common" or "cut" for a *met(...), "" for another sign of mensuration, None if it is none."""
    if not cell.startswith(("*met(", "*yymet(")):
        return None
    sign = cell[cell.index("(") + 1 :].rstrip(" )")
    return {"c": "common", "C": "common", "c|": "cut", "C|": "cut"}.get(sign, "")

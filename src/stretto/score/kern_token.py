"""One cell of a **kern spine: notes, chords and rests with the signs written on them.

Source: Huron, "Humdrum and Kern: selective feature encoding", in Beyond MIDI, 1997, and the
**kern page of humdrum.org; values such as 3%2 (two thirds of a whole note) are the
extension of verovio and humlib.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from stretto.score.kern_spines import Exact
from stretto.score.model import TICKS_PER_WHOLE


class Sound(NamedTuple):
    """One note of a chord."""

    pitch: int
    """MIDI, 60 = middle C."""
    fifths: int
    """Its name on the line of fifths, C = 0."""
    duration: Exact
    """Ticks."""
    tie: str
    """"[" opens a tie, "_" goes on, "]" closes; "" = none."""
    linked: bool
    """The tie may lead over other notes of the voice ([[, N[): a finger that stays down in a broken chord."""


class Token(NamedTuple):
    """What one cell says."""

    sounds: tuple[Sound, ...]
    """Empty for a rest."""
    duration: Exact
    """Ticks until the lane's next cell; 0 for a grace note."""
    grace: bool
    slash: bool
    """A grace note with a stroke (q, not qq)."""
    signs: tuple[tuple[str, str], ...]
    """Kind and text of the marks it carries, as in `Mark`."""
    opened: int
    """Slurs that begin here."""
    closed: int
    """Slurs that end here."""
    hidden: bool
    """Not printed (yy)."""
    hidden_signs: int
    """Signs that the source keeps but does not print (a y after them)."""
    user: str
    """Signs that mean what the file's !!!RDF records say."""
    odd: str
    """What could not be understood; "" = all was."""


_VALUE = re.compile(r"(\d{1,5})(?:%(\d{1,5}))?(?![\d%])")
_PITCH = re.compile(r"(([A-Ga-g])\2{0,5})([#n-]*)")
_LINKED = re.compile(r"\[\[|\]\]|N[<>]?[\[\]]|[\[\]][<>]?N")
_STEP_FIFTHS = dict(zip("fcgdaeb", range(-1, 6), strict=True))
_STEP_PITCH = dict(zip("cdefgab", (0, 2, 4, 5, 7, 9, 11), strict=True))
_MAX_DOTS = 4
_MAX_ALTER = 3

_SIGNS = {
    ";": ("fermata", ""),
    "'": ("articulation", "staccato"),
    "`": ("articulation", "staccatissimo"),
    "~": ("articulation", "tenuto"),
    "^": ("articulation", "accent"),
    "s": ("articulation", "spiccato"),
    ",": ("breath", "comma"),
    ":": ("arpeggiate", ""),
    "T": ("ornament", "trill-mark"),
    "t": ("ornament", "trill-mark"),
    "M": ("ornament", "inverted-mordent"),
    "m": ("ornament", "inverted-mordent"),
    "W": ("ornament", "mordent"),
    "w": ("ornament", "mordent"),
    "S": ("ornament", "turn"),
    "$": ("ornament", "inverted-turn"),
    "v": ("technical", "up-bow"),
    "u": ("technical", "down-bow"),
    "o": ("technical", "harmonic"),
    '"': ("technical", "pizzicato"),
    "z": ("dynamic", "sfz"),
}
_LAYOUT = frozenset("LJkK/\\XxyYn<>&{}?pPqQrR ")
"""Beams, stems, accidentals shown or hidden, sides, phrases, elisions: nothing that sounds."""
_USER = frozenset("NijZl@|VUO+")


@lru_cache(maxsize=1 << 14)
def parse_token(cell: str) -> Token:
    """Understand a cell that is not null.

    Never fails: what cannot be understood is in `odd`, and a cell without note, rest or
    value has neither sounds nor duration.
    """
    words = cell.split(" ")
    grace = "q" in cell
    sounds: list[Sound] = []
    duration: Exact | None = None
    odd: list[str] = []
    rest = False
    for word in words:
        value, after, wrong = _value(word)
        if value is None and not grace and duration is not None:
            value = duration
        if duration is None:
            duration = value
        if "r" in word:
            rest = True
            continue
        sound = _sound(word, after, 0 if grace else value)
        if sound is None or wrong or _leftover(word):
            odd.append(word)
        if sound is not None and (grace or value):
            sounds.append(sound)
    if duration is None and not grace:
        return Token((), 0, False, False, (), 0, 0, False, 0, "", cell)
    if not sounds and not rest:
        odd.append(cell)
    signs, hidden_signs = _signs(words)
    return Token(
        sounds=tuple(sounds),
        duration=0 if grace else duration or 0,
        grace=grace and not rest,
        slash=grace and "qq" not in cell,
        signs=signs,
        opened=max(word.count("(") for word in words),
        closed=max(word.count(")") for word in words),
        hidden="yy" in cell and not rest,
        hidden_signs=hidden_signs,
        user="".join(sorted(_USER.intersection(_LINKED.sub("", cell)))),
        odd=" ".join(odd),
    )


def _value(word: str) -> tuple[Exact | None, int, bool]:
    """Ticks, where the digits end, and whether more digits follow than one value has."""
    found = _VALUE.search(word)
    if found is None:
        return None, 0, any(c.isdigit() for c in word)
    digits, share = found.groups()
    n_dots = word.count(".")
    if set(digits) == {"0"}:
        length = Fraction(TICKS_PER_WHOLE * 2 ** len(digits))
    elif int(digits) and (share is None or int(share)):
        length = Fraction(TICKS_PER_WHOLE * int(share or 1), int(digits))
    else:
        return None, found.end(), True
    length *= 2 - Fraction(1, 2 ** min(n_dots, _MAX_DOTS))
    value: Exact = length.numerator if length.denominator == 1 else length
    more = any(c.isdigit() for c in word[found.end() :])
    return value, found.end(), more or n_dots > _MAX_DOTS


def _sound(word: str, after: int, duration: Exact | None) -> Sound | None:
    found = _PITCH.search(word, after) or _PITCH.search(word)
    if found is None:
        return None
    letters, step, accidental = found.groups()
    if not accidental and len(_PITCH.findall(word)) == 1:
        accidental = word  # encoders sometimes put the accidental after a stem or an articulation
    alter = accidental.count("#") - accidental.count("-")
    low = step.lower()
    octave = 5 + len(letters) - 1 if step == low else 5 - len(letters)
    pitch = 12 * octave + _STEP_PITCH[low] + alter
    if not 0 <= pitch <= 127 or abs(alter) > _MAX_ALTER:
        return None
    tie = "_" if "_" in word else ("[" if "[" in word else "]" if "]" in word else "")
    if "[" in word and "]" in word:
        tie = "_"
    return Sound(pitch, _STEP_FIFTHS[low] + 7 * alter, duration or 0, tie, bool(_LINKED.search(word)))


@lru_cache(maxsize=1 << 12)
def _leftover(word: str) -> bool:
    """Whether anything stands in the word that is neither value, one pitch, nor a known sign."""
    rest = _PITCH.sub("", _VALUE.sub("", word, count=1), count=1)
    return any(c not in _SIGNS and c not in _LAYOUT and c not in _USER and c not in "[]_().#-" for c in rest)


def _signs(words: list[str]) -> tuple[tuple[tuple[str, str], ...], int]:
    """Marks of a chord, each once, and how many are hidden."""
    found: dict[tuple[str, str], None] = {}
    hidden = 0
    for word in words:
        bare = _PITCH.sub("", word, count=1)
        for place, sign in enumerate(bare):
            mark = _SIGNS.get(sign)
            if mark is None:
                continue
            if bare[place + 1 : place + 2] == "y" and bare[place + 1 : place + 3] != "yy":
                hidden += 1
            elif sign == "^" and (bare[place - 1 : place] == "^" or bare[place + 1 : place + 2] == "^"):
                found[("articulation", "strong-accent")] = None
            else:
                found[mark] = None
    return tuple(found), hidden

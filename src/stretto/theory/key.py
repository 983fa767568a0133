"""Keys: their names, and finding the one a piece is in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from stretto.errors import RequestError
from stretto.score.model import Key, Notes, Score

LETTERS = "FCGDAEB"
"""Letters along the line of fifths, from F (-1) to B (5)."""

MAX_SIGNATURE = 7
"""Sharps or flats of the fullest signature that is printed."""

Profiles = Mapping[str, tuple[float, ...]]

FINAL_BASS_BONUS = 0.3
"""Added to the correlation of a key whose tonic is the last bass note. Of 370 Bach chorales 343 end on
the tonic in the bass; the bonus lifts the keys found from pitch alone from 330 to 355 of them."""

OPENING_BONUS, OPENING_BONUS_OF_LONG, FINAL_BONUS_OF_LONG, LONG = 0.25, 0.1, 0.2, 64
"""Added for a line that sounds alone: where its first note is of the tonic chord, from OPENING_BONUS for the shortest
to OPENING_BONUS_OF_LONG for one of LONG notes; where its last note is the tonic, from nothing to FINAL_BONUS_OF_LONG.
A melody may stop anywhere, a whole one mostly at home. Chosen on, and beside FINAL_BASS_BONUS: of 370 chorale sopranos
347 (347 with that), of their first phrases 265 (175), of 333 songs 277 (262), of their first bars 232 (150)."""

DOUBLED = 1.1
"""Time of all notes by the time in which any sounds, up to which a line is alone: keys held over are no chords."""

LOW_LINE = 54
"""A line that lies on average below this F sharp 3 is a bass: those of chorales lie at 46 to 56, tenors above 55."""

KRUMHANSL_KESSLER: Profiles = {
    "major": (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
    "minor": (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
}
"""How well each degree fits the key, as rated by listeners.

*Source*: Krumhansl and Kessler 1982; used for key finding by Krumhansl and Schmuckler
(Krumhansl, Cognitive Foundations of Musical Pitch, 1990, ch. 4)."""

BELLMAN_BUDGE: Profiles = {
    "major": (16.80, 0.86, 12.95, 1.41, 13.49, 11.93, 1.25, 20.28, 1.80, 8.04, 0.62, 10.57),
    "minor": (18.16, 0.69, 12.99, 13.34, 1.07, 11.15, 1.38, 21.07, 7.49, 1.53, 0.92, 10.21),
}
"""Percentage of each degree in the chords of common-practice music.

*Source*: Budge 1943, as weighted by Bellman, "About the Determination of Key of a Musical
Excerpt", CMMR 2005."""

MODAL_SIGNATURE, FOREIGN_SIGNATURE, MODE_UNSAID = 0.05, 0.5, 0.05
"""Taken from the correlation of a key whose signature is not the one written: a minor key with one flat
less (Dorian) or a major key with one sharp less (Mixolydian); any other, per accidental; another mode."""


@dataclass(frozen=True, slots=True)
class Tonality:
    """A tonic and a mode: what a key signature only hints at."""

    tonic_fifths: int
    """Tonic on the line of fifths: F -1, C 0, G 1, B flat -2, F sharp 6."""
    mode: str
    """"major" or "minor"."""

    @property
    def tonic(self) -> int:
        """Pitch class of the tonic, 0..11."""
        return self.tonic_fifths * 7 % 12

    @property
    def fifths(self) -> int:
        """Sharps (positive) or flats (negative) of the signature."""
        return self.tonic_fifths - (3 if self.mode == "minor" else 0)

    @property
    def signature(self) -> Key:
        """As a key signature at the start of a score."""
        return Key(fifths=self.fifths, mode=self.mode)

    def __str__(self) -> str:
        """As a musician writes it: "F# minor", "Bb major"."""
        return f"{pitch_name(self.tonic_fifths)} {self.mode}"


@dataclass(frozen=True, slots=True)
class Ranked:
    """A key and how well it fits."""

    key: Tonality
    fit: float
    """Correlation with the key's profile, -1..1, and the bonuses of the first and the last note."""


def pitch_name(fifths: int) -> str:
    """Name of a place on the line of fifths.

    >>> pitch_name(6), pitch_name(-2), pitch_name(13)
    ('F#', 'Bb', 'F##')
    """
    accidentals, letter = divmod(fifths + 1, 7)
    return LETTERS[letter] + ("#" * accidentals if accidentals > 0 else "b" * -accidentals)


_NAME = re.compile(
    r"""(?P<letter>[A-Ga-g])
    (?P<accidental>\#|b|\u266f|\u266d|-(?=\s|$)|[ -]?(?:sharp|flat))?
    [ -]*(?P<mode>major|minor|maj|min|M|m)?""",
    re.VERBOSE,
)
_SHARPS = {"#": 1, "\u266f": 1, "sharp": 1, "b": -1, "\u266d": -1, "flat": -1, "": -1}
"""Of an accidental without its hyphen; a hyphen alone, as in "E- major", is a flat where the name ends with it."""


def parse_key(name: str) -> Tonality:
    """A key from its name; a small letter without a mode means minor.

    >>> str(parse_key("G")), str(parse_key("f#")), str(parse_key("b flat minor"))
    ('G major', 'F# minor', 'Bb minor')

    Raises:
        RequestError: no such key, or one with more than seven sharps or flats.
    """
    text = re.sub(r"(?i)(major|minor|sharp|flat)", lambda m: m.group().lower(), name.strip())
    match = _NAME.fullmatch(text)
    if match is None:
        raise RequestError(
            f'key "{name}" is unknown; name one of the 24 major and minor keys, as "G major", "f# minor", "Bb" or "g"'
        )
    accidental = _SHARPS[match["accidental"].strip(" -")] if match["accidental"] else 0
    spoken = match["mode"] or ("M" if match["letter"].isupper() else "m")
    mode = "major" if spoken in ("major", "maj", "M") else "minor"
    key = Tonality(LETTERS.index(match["letter"].upper()) - 1 + 7 * accidental, mode)
    if abs(key.fifths) > MAX_SIGNATURE:
        kind = "sharps" if key.fifths > 0 else "flats"
        raise RequestError(f'key "{name}" needs {abs(key.fifths)} {kind}; name it {tonality(key.tonic, mode)}')
    return key


def tonality(tonic: int, mode: str) -> Tonality:
    """The key on a pitch class, spelled with the fewest accidentals (six: flats).

    >>> str(tonality(6, "major")), str(tonality(8, "minor"))
    ('Gb major', 'G# minor')
    """
    shift = 3 if mode == "minor" else 0
    signature = (tonic * 7 - shift + 6) % 12 - 6
    return Tonality(signature + shift, mode)


ALL_KEYS = tuple(tonality(tonic, mode) for mode in ("major", "minor") for tonic in range(12))
"""The 24 keys, each spelled with the fewest accidentals."""


def tonality_of_signature(signature: Key) -> Tonality | None:
    """What a signature says of itself; None where it says no mode, or a church mode."""
    if signature.mode == "major":
        return Tonality(signature.fifths, "major")
    return Tonality(signature.fifths + 3, "minor") if signature.mode == "minor" else None


CHURCH_MODES = {"ionian": 0, "mixolydian": 1, "lydian": -1, "dorian": 2, "aeolian": 3, "phrygian": 4, "locrian": 5}
"""Mode -> its tonic, in fifths from that of the major key with the same signature."""

LIKE_MAJOR = ("ionian", "mixolydian", "lydian")


def tonality_of_mode(signature: Key) -> Tonality | None:
    """Major or minor, whichever has the third of a church mode; None where the signature names none."""
    if signature.mode not in CHURCH_MODES:
        return None
    tonic = signature.fifths + CHURCH_MODES[signature.mode]
    return Tonality(tonic, "major" if signature.mode in LIKE_MAJOR else "minor")


def pitch_class_weights(notes: Notes) -> NDArray[np.float64]:
    """Sounding time of each pitch class, (12,), in ticks."""
    weights: NDArray[np.float64] = np.bincount(notes["pitch"] % 12, weights=notes["duration"], minlength=12).astype(
        np.float64
    )
    return weights


def rank_keys(weights: NDArray[np.float64], *, last_bass: int = -1, profiles: Profiles = BELLMAN_BUDGE) -> list[Ranked]:
    """The 24 keys, best first.

    Args:
        weights: sounding time of each pitch class, (12,).
        last_bass: pitch class of the last bass note; -1 = not used.
        profiles: BELLMAN_BUDGE or KRUMHANSL_KESSLER.
    """
    centred = weights - weights.mean() if np.ptp(weights) else np.zeros(12)
    length = float(np.linalg.norm(centred)) or 1.0
    fits = {mode: _turned(profile) @ centred / length for mode, profile in profiles.items()}
    ranked = [
        Ranked(key, float(fits[key.mode][key.tonic]) + FINAL_BASS_BONUS * (key.tonic == last_bass)) for key in ALL_KEYS
    ]
    return sorted(ranked, key=lambda r: -r.fit)


@cache
def _turned(profile: tuple[float, ...]) -> NDArray[np.float64]:
    """A profile on each of the twelve tonics, (12, 12); of mean 0 and length 1: correlation is a product."""
    rows = np.stack([np.roll(profile, tonic) for tonic in range(12)])
    rows = rows - rows.mean(axis=1, keepdims=True)
    found: NDArray[np.float64] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return found


def ranked_by_notes(score: Score) -> list[Ranked]:
    """The 24 keys, best first, as pitches alone tell them; a melody that sounds alone has no bass that tells."""
    notes = pitched_notes(score)
    weights = pitch_class_weights(notes)
    if not _is_melody(notes):
        return rank_keys(weights, last_bass=last_bass(notes))
    struck = notes[notes["grace"] == 0]
    first, last, whole = int(struck["pitch"][0]) % 12, last_bass(struck), min(1.0, len(struck) / LONG)
    opening = OPENING_BONUS + (OPENING_BONUS_OF_LONG - OPENING_BONUS) * whole
    ranked = [
        Ranked(
            r.key,
            r.fit + opening * (first in _tonic_chord(r.key)) + FINAL_BONUS_OF_LONG * whole * (last == r.key.tonic),
        )
        for r in rank_keys(weights)
    ]
    return sorted(ranked, key=lambda r: -r.fit)


def ranked_keys(score: Score) -> list[Ranked]:
    """The 24 keys, best first: by its signature where the score has one, and by its notes.

    A signature leaves open which of its keys is meant, and files often write "major"
    without meaning it; so the keys whose signature it is, or nearly is (Dorian and
    Mixolydian signatures), are ranked by notes, and by first and last note.
    """
    ranked = ranked_by_notes(score)
    signature = score.key_at(0)
    if signature is None:
        return ranked
    near = [Ranked(_spelled_near(r.key, signature), r.fit - _distance(r.key, signature)) for r in ranked]
    return sorted(near, key=lambda r: -r.fit)


def last_bass(notes: Notes) -> int:
    """Pitch class of the lowest note that ends last; -1 = there is no note."""
    if not len(notes):
        return -1
    ends = notes["onset"] + notes["duration"]
    return int(notes["pitch"][ends == ends.max()].min()) % 12


def estimate_key(score: Score) -> Tonality:
    """The key of a whole piece: from its signature where it has one, and from its notes."""
    return ranked_keys(score)[0].key


def pitched_notes(score: Score) -> Notes:
    """The notes without those of percussion parts."""
    drums = [i for i, part in enumerate(score.parts) if part.percussion]
    return score.notes[~np.isin(score.notes["part"], drums)] if drums else score.notes


def _is_melody(notes: Notes) -> bool:
    """One line alone, and no bass."""
    struck = notes[notes["grace"] == 0]
    if not len(struck):
        return False
    ends = np.maximum.accumulate(struck["onset"] + struck["duration"])
    begins = np.maximum(struck["onset"][1:], ends[:-1])
    covered = int(struck["duration"][0]) + int(np.maximum(ends[1:] - begins, 0).sum())
    return bool(struck["duration"].sum() <= DOUBLED * covered and struck["pitch"].mean() >= LOW_LINE)


def _tonic_chord(key: Tonality) -> tuple[int, int, int]:
    """Its pitch classes."""
    return key.tonic, (key.tonic + (3 if key.mode == "minor" else 4)) % 12, (key.tonic + 7) % 12


def _spelled_near(key: Tonality, signature: Key) -> Tonality:
    """The key on that pitch class whose signature is nearest to the one written."""
    return Tonality(key.tonic_fifths - 12 * round((key.fifths - signature.fifths) / 12), key.mode)


def _distance(key: Tonality, signature: Key) -> float:
    """How far a key is from a signature, in correlation."""
    away = (key.fifths - signature.fifths + 6) % 12 - 6
    modal = away == (-1 if key.mode == "minor" else 1)  # Dorian and Mixolydian signatures
    said = MODE_UNSAID if tonality_of_signature(signature) is not None and signature.mode != key.mode else 0.0
    return (MODAL_SIGNATURE if modal else FOREIGN_SIGNATURE * abs(away)) + said

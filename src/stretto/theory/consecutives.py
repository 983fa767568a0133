"""How two voices come to a fifth or an octave: in parallel, by contrary motion, hidden, or from a diminished fifth."""

from __future__ import annotations

from stretto.theory.texture import Move
from stretto.theory.voice_leading import FIFTH, OCTAVE, STEP

PERFECT = (FIFTH, OCTAVE)

TRITONE = 6


def is_parallel(move: Move, interval: int) -> bool:
    """From a fifth (7) or octave (0) to the same, octaves aside, in one direction.

    *Source*: music21's VoiceLeadingQuartet.parallelFifth, parallelOctave and parallelUnison.
    *Departures*: a fifth to a twelfth in one direction is parallel here; there it is not.
    """
    return abs(move.before) % 12 == abs(move.after) % 12 == interval and not move.contrary


def is_contrary(move: Move, interval: int) -> bool:
    """From a fifth to a twelfth, an octave to a unison or two octaves, and back: by contrary motion."""
    return abs(move.before) % 12 == abs(move.after) % 12 == interval and move.contrary


def is_hidden(move: Move, interval: int) -> bool:
    """To a fifth (7) or octave (0) in one direction from another interval: direct, or hidden, ones.

    *Source*: music21's VoiceLeadingQuartet.hiddenFifth and hiddenOctave; Piston, Harmony, 1987, ch. 6.
    *Departures*: voices that cross count by the note that is higher; none where they arrive crossed.
    """
    return move.after % 12 == interval != abs(move.before) % 12 and move.after >= 0 and move.up * move.lower_up > 0


def leaps(move: Move) -> bool:
    """The upper voice goes by more than a step."""
    return abs(move.up) > STEP


def is_unequal(move: Move) -> bool:
    """A diminished fifth to a perfect one in one direction."""
    return move.before % 12 == TRITONE and move.after % 12 == FIFTH and move.up * move.lower_up > 0

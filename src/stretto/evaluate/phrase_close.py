"""How a phrase closes, read from frames: pieces in the making have no score yet."""

# Shapes: T frames, V parts.

from __future__ import annotations

import numpy as np

from stretto.frames.parts import ONSET, REST, PartFrames
from stretto.score.model import TICKS_PER_QUARTER
from stretto.theory.cadence import Cadence, cadence_at
from stretto.theory.key import Tonality
from stretto.theory.phrases import phrase_end_of
from stretto.theory.slices import Slices

WHOLE_TONE = 2


def frame_slices(frames: PartFrames) -> Slices:
    """The same moments as `theory` sees them."""
    return Slices(
        tick_T=frames.tick_T.astype(np.int64),
        pitch_TV=frames.pitch_TV.astype(np.int64),
        struck_TV=begins(frames) & (frames.pitch_TV != REST),
        end=frames.end,
    )


def begins(frames: PartFrames) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Where a note or a rest of each part begins, (T, V)."""
    moved = np.diff(frames.pitch_TV, axis=0, prepend=np.int16(REST - 1)) != 0
    found: np.ndarray[tuple[int, int], np.dtype[np.bool_]] = moved | (frames.state_TV == ONSET)
    return found


def resting_notes(frames: PartFrames, tick: int) -> list[int | None]:
    """Of every part, the onset of the note on which it comes to rest at a phrase end; None where it is silent.

    A suspension or a passing note before a voice comes to rest is not its last note: the one after it
    is, if it comes within the beat and is as long.
    """
    found: list[int | None] = []
    begins_TV = begins(frames)
    for voice in range(frames.pitch_TV.shape[1]):
        own = np.flatnonzero(begins_TV[:, voice])
        starts = [*frames.tick_T[own].tolist(), frames.end]
        at = max(0, int(np.searchsorted(starts[:-1], tick, side="right")) - 1)
        if frames.pitch_TV[own[at], voice] == REST:
            found.append(None)
            continue
        left = starts[at + 1] - tick
        goes_on = at + 1 < len(own) and frames.pitch_TV[own[at + 1], voice] != REST
        if goes_on and left < TICKS_PER_QUARTER and starts[at + 2] - starts[at + 1] >= left:
            at += 1
        found.append(starts[at])
    return found


SAME, DOWN, UP, LEAP = "=", "-", "+", "x"
"""How a voice reaches its last note of a phrase; a step is a second."""


def approach(frames: PartFrames, voice: int, tick: int) -> tuple[int, str] | None:
    """The note on which a voice comes to rest at a phrase end: its pitch, how it is reached; None = it is silent."""
    onset = resting_notes(frames, tick)[voice]
    if onset is None:
        return None
    at = int(np.searchsorted(frames.tick_T, onset))
    pitch, before = (int(frames.pitch_TV[max(0, t), voice]) for t in (at, at - 1))
    if before == REST or abs(pitch - before) > WHOLE_TONE:
        return pitch, LEAP
    return pitch, (SAME, UP, DOWN)[int(np.sign(pitch - before))]


def cadence_of(frames: PartFrames, tick: int, key: Tonality) -> Cadence:
    """The cadence at a phrase end whose chord is reached at `tick`."""
    onsets = [onset for onset in resting_notes(frames, tick) if onset is not None]
    if not onsets:
        return Cadence("other", None, None)
    return cadence_at(frame_slices(frames), phrase_end_of(onsets), key)

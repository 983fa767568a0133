"""Cadences are read from frames as from a score."""

from __future__ import annotations

import numpy as np

from stretto.evaluate.phrase_close import approach, cadence_of, frame_slices, resting_notes
from stretto.frames.parts import HOLD, ONSET, PartFrames
from stretto.theory.key import Tonality

C_MAJOR = Tonality(0, "major")


def frames(*chords: tuple[int, int, int, int], ticks: tuple[int, ...], end: int) -> PartFrames:
    """Chords from soprano to bass; a repeated pitch is held."""
    pitch = np.array(chords, np.int16)
    moved = np.diff(pitch, axis=0, prepend=np.int16(-9)) != 0
    return PartFrames(
        tick_T=np.array(ticks, np.int32),
        pitch_TV=pitch,
        state_TV=np.where(moved, ONSET, HOLD).astype(np.int8),
        end=end,
    )


def test_a_full_close_is_perfect_and_a_close_on_the_dominant_is_half() -> None:
    """G7 to C with the tonic on top; C to G."""
    full = frames((74, 71, 65, 55), (72, 67, 64, 48), ticks=(0, 24), end=48)
    assert cadence_of(full, 24, C_MAJOR).kind == "perfect authentic"
    half = frames((72, 67, 64, 48), (71, 67, 62, 55), ticks=(0, 24), end=48)
    assert cadence_of(half, 24, C_MAJOR).kind == "half"


def test_a_suspension_is_waited_for() -> None:
    """The alto holds its fourth over the tonic and resolves within the beat."""
    late = frames((74, 65, 71, 43), (72, 65, 67, 48), (72, 64, 67, 48), ticks=(0, 24, 36), end=96)
    assert resting_notes(late, 24) == [24, 36, 24, 24]
    assert cadence_of(late, 24, C_MAJOR).kind == "perfect authentic"


def test_a_silent_voice_has_no_last_note() -> None:
    """Rests are neither struck nor waited for."""
    thin = frames((72, -1, 64, 48), ticks=(0,), end=24)
    assert resting_notes(thin, 0) == [0, None, 0, 0]
    assert frame_slices(thin).struck_TV.tolist() == [[True, False, True, True]]


def test_how_a_voice_reaches_its_last_note() -> None:
    """By step, by leap, on the same pitch; past a suspension; not at all."""
    late = frames((74, 65, 71, -1), (72, 65, 67, 48), (72, 64, 67, 48), ticks=(0, 24, 36), end=96)
    assert [approach(late, voice, 24) for voice in range(4)] == [(72, "-"), (64, "-"), (67, "x"), (48, "x")]
    assert approach(late, 1, 0) == (65, "=")
    assert approach(frames((72, -1, 64, 48), ticks=(0,), end=24), 1, 0) is None

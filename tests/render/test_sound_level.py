"""Loudness and true peak against the values that broadcasters' test signals must give."""

import numpy as np
import pytest
from numpy.typing import NDArray

from stretto.render.sound_level import SAMPLE_RATE, level, loudness_lufs, true_peak


def tone(level_db: float, seconds: float, *, hertz: float = 1000.0, phase: float = 0.0) -> NDArray[np.float32]:
    """A stereo sine, (n, 2)."""
    angle = 2 * np.pi * hertz * np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE + phase
    return np.repeat((10 ** (level_db / 20) * np.sin(angle)).astype(np.float32)[:, None], 2, axis=1)


@pytest.mark.parametrize("level_db", [-23.0, -33.0])
def test_a_tone_has_the_loudness_of_its_level(level_db: float) -> None:
    """EBU Tech 3341, cases 1 and 2: a 1 kHz stereo sine at -23 dBFS has -23.0 LUFS, within 0.1."""
    assert loudness_lufs(tone(level_db, 20)) == pytest.approx(level_db, abs=0.1)


def test_quiet_stretches_are_gated_out() -> None:
    """EBU Tech 3341, case 3: 10 s at -36, 60 s at -23, 10 s at -36 dBFS have -23.0 LUFS."""
    sound = np.concatenate([tone(-36, 10), tone(-23, 60), tone(-36, 10)])
    assert loudness_lufs(sound) == pytest.approx(-23.0, abs=0.1)


def test_low_notes_count_less() -> None:
    """K-weighting takes off the lows: 50 Hz is some 3 dB quieter than 1 kHz."""
    difference = loudness_lufs(tone(-23, 5, hertz=1000)) - loudness_lufs(tone(-23, 5, hertz=50))
    assert 2.0 < difference < 6.0


def test_silence_has_no_loudness_and_is_left_alone() -> None:
    """Nothing is divided by nothing."""
    silence = np.zeros((SAMPLE_RATE, 2), np.float32)
    assert loudness_lufs(silence) == -np.inf
    assert level(silence)[1] == 0.0
    assert not level(silence)[0].any()


def test_a_click_shorter_than_a_block_has_a_loudness() -> None:
    """A tenth of a second is measured too."""
    assert np.isfinite(loudness_lufs(tone(-12, 0.1)))


def test_the_true_peak_lies_between_the_samples() -> None:
    """A sine at a quarter of the rate, sampled at 45 degrees, peaks 3 dB above its samples (Tech 3341, case 16)."""
    sound = tone(-6, 0.5, hertz=SAMPLE_RATE / 4, phase=np.pi / 4)
    assert 20 * np.log10(np.abs(sound).max()) == pytest.approx(-9.0, abs=0.1)
    assert 20 * np.log10(true_peak(sound)) == pytest.approx(-6.0, abs=0.3)


def test_levelling_reaches_the_target_and_never_passes_the_peak() -> None:
    """A tone comes to -18 LUFS; a click stays at a true peak of -1 dB and is not clipped."""
    assert loudness_lufs(level(tone(-40, 5))[0]) == pytest.approx(-18.0, abs=0.1)
    click = np.zeros((SAMPLE_RATE, 2), np.float32)
    click[1000] = 0.3
    assert 20 * np.log10(true_peak(level(click)[0])) == pytest.approx(-1.0, abs=0.05)

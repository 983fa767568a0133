"""Loudness and true peak as broadcasters measure them, and bringing a sound to a sane level."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float32]
"""(n_samples, 2), full scale = 1."""

TARGET_LUFS = -18.0
MAX_TRUE_PEAK_DB = -1.0

# ITU-R BS.1770-4, annex 1, tables 1 and 2: coefficients (b, a) for 48 kHz.
SAMPLE_RATE = 48_000
_SHELF = ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585))
_HIGH_PASS = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))

_GATE_BLOCK = SAMPLE_RATE * 4 // 10
_GATE_HOP = _GATE_BLOCK // 4
_ABSOLUTE_GATE_LUFS, _RELATIVE_GATE_LU = -70.0, -10.0

_TRANSFORM = 2**19
_LEAD = 2**15  # samples after which both filters have forgotten what came before

_TRUE_PEAK_TAPS = 12


def loudness_lufs(sound: Sound) -> float:
    """Integrated loudness in LUFS; minus infinity for silence.

    Source: ITU-R BS.1770-4, annex 1: K-weighting, mean square over 400 ms blocks that overlap by 75 %,
    gated at -70 LUFS and at 10 LU below the mean of what passed.

    Departures: the filters are applied in the frequency domain, exact to their ring-out over 0.7 s;
    a sound shorter than one block is measured as one block padded with silence.
    """
    powers = _block_powers(sound)
    passed = powers[powers > _power(_ABSOLUTE_GATE_LUFS)]
    if not len(passed):
        return -np.inf
    gate = passed.mean() * 10 ** (_RELATIVE_GATE_LU / 10)
    return float(-0.691 + 10 * np.log10(passed[passed > gate].mean()))


def sample_peak(sound: Sound) -> float:
    """Largest absolute value of a sample; without a copy of a sound that may fill the memory."""
    return max(float(sound.max()), -float(sound.min())) if sound.size else 0.0


def true_peak(sound: Sound) -> float:
    """Largest absolute value between the samples as well as at them, full scale = 1.

    Source: ITU-R BS.1770-4, annex 2: the sound four times oversampled. Departure: our own windowed sinc
    of 24 taps, applied only near samples within 6 dB of the largest.
    """
    largest = sample_peak(sound)
    if largest == 0.0:
        return 0.0
    taps = np.arange(-_TRUE_PEAK_TAPS + 1, _TRUE_PEAK_TAPS + 1)
    peak = largest
    for channel in range(sound.shape[1]):
        wave = np.pad(sound[:, channel], _TRUE_PEAK_TAPS)
        near = np.flatnonzero((wave > 0.5 * largest) | (wave < -0.5 * largest))
        for block in range(0, len(near), 65536):
            around = wave[near[block : block + 65536, None] + taps]
            for fraction in (0.25, 0.5, 0.75):
                peak = max(peak, float(np.abs(around @ _fractional_delay(taps, fraction)).max()))
    return peak


def level(sound: Sound) -> tuple[Sound, float]:
    """Bring a sound to -18 LUFS, or as near as a true peak of -1 dB allows; never by clipping.

    Returns:
        The sound, changed in place, and the gain in dB; silence is left alone.
    """
    loudness = loudness_lufs(sound)
    if not np.isfinite(loudness):
        return sound, 0.0
    gain = 10 ** ((TARGET_LUFS - loudness) / 20)
    gain = min(gain, 10 ** (MAX_TRUE_PEAK_DB / 20) / true_peak(sound))
    sound *= np.float32(gain)
    return sound, float(20 * np.log10(gain))


def _fractional_delay(taps: NDArray[np.int64], fraction: float) -> NDArray[np.float32]:
    distance = taps - fraction
    weights = np.sinc(distance) * np.cos(0.5 * np.pi * distance / (_TRUE_PEAK_TAPS + 1)) ** 2
    delay: NDArray[np.float32] = (weights / weights.sum()).astype(np.float32)
    return delay


def _power(lufs: float) -> float:
    return float(10 ** ((lufs + 0.691) / 10))


def _block_powers(sound: Sound) -> NDArray[np.float64]:
    """Mean square of each whole 400 ms block after K-weighting, channels added, (n_blocks,)."""
    size = min(_TRANSFORM, 1 << (len(sound) + 2 * _LEAD - 1).bit_length())
    weight, step = _k_weight(size), size - 2 * _LEAD
    squares = np.zeros(max(len(sound), _GATE_BLOCK))
    for start in range(0, len(sound), step):
        first = max(0, start - _LEAD)
        for channel in range(sound.shape[1]):
            wave = sound[first : start + step, channel]
            filtered = np.fft.irfft(np.fft.rfft(wave, size) * weight, size)[start - first : len(wave)]
            squares[start : start + len(filtered)] += filtered**2
    n_hops = len(squares) // _GATE_HOP
    hops = squares[: n_hops * _GATE_HOP].reshape(n_hops, _GATE_HOP).sum(1)
    powers: NDArray[np.float64] = np.convolve(hops, np.ones(4), "valid") / _GATE_BLOCK
    return powers


def _k_weight(n: int) -> NDArray[np.complex128]:
    """Response of both filters at the n // 2 + 1 frequencies of a real transform of length n."""
    z = np.exp(-2j * np.pi * np.arange(n // 2 + 1) / n)
    response = np.ones(len(z), dtype=np.complex128)
    for b, a in (_SHELF, _HIGH_PASS):
        response *= (b[0] + b[1] * z + b[2] * z * z) / (a[0] + a[1] * z + a[2] * z * z)
    return response

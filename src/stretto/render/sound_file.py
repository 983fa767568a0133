"""Writing a sound: WAV by the standard library, FLAC, MP3 and Ogg by libsndfile."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from stretto.errors import RenderError

_BLOCK = 65_536
"""Samples handed over at once: libsndfile 1.2.2 dies of a long Ogg written in one call (python-soundfile #396)."""

_FORMATS = {".flac": ("FLAC", "PCM_16"), ".mp3": ("MP3", "MPEG_LAYER_III"), ".ogg": ("OGG", "VORBIS")}

SUFFIXES = (".wav", *_FORMATS)
"""Extensions of the sound files that can be written."""


def encode(sound: NDArray[np.float32], sample_rate: int, suffix: str) -> bytes:
    """The bytes of a sound file.

    Args:
        sound: (n_samples, n_channels), full scale = 1.
        sample_rate: in Hz.
        suffix: one of `SUFFIXES`.

    Raises:
        RenderError: another suffix, or an encoder that this machine's libsndfile lacks.
    """
    if suffix == ".wav":
        return _wav(sound, sample_rate)
    if suffix not in _FORMATS:
        raise RenderError(f"{suffix or 'no extension'} is no sound format; writable are {', '.join(SUFFIXES)}")
    import soundfile  # takes 0.1 s, and a WAV does not need it

    kind, subtype = _FORMATS[suffix]
    if not soundfile.check_format(kind, subtype):
        raise RenderError(f"this machine's libsndfile writes no {suffix}; write .wav or .flac")
    stream = io.BytesIO()
    with soundfile.SoundFile(
        stream, "w", samplerate=sample_rate, channels=sound.shape[1], format=kind, subtype=subtype
    ) as file:
        for block in _blocks(sound):
            # Integers where the format holds integers, so that a FLAC is the WAV to the last bit.
            file.write(_pcm16(block) if subtype == "PCM_16" else block)
    return stream.getvalue()


def _wav(sound: NDArray[np.float32], sample_rate: int) -> bytes:
    stream = io.BytesIO()
    with wave.open(stream, "wb") as file:
        file.setnchannels(sound.shape[1])
        file.setsampwidth(2)
        file.setframerate(sample_rate)
        for block in _blocks(sound):
            file.writeframesraw(_pcm16(block).tobytes())
    return stream.getvalue()


def _blocks(sound: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
    for start in range(0, len(sound), _BLOCK):
        yield sound[start : start + _BLOCK]


def _pcm16(block: NDArray[np.float32]) -> NDArray[np.int16]:
    # Rounded, not dithered: the renderer's own output is 16 bits, so its noise stands where dither would.
    samples: NDArray[np.int16] = np.rint(block * np.float32(32767)).astype("<i2")
    return samples

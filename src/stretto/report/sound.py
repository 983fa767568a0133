"""The sound of a piece inside a page: a small file as a data URI."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import numpy as np

from stretto.render.sound import render_sound
from stretto.render.sound_file import encode
from stretto.score.model import Score

FADE_SECONDS = 1.5
"""At the end of a sound that is cut."""


@dataclass(frozen=True, kw_only=True)
class Sound:
    """What is heard of a piece."""

    uri: str
    """MP3, one channel at 24 kHz: a minute takes 0.6 MB."""
    seconds: float
    of_seconds: float
    """Of the whole piece."""


def sound_of(score: Score, *, longest: float) -> Sound:
    """Play a piece, or as many seconds of it as a page can hold.

    Raises:
        RenderError: as `render_sound`.
    """
    rendering = render_sound(score)
    rate = rendering.sample_rate
    samples = rendering.samples.mean(axis=1)
    if len(samples) > longest * rate:
        samples = samples[: int(longest * rate)].copy()
        n_fade = min(len(samples), int(FADE_SECONDS * rate))
        samples[-n_fade:] *= np.linspace(1, 0, n_fade, dtype=np.float32)
    halved = samples[: len(samples) // 2 * 2].reshape(-1, 2).mean(axis=1, keepdims=True).astype(np.float32)
    data = base64.b64encode(encode(halved, rate // 2, ".mp3")).decode()
    return Sound(uri=f"data:audio/mpeg;base64,{data}", seconds=len(samples) / rate, of_seconds=rendering.seconds)

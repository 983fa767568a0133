"""The sound of a score: played by the shipped instruments, brought to a sane level, its end left to ring out."""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stretto.errors import RenderError
from stretto.render.performance import Performance, perform
from stretto.render.sound_file import SUFFIXES, encode
from stretto.render.sound_level import SAMPLE_RATE, level, sample_peak
from stretto.render.sound_midi import N_CHANNELS, midi_bytes
from stretto.render.soundfont import soundfont_bytes
from stretto.score.expand import expand_repeats
from stretto.score.model import Notice, Score
from stretto.score.opening import write_whole

TAIL_SECONDS = 2.8
"""At most so long after the last note does the sound die away."""

STRETCH_SECONDS = 96.0
"""Rendered at once; a whole number of the renderer's blocks of 64 samples."""

FADE_SECONDS = 0.25
SILENCE_DB = -66.0
"""The tail ends where it has fallen so far below the loudest moment."""

_VOLUMES = (127, 90, 64, 45, 32, 22)
"""MIDI volumes tried in turn until nothing clips inside the renderer, whose output is 16 bits wide."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Rendering:
    """A sound, and what is to be said about it."""

    samples: NDArray[np.float32]
    """(n_samples, 2), left and right, full scale = 1."""
    sample_rate: int = SAMPLE_RATE
    """Hz."""
    notices: tuple[Notice, ...] = ()

    @property
    def seconds(self) -> float:
        """Length, with its tail."""
        return len(self.samples) / self.sample_rate


def render_sound(
    score: Score, *, instrument: str | None = None, expand: bool = False, seconds: float | None = None
) -> Rendering:
    """Play a score.

    Args:
        score: what to play.
        instrument: one for all parts, a name in `soundfont.NAMES`; None = what each part says or its name suggests.
        expand: take the repeats; else each bar is heard once.
        seconds: no more than the first so many, and their tail; None = all.

    Returns:
        48 kHz stereo at -18 LUFS and at most -1 dB true peak. It starts with the first note and ends in silence,
        less than three seconds after the last.

    Raises:
        RenderError: an unknown instrument, a performance over half an hour, or a renderer that fails.
    """
    performance = perform(expand_repeats(score) if expand else score, instrument=instrument)
    if seconds is not None and performance.seconds > seconds:
        performance = performance.excerpt(0.0, seconds)
        performance.notes["end"] = np.minimum(performance.notes["end"], seconds)
        performance = replace(performance, seconds=seconds)
    sound, _ = level(_fade(_play(performance), performance.seconds))
    return Rendering(samples=sound, notices=performance.notices)


def render_wav(score: Score, *, instrument: str | None = None, expand: bool = False) -> bytes:
    """The bytes of a 16-bit WAV file of a score; as `render_sound`."""
    rendering = render_sound(score, instrument=instrument, expand=expand)
    return encode(rendering.samples, rendering.sample_rate, ".wav")


def write_sound(
    score: Score, path: str | Path, *, instrument: str | None = None, expand: bool = False, force: bool = False
) -> tuple[Notice, ...]:
    """Write the sound of a score as WAV, FLAC, MP3 or Ogg, by extension, whole or not at all.

    Returns:
        What could not be sounded, or was played by another instrument.

    Raises:
        RenderError: as `render_sound`, or an unknown extension.
        ScoreWriteError: the file exists and `force` is not given, or its folder is missing or closed.
    """
    path = Path(path)
    if path.suffix.lower() not in SUFFIXES:
        kind = path.suffix or "no extension"
        raise RenderError(f"{path}: {kind} is no sound format; writable are {', '.join(SUFFIXES)}")
    rendering = render_sound(score, instrument=instrument, expand=expand)
    write_whole(path, encode(rendering.samples, rendering.sample_rate, path.suffix.lower()), force=force)
    return rendering.notices


def _play(performance: Performance) -> NDArray[np.float32]:
    """The bare sound, (n_samples, 2), its peak under full scale."""
    for volume in _VOLUMES:
        sound = _play_at(performance, volume)
        if sound is not None:
            return sound
    raise RenderError("the piece is too dense to sound without clipping; render fewer parts at a time")


def _play_at(performance: Performance, volume: int) -> NDArray[np.float32] | None:
    """The sound at one MIDI volume, or None where the renderer clips.

    Rendered piece by piece and added: by stretches of time, since the renderer keeps several copies of what
    it makes, and by groups of parts, since a MIDI cable has sixteen channels.
    """
    parts = range(len(performance.programs))
    n_samples = int((performance.seconds + TAIL_SECONDS) * SAMPLE_RATE)
    sound = np.zeros((n_samples, 2), dtype=np.float32)
    for start in np.arange(0.0, performance.seconds, STRETCH_SECONDS):
        excerpt = performance.excerpt(float(start), float(start) + STRETCH_SECONDS)
        if not len(excerpt.notes):
            continue
        first = round(float(start) * SAMPLE_RATE)
        for low in range(0, len(parts), N_CHANNELS):
            group = parts[low : low + N_CHANNELS]
            samples = _render(midi_bytes(excerpt, group, volume=volume, tail_seconds=TAIL_SECONDS))
            if _clips(samples):
                return None
            samples = samples[: n_samples - first]
            sound[first : first + len(samples)] += samples
    sound *= np.float32(1 / 32768)
    return sound


def _render(data: bytes) -> NDArray[np.int16]:
    """Stereo samples, (n_samples, 2), of a MIDI file's bytes."""
    import midirenderer

    try:
        wav = midirenderer.render_wave_from(soundfont_bytes(), data)
    except (ValueError, RuntimeError) as cause:
        raise RenderError(f"the sound could not be rendered ({cause}); report it with the score") from cause
    channels, rate = struct.unpack_from("<HI", wav, 22)
    if (channels, rate) != (2, SAMPLE_RATE):
        raise RenderError(f"midirenderer gave {channels} channels at {rate} Hz; install midirenderer 0.1")
    return np.frombuffer(wav, "<i2", offset=44).reshape(-1, 2)


def _clips(samples: NDArray[np.int16]) -> bool:
    return bool(len(samples)) and (int(samples.max()) >= 32766 or int(samples.min()) <= -32767)


def _fade(sound: NDArray[np.float32], last_end_seconds: float) -> NDArray[np.float32]:
    """Cut the tail where it is inaudible, and fade its last quarter second to nothing."""
    hop = SAMPLE_RATE // 20
    peak = sample_peak(sound)
    last = min(len(sound), int(last_end_seconds * SAMPLE_RATE))
    tail = sound[last : last + (len(sound) - last) // hop * hop].reshape(-1, hop, 2)
    loud = np.flatnonzero(np.abs(tail).max(axis=(1, 2), initial=0) > peak * 10 ** (SILENCE_DB / 20))
    n_fade = int(FADE_SECONDS * SAMPLE_RATE)
    end = min(len(sound), last + (int(loud[-1]) + 1 if len(loud) else 0) * hop + n_fade)
    sound = sound[:end]
    n_fade = min(n_fade, end)
    sound[end - n_fade :] *= (0.5 + 0.5 * np.cos(np.pi * np.arange(1, n_fade + 1, dtype=np.float32) / n_fade))[:, None]
    return sound

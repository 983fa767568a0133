"""Which pitches are used, how evenly, how many at once, and how far they keep to a scale.

All but the keyed one are MusPy's; each counts notes, not their lengths, as MusPy does.
"""

from __future__ import annotations

import numpy as np

from stretto.evaluate.metrics.catalogue import catalogue
from stretto.evaluate.metrics.reading import Floats, Reading, entropy, share
from stretto.theory.roman import SCALES

MAJOR, MINOR = SCALES["major"], SCALES["minor"]
"""Scales, in semitones above the tonic; the minor one is the natural."""

METRICS = catalogue(
    "pitch",
    """
    range             | semitones | range                     | From the lowest note to the highest. | MusPy
    n_pitches         |           | pitches used              | How many different pitches occur. | MusPy
    n_classes         |           | pitch classes used        | How many of the twelve pitch classes occur. | MusPy
    entropy           | bits      | entropy of pitches        | How evenly the pitches are used. | MusPy
    class_entropy     | bits      | entropy of pitch classes  | How evenly the twelve pitch classes are used. | MusPy
    polyphony         | notes     | notes at once
                      | How many pitches sound at once, on average over the time in which any sounds. | MusPy
    polyphony_rate    | share     | time with two notes or more
                      | The share of the whole time in which at least two pitches sound. | MusPy
    in_scale          | share     | notes in the scale
                      | The share of notes that belong to the scale of the key, natural minor in minor. | MusPy
    scale_consistency | share     | notes in the best scale
                      | The largest share of notes that any one major or minor scale holds. | MusPy
    """,
)


def pitch_range(reading: Reading) -> float:
    """Highest minus lowest pitch, in semitones.

    *Source*: MusPy `pitch_range`. *Departures*: not a number, where MusPy says 0, if there are no notes.
    """
    return float(np.ptp(reading.pitch_N)) if len(reading.pitch_N) else float("nan")


def n_pitches(reading: Reading) -> float:
    """Number of different pitches. *Source*: MusPy `n_pitches_used`. *Departures*: none found."""
    return float(len(np.unique(reading.pitch_N)))


def n_classes(reading: Reading) -> float:
    """Number of different pitch classes. *Source*: MusPy `n_pitch_classes_used`. *Departures*: none found."""
    return float(len(np.unique(reading.pitch_N % 12)))


def pitch_entropy(reading: Reading) -> float:
    """-sum p log2 p over the pitches of all notes, bits. *Source*: MusPy `pitch_entropy`. *Departures*: none found."""
    return entropy(np.bincount(reading.pitch_N, minlength=128))


def class_entropy(reading: Reading) -> float:
    """-sum p log2 p over pitch classes, in bits. *Source*: MusPy `pitch_class_entropy`. *Departures*: none found."""
    return entropy(class_counts(reading))


def polyphony(reading: Reading) -> float:
    """Mean number of pitches over all ticks in which at least one sounds.

    *Source*: MusPy `polyphony`. *Departures*: none found; two parts on one pitch are one pitch there as here.
    """
    n_T = reading.sounding_TP.sum(axis=1)
    return share(float((n_T * reading.duration_T).sum()), float(reading.duration_T[n_T > 0].sum()))


def polyphony_rate(reading: Reading, *, at_least: int = 2) -> float:
    """Share of all ticks in which at least two pitches sound.

    *Source*: MusPy `polyphony_rate`. *Departures*: the piece lasts to the end of its last bar, not of its last note.
    """
    n_T = reading.sounding_TP.sum(axis=1)
    return share(float(reading.duration_T[n_T >= at_least].sum()), float(reading.end))


def in_scale(reading: Reading) -> float:
    """Share of notes of the key's own scale: major, or natural minor.

    *Source*: MusPy `pitch_in_scale_rate`. *Departures*: root and mode are the estimated key's, MusPy asks for them;
    the scales are the real ones (the minor of its first versions is not).
    """
    if not len(reading.pitch_N):
        return float("nan")
    scale = MINOR if reading.key.mode == "minor" else MAJOR
    return share(float(class_counts(reading)[(np.array(scale) + reading.key.tonic) % 12].sum()), len(reading.pitch_N))


def scale_consistency(reading: Reading) -> float:
    """Largest share of notes that one of the 24 scales holds.

    *Source*: MusPy `scale_consistency` (Mogren 2016). *Departures*: none found.
    """
    counts = class_counts(reading)
    held = [counts[(np.array(scale) + root) % 12].sum() for scale in (MAJOR, MINOR) for root in range(12)]
    return share(float(max(held)), float(counts.sum()))


def class_counts(reading: Reading) -> Floats:
    """Notes of each pitch class, (12,)."""
    return np.bincount(reading.pitch_N % 12, minlength=12).astype(np.float64)


def measure(reading: Reading) -> dict[str, float]:
    """All of METRICS."""
    return {
        "pitch.range": pitch_range(reading),
        "pitch.n_pitches": n_pitches(reading),
        "pitch.n_classes": n_classes(reading),
        "pitch.entropy": pitch_entropy(reading),
        "pitch.class_entropy": class_entropy(reading),
        "pitch.polyphony": polyphony(reading),
        "pitch.polyphony_rate": polyphony_rate(reading),
        "pitch.in_scale": in_scale(reading),
        "pitch.scale_consistency": scale_consistency(reading),
    }

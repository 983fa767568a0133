"""What sounds together: qualities of chords, how they change and follow each other, how clear the key is."""

# Shapes: T moments, B bars, W windows of bars.

from __future__ import annotations

from itertools import pairwise

import numpy as np

from stretto.evaluate.metrics.catalogue import catalogue
from stretto.evaluate.metrics.reading import Floats, Ints, Reading, entropy, share
from stretto.theory.chords import Chord
from stretto.theory.key import pitch_class_weights, rank_keys

QUALITIES = {
    "major": "major",
    "minor": "minor",
    "diminished": "diminished",
    "augmented": "augmented",
    "dominant_sevenths": "dominant seventh",
    "minor_sevenths": "minor seventh",
    "major_sevenths": "major seventh",
    "half_diminished": "half-diminished seventh",
    "diminished_sevenths": "diminished seventh",
}
"""Name of the metric -> quality of the chord."""

ROOT_MOVES = {"fifths_down": (5,), "fifths_up": (7,), "seconds": (1, 2, 10, 11), "thirds": (3, 4, 8, 9)}
"""How a root moves to the next, in semitones up; a fifth down is a fourth up."""

DISSONANT = (1, 2, 6)
"""Semitones of two pitches that are heard as dissonant, octaves and inversion aside; the fourth is not one."""

METRICS = catalogue(
    "harmony",
    """
    entropy_1_bar       | bits  | H1, entropy in a bar | How evenly a bar uses the twelve pitch classes. | MusDr
    entropy_4_bars      | bits  | H4, entropy in four bars | How evenly four bars use the twelve pitch classes. | MusDr
    irregularity        | share | chord progression irregularity
                        | Of all runs of three chords, how many are different ones; 1 = none comes back. | MusDr
    major               | share | major chords             | The share of moments whose chord is a major triad.
    minor               | share | minor chords             | The share of moments whose chord is a minor triad.
    diminished          | share | diminished chords        | The share of moments whose chord is a diminished triad.
    augmented           | share | augmented chords         | The share of moments whose chord is an augmented triad.
    dominant_sevenths   | share | dominant sevenths        | The share of moments with a dominant seventh chord.
    minor_sevenths      | share | minor sevenths           | The share of moments with a minor seventh chord.
    major_sevenths      | share | major sevenths           | The share of moments with a major seventh chord.
    half_diminished     | share | half-diminished sevenths | The share of moments with a half-diminished seventh chord.
    diminished_sevenths | share | diminished sevenths      | The share of moments with a diminished seventh chord.
    unnamed             | share | moments without a chord
                        | The share of moments in which something sounds that is neither triad nor seventh chord.
    triads_on_beats     | share | triads on beats          | The share of quarters on which a triad sounds.
    sevenths_on_beats   | share | seventh chords on beats  | The share of quarters on which a seventh chord sounds.
    first_inversions    | share | first inversions | Of the chords on beats, the share with the third in the bass.
    second_inversions   | share | second inversions | Of the chords on beats, the share with the fifth in the bass.
    bass_on_root        | share | roots in the bass | Of the chords on beats, the share with the root in the bass.
    changes             | share | chord changes
                        | On how many quarters the chord is another than the last one, the first chord included.
    tonic               | share | tonic chords | Of the chords on beats, the share whose root is the tonic of the piece.
    dominant            | share | dominant chords | Of the chords on beats, the share whose root is the fifth degree.
    fifths_down         | share | roots down a fifth | Of changes of root, the share that fall a fifth or rise a fourth.
    fifths_up           | share | roots up a fifth | Of changes of root, the share that rise a fifth or fall a fourth.
    seconds             | share | roots by step | Of changes of root, the share that go by a second.
    thirds              | share | roots by thirds | Of changes of root, the share that go by a third or sixth.
    dissonance          | share | dissonance
                        | Of all pairs of pitches that sound together, how many, by time, are dissonant.
    dissonant_beats     | share | dissonance on beats | The share of quarters on which a dissonant pair sounds.
    key_fit             | correlation | fit of the key | How well the time of each pitch class fits the best key.
    key_margin          | correlation | clearness of the key | By how much the best key fits better than the next.
    in_key_beats        | share | beats in the key
                        | On how many quarters only notes of the key sound; in minor the raised sixth and seventh too.
    ends_on_tonic       | share | last bass on the tonic | Whether the lowest note that ends last is the tonic.
    """,
)


def window_entropy(reading: Reading, n_bars: int) -> float:
    """H1 and H4: mean entropy of the pitch classes that begin in a window of bars, in bits.

    *Source*: Wu and Yang, ISMIR 2020, H. *Convention*: notes are counted, not their lengths; the window moves on by
    one bar; windows in which nothing begins are left out. *Departures*: bars are the score's own, a pickup is one.
    """
    bar = np.searchsorted(reading.bar_ticks_B, reading.onset_N, side="right") - 1
    counts = np.zeros((len(reading.bar_ticks_B) + 1, 12))
    np.add.at(counts, (bar + 1, reading.pitch_N % 12), 1)
    total = np.cumsum(counts, axis=0)
    windows = total[n_bars:] - total[:-n_bars] if len(total) > n_bars else total[-1:]
    found = [entropy(own) for own in windows if own.any()]
    return float(np.mean(found)) if found else float("nan")


def beat_chords(reading: Reading) -> list[Chord | None]:
    """The chord on every quarter; None where there is none."""
    chords = reading.chord_T
    return [chords[t] for t in reading.moment_at(reading.beat_ticks).tolist()] if len(chords) else []


def progression(reading: Reading) -> list[tuple[int, str]]:
    """Root and quality of the chords on beats, one after the other, without repeats; beats without one are passed."""
    named = [(chord.root, chord.quality) for chord in beat_chords(reading) if chord is not None]
    return [own for i, own in enumerate(named) if i == 0 or own != named[i - 1]]


def irregularity(reading: Reading) -> float:
    """Different chord trigrams / all chord trigrams.

    *Source*: Wu and Yang, ISMIR 2020, CPI. *Departures*: 1. chords are heard on beats and repeats joined; there they
    are read from the lead sheet; 2. the last trigram counts, which their code leaves out; 3. with fewer than three
    chords it is not a number, there 1.
    """
    chords = progression(reading)
    trigrams = list(zip(chords, chords[1:], chords[2:], strict=False))
    return share(len(set(trigrams)), len(trigrams))


def quality_shares(reading: Reading) -> dict[str, float]:
    """Of all moments in which something sounds, the share of each quality, each moment counted once.

    A moment is a time in which nothing begins or ends, as in music21's `chordify`. Bach, major mode: major 43.6 %,
    minor 14.8, unidentifiable 8.9, dominant seventh 8.9, minor seventh 4.8, diminished 4.2, major seventh 3.4
    (pickles of Fang et al. 2020). *Departures* from those: chords are named by `theory.chords`; suspensions and what
    else music21 has a name for are unnamed here; a third alone is a triad.
    """
    heard = np.flatnonzero(reading.sounding_TP.sum(axis=1))
    n = len(heard)
    chords = [reading.chord_T[t] for t in heard.tolist()]
    counts = {name: sum(c is not None and c.quality == quality for c in chords) for name, quality in QUALITIES.items()}
    return {
        **{name: share(count, n) for name, count in counts.items()},
        "unnamed": share(sum(chord is None for chord in chords), n),
    }


def root_moves(reading: Reading) -> dict[str, float]:
    """Of the changes from one chord on a beat to the next that has another root, the share of each of ROOT_MOVES."""
    ups = [(b[0] - a[0]) % 12 for a, b in pairwise(progression(reading)) if a[0] != b[0]]
    return {name: share(sum(up in sizes for up in ups), len(ups)) for name, sizes in ROOT_MOVES.items()}


def dissonant_pairs(reading: Reading) -> tuple[Floats, Floats]:
    """Dissonant pairs of pitches, and all pairs, at each moment, (T,) both; octaves aside."""
    at = reading.sounding_TP.astype(np.float64)
    n_T = at.sum(axis=1)
    dissonant = np.zeros(len(at))
    folded = np.stack([at[:, c::12].sum(axis=1) for c in range(12)], axis=1)
    for size in DISSONANT:
        pairs = (folded * np.roll(folded, size, axis=1)).sum(axis=1)
        dissonant += pairs / 2 if size == 6 else pairs
    return dissonant, n_T * (n_T - 1) / 2


def _of_beats(reading: Reading) -> dict[str, float]:
    chords = beat_chords(reading)
    named = [chord for chord in chords if chord is not None]
    tonic = reading.key.tonic
    return {
        "triads_on_beats": share(sum(chord.is_triad for chord in named), len(chords)),
        "sevenths_on_beats": share(sum(not chord.is_triad for chord in named), len(chords)),
        "first_inversions": share(sum(chord.inversion == 1 for chord in named), len(named)),
        "second_inversions": share(sum(chord.inversion == 2 for chord in named), len(named)),
        "bass_on_root": share(sum(chord.inversion == 0 for chord in named), len(named)),
        "changes": share(len(progression(reading)), len(chords)),
        "tonic": share(sum(chord.root == tonic for chord in named), len(named)),
        "dominant": share(sum(chord.root == (tonic + 7) % 12 for chord in named), len(named)),
    }


def _dissonance(reading: Reading) -> dict[str, float]:
    """Dissonant pairs by time, and beats that have one."""
    dissonant, pairs = dissonant_pairs(reading)
    beats: Ints = reading.moment_at(reading.beat_ticks)
    return {
        "dissonance": share(float(dissonant @ reading.duration_T), float(pairs @ reading.duration_T)),
        "dissonant_beats": float((dissonant[beats] > 0).mean()) if len(beats) and len(dissonant) else float("nan"),
    }


def _of_key(reading: Reading) -> dict[str, float]:
    """Fit of the best key, its lead, beats that keep to it, and whether the last bass note is its tonic."""
    key = reading.key
    scale = {0, 2, 3, 5, 7, 8, 9, 10, 11} if key.mode == "minor" else {0, 2, 4, 5, 7, 9, 11}
    outside = [p for p in range(128) if (p - key.tonic) % 12 not in scale]
    beats = reading.moment_at(reading.beat_ticks)
    pure = ~reading.sounding_TP[beats][:, outside].any(axis=1)
    sounding = reading.sounding_TP[beats].any(axis=1)
    # By the notes alone: what a signature or a last bass note says for a key is no fit of its pitch classes.
    best, second, *_ = rank_keys(pitch_class_weights(reading.notes))
    last = reading.onset_N + reading.duration_N
    bass = int(reading.pitch_N[last == last.max()].min())
    return {
        "key_fit": best.fit,
        "key_margin": best.fit - second.fit,
        "in_key_beats": share(int((pure & sounding).sum()), int(sounding.sum())),
        "ends_on_tonic": float(bass % 12 == key.tonic),
    }


def measure(reading: Reading) -> dict[str, float]:
    """All of METRICS."""
    if not len(reading.notes):
        return {metric.name: float("nan") for metric in METRICS}
    found = {
        "entropy_1_bar": window_entropy(reading, 1),
        "entropy_4_bars": window_entropy(reading, 4),
        "irregularity": irregularity(reading),
        **quality_shares(reading),
        **_of_beats(reading),
        **root_moves(reading),
        **_dissonance(reading),
        **_of_key(reading),
    }
    return {f"harmony.{name}": value for name, value in found.items()}

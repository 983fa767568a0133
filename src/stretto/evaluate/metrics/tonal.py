"""What harmonies do in their keys: degrees, modulations, cadences, non-chord tones, notes that ask to go somewhere.

Unlike `harmony`, which names what sounds at each moment, these look through non-chord tones, and hear local keys.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable

import numpy as np

from stretto.evaluate.metrics.catalogue import catalogue
from stretto.evaluate.metrics.reading import Reading, share
from stretto.score.model import TICKS_PER_QUARTER
from stretto.theory.cadence import NAMES, cadences_of
from stretto.theory.harmonies import Harmony, harmonies
from stretto.theory.key_windows import KeyWindow, key_windows
from stretto.theory.nonchord import non_chord_tones
from stretto.theory.slices import voices_of
from stretto.theory.tendency import Going, doubled, falls, leading_tones, rises, sevenths
from stretto.theory.texture import Texture
from stretto.theory.voicing import Voicing

MOST_VOICES = 8
"""Voices among which tendencies are followed."""

DEGREES = {"tonic": "I", "second": "II", "third": "III", "fourth": "IV", "fifth": "V", "sixth": "VI", "seventh": "VII"}

TONES = ("passing", "neighbour", "suspension", "anticipation", "appoggiatura", "unexplained")

METRICS = catalogue(
    "tonal",
    """
    tonic            | share    | harmonies on I   | Of all harmonies, the share on the first degree of their key.
    second           | share    | harmonies on II  | Of all harmonies, the share on the second degree of their key.
    third            | share    | harmonies on III | Of all harmonies, the share on the third degree of their key.
    fourth           | share    | harmonies on IV  | Of all harmonies, the share on the fourth degree of their key.
    fifth            | share    | harmonies on V   | Of all harmonies, the share on the fifth degree of their key.
    sixth            | share    | harmonies on VI  | Of all harmonies, the share on the sixth degree of their key.
    seventh          | share    | harmonies on VII | Of all harmonies, the share on the seventh degree of their key.
    applied          | share    | applied dominants
                     | Of all harmonies, the share that are dominants of another degree.
    harmony_length   | quarters | length of a harmony | How long a harmony lasts on average.
    away             | share    | time in other keys | The share of the time in other keys than the piece's.
    modulations      | a quarter | changes of key | How often the local key changes.
    non_chord        | share    | non-chord tones | The share of notes that their harmony does not have.
    passing          | share    | passing notes | The share of notes that pass by step between chord tones.
    neighbour        | share    | neighbour notes | The share of notes that leave a chord tone by step and come back.
    suspension       | share    | suspensions | The share of notes that are held over and step down.
    anticipation     | share    | anticipations | The share of notes that come before their harmony.
    appoggiatura     | share    | appoggiaturas | The share of notes that are leapt to and resolve by step.
    unexplained      | share    | unexplained dissonances
                     | The share of notes foreign to their harmony in no way that counterpoint has a name for.
    accented         | share    | accented non-chord tones | Of the non-chord tones, the share on a strong place.
    leading_tones    | share    | leading tones that rise
                     | Of leading tones in dominants that resolve, the share that go to the tonic.
    sevenths         | share    | sevenths that fall | Of sevenths of chords, the share that step down or stay.
    doubled_leading  | a note   | doubled leading tones | How often two voices sing a leading tone at once.
    authentic        | share    | authentic cadences | Of the phrases, the share that close with an authentic cadence.
    half             | share    | half cadences | Of the phrases, the share that close on the dominant.
    plagal           | share    | plagal cadences | Of the phrases, the share that close with a plagal cadence.
    deceptive        | share    | deceptive cadences | Of the phrases, the share that close with a deceptive cadence.
    """,
)

_NUMERAL = re.compile(r"[b#]*([IVXivx]+)")


def degree_shares(heard: list[Harmony]) -> dict[str, float]:
    """Harmonies on each degree of their local key, and applied dominants, of all harmonies.

    *Convention*: harmonies are those of `theory.harmonies`; altered degrees count with the plain ones; an applied
    dominant counts as that only, an augmented sixth as nothing.
    """
    applied = sum("/" in own.numeral for own in heard)
    plain = Counter(
        found[1].upper() for own in heard if "/" not in own.numeral and (found := _NUMERAL.match(own.numeral))
    )
    shares = {name: share(plain[numeral], len(heard)) for name, numeral in DEGREES.items()}
    return {**shares, "applied": share(applied, len(heard))}


def key_path(reading: Reading, windows: list[KeyWindow]) -> dict[str, float]:
    """Time away from the key of the piece, and changes of key a quarter. Local keys: `theory.key_windows`."""
    home = (reading.key.tonic, reading.key.mode)
    away = sum(own.end - own.tick for own in windows if (own.key.tonic, own.key.mode) != home)
    return {
        "away": share(away, sum(own.end - own.tick for own in windows)),
        "modulations": share(max(len(windows) - 1, 0), reading.n_quarters),
    }


def foreign_notes(reading: Reading, heard: list[Harmony]) -> dict[str, float]:
    """Non-chord tones by kind, of all notes. Kinds: `theory.nonchord`; rarer ones count in the sum only."""
    tones = non_chord_tones(reading.score, heard)
    kinds = Counter(tone.kind for tone in tones)
    n = len(reading.notes)
    return {
        "non_chord": share(len(tones), n),
        **{kind: share(kinds[kind], n) for kind in TONES},
        "accented": share(sum(tone.accented for tone in tones), len(tones)),
    }


def tendencies(reading: Reading, heard: list[Harmony]) -> dict[str, float]:
    """Leading tones that rise, sevenths that fall, doubled leading tones. Not numbers for one line, or over eight."""
    voices = tuple(voices_of(reading.score))
    if not 2 <= len(voices) <= MOST_VOICES or not heard:
        return dict.fromkeys(("leading_tones", "sevenths", "doubled_leading"), float("nan"))
    voicing = Voicing(Texture(reading.score, voices, reading.key), tuple(heard))
    return {
        "leading_tones": _kept(leading_tones(voicing), rises),
        "sevenths": _kept(sevenths(voicing), falls),
        "doubled_leading": share(sum(1 for _ in doubled(voicing, "leading tone")), len(reading.notes)),
    }


def _kept(goings: Iterable[Going], rule: Callable[[Going], bool]) -> float:
    kept = [rule(going) for going in goings]
    return share(sum(kept), len(kept))


def cadence_shares(reading: Reading, windows: list[KeyWindow]) -> dict[str, float]:
    """How phrases close, each in its local key. Phrases: `theory.phrases`; a phrygian cadence is half."""
    found = Counter(own.name for own in cadences_of(reading.score, slices=reading.slices, windows=windows))
    found["half"] += found.pop("phrygian", 0)
    n = sum(found[name] for name in NAMES)
    return {name: share(found[name], n) for name in ("authentic", "half", "plagal", "deceptive")}


def measure(reading: Reading) -> dict[str, float]:
    """All of METRICS."""
    if not len(reading.notes):
        return {metric.name: float("nan") for metric in METRICS}
    windows = key_windows(reading.score, key=reading.key)
    heard = harmonies(reading.score, windows=windows)
    lengths = [own.end - own.tick for own in heard]
    found = {
        **degree_shares(heard),
        "harmony_length": float(np.mean(lengths)) / TICKS_PER_QUARTER if lengths else float("nan"),
        **key_path(reading, windows),
        **foreign_notes(reading, heard),
        **tendencies(reading, heard),
        **cadence_shares(reading, windows),
    }
    return {f"tonal.{name}": value for name, value in found.items()}

"""Cadences: how phrases close, and how a piece ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stretto.score.model import TICKS_PER_QUARTER, Score
from stretto.theory.chords import Chord, chord_of
from stretto.theory.key import Tonality
from stretto.theory.key_windows import KeyWindow, key_at, key_windows
from stretto.theory.phrases import Phrase, PhraseEnd, phrases_of
from stretto.theory.slices import SILENT, Slices, slices_of

KINDS = ("perfect authentic", "imperfect authentic", "half", "plagal", "deceptive", "other")

NAMES = ("authentic", "half", "plagal", "deceptive", "phrygian", "other")
"""What cadences are called; a phrygian one is half by its kind."""

NAME_OF_KIND = {kind: kind.removeprefix("imperfect ").removeprefix("perfect ") for kind in KINDS}

LOOK_BACK = 3 * TICKS_PER_QUARTER
"""How far before the last chord the chord that leads to it is looked for."""

SHORTEST_END = 2 * TICKS_PER_QUARTER
"""A last chord is a half note at least."""


@dataclass(frozen=True, slots=True)
class Cadence:
    """How one phrase closes."""

    kind: str
    """One of KINDS."""
    chord: Chord | None
    """The last chord; None where it is neither triad nor seventh."""
    before: Chord | None
    """The chord that leads to it."""

    @property
    def on_triad(self) -> bool:
        """The phrase ends on a triad."""
        return self.chord is not None and self.chord.is_triad

    @property
    def phrygian(self) -> bool:
        """A minor chord with its third in the bass, from which that falls a semitone to the root of a major chord.

        It is iv6 - V of a minor key, and half, or "other" where that key is not the one `kind` was asked in.
        """
        if self.chord is None or self.before is None or self.chord.quality != "major" or self.chord.inversion:
            return False
        minor = self.before.quality in ("minor", "minor seventh") and self.before.inversion == 1
        return minor and (self.chord.root - self.before.root) % 12 == 2

    @property
    def name(self) -> str:
        """One of NAMES."""
        return "phrygian" if self.phrygian else NAME_OF_KIND[self.kind]


def cadence_at(slices: Slices, end: PhraseEnd, key: Tonality) -> Cadence:
    """The cadence of a phrase end.

    A dominant that resolves counts as authentic in whatever key it is; what is half and what plagal is
    decided by `key`, and by a minor chord before a major one (a dominant in a neighbouring key).
    """
    last = slices.at(end.settled)
    chord = _chord(slices, last)
    if chord is None or not chord.is_triad:
        return Cadence("other", chord, None)
    before = _leading_chord(slices, slices.at(end.first), chord)
    if before is None:
        return Cadence("other", chord, None)
    return Cadence(_kind(before, chord, _top(slices, last), key), chord, before)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhraseCadence:
    """How a phrase of a score closes, in the key that is heard there."""

    phrase: Phrase
    cadence: Cadence
    key: Tonality
    """The local key."""
    six_four: bool
    """A six-four on the bass of the dominant stood before it, and is seen through."""

    @property
    def name(self) -> str:
        """One of NAMES."""
        return self.cadence.name


def cadences_of(
    score: Score, *, slices: Slices | None = None, windows: Sequence[KeyWindow] | None = None
) -> list[PhraseCadence]:
    """The cadence of every phrase, each in its local key; a cadential six-four belongs to the dominant after it.

    Args:
        score: any.
        slices: of its voices; None = made.
        windows: its local keys; None = `key_windows`.
    """
    slices = slices_of(score) if slices is None else slices
    keys = key_windows(score) if windows is None else list(windows)
    found = []
    for phrase in phrases_of(score, slices=slices):
        key = key_at(keys, phrase.close.settled)
        cadence, six_four = _seen_through(slices, phrase.close, cadence_at(slices, phrase.close, key), key)
        found.append(PhraseCadence(phrase=phrase, cadence=cadence, key=key, six_four=six_four))
    return found


def _seen_through(slices: Slices, end: PhraseEnd, cadence: Cadence, key: Tonality) -> tuple[Cadence, bool]:
    """The cadence without a six-four before its dominant; and whether there was one."""
    last, before = cadence.chord, cadence.before
    if last is None or before is None:
        return cadence, False
    first = slices.at(end.first)
    if _is_six_four(before, last) and last.quality == "major":
        at = _last_slice_of(slices, first, before)
        earlier = _leading_chord(slices, at, before)
        return Cadence("half", last, earlier if earlier is not None else before), True
    if cadence.kind.endswith("authentic"):
        at = _last_slice_of(slices, first, before)
        earlier = _leading_chord(slices, at, before)
        return cadence, earlier is not None and _is_six_four(earlier, before)
    return cadence, False


def _is_six_four(chord: Chord, dominant: Chord) -> bool:
    """A triad a fourth above a dominant, over its bass."""
    return (
        chord.quality in ("major", "minor")
        and chord.inversion == 2
        and dominant.inversion == 0
        and (chord.root - dominant.root) % 12 == 5
    )


def _last_slice_of(slices: Slices, first: int, chord: Chord) -> int:
    """The last slice before `first` that has the root of a chord."""
    for t in range(first - 1, -1, -1):
        found = _chord(slices, t)
        if found is not None and found.root == chord.root:
            return t
    return first


def _kind(before: Chord, last: Chord, soprano: int, key: Tonality) -> str:
    up = (last.root - before.root) % 12
    dominant = before.major_third and up == 5
    leading_tone = before.quality.startswith(("diminished", "half-diminished")) and up == 1
    if dominant or leading_tone:
        strong = dominant and before.inversion == last.inversion == 0 and soprano % 12 == last.root
        return "perfect authentic" if strong else "imperfect authentic"
    if before.major_third and ((up == 2 and last.quality == "minor") or (up == 1 and last.quality == "major")):
        return "deceptive"
    if last.root == (key.tonic + 7) % 12 and last.quality == "major":
        return "half"
    if up == 7 and (last.root == key.tonic or before.major_third or last.quality == "minor"):
        return "plagal"
    if last.quality == "major" and last.root != key.tonic and not before.major_third:
        return "half"
    return "other"


def _leading_chord(slices: Slices, first: int, chord: Chord) -> Chord | None:
    """The nearest earlier chord on another root."""
    limit = slices.tick_T[first] - LOOK_BACK
    for t in range(first - 1, -1, -1):
        if slices.tick_T[t] + slices.duration_T[t] <= limit:
            return None
        found = _chord(slices, t)
        if found is not None and found.root != chord.root:
            return found
    return None


def _chord(slices: Slices, t: int) -> Chord | None:
    return chord_of(int(p) for p in slices.pitch_TV[t] if p != SILENT)


def _top(slices: Slices, t: int) -> int:
    return int(slices.pitch_TV[t].max())


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a piece ends."""

    on_tonic_triad: bool
    """Root-position triad of the tonic: third there, fifth optional, nothing else; in minor either third."""
    picardy: bool
    """A major third in a minor key."""
    long_enough: bool
    """A half note at least, from the last onset of a voice on its last chord."""
    to_the_end: bool
    """All voices last to the end of the last bar, which is shorter by a pickup."""

    @property
    def good(self) -> bool:
        """All that a listener expects."""
        return self.on_tonic_triad and self.long_enough and self.to_the_end


def ending(score: Score, key: Tonality, slices: Slices | None = None) -> Ending:
    """The last chord of a piece, measured against the key it should end in."""
    slices = slices_of(score) if slices is None else slices
    sounding = [t for t in range(len(slices)) if (slices.pitch_TV[t] != SILENT).any()]
    if not sounding:
        return Ending(on_tonic_triad=False, picardy=False, long_enough=False, to_the_end=False)
    last = sounding[-1]
    pitches = [int(p) for p in slices.pitch_TV[last] if p != SILENT]
    above = {(p - key.tonic) % 12 for p in pitches}
    thirds = {3, 4} if key.mode == "minor" else {4}
    third = above & {3, 4}
    on_tonic = len(third) == 1 and third <= thirds and above <= {0, 7} | third and min(pitches) % 12 == key.tonic
    begun = max(t for t in sounding if slices.struck_TV[t].any())
    until = int(slices.tick_T[last] + slices.duration_T[last])
    return Ending(
        on_tonic_triad=on_tonic,
        picardy=on_tonic and key.mode == "minor" and third == {4},
        long_enough=until - int(slices.tick_T[begun]) >= SHORTEST_END,
        to_the_end=until == score.end and bool((slices.pitch_TV[last] != SILENT).all()),
    )

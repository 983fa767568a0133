"""What a piece is made of, in small pieces: chords, intervals, rhythms and textures in runs of one to three.

Everything is named from the tonic and from the voice's own last note, so transposition changes nothing.
"""

# Shapes: T slices, V voices, N notes of a voice.

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from stretto.score.model import TICKS_PER_QUARTER, Score
from stretto.theory.chords import QUALITIES, chord_of
from stretto.theory.key import Tonality, estimate_key
from stretto.theory.phrases import phrase_ends
from stretto.theory.slices import SILENT, Slices, slices_of

Tokens = dict[str, Counter[str]]
"""Kind -> token -> count."""

ABBREVIATIONS = dict(zip(QUALITIES, ("M", "m", "o", "+", "7", "m7", "M7", "ø7", "o7", "mM7"), strict=True))

WIDEST = 12
"""Semitones from which on all leaps are one."""


def tokens(score: Score, key: Tonality | None = None) -> Tokens:
    """Counts of everything small in a piece, by kind.

    Kinds end in the length of the run: "chord 2" are pairs of neighbouring harmonies. Voices are counted from the
    top, so in another number of voices the same names mean other voices.

    Args:
        score: with bars; any number of parts, each taken as one voice.
        key: the key it is in; None = estimated.
    """
    slices = slices_of(score)
    if not len(slices) or not (slices.pitch_TV != SILENT).any():
        return {}
    tonic = (key or estimate_key(score)).tonic
    found = tokens_of_slices(slices, tonic, first_beat=score.pickup % TICKS_PER_QUARTER)
    _count_places(found, score, slices, tonic)
    _count_ends(found, score, slices, tonic)
    return found


def tokens_of_slices(slices: Slices, tonic: int, *, first_beat: int = 0) -> Tokens:
    """What needs neither bars nor phrases of it.

    Args:
        slices: of all voices.
        tonic: pitch class.
        first_beat: tick of the first beat.
    """
    found: Tokens = {}
    _count_chords(found, slices, tonic, first_beat)
    for voice in range(slices.pitch_TV.shape[1]):
        _count_line(found, slices, voice, tonic)
    _count_motion(found, slices)
    return found


def runs(names: Sequence[str], n: int) -> Iterable[str]:
    """Every run of n names.

    >>> list(runs(["a", "b", "c"], 2))
    ['a b', 'b c']
    """
    return (" ".join(names[i : i + n]) for i in range(len(names) - n + 1))


def _count_chords(found: Tokens, slices: Slices, tonic: int, first_beat: int) -> None:
    """Harmonies on the beats, and half a beat after them."""
    beats = range(first_beat, slices.end, TICKS_PER_QUARTER)
    names = [_harmony(slices, slices.at(t), tonic) for t in beats]
    changes = [name for i, name in enumerate(names) if not i or name != names[i - 1]]
    found["chord 1"] = Counter(names)
    for n in (2, 3):
        found[f"chord {n}"] = Counter(runs(changes, n))
    halves = [_harmony(slices, slices.at(t + TICKS_PER_QUARTER // 2), tonic) for t in beats]
    found["offbeat 1"] = Counter(halves)


def _count_places(found: Tokens, score: Score, slices: Slices, tonic: int) -> None:
    """Harmonies by where in the bar they stand."""
    beats = range(score.pickup % TICKS_PER_QUARTER, slices.end, TICKS_PER_QUARTER)
    found["chord at 1"] = Counter(f"{_place(score, t)}:{_harmony(slices, slices.at(t), tonic)}" for t in beats)


def _harmony(slices: Slices, t: int, tonic: int) -> str:
    """A chord from the tonic, as "7M1" (dominant, major, first inversion); else intervals above the bass."""
    pitches = [int(p) for p in slices.pitch_TV[t] if p != SILENT]
    if not pitches:
        return "rest"
    chord = chord_of(pitches)
    if chord is not None:
        whole = "" if chord.complete else "-"
        return f"{(chord.root - tonic) % 12}{ABBREVIATIONS[chord.quality]}{chord.inversion}{whole}"
    bass = min(pitches)
    above = sorted({(p - bass) % 12 for p in pitches})
    return f"{(bass - tonic) % 12}({','.join(map(str, above))})"


def _place(score: Score, tick: int) -> int:
    """Quarters from the barline; in a pickup as if the bar were whole."""
    index = score.bar_index(tick)
    into = tick - score.bars[index].tick
    if index == 0 and score.pickup:
        into += score.meter_at(0).bar_ticks - score.pickup
    return into // TICKS_PER_QUARTER


def _count_line(found: Tokens, slices: Slices, voice: int, tonic: int) -> None:
    """Steps, lengths, and both together, of one voice."""
    struck = np.flatnonzero(slices.struck_TV[:, voice])
    if len(struck) < 2:
        return
    onset_N, pitch_N = slices.tick_T[struck], slices.pitch_TV[struck, voice]
    until_N = np.append(onset_N[1:], slices.end)
    moves = np.clip(np.diff(pitch_N), -WIDEST, WIDEST)
    steps = [f"{voice}{move:+d}" for move in moves.tolist()]
    lengths = [f"{voice}:{length}" for length in (until_N - onset_N).tolist()]
    degrees = [f"{voice}.{degree}" for degree in ((pitch_N - tonic) % 12).tolist()]
    both = [f"{length}{move:+d}" for length, move in zip(lengths[:-1], moves.tolist(), strict=True)]
    places = [f"{length}@{tick % TICKS_PER_QUARTER}" for length, tick in zip(lengths, onset_N.tolist(), strict=True)]
    for kind, names, longest in (
        ("step", steps, 3),
        ("length", lengths, 3),
        ("degree", degrees, 3),
        ("figure", both, 2),
        ("place", places, 1),
    ):
        for n in range(1, longest + 1):
            found.setdefault(f"{kind} {n}", Counter()).update(runs(names, n))


def _count_motion(found: Tokens, slices: Slices) -> None:
    """Which voices begin together, which way they move, and how the outer voices go."""
    struck_TV = slices.struck_TV[slices.struck_TV.any(axis=1)]
    found["texture 1"] = Counter("".join("x" if s else "-" for s in row) for row in struck_TV.tolist())
    ways, outer, spaces = [], [], []
    sounding = slices.pitch_TV[slices.struck_TV.any(axis=1)]
    for before, after in pairwise(sounding.tolist()):
        if SILENT in before or SILENT in after:
            continue
        moves = [b - a for a, b in zip(before, after, strict=True)]
        ways.append("".join("+" if m > 0 else "-" if m < 0 else "=" for m in moves))
        outer.append(f"{_clip(moves[0])}|{_clip(moves[-1])}|{(before[0] - before[-1]) % 12}")
        spaces.append(",".join(str(min(_clip(a - b), WIDEST)) for a, b in pairwise(after)))
    found["ways 1"], found["ways 2"] = Counter(ways), Counter(runs(ways, 2))
    found["outer 1"], found["spacing 1"] = Counter(outer), Counter(spaces)


def _clip(move: int) -> int:
    return max(-WIDEST, min(WIDEST, move))


def _count_ends(found: Tokens, score: Score, slices: Slices, tonic: int) -> None:
    """The chords on which phrases end, what leads there, and how long they last."""
    ends, leads, lengths = [], [], []
    for end in phrase_ends(score, slices):
        t = slices.at(end.settled)
        before = slices.at(max(0, end.first - 1))
        ends.append(_harmony(slices, t, tonic))
        leads.append(f"{_harmony(slices, before, tonic)} {ends[-1]}")
        lengths.append(str(int(slices.duration_T[t])))
    found["end 1"], found["end 2"], found["end length 1"] = Counter(ends), Counter(leads), Counter(lengths)

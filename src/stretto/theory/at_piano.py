"""Piano music without staves, as MIDI has it, on the two staves of a piano."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from stretto.score.model import UNSPELLED, Notes, Part, Score, sort_notes
from stretto.theory.clefs import KEYBOARD
from stretto.theory.hands import LEFT, split_hands
from stretto.theory.performance import played_live
from stretto.theory.staff_page import VOICES_OF_STAFF, in_voices, with_clefs

PIANOS = range(-1, 8)
"""General MIDI programs of pianos; -1 = the file does not say."""

CHORDS = 0.2
"""Share of the onsets at which more than one note sounds, from which a track is more than a melody."""

WIDE = 24
"""Semitones from its lowest to its highest note, over which a track needs two staves."""

APART = 5
"""Semitones between the mean pitches of two tracks that are two hands."""


def at_piano(score: Score) -> tuple[Score, list[str]]:
    """Piano music of one track or two on two staves, in voices and with clefs, and a sentence on it.

    What was played live has hands, but no voices: these show on the beat only (`staff_page.revoiced`). A melody, and
    tracks that are not two hands, stay as they are.

    Args:
        score: of which `lacks_staves` was true before its notes were named.
    """
    if len(score.parts) == 1 and needs_hands(score.notes):
        columns = (score.notes[name].astype(np.int64) for name in ("onset", "duration", "pitch"))
        hand_N = split_hands(*columns)
        n_left = int((hand_N == LEFT).sum())
        said = f"hands: of {len(hand_N)} notes {len(hand_N) - n_left} for the right hand, {n_left} for the left"
    elif len(score.parts) == 2 and _are_hands(score.notes):
        hand_N = score.notes["part"].astype(np.int64)
        said = "hands: the two tracks are a piano's two staves"
    else:
        return score, []
    return on_two_staves(score, hand_N), [said]


def lacks_staves(score: Score) -> bool:
    """Nobody wrote it down, and it is for a piano: no staves, no names of notes, no signs on them."""
    return is_played(score) and bool((score.notes["fifths"] == UNSPELLED).all())


def is_played(score: Score) -> bool:
    """Tracks of pianos as MIDI has them, without staves, voices or signs; their notes may have got names since."""
    notes = score.notes
    pianos = all(p.program in PIANOS and p.n_staves == 1 and not p.percussion for p in score.parts)
    plain = bool(len(notes) and (notes["grace"] == 0).all() and (notes["voice"] == 1).all())
    unsigned = not score.clefs and all(mark.pitch < 0 and not mark.voice for mark in score.marks)
    return pianos and plain and unsigned and all(key.part < 0 for key in score.keys)


def needs_hands(notes: Notes) -> bool:
    """More than a melody: several notes sound at once, too far apart for one staff."""
    onset_N, end_N = notes["onset"].astype(np.int64), (notes["onset"] + notes["duration"]).astype(np.int64)
    ticks = np.unique(onset_N)
    sounding = [int(((onset_N <= tick) & (end_N > tick)).sum()) for tick in ticks]
    chords = float(np.mean(np.array(sounding) > 1))
    return chords >= CHORDS and int(notes["pitch"].max() - notes["pitch"].min()) >= WIDE


def _are_hands(notes: Notes) -> bool:
    upper, lower = (notes["pitch"][notes["part"] == part] for part in (0, 1))
    return bool(len(upper) and len(lower) and upper.mean() - lower.mean() >= APART)


def on_two_staves(score: Score, hand_N: NDArray[np.int64]) -> Score:
    """The notes on a piano's two staves, in voices and with clefs.

    Args:
        score: of any parts; their marks stand on the upper staff.
        hand_N: of every note, 0 the right, (N,).
    """
    notes = score.notes.copy()
    notes["part"], notes["staff"] = 0, 1 + hand_N
    notes["voice"] = 1 + VOICES_OF_STAFF * hand_N
    barlines = [bar.tick for bar in score.bars]
    notes = sort_notes(notes) if played_live(score) else in_voices(notes, barlines)
    clefs, octaves = with_clefs(notes, barlines, KEYBOARD, part=0, end=score.end)
    part = Part(name="Piano", n_staves=2, program=max(0, score.parts[0].program), free_voices=True)
    marks = [replace(mark, part=min(mark.part, 0), staff=0) for mark in score.marks]
    return score.evolve(notes=notes, parts=(part,), clefs=tuple(clefs), marks=(*marks, *octaves))

"""What a player does that no sign says: phrases rise and fall, and a pianist's melody is heard above the rest."""

# Shapes: N notes.

from __future__ import annotations

from itertools import groupby, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.render.performance_time import holds
from stretto.score.model import TICKS_PER_QUARTER, Notes, Score

Floats = NDArray[np.floating[Any]]
Bools = NDArray[np.bool_]

ARC = 3.5
"""Velocity by which the height of a phrase is above the mark's, and its ends below."""

HEIGHT = 0.6
"""Where in a phrase its height is, as a share of it."""

PHRASE_BARS, LONGEST_BARS = 4, 6
"""Where nothing says how long phrases are they are of four bars; from here on a stretch is parted so."""

REST = TICKS_PER_QUARTER
"""Silence of all, in ticks, after which a new phrase begins."""

MELODY_EXTRA, BASS_EXTRA, FILL_EXTRA = 7, 2, -5
"""Balance of a pianist's hands: the top of the right hand, the lowest of the left, what lies between."""

SLUR_END_EXTRA = -4
"""The last note under a slur is let go lightly."""


def arcs(score: Score) -> Floats:
    """Velocity that its place in its phrase adds to every note, (N,); none where a single line is played."""
    onset_N = score.notes["onset"].astype(np.float64)
    extra = np.zeros(len(onset_N))
    if not shapes_phrases(score):
        return extra
    for start, end in phrases(score):
        own = (onset_N >= start) & (onset_N < end)
        x = (onset_N[own] - start) / (end - start)
        rise = np.where(x < HEIGHT, x / HEIGHT, (1 - x) / (1 - HEIGHT))
        two_bars = 2 * score.meter_at(start).bar_ticks
        extra[own] = -ARC * np.cos(np.pi * rise) * min(1.0, (end - start) / two_bars)
    return extra


def shapes_phrases(score: Score) -> bool:
    """Several lines are played, by one player or more."""
    return len(score.notes) > 0 and sum(part.n_staves for part in score.parts if not part.percussion) > 1


def phrases(score: Score) -> list[tuple[int, int]]:
    """Start and end of every phrase, in ticks, without gaps.

    They end where a fermata is held, where all rest, and at double bars and repeats; in between, where bars are
    many, every four bars.
    """
    held = [hold.end for hold in holds(score)]
    edges = {0, score.end, *held, *_after_rests(score)}
    edges |= {score.bar_end(i) for i, bar in enumerate(score.bars) if bar.repeat_end or bar.barline == "double"}
    edges |= {bar.tick for bar in score.bars if bar.repeat_start}
    found = [(a, b) for a, b in pairwise(sorted(edges)) if a < b <= score.end]
    if marks_phrases(score) or not score.meters:
        return found
    return [part for span in found for part in _parted(score, *span)]


def marks_phrases(score: Score) -> bool:
    """Fermatas stand at the ends of phrases, as in chorales, and not only at the end of the piece."""
    return len(holds(score)) > 1


def _after_rests(score: Score) -> list[int]:
    """Ticks at which the music begins again after a rest of all."""
    onsets = score.notes["onset"].astype(np.int64)
    over = np.maximum.accumulate(score.ends.astype(np.int64)) if len(onsets) else onsets
    gap = onsets[1:] - over[:-1]
    return [int(tick) for tick in onsets[1:][gap >= REST]]


def _parted(score: Score, start: int, end: int) -> list[tuple[int, int]]:
    """A long stretch in phrases of four bars; a pickup goes with the first, and a short rest with the last."""
    bars = [bar.tick for bar in score.bars if start <= bar.tick < end and bar.number > 0]
    if len(bars) < LONGEST_BARS:
        return [(start, end)]
    cuts = bars[PHRASE_BARS::PHRASE_BARS]
    if len(bars) - len(cuts) * PHRASE_BARS < PHRASE_BARS / 2:
        cuts = cuts[:-1]
    return list(pairwise([start, *cuts, end]))


def hands(score: Score) -> list[tuple[Bools, Bools]]:
    """Which notes each pianist's right and left hand play, (N,) each."""
    part_N, staff_N = score.notes["part"], score.notes["staff"]
    players = [i for i, part in enumerate(score.parts) if part.n_staves == 2 and not part.percussion]
    found = [((part_N == i) & (staff_N <= 1), (part_N == i) & (staff_N == 2)) for i in players]
    if not players and len(score.parts) == 2 and all(0 <= part.program < 8 for part in score.parts):
        found = [(part_N == 0, part_N == 1)]  # a piano's hands as two tracks
    return found


def hand_balance(score: Score) -> Floats:
    """Velocity that its place in the texture adds to every note of a pianist, (N,)."""
    notes = score.notes
    extra = np.zeros(len(notes))
    for right_N, left_N in hands(score):
        plain_N = notes["grace"] == 0
        melody_N = _outer(notes, right_N & plain_N, upper=True)
        bass_N = _outer(notes, left_N & plain_N, upper=False)
        alone_N = left_N & ~_while_sounding(notes, right_N & plain_N)
        extra[right_N | left_N] = FILL_EXTRA
        extra[melody_N | (right_N & ~plain_N)] = MELODY_EXTRA
        extra[alone_N] = 0
        extra[bass_N] = BASS_EXTRA
    return extra


def _outer(notes: Notes, hand_N: Bools, *, upper: bool) -> Bools:
    """Notes of a hand beyond which, when they are struck, it neither strikes nor holds another."""
    found = np.zeros(len(notes), bool)
    sign = 1 if upper else -1
    held: list[tuple[int, int]] = []
    index = np.flatnonzero(hand_N)
    for tick, group in groupby(index.tolist(), key=lambda i: int(notes["onset"][i])):
        held = [(end, height) for end, height in held if end > tick]
        struck = [(sign * int(notes["pitch"][i]), i) for i in group]
        height, outermost = max(struck)
        found[outermost] = height >= max((h for _, h in held), default=height)
        held += [(tick + int(notes["duration"][i]), h) for h, i in struck]
    return found


def _while_sounding(notes: Notes, hand_N: Bools) -> Bools:
    """Notes at whose onset a hand plays or holds something, (N,)."""
    on, off = np.sort(notes["onset"][hand_N]), np.sort((notes["onset"] + notes["duration"])[hand_N])
    at = notes["onset"]
    found: Bools = np.searchsorted(on, at, side="right") > np.searchsorted(off, at, side="right")
    return found


def slur_ends(score: Score) -> Floats:
    """Velocity that the end of a slur takes from its last note, (N,)."""
    notes = score.notes
    extra = np.zeros(len(notes))
    ends = {(mark.part, mark.end, mark.end_pitch) for mark in score.marks if mark.kind == "slur" and mark.end >= 0}
    if ends:
        keys = zip(notes["part"].tolist(), notes["onset"].tolist(), notes["pitch"].tolist(), strict=True)
        extra[[key in ends for key in keys]] = SLUR_END_EXTRA
    return extra

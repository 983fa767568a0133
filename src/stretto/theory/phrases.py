"""Phrases: where they end, and how long they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from stretto.score.model import TICKS_PER_QUARTER, Notes, Score
from stretto.theory.breaths import MAX_BEATS, Tune, shipped_ear
from stretto.theory.key import Tonality, estimate_key, pitched_notes
from stretto.theory.slices import Slices, slices_of

ONE_END = 2 * TICKS_PER_QUARTER
"""Fermatas of several voices within this many ticks of the first belong to one phrase end."""

SUNG = 2.0
"""Notes a beat, at most, of a melody in which the ear hears where one breathes; it learned from hymns."""

LONG = 2
"""Times the usual length of a note, from which it ends a phrase where nothing else tells; two beats at least."""

SHORTEST = 4
"""Beats of a phrase that ends with a rest or a long note."""


@dataclass(frozen=True, slots=True)
class PhraseEnd:
    """The chord that closes a phrase."""

    first: int
    """Tick where most voices have reached their fermatas: one may have held its note since before."""
    settled: int
    """Tick where the last one does."""


def phrase_ends(score: Score, slices: Slices) -> list[PhraseEnd]:
    """Every group of fermatas, and the last chord whether it has one or not."""
    groups: list[list[int]] = []
    for tick in sorted(m.tick for m in score.marks if m.kind == "fermata"):
        if groups and tick - groups[-1][0] <= ONE_END:
            groups[-1].append(tick)
        else:
            groups.append([tick])
    ends = [phrase_end_of(group) for group in groups]
    struck = slices.tick_T[slices.struck_TV.any(axis=1)]
    if len(struck) and (not ends or struck[-1] - ends[-1].first > ONE_END):
        ends.append(PhraseEnd(int(struck[-1]), int(struck[-1])))
    return ends


def phrase_end_of(ticks: Iterable[int]) -> PhraseEnd:
    """The phrase end whose voices reach their last notes at these ticks."""
    rising = sorted(ticks)
    return PhraseEnd(rising[len(rising) // 2], rising[-1])


def phrase_lengths(score: Score, ends: Iterable[PhraseEnd]) -> list[int]:
    """Bars of each phrase, counted from the bar of one phrase end to the bar of the next; a pickup is no bar."""
    lengths, before = [], 1 if score.pickup else 0
    for end in ends:
        bar = score.bar_index(end.first) + 1
        lengths.append(bar - before)
        before = bar
    return lengths


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """From the end of the phrase before to the end of its last chord."""

    tick: int
    end: int
    close: PhraseEnd
    """Its last chord."""
    told_by: str
    """"fermata", "ear" or "rest": what its end is known from; the last phrase of a piece ends with the piece."""


def phrases_of(score: Score, *, slices: Slices | None = None, key: Tonality | None = None) -> list[Phrase]:
    """The phrases of a piece, without gaps; empty where it has no notes.

    Fermatas tell them where there are some, a single one at the end aside; else, in a melody that could be sung, the
    ear of `breaths`, which hears where the top part breathes; else rests and long notes of the top part.

    Args:
        score: any.
        slices: of its voices; None = made.
        key: of the whole piece; None = estimated.
    """
    slices = slices_of(score) if slices is None else slices
    ends = phrase_ends(score, slices)
    if not ends:
        return []
    top = _top_line(score)
    beat = _beat(score)
    if len(ends) > 1 or ends[-1].first - int(score.notes["onset"].min()) <= MAX_BEATS * beat or not len(top):
        return _phrases(ends, slices, "fermata" if any(m.kind == "fermata" for m in score.marks) else "rest")
    n_beats = max(1.0, len(np.unique(top["onset"] // beat)))
    sung = len(top) / n_beats <= SUNG and len(top) > 1
    if sung:
        onsets = list(shipped_ear().hear(_tune(score, top, estimate_key(score) if key is None else key))[0])
    else:
        onsets = _rests(top, beat)
    inner = [PhraseEnd(t, t) for t in onsets if ends[-1].first - t > ONE_END]
    return _phrases([*inner, ends[-1]], slices, "ear" if sung else "rest")


def _phrases(ends: list[PhraseEnd], slices: Slices, told_by: str) -> list[Phrase]:
    """Each phrase lasts until a voice strikes its first note after the last chord."""
    struck = slices.tick_T[slices.struck_TV.any(axis=1)]
    edges = [int(struck[0])]
    for end in ends[:-1]:
        after = struck[struck > end.settled]
        edges.append(int(after[0]) if len(after) else slices.end)
    edges.append(slices.end)
    return [
        Phrase(tick=a, end=b, close=end, told_by=told_by)
        for (a, b), end in zip(pairwise(edges), ends, strict=True)
        if b > a
    ]


def _top_line(score: Score) -> Notes:
    """The top notes of the first part that has pitches."""
    notes = pitched_notes(score)
    notes = notes[notes["grace"] == 0]
    own = notes[notes["part"] == notes["part"].min()] if len(notes) else notes
    own = own[np.lexsort((-own["pitch"].astype(int), own["onset"]))]
    line: Notes = own[np.diff(own["onset"], prepend=-1) > 0]
    return line


def _beat(score: Score) -> int:
    meter = score.meter_at(0)
    return max(1, meter.bar_ticks // meter.numerator)


def _tune(score: Score, top: Notes, key: Tonality) -> Tune:
    meters = [score.meter_at(bar.tick) for bar in score.bars]
    return Tune(
        onset_N=top["onset"],
        duration_N=top["duration"],
        pitch_N=top["pitch"],
        tonic=key.tonic,
        bar_starts=tuple(bar.tick for bar in score.bars),
        bar_meters=tuple(f"{meter.numerator}/{meter.denominator}" for meter in meters),
        pickup=score.pickup,
    )


def _rests(top: Notes, beat: int) -> list[int]:
    """Onsets of the top notes before a rest of a beat, or that are long."""
    onset = top["onset"].astype(int)
    until = np.diff(onset, append=onset[-1] + top["duration"][-1])
    rest = until - top["duration"]
    long = until >= max(LONG * float(np.median(until)), 2 * beat)
    found: list[int] = []
    last = int(onset[0]) - SHORTEST * beat
    for tick, ends in zip(onset.tolist(), ((rest >= beat) | long).tolist(), strict=True):
        if ends and tick - (found[-1] if found else last) >= SHORTEST * beat:
            found.append(tick)
    return found

"""Phrases: where they end, and how long they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from stretto.score.model import TICKS_PER_QUARTER, Score
from stretto.theory.slices import Slices

ONE_END = 2 * TICKS_PER_QUARTER
"""Fermatas of several voices within this many ticks of the first belong to one phrase end."""


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

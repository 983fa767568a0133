"""What of a piece comes back: each moment beside each other, and its sections by letters."""

# Shapes: K moments, P sections.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from stretto.score.model import TICKS_PER_QUARTER, Score
from stretto.theory.phrases import phrases_of
from stretto.theory.slices import SILENT, Slices, slices_of

MAX_MOMENTS = 240
"""Of the matrix; of a longer piece a moment is longer."""

SAME = 0.75
"""Share of a section's eighths that agree with another's, from which they are alike."""

BARS_A_SECTION = 4
"""Where no phrases are heard."""

LONGEST = 64 * TICKS_PER_QUARTER
"""A phrase is heard only up to this length: longer ones are music that does not breathe."""

TOLD_BY = {"fermata": "by its fermatas", "ear": "where its melody breathes", "rest": "by its rests and long notes"}

CELL = TICKS_PER_QUARTER // 2


@dataclass(frozen=True, kw_only=True)
class Section:
    """A phrase, or some bars."""

    start: int
    end: int
    """Ticks."""
    letter: str
    """Equal letters: the same outer voices, transposed or not; a stroke: the same melody over another bass."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Form:
    """Self-similarity and sections."""

    alike_KK: NDArray[np.float64]
    """Cosine of the pitch classes that sound in two moments and the one after each, 0..1; 0 where all rest."""
    moment: int
    """Ticks."""
    sections: tuple[Section, ...]
    parted_by: str
    """What sections are known from, in words: "by its fermatas"."""

    @property
    def letters(self) -> str:
        """As a musician writes it: "AAB"."""
        return "".join(section.letter for section in self.sections)


def form_of(score: Score) -> Form:
    """The form of a score.

    Convention: a moment is a quarter (more in long pieces); it is described by how long each pitch class sounds in it
    and in the next; two moments are compared by the cosine. Sections are the phrases, or, where none are heard, four
    bars each; two are the same if the top and the lowest voice agree in three of four eighths, up to one transposition.
    """
    slices = slices_of(score)
    moment = TICKS_PER_QUARTER * max(1, -(-score.end // (TICKS_PER_QUARTER * MAX_MOMENTS)))
    chroma = _chroma(slices, score.end, moment)
    if len(chroma) > 1:
        chroma = np.concatenate([chroma, np.roll(chroma, -1, axis=0)], axis=1)
    size = np.linalg.norm(chroma, axis=1, keepdims=True)
    chroma = np.divide(chroma, size, out=np.zeros_like(chroma), where=size > 0)
    edges, parted_by = _edges(score, slices)
    return Form(alike_KK=chroma @ chroma.T, moment=moment, sections=_lettered(slices, edges), parted_by=parted_by)


def _chroma(slices: Slices, end: int, moment: int) -> NDArray[np.float64]:
    """Ticks for which each pitch class sounds in each moment, (K, 12)."""
    out = np.zeros((-(-end // moment), 12))
    for tick, length, pitch_V in zip(slices.tick_T.tolist(), slices.duration_T.tolist(), slices.pitch_TV, strict=True):
        classes = pitch_V[pitch_V != SILENT] % 12
        for k in range(tick // moment, -(-(tick + length) // moment)):
            inside = min(tick + length, (k + 1) * moment) - max(tick, k * moment)
            np.add.at(out[k], classes, inside)
    return out


def _edges(score: Score, slices: Slices) -> tuple[list[int], str]:
    """Ticks at which sections begin, and the end; and what tells them."""
    phrases = phrases_of(score, slices=slices)
    if len(phrases) > 1 and max(phrase.end - phrase.tick for phrase in phrases) <= LONGEST:
        return sorted({0, *(phrase.tick for phrase in phrases[1:]), score.end}), TOLD_BY[phrases[0].told_by]
    first = 1 if score.pickup else 0
    starts = [score.bars[i].tick for i in range(first, len(score.bars), BARS_A_SECTION)]
    return sorted({0, *starts[1:], score.end}), f"every {BARS_A_SECTION} bars"


def _lettered(slices: Slices, edges: Sequence[int]) -> tuple[Section, ...]:
    kinds: list[NDArray[np.int64]] = []
    sections = []
    for start, end in pairwise(edges):
        outer = _outer(slices, start, end)
        melodies = [_agreement(outer[:, :1], kind[:, :1]) for kind in kinds]
        best = int(np.argmax(melodies)) if melodies else -1
        if best < 0 or melodies[best] < SAME:
            kinds.append(outer)
            letter = _letter(len(kinds) - 1)
        else:
            letter = _letter(best) + ("" if _agreement(outer, kinds[best]) >= SAME else "'")
        sections.append(Section(start=start, end=end, letter=letter))
    return tuple(sections)


def _letter(index: int) -> str:
    """A to Z, then A2.

    >>> _letter(0), _letter(27)
    ('A', 'B2')
    """
    turn, place = divmod(index, 26)
    return chr(ord("A") + place) + (str(turn + 1) if turn else "")


def _outer(slices: Slices, start: int, end: int) -> NDArray[np.int64]:
    """Highest and lowest pitch at each eighth, (cells, 2)."""
    at = np.maximum(np.searchsorted(slices.tick_T, np.arange(start, end, CELL), side="right") - 1, 0)
    return np.stack([slices.pitch_TV[at].max(axis=1, initial=SILENT), slices.lowest_T[at]], axis=1)


def _agreement(one: NDArray[np.int64], other: NDArray[np.int64]) -> float:
    """Share of the longer one's cells in which all voices lie one distance apart, both laid end to end, (cells, V)."""
    n = min(len(one), len(other))
    if not n:
        return 0.0
    up = one[-n:] - other[-n:]
    sounding = (one[-n:] != SILENT).all(axis=1) & (other[-n:] != SILENT).all(axis=1)
    same = up[sounding & (up == up[:, :1]).all(axis=1), 0]
    return float(np.unique(same, return_counts=True)[1].max(initial=0) / max(len(one), len(other)))

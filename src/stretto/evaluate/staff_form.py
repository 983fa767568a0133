"""Form by bars: how alike two bars are, what comes back, and whether an asked form is there."""

# Shapes: B bars, N notes.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from stretto.evaluate.staff_shapes import top_line
from stretto.evaluate.staff_work import StaffWork

Floats = NDArray[np.float64]

ALIKE = 0.75
"""Likeness from which a bar is said to come back: an ornament or another bass may differ."""

APART = 4
"""Bars between a bar and its return: a figure that goes on is none."""

PASSAGE = 4
"""Bars of a passage that comes back."""


@dataclass(frozen=True, kw_only=True)
class Likeness:
    """Of stretches to each other, 0..1."""

    melody: float
    """Of the top line of the first staff."""
    whole: float
    """Of all notes."""


def likeness_of_bars(work: StaffWork, *, melody: bool) -> Floats:
    """How alike any two bars are, (B, B): twice what both strike, at the same place and pitch, by what each does.

    Empty bars are like nothing.
    """
    onset, pitch = top_line(work, 0) if melody else (work.onset_N, work.pitch_N)
    edges = work.bar_edges_B
    bar = np.searchsorted(edges, onset, side="right") - 1
    into = onset - edges[bar]
    _, token = np.unique(into * 128 + pitch, return_inverse=True)
    has = np.zeros((len(edges) - 1, int(token.max(initial=-1)) + 1))
    has[bar, token] = 1
    n_B = has.sum(axis=1)
    both = n_B[:, None] + n_B[None]
    found: Floats = 2 * (has @ has.T) / np.where(both > 0, both, 1)
    return found


def returning_bars(work: StaffWork) -> float:
    """Share of the bars that were there before, APART bars ago or more."""
    alike = likeness_of_bars(work, melody=False)
    earlier = np.tril(alike, -APART)
    return float((earlier.max(axis=1) >= ALIKE).mean()) if len(alike) else 0.0


def other_passages(work: StaffWork) -> Likeness:
    """How alike any two bars are that lie APART: what returns must be more so."""
    tune, whole = (likeness_of_bars(work, melody=melody) for melody in (True, False))
    later, earlier = np.tril_indices(len(tune), -APART)
    if not len(later):
        return Likeness(melody=0.0, whole=0.0)
    return Likeness(melody=float(tune[later, earlier].mean()), whole=float(whole[later, earlier].mean()))


def returning_passages(work: StaffWork) -> list[Likeness]:
    """How alike passages are to what came before, of which the melody of the first half is the very same.

    Only halves are looked for, so that the other half tells how far what comes back keeps to what it was.
    """
    tune, whole = (likeness_of_bars(work, melody=melody) for melody in (True, False))
    found, busy = list[Likeness](), 0
    for later in range(APART, len(tune) - PASSAGE + 1):
        if later < busy:
            continue
        for earlier in range(later - APART + 1):
            half = [tune[later + i, earlier + i] for i in range(PASSAGE // 2)]
            if min(half) == 1:
                found.append(_along(tune, whole, [(earlier + i, later + i) for i in range(PASSAGE)]))
                busy = later + PASSAGE
                break
    return found


def form_likeness(work: StaffWork, form: str) -> tuple[Likeness, Likeness]:
    """How alike sections of one letter are, and those of different letters.

    Args:
        work: a piece whose bars the form parts evenly, as it is asked of `compose`; a pickup belongs to no section.
        form: letters, as "AABA"; marks after a letter are left out.
    """
    letters = [letter for letter in form.upper() if letter.isalpha()]
    first = int(work.plan.pickup > 0)
    size = work.n_bars // max(1, len(letters))
    tune, whole = (likeness_of_bars(work, melody=melody) for melody in (True, False))
    same, other = list[Likeness](), list[Likeness]()
    for (i, one), (j, another) in combinations(enumerate(letters), 2):
        pairs = [(first + i * size + k, first + j * size + k) for k in range(size)]
        (same if one == another else other).append(_along(tune, whole, pairs))
    return mean_likeness(same), mean_likeness(other)


def mean_likeness(found: Sequence[Likeness]) -> Likeness:
    """Not a number where there is none."""
    if not found:
        return Likeness(melody=float("nan"), whole=float("nan"))
    melody, whole = np.mean([(one.melody, one.whole) for one in found], axis=0)
    return Likeness(melody=float(melody), whole=float(whole))


def _along(tune: Floats, whole: Floats, pairs: Sequence[tuple[int, int]]) -> Likeness:
    rows, columns = (list(side) for side in zip(*pairs, strict=True))
    return Likeness(melody=float(tune[rows, columns].mean()), whole=float(whole[rows, columns].mean()))

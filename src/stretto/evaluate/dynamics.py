"""How good planned dynamics are: likelihood beside simple tables, and likeness to what composers wrote."""

# Shapes: T beats.

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.frames.dynamics import FF, GOES_ON, MARKS, Dynamics, InForce, levels_of

Floats = NDArray[np.floating[Any]]

RARE = 0.5
"""Added to every count."""

MF = MARKS.index("mf")


@dataclass(frozen=True, eq=False)
class Tables:
    """Chances of a mark, and of what hairpins do, by what is in force; or always the same ones."""

    mark: Floats
    """(levels, hairpin in force, marks)."""
    wedge: Floats
    """(hairpin in force, whether a mark stands in the beat, 4)."""

    @classmethod
    def count(cls, pieces: Sequence[Dynamics], *, order: int) -> Tables:
        """Count over pieces.

        Args:
            pieces: to learn from.
            order: 1 = by what is in force when the beat begins, a Markov chain; 0 = blind to it.
        """
        mark, wedge = np.zeros((1 + FF, 3, len(MARKS))), np.zeros((3, 2, 4))
        for piece in pieces:
            for force, m, w in _steps(piece):
                mark[force.level, force.wedge, m] += 1
                wedge[force.wedge, int(m > 0), w] += 1
        if not order:
            mark = np.broadcast_to(mark.sum((0, 1)), mark.shape)
            wedge = np.broadcast_to(wedge.sum((0, 1)), wedge.shape)
        mark, wedge = mark + RARE, wedge + RARE
        # That nothing goes on where no hairpin is in force is known even to the blind.
        wedge[0, :, GOES_ON] = 0
        return cls(mark / mark.sum(-1, keepdims=True), wedge / wedge.sum(-1, keepdims=True))

    def nats(self, piece: Dynamics) -> tuple[float, float]:
        """Nats of the marks of a piece, and of its hairpins."""
        of_mark = of_wedge = 0.0
        for force, m, w in _steps(piece):
            of_mark -= float(np.log(self.mark[force.level, force.wedge, m]))
            of_wedge -= float(np.log(self.wedge[force.wedge, int(m > 0), w]))
        return of_mark, of_wedge


def _steps(piece: Dynamics) -> list[tuple[InForce, int, int]]:
    found, force = [], InForce()
    for m, w in zip(piece.mark_T.tolist(), piece.wedge_T.tolist(), strict=True):
        found.append((force, m, w))
        force = force.after(m, w)
    return found


@dataclass(frozen=True, kw_only=True)
class Likeness:
    """Planned dynamics beside the real ones of the same pieces."""

    correlation: float
    """Of the level, over all beats of all pieces."""
    within: float
    """The same inside pieces, each taken from its own mean; pieces of one level left out."""
    error: float
    """Mean distance in steps (p to mp is one)."""
    error_of_mf: float
    """The same for a plan that is always mf."""


def likeness(planned: Sequence[Floats], real: Sequence[Floats]) -> Likeness:
    """Compare levels, a row of beats for each piece, from 1 = pp to 6 = ff."""
    one, other = np.concatenate(planned), np.concatenate(real)
    moving = [i for i, level_T in enumerate(real) if np.ptp(level_T) > 0 and np.ptp(planned[i]) > 0]
    inside = [np.concatenate([rows[i] - rows[i].mean() for i in moving]) for rows in (planned, real)] if moving else []
    return Likeness(
        correlation=_correlation(one, other),
        within=_correlation(*inside) if inside else 0.0,
        error=float(np.abs(one - other).mean()),
        error_of_mf=float(np.abs(MF - other).mean()),
    )


def _correlation(one: Floats, other: Floats) -> float:
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])


@dataclass(frozen=True, kw_only=True)
class Habits:
    """What dynamics are like, over some pieces."""

    marks_per_bar: float
    hairpins_per_bar: float
    hairpin_beats: float
    """Mean length."""
    level_shares: dict[str, float]
    """Share of the beats at each level; between two, at the nearer."""
    opening_shares: dict[str, float]
    """Share of the pieces that begin at each level."""


def habits(pieces: Sequence[Dynamics], n_bars: int) -> Habits:
    """Count over pieces of so many bars in all."""
    spans = [stop - first for piece in pieces for first, stop, _ in piece.spans]
    levels = np.concatenate([np.rint(levels_of(piece)) for piece in pieces]).astype(int)
    first = Counter(int(m[(m > 0) & (m <= FF)][0]) for m in (p.mark_T for p in pieces) if ((m > 0) & (m <= FF)).any())
    return Habits(
        marks_per_bar=sum(int((piece.mark_T > 0).sum()) for piece in pieces) / n_bars,
        hairpins_per_bar=len(spans) / n_bars,
        hairpin_beats=float(np.mean(spans)) if spans else 0.0,
        level_shares={MARKS[i]: float((levels == i).mean()) for i in range(1, FF + 1)},
        opening_shares={MARKS[i]: first[i] / max(1, first.total()) for i in range(1, FF + 1)},
    )

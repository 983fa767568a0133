"""That a new piece copies none of those that the network learned from: versions that do are not kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from stretto.errors import RequestError
from stretto.evaluate.originality_report import OriginalityReport, SharedPassage, originality_of
from stretto.evaluate.real_sharing import Kind, real_sharing
from stretto.frames.parts import PartFrames
from stretto.frames.plan import Plan
from stretto.verbs.assemble import bare_score

USUAL = 0.95
"""Share of real chorales, unknown to the networks, that share no more than a new piece may."""

JUDGED: tuple[Kind, ...] = ("near copy", "all voices", "three voices", "melody")
"""Kinds of passages that may not be longer than is usual. Steps without their rhythm are told, and judge nothing."""


class CopyError(RequestError):
    """Every version that was drawn copies more than is usual."""


@cache
def limits() -> dict[Kind, float]:
    """The longest passage of each kind that a new piece may share: quarters, of a melody notes."""
    return {kind: real_sharing().quantile(kind, USUAL) for kind in JUDGED}


def copied(report: OriginalityReport) -> SharedPassage | None:
    """The weightiest passage that is longer than is usual; None = the piece is as original as real ones."""
    for kind in JUDGED:
        passage = report.passages.get(kind)
        if passage is not None and (passage.notes if kind == "melody" else passage.quarters) > limits()[kind]:
            return passage
    return None


@dataclass(kw_only=True)
class Originals:
    """Which versions may be kept, and how many could not."""

    plan: Plan
    n_refused: int = 0
    n_redrawn: int = 0
    """Stretches that were drawn anew, each time counted."""
    worst: SharedPassage | None = field(default=None, repr=False)
    """What the last refused version shares."""

    def refuses(self, frames: PartFrames) -> bool:
        """Whether a piece, or its beginning, shares more than is usual."""
        found = copied(originality_of(bare_score(frames, self.plan)))
        if found is not None:
            self.n_refused += 1
            self.worst = found
        return found is not None

    def give_up(self, n_versions: int) -> CopyError:
        """What is said where every version was refused."""
        where = f" ({self.worst})" if self.worst is not None else ""
        return CopyError(
            f"--original: each of {n_versions} versions of a stretch copies more than is usual{where}; "
            "another --seed or a higher --temperature may do better, or leave --original out"
        )

    def said(self, report: OriginalityReport) -> list[str]:
        """Lines for the report of a piece."""
        told = [str(report.passages[kind]) for kind in ("near copy", "melody") if kind in report.passages]
        passed = _counted(self.n_refused, "version", "versions") + " that copied more " + _were(self.n_refused)
        anew = "; " + _counted(self.n_redrawn, "stretch was", "stretches were") + " drawn anew"
        most = limits()
        lines = [
            f"original: no more is shared with the music that the network learned from than {USUAL:.0%} of real "
            f"chorales share ({most['near copy']:g} quarters nearly, {most['all voices']:g} exactly)",
            *told,
        ]
        return [*lines, passed + anew * bool(self.n_redrawn)] if self.n_refused else lines


def _counted(n: int, one: str, many: str) -> str:
    return f"{n} {one if n == 1 else many}"


def _were(n: int) -> str:
    return "was passed over" if n == 1 else "were passed over"


def derived(seeds: Sequence[int], *path: int) -> list[int]:
    """Other seeds, the same for the same seeds and path."""
    return [int(np.random.default_rng([seed, *path]).integers(0, 2**31)) for seed in seeds]

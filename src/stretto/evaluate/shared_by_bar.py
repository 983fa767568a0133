"""Bar by bar, what a piece shares with the training music: of each bar the passage that is the least usual.

`originality_report` names the longest passage of each kind in the whole piece; this looks at every one that is as long
as real chorales commonly share, so that each bar can be told apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from stretto.evaluate.originality_report import (
    SPEEDS,
    FoundRun,
    OriginalityReport,
    SharedPassage,
    asked_melodies,
    beats_of,
    cells_at,
    melody_of,
    originality_of,
    passage_of,
)
from stretto.evaluate.real_sharing import KINDS, Kind
from stretto.evaluate.sung_lines import N_VOICES, SungLine, choirs_in, sung_lines
from stretto.evaluate.training_music import shipped_library, shipped_melodies
from stretto.score.model import TICKS_PER_QUARTER, Score

LEAST: dict[Kind, float] = {"all voices": 3.5, "three voices": 4.5, "melody": 9}
"""Quarters, of a melody notes, from which a passage is looked at: of four real chorales three share one so long."""

FILLED = 0.5
"""Share of a bar that a passage must fill to be told of it, if it does not lie in it wholly."""


@dataclass(frozen=True, eq=False)
class _Run:
    """A passage before it has a name."""

    kind: Kind
    start: int
    """Ticks of the piece."""
    end: int
    size: float
    """By which passages of one kind are compared: quarters of the piece, or notes."""
    make: Callable[[], SharedPassage]

    @cached_property
    def passage(self) -> SharedPassage:
        """With its name."""
        return self.make()


def shared_by_bar(score: Score) -> tuple[OriginalityReport, list[SharedPassage | None]]:
    """The longest passages, and for each bar of `OriginalityReport.score` the least usual one; None = nothing common.

    Of equally usual ones the weightier kind is told, then the longer. Steps without their rhythm are left out: they
    judge nothing.
    """
    report = originality_of(score)
    score, lines = report.score, sung_lines(report.score)
    runs = [
        _Run(kind, passage.here.start, passage.here.end, 0.0, lambda own=passage: own)  # type: ignore[misc]
        for kind, passage in report.passages.items()
        if kind == "near copy"
    ]
    runs += [*_chords(score, lines), *_melodies(score, lines)]
    return report, [_least_usual(score, index, runs) for index in range(len(score.bars))]


def _least_usual(score: Score, index: int, runs: Sequence[_Run]) -> SharedPassage | None:
    """Of a bar."""
    start, end = score.bars[index].tick, score.bar_end(index)
    longest: dict[Kind, _Run] = {}
    for run in runs:
        filled = min(end, run.end) - max(start, run.start)
        inside = run.start >= start and run.end <= end
        if (inside or filled >= FILLED * (end - start)) and (
            run.kind not in longest or run.size > longest[run.kind].size
        ):
            longest[run.kind] = run
    own = [run.passage for run in longest.values()]
    return max(own, key=lambda found: (found.real_below, -KINDS.index(found.kind), found.quarters), default=None)


def _chords(score: Score, lines: Sequence[SungLine]) -> Iterator[_Run]:
    """Passages in four voices and in three, at the speed of the piece and at its half and double."""
    library, beats = shipped_library(), beats_of(score)
    for choir in choirs_in(score, lines)[:1]:
        for speed in dict.fromkeys((beats, *SPEEDS)):
            cells = cells_at(lines, choir, speed, score.pickup)
            for n_voices in {3, len(choir)}:
                kind: Kind = "all voices" if n_voices == N_VOICES else "three voices"
                for voices in combinations(range(N_VOICES), n_voices):
                    whole = len(choir) == n_voices
                    own = choir if whole else tuple(choir[v] for v in voices)
                    columns = cells if whole else cells[:, voices]
                    for shared in library.every(columns, voices, LEAST[kind] * speed / beats):
                        found = FoundRun(shared=shared, speed=speed, quarters=shared.quarters * beats / speed, own=own)
                        start = round(shared.at * TICKS_PER_QUARTER / speed)
                        end = start + round(shared.quarters * TICKS_PER_QUARTER / speed)
                        yield _Run(kind, start, end, found.quarters, _named(score, lines, kind, found))


def _named(score: Score, lines: Sequence[SungLine], kind: Kind, found: FoundRun) -> Callable[[], SharedPassage]:
    return lambda: passage_of(score, lines, kind, found)


def _melodies(score: Score, lines: Sequence[SungLine]) -> Iterator[_Run]:
    """Stretches of single lines with their rhythm."""
    if not lines:
        return
    asked = asked_melodies(lines)
    for run in shipped_melodies().every(asked, round(LEAST["melody"])):
        start, end = int(asked.onset_K[run.here]), int(asked.end_K[run.here + run.n_notes - 1])
        make = lambda own=run: melody_of(score, lines, "melody", asked, own)  # noqa: E731
        yield _Run("melody", start, end, run.n_notes, make)

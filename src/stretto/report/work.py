"""Many pieces measured side by side, in order, by workers whose crash loses one file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from stretto.corpus.parse import Skipped, parse_all
from stretto.errors import StrettoError
from stretto.report.measured import Depth, Measured, measure_file, measure_score
from stretto.score.model import Score

FEW = 4
"""Files that one process has done before a second has started."""

REAL = Depth(own=False)

MOST_TESTED = 120
"""Real pieces, about, that classifiers see: more take longer, and tell no more."""


@dataclass(frozen=True, kw_only=True)
class Jobs:
    """Who does the work."""

    n: int = 1
    """Processes; 1 = this one. They are started afresh, so a script that asks for more guards its entry with
    `if __name__ == "__main__":`, as for every use of `multiprocessing`."""
    progress: Callable[[float], None] = lambda share: None
    """Receives the share that is done, 0 to 1."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """Files of which some are pieces and the others what they are set beside."""

    own: frozenset[Path]
    portrayed: frozenset[Path]
    """Those of the pieces that get a page and a sound."""
    portrait: Depth
    tested: frozenset[Path] = frozenset()
    """Those of the real ones that classifiers see."""

    def measure(self, path: Path) -> Measured:
        """One file, as deep as it is asked for."""
        longest = self.portrait.longest if path in self.own or path in self.tested else 0
        depth = self.portrait if path in self.portrayed else Depth() if path in self.own else REAL
        return measure_file(path, replace(depth, longest=longest))


def measure_all(
    sources: Sequence[Path | Score], real: Sequence[Path], portrait: Depth, *, n_portraits: int, jobs: Jobs
) -> tuple[list[Measured], list[Measured], list[Skipped]]:
    """Measure the pieces, and what they are set beside.

    Args:
        sources: the pieces, files or scores.
        real: files of real music.
        portrait: how deep the first pieces are gone into.
        n_portraits: how many.
        jobs: who does it.

    Returns:
        The pieces, and the real ones, in order, each file that is both in both; and the files that cannot be read.
    """
    scores = [source for source in sources if isinstance(source, Score)]
    paths = [source for source in sources if not isinstance(source, Score)]
    own = [
        measure_score(
            score,
            portrait if i < n_portraits else Depth(longest=portrait.longest),
            name=score.info.get("title") or f"score {i + 1}",
        )
        for i, score in enumerate(scores)
    ]
    first = frozenset(paths[: max(0, n_portraits - len(scores))])
    tested = frozenset(real[int(i)] for i in np.linspace(0, len(real) - 1, min(len(real), MOST_TESTED)))
    task = Task(own=frozenset(paths), portrayed=first, portrait=portrait, tested=tested)
    every = list(dict.fromkeys([*paths, *real]))
    found, skipped = _done(every, task, jobs)
    return (
        [*own, *(found[path] for path in paths if path in found)],
        [found[path] for path in real if path in found],
        skipped,
    )


def _done(paths: Sequence[Path], task: Task, jobs: Jobs) -> tuple[dict[Path, Measured], list[Skipped]]:
    if jobs.n > 1 and len(paths) > FEW:
        parsed = parse_all(paths, partial(Task.measure, task), n_workers=jobs.n, progress=jobs.progress)
        return {Path(piece.path): piece for piece in parsed.found}, parsed.skipped
    found, skipped = dict[Path, Measured](), list[Skipped]()
    for i, path in enumerate(paths):
        try:
            found[path] = task.measure(path)
        except StrettoError as cause:
            skipped.append(Skipped(path, str(cause)))
        except Exception as cause:  # one odd file must not end the run; the reason is reported, as by a worker
            if len(paths) == 1:
                raise
            skipped.append(Skipped(path, f"{type(cause).__name__}: {cause}"))
        jobs.progress((i + 1) / len(paths))
    return found, skipped

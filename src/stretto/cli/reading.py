"""Reading a score for a command: the file, what it leaves unsaid, and its repeats written out where asked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from stretto.score.expand import expand_repeats
from stretto.score.formats import read_score
from stretto.score.model import Notice, Score
from stretto.theory.understand import understand


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A score as a command uses it."""

    path: Path
    score: Score
    sentences: tuple[str, ...]
    """What the file does not say and was understood: its key, its pickup."""

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What was rounded or left out in reading."""
        return self.score.notices


def read(path: Path, *, expand: bool = False) -> Reading:
    """Read and understand a score.

    Raises:
        ScoreReadError: as `read_score`.
    """
    score, sentences = understand(read_score(path))
    if expand:
        score = expand_repeats(score)
    return Reading(path=path, score=score, sentences=tuple(sentences))

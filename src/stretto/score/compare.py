"""Two scores side by side: which notes, bars and signs were added, removed and changed."""

from __future__ import annotations

from dataclasses import dataclass

from stretto.score.compare_bars import Pair, origin, pair_bars, pair_parts
from stretto.score.compare_notes import NoteChange, compare_notes, tones_of
from stretto.score.compare_signs import SignChange, compare_signs
from stretto.score.model import Score


@dataclass(frozen=True, eq=False, kw_only=True)
class Comparison:
    """What became of a score."""

    before: Score
    after: Score
    parts: tuple[Pair, ...]
    """Parts of both that are the same voice."""
    bars: tuple[Pair, ...]
    """Bars of both that are the same bar, in one order."""
    starts: tuple[int, ...]
    """Of each pair of bars: from where it counts, in ticks of a time in which there are all bars of both."""
    notes: tuple[NoteChange, ...]
    signs: tuple[SignChange, ...]

    @property
    def same(self) -> bool:
        """Whether nothing was added, removed or changed."""
        pairs = (*self.parts, *self.bars)
        return not self.notes and not self.signs and not any(None in pair for pair in pairs)

    def count(self, kind: str) -> int:
        """Notes that were "added", "removed" or "changed"."""
        return sum(change.kind == kind for change in self.notes)


def compare(before: Score, after: Score) -> Comparison:
    """Compare two scores, aligned by their parts and bars.

    What only a player hears (how loud), and how voices share staves, is not compared; names of notes are, where both
    scores know them.
    """
    parts = pair_parts(before, after)
    bars = pair_bars(before, after, parts)
    starts = _starts(before, after, bars)
    tones = [tones_of(score, side, bars, parts, starts) for side, score in enumerate((before, after))]
    return Comparison(
        before=before,
        after=after,
        parts=tuple(parts),
        bars=tuple(bars),
        starts=tuple(starts),
        notes=tuple(compare_notes(*tones)),
        signs=tuple(compare_signs(before, after, bars, parts)),
    )


def _starts(before: Score, after: Score, bars: list[Pair]) -> list[int]:
    """Where each pair of bars counts from, in common ticks: as long as the longer of the two."""
    starts, tick = [], 0
    for i, j in bars:
        spans = [(score, index) for score, index in ((before, i), (after, j)) if index is not None]
        starts.append(tick)
        tick += max(score.bar_end(index) - origin(score, index) for score, index in spans)
    return starts

"""A piece while it is made: shown bar by bar to whoever watches, at no cost where nobody does.

Up to the last point at which the best version went on, a piece is kept as it is. Of what is drawn since then, by many
versions side by side, one is shown: which of them will be kept is not known before all are there.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar, runtime_checkable

from stretto.score.model import Score

Music = TypeVar("Music")
"""Frames of parts, or music by staves."""

Seen = TypeVar("Seen", covariant=True)


@dataclass(frozen=True, eq=False, kw_only=True)
class SoFar:
    """What there is of a piece."""

    end: int
    """Tick up to which there is new music."""
    kept: int
    """Tick up to which it stays as it is; what still sounds there may go on."""
    write: Callable[[], Score]
    """Makes the score: the bars of the whole piece with the notes that there are, not spelled, without dynamics, clefs
    and the like of what is new. What is not asked for is not made."""


@runtime_checkable
class Watcher(Protocol):
    """What `progress` may be instead of a function of the share, where the music is wanted too.

    Either may raise, to stop the work.
    """

    def __call__(self, share: float, /) -> None:
        """Be told the share that is done, now and then."""
        ...

    def music(self, so_far: SoFar, /) -> None:
        """Be shown the piece: at new bars, and whenever more of it is kept; at last the whole."""
        ...


class Watch(Generic[Music]):
    """`progress` as a drawing has it that is watched: it says the share, and shows what is drawn as it is drawn."""

    def __init__(
        self, watcher: Watcher, written: Callable[[Music], Score], tick: Callable[[int], int] = lambda tick: tick
    ) -> None:
        """Show it to somebody.

        Args:
            watcher: to whom.
            written: the score of what is drawn so far.
            tick: when a moment of the drawing is in the score.
        """
        self._watcher, self._written, self._tick = watcher, written, tick

    def __call__(self, share: float) -> None:
        """Tell the share that is done."""
        self._watcher(share)

    def show(self, music: Music, end: int, kept: int) -> None:
        """Show what is drawn up to a tick, of which so much is kept."""
        so_far = SoFar(end=self._tick(end), kept=self._tick(kept), write=lambda: self._written(music))
        self._watcher.music(so_far)


class Versions(Protocol[Seen]):
    """Versions of a piece being drawn side by side."""

    def leader(self) -> int:
        """The one that is doing best, as far as one can tell."""
        ...

    def reached(self, version: int) -> int:
        """The tick up to which one is drawn."""
        ...

    def so_far(self, version: int, end: int) -> Seen:
        """What of one begins before a tick."""
        ...


def watched(
    progress: Callable[[float], None] | None,
    written: Callable[[Music], Score],
    tick: Callable[[int], int] = lambda tick: tick,
) -> Callable[[float], None]:
    """What a drawing is to tell: a `Watch`, if the music is wanted; else the function, or one that does nothing."""
    if isinstance(progress, Watcher):
        return Watch(progress, written, tick)
    return progress or (lambda share: None)


def by_bars(
    tick: Callable[[float], None], versions: Versions[Music], bars: Sequence[int], kept: int
) -> Callable[[float], None]:
    """What versions tell while they are drawn on from a tick: at each new bar, if somebody watches, one of them.

    It is the same one until the next is kept: more would change before the eye than is new.
    """
    if not isinstance(tick, Watch):
        return tick
    watch: Watch[Music] = tick
    shown, version = kept, -1

    def told(share: float) -> None:
        nonlocal shown, version
        tick(share)
        who = versions.leader() if version < 0 else version
        end = bars[max(0, bisect_right(bars, versions.reached(who)) - 1)]
        if end > shown:
            shown, version = end, who
            watch.show(versions.so_far(who, end), end, kept)

    return told


def show_kept(tick: Callable[[float], None], music: Music, end: int) -> None:
    """Show, if somebody watches, what is kept."""
    if isinstance(tick, Watch):
        tick.show(music, end, end)

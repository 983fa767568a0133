"""Which passages of a piece recall earlier ones, bar by bar: so that a network can be told to recall."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from stretto.frames.echo import Echo
from stretto.frames.plan import Plan
from stretto.frames.staves import StaffMusic

LIKE = 0.55
"""Share of the notes of two bars that must be the same, in place and pitch, moved alike."""

SHORTEST = 2
"""Bars that a recall has at least."""

Bar = frozenset[tuple[int, int]]
"""Ticks into the bar, and pitch, of every note of a staff."""


def recalls(music: StaffMusic, plan: Plan) -> list[Echo]:
    """Runs of bars that recall, staff by staff, an earlier run; each goes back to the nearest that it recalls.

    Args:
        music: the notes.
        plan: its barlines; where they are unknown nothing is found.
    """
    if plan.bar_starts is None or len(plan.bar_starts) < 2 * SHORTEST:
        return []
    starts = [*plan.bar_starts, plan.end if plan.end > 0 else music.end]
    found = []
    for staff in range(music.n_staves):
        found += _of_staff(_bars(music, staff, starts), starts, staff)
    return found


def _bars(music: StaffMusic, staff: int, starts: Sequence[int]) -> list[Bar]:
    own = music.of_staff(staff)
    bars: list[set[tuple[int, int]]] = [set() for _ in starts[:-1]]
    at = 0
    for onset, pitch in own[["onset", "pitch"]].tolist():
        while at + 1 < len(bars) and onset >= starts[at + 1]:
            at += 1
        bars[at].add((onset - starts[at], pitch))
    return [frozenset(bar) for bar in bars]


def _of_staff(bars: Sequence[Bar], starts: Sequence[int], staff: int) -> list[Echo]:
    found, now, n = [], 1, len(bars)
    while now < n:
        best_run, best = 0, (0, 0)
        for then in range(now - 1, -1, -1):
            if (up := _moved(bars[then], bars[now])) is None:
                continue
            run = 1
            while now + run < n and then + run < now and _alike(bars[then + run], bars[now + run], up):
                run += 1
            if run > best_run:
                best_run, best = run, (then, up)
        if best_run >= SHORTEST:
            then, up = best
            end = starts[now + best_run]
            lag = starts[now] - starts[then]
            found.append(Echo(part=staff, start=starts[now], end=end, lag=lag, source=staff, up=up))
        now += max(1, best_run if best_run >= SHORTEST else 1)
    return found


def _moved(then: Bar, now: Bar) -> int | None:
    """By how many semitones a bar is an earlier one moved; None = it is not."""
    if len(then) < 2 or len(now) < 2:
        return None
    if _alike(then, now, 0):
        return 0
    low = dict(sorted(then, reverse=True))
    moves = Counter(pitch - low[tick] for tick, pitch in now if tick in low)
    if not moves:
        return None
    up = moves.most_common(1)[0][0]
    return up if abs(up) <= 12 and _alike(then, now, up) else None


def _alike(then: Bar, now: Bar, up: int) -> bool:
    if not then or not now:
        return False
    both = sum((tick, pitch + up) in now for tick, pitch in then)
    return both >= LIKE * max(len(then), len(now))

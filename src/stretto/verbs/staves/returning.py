"""What comes back in a piece of which no form is asked: as much, and where, as in a real work."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain

import numpy as np

from stretto.evaluate.staff_form import ALIKE, likeness_of_bars
from stretto.evaluate.staff_work import StaffWork
from stretto.frames.echo import Echo
from stretto.frames.plan import Plan
from stretto.frames.staves import StaffMusic
from stretto.verbs.staves.ensemble import WEIGHTS, Ensemble
from stretto.verbs.staves.form import StaffReturns

FILE = "returns.json"
"""Written by scripts/staff_returns.py: of some training works, which bars recall which, and not one note."""

RECALL = 2.0
"""Nats by which what is recalled is made likelier: a section that returns is as faithful."""

LAST_OWN = 2
"""Bars at the end that recall nothing: they close."""

SHORTEST = 2
"""Bars of a recall."""

NEAREST = 24
"""Works among which one is drawn: those whose length is most like the wished one, if anything comes back in as many
bars. A short piece is not the opening of a long one: more of it comes back."""


@dataclass(frozen=True, slots=True)
class Return:
    """Some bars of a staff recall earlier ones."""

    staff: int
    first: int
    """Bar, the first full one 0."""
    n_bars: int
    back: int
    """Bars back to what is recalled."""
    up: int
    """Semitones by which it is moved."""


def usual_returns(players: Ensemble, plan: Plan, rng: np.random.Generator, *, since: int = 0) -> StaffReturns:
    """The returns of a real work of the same period, drawn at random; none where no such works are known.

    Args:
        players: whose music it is.
        plan: of the piece; its bars must be known, and of one length.
        rng: draws the work.
        since: tick before which all is given.
    """
    works = _works_of(players, plan.period)
    starts = list(plan.bar_starts or ())[bool(plan.pickup) :]
    if not works or len(starts) < 2 * SHORTEST + LAST_OWN or len(set(plan.bar_meters)) != 1:
        return StaffReturns()
    works = sorted(works, key=lambda work: abs(np.log(work[0] / len(starts))))[:NEAREST]
    plans = [tuple(echo for one in found if (echo := _echo(one, starts, since))) for _, found in works]
    plans = [echoes for echoes in plans if echoes]
    told = plans[int(rng.integers(len(plans)))] if plans else ()
    return StaffReturns(echoes=told, pulls={RECALL: told} if told else {})


def _echo(found: Return, starts: Sequence[int], since: int) -> Echo | None:
    """A return in ticks, as far as it fits between what is given and the close; None = not two bars of it."""
    first = max(found.first, int(np.searchsorted(starts, since)))
    last = min(found.first + found.n_bars, len(starts) - LAST_OWN)
    if last - first < SHORTEST:
        return None
    lag = starts[found.first] - starts[found.first - found.back]
    return Echo(part=found.staff, start=starts[first], end=starts[last], lag=lag, source=found.staff, up=found.up)


def _works_of(players: Ensemble, period: str) -> list[tuple[int, list[Return]]]:
    """Length in bars and returns of works of a period, of any where it has none."""
    by_period = _known().get(players.name, {})
    return by_period.get(period) or list(chain.from_iterable(by_period.values()))


@cache
def _known() -> dict[str, dict[str, list[tuple[int, list[Return]]]]]:
    """Ensemble -> period -> works."""
    raw = json.loads(WEIGHTS.joinpath(FILE).read_text(encoding="utf-8"))
    return {
        name: {
            period: [(n_bars, [Return(*numbers) for numbers in found]) for n_bars, found in works]
            for period, works in by_period.items()
        }
        for name, by_period in raw.items()
    }


def returns_report(returns: StaffReturns, music: StaffMusic, plan: Plan) -> list[str]:
    """Which bars came back, of those that were to."""
    alike = likeness_of_bars(StaffWork(name="", music=music, plan=plan), melody=False)
    starts, upbeat = list(plan.bar_starts or ()), plan.pickup > 0
    back: dict[int, int] = {}
    for echo in returns.echoes:
        for now in np.flatnonzero([echo.start <= tick < echo.end for tick in starts]).tolist():
            then = int(np.searchsorted(starts, starts[now] - echo.lag))
            if alike[now, then] >= ALIKE:
                back.setdefault(now, then)
    if not back:
        return []
    told = [f"{_bars(now, n, upbeat)} as {_bars(now - lag, n, upbeat)}" for now, n, lag in _runs(back)]
    return [f"bars that come back, planned as in a real work: {', '.join(told)}"]


def _runs(back: dict[int, int]) -> list[tuple[int, int, int]]:
    """First bar, number and bars back of runs of bars that go back equally far."""
    found = list[tuple[int, int, int]]()
    for now, then in sorted(back.items()):
        first, n, lag = found[-1] if found else (0, 0, 0)
        if found and first + n == now and lag == now - then:
            found[-1] = (first, n + 1, lag)
        else:
            found.append((now, 1, now - then))
    return found


def _bars(first: int, n: int, upbeat: bool) -> str:
    number = first + (not upbeat)
    return f"{number}" if n == 1 else f"{number}-{number + n - 1}"

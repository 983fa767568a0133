"""The frame of a piece on staves before its notes: bars, the last chord, what comes back, who takes up the theme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from stretto.frames.canvas import Hole
from stretto.frames.echo import Echo
from stretto.frames.plan import Plan, bar_ticks
from stretto.frames.staff_canvas import StaffCanvas
from stretto.frames.staff_example import beat_of
from stretto.frames.staves import STAFF_NOTE, StaffMusic
from stretto.score.model import TICKS_PER_QUARTER
from stretto.theory.key import Tonality
from stretto.theory.roman import NamedChord, chord_named
from stretto.verbs.chord_line import ChordLine
from stretto.verbs.returns import bars_a_section
from stretto.verbs.staves.ensemble import Ensemble

SHORTEST_LAST = TICKS_PER_QUARTER
"""Ticks of a last bar on whose first beat a piece can close."""

RETURN, CONTRAST, TAKE_UP = 2.0, -1.0, 3.0
"""Nats by which three things are made likelier: a section that returns, what another section had, or B would be a
third A, and a theme that another staff takes up."""

ANSWERS = {"keyboard": (0, -12), "quartet": (0, -5, -12, -24)}
"""Semitones from the highest staff at which each takes up a theme; elsewhere an octave a staff."""

HALF_CLOSE = 0.4
"""Share of inner sections that close on the dominant."""


@dataclass(frozen=True, kw_only=True)
class StaffReturns:
    """What is to come back, and who is silent until he enters."""

    echoes: tuple[Echo, ...] = ()
    pulls: Mapping[float, tuple[Echo, ...]] = field(default_factory=dict)
    enters: tuple[int, ...] = ()
    """Tick before which each staff is silent; empty = all begin together."""

    def canvas(self, end: int) -> StaffCanvas | None:
        """A piece of so many ticks in which the rests before staves enter are given; None = not even these."""
        if not any(self.enters):
            return None
        nothing = StaffMusic(notes=np.zeros(0, STAFF_NOTE), end=end, n_staves=len(self.enters))
        holes = tuple(Hole(part=staff, start=tick, end=end) for staff, tick in enumerate(self.enters))
        return StaffCanvas(given=nothing, holes=holes)


def staff_plan(
    *, key: Tonality, meter: str, n_bars: int, pickup: int, period: str, composer: str, texture: tuple[float, float]
) -> Plan:
    """What the network is told of a piece; its last bar lacks the pickup's beats."""
    full = bar_ticks(meter)
    starts = [0] if pickup else []
    starts += [pickup + i * full for i in range(n_bars)]
    return Plan(
        tonic=key.tonic,
        mode=key.mode,
        bar_starts=tuple(starts),
        bar_meters=(meter,) * len(starts),
        pickup=pickup,
        end=n_bars * full,
        period=period,
        composer=composer,
        density=texture[0],
        polyphony=texture[1],
    )


def last_chord(plan: Plan) -> int:
    """Where the last chord begins: with the last bar, or in the one before if that is too short."""
    starts, end = plan.bar_starts or (0,), plan.end
    if end - starts[-1] >= SHORTEST_LAST or len(starts) < 2:
        return starts[-1]
    return starts[-1] - (starts[-1] - starts[-2]) // 2


def sections(letters: str, plan: Plan, n_staves: int) -> StaffReturns:
    """Equal letters are equal music, nearly note for note; others contrast.

    Raises:
        RequestError: no such form, or the bars cannot be shared out.
    """
    n_bars = len(plan.bar_starts or ()) - bool(plan.pickup)
    length = bars_a_section(letters, n_bars) * bar_ticks(plan.bar_meters[0])
    first: dict[str, int] = {}
    again, unlike = list[Echo](), list[Echo]()
    for k, letter in enumerate(letters):
        start = k * length
        if letter in first:
            again += _again(start, length, start - first[letter], n_staves)
        else:
            unlike += [echo for at in first.values() for echo in _again(start, length, start - at, n_staves)]
            first[letter] = start
    return StaffReturns(echoes=tuple(again), pulls={RETURN: tuple(again), CONTRAST: tuple(unlike)})


def _again(start: int, length: int, lag: int, n_staves: int) -> list[Echo]:
    """All staves play once more what they played `lag` ticks before."""
    return [Echo(part=s, start=start, end=start + length, lag=lag, source=s) for s in range(n_staves)]


def entries(plan: Plan, ensemble: Ensemble, rng: np.random.Generator) -> StaffReturns:
    """One staff begins alone, and the others take up its theme one after the other, each before it has ended."""
    n = len(ensemble.staves)
    bar = bar_ticks(plan.bar_meters[0])
    delay = bar if bar >= 2 * TICKS_PER_QUARTER else 2 * bar
    lead = int(rng.integers(n))
    order = [lead, *(staff for staff in range(n) if staff != lead)]
    answers = ANSWERS.get(ensemble.name) or tuple(-12 * staff for staff in range(n))
    found, enters = [], [0] * n
    for k, staff in enumerate(order[1:], 1):
        tick = k * delay
        if tick + delay > plan.end:
            break
        enters[staff] = tick
        up = answers[staff] - answers[lead]
        # Each takes up what the leader has played by then, and goes on with him: two delays of theme, overlapping.
        found.append(
            Echo(part=staff, start=tick, end=min(tick + 2 * delay, plan.end), lag=k * delay, source=lead, up=up)
        )
    return StaffReturns(echoes=tuple(found), pulls={TAKE_UP: tuple(found)}, enters=tuple(enters))


def final_close(plan: Plan, key: Tonality, last: int) -> ChordLine | None:
    """The dominant before the last chord, which has a rail of its own; None = there is no room for it."""
    before = _before(plan, last)
    if before <= 0:
        return None
    return ChordLine(ticks=(before, last), chords=(chord_named("V7", key), None))


def _before(plan: Plan, last: int) -> int:
    """The beat that leads to a last chord: half a bar before, or the last beat."""
    starts = plan.bar_starts or (0,)
    bar = max(0, int(np.searchsorted(starts, last, side="left")) - 1)
    full, beat = bar_ticks(plan.bar_meters[bar]), beat_of(plan.bar_meters[bar])
    return last - beat * max(1, full // beat // 2)


def section_closes(letters: str, plan: Plan, key: Tonality, rng: np.random.Generator) -> ChordLine:
    """Chords with which sections close: the dominant before the tonic, or, at some inner ends, the dominant itself."""
    starts = list(plan.bar_starts or ())[bool(plan.pickup) :]
    share = len(starts) // len(letters)
    drawn = {letter: rng.random() < HALF_CLOSE for letter in dict.fromkeys(letters)}
    ticks, chords = list[int](), list[NamedChord | None]()
    for k, letter in enumerate(letters):
        last = starts[(k + 1) * share - 1]
        before = _before(plan, last)
        final = k == len(letters) - 1
        if drawn[letter] and not final:
            added = [(last, "V")]
        else:
            added = [(before, "V7"), (last, "I" if key.mode == "major" else "i")]
        if final:
            added = added[:1]  # the last chord has a rail of its own
        ticks += [tick for tick, _ in added]
        chords += [chord_named(name, key) for _, name in added]
        ticks.append(last + TICKS_PER_QUARTER // 2 if not final else last)
        chords.append(None)
    return ChordLine(ticks=tuple(ticks), chords=tuple(chords))

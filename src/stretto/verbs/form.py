"""The frame of a piece before its notes: bars, pickup, phrases of two to four bars, fermatas."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from stretto.errors import RequestError
from stretto.frames.plan import Plan, bar_ticks, goal_code
from stretto.score.model import TICKS_PER_QUARTER
from stretto.theory.cadence import KINDS
from stretto.theory.understand import parse_pickup

MIN_BARS, MAX_BARS = 2, 64

SHORTEST, LONGEST = 4 * TICKS_PER_QUARTER, 24 * TICKS_PER_QUARTER
"""Of a phrase, from its last chord back to the one before."""

FLAT = 0.7
"""Power of the counts: forms of 8 and 16 bars, which usual lengths just fill, would else have them oftener than real
pieces. So they have four bars of 3/4 in 71 % of phrases (training pieces 69 %), two of 4/4 in 75 % (82 %, held-out
pieces 71 %), as `scripts/first_minute.py` prints."""

SMOOTH, RARE = 0.1, 0.0005
"""Weight of what real pieces do elsewhere in the bar (0.1 foretold training pieces left out in turn best, once), and of
what they were not seen to do."""

PICARDY = 0.8
"""Share of minor pieces that close in major: 78 % of the held-out chorales, and 90 % of the training
pieces that end on their tonic."""


@dataclass(frozen=True, kw_only=True)
class PhraseHabits:
    """Where real pieces of one style and metre put their phrase ends, as counts."""

    n_pieces: int
    pickups: Mapping[str, int]
    """Pickup in ticks -> pieces."""
    note_values: Mapping[str, int]
    """Length in ticks -> notes, in pieces whose source tells repeated notes from held ones."""
    steps: Mapping[str, int]
    """"place:ticks" from one phrase end to the next -> count; place is that of the earlier end in its bar
    in ticks, or "start-pickup" for the first."""
    final: Mapping[str, int]
    """"pickup:ticks before the end" of the last chord -> count."""
    cadences: Mapping[str, int]
    """"mode:inner:goal:close" and "mode:final:goal:close", as in `frames.plan.Plan` -> count."""
    harmonies: Mapping[str, int]
    """"mode:inner:voice:degree:approach:goal:close", of the outer voices -> count; degree in semitones above the
    tonic, approach as in `evaluate.phrase_close`."""

    def value_shares(self) -> dict[int, float]:
        """Length in ticks -> share of the notes; empty = not known."""
        total = sum(self.note_values.values())
        return {int(ticks): n / total for ticks, n in self.note_values.items()}


@cache
def habits() -> dict[str, dict[str, PhraseHabits]]:
    """Style -> metre -> habits, counted over the training pieces by `stretto train`."""
    text = files("stretto.engine").joinpath("data/phrases.json").read_text(encoding="utf-8")
    return {
        style: {meter: PhraseHabits(**counts) for meter, counts in meters.items()}
        for style, meters in json.loads(text).items()
    }


@dataclass(frozen=True, kw_only=True)
class Form:
    """The skeleton of a piece in ticks."""

    meter: str
    n_bars: int
    pickup: int
    phrase_ends: tuple[int, ...]
    """Onsets of the chords under a fermata; the last is the last chord of the piece."""
    goals: tuple[int, ...]
    """Chord on which each phrase should end, as `frames.plan.goal_code`."""
    closes: tuple[int, ...]
    """Cadence with which it should, as in `frames.plan.Plan`."""

    @property
    def cadences(self) -> tuple[str, ...]:
        """The cadences by name, as `theory.cadence` has them."""
        return tuple(KINDS[close - 1] for close in self.closes)

    @property
    def end(self) -> int:
        """End of the last bar, which lacks the pickup's beats."""
        return self.n_bars * bar_ticks(self.meter)

    def plan(self, *, style: str, tonic: int, mode: str) -> Plan:
        """What the network is told."""
        full = bar_ticks(self.meter)
        starts = [0] if self.pickup else []
        starts += [self.pickup + i * full for i in range(self.n_bars)]
        return Plan(
            style=style,
            tonic=tonic,
            mode=mode,
            bar_starts=tuple(starts),
            bar_meters=(self.meter,) * len(starts),
            pickup=self.pickup,
            end=self.end,
            phrase_ends=self.phrase_ends,
            goals=self.goals,
            closes=self.closes,
        )


def pickup_ticks(wish: str, *, style: str, meter: str, rng: np.random.Generator) -> int:
    """The length of the pickup bar: "auto" as often as real pieces have it, "none", or a number of beats.

    Raises:
        RequestError: neither of these, or not shorter than a bar.
    """
    if wish == "auto":
        counts = habits()[style][meter].pickups
        return int(_draw(counts, rng))
    ticks = parse_pickup(wish, int(meter.split("/")[1]), words="auto, none")
    if not 0 <= ticks < bar_ticks(meter) or ticks % 6:
        raise RequestError(f"pickup of {wish} beats: in {meter} it must be shorter than a bar, in steps of a sixteenth")
    return int(ticks)


def make_form(*, style: str, meter: str, n_bars: int, pickup: int, mode: str, rng: np.random.Generator) -> Form:
    """Phrases as real pieces of this style and metre have them."""
    habit = habits()[style][meter]
    full = bar_ticks(meter)
    final = _final_lengths(_of_pickup(habit.final, pickup), full, pickup) or {str(_usual_final(full, pickup)): 1}
    last = n_bars * full - int(_draw(final, rng))
    ends = _phrase_ends(last, full, pickup, _Steps(habit.steps, full), rng)
    closes = [*(_inner_close(style, mode, rng) for _ in ends), _final_close(style, mode, rng)]
    return Form(
        meter=meter,
        n_bars=n_bars,
        pickup=pickup,
        phrase_ends=(*ends, last),
        goals=tuple(goal for goal, _ in closes),
        closes=tuple(close for _, close in closes),
    )


def phrases_after(
    start: int, end: int, *, style: str, meter: str, pickup: int, rng: np.random.Generator
) -> tuple[int, ...]:
    """Phrase ends of what follows a phrase end at `start`, the last chord before `end` included.

    Without habits in this style and metre the last chord alone: it begins the last bar.
    """
    habit = habits().get(style, {}).get(meter)
    full = bar_ticks(meter)
    start -= start % TICKS_PER_QUARTER  # phrases are counted in beats, wherever a last note began
    lengths = _final_lengths(_of_pickup(habit.final, pickup), full, pickup) if habit is not None else {}
    last = end - int(_draw(lengths or {str(_usual_final(full, pickup)): 1}, rng))
    if habit is None or last <= start:
        return (max(last, start),)
    return (*_phrase_ends(last, full, pickup, _Steps(habit.steps, full), rng, start=start), last)


def drawn_close(style: str, mode: str, place: str, rng: np.random.Generator) -> tuple[int, int]:
    """Goal and cadence of a phrase as real pieces have them; `place` is "inner" or "final"."""
    return _final_close(style, mode, rng) if place == "final" else _inner_close(style, mode, rng)


def _inner_close(style: str, mode: str, rng: np.random.Generator) -> tuple[int, int]:
    """Goal and cadence of a phrase inside a piece: on a chord, with a cadence that has a name."""
    named = 1 + KINDS.index("other")
    counts = {k: n for k, n in _closes(style, mode, "inner").items() if k[0] and k[1] < named}
    return _drawn(counts or {(goal_code(7, minor=False), 1 + KINDS.index("half")): 1}, rng)


def _final_close(style: str, mode: str, rng: np.random.Generator) -> tuple[int, int]:
    """Goal and cadence of the last phrase: on the tonic, in minor often with the major third."""
    major = mode != "minor" or bool(rng.random() < PICARDY)
    goal = goal_code(0, minor=not major)
    ends = {1 + KINDS.index(kind) for kind in ("perfect authentic", "imperfect authentic", "plagal")}
    counts = {(goal, close): n for (_, close), n in _closes(style, mode, "final").items() if close in ends}
    return _drawn(counts or {(goal, 1): 1}, rng)


def _closes(style: str, mode: str, place: str) -> dict[tuple[int, int], int]:
    """Goal and cadence -> count, in all metres of a style together."""
    found: dict[tuple[int, int], int] = {}
    for habit in habits()[style].values():
        for key, count in habit.cadences.items():
            its_mode, its_place, goal, close = key.split(":")
            if (its_mode, its_place) == (mode, place):
                found[int(goal), int(close)] = found.get((int(goal), int(close)), 0) + count
    return found


def _drawn(counts: Mapping[tuple[int, int], int], rng: np.random.Generator) -> tuple[int, int]:
    keys = list(counts)
    weights = np.array([counts[key] for key in keys], float)
    return keys[int(rng.choice(len(keys), p=weights / weights.sum()))]


def _usual_final(full: int, pickup: int) -> int:
    """Length of a last chord that begins with the last bar, or in the middle of the one before if that is too short."""
    rest = full - pickup
    return rest if rest >= 2 * TICKS_PER_QUARTER else rest + full // 2


class _Steps:
    """How likely a phrase is to be so long, by where in the bar the one before it ended."""

    def __init__(self, counts: Mapping[str, int], full: int) -> None:
        self._full = full
        self._from: dict[str, dict[int, float]] = {}
        pooled: dict[int, float] = {}
        for key, n in counts.items():
            place, ticks = key.rsplit(":", 1)
            length = int(ticks)
            if SHORTEST <= length <= LONGEST:
                own = self._from.setdefault(place, {})
                own[length] = own.get(length, 0.0) + n**FLAT
                pooled[length] = pooled.get(length, 0.0) + n**FLAT
        # What real pieces do from other places, and anything near two bars, stays possible: every form must come out.
        total = sum(pooled.values()) or 1.0
        self._anywhere = {length: SMOOTH * n / total for length, n in pooled.items()}
        for length in range(full, 3 * full + 1, TICKS_PER_QUARTER):
            self._anywhere[length] = self._anywhere.get(length, 0.0) + RARE

    def after(self, tick: int, pickup: int) -> dict[int, float]:
        """Length -> weight of the phrase that follows an end at `tick`; at 0 the piece begins."""
        place = str((tick - pickup) % self._full) if tick else f"start-{pickup}"
        own = self._from.get(place, {})
        total = sum(own.values()) or 1.0
        lengths = {length: n / total for length, n in own.items()}
        for length, weight in self._anywhere.items():
            lengths[length] = lengths.get(length, 0.0) + weight
        return lengths


def _phrase_ends(
    last: int, full: int, pickup: int, steps: _Steps, rng: np.random.Generator, *, start: int = 0
) -> list[int]:
    """Ticks of the inner phrase ends: as if phrases were drawn as real ones are until one ends on the last chord.

    The first phrase begins with the piece, or after an end at `start`.
    """
    ahead: dict[int, dict[int, float]] = {}
    weight = {last: 1.0}
    beat = TICKS_PER_QUARTER
    for tick in range(last - beat * ((last - start - 1) // beat), last, beat)[::-1]:
        ways = {tick + length: w * weight.get(tick + length, 0.0) for length, w in steps.after(tick, pickup).items()}
        ahead[tick], weight[tick] = ways, sum(ways.values())
    ends = list[int]()
    choices = {start + n: w * weight.get(start + n, 0.0) for n, w in steps.after(start, pickup).items()}
    while any(choices.values()):
        tick = int(_draw({str(t): w for t, w in choices.items() if w > 0}, rng))
        if tick == last:
            break
        ends.append(tick)
        choices = ahead[tick]
    return ends


def _of_pickup(counts: Mapping[str, int], pickup: int) -> dict[str, int]:
    """The counts of one pickup: keys "pickup:value" -> "value"."""
    head = f"{pickup}:"
    return {key[len(head) :]: n for key, n in counts.items() if key.startswith(head)}


def _draw(counts: Mapping[str, float], rng: np.random.Generator) -> str:
    keys = list(counts)
    weights = np.array([counts[key] for key in keys], float)
    return keys[int(rng.choice(len(keys), p=weights / weights.sum()))]


def _final_lengths(counts: Mapping[str, int], full: int, pickup: int) -> dict[str, int]:
    """Last chords of a half note or more that begin a bar, or its second half where it has four beats.

    Shorter ones are notated so only because a repeat follows; the others end bars that do not lack
    their pickup, as some sources have them, and would come on a weak beat here.
    """
    strong = {0, full // 2} if full == 4 * TICKS_PER_QUARTER else {0}
    return {t: n for t, n in counts.items() if int(t) >= 2 * TICKS_PER_QUARTER and (-int(t) - pickup) % full in strong}

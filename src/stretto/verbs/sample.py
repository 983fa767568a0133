"""Drawing music from a network: many candidates side by side, each along its plan."""

# Shapes: S streams, V parts, P pitches, O = 2 + P options, F fields, L lengths.

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.engine.flagship import FIRST_PITCH, GO_ON, NEVER, TAKE_REST, FlagshipEngine, Keys, Memory
from stretto.engine.weights import FlagshipWeights
from stretto.frames.parts import HOLD, ONSET, REST, PartFrames
from stretto.frames.plan import MODES, Plan, goal_code
from stretto.verbs.rules import Rules

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, kw_only=True)
class Taste:
    """How freely to draw."""

    temperature: float = 1.0
    """Of the choice *which* pitch is struck; *whether* one is struck is left to the network, or
    cooling would thin the texture."""
    top_p: float = 1.0
    """Keep only the likeliest pitches that together have this share."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Drawn:
    """One candidate."""

    frames: PartFrames
    nats: float
    """Negative log-likelihood under the network itself, whatever the taste and the rules."""
    n_notes: int
    n_forbidden: int
    """Choices in which a rule took away the network's likeliest pitch."""

    @property
    def nll_per_note(self) -> float:
        """Nats a note."""
        return self.nats / max(1, self.n_notes)


def draw(
    weights: FlagshipWeights,
    plans: Sequence[Plan],
    *,
    seeds: Sequence[int],
    taste: Taste,
    rules: Rules | None = None,
    tick: Callable[[float], None] = lambda share: None,
) -> list[Drawn]:
    """Draw one piece along each plan.

    Args:
        weights: the network.
        plans: what is known of each piece; each must say where it ends.
        seeds: of each piece, so that it does not depend on its neighbours.
        taste: temperature and top-p.
        rules: what must not happen; None = anything the network gives.
        tick: told the share that is done, now and then.
    """
    drawing = Drawing(weights, plans, seeds=seeds, taste=taste, rules=rules)
    drawing.advance(drawing.ends, tick)
    return drawing.pieces()


@dataclass(frozen=True, eq=False, kw_only=True)
class Moment:
    """Where one stream stood between two frames, to go on from there."""

    memory: Memory
    at: int
    free: bool
    piece: Drawn


class Drawing:
    """Pieces being drawn side by side."""

    def __init__(
        self,
        weights: FlagshipWeights,
        plans: Sequence[Plan],
        *,
        seeds: Sequence[int],
        taste: Taste,
        rules: Rules | None = None,
    ) -> None:
        """Start every piece before its first frame; see `draw`."""
        self.weights, self.taste, self.rules = weights, taste, rules
        self.n = n = len(plans)
        modes = [1 + MODES.index(plan.mode) if plan.mode else 0 for plan in plans]
        keys = Keys(tonic_S=np.array([p.tonic for p in plans]), mode_S=np.array(modes))
        self.engine = FlagshipEngine(weights, keys)
        self.ends = np.array([plan.end for plan in plans])
        self.rngs = [np.random.default_rng(seed) for seed in seeds]
        self.told = [plan.fields_at(np.arange(plan.end, dtype=np.int32)).astype(int) for plan in plans]
        self.cuts = [np.array([*(t for t in plan.phrase_ends or () if t > 0), plan.end]) for plan in plans]
        self.closes_major = np.array([_closes_major(plan) for plan in plans])
        self.last_chords = np.array([max([t for t in plan.phrase_ends or () if t > 0], default=-1) for plan in plans])
        self.last_chords = np.where(self.last_chords < 0, self.ends, self.last_chords)
        self.durations = np.array(weights.durations)
        self.at = np.zeros(n, int)
        self.free = np.ones(n, bool)
        self.nats = np.zeros(n)
        self.n_notes, self.n_forbidden = np.zeros(n, int), np.zeros(n, int)
        self.ticks: list[NDArray[Any]] = []
        self.pitches: list[NDArray[Any]] = []
        self.states: list[NDArray[Any]] = []

    def advance(self, until: int | NDArray[np.int64], tick: Callable[[float], None] = lambda share: None) -> None:
        """Draw until every piece has reached this tick; `moments` says where each then stood."""
        until_S = np.minimum(np.broadcast_to(until, (self.n,)), self.ends)
        self.moments: list[Moment | None] = [None] * self.n
        self._note_moments(until_S)
        while any(moment is None for moment in self.moments):
            self._frame()
            self._note_moments(until_S)
            if len(self.ticks) % 16 == 0:
                tick(float((self.at / self.ends).min()))

    def resume(self, moment: Moment) -> None:
        """All pieces go on from one moment of one of them; their plans must be the same."""
        frames, n = moment.piece.frames, self.n
        self.engine.resume(moment.memory)
        self.at, self.free = np.full(n, moment.at), np.full(n, moment.free)
        self.nats = np.full(n, moment.piece.nats)
        self.n_notes = np.full(n, moment.piece.n_notes)
        self.n_forbidden = np.full(n, moment.piece.n_forbidden)
        self.ticks = [np.full(n, tick) for tick in frames.tick_T.tolist()]
        self.pitches = [np.repeat(row[None], n, axis=0) for row in frames.pitch_TV]
        self.states = [np.repeat(row[None], n, axis=0) for row in frames.state_TV]

    def pieces(self) -> list[Drawn]:
        """Every piece up to where it stood when `advance` noted it."""
        return [moment.piece for moment in self.moments if moment is not None]

    def _note_moments(self, until_S: NDArray[np.int64]) -> None:
        for s in np.flatnonzero(self.at >= until_S).tolist():
            if self.moments[s] is None:
                self.moments[s] = Moment(
                    memory=self.engine.memory(s), at=int(self.at[s]), free=bool(self.free[s]), piece=self._piece(s)
                )

    def _frame(self) -> None:
        engine, alive = self.engine, self.at < self.ends
        told = np.stack([rows[min(a, e - 1)] for rows, a, e in zip(self.told, self.at, self.ends, strict=True)])
        engine.begin_frame(told, self.free)
        for part in self.weights.order:
            self._part(part, alive)
        index, length = self._length(alive)
        self.ticks.append(self.at.copy())
        self.pitches.append(np.where(engine.new_SV >= 0, engine.new_SV + self.weights.lowest, REST))
        self.states.append(engine.state_SV.copy())
        engine.end_frame(index)
        self.at = self.at + length

    def _part(self, part: int, alive: NDArray[np.bool_]) -> None:
        log_SO = self.engine.options(part)
        allowed = log_SO
        if self.rules is not None:
            closing, closed = self.at == self.last_chords, self.at > self.last_chords
            unclosed = self.rules.unclosed(
                self.engine, part, closing_S=closing & alive, closed_S=closed & alive, major_S=self.closes_major
            )
            forbidden = self.rules.forbidden(self.engine, part)
            allowed = np.where(forbidden | unclosed, NEVER, log_SO)
            # Where the rules leave nothing, a good close is given up first, then the rest.
            for given_up in (unclosed, forbidden):
                hopeless = allowed.max(axis=1) < NEVER / 2
                if not hopeless.any():
                    break
                given_up[hopeless] = False
                allowed = np.where(forbidden | unclosed, NEVER, log_SO)
            self.n_forbidden += alive & (allowed.argmax(axis=1) != log_SO.argmax(axis=1))
        options = [_pick(row, rng, self.taste) for row, rng in zip(allowed, self.rngs, strict=True)]
        chosen = np.array(options)
        last = self.engine.last_SV[:, part]
        goes_on = chosen == GO_ON
        pitch = np.where(goes_on, np.maximum(last, REST), np.where(chosen == TAKE_REST, REST, chosen - FIRST_PITCH))
        state = np.where(chosen >= FIRST_PITCH, ONSET, HOLD)
        self.engine.choose(part, pitch, state)
        self.nats -= np.where(alive, log_SO[np.arange(self.n), chosen], 0.0)
        self.n_notes += alive & (state == ONSET)

    def _length(self, alive: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Index of each frame's length, and the length itself, cut at the next planned end."""
        log_SL = self.engine.lengths()
        index = np.zeros(self.n, np.int64)
        closes = self.rules is not None and self.rules.close
        for s in np.flatnonzero(alive):
            left = int(self.cuts[s][np.searchsorted(self.cuts[s], self.at[s], side="right")]) - int(self.at[s])
            wish = int(_categorical(np.exp(log_SL[s]), self.rngs[s]))
            if closes and self.at[s] >= self.last_chords[s]:
                wish = len(self.durations) - 1  # the last chord lasts
            fits = int(np.searchsorted(self.durations, left, side="right")) - 1
            index[s] = min(wish, fits)
            reaches = self.durations[index[s]] == left
            at_least = np.logaddexp.reduce(log_SL[s, index[s] :])
            self.nats[s] -= at_least if reaches else log_SL[s, index[s]]
            # A frame that was cut, or as long as frames can be, may simply go on.
            self.free[s] = reaches or wish > index[s] or index[s] == len(self.durations) - 1
        return index, np.where(alive, self.durations[index], 0)

    def _piece(self, s: int) -> Drawn:
        """What the stream has drawn so far."""
        frames = PartFrames(
            tick_T=np.array([t[s] for t in self.ticks], np.int32),
            pitch_TV=np.array([p[s] for p in self.pitches], np.int16),
            state_TV=np.array([p[s] for p in self.states], np.int8),
            end=int(self.at[s]),
        )
        return Drawn(
            frames=frames,
            nats=float(self.nats[s]),
            n_notes=int(self.n_notes[s]),
            n_forbidden=int(self.n_forbidden[s]),
        )


def _closes_major(plan: Plan) -> bool:
    """The last chord has a major third, by its goal if one is planned."""
    return plan.goals[-1] == goal_code(0, minor=False) if plan.goals else plan.mode != "minor"


def _pick(log_O: Floats, rng: np.random.Generator, taste: Taste) -> int:
    """An option: first whether a pitch is struck, as the network has it, then which, to taste."""
    p = np.exp(log_O.astype(np.float64))
    going_on, resting, struck = float(p[GO_ON]), float(p[TAKE_REST]), p[FIRST_PITCH:]
    at = rng.random() * (going_on + resting + float(struck.sum()))
    if at < going_on:
        return GO_ON
    if at < going_on + resting:
        return TAKE_REST
    return FIRST_PITCH + _categorical(_tasted(struck, taste), rng)


def _tasted(p_P: Floats, taste: Taste) -> Floats:
    """Weights of the pitches after temperature and top-p."""
    q: Floats = p_P / p_P.max()
    if taste.temperature != 1:
        q **= 1 / taste.temperature
    if taste.top_p < 1:
        order = np.argsort(-q)
        before = np.cumsum(q[order]) - q[order]
        q[order[before >= taste.top_p * q.sum()]] = 0
    return q


def _categorical(weights: Floats, rng: np.random.Generator) -> int:
    total = weights.cumsum()
    return min(int(total.searchsorted(rng.random() * total[-1], side="right")), len(weights) - 1)

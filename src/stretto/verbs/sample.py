"""Drawing music from a network: many candidates side by side, each along its plan."""

# Shapes: S streams, V parts, P pitches, O = 2 + P options, F fields, L lengths.

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.engine.cells import log_softmax
from stretto.engine.flagship import FIRST_PITCH, GO_ON, NEVER, TAKE_REST, FlagshipEngine, Keys, Memory, Recalled
from stretto.engine.weights import FlagshipWeights
from stretto.frames.canvas import FREE
from stretto.frames.echo import Echo
from stretto.frames.parts import HOLD, ONSET, REST, PartFrames
from stretto.frames.plan import MODES, Plan
from stretto.score.model import TICKS_PER_QUARTER
from stretto.verbs.asked import Asked
from stretto.verbs.beats import second_thirds
from stretto.verbs.chord_line import cuts_of
from stretto.verbs.given import GivenStreams
from stretto.verbs.guard import Act, Guard
from stretto.verbs.history import History
from stretto.verbs.rules import Rules, close_of
from stretto.verbs.series import Series
from stretto.verbs.syllables import cuts_under_words
from stretto.verbs.taste import Taste, categorical, pick
from stretto.verbs.tilt import Tilt, Tilting

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False, kw_only=True)
class Drawn:
    """One candidate."""

    frames: PartFrames
    nats: float
    """Negative log-likelihood under the network itself, whatever the taste and the rules."""
    n_notes: int
    n_forbidden: int
    """Choices in which a rule took away the network's likeliest pitch."""
    acts: tuple[Act, ...] = ()
    """What the guard ended."""

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
    drawing = Drawing(weights, plans, seeds=seeds, asked=Asked(taste=taste, rules=rules))
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

    def __init__(self, weights: FlagshipWeights, plans: Sequence[Plan], *, seeds: Sequence[int], asked: Asked) -> None:
        """Start every piece before its first frame; see `draw`."""
        self.weights, self.asked = weights, asked
        self.taste, self.rules, self.echoes, self.chords = asked.taste, asked.rules, asked.echoes, asked.chords
        self.grid = asked.grid
        canvases = [asked.canvas] * len(plans) if asked.canvas is not None else None
        self.n = n = len(plans)
        self.given = GivenStreams(canvases, n, weights.n_parts, weights.lowest)
        modes = [1 + MODES.index(plan.mode) if plan.mode else 0 for plan in plans]
        keys = Keys(tonic_S=np.array([p.tonic for p in plans]), mode_S=np.array(modes))
        order = self.given.order(weights.order)
        self.engine = FlagshipEngine(weights, keys, canvases=canvases, order=order)
        self.ends = np.array([plan.end for plan in plans])
        self.rngs = [np.random.default_rng(seed) for seed in seeds]
        self.told = [plan.fields_at(np.arange(plan.end, dtype=np.int32)).astype(int) for plan in plans]
        there = {*cuts_of(asked.chords), *cuts_under_words(canvases)}
        cuts = [
            np.union1d(self.given.cuts(s), [*(t for t in (*(plan.phrase_ends or ()), *there) if t > 0), plan.end])
            for s, plan in enumerate(plans)
        ]
        self.pulse = np.array(asked.pulse if asked.rules is not None and asked.rules.pulse else (), int)
        self.seconds = second_thirds(self.pulse)
        self.cuts: list[list[int]] = [
            np.union1d(own, self.pulse[self.pulse < end]).tolist() for own, end in zip(cuts, self.ends, strict=True)
        ]
        closes = [close_of(plan, self.given.last(s)) for s, plan in enumerate(plans)]
        self.closes, self.closes_major = (np.array(each) for each in zip(*closes, strict=True))
        self.last_chords = np.array([max([t for t in plan.phrase_ends or () if t > 0], default=-1) for plan in plans])
        self.last_chords = np.where(self.last_chords < 0, self.ends, self.last_chords)
        self.durations = np.array(weights.durations)
        self.at = np.zeros(n, int)
        self.free = np.ones(n, bool)
        self.nats = np.zeros(n)
        self.n_notes, self.n_forbidden = np.zeros(n, int), np.zeros(n, int)
        self.history = History(n, weights.n_parts)
        self.now = self.before = self.given.at(self.at)
        self.tonic_S = np.array([p.tonic for p in plans])
        self.beat_S = np.array([p.pickup for p in plans]) % TICKS_PER_QUARTER
        self._start_watching(n)

    def _start_watching(self, n_streams: int) -> None:
        """What is kept in mind beside what the network remembers."""
        self.guard = Guard(n_streams, self.weights.n_parts)
        self.series = Series(self.asked.rows, n_streams, self.weights.lowest)
        self.tilting = self._tilting(self.asked.tilt) if self.asked.tilt is not None else None

    def _tilting(self, tilt: Tilt) -> Tilting:
        return Tilting(
            tilt,
            self.n,
            lowest=self.weights.lowest,
            n_pitches=self.weights.n_pitches,
            tonic_S=self.tonic_S,
            beat_S=self.beat_S,
        )

    def _watch(self, tick_S: NDArray[Any], pitch_SV: NDArray[Any], state_SV: NDArray[Any]) -> None:
        """Keep a frame in mind."""
        self.guard.watch(tick_S, pitch_SV, state_SV)
        self.series.watch(tick_S, state_SV)
        if self.tilting is not None:
            self.tilting.watch(tick_S, pitch_SV, state_SV)

    def advance(self, until: int | NDArray[np.int64], tick: Callable[[float], None] = lambda share: None) -> None:
        """Draw until every piece has reached this tick; `moments` says where each then stood."""
        until_S = np.minimum(np.broadcast_to(until, (self.n,)), self.ends)
        self.moments: list[Moment | None] = [None] * self.n
        self._note_moments(until_S)
        while any(moment is None for moment in self.moments):
            self._frame()
            self._note_moments(until_S)
            if self.history.n_frames % 4 == 0:
                tick(float((self.at / self.ends).min()))

    def resume(self, moment: Moment) -> None:
        """All pieces go on from one moment of one of them; their plans must be the same."""
        frames, n = moment.piece.frames, self.n
        self.engine.resume(moment.memory)
        self.at, self.free = np.full(n, moment.at), np.full(n, moment.free)
        self.nats = np.full(n, moment.piece.nats)
        self.n_notes = np.full(n, moment.piece.n_notes)
        self.n_forbidden = np.full(n, moment.piece.n_forbidden)
        self.history.resume(frames)
        self._start_watching(n)
        self.guard.acts = [moment.piece.acts] * n
        for tick, pitch_V, state_V in zip(frames.tick_T, frames.pitch_TV, frames.state_TV, strict=True):
            index_V = np.where(pitch_V >= 0, pitch_V.astype(int) - self.weights.lowest, REST)
            self._watch(np.full(n, tick), np.tile(index_V, (n, 1)), np.tile(state_V, (n, 1)))

    def leader(self) -> int:
        """The piece of the fewest nats a note so far."""
        return int((self.nats / np.maximum(1, self.n_notes)).argmin())

    def reached(self, version: int) -> int:
        """The tick up to which a piece is drawn, or where `advance` noted it."""
        moment = self.moments[version]
        return int(self.at[version]) if moment is None else moment.at

    def so_far(self, version: int, end: int) -> PartFrames:
        """The frames of a piece up to a tick."""
        frames = self._frames(version)
        return replace(frames.window(0, int(np.searchsorted(frames.tick_T, end))), end=end)

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
        recalled = self._recalled(self.echoes) if self.echoes else None
        self.pulled = {nats: self._recalled(echoes) for nats, echoes in self.asked.pulls.items()}
        engine.begin_frame(told, self.free, tick_S=self.at, recalled=recalled)
        self.now, self.before = self.given.at(self.at), self.given.at(np.maximum(self.at - 1, 0))
        for part in engine.order:
            self._part(part, alive)
        midi_SV = np.where(engine.new_SV >= 0, engine.new_SV + self.weights.lowest, REST)
        self.history.add(self.at, midi_SV, engine.state_SV)
        if self.echoes:
            engine.hear_ends(self._ends_of_recalled())
        index, length = self._length(alive)
        engine.end_frame(index)
        self._watch(self.at, engine.new_SV, engine.state_SV)
        self.at = self.at + length

    def _part(self, part: int, alive: NDArray[np.bool_]) -> None:
        last = self.engine.last_SV[:, part]
        given, given_pitch, given_state = self.now.chosen(part, last)
        if given.all():
            self.engine.choose(part, given_pitch, given_state)
            return
        alive = alive & ~given
        log_SO = self.engine.options(part)
        is_given = self.given.canvases is not None
        if is_given and (barred := self.now.barred(part, last, self.before, log_SO.shape[1])).any():
            log_SO = log_softmax(np.where(barred, NEVER, log_SO))
        if (is_given or len(self.pulse)) and (off_time := self._off_time(part, last, log_SO.shape[1])).any():
            log_SO = log_softmax(np.where(off_time, NEVER, log_SO))
        if self.asked.rows:
            other_notes = self.series.barred(part, self.at, ~given, log_SO.shape[1])
            log_SO = log_softmax(np.where(other_notes, NEVER, log_SO))
        allowed = log_SO
        if self.chords is not None:
            off_chord = self.chords.barred(self.engine, part, self.at)
            off_chord[np.where(off_chord, NEVER, log_SO).max(axis=1) < NEVER / 2] = False
            log_SO = allowed = log_softmax(np.where(off_chord, NEVER, log_SO))
        if self.rules is not None:
            allowed = self._by_the_rules(self.rules, part, log_SO, alive & self.closes)
            self.n_forbidden += alive & (allowed.argmax(axis=1) != log_SO.argmax(axis=1))
        if self.asked.guarded:
            allowed = self._guarded(part, allowed, alive)
        for nats, recalled in self.pulled.items():
            allowed = allowed + nats * self._echoing(part, recalled, allowed.shape[1])
        if self.tilting is not None:
            is_last = len(self.engine.done) == self.weights.n_parts - 1
            allowed = allowed + self.tilting.nats(part, self.at, self.engine.new_SV, is_last=is_last)
        chosen = pick(allowed, self.rngs, self.taste)
        goes_on = chosen == GO_ON
        pitch = np.where(goes_on, np.maximum(last, REST), np.where(chosen == TAKE_REST, REST, chosen - FIRST_PITCH))
        state = np.where(chosen >= FIRST_PITCH, ONSET, HOLD)
        pitch, state = np.where(given, given_pitch, pitch), np.where(given, given_state, state)
        self.engine.choose(part, pitch, state)
        self.nats -= np.where(alive, log_SO[np.arange(self.n), chosen], 0.0)
        self.n_notes += alive & (state == ONSET)

    def _by_the_rules(self, rules: Rules, part: int, log_SO: Floats, closes_S: NDArray[np.bool_]) -> Floats:
        """Without what the rules forbid; where that leaves nothing, they are given up one after the other."""
        closing, closed = self.at == self.last_chords, self.at > self.last_chords
        unclosed = rules.unclosed(
            self.engine, part, closing_S=closing & closes_S, closed_S=closed & closes_S, major_S=self.closes_major
        )
        # A good close goes first, then how voices move; last that they cross, fall silent or leave their ranges.
        barred = unclosed | rules.forbidden(self.engine, part)
        left = np.where(barred, NEVER, log_SO)
        for fewer in (rules, rules.of_places, None):
            hopeless = left.max(axis=1) < NEVER / 2
            if not hopeless.any():
                break
            barred[hopeless] = fewer.forbidden(self.engine, part)[hopeless] if fewer is not None else False
            left = np.where(barred, NEVER, log_SO)
        return left

    def _off_time(self, part: int, last_S: NDArray[Any], n_options: int) -> NDArray[np.bool_]:
        """Options of an open part that stand across the beat, (S, O).

        Where a given part has triplets, or was played live, the others do not begin notes off the sixteenths with it;
        where beats are dotted, no note that began off one sounds into the next, and none begins on its second third.
        """
        out = np.zeros((self.n, n_options), bool)
        open_S = self.now.choice_SV[:, part] == FREE
        if self.given.canvases is not None:
            out[open_S & (last_S >= 0) & (self.at % self.grid != 0), FIRST_PITCH:] = True
        begun_S = self.guard.begun_SV[:, part]
        across_S = np.isin(self.at, self.pulse) & ~np.isin(begun_S, self.pulse) & (begun_S < self.at)
        out[open_S & (last_S >= 0) & across_S, GO_ON] = True
        out[open_S & (last_S >= 0) & np.isin(self.at, self.seconds), FIRST_PITCH:] = True
        return out

    def _guarded(self, part: int, allowed_SO: Floats, alive_S: NDArray[np.bool_]) -> Floats:
        """Without what the guard ends; where it would leave nothing, it lets be."""
        engine = self.engine
        barred = self.guard.barred(part, self.at, engine.done, engine.new_SV, allowed_SO.shape[1])
        for what, barred_SO in barred.items():
            if not barred_SO.any():
                continue
            barred_SO[~alive_S | (self.at > self.last_chords)] = False
            fewer_SO = np.where(barred_SO, NEVER, allowed_SO)
            barred_SO[fewer_SO.max(axis=1) < NEVER / 2] = False
            for s in np.flatnonzero(barred_SO[np.arange(self.n), allowed_SO.argmax(axis=1)]).tolist():
                self.guard.note(s, Act(tick=int(self.at[s]), part=part, what=what))
            allowed_SO = np.where(barred_SO, NEVER, allowed_SO)
        return allowed_SO

    def _length(self, alive: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Index of each frame's length, and the length itself, cut at the next planned end."""
        log_SL = self.engine.lengths()
        left_S, whole_S = self._left(alive), self.now.whole_S
        wish_S = np.zeros(self.n, np.int64)
        share_SL = self._in_time(np.exp(log_SL), left_S)
        wish_S[alive] = categorical(share_SL[alive], [self.rngs[s] for s in np.flatnonzero(alive)])
        longest = len(self.durations) - 1
        if self.rules is not None and self.rules.close:
            wish_S[self.closes & (self.at >= self.last_chords)] = longest  # the last chord lasts
        fits_S = np.searchsorted(self.durations, left_S, side="right") - 1
        index_S = np.where(alive, np.where(whole_S, fits_S, np.minimum(wish_S, fits_S)), 0)
        reaches_S = self.durations[index_S] == left_S
        drawn_S = alive & ~whole_S
        log_S = log_SL[np.arange(self.n), index_S]
        for s in np.flatnonzero(drawn_S & reaches_S):  # the frame was cut, or might have been: so long at least
            log_S[s] = np.logaddexp.reduce(log_SL[s, index_S[s] :])
        self.nats -= np.where(drawn_S, log_S, 0.0)
        # A frame that was cut, or as long as frames can be, may simply go on; where the order of the pitches stays,
        # it may be that no part has a note left.
        free_S = whole_S | reaches_S | (wish_S > index_S) | (index_S == longest) | bool(self.asked.rows)
        self.free = np.where(alive, free_S, self.free)
        return index_S, np.where(alive, self.durations[index_S], 0)

    def _left(self, alive_S: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Ticks after which the frame of each stream must end, 0 where its piece has ended."""
        left_S = np.zeros(self.n, np.int64)
        for s in np.flatnonzero(alive_S).tolist():
            at = int(self.at[s])
            left = self.cuts[s][bisect_right(self.cuts[s], at)] - at
            left_S[s] = min(left, self.series.cut(s, at, self.engine.state_SV[s])) if self.asked.rows else left
        return left_S

    def _in_time(self, share_SL: Floats, left_S: NDArray[np.int64]) -> Floats:
        """Chances of lengths without those after which, beside given notes, none may begin."""
        if self.given.canvases is None:
            return share_SL
        ends_SL = self.at[:, None] + self.durations
        in_time_SL = (ends_SL % self.grid == 0) & ~np.isin(ends_SL, self.seconds)
        kept_SL = share_SL * (in_time_SL | (ends_SL >= (self.at + left_S)[:, None]))
        total_S1 = kept_SL.sum(axis=1, keepdims=True)
        return np.where(total_S1 > 0, kept_SL / np.where(total_S1 > 0, total_S1, 1), share_SL)

    def _echoing(self, part: int, recalled: Recalled, n_options: int) -> NDArray[np.bool_]:
        """Options that do what an echo asks for: the pitch begins with it, and goes on with it."""
        pitch_S, struck_S = recalled.pitch_SV[:, part], recalled.struck_SV[:, part]
        asked_S = (pitch_S >= 0) & (pitch_S < self.weights.n_pitches)
        out = np.zeros((self.n, n_options), bool)
        stream = np.arange(self.n)
        out[stream, FIRST_PITCH + np.where(asked_S, pitch_S, 0)] = asked_S & struck_S
        out[:, GO_ON] = asked_S & ~struck_S & (self.engine.last_SV[:, part] == pitch_S)
        return out

    def _recalled(self, echoes: Sequence[Echo]) -> Recalled:
        """What the next frame of every stream is asked to recall."""
        return self.history.recalled(echoes, self.at, self.at, lowest=self.weights.lowest)

    def _ends_of_recalled(self) -> NDArray[np.integer[Any]]:
        """Ticks to the next change in what each stream recalls: the parts have chosen, so one knows what ends now."""
        if self.history.n_frames == 1:
            return np.zeros(self.n, int)
        not_known = self.ends + 1  # when the frame ends
        return self.history.recalled(self.echoes, self.at, not_known, lowest=self.weights.lowest).left_S

    def _frames(self, s: int) -> PartFrames:
        """What the stream has drawn so far."""
        return self.history.frames(s, int(self.at[s]))

    def _piece(self, s: int) -> Drawn:
        return Drawn(
            frames=self._frames(s),
            nats=float(self.nats[s]),
            n_notes=int(self.n_notes[s]),
            n_forbidden=int(self.n_forbidden[s]),
            acts=self.guard.acts[s],
        )

"""Drawing music on staves from its network: many pieces side by side, each along its plan."""

# Shapes: N pieces, A of them, V staves, P pitches, O = 1 + P options (no more, pitches), D durations, L lengths.

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.engine.staff_memory import StaffMemory, memory_of, resume
from stretto.engine.staff_weights import StavesWeights
from stretto.engine.staves import StavesEngine, ToldPlan, told_at
from stretto.frames.plan import Plan
from stretto.frames.staff_example import DURATIONS, LENGTHS, nearest_duration
from stretto.frames.staves import STAFF_NOTE, StaffMusic, StaffNotes
from stretto.verbs.guard import STUCK, Act
from stretto.verbs.staves.asked import StaffAsked
from stretto.verbs.staves.making import DRONE, Making
from stretto.verbs.staves.railing import Railing
from stretto.verbs.staves.rails import FIRST_PITCH, NO_MORE, Ints
from stretto.verbs.staves.recall import Recall
from stretto.verbs.staves.taste import cut_at, pick_rows, pick_strikes
from stretto.verbs.taste import Taste

Floats = NDArray[np.floating[Any]]

LEAST = -30.0
"""Nats of what the network thinks impossible and was asked for all the same."""
LIKELY = 0.98
"""Share of the likeliest lengths to choose from, at least."""

TICKS_D, TICKS_L = np.array(DURATIONS), np.array(LENGTHS)


@dataclass(frozen=True, eq=False, kw_only=True)
class StaffDrawn:
    """One candidate."""

    music: StaffMusic
    nats: float
    """Negative log-likelihood under the network of what was open, whatever the taste and the rails."""
    n_notes: int
    """Drawn notes; given ones are not counted."""
    n_forbidden: int
    """Choices in which a rule took away the network's likeliest option."""
    acts: tuple[Act, ...] = ()
    """What the guard ended."""

    @property
    def nll_per_note(self) -> float:
        """Nats a note."""
        return self.nats / max(1, self.n_notes)


@dataclass(frozen=True, eq=False, kw_only=True)
class StaffMoment:
    """Where one piece stood between two moments, to go on from there."""

    memory: StaffMemory
    making: dict[str, Any]
    free: bool
    piece: StaffDrawn


class StaffDrawing:
    """Pieces being drawn side by side."""

    def __init__(
        self,
        weights: StavesWeights,
        plans: Sequence[Plan],
        *,
        seeds: Sequence[int],
        asked: StaffAsked,
        start: int = 0,
    ) -> None:
        """Start every piece before its first moment.

        Args:
            weights: the network.
            plans: what is known of each piece; each must say where it ends.
            seeds: of each piece, so that it does not depend on its neighbours.
            asked: what is given and wished, the same for all.
            start: tick of the first moment; what is given before it is known to sound, and no more.
        """
        shape = weights.shape
        self.asked, self.n = asked, len(plans)
        self.given, order = asked.given(weights), asked.order(weights)
        canvases = [asked.canvas] * self.n if asked.canvas is not None else None
        tonic_N = np.array([plan.tonic for plan in plans])
        self.engine = StavesEngine(weights, tonic_N, canvases=canvases, order=order, start=start)
        self.now = Making(self.n, upward=shape.upward, order=order, lowest=shape.lowest, n_pitches=shape.n_pitches)
        self.ends = np.array([plan.end for plan in plans])
        self.rails = Railing(weights, plans, asked, self.given)
        self.bowed = _is_bowed(asked, self.rails)
        told = {id(plan): ToldPlan(plan, plan.end, shape.composers) for plan in plans}
        self.told = [told[id(plan)] for plan in plans]
        # When and how long is left to the network but for what is hardly ever played; see decision 0011.
        self.in_time = Taste(temperature=1.0, top_p=max(asked.taste.top_p, LIKELY) if asked.taste.top_p < 1 else 1.0)
        self.recall = Recall(asked.echoes, asked.pulls)
        self.rngs = [np.random.default_rng(seed) for seed in seeds]
        self._at_N = np.full(self.n, start)
        self.earlier = self._sounding_at(start)
        is_new = start == 0 and (asked.canvas is None or not len(asked.canvas.given.notes))
        # Somebody strikes a pickup that is new: a bar that is too short and silent could not be understood.
        self.free_N = np.array([not (is_new and plan.pickup) for plan in plans])
        self.nats_N = np.zeros(self.n)
        self.n_notes_N, self.n_forbidden_N = np.zeros(self.n, int), np.zeros(self.n, int)

    def _sounding_at(self, start: int) -> StaffNotes:
        """What is given before the first moment; what of it still sounds there is noted."""
        notes = self.asked.canvas.given.notes if self.asked.canvas is not None else np.zeros(0, STAFF_NOTE)
        earlier: StaffNotes = notes[notes["onset"] < start]
        ends = earlier["onset"] + earlier["duration"]
        for note, end in zip(earlier[ends > start], ends[ends > start].tolist(), strict=True):
            pitch = int(note["pitch"]) - self.now.lowest
            self.now.ends_NVP[:, int(note["staff"]), pitch] = end
        self.now.silent_N[:] = int(ends.max(initial=start))
        return earlier

    def advance(self, until: int, tick: Callable[[float], None] = lambda share: None) -> None:
        """Draw until every piece has reached this tick, or its end; `moments` says where each then stood."""
        until_N = np.minimum(until, self.ends)
        self.moments: list[StaffMoment | None] = [None] * self.n
        self._note_moments(until_N)
        n_drawn = 0
        while any(moment is None for moment in self.moments):
            self._moment(until_N)
            self._note_moments(until_N)
            n_drawn += 1
            if n_drawn % 4 == 0:
                tick(float((self.at_N / self.ends).min()))

    @property
    def at_N(self) -> Ints:
        """Where each piece stands."""
        return self._at_N

    def resume(self, moment: StaffMoment) -> None:
        """All pieces go on from one moment of one of them; their plans must be the same."""
        resume(self.engine, moment.memory)
        self.now.resume(moment.making)
        self._at_N = np.full(self.n, moment.making["at"])
        self.free_N = np.full(self.n, moment.free)
        self.nats_N = np.full(self.n, moment.piece.nats)
        self.n_notes_N = np.full(self.n, moment.piece.n_notes)
        self.n_forbidden_N = np.full(self.n, moment.piece.n_forbidden)
        if self.rails.guard is not None:
            self.rails.guard.acts = [moment.piece.acts] * self.n

    def leader(self) -> int:
        """The piece whose nats a note are the most usual: of passages the likeliest is hardly ever the one kept."""
        nats_N = self.nats_N / np.maximum(1, self.n_notes_N)
        return int(np.abs(nats_N - np.median(nats_N)).argmin())

    def reached(self, version: int) -> int:
        """The tick up to which a piece is drawn."""
        return int(self._at_N[version])

    def so_far(self, version: int, end: int) -> StaffMusic:
        """What of a piece begins before a tick."""
        music = self._piece(version).music
        return replace(music, notes=music.notes[music.notes["onset"] < end], end=end)

    def pieces(self) -> list[StaffDrawn]:
        """Every piece up to where it stood when `advance` noted it."""
        return [moment.piece for moment in self.moments if moment is not None]

    def _note_moments(self, until_N: Ints) -> None:
        for i in np.flatnonzero(self._at_N >= until_N).tolist():
            if self.moments[i] is None:
                making = {**self.now.copy_of(i), "at": int(self._at_N[i])}
                self.moments[i] = StaffMoment(
                    memory=memory_of(self.engine, i), making=making, free=bool(self.free_N[i]), piece=self._piece(i)
                )

    def _moment(self, until_N: Ints) -> None:
        """What begins together, in every piece that has not come far enough."""
        piece_A = np.flatnonzero(self._at_N < until_N)
        self.now.begin(self._at_N)
        told = told_at(self.told, self._at_N)
        if self.recall:
            asked_NVP, left_N = self.recall.begin(self.now)
            told = replace(told, asked_NVP=asked_NVP, asked_left_N=left_N)
        self.open_NV = np.ones((self.n, self.now.v), bool)
        if self.given is not None:
            self.open_NV = self.given.open_at(self._at_N)
            self._hear_given(piece_A)
        self.rails.begin(self.now, self.open_NV)
        self.engine.begin_moment(self._at_N, told)
        for staff in self.engine.order:
            self._staff(staff, piece_A)
        self._go_on(piece_A)

    def _hear_given(self, piece_A: Ints) -> None:
        """What is given at this moment counts as sounding before its staff has been asked."""
        assert self.given is not None
        for piece in piece_A.tolist():
            for staff in range(self.now.v):
                for pitch, _, _ in self.given.notes_at(staff, int(self._at_N[piece])):
                    self.now.sounding_NVP[piece, staff, pitch] = True

    def _staff(self, staff: int, piece_A: Ints) -> None:
        """All that one staff strikes."""
        self.engine.begin_staff(staff)
        nth = 0
        while len(piece_A):
            open_A = self.open_NV[piece_A, staff]
            choice_A, ticks_A, index_A = (np.zeros(len(piece_A), int) for _ in range(3))
            for a in np.flatnonzero(~open_A).tolist():
                notes = self._given_notes(staff, int(piece_A[a]))
                if nth < len(notes):
                    choice_A[a], index_A[a], ticks_A[a] = FIRST_PITCH + notes[nth][0], notes[nth][1], notes[nth][2]
            if open_A.any():
                choice_A[open_A] = self._choose(staff, piece_A[open_A])
                new_A = open_A & (choice_A != NO_MORE)
                if new_A.any():
                    pitch = choice_A[new_A] - FIRST_PITCH
                    index_A[new_A], ticks_A[new_A] = self._last(staff, piece_A[new_A], pitch, nth)
            stops_A = choice_A == NO_MORE
            if stops_A.any():
                self.engine.no_more(piece_A[stops_A])
            piece_A, choice_A, ticks_A = piece_A[~stops_A], choice_A[~stops_A], ticks_A[~stops_A]
            if len(piece_A):
                if self.bowed:
                    self.engine.leave(staff, *self.now.leave(staff, piece_A[open_A[~stops_A]]))
                self.engine.strike(piece_A, choice_A - FIRST_PITCH, index_A[~stops_A], ticks_A)
                self.now.strike(staff, piece_A, choice_A - FIRST_PITCH, ticks_A)
                drones_A = ~open_A[~stops_A] | (ticks_A >= DRONE)
                self.now.left_NVP[piece_A, staff, choice_A - FIRST_PITCH] = self.bowed & ~drones_A
            nth += 1
        self.now.done.append(staff)

    def _given_notes(self, staff: int, piece: int) -> list[tuple[int, int, int]]:
        return self.given.notes_at(staff, int(self._at_N[piece])) if self.given is not None else []

    def _choose(self, staff: int, piece_A: Ints) -> Ints:
        """What open staves strike next, or that they strike no more, (A,)."""
        now, rails = self.now, self.rails
        must_A = (rails.last_open_N[piece_A] == staff) & ~self.free_N[piece_A] & ~now.count_NV[piece_A].any(1)
        log_AO = self.engine.options(piece_A, must_A=must_A)
        known_AO, allowed_AO, changed_A = rails.left(now, staff, piece_A, log_AO)
        self.n_forbidden_N[piece_A] += changed_A
        if self.recall:
            allowed_AO = self.recall.pull_options(now, staff, piece_A, allowed_AO)
        allowed_AO = rails.guarded(now, staff, piece_A, allowed_AO)
        weight_AO = np.exp(allowed_AO - allowed_AO.max(1, keepdims=True))
        choice_A = pick_strikes(weight_AO, [self.rngs[i] for i in piece_A], self.asked.taste)
        self.nats_N[piece_A] -= np.maximum(known_AO[np.arange(len(piece_A)), choice_A], LEAST)
        self.n_notes_N[piece_A] += choice_A != NO_MORE
        return choice_A

    def _last(self, staff: int, piece_A: Ints, pitch_A: Ints, nth: int) -> tuple[Ints, Ints]:
        """How long notes last that open staves strike: index, and ticks."""
        log_AD = self.engine.durations(piece_A, pitch_A)
        kept = [self._kept_length(staff, piece, nth) for piece in piece_A.tolist()]
        at_A = self._at_N[piece_A]
        ends = [
            self.rails.note_end(self.now, staff, i, p) for i, p in zip(piece_A.tolist(), pitch_A.tolist(), strict=True)
        ]
        left_A = np.minimum([end for end, _ in ends], self.ends[piece_A]) - at_A
        pulled_AD = self.recall.pull_durations(staff, piece_A, pitch_A, log_AD) if self.recall else log_AD
        for a, (_, guarded) in enumerate(ends):
            if guarded and TICKS_D[int(log_AD[a].argmax())] > left_A[a]:
                self._note_stuck(staff, int(piece_A[a]))
        share_AD = cut_at(np.exp(pulled_AD), TICKS_D, left_A)
        least_A = np.array([self.rails.note_least(self.now, i) for i in piece_A.tolist()])
        share_AD[:, :-1][least_A[:, None] > TICKS_D] = 0
        share_AD[share_AD.sum(1) <= 0, -1] = 1.0
        index_A = pick_rows(share_AD, [self.rngs[i] for i in piece_A], self.in_time)
        known_AD = cut_at(np.exp(log_AD), TICKS_D, left_A)
        is_cut_A = index_A == len(TICKS_D)
        ticks_A = np.where(is_cut_A, left_A, TICKS_D[np.minimum(index_A, len(TICKS_D) - 1)])
        kept_A = np.array([ticks is not None for ticks in kept])
        ticks_A = np.where(kept_A, [ticks or 0 for ticks in kept], ticks_A)
        nats_A = -np.log(np.maximum(known_AD[np.arange(len(piece_A)), index_A], np.exp(LEAST)))
        self.nats_N[piece_A] += np.where(kept_A, 0.0, nats_A)
        return nearest_duration(ticks_A).astype(int), ticks_A

    def _kept_length(self, staff: int, piece: int, nth: int) -> int | None:
        rhythm = self.rails.rhythm
        return None if rhythm is None else rhythm.length(staff, int(self._at_N[piece]), nth)

    def _note_stuck(self, staff: int, piece: int) -> None:
        if self.rails.guard is not None:
            self.rails.guard.note(piece, Act(tick=int(self._at_N[piece]), part=staff, what=STUCK))

    def _go_on(self, piece_A: Ints) -> None:
        """The time to the next moment of every piece, cut where one must begin."""
        log_NL = self.engine.lengths()
        log_AL = log_NL[piece_A]
        at_A = self._at_N[piece_A]
        cuts = [self.rails.next_moment(self.now, piece) for piece in piece_A.tolist()]
        left_A = np.minimum(cuts, self.ends[piece_A]) - at_A
        pulled_AL = self.recall.pull_lengths(log_NL)[piece_A] if self.recall else log_AL
        share_AL = cut_at(np.exp(pulled_AL), TICKS_L, left_A)
        for barred_AL in self.rails.lengths_barred(self.now, piece_A):
            share_AL[:, :-1][barred_AL] = 0
        share_AL[share_AL.sum(1) <= 0, -1] = 1.0
        waits_A = ~self.rails.chooses_N[piece_A]
        share_AL[waits_A, :-1], share_AL[waits_A, -1] = 0.0, 1.0
        index_A = pick_rows(share_AL, [self.rngs[i] for i in piece_A], self.in_time)
        is_cut_A = index_A == len(TICKS_L)
        known_AL = cut_at(np.exp(log_AL), TICKS_L, left_A)
        nats_A = -np.log(np.maximum(known_AL[np.arange(len(piece_A)), index_A], np.exp(LEAST)))
        self.nats_N[piece_A] += np.where(waits_A, 0.0, nats_A)
        fits_A = np.searchsorted(TICKS_L, left_A, side="right") - 1
        index_A = np.where(is_cut_A, fits_A, index_A)
        # A moment that was cut, or as long as can be said, may simply go on.
        self.free_N[piece_A] = is_cut_A | (index_A == len(TICKS_L) - 1)
        index_N = np.zeros(self.n, int)
        index_N[piece_A] = index_A
        self.engine.end_moment(index_N)
        self._at_N = self._at_N.copy()
        self._at_N[piece_A] += TICKS_L[index_A]

    def _piece(self, piece: int) -> StaffDrawn:
        music = self.now.music(piece, int(self._at_N[piece]))
        return StaffDrawn(
            music=replace(music, notes=np.concatenate([self.earlier, music.notes])),
            nats=float(self.nats_N[piece]),
            n_notes=int(self.n_notes_N[piece]),
            n_forbidden=int(self.n_forbidden_N[piece]),
            acts=self.rails.guard.acts[piece] if self.rails.guard is not None else (),
        )


def _is_bowed(asked: StaffAsked, rails: Railing) -> bool:
    """Players leave a note when they strike another, but for drones; what keeps its rhythm keeps its lengths."""
    keeps = rails.rhythm is not None or rails.pitches is not None
    return bool(asked.ensemble.strings) and asked.rules is not None and asked.rules.reach and not keeps

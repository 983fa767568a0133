"""Dynamics for music that has none: planned by a network that has read the piece, and written so that they make sense.

What is drawn is kept consistent: a piece begins with a mark, no mark says what is in force already, a hairpin leads to
a level that lies its way or to none, and nothing is written where nothing is played.
"""

# Shapes: T beats, M marks.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stretto.engine.dynamics import DynamicsEngine, DynamicsWeights, shipped_dynamics
from stretto.frames.dynamics import (
    CRESCENDO,
    DIMINUENDO,
    FF,
    FP,
    GOES_ON,
    MARKS,
    N_LEVELS,
    NO_WEDGE,
    PP,
    SF,
    Beats,
    Dynamics,
    InForce,
    beats_of,
    levels_of,
)
from stretto.frames.dynamics_features import features_of
from stretto.frames.plan import Plan
from stretto.frames.staves import StaffMusic
from stretto.verbs.staves.richness import TERRACED, drawn_richness

LONGEST_BEATS = 24
"""Of a hairpin; longer ones stand in scores as words."""

OPENINGS = (MARKS.index("mf"), MARKS.index("f"))
"""How it begins, where nobody wrote it."""

CANDIDATES, ALIKE = 8, 4
"""Plans that are drawn, and how many of them, neighbours in how much they mark, are compared: the one that suits the
notes best of all is mostly one that marks little."""

LEAN = float(np.log(1.4))
"""Nats by which hairpins are made likelier: what is barred, and the choice of a plan, cost some of them."""

LOG_SHARES = np.log([0.16, 0.33, 0.09, 0.12, 0.19, 0.11])
"""Of beats of the training music that are pp, p ... ff."""

Bools = NDArray[np.bool_]
Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False, kw_only=True)
class Texture:
    """Where something can be played louder or softer."""

    struck_T: Bools
    """A note begins."""
    sounds_T: Bools
    lively_T: Bools
    """Two notes at least begin, one after the other."""
    dies_away: bool
    """A held note cannot grow: a piano's."""

    @classmethod
    def of(cls, music: StaffMusic, beats: Beats) -> Texture:
        """Of a piece."""
        on = music.notes["onset"]
        struck_T = np.isin(np.arange(len(beats.tick_T)), np.searchsorted(beats.tick_T, on, side="right") - 1)
        begun_T = np.searchsorted(np.sort(on), beats.end_T, side="left")
        over_T = np.searchsorted(np.sort(on + music.notes["duration"]), beats.tick_T, side="right")
        moment_T = np.bincount(
            np.searchsorted(beats.tick_T, np.unique(on), side="right") - 1, minlength=len(beats.tick_T)
        )
        return cls(struck_T=struck_T, sounds_T=begun_T > over_T, lively_T=moment_T > 1, dies_away=music.n_staves <= 2)

    @property
    def last(self) -> int:
        """The last beat in which something begins."""
        return int(np.flatnonzero(self.struck_T)[-1]) if self.struck_T.any() else -1


def plan_dynamics(
    music: StaffMusic,
    plan: Plan,
    *,
    seed: int,
    tempo_qpm: float = 0.0,
    given: Dynamics | None = None,
    open_T: Bools | None = None,
    temperature: float = 1.0,
    candidates: int = CANDIDATES,
    weights: DynamicsWeights | None = None,
) -> Dynamics:
    """Draw the dynamics of a finished piece, beat by beat: of several plans the one that suits its notes best.

    Args:
        music: the notes.
        plan: its bars, period and composer.
        seed: of the draw.
        tempo_qpm: quarters a minute; 0 = not said.
        given: what stands in it already; it stays wherever it is not open.
        open_T: beats that are to have new dynamics; None = all.
        temperature: how adventurous the choice of a level is; it does not change how often there is a mark.
        candidates: plans that are drawn.
        weights: another network than the one that ships.
    """
    beats = beats_of(plan, music.end)
    rng = np.random.default_rng((seed, 25))
    engine = DynamicsEngine(
        weights or shipped_dynamics(),
        features_of(music, plan, beats, tempo_qpm=tempo_qpm),
        composer=plan.composer,
        told_R=drawn_richness(plan.period, n_staves=music.n_staves, rng=rng),
    )
    all_T = np.ones(len(beats.tick_T), bool)
    stays = given if given is not None and open_T is not None else None
    planner = _Planner(
        engine=engine,
        texture=Texture.of(music, beats),
        terraced=plan.period == TERRACED,
        given=stays,
        open_T=open_T if stays is not None and open_T is not None else all_T,
        temperature=temperature,
    )
    drawn = sorted((planner.draw(rng) for _ in range(candidates)), key=_n_signs)
    first = int(rng.integers(0, max(1, candidates - ALIKE + 1)))
    return max(drawn[first : first + ALIKE], key=planner.suits)


def _n_signs(planned: Dynamics) -> int:
    return int((planned.mark_T > 0).sum()) + len(planned.spans)


@dataclass(frozen=True, eq=False, kw_only=True)
class _Planner:
    """Draws plans for one piece."""

    engine: DynamicsEngine
    texture: Texture
    terraced: bool
    given: Dynamics | None
    open_T: Bools
    temperature: float

    def draw(self, rng: np.random.Generator) -> Dynamics:
        """One plan, beat by beat."""
        self.engine.restart()
        n = self.engine.n_beats
        mark_T, wedge_T = np.zeros((2, n), np.int64)
        force = InForce()
        for t in range(n):
            mark, wedge = self._beat(t, force, rng)
            mark_T[t], wedge_T[t] = mark, wedge
            force = force.after(mark, wedge)
        return Dynamics(mark_T=mark_T, wedge_T=wedge_T)

    def _beat(self, t: int, force: InForce, rng: np.random.Generator) -> tuple[int, int]:
        log_mark_M = self.engine.marks(force.numbers())
        if self.given is not None and not self.open_T[t]:
            return int(self.given.mark_T[t]), int(self.given.wedge_T[t])
        barred = barred_marks(force, t, self.texture, terraced=self.terraced)
        mark = _drawn(log_mark_M, barred, rng, self.temperature)
        log_wedge = self.engine.wedges(mark, in_force=force.wedge > 0)
        log_wedge[[CRESCENDO, DIMINUENDO]] += LEAN
        barred = barred_wedges(force, mark, t, self.texture, terraced=self.terraced)
        return mark, _drawn(log_wedge, barred, rng, 1.0)

    def suits(self, found: Dynamics) -> float:
        """How much better the levels of a plan suit the notes than they suit any music, in nats over open beats."""
        gain_TL = self.engine.levels() - LOG_SHARES
        level_T = np.rint(levels_of(found)).astype(int) - PP
        return float(gain_TL[np.arange(len(level_T)), level_T][self.open_T].sum())


def barred_marks(force: InForce, t: int, texture: Texture, *, terraced: bool) -> Bools:
    """Marks that a beat cannot have, (M,)."""
    barred = np.zeros(len(MARKS), bool)
    if not texture.struck_T[t]:
        barred[1:] = True
        return barred
    level = np.arange(len(MARKS))
    is_level = (level > 0) & (level < N_LEVELS)
    if not force.level:
        # The first notes say how loud the piece begins.
        barred = ~is_level
        if terraced:
            barred[~np.isin(level, OPENINGS)] = True
        return barred
    if force.led == CRESCENDO and force.wedge:
        barred |= is_level & (level <= force.level)
    elif force.led == DIMINUENDO and force.wedge:
        barred |= is_level & (level >= force.level)
    if not force.wedge:
        barred[_implied(force)] = True
    barred[[SF, PP, FF]] |= terraced
    barred[FP] |= terraced or force.wedge > 0
    return barred


def barred_wedges(force: InForce, mark: int, t: int, texture: Texture, *, terraced: bool) -> Bools:
    """What hairpins cannot do in a beat with this mark, (4,)."""
    barred = np.zeros(4, bool)
    now = force.after(mark, GOES_ON if force.wedge else NO_WEDGE)
    level = _implied(replace(now, led=NO_WEDGE) if mark and mark != SF else now)
    over = t > texture.last or (texture.dies_away and t == texture.last)
    barred[[CRESCENDO, DIMINUENDO]] = terraced or over or not texture.struck_T[t] or not now.level
    barred[CRESCENDO] |= level >= FF
    barred[DIMINUENDO] |= level <= PP
    too_long = force.wedge_beats >= LONGEST_BEATS
    closed = 0 < mark < N_LEVELS
    barred[GOES_ON] = not force.wedge or too_long or closed or over or not texture.sounds_T[t]
    if force.wedge and not closed and not barred[GOES_ON]:
        # A second one of the same kind would be the first one going on.
        barred[force.wedge] = True
        if force.wedge_beats == 1 and not texture.lively_T[t - 1]:
            # Over one note, one that leads to nothing could not be seen; but it may lead to its opposite.
            barred[NO_WEDGE] = True
    return barred


def _implied(force: InForce) -> int:
    """The level to which the last mark and an open hairpin after it have led."""
    step = {CRESCENDO: 1, DIMINUENDO: -1}.get(force.led, 0)
    return int(np.clip(force.level + step, PP, FF))


def _drawn(log_chance: Floats, barred: Bools, rng: np.random.Generator, temperature: float) -> int:
    """One choice; a temperature says which, not whether: the chance of 0, nothing, is left as it is."""
    chance = np.where(barred, 0.0, np.exp(log_chance))
    if chance.sum() <= 0:
        return int(np.flatnonzero(~barred)[0])
    if temperature != 1.0 and chance[1:].sum() > 0:
        tempered = np.where(chance[1:] > 0, np.maximum(chance[1:], 1e-30) ** (1 / temperature), 0.0)
        chance[1:] = tempered / tempered.sum() * chance[1:].sum()
    return int(rng.choice(len(chance), p=chance / chance.sum()))


def spans_to_beats(spans: Sequence[tuple[int, int]], beats: Beats) -> Bools:
    """Beats that lie in some spans of ticks, (T,)."""
    found = np.zeros(len(beats.tick_T), bool)
    for start, end in spans:
        found |= (beats.tick_T >= start) & (beats.tick_T < end)
    return found

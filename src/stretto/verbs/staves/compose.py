"""`compose` on staves: a piece for keyboard or quartet from nothing but a wish."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial

import numpy as np

from stretto.errors import RequestError
from stretto.frames.plan import Plan
from stretto.frames.staves import StaffMusic
from stretto.score.model import Score
from stretto.verbs.chord_line import ChordLine, chord_line
from stretto.verbs.composition import Composition
from stretto.verbs.report import chords_report
from stretto.verbs.rules import Rules
from stretto.verbs.so_far import watched
from stretto.verbs.staves.asked import StaffAsked
from stretto.verbs.staves.choose import choose
from stretto.verbs.staves.ensemble import Ensemble
from stretto.verbs.staves.figures import usual_figures
from stretto.verbs.staves.form import (
    StaffReturns,
    entries,
    final_close,
    last_chord,
    section_closes,
    sections,
    staff_plan,
)
from stretto.verbs.staves.originals import originality_for
from stretto.verbs.staves.pace import pace_report, playable_tempo
from stretto.verbs.staves.report import close_report, drawing_report, entries_report, form_report, texture_report
from stretto.verbs.staves.request import StaffRequest, checked_request
from stretto.verbs.staves.returning import returns_report, usual_returns
from stretto.verbs.staves.rules import StaffRules, polyphony_alone, staff_rules
from stretto.verbs.staves.scored import bare, scored, with_shipped_dynamics
from stretto.verbs.taste import Taste, check_drawing

USUAL_CANDIDATES = 8
"""Versions of each passage."""

SECTION_BARS = 8
"""Of each section of a form, where nobody says how many bars the piece is to have."""


def compose_on_staves(
    players: Ensemble,
    *,
    style: str | None,
    key: str | None,
    meter: str | None,
    bars: int | None,
    pickup: str,
    tempo: float | None,
    seed: int | None,
    temperature: float,
    top_p: float,
    candidates: int | None,
    max_polyphony: int | None,
    density: str | float | None,
    rules: Rules | StaffRules | None,
    guard: bool,
    chords: str | None,
    form: str | None,
    imitate: bool,
    original: bool,
    progress: Callable[[float], None] | None,
    said: Sequence[str] = (),
) -> Composition:
    """Compose a piece for players of staves; the wishes are those of `verbs.compose`.

    Raises:
        RequestError: the wish cannot be met.
    """
    started = time.perf_counter()
    candidates = USUAL_CANDIDATES if candidates is None else candidates
    check_drawing(temperature, top_p, candidates)
    own = rules_on_staves(players, rules, max_polyphony)
    bars = SECTION_BARS * len(form) if bars is None and form is not None else bars
    request = checked_request(
        players, style=style, key=key, meter=meter, bars=bars, pickup=pickup, tempo=tempo, density=density, seed=seed
    )
    plan = _plan(request, own)
    returns = _returns(request, plan, players, form, imitate=imitate, free=chords is None)
    asked = StaffAsked(
        ensemble=players,
        taste=Taste(temperature=temperature, top_p=top_p),
        rules=own,
        guarded=guard,
        canvas=returns.canvas(plan.end),
        echoes=returns.echoes,
        pulls=returns.pulls,
        chords=_chords(request, plan, chords, form, closes=own is not None and own.close),
        last=last_chord(plan),
        figures=usual_figures(players, plan, np.random.default_rng([request.seed, 6])),
    )
    originality = originality_for(players) if original else None
    chosen = choose(
        players.weights(),
        plan,
        seeds=request.rng.integers(0, 2**31, candidates).tolist(),
        asked=asked,
        originality=originality,
        tick=watched(progress, partial(bare, players, plan, request.tempo)),
    )
    music = chosen.piece.music
    pace = request.tempo if tempo is not None else playable_tempo(request.tempo, music, request.meter)
    score, loud = with_shipped_dynamics(_score(players, request, plan, music, pace), plan, seed=request.seed)
    report = [
        *said,
        *request.style.said,
        *_said_of_form(form, returns, music, plan, players, imitate=imitate),
        *(chords_report(chords, plan) if chords is not None else []),
        *drawing_report(chosen, plan, players, candidates=candidates, rules=own),
        *close_report(chosen),
        *pace_report(request.tempo, pace),
        *(originality.said(music, plan) if originality is not None else []),
        f"{texture_report(music, request.texture[0] if density is not None else 0.0)}; {loud}",
    ]
    return Composition(
        score=score,
        ensemble=players.name,
        style=request.style.name,
        key=str(request.key),
        meter=request.meter,
        bars=request.n_bars,
        pickup=request.pickup,
        seed=request.seed,
        nats_per_note=chosen.piece.nll_per_note,
        seconds=time.perf_counter() - started,
        verdict=chosen.verdict,
        report=report,
    )


def _said_of_form(
    form: str | None, returns: StaffReturns, music: StaffMusic, plan: Plan, players: Ensemble, *, imitate: bool
) -> list[str]:
    """How the sections of a form return, and how a theme is taken up; else what comes back as in a real work."""
    found = entries_report(returns.echoes, music, plan, players) if imitate else []
    found += form_report(form, music, plan) if form is not None else []
    return found if form is not None or imitate else returns_report(returns, music, plan)


def rules_on_staves(
    players: Ensemble, rules: Rules | StaffRules | None, max_polyphony: int | None
) -> StaffRules | None:
    """The guard rails of an ensemble; the choir's usual ones stand for its own usual ones.

    Raises:
        RequestError: they are the choir's, and changed; or a number of notes that cannot be.
    """
    if rules is None:
        return None if max_polyphony is None else polyphony_alone(players, max_polyphony)
    if isinstance(rules, Rules):
        if rules != Rules():
            raise RequestError(
                f"rules: these are the choir's; the {players.name} has stretto.verbs.staves.rules.StaffRules"
            )
        rules = StaffRules()
    return staff_rules(players, max_polyphony=max_polyphony, base=rules)


def _plan(request: StaffRequest, rules: StaffRules | None) -> Plan:
    density, together = request.texture
    if rules is not None and rules.max_polyphony:
        # A piece that never has more than N notes together has fewer on average.
        together = min(together, 0.8 * rules.max_polyphony + 0.2) if together else 0.0
    return staff_plan(
        key=request.key,
        meter=request.meter,
        n_bars=request.n_bars,
        pickup=request.pickup,
        period=request.style.period,
        composer=request.style.composer,
        texture=(density, together),
    )


def _returns(
    request: StaffRequest, plan: Plan, players: Ensemble, form: str | None, *, imitate: bool, free: bool
) -> StaffReturns:
    """What comes back: as the form says, as staves take up a theme; else, if that is free, as in a real work."""
    found = StaffReturns() if form is None else sections(form, plan, len(players.staves))
    if not imitate:
        usual = form is None and free
        return usual_returns(players, plan, np.random.default_rng([request.seed, 5])) if usual else found
    # Of a generator of its own, so that the same seed draws the same versions with the wish and without.
    own = entries(plan, players, np.random.default_rng([request.seed, 3]))
    return StaffReturns(echoes=found.echoes + own.echoes, pulls={**found.pulls, **own.pulls}, enters=own.enters)


def _chords(
    request: StaffRequest, plan: Plan, chords: str | None, form: str | None, *, closes: bool
) -> ChordLine | None:
    """The chords that are asked for; else those with which sections of a form close, or the piece does."""
    if chords is not None:
        return chord_line(chords, plan, request.key)
    if not closes:
        return None
    if form is None:
        return final_close(plan, request.key, last_chord(plan))
    return section_closes(form, plan, request.key, np.random.default_rng([request.seed, 4]))


def _score(players: Ensemble, request: StaffRequest, plan: Plan, music: StaffMusic, tempo: Fraction) -> Score:
    names = {"keyboard": "Keyboard piece", "quartet": "String quartet"}
    title = f"{names.get(players.name, 'Piece')} in {request.key}".replace("b ", "♭ ").replace("#", "♯")
    info = {"title": title, "composer": f"Stretto, seed {request.seed}"}
    return scored(players, music, plan, tempo=tempo, key=request.key, info=info)

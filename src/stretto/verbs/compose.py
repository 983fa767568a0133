"""`compose`: a piece from nothing but a wish."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from stretto.errors import RequestError
from stretto.evaluate.originality_report import originality_of
from stretto.frames.parts import PartFrames
from stretto.frames.plan import Plan
from stretto.score.model import Score
from stretto.theory.spelling import respell
from stretto.verbs.asked import Asked
from stretto.verbs.assemble import choir_score
from stretto.verbs.chord_line import chord_line
from stretto.verbs.composition import Composition
from stretto.verbs.form import Form, habits, make_form
from stretto.verbs.goals import free_of
from stretto.verbs.originals import Originals
from stretto.verbs.phrasewise import Chosen, draw_by_phrases
from stretto.verbs.players import players_asked
from stretto.verbs.report import chords_report, drawing_report, entries_report
from stretto.verbs.request import Request, checked_request
from stretto.verbs.returns import Returns, entries, recollections, sectioned_form
from stretto.verbs.rules import Rules
from stretto.verbs.so_far import watched
from stretto.verbs.staves.compose import compose_on_staves
from stretto.verbs.staves.rules import StaffRules
from stretto.verbs.taste import Taste, check_drawing
from stretto.verbs.tilt import shipped_likeness, shipped_tilt
from stretto.verbs.weights import choir_weights

USUAL_CANDIDATES = 16
"""Versions of each phrase."""

SECTION_BARS = 4
"""Of each section of a form, where nobody says how many bars the piece is to have."""


def compose(
    *,
    ensemble: str | None = None,
    style: str | None = None,
    key: str | None = None,
    meter: str | None = None,
    bars: int | None = None,
    pickup: str = "auto",
    tempo: float | None = None,
    seed: int | None = None,
    temperature: float = 0.9,
    top_p: float = 0.98,
    candidates: int | None = None,
    max_polyphony: int | None = None,
    density: str | float | None = None,
    rules: Rules | StaffRules | None = Rules(),  # noqa: B008 (frozen)
    guard: bool = True,
    chords: str | None = None,
    form: str | None = None,
    imitate: bool = False,
    original: bool = False,
    weights: Path | None = None,
    progress: Callable[[float], None] | None = None,
) -> Composition:
    """Compose a piece: for four voices, for keyboard, or for string quartet.

    Args:
        ensemble: "choir", "keyboard" or "quartet"; None = the one that has the style.
        style: of the choir "bach", "hymn" or "renaissance"; else a period or a composer, as "romantic" or "chopin".
            None = "bach" for the choir, none in particular for others.
        key: "G major", "f# minor", ...; None = one that chorales often have.
        meter: "4/4", "3/4", ...; None = the commonest of the style.
        bars: full bars; a pickup is not counted.
        pickup: "auto", "none" or a number of beats.
        tempo: quarters a minute.
        seed: the same seed and wish give the same piece.
        temperature: of the choice which pitch is struck; under 1 is tamer.
        top_p: share of the likeliest pitches to choose from.
        candidates: versions of each phrase drawn side by side, of which the best goes on; 1 = plain drawing; None = 16
            for the choir, 8 for others.
        max_polyphony: notes that may sound together; not for the choir.
        density: "sparse", "normal", "dense", or notes struck a quarter; not for the choir.
        rules: guard rails, of the choir or of `verbs.staves.rules`; None = none.
        guard: silence, stuck notes and endless repetition are ended, and it is said.
        chords: a chord line, as "I | IV V | I"; None = the network chooses.
        form: in letters, as "AABA": sections of one length, of which equal letters are equal music.
        imitate: the voices take up each other's melodies, overlapping.
        original: versions that share more with the training music than is usual among real chorales are not kept.
        weights: another network of the same kind, or one of staves that `stretto train` made; None = that which ships.
        progress: told the share that is done; a `verbs.so_far.Watcher` is shown the music too, bar by bar.

    Raises:
        RequestError: the wish cannot be met; a `CopyError`, if all versions copy.
    """
    players, said = players_asked(ensemble, style, weights)
    if players is not None:
        return compose_on_staves(
            players, style=style, key=key, meter=meter, bars=bars, pickup=pickup, tempo=tempo, seed=seed,
            temperature=temperature, top_p=top_p, candidates=candidates, max_polyphony=max_polyphony, density=density,
            rules=rules, guard=guard, chords=chords, form=form, imitate=imitate, original=original, progress=progress,
            said=said,
        )  # fmt: skip
    started = time.perf_counter()
    style, rules = style or "bach", choir_rules(rules, max_polyphony, density)
    candidates = USUAL_CANDIDATES if candidates is None else candidates
    check_drawing(temperature, top_p, candidates)
    bars = SECTION_BARS * len(form) if bars is None and form is not None else bars
    request = checked_request(style=style, key=key, meter=meter, bars=bars, pickup=pickup, tempo=tempo, seed=seed)
    network = choir_weights(weights)
    # What corrects the network knows Bach, and this network's faults; without rails it is heard alone.
    ours = style == "bach" and weights is None and rules is not None
    shape, returns = _form(request, form, imitate=imitate, recalls=ours)
    plan = shape.plan(style=style, tonic=request.key.tonic, mode=request.key.mode)
    line = chord_line(chords, plan, request.key) if chords is not None else None
    plan = free_of(line, plan)
    originals = Originals(plan=plan) if original else None
    chosen = draw_by_phrases(
        network,
        plan,
        seeds=request.rng.integers(0, 2**31, candidates).tolist(),
        asked=Asked(
            taste=Taste(temperature=temperature, top_p=top_p),
            rules=rules,
            guarded=guard,
            canvas=returns.canvas(plan.end),
            echoes=returns.echoes,
            pulls=returns.pulls,
            chords=line,
            originals=originals,
            tilt=shipped_tilt() if ours else None,
            likeness=shipped_likeness() if ours else None,
            checked=ours,
        ),
        value_shares=habits()[style][request.meter].value_shares(),
        tick=watched(progress, partial(_score, request, shape)),
    )
    score = respell(_score(request, shape, chosen.piece.frames))
    found = originality_of(score) if originals is not None else None
    return Composition(
        score=score,
        style=style,
        key=str(request.key),
        meter=request.meter,
        bars=request.n_bars,
        pickup=request.pickup,
        seed=request.seed,
        nats_per_note=chosen.piece.nll_per_note,
        seconds=time.perf_counter() - started,
        verdict=chosen.verdict,
        originality=found,
        report=_as_asked(chosen, plan, chords, imitate=imitate)
        + drawing_report(chosen, plan, candidates=candidates, rules=rules)
        + (originals.said(found) if originals is not None and found is not None else []),
    )


def _as_asked(chosen: Chosen, plan: Plan, chords: str | None, *, imitate: bool) -> list[str]:
    """What became of entries and chords that were asked for."""
    return [
        *(entries_report(chosen.piece.frames, plan) if imitate else []),
        *(chords_report(chords, plan) if chords is not None else []),
    ]


def choir_rules(
    rules: Rules | StaffRules | None, max_polyphony: int | None, density: str | float | None
) -> Rules | None:
    """The rules, if all that is wished can be of a choir.

    Raises:
        RequestError: it cannot.
    """
    words = {"max_polyphony": max_polyphony, "density": density}
    if found := [name for name, wish in words.items() if wish is not None]:
        options = ", ".join("--" + name.replace("_", "-") for name in found)
        raise RequestError(f"{options}: a choir has four voices that always sing; leave it out, or name an --ensemble")
    if isinstance(rules, StaffRules):
        raise RequestError("rules: these are of music on staves; the choir's are stretto.verbs.rules.Rules")
    return rules


def _score(request: Request, form: Form, frames: PartFrames) -> Score:
    names = {"bach": "Chorale", "hymn": "Hymn", "renaissance": "Motet"}
    info = {
        "title": f"{names[request.style]} in {request.key}".replace("b ", "♭ ").replace("#", "♯"),
        "composer": f"Stretto, seed {request.seed}",
    }
    # Motets have phrases, but stop for none of them but the last.
    fermatas = form.phrase_ends[-1:] if request.style == "renaissance" else form.phrase_ends
    return choir_score(frames, form, key=request.key.signature, tempo_qpm=request.tempo, info=info, fermatas=fermatas)


def _form(request: Request, sections: str | None, *, imitate: bool, recalls: bool) -> tuple[Form, Returns]:
    """Phrases, and what in them is to recall what."""
    wishes: dict[str, Any] = {
        "style": request.style,
        "meter": request.meter,
        "n_bars": request.n_bars,
        "pickup": request.pickup,
        "mode": request.key.mode,
        "rng": request.rng,
    }
    form, returns = (make_form(**wishes), Returns()) if sections is None else sectioned_form(sections, **wishes)
    # Of a generator of its own, so that the same seed draws the same versions with the wish and without.
    rng = np.random.default_rng([request.seed, 3])
    if imitate:
        return form, returns + entries(form, request.style, rng)
    if sections is None and recalls:
        return form, recollections(form, rng)
    return form, returns


__all__ = ["Composition", "Plan", "compose"]

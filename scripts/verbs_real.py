"""Harmonising and filling in, note by note against real chorales; the two halves of real chorales."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import fmean

import numpy as np

import verbs_returning as returning
from stretto.check.library import check
from stretto.engine.likelihood import likelihood
from stretto.engine.weights import FlagshipWeights
from stretto.evaluate.chorale import ChoraleCounts, count_chorale
from stretto.frames.canvas import Hole, canvas_of, given_first
from stretto.frames.example import Example, example_of
from stretto.frames.parts import part_frames
from stretto.frames.plan import FIELD_NAMES, Plan, plan_of_score
from stretto.score.model import Score
from stretto.theory.key import estimate_key
from stretto.theory.understand import understand
from stretto.verbs.gaps import continue_
from stretto.verbs.rework import harmonize
from stretto.verbs.weights import choir_weights
from verbs_table import N_VOICES, RESAMPLED, Music, Row, at_most, manner, near, share, told

SOPRANO = 0


def harmonized(music: Music) -> list[Row]:
    """Sopranos of real chorales, with their fermatas, harmonised, beside Bach; and all test sopranos of jsb16."""
    chosen = music.real[: music.n_pieces]
    found, real = ChoraleCounts(), ChoraleCounts()
    nats, n_notes, errors = 0.0, 0, list[tuple[int, int]]()
    for i, score in enumerate(told(chosen, "harmonize")):
        result = harmonize(melody_of(score), manner=manner(music, i))
        nats, n_notes = nats + result.nats_per_note * result.n_notes, n_notes + result.n_notes
        key = estimate_key(score)
        found, real = found + count_chorale(result.score, key), real + count_chorale(score, key)
        errors.append((check(result.score).n_errors, check(score).n_errors))
    left, in_real = (fmean(each) for each in zip(*errors, strict=True))
    rows = [
        Row(name=f"harmonize {len(chosen)} sopranos: nats a new note", found=f"{nats / n_notes:.3f}"),
        at_most("  parallels a note", found.n_parallels / found.n_notes, 0.004, real.n_parallels / real.n_notes),
        Row(
            name="  errors of part-writing a piece, as `stretto check` counts them",
            found=f"{left:.2f}",
            real=f"{in_real:.2f}",
        ),
        near("  triads on strong beats", share(found, "n_strong_triads"), share(real, "n_strong_triads"), 3),
        near("  sevenths on strong beats", share(found, "n_strong_sevenths"), share(real, "n_strong_sevenths"), 3),
    ]
    for kind in real.cadences:
        own = [counts.cadences[kind] / max(1, counts.n_phrases) for counts in (found, real)]
        rows.append(near(f"  cadences: {kind}", *own, 10))
    return rows + _all_sopranos(music)


def _all_sopranos(music: Music) -> list[Row]:
    done, total = 0, ChoraleCounts()
    for i, score in enumerate(told(music.sopranos[: music.n_pieces], "jsb16 sopranos")):
        result = harmonize(understand(score)[0], manner=replace(manner(music, i), candidates=4))
        total += count_chorale(result.score, estimate_key(result.score))
        done += len(result.score.parts) == N_VOICES
    asked = len(music.sopranos[: music.n_pieces])
    return [
        Row(
            name="harmonize jsb16 test sopranos, no metre or fermatas told",
            found=f"{done} of {asked}",
            asked="all",
            ok=done == asked,
        ),
        at_most("  parallels a note", total.n_parallels / max(1, total.n_notes), 0.004),
    ]


def ablations(music: Music) -> list[Row]:
    """The same weights with and without ears for what is given of what comes; nats a note of test chorales."""
    weights = choir_weights(music.weights)
    cases: dict[str, Callable[[Score], tuple[Example, Example]]] = {
        "harmonize a soprano, of its phrases nothing told": lambda score: _soprano_alone(score, weights, phrases=False),
        "harmonize a soprano, its phrase ends told to both": lambda score: _soprano_alone(score, weights, phrases=True),
        "infill of 2 bars, all after them masked": lambda score: _gap_alone(score, weights, masked=True),
        "infill of 2 bars, all after them masked but phrase ends": lambda score: _gap_alone(
            score, weights, masked=False
        ),
    }
    rows = []
    for name, make in cases.items():
        order = given_first((SOPRANO,) if name.startswith("harmonize") else (), weights.order)
        found = list[tuple[tuple[float, int], ...]]()
        for score in told(music.tested[: music.n_pieces], name):
            pair = make(score)
            if pair[0].given is not None:
                found.append(tuple(_nats(weights, each, order) for each in pair))
        hearing, deaf = zip(*found, strict=True)
        # Phrase ends say something of what comes, so those rows in which both know them are for comparison.
        asked = not name.endswith(("told to both", "but phrase ends"))
        rows.append(_gain(f"{name}: nats a note without what comes, against with it", hearing, deaf, asked=asked))
    return rows


def _soprano_alone(score: Score, weights: FlagshipWeights, *, phrases: bool) -> tuple[Example, Example]:
    """A chorale of which the soprano is given, and the same with ears for the present alone."""
    plan = _plan(score) if phrases else _plan(score).without("phrase")
    example = _example(score, plan, melody_holes(score), weights)
    return example, _deaf(example)


def _gap_alone(score: Score, weights: FlagshipWeights, *, masked: bool) -> tuple[Example, Example]:
    """A chorale with a gap, and the same that knows nothing of what is after it, or only where phrases end there."""
    holes = middle_holes(score)
    example = _example(score, _plan(score), holes, weights)
    deaf = _deaf(example)
    if not masked:
        return example, deaf
    end = holes[0].end
    inside = np.array([tick for tick in _plan(score).phrase_ends or () if tick < end])
    ticks_T = np.cumsum([0, *(weights.durations[i] for i in deaf.length_T[:-1])])
    fields_TF = deaf.fields_TF.copy()
    fields_TF[ticks_T > inside.max(initial=-1), FIELD_NAMES.index("to_phrase")] = 0
    return example, replace(deaf, fields_TF=fields_TF)


def _deaf(example: Example) -> Example:
    if example.given is None:
        return example
    return replace(example, given=replace(example.given, ahead=False))


def _nats(weights: FlagshipWeights, example: Example, order: tuple[int, ...]) -> tuple[float, int]:
    scored = likelihood(weights, example, order=order)
    return float(-(scored.part_TV.sum() + scored.length_T.sum())), scored.n_notes


def _gain(name: str, hearing: Sequence[tuple[float, int]], deaf: Sequence[tuple[float, int]], *, asked: bool) -> Row:
    """How much worse without, in percent, with a bootstrap over pieces."""
    with_it, without = np.array(hearing), np.array(deaf)
    rng = np.random.default_rng(0)
    draws = rng.integers(0, len(with_it), (RESAMPLED, len(with_it)))
    worse = without[draws, 0].sum(1) / with_it[draws, 0].sum(1) - 1
    low, high = np.quantile(worse, [0.025, 0.975])
    nats = [each[:, 0].sum() / each[:, 1].sum() for each in (without, with_it)]
    mean = nats[0] / nats[1] - 1
    return Row(
        name=name,
        found=f"{nats[0]:.3f}, {nats[1]:.3f}: {mean:+.1%} [{low:+.1%}, {high:+.1%}]",
        asked="5 % or more, interval above 0" if asked else "",
        ok=bool(mean >= 0.05 and low > 0) if asked else None,
    )


def _plan(score: Score) -> Plan:
    """What the document says: metre, fermatas, end; and the key, estimated."""
    key = estimate_key(score)
    return plan_of_score(score, style="bach", tonic=key.tonic, mode=key.mode)


def _example(score: Score, plan: Plan, holes: Sequence[Hole], weights: FlagshipWeights) -> Example:
    frames, _ = part_frames(score)
    return example_of(frames, plan, weights.durations, canvas=canvas_of(frames, holes))


def melody_holes(score: Score) -> list[Hole]:
    """All but the soprano."""
    return [Hole(part=v, start=0, end=score.end) for v in range(1, N_VOICES)]


def middle_holes(score: Score) -> list[Hole]:
    """Two bars in the middle."""
    n = len(score.bars)
    first = max(1, n // 2 - 1)
    start, end = score.bars[first].tick, score.bar_end(min(n - 1, first + 1))
    return [Hole(part=v, start=start, end=end) for v in range(N_VOICES)]


def melody_of(score: Score) -> Score:
    """The soprano alone, with its marks."""
    notes = score.notes[score.notes["part"] == SOPRANO]
    return score.evolve(
        notes=notes,
        parts=score.parts[:1],
        clefs=tuple(clef for clef in score.clefs if clef.part == SOPRANO),
        keys=tuple(key for key in score.keys if key.part in (-1, SOPRANO)),
        marks=tuple(mark for mark in score.marks if mark.part in (-1, SOPRANO)),
    )


def continued(music: Music) -> list[Row]:
    """The second halves of real chorales, and what `continue` makes of the first."""
    found, real = list[tuple[float, float]](), list[tuple[float, float]]()
    for i, score in enumerate(told(music.real[: music.n_pieces], "continue")):
        middle = len(score.bars) // 2
        since = score.bars[middle].tick
        real.append(returning.recalled_bars(score, since))
        longer = continue_(first_bars(score, middle), len(score.bars) - middle, manner=manner(music, i)).score
        found.append(returning.recalled_bars(longer, since))
    rows = []
    for k, name in enumerate(("bars that take up a motif of the primer", "bars copied from it whole")):
        own, beside = ([pair[k] for pair in pairs] for pairs in (found, real))
        low, high = np.quantile(beside, [0.05, 0.95])
        mean = fmean(own)
        rows.append(
            Row(
                name=f"continue, {len(own)} pieces: {name}",
                found=f"{mean:.1%}",
                real=f"{fmean(beside):.1%}",
                asked=f"{low:.1%} to {high:.1%}, where 9 of 10 real ones lie",
                ok=bool(low <= mean <= high),
            )
        )
    return rows


def first_bars(score: Score, n: int) -> Score:
    """The first bars alone, notes that reach beyond them cut."""
    end = score.bars[n].tick
    notes = score.notes[score.notes["onset"] < end].copy()
    notes["duration"] = np.minimum(notes["duration"], end - notes["onset"])
    marks = tuple(mark for mark in score.marks if mark.tick < end and mark.end < end)
    return score.evolve(notes=notes, bars=score.bars[:n], end=end, marks=marks)

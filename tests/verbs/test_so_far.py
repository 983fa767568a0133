"""Whoever watches a piece being made sees it grow bar by bar, keeps what is kept, and hears the same piece."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any

import pytest

import stretto
from stretto.score.abc_read import read_abc
from stretto.score.model import Key, Score
from stretto.theory.understand import understand
from stretto.verbs.so_far import SoFar

VERBS = ("compose", "infill", "vary", "continue", "harmonize")
KEPT_PART = {"choir": "soprano", "keyboard": "right hand", "quartet": "violin I"}

Verb = Callable[..., Any]


class Eye:
    """Writes down all that it is shown."""

    def __init__(self) -> None:
        self.shares: list[float] = []
        self.shown: list[tuple[int, int, Score]] = []

    def __call__(self, share: float) -> None:
        self.shares.append(share)

    def music(self, so_far: SoFar) -> None:
        self.shown.append((so_far.end, so_far.kept, so_far.write()))


def notes(score: Score, until: int | None = None) -> set[tuple[int, ...]]:
    """All notes, or those that are over by a tick."""
    own = score.notes if until is None else score.notes[score.ends < until]
    return set(own[["part", "staff", "onset", "duration", "pitch"]].tolist())


@cache
def piece(ensemble: str) -> Score:
    return stretto.compose(ensemble=ensemble, bars=8, seed=7, candidates=2, pickup="1").score


def verbs(ensemble: str) -> dict[str, Verb]:
    score, few = piece(ensemble), {"seed": 3, "candidates": 2}
    return {
        "compose": lambda **how: stretto.compose(ensemble=ensemble, bars=8, pickup="1", **few, **how),
        "infill": lambda **how: stretto.infill(score, "3-4", **few, **how),
        "vary": lambda **how: stretto.vary(score, 0.4, **few, **how),
        "continue": lambda **how: stretto.continue_(score, 4, **few, **how),
        "harmonize": lambda **how: stretto.harmonize(score, keep=KEPT_PART[ensemble], **few, **how),
    }


@pytest.mark.parametrize(
    ("ensemble", "verb"),
    [*((ensemble, verb) for ensemble in ("choir", "keyboard") for verb in VERBS), ("quartet", "infill")],
)
def test_a_piece_is_seen_to_grow_and_is_the_same_as_unseen(ensemble: str, verb: str) -> None:
    do, eye = verbs(ensemble)[verb], Eye()
    unseen, seen = do(), do(progress=eye)
    assert seen.score.notes.tolist() == unseen.score.notes.tolist()
    assert seen.report[:-1] == unseen.report[:-1]
    assert notes(eye.shown[-1][2]) == notes(seen.score)
    kept = [kept for _, kept, _ in eye.shown]
    assert kept == sorted(kept)
    assert all(kept <= end for end, kept, _ in eye.shown)
    assert eye.shown[-1][0] == eye.shown[-1][1]
    for before, (_, _, after) in pairwise(eye.shown):
        assert notes(before[2], before[1]) <= notes(after), "what is kept stays"
    assert {score.end for _, _, score in eye.shown} == {seen.score.end}
    assert {tuple(bar.tick for bar in score.bars) for _, _, score in eye.shown} == {
        tuple(bar.tick for bar in seen.score.bars)
    }
    assert eye.shares == sorted(eye.shares)


def test_a_new_piece_comes_in_steps_of_a_bar() -> None:
    eye = Eye()
    score = stretto.compose(bars=4, seed=7, pickup="1", candidates=4, progress=eye).score
    ends = [end for end, _, _ in eye.shown]
    assert ends[0] <= score.bars[2].tick
    assert max(after - before for before, after in pairwise(ends)) <= 96


def test_what_is_around_a_hole_is_seen_before_anything_is_drawn() -> None:
    score, eye = piece("keyboard"), Eye()
    stretto.infill(score, "3-4", seed=1, candidates=2, progress=eye)
    start, end = score.bars[3].tick, score.bars[5].tick
    onset = score.notes["onset"]
    around = score.evolve(notes=score.notes[(onset < start) | (onset >= end)])
    assert eye.shown[0][:2] == (start, start)
    assert notes(eye.shown[0][2]) == notes(around)


def test_a_jig_is_seen_in_its_own_eighths() -> None:
    """The network hears it in quarters, twice as long."""
    tune = understand(read_abc(b"X:1\nM:6/8\nL:1/8\nK:G\nG2A B2c|d2e d3|e2d c2B|A2B G3|\n", "jig"))[0]
    eye = Eye()
    found = stretto.harmonize(tune, seed=1, candidates=2, ensemble="choir", progress=eye)
    assert notes(eye.shown[-1][2]) == notes(found.score)
    ends = [end for end, _, _ in eye.shown]
    assert ends[-1] == tune.end and ends[0] <= 72
    melody = {(onset, pitch) for _, _, onset, _, pitch in notes(tune)}
    first = eye.shown[0][2]
    assert melody <= {(onset, pitch) for _, _, onset, _, pitch in notes(first)}


@pytest.mark.parametrize("ensemble", ["choir", "keyboard"])
def test_a_piece_in_two_keys_goes_on_growing_in_the_second(ensemble: str) -> None:
    score, eye = piece(ensemble), Eye()
    keys = (score.keys[0], Key(tick=score.bars[4].tick, fifths=-1, mode="major"))
    found = stretto.infill(score.evolve(keys=keys), "3-6", seed=1, candidates=2, progress=eye)
    kept = [kept for _, kept, _ in eye.shown]
    assert kept == sorted(kept) and eye.shares == sorted(eye.shares)
    assert notes(eye.shown[-1][2]) == notes(found.score)


def test_a_plain_function_of_the_share_is_shown_no_music() -> None:
    shares: list[float] = []
    stretto.compose(bars=2, seed=1, candidates=2, progress=shares.append)
    assert shares == sorted(shares) and shares[-1] <= 1


def test_whoever_watches_can_stop_the_work() -> None:
    class Enough(Exception):
        pass

    class Impatient(Eye):
        def music(self, so_far: SoFar) -> None:
            raise Enough

    with pytest.raises(Enough):
        stretto.compose(bars=2, seed=1, candidates=2, progress=Impatient())

"""A first-order Markov model of real pieces: music that a test which is worth its name must see through.

It goes from one moment in which anything changes to the next. The next one, with everything that sounds and begins in
it, its duration and its fermata, is drawn from all that follow the same pitches, from the tonic, in the real pieces. So
every two neighbouring chords are real, and nothing longer is meant.
"""

# Shapes: T slices, V voices.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from stretto.evaluate.evidence import Stretch, stretch_of
from stretto.score.model import NOTE, UNSPELLED, Mark, Score
from stretto.theory.slices import SILENT, slices_of

State = tuple[tuple[int, ...], tuple[bool, ...], int, bool]
"""Pitches of the voices from the tonic (REST aside), which begin, ticks, and whether there is a fermata."""

REST = -999

Kind = tuple[str, str, int]
"""Metre, mode, voices."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Chain:
    """What follows what, in stretches of one kind."""

    first: list[State]
    """States with which stretches begin."""
    after: dict[tuple[int, ...], list[State]]
    """Pitches -> what follows them, each as often as it does."""

    def walk(self, ticks: int, rng: np.random.Generator) -> list[State]:
        """States that last `ticks` in all; from pitches that nothing follows it begins anew."""
        states = [_drawn(self.first, rng)]
        now = states[0][2]
        while now < ticks:
            states.append(_drawn(self.after.get(states[-1][0]) or self.first, rng))
            now += states[-1][2]
        pitches, struck, length, fermata = states[-1]
        states[-1] = (pitches, struck, max(1, length - (now - ticks)), fermata)
        return states


def markov_twins(real: Sequence[Stretch], rng: np.random.Generator) -> list[Stretch]:
    """For each real stretch one by the chain of its kind, in its key, length, metre and pickup.

    Args:
        real: stretches; they are what the chains are fitted on too.
        rng: of what is drawn.
    """
    told = [_states(stretch) for stretch in real]
    chains: dict[Kind, Chain] = {}
    for stretch, states in zip(real, told, strict=True):
        chain = chains.setdefault(_kind(stretch), Chain(first=[], after={}))
        chain.first.extend(states[:1])
        for before, after in pairwise(states):
            chain.after.setdefault(before[0], []).append(after)
    return [_twin(stretch, chains[_kind(stretch)], rng) for stretch in real]


def _kind(stretch: Stretch) -> Kind:
    return stretch.facts.meter, stretch.facts.key.mode, stretch.facts.n_voices


def _drawn(states: Sequence[State], rng: np.random.Generator) -> State:
    return states[int(rng.integers(len(states)))]


def _states(stretch: Stretch) -> list[State]:
    slices = slices_of(stretch.score)
    tonic = _tonic_pitch(stretch)
    held = {mark.tick for mark in stretch.score.marks if mark.kind == "fermata"}
    return [
        (tuple(REST if p == SILENT else p - tonic for p in pitches), tuple(struck), length, tick in held)
        for pitches, struck, length, tick in zip(
            slices.pitch_TV.tolist(), slices.struck_TV.tolist(), slices.duration_T.tolist(), slices.tick_T.tolist(),
            strict=True,
        )
    ]  # fmt: skip


def _tonic_pitch(stretch: Stretch) -> int:
    """The tonic nearest below middle C, from F sharp on."""
    return 54 + (stretch.facts.key.tonic - 54) % 12


def _twin(stretch: Stretch, chain: Chain, rng: np.random.Generator) -> Stretch:
    tonic = _tonic_pitch(stretch)
    rows: list[list[int]] = []
    sounding: dict[int, int] = {}
    """Voice -> index of the row of its note."""
    marks, now = [], 0
    for pitches, struck, length, fermata in chain.walk(stretch.score.end, rng):
        for voice, pitch in enumerate(pitches):
            row = sounding.get(voice)
            if pitch == REST:
                sounding.pop(voice, None)
            # A state may say that a voice holds what it did not sing before: then it begins.
            elif struck[voice] or row is None or rows[row][2] != tonic + pitch:
                sounding[voice] = len(rows)
                rows.append([now, length, tonic + pitch, 0, voice, 1, 1, UNSPELLED, 0])
            else:
                rows[row][1] += length
            if fermata and pitch != REST:
                marks.append(Mark(kind="fermata", tick=rows[sounding[voice]][0], part=voice, pitch=tonic + pitch))
        now += length
    notes = np.array([tuple(row) for row in rows], dtype=NOTE)
    score = stretch.score
    made = Score.build(
        notes, score.parts, end=score.end, bars=score.bars, meters=score.meters, keys=score.keys, marks=marks
    )
    facts = stretch.facts
    return stretch_of(made, facts.key, opens=facts.opens, closes=facts.closes)

from __future__ import annotations

from itertools import pairwise

import numpy as np
from drawn_works import choir, hymn

from stretto.evaluate.evidence import Stretch, work_of
from stretto.evaluate.markov import markov_twins
from stretto.score.model import UNSPELLED
from stretto.theory.key import parse_key
from stretto.theory.slices import slices_of


def chords(stretch: Stretch) -> list[tuple[int, ...]]:
    tonic = stretch.facts.key.tonic
    return [tuple((p - tonic) % 12 for p in row) for row in slices_of(stretch.score).pitch_TV.tolist()]


def test_every_two_neighbouring_chords_are_real() -> None:
    real = work_of(hymn()).stretches
    known = set(pairwise(chords(real[0])))
    made = markov_twins(real * 5, np.random.default_rng(0))
    steps = [step for twin in made for step in pairwise(chords(twin)) if step[1] != chords(real[0])[0]]
    assert len(steps) > 30
    assert set(steps) <= known
    assert any(chords(twin) != chords(real[0]) for twin in made)


def test_a_twin_has_the_key_length_metre_and_pickup_of_its_original() -> None:
    score = hymn()
    notes = score.notes.copy()
    notes["pitch"] += 2
    notes["fifths"] = UNSPELLED
    higher = work_of(score.evolve(notes=notes, keys=(parse_key("A major").signature,))).stretches[0]
    upbeat = work_of(choir("D4 G4 A4 B4 C5 B4 A4 G4:2", "B3 D4 D4 D4 E4 D4 F#4 D4:2", "G3 B3 A3 G3 G3 G3 D4 B3:2",
                           "G3 G3 F#3 G3 C3 G3 D3 G2:2", key="G major", pickup=24)).stretches[0]  # fmt: skip
    for twin, original in zip(markov_twins([higher, upbeat], np.random.default_rng(3)), (higher, upbeat), strict=True):
        assert twin.score.end == original.score.end == twin.score.ends.max()
        assert (twin.facts.meter, twin.facts.key) == (original.facts.meter, original.facts.key)
        assert twin.score.pickup == original.score.pickup
    assert (
        markov_twins([higher], np.random.default_rng(3))[0].score
        == markov_twins([higher], np.random.default_rng(3))[0].score
    )


def test_a_voice_that_holds_sounds_on() -> None:
    held = work_of(choir("C5 D5 E5 C5", "G4:4", "E4:4", "C3:4", key="C major")).stretches
    for twin in markov_twins(held * 4, np.random.default_rng(1)):
        bass = twin.score.notes[twin.score.notes["part"] == 3]
        assert bass["duration"].max() >= 48
        assert bass["duration"].sum() == twin.score.end

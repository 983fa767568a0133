"""A choir is measured by its voices, whatever doubles them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from drawn_pieces import LINES, choir, hymn

from stretto.check.voices import in_four_voices
from stretto.report.measured import measure_score
from stretto.score.model import Meter, Part, Score

DOUBLED = "G2 E2 D2 G2 A2 G2 D2:2 G2 C2 D2 E2 D2 D2 G1:2"


def test_a_choir_with_a_continuo_is_measured_as_the_choir_alone() -> None:
    whole = choir(*LINES, DOUBLED, key="G major", fermatas=(6, 14), info={"title": "Drawn hymn"})
    names = ("Soprano", "Alto", "Tenor", "Bass", "Continuo")
    found = measure_score(whole.evolve(parts=[Part(name=name) for name in names]))
    alone = measure_score(hymn())
    names_of = list(alone.values)
    np.testing.assert_allclose([found.values[n] for n in names_of], [alone.values[n] for n in names_of], equal_nan=True)
    assert found.surprise is not None and found.tally == alone.tally and not found.unmeasured
    assert "measured by its four voices, without Continuo" in found.said
    assert len(found.score.notes) == len(whole.notes)


@pytest.mark.parametrize(
    ("home", "parts"),
    [
        (((0, 1, 1), (0, 1, 2), (0, 2, 1), (0, 2, 2)), [Part(name="Choir", n_staves=2)]),
        (((0, 1, 1), (0, 1, 2), (1, 1, 1), (1, 1, 2)), [Part(name="Women"), Part(name="Men")]),
        (((0, 1, 1), (0, 1, 1), (1, 1, 1), (1, 1, 1)), [Part(name="Right"), Part(name="Left")]),
        (((0, 1, 1),) * 4, [Part(name="Organ")]),
    ],
    ids=["two staves", "two parts", "two hands", "chords"],
)
def test_a_hymn_is_measured_alike_however_it_is_written(home: tuple[tuple[int, ...], ...], parts: list[Part]) -> None:
    score = hymn()
    notes = score.notes.copy()
    for i, part in enumerate(score.notes["part"].tolist()):
        notes["part"][i], notes["staff"][i], notes["voice"][i] = home[part]
    marks = [replace(mark, part=-1, staff=0, voice=0, pitch=-1) for mark in score.marks if mark.part in (-1, 0)]
    found = measure_score(score.evolve(notes=notes, parts=parts, marks=marks, clefs=()))
    alone = measure_score(score)
    names_of = list(alone.values)
    np.testing.assert_allclose([found.values[n] for n in names_of], [alone.values[n] for n in names_of], equal_nan=True)
    assert found.tally == alone.tally and found.surprise is not None
    assert any(said.startswith("voices: soprano, alto, tenor, bass, taken from") for said in found.said)


def test_a_melody_over_chords_now_and_then_is_not_four_voices() -> None:
    rows = [(24 * i, 24, 72 + i % 5, 0, 0, 1, 1, 127, 0) for i in range(16)]
    rows += [(96 * i, 24, pitch, 0, 0, 1, 1, 127, 0) for i in range(4) for pitch in (48, 52, 55)]
    score = Score.build(rows, [Part(name="Piano")], meters=[Meter()])
    assert in_four_voices(score) == (score, "")
    assert in_four_voices(hymn())[1] == ""

from __future__ import annotations

from dataclasses import replace

import pytest
from drawn_pieces import LINES, choir, hymn

from stretto.report.comparison import CATALOGUE, Comparison
from stretto.report.measured import NATS_PER_NOTE, Depth, Measured, measure_score
from stretto.report.real_music import shipped_reference
from stretto.report.reference import OUTSIDE, Reference
from stretto.report.sets_section import set_rows

REAL = Depth(own=False)


@pytest.fixture(scope="module")
def pieces() -> list[Measured]:
    """The hymn at four pitches, and one with a slower soprano."""
    moved = []
    for up in (0, 1, 2, 3):
        score = hymn()
        notes = score.notes.copy()
        notes["pitch"] += up
        moved.append(measure_score(score.evolve(notes=notes, keys=()), REAL, name=f"up {up}"))
    slow = choir("G4:2 A4:2 C5:2 A4:2 B4:2 D5:2 B4:2 G4:2", *LINES[1:], key="G major", fermatas=(6, 14))
    return [*moved, measure_score(slow, REAL, name="slow")]


def test_shipped_figures_have_every_measure_of_every_piece() -> None:
    reference = shipped_reference()
    assert reference.n_pieces == len(reference.features) > 100
    missing = [name for name in CATALOGUE if not len(reference.spread(name))]
    assert missing == []
    assert len(reference.spread(NATS_PER_NOTE)) == reference.n_pieces
    assert reference.bar_nats[0] < reference.spread(NATS_PER_NOTE).mean * 3 < reference.bar_nats[1] * 3


def test_real_pieces_lie_outside_each_other_in_about_a_twentieth_of_the_measures() -> None:
    assert 0.03 < shipped_reference().spread(OUTSIDE).mean < 0.08


def test_a_real_piece_is_graded_without_its_own_counts(pieces: list[Measured]) -> None:
    reference = Reference.of(pieces, "five")
    assert reference.n_pieces == 5
    grades = reference.spread("grade.total")
    assert len(grades) == 5
    # The four that are one piece transposed grade alike; the slow one stands apart.
    assert grades.values_R[:4] == pytest.approx(grades.values_R[0])
    assert grades.values_R[4] > grades.values_R[0]


def test_a_piece_beside_itself_transposed_lies_amid_them(pieces: list[Measured]) -> None:
    reference = Reference.of(pieces[:4], "four")
    found = Comparison(pieces=pieces[:1], reference=reference)
    assert found.outside(0) < 0.05
    assert found.rows["rhythm.density"].verdicts[0].word == "like real music"
    slow = Comparison(pieces=pieces[4:], reference=reference)
    assert slow.outside(0) > 0.3
    assert [row.verdicts[0].outside for row in slow.standing_out(3)] == [True] * 3
    assert len({row.family for row in slow.standing_out(3)}) == 3


def test_no_figure_stands_without_real_music_beside_it(pieces: list[Measured]) -> None:
    duet = measure_score(choir(LINES[0], LINES[3], key="G major"), REAL)
    found = Comparison(pieces=[pieces[0]], reference=Reference.of([duet, duet], "duets"))
    assert NATS_PER_NOTE not in found.rows
    assert not any(name.startswith("grade.") for name in found.rows)


def test_sets_are_told_from_real_ones_by_the_features_in_which_they_differ(pieces: list[Measured]) -> None:
    shipped = shipped_reference()
    real = replace(shipped, features=shipped.features[::2])
    own = [replace(pieces[0], features=dict(features)) for features in shipped.features[1::2]]
    assert set_rows(Comparison(pieces=own[:2], reference=real), 0) == []
    alike = {row.here.feature: row for row in set_rows(Comparison(pieces=own, reference=real), 0)}
    assert sum(row.word == "like real music" for row in alike.values()) >= 8
    for piece in own:
        piece.features["pitch interval"] = piece.features["pitch interval"] + 3.0
    found = {row.here.feature: row for row in set_rows(Comparison(pieces=own, reference=real), 0)}
    assert found["pitch interval"].word == "apart"
    assert found["pitch interval"].here.kl > 10 * found["pitch interval"].real_kl
    assert found["note count"].here.overlap == alike["note count"].here.overlap

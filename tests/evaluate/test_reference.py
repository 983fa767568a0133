"""Real music as numbers: what ships, what it is made of, and that nothing of it is graded by itself."""

from __future__ import annotations

import sys
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "theory"))
from drawn_choir import choir

from stretto.evaluate.measures import METRICS, measures
from stretto.evaluate.metrics.mgeval import FEATURES
from stretto.evaluate.metrics.tally import tally
from stretto.evaluate.reference import GRADES, NAME, Reference, shipped
from stretto.score.formats import read_score
from stretto.score.model import Score


def phrases() -> list[Score]:
    return [
        choir("C5 C5 B4 D5 C5:4", "G4 A4 G4 G4 G4:4", "E4 F4 D4 D4 E4:4", "C3 F3 G3 G3 C3:4", key="C"),
        choir("E5 D5 C5 B4 C5:4", "G4 G4 A4 G4 G4:4", "C4 B3 E4 D4 E4:4", "C3 G3 A3 G3 C3:4", key="C"),
        choir("C5 D5 E5 D5 C5:4", "C4 B3 C4 B3 C4:4", key="C", meter="3/4"),
    ]


def test_what_ships_was_measured_by_this_code() -> None:
    """Else run scripts/reference.py again."""
    assert list(shipped().measures) == list(METRICS)
    assert list(shipped().grades) == list(GRADES)
    assert set(shipped().features[0]) == set(FEATURES)
    assert len(shipped()) == shipped().grader.n_pieces == 132


def test_what_ships_is_small_and_is_numbers_only() -> None:
    folder = files("stretto.evaluate").joinpath("data")
    size = sum(len(folder.joinpath(f"{NAME}.{kind}").read_bytes()) for kind in ("npz", "json"))
    assert size < 200_000


def test_shipped_chorales_are_as_bach_is_known_to_be() -> None:
    """Weighted by notes: quarters (51; of all 370 52), steps, parallels; and a grade near the published mean."""
    real = shipped()
    notes = real.about["notes"]
    assert np.average(real.values("rhythm.quarters"), weights=notes) == pytest.approx(0.51, abs=0.01)
    assert np.average(real.values("melody.top.steps"), weights=notes) == pytest.approx(0.70, abs=0.02)
    assert np.average(real.values("voices.parallels"), weights=notes) < 0.0016
    assert np.mean(real.values("grade.total")) == pytest.approx(4.84, abs=0.01)
    assert not np.isnan(real.values("grade.total")).any()


def test_a_corpus_is_kept_and_read_again(tmp_path: Path) -> None:
    made = Reference.of(phrases())
    made.save(tmp_path)
    npz, text = (tmp_path / f"{NAME}.npz").read_bytes(), (tmp_path / f"{NAME}.json").read_text(encoding="utf-8")
    again = Reference.read(npz, text)
    for name in (*METRICS, *GRADES):
        assert again.values(name) == pytest.approx(made.values(name), rel=1e-6, nan_ok=True)
    assert again.about["beats a bar"].tolist() == [4, 4, 3]
    assert again.about["notes"].tolist() == [20, 20, 10]
    assert all(np.allclose(a[n], b[n]) for a, b in zip(again.features, made.features, strict=True) for n in FEATURES)
    made.save(tmp_path)
    assert (tmp_path / f"{NAME}.npz").read_bytes() == npz


def test_each_piece_is_graded_by_the_others() -> None:
    """The first of two chorales as the second alone would grade it; the duet not at all."""
    scores = phrases()
    real = Reference.of(scores)
    other = Reference.of(scores[1:2])
    assert real.values("grade.total")[0] == pytest.approx(other.grade(scores[0])["grade.total"])
    assert np.isnan(real.values("grade.total")[2]) and np.isnan(real.grade(scores[2])["grade.total"])


def test_values_are_those_of_measures() -> None:
    scores = phrases()
    found = Reference.of(scores).values("melody.top.steps")
    assert found.tolist() == [measures(score)["melody.top.steps"] for score in scores]
    assert len(Reference.of(scores).values("no such thing")) == 0


def test_no_pieces_are_a_reference_of_nothing() -> None:
    nothing = Reference.of([])
    assert len(nothing) == 0 and len(nothing.values("pitch.range")) == 0
    assert np.isnan(nothing.grade(phrases()[0])["grade.total"])


@pytest.mark.corpus
def test_shipped_grades_are_those_of_pieces_left_out(data_folder: Path) -> None:
    """Among any forty chorales there are some of the reference, whose grades are those that ship."""
    real = shipped()
    found = 0
    for path in sorted((data_folder / "noncommercial/bach-370-chorales").glob("*.krn"))[:40]:
        own = tally(read_score(path))
        assert own is not None
        total = real.grader.grade(own, leave_out=True)["total"]
        if np.isclose(real.values("grade.total"), total, rtol=1e-5).any():
            found += 1
    assert found >= 5


def test_the_page_of_measures_names_them_all_with_the_figures_that_ship() -> None:
    """Else run scripts/metrics_page.py again."""
    page = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text(encoding="utf-8")
    for name in (*METRICS, *GRADES):
        row = next(line for line in page.split("\n") if line.startswith(f"| `{name}` |"))
        values = shipped().values(name)
        digits = f"{np.mean(values):.3f}" if name in GRADES else f"{np.nanmean(values):.3g}"
        assert f"| {digits} (" in row, row

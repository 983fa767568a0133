"""The figures of real keyboard music and quartets, as they ship."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from drawn_on_staves import minuet, on_one_part

from stretto.errors import ModelError
from stretto.report import real_music
from stretto.report.measured import NATS_PER_NOTE, Depth, measure_score
from stretto.report.real_music import file_names, read, save, shipped_reference
from stretto.report.reference import OUTSIDE, Reference
from stretto.report.repertoires import REPERTOIRES

BOTH = pytest.mark.parametrize("repertoire", list(REPERTOIRES))


@BOTH
def test_enough_real_pieces_ship_in_little_room(repertoire: str) -> None:
    reference = shipped_reference(repertoire)
    assert reference.n_pieces == len(reference.features) >= 60
    assert len(reference.spread(NATS_PER_NOTE)) == reference.n_pieces
    assert reference.bar_nats[0] < reference.bar_nats[1]
    for name in file_names(repertoire):
        assert len(files("stretto.report").joinpath(name).read_bytes()) < 100_000


@BOTH
def test_they_lie_outside_each_other_in_about_a_twentieth_of_the_measures(repertoire: str) -> None:
    assert 0.03 < shipped_reference(repertoire).spread(OUTSIDE).mean < 0.08


@BOTH
def test_measures_that_make_no_sense_are_not_among_them(repertoire: str) -> None:
    names = [name for name in shipped_reference(repertoire).spreads if name != OUTSIDE]
    assert len(names) > 100 and all(REPERTOIRES[repertoire].fits(name) for name in names)
    assert not any(name.startswith("grade.") for name in names)


def test_what_is_saved_is_read_again(tmp_path: Path) -> None:
    pieces = [measure_score(score, Depth(own=False)) for score in (minuet(), on_one_part(minuet()), minuet(times=2))]
    before = Reference.of(pieces, "three minuets", "drawn")
    (tmp_path / "data").mkdir()
    paths = save(before, "keyboard", tmp_path, pieces=["one", "two", "three"])
    after = read(paths[0].read_bytes(), paths[1].read_text(encoding="utf-8"), "keyboard")
    assert (after.name, after.about, after.n_pieces) == (before.name, before.about, 3)
    for name, spread in before.spreads.items():
        np.testing.assert_allclose(after.spread(name).values_R, spread.values_R, rtol=1e-6)
    assert after.distributions["degrees"] == before.distributions["degrees"]
    for one, other in zip(after.features, before.features, strict=True):
        assert list(one) == list(other)
    assert save(before, "keyboard", tmp_path, pieces=["one", "two", "three"])[0].read_bytes() == paths[0].read_bytes()


def test_figures_that_are_not_there_are_missed_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(real_music, "file_names", lambda name: (f"data/no_{name}.npz", f"data/no_{name}.json"))
    with pytest.raises(ModelError, match=r"no_quartet.npz: no figures of real music .*install Stretto again"):
        shipped_reference.__wrapped__("quartet")

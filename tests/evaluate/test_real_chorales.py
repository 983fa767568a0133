from __future__ import annotations

import numpy as np
import pytest

from stretto.errors import ModelError
from stretto.evaluate import real_chorales as module
from stretto.evaluate.real_chorales import real_chorales
from stretto.theory.phrases import phrase_ends
from stretto.theory.slices import slices_of


def test_fifty_chorales_ship_in_four_voices_with_metre_key_and_phrases() -> None:
    pieces = real_chorales()
    assert len(pieces) == 51
    # Two chorales stand in two versions.
    assert len({work for work, _ in pieces}) == 49
    for _, score in pieces:
        assert [part.name for part in score.parts] == ["Soprano", "Alto", "Tenor", "Bass"]
        assert score.meters and score.keys
        means = [float(np.mean(score.notes["pitch"][score.notes["part"] == v])) for v in range(4)]
        assert means == sorted(means, reverse=True)
    n_phrases = [len(phrase_ends(score, slices_of(score))) for _, score in pieces]
    assert sum(n > 2 for n in n_phrases) >= 49


def test_a_chorale_is_the_one_that_it_is_called() -> None:
    score = dict(real_chorales())["bwv-62-06"]
    soprano = score.notes[score.notes["part"] == 0]
    # Nun komm, der Heiden Heiland, in B minor.
    assert soprano["pitch"][:7].tolist() == [71, 71, 69, 74, 73, 71, 73]
    assert score.pickup == 0


def test_a_damaged_file_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FILE", "reference.npz.missing")
    with pytest.raises(ModelError, match="install Stretto again"):
        real_chorales.__wrapped__()

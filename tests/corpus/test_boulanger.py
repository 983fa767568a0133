"""The public piano-roll sets: their splits as published, and clear words where a file is not one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("scipy")

from scipy.io import savemat

from stretto.corpus.boulanger import N_PITCHES, read_rolls
from stretto.errors import CorpusError

pytestmark = pytest.mark.train


def cells(*rolls: np.ndarray) -> np.ndarray:
    found = np.empty((1, len(rolls)), object)
    for i, roll in enumerate(rolls):
        found[0, i] = roll
    return found


def chord(*columns: int) -> np.ndarray:
    roll = np.zeros((3, N_PITCHES), np.uint8)
    roll[:, columns] = 1
    return roll


def test_a_set_is_read_with_its_splits(tmp_path: Path) -> None:
    data = {"traindata": cells(chord(30, 40), chord(50)), "validdata": cells(chord(20)), "testdata": cells(chord(60))}
    savemat(tmp_path / "Nottingham.mat", data)
    found = read_rolls(tmp_path, "Nottingham")
    assert [len(split) for split in (found.train, found.valid, found.test)] == [2, 1, 1]
    assert np.array_equal(found.train[0], chord(30, 40))


def test_what_is_no_set_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"^Bach: no such set; there are JSB_Chorales, Nottingham"):
        read_rolls(tmp_path, "Bach")
    with pytest.raises(CorpusError, match=r"holds no JSB_Chorales\.mat; give --data"):
        read_rolls(tmp_path, "JSB_Chorales")
    (tmp_path / "MuseData.mat").write_bytes(b"no rolls")
    with pytest.raises(CorpusError, match=r"MuseData\.mat: holds no piano-rolls"):
        read_rolls(tmp_path, "MuseData")
    savemat(
        tmp_path / "Piano_midi.mat", {name: cells(2 * chord(30)) for name in ("traindata", "validdata", "testdata")}
    )
    with pytest.raises(CorpusError, match="a roll of shape"):
        read_rolls(tmp_path, "Piano_midi")


@pytest.mark.corpus
def test_the_published_sizes_are_found(data_folder: Path) -> None:
    """Pieces and frames of JSB Chorales, as its readers count them."""
    found = read_rolls(data_folder / "benchmarks" / "boulanger", "JSB_Chorales")
    assert [(len(s), sum(map(len, s))) for s in (found.train, found.valid, found.test)] == [
        (229, 13807),
        (76, 4602),
        (77, 4725),
    ]

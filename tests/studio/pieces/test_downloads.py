"""Files of a piece."""

from __future__ import annotations

from fractions import Fraction

import pytest

pytest.importorskip("fastapi", reason="needs pip install -e '.[studio]'")

from stretto.score.midi_read import read_midi
from stretto.score.model import Part, Score, Tempo
from stretto.studio.pieces.documents import frame_view
from stretto.studio.pieces.downloads import file_of_piece

NOTES = [(0, 24, 60, 80, 0, 1, 1, 127, 0), (24, 24, 62, 80, 0, 1, 1, 127, 0)]


@pytest.mark.parametrize(
    ("tempos", "told"),
    [
        ([], [(0, 100)]),
        ([Tempo(qpm=Fraction(66))], [(0, 66)]),
        ([Tempo(tick=24, qpm=Fraction(50))], [(0, 100), (24, 50)]),
    ],
)
def test_a_piece_is_as_fast_in_its_midi_file_as_on_the_page(tempos: list[Tempo], told: list[tuple[int, int]]) -> None:
    """Where nothing is said, other programs would play it at 120."""
    score = Score.build(NOTES, [Part()], end=96, tempos=tempos)
    file, _ = file_of_piece(score, "midi")
    assert [(tempo.tick, round(tempo.qpm)) for tempo in read_midi(file, "x").tempos] == told
    assert [(tempo["tick"], tempo["qpm"]) for tempo in frame_view(score)["tempo"]] == told
    assert list(score.tempos) == tempos

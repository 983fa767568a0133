"""What is shared is told as it is: a whole piece as one, held chords as nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stretto.evaluate.originality_report import originality_of
from stretto.evaluate.passages import known_score
from stretto.evaluate.staff_index import index_of
from stretto.evaluate.staff_work import work_of_score
from stretto.evaluate.training_music import shipped_music
from stretto.report.measured import Measured, measure_score
from stretto.report.originality_section import is_it_mine, originality_body, told
from stretto.report.report import report
from stretto.score.model import Meter, Part, Score

NAMES = ("Soprano", "Alto", "Tenor", "Bass")


@pytest.fixture(scope="module")
def copied() -> Measured:
    index = next(i for i, piece in enumerate(shipped_music().pieces) if "BWV 104.06" in piece.title)
    return measure_score(known_score(shipped_music(), index, up=1), name="copy")


def test_a_copy_of_a_whole_piece_is_said_to_be_one_and_excused_by_nothing(copied: Measured) -> None:
    answer = is_it_mine([copied])
    assert (answer.word, answer.tone) == ("It is known, nearly all of it", "bad")
    assert "Allein Gott" in answer.because[0] and "1 semitone higher;" in answer.because[0]
    assert answer.because[1].startswith("Of 132 real chorales that are not in it none shares as long a passage")
    assert "common property" not in " ".join(answer.because)


def test_a_copied_passage_in_a_longer_piece_is_a_passage(copied: Measured) -> None:
    later = copied.score.notes.copy()
    later["onset"] += copied.score.end
    later["pitch"][later["part"] == 1] -= 1
    both = [*copied.score.notes.tolist(), *later.tolist()]
    longer = Score.build(both, copied.score.parts, meters=copied.score.meters)
    found = originality_of(longer)
    assert found.nearest is not None and found.covered(found.nearest) < 0.7
    assert is_it_mine([replace(copied, score=longer, originality=found)]).word == "A passage of it is known"


def test_chords_that_stay_are_told_in_the_table_and_count_for_nothing() -> None:
    """The last chord of a piece, held for twelve bars, and the two before it: Bach holds none so long."""
    rows = []
    for part, pitches in enumerate(((69, 71, 72), (65, 67, 67), (62, 62, 64), (50, 55, 48))):
        starts, lengths = (0, 24, 48), (24, 24, 12 * 96)
        rows += [
            (at, long, pitch, 0, part, 1, 1, 127, 0) for at, long, pitch in zip(starts, lengths, pitches, strict=True)
        ]
    held = Score.build(rows, [Part(name=name) for name in NAMES], meters=[Meter()])
    found = originality_of(held)
    stays = [passage for passage in found.passages.values() if passage.stays]
    assert max(passage.quarters for passage in stays) > 8
    assert max(passage.real_below for passage in found.passages.values()) < 0.95
    made = report(held, audio=False)
    assert made.answers[1].tone == "good"
    page = made.html()
    assert "chords that stay" in page and originality_body(made.found.pieces)


def test_one_is_not_many(copied: Measured) -> None:
    assert copied.originality is not None
    passage = next(iter(copied.originality.passages.values()))
    assert ", 1 quarter in" in told(replace(passage, quarters=1.0))


def test_bars_of_a_keyboard_piece_that_were_learned_from_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same piano piece, once known and once new."""
    rows = [
        (24 * i, 24, 60 + 5 * i * i % 13 - 12 * hand, 0, 0, 1, 1 + hand, 127, 0) for i in range(32) for hand in (0, 1)
    ]
    score = Score.build(rows, [Part(name="Piano", n_staves=2)], end=768, meters=[Meter()])
    work = work_of_score(score, name="x")
    for title, word in (("Air", "A passage of it is known"), ("", "As much as a real piece is")):
        index = index_of([work] if title else [], [(title, "bach")] if title else [])
        monkeypatch.setattr("stretto.evaluate.staff_originality.shipped_index", lambda repertoire, index=index: index)
        piece = measure_score(score, name="piece")
        answer = is_it_mine([piece])
        assert answer.word == word
        assert ("8 bars as in bars 1-8 of Air (bach)" in answer.because[0]) == bool(title)
        many = is_it_mine([piece] * 2)
        assert any(line.startswith(f"{2 if title else 'None'} of 2 pieces for keyboard") for line in many.because)

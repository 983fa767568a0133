"""What the grade counts, by hand; grades without a piece's own counts; the published figures."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from readings import choir, read

from stretto.evaluate.metrics.bach_or_mock import METRICS, PUBLISHED, TERMS, Grader
from stretto.evaluate.metrics.tally import Tally, tally
from stretto.score.model import Score

PHRASE = ("C5 C5 B4 D5 C5:4", "G4 A4 G4 G4 G4:4", "E4 F4 D4 D4 E4:4", "C3 F3 G3 G3 C3:4")


def counted(*lines: str, key: str = "C") -> Tally:
    found = tally(read(*lines, key=key))
    assert found is not None
    return found


def like_phrase(**changed: Any) -> Tally:
    """The phrase with some counts changed."""
    return replace(counted(*PHRASE), **changed)


def pieces() -> list[Tally]:
    return [
        counted(*PHRASE),
        counted("E5 D5 C5 B4 C5:4", "G4 G4 A4 G4 G4:4", "C4 B3 E4 D4 E4:4", "C3 G3 A3 G3 C3:4"),
        counted("G4 A4 B4 C5 C5:4", "E4 E4 D4 E4 E4:4", "C4 C4 G3 G3 G3:4", "C3 A2 G2 C3 C3:4"),
        counted("C5 D5 Eb5 D5 C5:4", "G4 G4 G4 B4 G4:4", "Eb4 D4 C4 D4 Eb4:4", "C3 B2 C3 G2 C3:4", key="c"),
    ]


def test_a_phrase_is_counted_in_all_nine_ways() -> None:
    """Twenty notes: C, F, G and C major, one G without its third; quarters and whole notes."""
    found = counted(*PHRASE)
    assert found.n_notes == 20 and found.mode == "major"
    assert dict(found.rhythm) == {"24": 16, "96": 4}
    assert dict(found.harmony) == {"major": 4, "open fifth": 1}
    # Sixteenths of C: soprano 4 + 4 + 16, alto 0, tenor 0, bass 4 + 16.
    assert found.notes["0"] == 44 and "rest" not in found.notes
    assert dict(found.soprano) == {"0": 1, "-1": 1, "3": 1, "-2": 1}
    assert dict(found.bass) == {"5": 1, "2": 1, "0": 1, "-7": 1}
    assert sum(found.parallels.values()) == 0


def test_rests_suspensions_and_what_is_no_chord_are_counted() -> None:
    found = counted("C5 r D5 C5", "G4 r C#4 C5", "F4 r C4 G4", "C3 r C3 G3")
    assert found.notes["rest"] == 16 and found.rhythm["24"] == 16
    assert dict(found.harmony) == {"suspended fourth": 1, "none": 1, "open fifth": 1}


def test_what_comes_back_in_a_voice_is_counted_by_its_length() -> None:
    """The bass has two quarters twice."""
    found = counted("C5 D5 E5 F5", "G4 A4 B4 C5", "E4 F4 G4 A4", "C3 G3 C3 G3")
    assert dict(found.sequences) == {"8": 2}


def test_only_four_voices_are_graded() -> None:
    assert tally(choir("C5", "C4")) is None
    assert tally(choir("C5", "G4", "E4", "r", end=24)) is None
    assert tally(Score.build([], [])) is None


def test_a_corpus_of_one_is_like_itself() -> None:
    own = counted(*PHRASE)
    assert Grader.fit([own]).grade(own) == {**dict.fromkeys(TERMS, 0), "total": 0}


def test_a_piece_is_graded_without_its_own_counts() -> None:
    """As by a corpus that never held it, for every piece and term."""
    every = pieces()
    whole = Grader.fit(every)
    for piece in every[:3]:
        others = Grader.fit([own for own in every if own is not piece])
        assert whole.grade(piece, leave_out=True) == pytest.approx(others.grade(piece))
        assert whole.grade(piece, leave_out=True)["total"] >= whole.grade(piece)["total"]


def test_a_mode_that_the_corpus_lacks_is_graded_by_the_other() -> None:
    every = pieces()
    assert Grader.fit(every).grade(every[3], leave_out=True) == pytest.approx(Grader.fit(every[:3]).grade(every[3]))
    assert np.isfinite(Grader.fit(every[:3]).grade(every[3])["total"])


def test_a_term_says_what_is_wrong() -> None:
    """Eighths and leaps each raise their own term."""
    grader = Grader.fit(pieces())
    good = grader.grade(counted(*PHRASE))
    fast = grader.grade(counted(*(line.replace(":4", ":1/2") + " C4:1/2" for line in PHRASE)))
    assert fast["rhythm"] > good["rhythm"] + 0.1
    leaping = grader.grade(counted("C4 C5 C4 C5 C4:4", *PHRASE[1:]))
    assert leaping["soprano"] > good["soprano"] + 1 and leaping["alto"] == good["alto"]


def test_the_parallel_term_is_a_ratio_times_a_distance() -> None:
    """A corpus with one fifth in 100 notes, a piece with two octaves in 20: ten times as many, all at rank one."""
    corpus = like_phrase(parallels={"fifths": 1}, n_notes=100)
    piece = like_phrase(parallels={"octaves": 2}, n_notes=20)
    assert Grader.fit([corpus]).grade(piece)["parallels"] == pytest.approx(10)
    piece = like_phrase(parallels={"fifths": 2}, n_notes=20)
    assert Grader.fit([corpus]).grade(piece)["parallels"] == 0


def test_a_piece_in_which_nothing_comes_back_stands_at_length_zero() -> None:
    corpus = like_phrase(sequences={"8": 3, "4": 1}, n_notes=20)
    piece = like_phrase(sequences={}, n_notes=20)
    assert Grader.fit([corpus]).grade(piece)["sequences"] == pytest.approx(7)


def test_a_grader_is_kept_as_plain_data() -> None:
    every = pieces()
    grader = Grader.fit(every)
    again = Grader.from_json(grader.as_json())
    assert (again.n_pieces, again.n_notes) == (4, 80)
    assert again.grade(every[1], leave_out=True) == grader.grade(every[1], leave_out=True)


def test_the_terms_are_those_that_were_published() -> None:
    assert [metric.name for metric in METRICS] == [f"grade.{name}" for name in PUBLISHED]
    assert sum(mean for name, (mean, _) in PUBLISHED.items() if name != "total") == pytest.approx(5.189, abs=1e-3)


def test_of_an_endless_piece_only_the_beginning_is_searched_for_passages_that_come_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of eight quarters the last four repeat the first, which alone are looked at and hold no repetition."""
    piece = choir("C5 D5 E5 F5 C5 D5 E5 F5", "G4:8", "E4:8", "C3:8", key="C major")
    whole = tally(piece)
    monkeypatch.setattr("stretto.evaluate.metrics.tally.LONGEST", 4)
    beginning = tally(piece)
    assert whole is not None and beginning is not None
    assert (dict(whole.sequences), dict(beginning.sequences)) == ({"16": 2}, {})

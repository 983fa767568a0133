"""Pitches keep their order while their rhythm is drawn anew."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from stretto.engine.flagship import FIRST_PITCH, GO_ON
from stretto.errors import RequestError
from stretto.frames.canvas import Hole
from stretto.frames.parts import frames_of_matrix
from stretto.score.model import Mark, Score
from stretto.score.text import read_text
from stretto.theory.understand import understand
from stretto.verbs.gaps import infill, vary
from stretto.verbs.rework import Manner, harmonize
from stretto.verbs.series import Row, Series, rows_of

QUICK = Manner(seed=3, candidates=2)
TUNE = """
key: G major
meter: 3/4

part: Soprano
  1 | G4 A4 B4 |
  2 | C5 C5 B4 |
  3 | A4e B4e C5q A4q |
  4 | G4h. |
"""


@pytest.fixture(scope="module")
def choir() -> Score:
    """Four voices."""
    return harmonize(understand(read_text(TUNE.encode(), "tune.txt"))[0], manner=QUICK).score


def pitches(score: Score, part: int) -> list[int]:
    """Of one part, in order."""
    return score.notes["pitch"][score.notes["part"] == part].tolist()


def rhythm(score: Score, part: int) -> list[tuple[int, int]]:
    """Onsets and lengths of one part."""
    own = score.notes[score.notes["part"] == part]
    return list(zip(own["onset"].tolist(), own["duration"].tolist(), strict=True))


def test_the_same_notes_stand_in_another_rhythm(choir: Score) -> None:
    found = [infill(choir, 1, 3, keep_pitches=True, manner=replace(QUICK, seed=seed)).score for seed in range(3)]
    for score in found:
        assert [pitches(score, p) for p in range(4)] == [pitches(choir, p) for p in range(4)]
        assert (score.ends <= choir.end).all()
    assert any(rhythm(score, p) != rhythm(choir, p) for score in found for p in range(4))


def test_all_notes_find_room_even_where_little_is_left(choir: Score) -> None:
    found = vary(choir, 1.0, keep=["alto", "bass"], keep_pitches=True, manner=QUICK).score
    assert [pitches(found, p) for p in range(4)] == [pitches(choir, p) for p in range(4)]
    assert [rhythm(found, p) for p in (1, 3)] == [rhythm(choir, p) for p in (1, 3)]


def test_to_keep_both_is_refused(choir: Score) -> None:
    with pytest.raises(RequestError, match="leaves nothing open"):
        infill(choir, 1, 2, keep_rhythm=True, keep_pitches=True)


def test_rows_are_read_from_the_holes_that_touch() -> None:
    frames = frames_of_matrix(np.array([[60.0, 50.0], [62, 50], [64, 52], [65, 53]]), step=24)
    holes = [
        Hole(part=0, start=24, end=48, keep_pitches=True),
        Hole(part=0, start=48, end=72, keep_pitches=True),
        Hole(part=1, start=0, end=96),
    ]
    assert rows_of(frames, holes) == [Row(part=0, start=24, end=72, pitches=(62, 64))]


def test_the_next_note_is_the_only_one_and_comes_while_there_is_time() -> None:
    """Three notes in two quarters: an eighth each at least, and so the first at once, the last by the last eighth."""
    row = Row(part=0, start=0, end=48, pitches=(60, 62, 64))
    assert row.unit == 6
    series = Series([row], 1, 36)
    here, opened = np.array([0]), np.array([True])
    free = np.flatnonzero(~series.barred(0, here, opened, FIRST_PITCH + 48)[0]).tolist()
    assert free == [FIRST_PITCH + 24]
    assert series.cut(0, 0, np.array([1])) == 48 - 2 * 6
    series.watch(here, np.array([[1]]))
    assert np.flatnonzero(~series.barred(0, here + 6, opened, FIRST_PITCH + 48)[0]).tolist() == [
        GO_ON,
        FIRST_PITCH + 26,
    ]
    assert np.flatnonzero(~series.barred(0, here + 36, opened, FIRST_PITCH + 48)[0]).tolist() == [FIRST_PITCH + 26]


@pytest.mark.parametrize("seed", range(3))
def test_words_slurs_and_signs_go_with_their_notes(choir: Score, seed: int) -> None:
    """The k-th note of a voice has what its k-th note had."""
    own = [choir.notes[choir.notes["part"] == p] for p in range(2)]
    marks = [
        Mark(
            kind="lyric", tick=int(n["onset"]), part=p, voice=1, staff=1, pitch=int(n["pitch"]), number=1, text=f"la{k}"
        )
        for p, notes in enumerate(own)
        for k, n in enumerate(notes)
    ]
    slur = Mark(kind="slur", tick=144, end=156, part=0, voice=1, staff=1, pitch=69, end_pitch=71)
    signs = [
        Mark(kind=kind, tick=120, part=0, voice=1, staff=1, pitch=71, text=text)
        for kind, text in (("fermata", ""), ("articulation", "tenuto"))
    ]
    before = choir.evolve(marks=(*marks, *signs, slur))
    found = infill(before, 1, 3, keep_pitches=True, manner=replace(QUICK, seed=seed))
    onsets = [found.score.notes["onset"][found.score.notes["part"] == p].tolist() for p in range(2)]
    for p in range(2):
        words = {m.text: m.tick for m in found.score.marks if m.kind == "lyric" and m.part == p}
        assert words == {f"la{k}": tick for k, tick in enumerate(onsets[p])}
    fifth = own[0]["onset"].tolist().index(120)
    others = [(m.kind, m.tick, m.pitch, m.end) for m in found.score.marks if m.kind != "lyric"]
    assert sorted(others) == [
        ("articulation", onsets[0][fifth], 71, -1),
        ("fermata", onsets[0][fifth], 71, -1),
        ("slur", onsets[0][fifth + 1], 69, onsets[0][fifth + 2]),
    ]
    assert not any("went with" in line for line in found.report)

"""What was played live is found out, put on the beat, and given back as it was played."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stretto.score.model import NOTE, UNSPELLED, Mark, Part, Score
from stretto.theory.performance import Played, on_the_beat, played_live
from stretto.theory.understand import understand
from stretto.verbs.gaps import continue_
from stretto.verbs.hearing import what_it_is
from stretto.verbs.rework import Manner, harmonize

QUARTER = 24
TUNE = (62, 64, 66, 67, 69, 69, 67, 66, 64, 62, 64, 66, 66, 64, 62, 62)


def score_of(*notes: tuple[int, int, int]) -> Score:
    """A melody from (onset, duration, pitch)."""
    rows = np.zeros(len(notes), NOTE)
    for row, (onset, duration, pitch) in zip(rows, notes, strict=True):
        row["onset"], row["duration"], row["pitch"] = onset, duration, pitch
    rows["voice"] = rows["staff"] = 1
    rows["velocity"], rows["fifths"] = 70, UNSPELLED
    return Score.build(parts=(Part(name="Piano"),), notes=rows, end=max(o + d for o, d, _ in notes))


def played(seed: int = 0, *, late: int = 2) -> Score:
    """Four bars of quarters, played: early, late, legato."""
    rng = np.random.default_rng(seed)
    notes = []
    for i, pitch in enumerate(TUNE):
        onset = max(0, QUARTER * i + int(rng.integers(-late, late + 1)))
        notes.append((onset, QUARTER + int(rng.integers(-3, 5)), pitch))
    return score_of(*notes)


def test_a_performance_is_told_from_what_was_written() -> None:
    assert played_live(played())
    written = score_of(*((QUARTER * i, QUARTER, pitch) for i, pitch in enumerate(TUNE)))
    assert not played_live(written)
    triplets = score_of(*((8 * i, 8, pitch) for i, pitch in enumerate(TUNE)))
    assert not played_live(triplets)
    thirty_seconds = score_of(*((3 * i, 3, pitch) for i, pitch in enumerate(TUNE)))
    assert not played_live(thirty_seconds)


@pytest.mark.parametrize("seed", range(5))
def test_early_and_late_notes_stand_on_the_beat_and_end_where_the_next_begins(seed: int) -> None:
    notes = on_the_beat(played(seed)).score.notes
    assert notes["onset"].tolist() == [QUARTER * i for i in range(len(TUNE))]
    assert notes["duration"].tolist()[:-1] == [QUARTER] * (len(TUNE) - 1)


def test_triplets_stay_triplets() -> None:
    beats = [(0, 23, 60), (25, 8, 62), (31, 9, 64), (41, 8, 65), (49, 22, 67)]
    assert on_the_beat(score_of(*beats)).score.notes["onset"].tolist() == [0, 24, 32, 40, 48]


def test_a_note_held_under_others_keeps_its_length_and_a_rest_stays_a_rest() -> None:
    found = on_the_beat(score_of((1, 95, 48), (1, 25, 60), (25, 22, 62), (49, 11, 64), (97, 23, 60))).score.notes
    by_pitch = {int(note["pitch"]): int(note["duration"]) for note in found}
    assert by_pitch[48] == 96
    assert by_pitch[64] == 12


def test_a_brushed_key_is_no_note_of_the_tune_but_a_short_one_of_its_own_is() -> None:
    found = on_the_beat(score_of((1, 24, 60), (1, 1, 61), (25, 1, 62), (49, 23, 64)))
    assert found.score.notes["pitch"].tolist() == [60, 62, 64]
    assert found.said == ["1 key brushed in passing left out"]


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(1, 60), st.integers(48, 72)), min_size=1, max_size=30))
def test_what_was_put_on_the_beat_is_given_back_as_it_was_played(notes: list[tuple[int, int, int]]) -> None:
    score = score_of(*notes)
    beat = on_the_beat(score)
    back = Played(notes=score.notes, beat=beat).exactly(beat.score.notes, [0])
    names = ["onset", "duration", "pitch"]
    expected = score.notes[~beat.brushed_N]
    assert sorted(back[names].tolist()) == sorted(expected[names].tolist())
    onset = beat.score.notes["onset"]
    assert (onset % 2 == 0).all() or np.array_equal(beat.onset_N, score.notes["onset"])
    assert (beat.score.notes["duration"] > 0).all()


def test_a_mark_moves_with_its_note() -> None:
    word = Mark(kind="lyric", tick=25, part=0, voice=1, staff=1, pitch=62, number=1, text="la", extra="single")
    score = score_of((1, 24, 60), (25, 24, 62), (47, 24, 64)).evolve(marks=(word,))
    assert on_the_beat(score).score.marks[0].tick == 24


def test_a_performance_is_harmonised_on_the_beat_and_comes_back_as_it_was_played() -> None:
    score, said = understand(played(3))
    assert said[0].startswith("played live: ")
    found = harmonize(score, manner=Manner(seed=2, candidates=2))
    own = found.score.notes[found.score.notes["part"] == 0]
    names = ["onset", "duration", "pitch"]
    assert own[names].tolist() == score.notes[names].tolist()
    assert found.nats_per_note < 2.5  # as notes off the beat it would cost four and more
    assert found.n_notes == len(found.score.notes) - len(score.notes)
    assert found.n_again == 0
    bass = found.score.notes[found.score.notes["part"] == 3]
    together = np.isin(bass["onset"], own["onset"])
    assert together.mean() > 0.6, "new notes begin with the player's"


def test_music_goes_on_where_a_performance_ends_on_the_beat() -> None:
    score, _ = understand(played(4))
    after = continue_(score, 2, manner=Manner(seed=2, candidates=1)).score
    fresh = after.notes["onset"][len(score.notes) :]
    assert fresh.min() <= 4 * 4 * QUARTER + QUARTER
    assert "4/4" in what_it_is(score) or "2/4" in what_it_is(score)


@pytest.mark.parametrize("gate", [22, 23])
def test_notes_that_a_program_lets_go_early_are_heard_in_full_and_come_back_short(gate: int) -> None:
    """On the beat, but nine tenths of a quarter long, as many programs export them; 32nds stay where they are."""
    quarters = [(QUARTER * i, gate, pitch) for i, pitch in enumerate(TUNE[:-1])]
    score = score_of(*quarters, (15 * QUARTER, 3, 62), (15 * QUARTER + 3, 20, 64))
    assert played_live(score)
    beat = on_the_beat(score)
    assert beat.onset_N.tolist() == score.notes["onset"].tolist()
    assert beat.duration_N.tolist() == [QUARTER] * 15 + [6, 18] or beat.duration_N.tolist()[:15] == [QUARTER] * 15
    heard, said = understand(score)
    assert said[0].startswith("released early: ") and said[0].endswith("; --quantize writes them so")
    found = harmonize(heard, manner=Manner(seed=2, candidates=2))
    own = found.score.notes[found.score.notes["part"] == 0]
    assert own["duration"].tolist() == score.notes["duration"].tolist()
    assert found.nats_per_note < 2


def test_half_a_quarter_is_written_so() -> None:
    assert not played_live(score_of(*((QUARTER * i, 12, pitch) for i, pitch in enumerate(TUNE))))

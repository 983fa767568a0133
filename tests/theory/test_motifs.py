"""Melodies that come back are found, moved or bent, and what only resembles them is not."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stretto.theory.motifs import Line, recurrences

QUARTER = 24


def line(pitches: list[int], lengths: list[int] | None = None, start: int = 0) -> Line:
    """A melody without rests, in quarters if nothing else is said."""
    length = np.array(lengths or [QUARTER] * len(pitches))
    end = start + length.cumsum()
    return Line(end - length, end, np.array(pitches))


SUBJECT = [60, 62, 64, 60, 67, 65]


def test_an_answer_in_another_voice_is_found_where_it_enters() -> None:
    leader, answer = line(SUBJECT), line([p - 5 for p in SUBJECT], start=2 * QUARTER)
    (found,) = recurrences([leader, answer])
    assert (found.part, found.source, found.lag, found.up, found.n_notes) == (1, 0, 2 * QUARTER, -5, 6)
    assert found.overlaps


def test_a_melody_that_follows_at_once_does_not_overlap() -> None:
    leader, answer = line(SUBJECT), line(SUBJECT, start=6 * QUARTER)
    (found,) = recurrences([leader, answer])
    assert not found.overlaps


def test_a_tonal_answer_bends_a_step() -> None:
    bent = [p + 7 - (k > 3) for k, p in enumerate(SUBJECT)]
    found = recurrences([line(SUBJECT), line(bent, start=96)])
    assert [(r.up, r.n_notes) for r in found] == [(7, 6)]


def test_another_rhythm_is_another_melody() -> None:
    slow = line(SUBJECT, [48] * 6, start=96)
    assert recurrences([line(SUBJECT), slow]) == []


def test_a_step_the_other_way_is_another_melody() -> None:
    turned = [60, 61, 60, 61, 60, 61]
    assert recurrences([line([60, 60, 61, 60, 60, 61]), line(turned, start=96)]) == []


def test_repeated_notes_are_no_figure() -> None:
    assert recurrences([line([60] * 8), line([60] * 8, start=24)]) == []


def test_a_run_in_its_own_voice_is_found_as_long_as_it_is() -> None:
    other = [70, 58, 71, 59]
    (found,) = recurrences([line(SUBJECT + other + SUBJECT)])
    assert (found.part, found.source, found.start, found.lag, found.n_notes) == (0, 0, 240, 240, 6)


@given(st.lists(st.integers(48, 72), min_size=6, max_size=20), st.integers(-7, 7), st.integers(1, 5))
def test_every_exact_copy_is_found_whole(pitches: list[int], up: int, delay: int) -> None:
    """Whatever else is found, the whole copy is, unless its pitches are too few to be a figure."""
    copy = line([p + up for p in pitches], start=delay * QUARTER)
    found = recurrences([line(pitches), copy])
    whole = [r for r in found if r.source == 0 and r.part == 1 and r.lag == delay * QUARTER]
    if len(set(pitches)) >= 3:
        assert [(r.up, r.n_notes) for r in whole] == [(up, len(pitches))]


def test_graces_and_lower_notes_are_no_part_of_a_line() -> None:
    from stretto.score.model import NOTE

    notes = np.array(
        [
            (0, 24, 60, 0, 0, 1, 1, 0, 0),
            (0, 24, 55, 0, 0, 1, 1, 0, 0),
            (24, 0, 62, 0, 0, 1, 1, 0, 1),
            (24, 24, 64, 0, 0, 1, 1, 0, 0),
        ],
        NOTE,
    )
    found = Line.of(notes)
    assert found.pitch_N.tolist() == [60, 64] and found.onset_N.tolist() == [0, 24] and found.end_N.tolist() == [24, 48]

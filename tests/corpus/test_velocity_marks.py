"""Marks come back from the velocities that LilyPond gives them."""

from stretto.corpus.velocity_marks import marked_by_velocity, marks_of_velocities
from stretto.score.model import UNSPELLED, Meter, Part, Score


def in_velocities(*parts: str) -> Score:
    """Quarters with these velocities, a row for each part."""
    rows = [
        (24 * i, 24, 60, int(velocity), part, 1, 1, UNSPELLED, 0)
        for part, row in enumerate(parts)
        for i, velocity in enumerate(row.split())
    ]
    return Score.build(rows, [Part()] * len(parts), meters=[Meter()])


def test_levels_are_marks() -> None:
    """69 is p and 95 is f; the next note of the same says nothing new."""
    assert marks_of_velocities(in_velocities("69 69 69 69 95 95 95 95")) == (((0, "p"), (96, "f")), ())


def test_a_ramp_is_a_hairpin_and_its_end_a_mark() -> None:
    """From the last soft note to the first loud one."""
    dynamics, hairpins = marks_of_velocities(in_velocities("69 69 75 82 88 95 95 95"))
    assert dynamics == ((0, "p"), (120, "f"))
    assert hairpins == ((24, 120, "crescendo"),)


def test_dots_and_accents_are_no_levels() -> None:
    """73 is p with a dot, 115 is f with an accent."""
    assert marks_of_velocities(in_velocities("69 73 69 69 95 115 95 95"))[0] == ((0, "p"), (96, "f"))


def test_what_is_loudest_is_a_sforzato_after_which_the_level_is_the_old_one() -> None:
    """p sf p: the second p is not marked again."""
    assert marks_of_velocities(in_velocities("69 69 127 69 69 69"))[0] == ((0, "p"), (48, "sf"))


def test_a_file_without_marks_has_none() -> None:
    """90 throughout, with dots and accents."""
    assert marks_of_velocities(in_velocities("90 94 90 110")) == ((), ())


def test_the_part_that_has_the_marks_tells_them() -> None:
    """In piano music they hang on one of the two staves."""
    assert marks_of_velocities(in_velocities("90 90 90 90", "69 69 95 95"))[0] == ((0, "p"), (48, "f"))


def test_a_score_is_marked_for_all_its_parts() -> None:
    """One level and the next, on no part of its own."""
    score = marked_by_velocity(in_velocities("69 69 95 95"))
    assert [(mark.kind, mark.tick, mark.text, mark.part) for mark in score.marks] == [
        ("dynamic", 0, "p", -1),
        ("dynamic", 48, "f", -1),
    ]

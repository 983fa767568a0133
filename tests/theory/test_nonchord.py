"""Non-chord tones: each kind, drawn."""

from __future__ import annotations

import pytest
from drawn_choir import choir

from stretto.score.model import Score
from stretto.theory.nonchord import non_chord_tones


def told(score: Score) -> list[tuple[int, float, str, bool]]:
    """Part, quarter where it is foreign, kind, accented."""
    return [(int(score.notes["part"][t.note]), t.tick / 24, t.kind, t.accented) for t in non_chord_tones(score)]


INNER = ("G4:2 G4:2", "E4:2 D4:2", "C3:2 G3:2")
"""I for two quarters, V for two."""


@pytest.mark.parametrize(
    ("soprano", "others", "expected"),
    [
        ("C5:1/2 D5:1/2 E5 D5:2", INNER, (0, 0.5, "passing", False)),
        ("E5:1/2 F5:1/2 E5 D5:2", INNER, (0, 0.5, "neighbour", False)),
        ("C5:3 B4:1", INNER, (0, 2, "suspension", True)),
        ("C5:2 C5:1 B4:1", INNER, (0, 2, "suspension", True)),
        ("E5:3/2 D5:1/2 D5:2", INNER, (0, 1.5, "anticipation", False)),
        ("E5 C5:3/4 A4:1/4 B4:2", INNER, (0, 1.75, "appoggiatura", False)),
        ("E5:3/2 F5:1/2 D5:2", INNER, (0, 1.5, "escape", False)),
        ("G5:1 E5:1/2 D5:1/2 B4:2", INNER, (0, 1.5, "cambiata", False)),
        ("B4:3 C5", ("G4:2 G4:2", "D4:2 E4:2", "G3:2 C3:2"), (0, 2, "retardation", True)),
        ("C5:2 B4:2 C5:2", ("E4:2 F4:2 E4:2", "G4:2 D4:2 G4:2", "C3:6"), (3, 2, "pedal", True)),
    ],
)
def test_each_kind_is_named(soprano: str, others: tuple[str, ...], expected: tuple[int, float, str, bool]) -> None:
    assert expected in told(choir(soprano, *others, key="C major"))


def test_chord_tones_are_none() -> None:
    assert told(choir("E5 C5 D5:2", *INNER, key="C major")) == []


def test_a_suspension_goes_to_its_resolution() -> None:
    score = choir("C5:3 B4:1", *INNER, key="C major")
    (tone,) = non_chord_tones(score)
    assert (score.notes["pitch"][tone.note], score.notes["pitch"][tone.resolution]) == (72, 71)


def test_names_do_not_change_when_all_is_moved() -> None:
    score = choir("C5:1/2 D5:1/2 E5:2 D5:1", *INNER, meter="4/4")
    for up in range(1, 12):
        notes = score.notes.copy()
        notes["pitch"] += up
        notes["fifths"] = 127
        assert told(score.evolve(notes=notes)) == told(score) != []

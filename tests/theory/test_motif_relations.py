"""Motifs that come back turned, stretched, backwards or early."""

from __future__ import annotations

import pytest
from drawn_choir import choir

from stretto.score.model import Score
from stretto.theory.motif_relations import Relation, relations_of
from stretto.theory.motifs import Line, recurrences

MOTIF = "C5 D5:1/2 E5:1/2 G5 E5 F5:2"


def second_of(later: str, *, rest: str = "r:6") -> list[Relation]:
    """What the second part makes of the motif in the first."""
    score = choir(MOTIF, f"{rest} {later}", meter="")
    return [r for r in relations_of(score) if r.part == 1]


@pytest.mark.parametrize(
    ("later", "kind", "up"),
    [
        ("G4 A4:1/2 B4:1/2 D5 B4 C5:2", "transposition", -5),
        ("C5 B4:1/2 A4:1/2 F4 A4 G4:2", "inversion", 0),
        ("C4:2 D4 E4 G4:2 E4:2 F4:4", "augmentation", -12),
        ("C5:1/2 D5:1/4 E5:1/4 G5:1/2 E5:1/2 F5", "diminution", 0),
        ("F5:2 E5 G5 E5:1/2 D5:1/2 C5", "retrograde", 0),
        ("G4:2 A4 F4 A4:1/2 B4:1/2 C5", "retrograde inversion", 0),
    ],
)
def test_a_motif_is_known_however_it_comes_back(later: str, kind: str, up: int) -> None:
    (found,) = second_of(later)
    assert (found.kind, found.up, found.n_notes, found.source_start, found.source_end) == (kind, up, 6, 0, 144)
    assert found.start == 144 and not found.stretto


def test_an_entry_before_the_motif_ends_is_stretto() -> None:
    (found,) = second_of("G4 A4:1/2 B4:1/2 D5 B4 C5:2", rest="r:2")
    assert found.kind == "transposition" and found.stretto and found.start == 48


def test_another_rhythm_or_contour_is_no_motif() -> None:
    assert second_of("C5:1/2 D5 E5:1/2 G5 E5 F5:2") == []
    assert second_of("C5 D5:1/2 E5:1/2 C5 B4 A4:2") == []


def test_a_turned_scale_is_no_inversion() -> None:
    """Six quarters down answer six up by chance; they count where they go on for eight."""
    up, down = "C4 D4 E4 F4 G4 A4 B4 C5", "C5 B4 A4 G4 F4 E4 D4 C4"
    short = choir(" ".join(up.split()[:6]), "r:6 " + " ".join(down.split()[:6]), meter="")
    assert {r.kind for r in relations_of(short)} <= {"transposition"}
    assert "inversion" in {r.kind for r in relations_of(choir(up, f"r:8 {down}", meter=""))}


def test_moving_all_voices_changes_nothing() -> None:
    """Transposition keeps every relation."""

    def told(score: Score) -> list[tuple[object, ...]]:
        return [(r.kind, r.part, r.start, r.source, r.source_start, r.up, r.n_notes) for r in relations_of(score)]

    score = choir(MOTIF, "r:3 C5 B4:1/2 A4:1/2 F4 A4 G4:2", meter="")
    notes = score.notes.copy()
    notes["pitch"] += 3
    assert told(score) == told(score.evolve(notes=notes)) != []


def test_plain_returns_are_those_of_motifs() -> None:
    """The same runs as `recurrences` finds, diagonal by diagonal."""
    score = choir(MOTIF + " " + MOTIF, "r:3 G4 A4:1/2 B4:1/2 D5 B4 C5:2", meter="")
    lines = [Line.of(score.notes[score.notes["part"] == part]) for part in range(2)]
    ours = {(r.part, r.start, r.source, r.start - r.source_start, r.n_notes) for r in relations_of(score)
            if r.kind == "transposition"}  # fmt: skip
    assert ours == {(r.part, r.start, r.source, r.lag, r.n_notes) for r in recurrences(lines)}

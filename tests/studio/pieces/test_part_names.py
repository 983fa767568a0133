"""Parts are called by one name wherever the page speaks of them."""

from __future__ import annotations

import pytest

pytest.importorskip("fastapi", reason="needs pip install -e '.[studio]'")

from stretto.score.model import Meter, Part, Score
from stretto.studio.pieces.documents import document_of, view_of
from stretto.studio.pieces.part_names import in_a_sentence, names_of_voices, part_names


def score(*lines: tuple[str, tuple[int, ...]]) -> Score:
    """Quarter notes, a part for each line."""
    rows = [
        (24 * i, 24, pitch, 0, part, 1, 1, 64, 0)
        for part, (_, pitches) in enumerate(lines)
        for i, pitch in enumerate(pitches)
    ]
    return Score.build(rows, [Part(name=name) for name, _ in lines], meters=[Meter()])


def test_parts_of_one_name_are_numbered_and_those_without_are_called_by_their_place() -> None:
    made = score(("Voice", (72,)), ("", (67,)), ("Voice ", (60,)), ("Bass", (48,)))
    assert part_names(made) == ["Voice 1", "Part 2", "Voice 2", "Bass"]
    assert [part["name"] for part in view_of(document_of(made))["parts"]] == part_names(made)


def test_no_two_parts_are_called_alike_whatever_their_names() -> None:
    made = score(*((name, (60,)) for name in ("Piano", "Piano 2", "Piano", "", "Part 4", "Part 5")))
    assert part_names(made) == ["Piano 1", "Piano 2", "Piano 3", "Part 4 1", "Part 4 2", "Part 5"]


def test_within_a_sentence_a_plain_word_is_small_and_has_an_article() -> None:
    names = ["Soprano", "right hand", "Voice 1", "Violin II", "Part 3", "S"]
    assert [in_a_sentence(name) for name in names] == [
        "the soprano", "the right hand", "Voice 1", "Violin II", "Part 3", "S",
    ]  # fmt: skip


def heard(*lines: tuple[str, tuple[int, ...]]) -> list[tuple[str, tuple[int, int]]]:
    return [(voice, (24 * i, pitch)) for voice, pitches in lines for i, pitch in enumerate(pitches)]


def test_a_voice_is_called_as_the_part_that_has_its_notes() -> None:
    """Also where two meet on one note, and where an instrument goes with the lowest."""
    written = score(("Voice", (72, 67)), ("Voice", (67, 67)), ("Contrabass", (67, 67)))
    found = names_of_voices(written, heard(("soprano", (72, 67)), ("alto", (67, 67))))
    assert found == {"soprano": "Voice 1", "alto": "Voice 2"}


def test_voices_that_share_a_part_or_stand_elsewhere_keep_their_own_names() -> None:
    written = score(("Choir", (72,)), ("Choir", (48,)))
    chords = written.evolve(notes=written.notes.copy())
    chords.notes["part"] = 0
    assert names_of_voices(chords, heard(("soprano", (72,)), ("bass", (48,)))) == {}
    assert names_of_voices(written, heard(("soprano", (73,)), ("bass", (48,)))) == {"bass": "Choir 2"}

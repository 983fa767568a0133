"""What the page selects in the words of the verbs, and how what they make is set into the piece."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("fastapi", reason="needs pip install -e '.[studio]'")

from stretto.errors import RequestError
from stretto.score.model import Clef, Mark, Part, Score
from stretto.score.text import read_text
from stretto.studio.candidates import jobs_of
from stretto.studio.documents import document_of
from stretto.studio.joining import only_within
from stretto.studio.piece_messages import Selection, Wish
from stretto.studio.wording import arguments_of, to_harmonize

HANDS = """
meter: 4/4

part: Piano
staves: 2
voice: 1 staff 1
  1 | C5 D5 E5 F5 |
  2 | G5w |
  3 | C5w |
voice: 2 staff 2
  1 | C3h E3 |
  2 | G3w |
  3 | C3w |
"""


def hands() -> Score:
    return read_text(HANDS.encode(), "hands.txt")


def line(*notes: tuple[int, int, int], end: int = 288) -> Score:
    """One part; a note is its onset, duration and pitch."""
    rows = [(onset, duration, pitch, 80, 0, 1, 1, 127, 0) for onset, duration, pitch in notes]
    return Score.build(rows, [Part(name="Soprano")], end=end)


def wish(verb: str, **more: Any) -> Wish:
    return Wish.model_validate({"revision": 1, "verb": verb, **more})


def notes(score: Score) -> list[tuple[int, int, int]]:
    return [(int(n["onset"]), int(n["duration"]), int(n["pitch"])) for n in score.notes]


def test_a_hand_of_a_pianist_is_opened_alone() -> None:
    """Its staff is selected, or the other is kept."""
    bars = {"start": 96, "end": 192, "parts": [0]}
    told = arguments_of(hands(), wish("infill", selection={**bars, "staves": [2]}))
    assert (told["bars"], told["parts"]) == ("2-2", ["left hand"])
    assert arguments_of(hands(), wish("infill", selection=bars, keep_staves=[2]))["parts"] == ["right hand"]
    assert arguments_of(hands(), wish("infill", selection=bars))["parts"] == []
    with pytest.raises(RequestError, match="let one be open"):
        arguments_of(hands(), wish("infill", selection={**bars, "staves": [2]}, keep_staves=[2]))


def test_what_varies_is_what_is_selected_and_not_kept() -> None:
    bars = {"start": 0, "end": 96, "parts": [0], "staves": [1]}
    assert arguments_of(hands(), wish("vary", selection=bars))["keep"] == ["left hand"]
    assert arguments_of(hands(), wish("vary", keep_staves=[1]))["keep"] == ["right hand"]
    assert arguments_of(hands(), wish("harmonize", keep_staves=[1]))["keep"] == ["right hand"]


def test_new_bars_begin_and_end_where_nothing_is_held_over() -> None:
    """A note over the edge of the selection, in the old version or in the new one, stays whole."""
    before = line((0, 96, 60), (96, 24, 62), (120, 24, 64), (144, 72, 65), (216, 72, 67))
    after = line((0, 120, 70), (120, 24, 71), (144, 24, 72), (168, 24, 73), (192, 96, 74))
    found = only_within(before, after, Selection(start=96, end=192, parts=[0]))
    assert notes(found) == [(0, 96, 60), (96, 24, 62), (120, 24, 71), (144, 72, 65), (216, 72, 67)]
    assert found.end == before.end


def test_new_bars_without_a_joint_leave_the_piece_alone() -> None:
    before, after = line((0, 288, 60)), line((0, 48, 70), (48, 240, 71))
    assert only_within(before, after, Selection(start=96, end=192)) == before


def test_one_hand_is_set_in_and_the_other_stays() -> None:
    before = hands()
    changed = before.notes.copy()
    changed["pitch"] += 1
    found = only_within(before, before.evolve(notes=changed), Selection(start=96, end=192, parts=[0], staves=[2]))
    assert notes(found) == [(o, d, 56) if (o, p) == (96, 55) else (o, d, p) for o, d, p in notes(before)]


def test_a_slur_over_the_edge_of_new_bars_is_drawn_in() -> None:
    slur = Mark(kind="slur", tick=48, end=144, part=0, voice=1, staff=1, pitch=60, end_pitch=63)
    before = line((0, 48, 59), (48, 24, 60), (72, 24, 61), (96, 48, 62), (144, 48, 63), (192, 96, 64))
    before = before.evolve(marks=(slur,))
    after = line((0, 96, 70), (96, 96, 71), (192, 96, 72))
    found = only_within(before, after, Selection(start=96, end=192))
    assert [(mark.tick, mark.end, mark.end_pitch) for mark in found.marks] == [(48, 72, 61)]


def test_empty_parts_are_written_when_a_melody_is_harmonized() -> None:
    """Not kept beside four new ones."""
    names = ("Soprano", "Alto", "Tenor", "Bass")
    rows = [(0, 96, 67, 80, 0, 1, 1, 127, 0)]
    score = Score.build(
        rows, [Part(name=name, program=52) for name in names], end=96, clefs=[Clef(part=part) for part in range(4)]
    )
    bare = to_harmonize(score)
    assert [part.name for part in bare.parts] == ["Soprano"]
    assert bare.clefs == (Clef(part=0),)
    assert jobs_of(document_of(score), wish("harmonize"))[0].arguments["ensemble"] == "choir"
    assert to_harmonize(hands()) is not None and len(to_harmonize(hands()).parts) == 1

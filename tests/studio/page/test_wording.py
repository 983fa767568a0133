"""What the page selects in the words of the verbs, and how what they make is set into the piece."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("fastapi", reason="needs pip install -e '.[studio]'")

from stretto.errors import RequestError
from stretto.score.model import Clef, Part, Score
from stretto.score.text import read_text
from stretto.studio.page.candidates import jobs_of
from stretto.studio.page.piece_messages import Wish
from stretto.studio.page.wording import arguments_of, to_harmonize
from stretto.studio.pieces.documents import document_of, ensemble_of

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


def wish(verb: str, **more: Any) -> Wish:
    return Wish.model_validate({"revision": 1, "verb": verb, **more})


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
    told = arguments_of(hands(), wish("vary", selection=bars))
    assert (told["bars"], told["keep"]) == ("1-1", ["left hand"])
    assert "bars" not in arguments_of(hands(), wish("vary"))
    assert arguments_of(hands(), wish("vary", keep_staves=[1]))["keep"] == ["right hand"]
    assert arguments_of(hands(), wish("harmonize", keep_staves=[1]))["keep"] == ["right hand"]


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


def test_a_quartet_is_known_by_the_names_of_its_players() -> None:
    """Kern says no programs."""
    names = ("[Violini 1]", "[Violini 2]", "[Viole]", "[Violoncelli]")
    rows = [(0, 96, pitch, 80, part, 1, 1, 127, 0) for part, pitch in enumerate((76, 67, 60, 48))]
    score = Score.build(rows, [Part(name=name) for name in names], end=96)
    assert ensemble_of(score) == "quartet"
    assert ensemble_of(score.evolve(parts=tuple(Part(name=name) for name in "SATB"))) == "choir"


def choir(*names: str, pitches: tuple[int, ...]) -> Score:
    rows = [(0, 96, pitch, 80, part, 1, 1, 127, 0) for part, pitch in enumerate(pitches)]
    return Score.build(rows, [Part(name=name) for name in names], end=96)


def test_singers_beside_an_instrument_are_heard_and_named() -> None:
    """It stays as it is, kept or not; alone it is no voice to write."""
    score = choir(*["Voice"] * 4, "Contrabass", pitches=(72, 67, 60, 52, 40))
    bars: dict[str, Any] = {"start": 0, "end": 96}
    everything = arguments_of(score, wish("infill", selection=bars))
    assert (everything["take"], everything["parts"]) == (["1", "2", "3", "4"], [])
    kept = arguments_of(score, wish("infill", selection=bars, keep=[4, 0]))
    assert kept["parts"] == ["alto", "tenor", "bass"]
    assert arguments_of(score, wish("infill", selection={**bars, "parts": [1]}))["parts"] == ["alto"]
    assert arguments_of(score, wish("vary", keep=[0, 4]))["keep"] == ["soprano"]
    with pytest.raises(RequestError, match="Contrabass is none of the four voices"):
        arguments_of(score, wish("infill", selection={**bars, "parts": [4]}))


def test_parts_are_called_by_the_voices_that_the_network_hears_in_them() -> None:
    """Wherever they stand on the page, and whatever they are called."""
    low_first = choir("Men", "Women", pitches=(50, 71))
    told = arguments_of(low_first, wish("vary", keep=[1]))
    assert (told["keep"], "take" in told) == (["soprano"], False)

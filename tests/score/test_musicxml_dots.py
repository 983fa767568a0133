"""Lengths that one note with dots says, and those that ties say better."""

from __future__ import annotations

from xml.etree import ElementTree

from stretto.score.model import Meter, Part, Score
from stretto.score.musicxml_write import write_musicxml
from stretto.score.sketch import sketch


def values(drawing: str, *, step: int = 3, meter: tuple[int, int] = (2, 4)) -> list[str]:
    """Of every note and rest its value, with its dots; r before a rest, ~ after what is tied on."""
    meters = [Meter(numerator=meter[0], denominator=meter[1])]
    score = Score.build(sketch(drawing, step=step), [Part()], meters=meters)
    found = []
    for note in ElementTree.fromstring(write_musicxml(score)[0]).iter("note"):
        tied = any(tie.get("type") == "start" for tie in note.iter("tie"))
        rest = "r" if note.find("rest") is not None else ""
        found.append(rest + note.findtext("type", "bar") + "." * len(note.findall("dot")) + "~" * tied)
    return found


def test_the_long_note_of_a_french_overture_has_two_dots() -> None:
    assert values("72 | x------x x------x") == ["eighth..", "32nd", "eighth..", "32nd"]
    assert values("72 | x------x", step=6) == ["quarter..", "16th"]


def test_a_note_that_hides_the_middle_of_a_bar_is_tied_all_the_same() -> None:
    assert values("72 | x-------x-------------x---------", meter=(4, 4))[:3] == ["quarter", "quarter~", "eighth."]


def test_rests_have_no_two_dots() -> None:
    assert values("72 | .......x x-------") == ["reighth", "r16th", "r32nd", "32nd", "quarter"]

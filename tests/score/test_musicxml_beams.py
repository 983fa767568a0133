"""Beams: what a player sees as one figure."""

from __future__ import annotations

from xml.etree import ElementTree

from stretto.score.model import Meter, Part, Score
from stretto.score.musicxml_write import write_musicxml
from stretto.score.sketch import sketch


def beams(drawing: str, *, meter: tuple[int, int] = (4, 4), step: int = 12, free: bool = True, level: int = 1) -> str:
    """Of every note that has a beam of this level its role: b begins, c continues, e ends, h a hook; - = none."""
    meters = [Meter(numerator=meter[0], denominator=meter[1])]
    score = Score.build(sketch(drawing, step=step), [Part(free_voices=free)], meters=meters)
    found = ""
    for note in ElementTree.fromstring(write_musicxml(score)[0]).iter("note"):
        role = next((beam.text or "" for beam in note.iter("beam") if beam.get("number") == str(level)), "-")
        found += "h" if "hook" in role else role[0]
    return found


def test_a_player_has_four_eighths_of_a_half_bar_under_one_beam() -> None:
    assert beams("72 | xxxxxxxx") == "bccebcce"


def test_no_beam_goes_over_the_middle_of_four_quarters() -> None:
    assert beams("72 | x-xxxxx-") == "-bebe-"


def test_singers_have_a_beam_to_each_beat() -> None:
    assert beams("72 | xxxxxxxx", free=False) == "bebebebe"


def test_three_quarters_are_one_beam_of_six() -> None:
    assert beams("72 | xxxxxx", meter=(3, 4)) == "bcccce"
    assert beams("72 | x-xxxx", meter=(3, 4)) == "-bcce"
    assert beams("72 | xxxxx-", meter=(3, 4)) == "bcce-"


def test_two_quarters_are_one_beam_of_four() -> None:
    assert beams("72 | xxxx", meter=(2, 4)) == "bcce"


def test_beats_with_sixteenths_or_rests_are_not_joined_to_eighths() -> None:
    assert beams("72 | x-x-xxxx", meter=(2, 4), step=6) == "bebcce"
    assert beams("72 | x.xx", meter=(2, 4)) == "--be"


def test_three_eighths_after_a_rest_are_one_figure() -> None:
    assert beams("72 | .xxxxxx.") == "-bcebce-"


def test_a_pickup_of_an_eighth_stands_alone_before_a_joined_bar() -> None:
    notes = sketch("72 | xxxxx", step=12)
    score = Score.build(notes, [Part(free_voices=True)], meters=[Meter(numerator=2)], pickup=12)
    found = [note.findtext("beam") for note in ElementTree.fromstring(write_musicxml(score)[0]).iter("note")]
    assert found[:5] == [None, "begin", "continue", "continue", "end"]


def test_32nds_of_a_beat_are_two_groups_under_one_eighths_beam() -> None:
    bar = "72 | xxxxxxxx"
    assert beams(bar, meter=(1, 4), step=3) == "bcccccce"
    assert beams(bar, meter=(1, 4), step=3, level=2) == "bccebcce"
    assert beams(bar, meter=(1, 4), step=3, level=3) == "bccebcce"


def test_triplets_of_sixteenths_under_a_long_beam_are_told_apart() -> None:
    bar = "72 | xxxxxxxxx"
    assert beams(bar, meter=(3, 8), step=4) == "bccccccce"
    assert beams(bar, meter=(3, 8), step=4, level=2) == "bcebcebce"

"""Where rests stand on a staff of two voices."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np

from stretto.render.shared_rests import share_rests
from stretto.score.model import Clef, Meter, Part, Score, sort_notes
from stretto.score.musicxml_write import write_musicxml
from stretto.score.sketch import sketch


def places(upper: str, lower: str) -> list[str]:
    """Of every rest that is printed its voice, its value, and the note on whose height it stands; - = the printer's."""
    notes = [sketch(drawing, step=12) for drawing in (upper, lower)]
    notes[1]["voice"] = 2
    score = Score.build(sort_notes(np.concatenate(notes)), [Part()], meters=[Meter()], clefs=[Clef()])
    root = ElementTree.fromstring(share_rests(write_musicxml(score)[0].decode("utf-8")))
    found = []
    for note in root.iter("note"):
        rest = note.find("rest")
        if rest is not None and note.get("print-object") != "no":
            height = rest.findtext("display-step", "-") + rest.findtext("display-octave", "")
            found.append(f"{note.findtext('voice')} {note.findtext('type')} {height}")
    return found


def test_two_voices_that_rest_together_have_one_rest_on_the_middle_line() -> None:
    assert places("72 | x-..x---", "60 | x-..x---") == ["1 quarter B4"]


def test_a_voice_that_rests_while_another_sounds_makes_room_for_it() -> None:
    assert places("72 | x-..x---", "60 | x-------") == ["1 quarter -"]


def test_rests_of_unlike_lengths_stay_apart() -> None:
    assert places("72 | x-..x---", "60 | x---....") == ["1 quarter -", "2 half -"]


def test_a_rest_that_is_alone_on_the_staff_stands_in_its_middle() -> None:
    """The second voice's rests there are not printed."""
    notes = [sketch(drawing, step=12) for drawing in ("72 | x-..x---", "60 | x-......")]
    notes[1]["voice"] = 2
    parts = [Part(free_voices=True)]
    score = Score.build(sort_notes(np.concatenate(notes)), parts, meters=[Meter()], clefs=[Clef()])
    root = ElementTree.fromstring(share_rests(write_musicxml(score)[0].decode("utf-8")))
    seen = [note.find("rest") for note in root.iter("note") if note.get("print-object") != "no"]
    assert [rest.findtext("display-step") for rest in seen if rest is not None] == ["B"]

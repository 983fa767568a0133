"""Rests and numbers of voices that come and go."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import numpy as np

from stretto.score.formats import read_score
from stretto.score.model import Meter, Part, Score, sort_notes
from stretto.score.musicxml_write import write_musicxml
from stretto.score.sketch import sketch


def two_voices(upper: str, lower: str, *, step: int = 12, free: bool = True) -> Score:
    """One bar of 4/4 on one staff."""
    notes = [sketch(drawing, step=step) for drawing in (upper, lower)]
    notes[1]["voice"] = 2
    return Score.build(sort_notes(np.concatenate(notes)), [Part(free_voices=free)], meters=[Meter()])


def rests(score: Score) -> list[tuple[str, str, bool]]:
    """(voice, value, whether it is printed) of all rests."""
    return [
        (note.findtext("voice", ""), note.findtext("type", "bar"), note.get("print-object") != "no")
        for note in written(score).iter("note")
        if note.find("rest") is not None
    ]


def written(score: Score) -> Element:
    return ElementTree.fromstring(write_musicxml(score)[0])


def test_a_second_voice_rests_unseen_while_the_first_sounds() -> None:
    assert rests(two_voices("72 | x-x-x-x-", "60 | x-------"[:9] + "...")) == [("2", "half", False)]


def test_singers_rests_are_all_printed() -> None:
    assert rests(two_voices("72 | x-x-x-x-", "60 | x---....", free=False)) == [("2", "half", True)]


def test_a_rest_that_leads_in_is_printed() -> None:
    """The eighth rest over the bass before an offbeat chord; not the rests that fill the bar after it."""
    found = rests(two_voices("72 | .x......", "48 | x-------"))
    assert found[0] == ("1", "eighth", True)
    assert found[1:] and all(not seen for _, _, seen in found[1:])


def test_of_two_rests_together_the_one_that_leads_in_is_printed() -> None:
    """An eighth rest below before a held note, a quarter rest above before a chord over it."""
    found = rests(two_voices("72 | ..x---x-", "60 | .x-----x"))
    assert found == [("1", "quarter", False), ("2", "eighth", True)]


def test_silence_of_all_is_printed_once_at_least() -> None:
    found = rests(two_voices("72 | x-x-....", "48 | x---...."))
    assert ("1", "half", True) in found


def test_a_triplet_of_two_voices_is_numbered_once() -> None:
    score = two_voices("72 | x-x-x-x-----x-----x-----", "60 | x---..x-----x-----x-----", step=4)
    shown = [tuplet.get("show-number") for tuplet in written(score).iter("tuplet") if tuplet.get("type") == "start"]
    assert shown == [None, "none"]
    assert rests(score) == [("2", "eighth", False)]


def test_a_short_first_bar_has_a_rest_of_its_own_length() -> None:
    notes = sketch("72 | x-x-x-x-x-", step=12)
    parts = [Part(), Part()]
    score = Score.build(notes, parts, meters=[Meter()], pickup=24, end=120)
    silent = ElementTree.tostring(written(score)[-1][0], encoding="unicode")
    assert "<type>quarter</type>" in silent
    assert "measure=" not in silent


def test_the_notes_come_back_whatever_is_printed(tmp_path) -> None:  # type: ignore[no-untyped-def]
    score = two_voices("72 | .x..x-x-", "48 | x---x...")
    (tmp_path / "a.musicxml").write_bytes(write_musicxml(score)[0])
    back = read_score(tmp_path / "a.musicxml")
    columns = ["onset", "duration", "pitch", "voice"]
    assert back.notes[columns].tolist() == score.notes[columns].tolist()
    assert back.parts[0].free_voices
    assert replace(back.parts[0], free_voices=False) == back.parts[0]


def test_a_line_that_goes_on_in_another_voice_does_not_wait_for_it() -> None:
    """The second voice begins where the first one's note ends; the rest above it, before the last note, is seen."""
    found = rests(two_voices("72 | x--..x..", "60 | ...x-..."))
    assert ("2", "eighth", True) not in found
    assert ("1", "eighth", True) in rests(two_voices("72 | x--..x..", "60 | ...x---."))

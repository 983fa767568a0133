"""Lines of trills in MusicXML: each ends where the file says, and none runs on to the end of the piece."""

from __future__ import annotations

from dataclasses import replace

from stretto.score.model import Mark, Part, Score
from stretto.score.musicxml_read import read_musicxml
from stretto.score.musicxml_write import write_musicxml

WHOLE = 96
PART = "<part-list><score-part id='P1'><part-name/></score-part></part-list>"
TIME = "<attributes><divisions>1</divisions><time><beats>4</beats><beat-type>4</beat-type></time></attributes>"


def note(step: str, *lines: str, voice: int = 1) -> str:
    """A whole note on which lines begin or end, in this order."""
    ends = "".join(f"<wavy-line type='{kind}' number='1'/>" for kind in lines)
    signs = f"<notations><ornaments>{ends}</ornaments></notations>" if lines else ""
    pitch = f"<pitch><step>{step}</step><octave>4</octave></pitch>"
    return f"<note>{pitch}<duration>4</duration><voice>{voice}</voice><type>whole</type>{signs}</note>"


def lines_of(*bars: str) -> list[tuple[int, int]]:
    """Where the trills of a part begin and end, in bars from 0."""
    measures = "".join(f"<measure>{TIME if i == 0 else ''}{bar}</measure>" for i, bar in enumerate(bars))
    data = f"<score-partwise>{PART}<part id='P1'>{measures}</part></score-partwise>"
    found = [mark for mark in read_musicxml(data.encode(), "a.musicxml").marks if mark.text == "wavy-line"]
    return [(mark.tick // WHOLE, mark.end // WHOLE) for mark in found]


def test_a_line_that_begins_and_ends_on_one_note_is_not_joined_to_the_next() -> None:
    backup = "<backup><duration>4</duration></backup>"
    other_voice = note("F", "start") + backup + note("G", "stop", voice=2)
    assert lines_of(other_voice, note("C"), note("D", "start", "stop"), note("C"), note("E", "start", "stop")) == [
        (0, 0), (2, 2), (4, 4),
    ]  # fmt: skip


def test_a_line_ends_on_the_note_on_which_another_begins() -> None:
    assert lines_of(note("C", "start"), note("D", "stop", "start"), note("E", "stop")) == [(0, 1), (1, 2)]


def test_a_line_whose_end_is_lost_ends_with_its_note() -> None:
    assert lines_of(note("C"), note("D", "start"), note("E"), note("F")) == [(1, 1)]
    assert lines_of(note("C"), note("D", "stop"), note("E")) == []


def test_lines_of_every_length_come_back_as_they_were() -> None:
    notes = [(WHOLE * i, WHOLE, 60 + i, 0, 0, 1, 1, 0, 0) for i in range(4)]
    ends = [(0, 1), (1, 1), (2, 2), (2, 3)]
    line = Mark(kind="ornament", text="wavy-line", tick=0, voice=1, staff=1, part=0)
    marks = [replace(line, tick=WHOLE * a, end=WHOLE * b, pitch=60 + a, end_pitch=60 + b) for a, b in ends]
    data, lost = write_musicxml(Score.build(notes, [Part()], marks=marks))
    assert not [notice for notice in lost if "name" not in notice.what]
    found = [mark for mark in read_musicxml(data, "a.musicxml").marks if mark.text == "wavy-line"]
    assert sorted((mark.tick // WHOLE, mark.end // WHOLE) for mark in found) == ends

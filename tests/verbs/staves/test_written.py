"""Music by staves as a score: what is written, and that it comes back from a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from music21 import converter

from stretto.frames.plan import Plan
from stretto.frames.staves import STAFF_NOTE, StaffMusic, staff_music
from stretto.score.formats import read_score, write_score
from stretto.score.model import Mark, Score
from stretto.score.sketch import sketch
from stretto.theory.key import parse_key
from stretto.verbs.staves.written import written_keyboard, written_quartet


def music(*staves: str, step: int = 12, end: int = 0) -> StaffMusic:
    """A drawing for each staff, from the top."""
    rows = [
        (int(note["onset"]), int(note["duration"]), int(note["pitch"]), staff)
        for staff, drawing in enumerate(staves)
        for note in sketch(drawing, step=step)
    ]
    notes = np.array(rows, STAFF_NOTE)
    end = end or int((notes["onset"] + notes["duration"]).max())
    return staff_music(notes, end=end, n_staves=len(staves))[0]


def plan(*meters: str, starts: tuple[int, ...], **rest: Any) -> Plan:
    return Plan(bar_starts=starts, bar_meters=meters, **rest)


WALTZ = music(
    """
    76 | x---..|x-x---
    72 | x---..|x-----
    67 | ....x-|......
    """,
    """
    60 | ..x-x-|..x-x-
    55 | ..x-x-|..x-x-
    48 | x-....|x-----
    """,
)
WALTZ_PLAN = plan("3/4", "3/4", starts=(0, 72), tonic=0, mode="major", end=144)

SORTED = ["onset", "duration", "pitch", "part", "staff"]


def test_right_and_left_hand_are_the_staves_of_one_piano() -> None:
    score = written_keyboard(WALTZ, WALTZ_PLAN)
    assert [(part.name, part.n_staves, part.program) for part in score.parts] == [("Piano", 2, 0)]
    rows = zip(*(score.notes[name].tolist() for name in ("onset", "duration", "pitch", "staff")), strict=True)
    given = zip(*(WALTZ.notes[name].tolist() for name in ("onset", "duration", "pitch", "staff")), strict=True)
    assert sorted(rows) == sorted((onset, length, pitch, staff + 1) for onset, length, pitch, staff in given)


def test_a_held_bass_is_a_voice_of_its_own_and_a_struck_one_is_not() -> None:
    score = written_keyboard(WALTZ, WALTZ_PLAN)
    left = score.notes[score.notes["staff"] == 2]
    assert left["voice"][left["onset"] < 72].tolist() == [5] * 5
    assert left["voice"][(left["onset"] >= 72) & (left["pitch"] == 48)].tolist() == [6]


def test_the_score_has_the_plans_bars_key_and_tempo() -> None:
    score = written_keyboard(
        WALTZ, plan("3/4", "2/4", "3/4", starts=(0, 24, 72), pickup=24, tonic=9, mode="minor", end=144), tempo=76
    )
    assert [(bar.tick, bar.number, bar.barline) for bar in score.bars] == [(0, 0, ""), (24, 1, ""), (72, 2, "final")]
    assert [(meter.tick, meter.numerator) for meter in score.meters] == [(0, 3), (24, 2), (72, 3)]
    assert [(key.fifths, key.mode) for key in score.keys] == [(0, "minor")]
    assert [(tempo.qpm, tempo.unit) for tempo in score.tempos] == [(76, "quarter")]


@pytest.mark.parametrize(
    ("meter", "asked", "unit"),
    [
        ("6/8", 99, "quarter."),
        ("6/8", 100, "quarter"),
        ("2/2", 76, "half"),
        ("2/2", 75, "quarter"),
        ("4/4", 97.3, "quarter"),
    ],
)
def test_a_metronome_counts_the_beat_of_the_metre_where_that_is_whole_and_never_changes_the_tempo(
    meter: str, asked: float, unit: str
) -> None:
    tempos = written_keyboard(WALTZ, plan(meter, meter, starts=(0, 72)), tempo=asked).tempos
    assert [(float(tempo.qpm), tempo.unit) for tempo in tempos] == [(asked, unit)]


def test_names_of_notes_follow_the_key() -> None:
    rising = music("66 | x-x-|....\n68 | ....|x-x-", "54 | x---|x---")
    names = {
        key: set(written_keyboard(rising, Plan(), key=parse_key(key)).notes["fifths"].tolist()) for key in ("Gb", "F#")
    }
    assert names == {"Gb": {-6, -4}, "F#": {6, 8}}


def test_marks_are_kept() -> None:
    mark = Mark(kind="dynamic", text="mf", tick=0, part=0, staff=1)
    assert mark in written_keyboard(WALTZ, WALTZ_PLAN, marks=[mark]).marks


def test_without_a_metre_one_is_found() -> None:
    assert written_keyboard(WALTZ, Plan()).meters


def test_no_notes_are_a_page_of_rests() -> None:
    empty = StaffMusic(notes=np.zeros(0, STAFF_NOTE), end=192, n_staves=2)
    score = written_keyboard(empty, plan("4/4", "4/4", starts=(0, 96)))
    assert (len(score.notes), len(score.bars), score.end) == (0, 2, 192)


QUARTET = music(
    "76 | x-x-x-x-",
    "67 | x-------\n74 | x-x-x---",
    "60 | x---x---",
    "36 | x---....\n43 | x---....\n48 | ....x---",
)


def test_a_quartet_is_four_parts_with_their_clefs() -> None:
    score = written_quartet(QUARTET, plan("4/4", starts=(0,)))
    assert [part.name for part in score.parts] == ["Violin I", "Violin II", "Viola", "Violoncello"]
    assert [(clef.sign, clef.line) for clef in score.clefs] == [("G", 2), ("G", 2), ("C", 3), ("F", 4)]


def test_double_stops_are_chords_or_two_voices_as_they_last() -> None:
    score = written_quartet(QUARTET, plan("4/4", starts=(0,)))
    voices = [set(score.notes["voice"][score.notes["part"] == part].tolist()) for part in range(4)]
    assert voices == [{1}, {1, 2}, {1}, {1}]


TRIPLETS = music(
    """
    84 | x-------|----....|........|............
    72 | x-x-x-x-|x-x-....|x-xxx-x-|x---x-------
    """,
    """
    60 | ......x-|----....|x-......|............
    48 | x-----x-|----x---|x-----x-|x-----......
    """,
    step=4,
)


@pytest.mark.parametrize(
    ("score"),
    [
        written_keyboard(WALTZ, WALTZ_PLAN),
        written_keyboard(TRIPLETS, plan("4/4", "2/4", starts=(0, 96), end=144)),
        written_quartet(QUARTET, plan("4/4", starts=(0,))),
    ],
    ids=["waltz", "triplets", "quartet"],
)
def test_a_file_gives_the_score_back_and_music21_reads_the_same(score: Score, tmp_path: Path) -> None:
    write_score(score, tmp_path / "a.musicxml")
    back = read_score(tmp_path / "a.musicxml")
    assert back.notes.tolist() == score.notes.tolist()
    assert (back.parts, back.meters, back.keys, back.clefs) == (score.parts, score.meters, score.keys, score.clefs)
    heard = sorted(heard_by_music21(tmp_path / "a.musicxml"))
    columns = (score.notes[name].tolist() for name in ("onset", "pitch", "duration"))
    assert heard == sorted(zip(*columns, strict=True))


def heard_by_music21(path: Path) -> list[tuple[int, int, int]]:
    """(onset, pitch, duration) of all notes, ties joined."""
    found: list[tuple[int, int, int]] = []
    for part in converter.parse(path).parts:
        open_ties: dict[tuple[int, int], int] = {}
        for note in part.flatten().notes:
            onset, length = round(note.offset * 24), round(note.duration.quarterLength * 24)
            for one in note.notes if note.isChord else [note]:
                tie = one.tie.type if one.tie is not None else ""
                if tie in ("stop", "continue"):
                    place = open_ties.pop((one.pitch.midi, onset))
                    onset_before, _, length_before = found[place]
                    found[place] = (onset_before, one.pitch.midi, length_before + length)
                else:
                    place = len(found)
                    found.append((onset, one.pitch.midi, length))
                if tie in ("start", "continue"):
                    open_ties[one.pitch.midi, onset + length] = place
    return found

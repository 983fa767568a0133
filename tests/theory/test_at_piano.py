"""Piano music without staves on two of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from stretto.score.model import Meter, Part, Score, sort_notes
from stretto.score.sketch import sketch
from stretto.theory.at_piano import at_piano, is_played, lacks_staves, on_two_staves

UPPER = """
    72 | x-x-x-x-
    67 | x-x-x-x-
"""
LOWER = """
    48 | x---x---
    43 | x-------
"""


def piano(*drawings: str, program: int = 0) -> Score:
    """A MIDI file's tracks."""
    notes = np.concatenate([sketch(drawing, step=12, part=part) for part, drawing in enumerate(drawings)])
    return Score.build(sort_notes(notes), [Part(program=program) for _ in drawings], meters=[Meter()])


def test_one_track_is_shared_between_two_hands() -> None:
    score = piano(UPPER + LOWER)
    assert lacks_staves(score)
    found, said = at_piano(score)
    assert [part.n_staves for part in found.parts] == [2]
    staff_of = dict(zip(found.notes["pitch"].tolist(), found.notes["staff"].tolist(), strict=True))
    assert staff_of == {72: 1, 67: 1, 48: 2, 43: 2}
    assert said == ["hands: of 11 notes 8 for the right hand, 3 for the left"]
    assert [(clef.staff, clef.sign) for clef in found.clefs] == [(1, "G"), (2, "F")]


def test_two_tracks_are_two_staves_with_voices_where_they_are_needed() -> None:
    found, said = at_piano(piano(UPPER, LOWER))
    assert said == ["hands: the two tracks are a piano's two staves"]
    rows = zip(*(found.notes[name].tolist() for name in ("pitch", "staff", "voice")), strict=True)
    assert set(rows) == {(72, 1, 1), (67, 1, 1), (48, 2, 5), (43, 2, 6)}


def test_every_note_keeps_its_time_and_pitch() -> None:
    score = piano(UPPER + LOWER)
    found, _ = at_piano(score)
    columns = ["onset", "duration", "pitch"]
    assert sorted(found.notes[columns].tolist()) == sorted(score.notes[columns].tolist())


def test_a_melody_stays_on_one_staff() -> None:
    score = piano("72 | x.x.x.x.\n48 | .x.x.x.x")
    assert at_piano(score)[0] is score


def test_two_lines_of_one_register_stay_two_parts() -> None:
    score = piano("64 | x-x-x-x-", "62 | x-x-x-x-")
    assert at_piano(score)[0] is score


def test_what_has_staves_or_names_or_is_for_other_players_is_not_touched() -> None:
    score = piano(UPPER + LOWER)
    named = score.notes.copy()
    named["fifths"] = 0
    assert not lacks_staves(score.evolve(notes=named))
    assert is_played(score.evolve(notes=named))
    assert not lacks_staves(score.evolve(parts=(replace(score.parts[0], n_staves=2),)))
    assert not lacks_staves(piano(UPPER + LOWER, program=40))


def test_hands_that_are_known_need_not_be_found() -> None:
    """A track that plays above the other is the left hand's, if it is so said."""
    score = piano(UPPER, LOWER)
    found = on_two_staves(score, 1 - score.notes["part"].astype(np.int64))
    assert set(found.notes["pitch"][found.notes["staff"] == 1].tolist()) == {48, 43}

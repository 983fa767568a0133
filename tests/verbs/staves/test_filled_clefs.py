"""Clefs and signs of octaves where a document is filled."""

from __future__ import annotations

import numpy as np

from stretto.frames.canvas import Hole
from stretto.frames.staves import STAFF_NOTE
from stretto.score.model import Clef, Mark, Meter, Part, Score
from stretto.theory.understand import understand
from stretto.verbs.staves.document import StaffDocument, staff_document
from stretto.verbs.staves.ensemble import KEYBOARD
from stretto.verbs.staves.filling import filled

RIGHT, LEFT = 0, 1
BAR = 96


def six_bars(*, clefs: tuple[Clef, ...] = (), marks: tuple[Mark, ...] = ()) -> StaffDocument:
    """Quarters in the middle of both staves."""
    rows = [
        (24 * k, 24, pitch, 0, 0, 1 + 4 * (staff - 1), staff, 127, 0)
        for k in range(24)
        for staff, pitch in ((1, 72), (2, 48))
    ]
    own = (Clef(staff=1), Clef(staff=2, sign="F", line=4), *clefs)
    score = Score.build(rows, [Part(name="Piano", n_staves=2)], meters=[Meter()], clefs=own, marks=marks)
    return staff_document(understand(score)[0], KEYBOARD)


def with_bars_3_and_4(document: StaffDocument, staff: int, pitch: int) -> Score:
    """The document with eight quarters of about this pitch in two of its bars."""
    rows = [(2 * BAR + 24 * k, 24, pitch + k % 3, staff) for k in range(8)]
    fresh = np.zeros(len(rows), STAFF_NOTE)
    for name, column in zip(("onset", "duration", "pitch", "staff"), np.array(rows).T, strict=True):
        fresh[name] = column
    return filled(document, fresh, [Hole(part=staff, start=2 * BAR, end=4 * BAR)])


def changes(score: Score) -> list[tuple[int, int, str]]:
    return [(clef.tick // BAR, clef.staff, clef.sign) for clef in score.clefs if clef.tick > 0]


def octaves(score: Score) -> list[tuple[str, int, int, int]]:
    signs = [mark for mark in score.marks if mark.kind == "octave-shift"]
    return [(sign.text, sign.staff, sign.tick // BAR, sign.end // BAR) for sign in signs]


def test_a_left_hand_that_goes_up_has_a_treble_clef_there_and_its_own_after_it() -> None:
    found = with_bars_3_and_4(six_bars(), LEFT, 76)
    assert changes(found) == [(2, 2, "G"), (4, 2, "F")]
    assert octaves(found) == []


def test_a_right_hand_at_the_top_has_a_sign_of_octaves_over_what_is_new() -> None:
    found = with_bars_3_and_4(six_bars(), RIGHT, 98)
    assert changes(found) == []
    assert octaves(found) == [("8", 1, 2, 4)]


def test_a_left_hand_at_the_bottom_has_one_below() -> None:
    assert octaves(with_bars_3_and_4(six_bars(), LEFT, 22)) == [("-8", 2, 2, 4)]


def test_what_the_documents_clef_shows_well_changes_nothing() -> None:
    found = with_bars_3_and_4(six_bars(), LEFT, 55)
    assert changes(found) == [] and octaves(found) == []


def test_where_the_document_changes_its_clef_itself_its_clefs_stay() -> None:
    own = (Clef(tick=3 * BAR, staff=2, sign="G"), Clef(tick=4 * BAR, staff=2, sign="F", line=4))
    assert changes(with_bars_3_and_4(six_bars(clefs=own), LEFT, 76)) == [(3, 2, "G"), (4, 2, "F")]


def test_a_sign_of_octaves_that_is_there_is_not_doubled() -> None:
    sign = Mark(kind="octave-shift", text="8", part=0, staff=1, tick=BAR, end=5 * BAR)
    assert octaves(with_bars_3_and_4(six_bars(marks=(sign,)), RIGHT, 98)) == [("8", 1, 1, 5)]

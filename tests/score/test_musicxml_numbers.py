"""Numbers of tuplets that go on."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np

from stretto.score.formats import read_score, write_score
from stretto.score.model import Meter, Part, Score
from stretto.score.musicxml_write import write_musicxml
from stretto.score.sketch import sketch

TRIPLETS = "x-x-x-x-x-x-"
"""Two quarters of triplets, in steps of a sixteenth of a triplet."""
QUARTERS = "x-----x-----"
LONG_SHORT = "x---x-x---x-"


def one_line(*bars: str, free: bool = True) -> Score:
    """Bars of 2/4, a line for one staff."""
    return Score.build(sketch("72 | " + "".join(bars), step=4), [Part(free_voices=free)], meters=[Meter(numerator=2)])


def numbered(score: Score) -> list[str]:
    """For every bar, of each tuplet whether its number is printed."""
    found = []
    for measure in ElementTree.fromstring(write_musicxml(score)[0]).iter("measure"):
        starts = [tuplet for tuplet in measure.iter("tuplet") if tuplet.get("type") == "start"]
        found.append("".join("-" if tuplet.get("show-number") == "none" else "3" for tuplet in starts))
    return found


def test_triplets_that_go_on_are_numbered_until_they_are_known() -> None:
    assert numbered(one_line(*[TRIPLETS] * 5)) == ["33", "33", "--", "--", "--"]


def test_after_a_bar_without_them_they_are_numbered_again() -> None:
    score = one_line(*[TRIPLETS] * 3, QUARTERS, TRIPLETS)
    assert numbered(score) == ["33", "33", "--", "", "33"]


def test_a_triplet_without_a_beam_keeps_its_number() -> None:
    assert numbered(one_line(*[TRIPLETS] * 3, LONG_SHORT)) == ["33", "33", "--", "33"]


def test_over_the_other_hands_triplets_one_without_a_beam_is_clear_too() -> None:
    hands = [sketch(f"{pitch} | {bar * 4}", step=4) for pitch, bar in ((72, LONG_SHORT), (48, TRIPLETS))]
    hands[1]["staff"], hands[1]["voice"] = 2, 5
    parts = [Part(n_staves=2, free_voices=True)]
    score = Score.build(np.concatenate(hands), parts, meters=[Meter(numerator=2)])
    assert numbered(score) == ["3333", "3333", "----", "----"]


def test_a_voice_that_only_sings_has_all_its_numbers() -> None:
    assert numbered(one_line(*[TRIPLETS] * 4, free=False)) == ["33"] * 4


def test_notes_without_a_number_come_back_as_they_were(tmp_path) -> None:  # type: ignore[no-untyped-def]
    score = one_line(*[TRIPLETS] * 5)
    write_score(score, tmp_path / "triplets.musicxml")
    assert np.array_equal(read_score(tmp_path / "triplets.musicxml").notes["onset"], score.notes["onset"])
    assert np.array_equal(read_score(tmp_path / "triplets.musicxml").ends, score.ends)

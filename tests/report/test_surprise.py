from __future__ import annotations

import numpy as np
import pytest
from drawn_pieces import LINES, choir, hymn

from stretto.errors import RequestError
from stretto.report.surprise import surprise_of


def test_every_note_has_its_nats_where_it_stands() -> None:
    score = hymn()
    found = surprise_of(score)
    notes = {(int(n["onset"]), int(n["onset"] + n["duration"]), int(n["pitch"])) for n in score.notes}
    heard = set(zip(found.onset_N.tolist(), found.end_N.tolist(), found.pitch_N.tolist(), strict=True))
    assert heard == notes
    assert len(found.nats_N) == len(score.notes)
    assert (found.nats_N > 0).all()
    assert found.by_style == {}


def test_bars_add_up_to_the_whole() -> None:
    found = surprise_of(hymn())
    assert found.nats_per_quarter_B.sum() * 4 == pytest.approx(found.nats_per_note * len(found.nats_N), rel=1e-4)


def test_a_wrong_note_is_the_most_surprising() -> None:
    wrong = LINES[0].replace("C5 D5 C5", "C5 C#5 C5")
    found = surprise_of(choir(wrong, *LINES[1:], key="G major", fermatas=(6, 14)))
    worst = int(np.argmax(found.nats_N))
    assert (int(found.onset_N[worst]), int(found.pitch_N[worst])) == (10 * 24, 73)
    assert found.nats_per_note > surprise_of(hymn()).nats_per_note


def test_pieces_out_of_range_are_heard_transposed_and_told_where_they_stand() -> None:
    low = surprise_of(hymn())
    score = hymn()
    notes = score.notes.copy()
    notes["pitch"] += 24
    high = surprise_of(score.evolve(notes=notes))
    assert int(high.pitch_N.max()) == int(low.pitch_N.max()) + 24


def test_told_styles_a_chorale_is_taken_for_one() -> None:
    found = surprise_of(hymn(), styles=True)
    assert set(found.by_style) == {"bach", "hymn", "renaissance"}
    assert found.style == min(found.by_style, key=lambda style: found.by_style[style])


def test_what_is_not_in_four_voices_is_not_heard_and_says_why() -> None:
    with pytest.raises(
        RequestError, match="only 2 of the four voices that the network foresees are there: no alto, tenor"
    ):
        surprise_of(choir(LINES[0], LINES[3], key="G major"))


def test_what_was_expected_instead_has_that_probability_when_it_is_written() -> None:
    """All that comes before is the same, so that the figures must agree."""
    score = choir(LINES[0].replace("C5 D5 C5", "C5 C#5 C5"), *LINES[1:], key="G major", fermatas=(6, 14))
    found = surprise_of(score, instead=True)
    odd = int(np.argmax(found.nats_N))
    pitch, p = next(choice for choice in found.instead_N[odd] if choice[0] >= 0)
    assert sum(p for _, p in found.instead_N[odd]) + np.exp(-found.nats_N[odd]) <= 1 + 1e-6
    notes = score.notes.copy()
    notes["pitch"][(notes["onset"] == found.onset_N[odd]) & (notes["pitch"] == found.pitch_N[odd])] = pitch
    other = surprise_of(score.evolve(notes=notes))
    same = (other.onset_N == found.onset_N[odd]) & (other.voice_N == found.voice_N[odd])
    assert float(np.exp(-other.nats_N[same][0])) == pytest.approx(p, rel=1e-3)

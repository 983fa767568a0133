from __future__ import annotations

from collections import Counter

import pytest
from drawn_pieces import choir, hymn

from stretto.report.distributions import KINDS, added, distributions, shares

TWO = choir("C5 D5 C5:2 G5 C5:3", "C3:2 G2:2 C3:4", key="C major")


def test_moves_values_and_degrees_are_counted_by_hand() -> None:
    found = distributions(TWO)
    assert found["top_moves"] == {"+2": 1, "-2": 1, "+7": 1, "-7": 1}
    assert found["bass_moves"] == {"-5": 1, "+5": 1}
    assert found["note_values"] == {"4th": 3, "half": 3, "half.": 1, "whole": 1}
    assert found["degrees"] == {"1": 5, "2": 1, "5": 2}


def test_moves_beyond_the_edge_stand_at_the_edge() -> None:
    found = distributions(choir("C4 C5 C4 A4", key="C major"))
    assert found["top_moves"] == {">8": 2, "<-8": 1}


def test_chords_and_cadences_of_a_hymn() -> None:
    found = distributions(hymn())
    assert found["chords"].total() == 16
    assert found["chords"].most_common(1)[0][0] == "maj"
    assert found["cadences"] == {"half": 1, "perfect": 1}


def test_a_phrygian_cadence_is_counted_as_one() -> None:
    found = distributions(choir("C5 D5 E5:2", "A4 A4 G#4:2", "E4 D4 B3:2", "A3 F3 E3:2", key="A minor"))
    assert found["cadences"] == {"phrygian": 1}


def test_two_pieces_together_have_the_counts_of_both() -> None:
    one = distributions(TWO)
    both = added([one, one])
    assert both["degrees"] == Counter({"1": 10, "2": 2, "5": 4})
    assert shares(both["degrees"], "degrees")["1"] == pytest.approx(10 / 16)


def test_shares_stand_in_the_order_of_drawing_and_sum_to_one() -> None:
    found = distributions(hymn())
    for kind, counts in found.items():
        own = shares(counts, kind)
        assert tuple(own) == KINDS[kind].categories
        assert sum(own.values()) == pytest.approx(1.0), kind
    assert shares({}, "degrees") == {}


def test_silence_has_no_distribution() -> None:
    assert distributions(choir("r:4")) == {kind: Counter() for kind in KINDS}

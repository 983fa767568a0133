"""A metre is heard by where long notes and harmonies fall."""

from __future__ import annotations

import numpy as np

from stretto.score.model import NOTE, UNSPELLED, Notes
from stretto.theory.accents import find_meter, lead_of_meter


def waltz(n_bars: int, *, pickup: int = 0) -> Notes:
    """A new chord on every downbeat of 3/4, its upper notes again on the other beats."""
    rows = []
    for bar in range(n_bars):
        root = (48, 53, 55, 50)[bar % 4]
        start = pickup + 72 * bar
        rows.append((start, 72, root, 0, 0, 1, 1, UNSPELLED, 0))
        rows += [(start + 24 * beat, 24, root + 16, 0, 1, 1, 1, UNSPELLED, 0) for beat in range(3)]
    return np.array(rows, NOTE)


def test_a_waltz_leads_in_three_and_not_in_four() -> None:
    """Against the best of the other metre."""
    notes = waltz(12)
    in_three = lead_of_meter(notes, 12 * 72, (3, 4), 0)
    in_four = lead_of_meter(notes, 12 * 72, (4, 4), 0)
    assert in_three is not None and in_four is not None
    assert in_three > 0.2 > 0 > in_four


def test_the_barline_must_be_in_its_place() -> None:
    """A wrong pickup loses the lead."""
    right = lead_of_meter(waltz(12, pickup=24), 24 + 12 * 72, (3, 4), 24)
    wrong = lead_of_meter(waltz(12, pickup=24), 24 + 12 * 72, (3, 4), 0)
    assert right is not None and wrong is not None
    assert right > wrong + 0.3


def test_a_jig_leads_in_six_eight_and_a_waltz_does_not() -> None:
    """Both have bars of six eighths; one has two beats, the other three."""
    rows = [(36 * i, 36, 48 + 7 * (i % 2), 0, 1, 1, 1, UNSPELLED, 0) for i in range(24)]
    rows += [(12 * i, 12, 72 + i % 3, 0, 0, 1, 1, UNSPELLED, 0) for i in range(72)]
    jig = np.sort(np.array(rows, NOTE), order="onset")
    in_jig, in_waltz = lead_of_meter(jig, 24 * 36, (6, 8), 0), lead_of_meter(waltz(12), 12 * 72, (6, 8), 0)
    assert in_jig is not None and in_waltz is not None
    assert in_jig > 0.2 > 0 > in_waltz


def test_other_metres_have_no_rival() -> None:
    """5/4 has no pattern, and a pickup of a sixteenth is off the eighths."""
    assert lead_of_meter(waltz(4), 288, (5, 4), 0) is None
    assert lead_of_meter(waltz(4), 288, (3, 4), 6) is None


def test_music_too_short_to_tell_fills_its_bars() -> None:
    """Four quarters are a bar of 4/4, whatever the third of them weighs."""
    rows = [(24 * i, 24, pitch, 0, 0, 1, 1, UNSPELLED, 0) for i, pitch in enumerate((66, 66, 67, 69))]
    found = find_meter(np.array(rows, NOTE), 96)
    assert (found.meter.numerator, found.meter.denominator, found.pickup) == (4, 4, 0)
    assert find_meter(waltz(3), 3 * 72).meter.numerator == 3

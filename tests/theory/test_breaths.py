"""A tune that marks no phrases is heard to breathe where one would."""

from __future__ import annotations

import numpy as np

from stretto.score.text import read_text
from stretto.theory.breaths import Tune, heard_ends, shipped_ear
from stretto.theory.understand import understand

OLD_HUNDREDTH = """
key: G major
meter: 4/4
pickup: 1/4

part: Soprano
  0 | G4q |
  1 | G4 F#4 E4 D4 |
  2 | G4 A4 B4 B4 |
  3 | B4 B4 A4 G4 |
  4 | C5 B4 A4 G4 |
  5 | A4 B4 A4 G4 |
  6 | E4 F#4 G4 D5 |
  7 | B4 G4 A4 C5 |
  8 | B4 A4 G4h |
"""
ODE = """
key: D major
meter: 4/4

part: Soprano
  1 | F#4q F#4 G4 A4 |
  2 | A4 G4 F#4 E4 |
  3 | D4 D4 E4 F#4 |
  4 | F#4q. E4e E4h |
  5 | F#4q F#4 G4 A4 |
  6 | A4 G4 F#4 E4 |
  7 | D4 D4 E4 F#4 |
  8 | E4q. D4e D4h |
"""


def breaths(text: str, tonic: int) -> list[tuple[int, int]]:
    """Bar and beat of every phrase end."""
    score, _ = understand(read_text(text.encode(), "tune.txt"))
    notes, bars = score.notes, score.bars
    tune = Tune(
        onset_N=notes["onset"],
        duration_N=notes["duration"],
        pitch_N=notes["pitch"],
        tonic=tonic,
        bar_starts=tuple(bar.tick for bar in bars),
        bar_meters=("4/4",) * len(bars),
        pickup=score.pickup,
    )
    ends, sure = shipped_ear().hear(tune)
    assert 0 < sure < 1
    return [(bars[score.bar_index(t)].number, (t - bars[score.bar_index(t)].tick) // 24 + 1) for t in ends]


def test_a_hymn_breathes_after_each_of_its_four_lines() -> None:
    assert breaths(OLD_HUNDREDTH, 7) == [(2, 3), (4, 3), (6, 3), (8, 3)]


def test_an_ode_breathes_on_its_long_notes() -> None:
    found = breaths(ODE, 2)
    assert (4, 3) in found and found[-1] == (8, 3)


def test_the_row_of_ends_weighs_places_and_lengths() -> None:
    """Two good places too near each other: the one at the usual distance wins."""
    log_length = np.full(25, -9.0)
    log_length[4] = -0.1
    gain = np.full(12, -5.0)
    gain[[2, 3, 7]] = (2.0, 1.5, 2.0)
    ends, sure = heard_ends(gain, log_length, 11)
    assert ends == [3, 7, 11]
    assert sure > 0.9

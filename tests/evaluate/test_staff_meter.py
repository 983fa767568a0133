"""Five metres from notes alone."""

from __future__ import annotations

import numpy as np
import pytest

from stretto.evaluate.staff_meter import FEATURES, METERS, shipped_staff_meter, staff_meter_features
from stretto.score.model import NOTE, Notes


def accompanied(meter: str, seed: int, *, n_bars: int = 24, late: int = 0) -> Notes:
    """A bass on the first beat, chords after it, and a tune whose longest note is the first of the bar."""
    beats, unit = {"3/4": (3, 24), "2/4": (2, 24), "6/8": (2, 36), "4/4": (4, 24), "2/2": (2, 48)}[meter]
    rng = np.random.default_rng(seed)
    rows = []
    for bar in range(n_bars):
        at, bass = late + bar * beats * unit, int(rng.integers(40, 50))
        rows.append((at, unit, bass, 0, 0, 1, 1, 127, 0))
        for beat in range(1, beats):
            rows += [(at + beat * unit, unit, bass + up, 0, 0, 1, 1, 127, 0) for up in (12, 16, 19)]
        quick = {"6/8": 12, "2/4": 6, "2/2": 24}.get(meter, 12)
        tune = rng.integers(67, 80, beats * unit // quick)
        rows.append((at, unit, 84, 0, 0, 1, 1, 127, 0))
        rows += [(at + i * quick, quick, int(p), 0, 0, 1, 1, 127, 0) for i, p in enumerate(tune) if i * quick >= unit]
    return np.sort(np.array(rows, NOTE), order="onset")


@pytest.mark.parametrize("meter", ["3/4", "6/8"])
def test_waltzes_and_jigs_are_known(meter: str) -> None:
    named = [shipped_staff_meter().name(staff_meter_features(accompanied(meter, seed))) for seed in range(10)]
    assert named.count(meter) >= 8


def test_no_duple_metre_is_taken_for_a_triple_one() -> None:
    for meter in ("2/4", "4/4", "2/2"):
        named = [shipped_staff_meter().name(staff_meter_features(accompanied(meter, seed))) for seed in range(10)]
        assert sum(one in ("3/4", "6/8") for one in named) <= 1


def test_a_pickup_changes_nothing_much() -> None:
    here, late = (staff_meter_features(accompanied("4/4", 1, late=late)) for late in (0, 48))
    assert here == pytest.approx(late, abs=1e-9)


def test_only_onset_pitch_and_duration_are_seen() -> None:
    notes = accompanied("3/4", 5)
    other = notes.copy()
    other["part"], other["voice"], other["staff"], other["fifths"] = 1, 3, 2, 2
    assert (staff_meter_features(notes) == staff_meter_features(other)).all()


def test_nothing_and_one_note_have_a_metre_too() -> None:
    for notes in (np.zeros(0, NOTE), accompanied("4/4", 1)[:1]):
        values = staff_meter_features(notes)
        assert values.shape == (len(FEATURES),) and np.isfinite(values).all()
        assert shipped_staff_meter().name(values) in METERS

"""4/4 against 3/4 from notes alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from music21 import corpus

from stretto.evaluate.meter_classifier import (
    FEATURES,
    METERS,
    fit_meter_classifier,
    meter_features,
    shipped_meter_classifier,
)
from stretto.score.formats import read_score
from stretto.score.model import NOTE, Notes


def beats(per_bar: int, seed: int, n_bars: int = 12, late: int = 0) -> Notes:
    """Chords whose bass and harmony change on the first beat, with random quarters above, `late` ticks after zero."""
    rng = np.random.default_rng(seed)
    rows = []
    for bar in range(n_bars):
        at = late + bar * per_bar * 24
        bass = int(rng.integers(40, 52))
        rows.append((at, per_bar * 24, bass, 0, 1, 1, 1, 127, 0))
        rows += [(at + 24 * i, 24, bass + int(rng.choice([12, 16, 19])), 0, 0, 1, 1, 127, 0) for i in range(per_bar)]
    return np.array(rows, NOTE)


def test_a_fit_on_clear_music_names_other_clear_music() -> None:
    """Forty bars-and-basses to learn from, forty to name."""
    known = [(beats(n, seed), f"{n}/4") for seed in range(20) for n in (3, 4)]
    fitted = fit_meter_classifier([notes for notes, _ in known], [meter for _, meter in known])
    asked = [(beats(n, seed), f"{n}/4") for seed in range(100, 120) for n in (3, 4)]
    assert np.mean([fitted.name(notes) == meter for notes, meter in asked]) >= 0.95


def test_a_pickup_changes_nothing_much() -> None:
    """The features fold and repeat; they do not count from the first note."""
    here, late = meter_features(beats(4, 1)), meter_features(beats(4, 1, late=48))
    assert here == pytest.approx(late, abs=1e-9)


def test_only_onset_pitch_and_duration_are_seen() -> None:
    """Parts, voices, names and velocities can say anything."""
    notes = beats(3, 5)
    other = notes.copy()
    other["part"], other["voice"], other["fifths"], other["velocity"] = 0, 3, 2, 99
    assert (meter_features(notes) == meter_features(other)).all()


def test_nothing_is_a_metre_too() -> None:
    """Silence, and one note, get an answer."""
    assert shipped_meter_classifier().name(np.zeros(0, NOTE)) in METERS
    assert len(meter_features(beats(4, 1)[:1])) == len(FEATURES)


@pytest.mark.parametrize(
    ("name", "meter"),
    [("bwv66.6", "4/4"), ("bwv269", "3/4"), ("bwv26.6", "4/4"), ("bwv153.1", "4/4"), ("bwv248.59-6", "4/4")],
)
def test_the_shipped_classifier_names_real_chorales(name: str, meter: str) -> None:
    """From music21's corpus."""
    rows = [
        (int(n.offset * 24), int(n.quarterLength * 24), n.pitch.midi, 0, i, 1, 1, 127, 0)
        for i, part in enumerate(corpus.parse(f"bach/{name}").parts[:4])
        for n in part.flatten().notes
        if n.isNote
    ]
    assert shipped_meter_classifier().name(np.sort(np.array(rows, NOTE), order="onset")) == meter


def test_a_fit_can_be_written_and_read(tmp_path: Path) -> None:
    """JSON with every feature's name."""
    fitted = fit_meter_classifier([beats(3, 1), beats(4, 1)], ["3/4", "4/4"])
    fitted.save(tmp_path / "meter.json")
    assert FEATURES[0] in (tmp_path / "meter.json").read_text(encoding="utf-8")


@pytest.mark.corpus
def test_the_shipped_classifier_names_the_370_chorales(data_folder: Path) -> None:
    """None of its training pieces; whole and cut to eight bars of 4/4."""
    right: dict[str, list[bool]] = {meter: [] for meter in METERS}
    for path in sorted((data_folder / "noncommercial/bach-370-chorales").glob("*.krn"))[::2]:
        score = read_score(path)
        meter = f"{score.meters[0].numerator}/{score.meters[0].denominator}"
        if len(score.meters) == 1 and meter in METERS:
            right[meter].append(shipped_meter_classifier().name(score.notes) == meter)
    assert np.mean(right["4/4"]) >= 0.95 and np.mean(right["3/4"]) >= 0.95

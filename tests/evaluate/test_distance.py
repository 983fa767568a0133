"""How far back the needed note lies."""

from __future__ import annotations

import numpy as np
import pytest

from stretto.evaluate.distance import BINS, NEEDS, Line, binned, by_distance, distances

Q = 24
REST = -1


def line(*parts: list[int], duration: int = Q) -> Line:
    """Parts, top first, a pitch a quarter; a pitch that stays is held."""
    pitch = np.array(parts).T
    before = np.vstack([np.full((1, len(parts)), -2), pitch[:-1]])
    return Line(pitch_TV=pitch, struck_TV=(pitch != before) & (pitch >= 0), duration_T=np.full(len(pitch), duration))


def test_a_pitch_is_as_far_as_its_last_sounding_in_the_same_part() -> None:
    """Back after one quarter, and after three; the other part's 60 does not count."""
    piece = line([60, 62, 60, 64, 65, 62], [48, 60, 48, 48, 48, 48])
    found = distances(piece, "pitch")
    never = np.inf
    assert found.tolist() == [never, never, never, never, 1, 1, never, never, 3]


def test_a_held_note_is_as_far_as_its_end() -> None:
    assert distances(line([60, 60, 60, 62, 60]), "pitch").tolist() == [np.inf, np.inf, 1]


def test_a_pitch_class_may_come_from_any_part_and_octave_but_not_from_the_same_frame() -> None:
    """The bass's C sounds until the soprano takes it over: no distance at all."""
    piece = line([62, 72, 62], [48, 50, 60])
    found = dict(zip(["D", "C", "c", "d", "D again", "c again"], distances(piece, "class"), strict=True))
    assert found == {"D": np.inf, "C": np.inf, "c": 0, "d": 0, "D again": 0, "c again": 0}
    assert distances(line([60], [72]), "class").tolist() == [np.inf, np.inf]


def test_a_figure_returns_when_the_same_two_notes_lead_to_the_same_third() -> None:
    """60 62 64 comes again, held notes and a rest between or not; 62 64 60 does not."""
    piece = line([60, 62, 64, 60, REST, 62, 62, 64, 65])
    assert distances(piece, "figure").tolist() == [np.inf] * 5 + [4, np.inf]


@pytest.mark.parametrize("need", NEEDS)
def test_distances_agree_with_a_search_through_all_that_was(need: str) -> None:
    rng = np.random.default_rng(5)
    pitch = rng.integers(59, 64, (40, 3))
    pitch[pitch == 59] = REST
    before = np.vstack([np.full((1, 3), -2), pitch[:-1]])
    struck = (pitch != before) & (pitch >= 0)
    duration = rng.integers(1, 4, 40) * 6
    found = iter(distances(Line(pitch_TV=pitch, struck_TV=struck, duration_T=duration), need))
    start = np.cumsum(duration) - duration

    def figure(t: int, v: int) -> tuple | None:
        notes = [int(pitch[s, v]) for s in range(t + 1) if struck[s, v]]
        return tuple(notes[-3:]) if len(notes) > 2 and pitch[t, v] >= 0 else None

    for t, v in np.argwhere(struck).tolist():
        ends = []
        for s in range(t):
            if need == "pitch":
                hit = pitch[s, v] == pitch[t, v]
            elif need == "class":
                hit = any(p >= 0 and p % 12 == pitch[t, v] % 12 for p in pitch[s])
            else:
                hit = figure(t, v) is not None and figure(s, v) == figure(t, v)
            ends += [start[s] + duration[s]] if hit else []
        assert next(found) == (pytest.approx((start[t] - ends[-1]) / Q) if ends else np.inf)


def test_bins_reach_to_their_edges() -> None:
    quarters = np.array([0, 1, 1.25, 2, 32, 33, np.inf])
    assert [BINS[i] for i in binned(quarters)] == [
        "up to 1", "up to 1", "1 to 2", "1 to 2", "16 to 32", "beyond 32", "never"
    ]  # fmt: skip


def test_nats_are_averaged_in_each_bin() -> None:
    n_notes, mean = by_distance([np.array([1.0, 3.0]), np.array([5.0])], [np.array([0.5, 3.0]), np.array([1.0])])
    assert n_notes.tolist() == [2, 0, 1, 0, 0, 0, 0, 0]
    assert mean[0] == 3 and mean[2] == 3 and np.isnan(mean[1])

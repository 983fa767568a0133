"""Form: fitness by hand and by trying everything, and what repetition does to it."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from readings import read

from stretto.evaluate.metrics.structure import MAX_FRAMES, chroma, enhanced, fitness, measure, similarity

BAR = ("C5 D5 E5 F5", "G5 A5 B5 G5", "C6 E5 D#5 F#5", "G#4 C#5 A#4 F5")
"""Bars whose harmonies have nothing in common."""


def slow_fitness(kept: np.ndarray, start: int, length: int) -> float:
    """As its definition says, by trying all ways to lay copies of the stretch over the piece."""
    n = len(kept)
    gain = [sum(kept[row + k, start + k] for k in range(length)) for row in range(n - length + 1)]

    def best(row: int) -> tuple[float, int]:
        if row + length > n:
            return 0.0, 0
        passed, (score, copies) = best(row + 1), best(row + length)
        taken = (score + gain[row], copies + 1)
        return max(passed, taken, key=lambda found: found[0])

    score, copies = best(0)
    s, c = max(score - length, 0) / max(copies * length, 1), max(copies * length - length, 0) / n
    return 2 * s * c / (s + c) if s + c > 0 else 0.0


def test_a_half_that_comes_back_has_fitness_one_half() -> None:
    """Frames a b a b: beyond itself a half explains half the piece, and half the frames of its two copies."""
    kept = np.where(np.arange(4)[:, None] % 2 == np.arange(4)[None, :] % 2, 1.0, -0.2)
    found = fitness(kept)
    assert found[1, 0] == pytest.approx(0.5)
    assert found[0, 0] == pytest.approx(2 * 0.5 * 0.25 / 0.75)
    assert found[3, 0] == 0 and found[3, 1] == 0


@pytest.mark.parametrize("seed", range(4))
def test_fitness_is_what_trying_everything_finds(seed: int) -> None:
    kept = enhanced(np.random.default_rng(seed).random((9, 9)))
    found = fitness(kept)
    for length in range(1, 10):
        for start in range(9):
            expected = slow_fitness(kept, start, length) if start + length <= 9 else 0.0
            assert found[length - 1, start] == pytest.approx(expected, abs=1e-12)


def test_chroma_is_sounding_time_of_each_class() -> None:
    """Two eighths and a quarter over a half; rows have length 1."""
    found = chroma(read("C5:1/2 D5:1/2 E5", "C4:2", meter="2/4"))
    time = np.array([[24, 0, 12, 0, 0], [24, 0, 0, 0, 24]], float)
    assert found[:, :5] == pytest.approx(time / np.linalg.norm(time, axis=1, keepdims=True))


def test_similarity_passes_over_transposition() -> None:
    """A major triad is like any other, and less like a tritone."""

    def triad(root: int) -> list[int]:
        return [int((c - root) % 12 in (0, 4, 7)) for c in range(12)]

    rows = np.array([triad(0), triad(5), [1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0]], float)
    alike = similarity(rows / np.linalg.norm(rows, axis=1, keepdims=True))
    assert alike[2, 2] == pytest.approx(1)
    single = similarity(rows[[0]] / np.sqrt(3))
    assert single == pytest.approx(np.ones((1, 1)))
    pair = similarity(np.repeat(rows[:2] / np.sqrt(3), 4, axis=0))
    assert pair[0, 4] == pytest.approx(1)


def test_a_piece_of_two_like_halves_has_more_structure_than_one_without() -> None:
    """Four bars and the same again, in another key or not, against eight different ones."""
    once = " ".join(BAR)
    again = measure(read(once + " " + once))
    other = " ".join(" ".join(reversed(bar.split())) for bar in reversed(BAR))
    through = measure(read(once + " " + other.replace("5", "4", 7)))
    assert again["structure.mid"] == pytest.approx(0.5, abs=0.1)
    assert again["structure.mid"] > through["structure.mid"] + 0.1


def test_a_short_piece_has_no_long_structure_to_measure() -> None:
    found = measure(read("C5 D5 E5 F5 G5 A5 B5 C6"))
    assert np.isnan(found["structure.mid"]) and not np.isnan(found["structure.short"])


def test_a_long_piece_is_read_in_longer_frames() -> None:
    assert len(chroma(read("C5 D5 E5 F5 " * 100))) <= MAX_FRAMES
    assert not math.isnan(measure(read("C5 D5 E5 F5 " * 100))["structure.long"])

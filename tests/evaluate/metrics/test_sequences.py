"""Repeated passages: by hand, and beside a slow search that follows the definition."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from stretto.evaluate.metrics.sequences import Voice, repeated_sequences

HELD = 0


def slowly(voice: Voice) -> Counter[int]:
    """Try every stretch of ticks, and leave out what only occurs within a longer one."""
    ticks = [tick for pitch, length in voice for tick in (pitch + 100, *[HELD] * (length - 1))]
    found: Counter[tuple[int, ...]] = Counter()
    for first in range(len(ticks)):
        for last in range(first + 1, len(ticks) + 1):
            stretch = tuple(ticks[first:last])
            if stretch[0] != HELD and sum(tick != HELD for tick in stretch) >= 2:
                found[stretch] += 1
    repeated = {stretch: times for stretch, times in found.items() if times > 1}
    counts: Counter[int] = Counter()
    for stretch, times in repeated.items():
        longer = (other for other, n in repeated.items() if n == times and len(other) > len(stretch))
        n = len(stretch)
        if not any(other[i : i + n] == stretch for other in longer for i in range(len(other) - n + 1)):
            counts[n] += times
    return counts


def test_a_melody_that_comes_back_is_one_passage() -> None:
    """Three quarters, something else, the three again: twelve sixteenths, twice."""
    theme = [(60, 4), (62, 4), (64, 4)]
    assert repeated_sequences([[*theme, (70, 2), *theme]]) == Counter({12: 2})


def test_a_last_note_counts_as_far_as_all_agree() -> None:
    """Twice C D, once long and once short: four and two sixteenths."""
    assert repeated_sequences([[(60, 4), (62, 4), (65, 4), (60, 4), (62, 2), (67, 2)]]) == Counter({6: 2})


def test_a_passage_within_a_longer_one_counts_only_where_it_is_elsewhere_too() -> None:
    """C D E twice, and D E once more: the longer twice, the shorter three times."""
    voice = [(60, 1), (62, 1), (64, 1), (50, 1), (60, 1), (62, 1), (64, 1), (51, 1), (62, 1), (64, 1)]
    assert repeated_sequences([voice]) == Counter({3: 2, 2: 3})


def test_one_note_or_nothing_that_comes_back_is_no_passage() -> None:
    assert repeated_sequences([[(60, 4), (62, 4), (60, 4)]]) == Counter()
    assert repeated_sequences([[], [(60, 4)]]) == Counter()


def test_the_same_passage_in_two_voices_counts_once() -> None:
    voice = [(60, 1), (62, 1), (50, 1), (60, 1), (62, 1)]
    other = [*voice, (51, 1), (60, 1), (62, 1)]
    assert repeated_sequences([voice, other]) == Counter({2: 3})
    assert repeated_sequences([voice, [(pitch + 7, length) for pitch, length in voice]]) == Counter({2: 4})


@pytest.mark.parametrize("seed", range(12))
def test_every_voice_has_the_passages_of_the_slow_search(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 26))
    voice = list(zip(rng.integers(-1, 3, n).tolist(), rng.integers(1, 4, n).tolist(), strict=True))
    assert repeated_sequences([voice]) == slowly(voice)

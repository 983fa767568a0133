"""One piece of a repertoire, judged."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from drawn_staves import drawn

from stretto.evaluate.repertoire import (
    LAST_BASS,
    Asked,
    Tools,
    asked_of,
    can_be_asked,
    evenly,
    judge,
    shared_by,
    stacked,
)
from stretto.evaluate.staff_runs import KnownMoments
from stretto.evaluate.staff_work import StaffWork
from stretto.score.model import Meter, Part, Score, Tempo
from stretto.theory.key import parse_key


def waltz(tune: str = "CEGFACEGCGBD", *, n: int = 4, shift: int = 0, **more: str) -> StaffWork:
    """A tune of quarters over a bass a bar, `n` times, then the tonic for a bar."""
    bars = tune * n + "C"
    names = {"C": 72, "D": 74, "E": 76, "F": 77, "G": 79, "A": 81, "B": 83}
    ends = {name: "--" if name == "C" else ".." for name in names}
    upper = [
        f"{pitch + shift} | {''.join('x' if one == name else '.' for one in bars)}{ends[name]}"
        for name, pitch in names.items()
    ]
    roots = "".join({"C": "C", "F": "F", "G": "G"}.get(bars[i], "C") for i in range(0, len(bars), 3))
    lower = [
        f"{48 + shift + up} | " + "".join("x--" if root == name else "..." for root in roots)
        for name, up in {"C": 0, "F": 5, "G": -5}.items()
    ]
    return drawn("\n".join(upper), "\n".join(lower), step=24, meter="3/4", tonic=shift % 12, mode="major", **more)


WORK = waltz(period="classical", name="waltz")
TOOLS = Tools(
    repertoire="keyboard",
    known=KnownMoments([waltz(shift=3)], melody=False),
    known_melodies=KnownMoments([waltz("CDECDEDCBCDE")], melody=True),
)
ASKED = asked_of(WORK, most_bars=12, tempo=72)


def test_a_twin_is_asked_what_the_work_is() -> None:
    assert (
        Asked(period="classical", composer="", key=parse_key("C major"), meter="3/4", bars=12, pickup=0, tempo=72)
        == ASKED
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"bar_meters": ("3/4", *("4/4",) * 16)},
        {"tonic": -1},
        {"period": "modern"},
        {"mode": "dorian"},
        {"bar_starts": (0,), "bar_meters": ("3/4",)},
    ],
)
def test_what_compose_does_not_know_is_not_asked(changed: dict[str, object]) -> None:
    assert can_be_asked(WORK, least_bars=8)
    assert not can_be_asked(replace(WORK, plan=replace(WORK.plan, **changed)), least_bars=8)  # type: ignore[arg-type]


def written(**changes: object) -> Score:
    parts = [Part(name="Piano", n_staves=2)]
    plain: dict[str, object] = {
        "end": 12 * 72,
        "meters": [Meter(numerator=3)],
        "keys": [parse_key("C major").signature],
        "tempos": [Tempo(qpm=Fraction(72))],
    }
    return Score.build([], parts, **{**plain, **changes})  # type: ignore[arg-type]


def test_all_that_was_asked_must_be_there() -> None:
    assert ASKED.is_met(written())
    assert ASKED.is_met(written(tempos=[Tempo(qpm=Fraction(289, 4))]))
    for changes in (
        {"end": 13 * 72},
        {"meters": [Meter(numerator=3), Meter(tick=72, numerator=4)]},
        {"keys": [parse_key("A minor").signature]},
        {"tempos": [Tempo(qpm=Fraction(73))]},
        {"tempos": []},
        {"pickup": 24, "end": 12 * 72},
    ):
        assert not ASKED.is_met(written(**changes)), changes


def test_a_pickup_may_be_taken_from_the_last_bar_or_not() -> None:
    asked = replace(ASKED, pickup=24)
    for end in (12 * 72, 12 * 72 + 24):
        assert asked.is_met(written(pickup=24, end=end))


def test_a_piece_is_judged() -> None:
    found = judge(WORK, ASKED, TOOLS)
    assert found.as_asked is None
    assert found.meter_named == "3/4"
    assert found.keys_found[LAST_BASS]
    assert found.close.closes
    assert found.faults.silences == found.faults.stuck == found.faults.same_bars == 0
    # All but the last bar stand, a minor third up, in what is known; its tune alone does not.
    assert found.runs.n_known == found.runs.n_windows > 0
    assert found.melody_runs.n_known == 0
    # Bars 5 to 12 were there before.
    assert found.returning == pytest.approx(8 / 12)
    assert sum(found.shapes["pitch"]) == pytest.approx(1)
    assert found.sections is None


def test_a_composed_piece_must_be_as_asked_and_its_form_is_measured() -> None:
    found = judge(WORK, replace(ASKED, form="AAA"), TOOLS, score=written())
    assert found.as_asked is True
    assert found.sections is not None and found.sections[0].melody < 1  # five bars a section, of seventeen


def test_another_key_is_not_what_was_asked() -> None:
    found = judge(WORK, replace(ASKED, key=parse_key("D major")), TOOLS)
    assert not any(found.keys_found.values())
    assert not found.close.closes


def test_known_works_share_nothing_with_their_own_work() -> None:
    works = [replace(waltz(shift=s), work="one") for s in (0, 5)]
    tools = replace(TOOLS, known=KnownMoments(works, melody=False), known_melodies=KnownMoments(works, melody=True))
    both, tunes = shared_by(works, tools, n_bars=12)
    assert [run.n_known for run in (*both, *tunes)] == [0, 0, 0, 0]


def test_shapes_of_pieces_that_have_none_are_left_out() -> None:
    rows = stacked([{"hand span": np.array([0.5, 0.5])}, {}], "hand span")
    assert rows.tolist() == [[0.5, 0.5]]
    assert len(stacked([], "hand span")) == 0


def test_periods_are_chosen_evenly_as_long_as_they_last() -> None:
    works = [waltz(n=1, period=period) for period in ("baroque",) * 2 + ("classical",) * 9 + ("romantic",) * 9]
    found = evenly(works, 12, np.random.default_rng(0))
    assert [sum(w.plan.period == p for w in found) for p in ("baroque", "classical", "romantic")] == [2, 5, 5]
    assert len({id(w) for w in found}) == 12

"""Where lines of music end."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from stretto.render.engrave_child import bar_widths, break_lines, with_breaks

ROOM = 1000.0
WIDTHS = st.lists(st.floats(20.0, 1500.0), min_size=1, max_size=40)


def lines_of(widths: list[float], starts: list[int]) -> list[list[float]]:
    edges = [0, *starts, len(widths)]
    return [widths[a:b] for a, b in pairwise(edges)]


@given(WIDTHS, st.floats(0.0, 100.0), st.sets(st.integers(0, 40)))
def test_every_line_holds_its_bars(widths: list[float], opening: float, good: set[int]) -> None:
    starts = break_lines(widths, opening, ROOM, good)
    assert starts == sorted(set(starts))
    for number, line in enumerate(lines_of(widths, starts)):
        assert len(line) == 1 or sum(line) + (opening if number else 0.0) <= ROOM + 1e-6


def test_bars_of_one_width_are_shared_out_evenly() -> None:
    """Nine bars, four of which fit on a line, stand 3 + 3 + 3 and not 4 + 4 + 1."""
    assert [len(line) for line in lines_of([240.0] * 9, break_lines([240.0] * 9, 0.0, ROOM, set()))] == [3, 3, 3]


def test_a_line_ends_with_the_phrase_where_that_costs_little() -> None:
    widths = [150.0] * 12
    assert break_lines(widths, 0.0, ROOM, set()) == [6]
    assert break_lines(widths, 0.0, ROOM, {6}) == [6]
    assert break_lines([190.0] * 9, 0.0, ROOM, {3}) == [4]
    assert break_lines([190.0] * 9, 0.0, ROOM, {4}) == [5]


def test_one_bar_wider_than_the_page_stands_alone() -> None:
    assert break_lines([300.0, 2000.0, 300.0], 0.0, ROOM, set()) == [1, 2]


def test_new_lines_are_asked_for_in_the_first_part_only() -> None:
    part = '<part id="P1"><measure number="1"/><measure number="2" implicit="yes"></measure></part>'
    text = with_breaks(part + part, [1])
    assert text.count("<print") == 1
    assert text.startswith('<part id="P1"><measure number="1"/><measure number="2" implicit="yes"><print new-system')


def test_widths_are_read_without_the_clef_at_the_head_of_a_line() -> None:
    bar = '<g class="measure"><g class="staff"><path d="M{0} 500 L{1} 500"/>{2}</g></g>'
    meter = '<g class="meterSig"><use transform="translate(300, 1)"/></g>'
    line = '<g class="system">'
    svg = line + bar.format(100, 700, meter) + bar.format(700, 1000, "") + line + bar.format(0, 500, "")
    assert bar_widths(svg) == ([600.0, 300.0, 300.0], 200.0)
    assert bar_widths(line + '<g class="measure"/>') == ([], 0.0)
